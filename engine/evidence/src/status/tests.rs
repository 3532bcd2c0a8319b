mod crl;
mod made;
mod ocsp;
