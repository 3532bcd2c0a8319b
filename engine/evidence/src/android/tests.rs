mod bytes;
mod made;
mod status;
