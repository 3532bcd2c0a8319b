mod bytes;
mod made;
mod samples;
