mod constraints;
mod cross;
mod made;
mod policies;
mod revocation;
