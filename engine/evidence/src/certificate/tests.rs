mod limbo;
mod made;
