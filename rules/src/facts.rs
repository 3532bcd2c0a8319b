//! What a rule can read: the schema, the values of one check, and their encodings.

mod encoding;
mod enums;
mod schema;
mod source;
mod store;
mod text;
mod value;
pub mod worlds;

#[cfg(test)]
mod tests;

pub use encoding::FactsDecodeError;
pub use enums::{
    Agreement, AppIdentity, AppletOrder, AppletState, AttestationStatus, BindingState, BootState,
    CertificateStatus, ChainState, ChallengeState, ChangeCause, ChangeExpectation, Channel,
    CounterState, FeedHealth, HandsetBasis, HandsetLatch, HandsetProof, HandsetRelation,
    Identification, KeyHome, LineLatch, Listing, Match, Nfc, Platform, Provenance, ReaderProfile,
    SecureElement, SecurityLevel, Sensitivity, SignatureState, SimLatch, SimState, StatusSource,
    Trial,
};
pub use schema::Fact;
pub use source::{Happening, Source};
pub use store::{Facts, Knowledge};
pub use text::SetFactError;
pub use value::{EnumType, FactEnum, FactType, FactValue};

#[cfg(test)]
pub(crate) use text::usual_facts;
pub(crate) use text::usual_facts_of;
