mod made;
mod rules;
