mod bytes;
mod made;
mod names;
mod status;
