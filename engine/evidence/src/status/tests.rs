mod agreement;
mod crl;
mod exact;
mod made;
mod ocsp;
mod responder;
mod scope;
