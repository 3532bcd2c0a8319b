mod agreement;
mod crl;
mod exact;
mod made;
mod ocsp;
mod openssl;
mod responder;
mod scope;
