mod bytes;
mod made;
