use super::{cert_id, read::NONCE};
use crate::{
    certificate::Authority,
    der::write::{element, octet_string, sequence},
    status::Serial,
};

/// The question about one certificate (RFC 6960 section 4.1), by its serial. It names the issuer by
/// SHA-1, which every responder knows; the answer may name it by another digest. A nonce should have
/// 32 octets (RFC 9654 section 2.1).
pub fn ocsp_request(issuer: &Authority, serial: &Serial, nonce: Option<&[u8]>) -> Vec<u8> {
    let certificate = sequence(&[
        sequence(&[element(&[6], cert_id::SHA1), element(&[5], &[])]),
        octet_string(&cert_id::sha1(issuer.name_der())),
        octet_string(&cert_id::sha1(issuer.public_key().raw())),
        element(&[2], serial.as_der()),
    ]);
    let mut parts = vec![sequence(&[sequence(&[certificate])])];
    if let Some(nonce) = nonce {
        let value = octet_string(&octet_string(nonce));
        let extension = sequence(&[element(&[6], NONCE), value]);
        parts.push(element(&[0xA2], &sequence(&[extension])));
    }
    sequence(&[sequence(&parts)])
}
