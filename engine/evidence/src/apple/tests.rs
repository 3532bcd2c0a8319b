mod assertions;
mod attestations;
mod bytes;
mod made;
mod receipts;
mod samples;
