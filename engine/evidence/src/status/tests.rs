mod crl;
mod made;
mod ocsp;
mod responder;
mod scope;
