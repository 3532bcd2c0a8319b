//! Digests of requests, for telling the same request from another under the same number.

use crate::error::ServiceError;
use serde::Serialize;

/// SHA-256 over the postcard encoding of a parsed request.
pub(crate) fn of<T: Serialize>(request: &T) -> Result<[u8; 32], ServiceError> {
    let bytes = postcard::to_stdvec(request).map_err(ServiceError::unavailable)?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    digest.as_ref().try_into().map_err(ServiceError::unavailable)
}

/// SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    hash.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    hash
}
