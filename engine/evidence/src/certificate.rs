//! Certificates of persons: chains to configured anchors at a given time (RFC 5280 section 6).

mod anchors;
mod authority;
mod build;
mod chain;
mod constraints;
mod error;
mod general_name;
mod issuing;
mod name;
mod parsed;
mod path;
mod policies;
mod policy;
mod profile;
mod revocation;
mod work;

pub(crate) use anchors::certificates_of_pem;
pub use anchors::{AnchorError, TrustAnchors};
pub use authority::{Authority, AuthorityError, MaySignCrls};
pub use chain::{MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, VerifiedCertificate, verify_chain};
pub use error::ChainError;
#[cfg(test)]
pub(crate) use name::NAMES_READ;
pub(crate) use name::{Compared, check_texts, same_name, spelling};
pub use path::{VerifiedPath, verify_path};
pub use policy::{ChainPolicy, Depth, KeyUsageRule, SubjectRule};
pub use profile::{Profile, ProfileFault};
pub use revocation::{MAX_LISTS, RevocationError, Unrevoked};
pub use work::MAX_SIGNATURES;

#[cfg(test)]
mod tests;
