//! The virtual SIM: a card by ISO/IEC 7816-4 as one pure value. It knows no clock, no disk and no
//! network; randomness and the place where its state is kept are handed in.

mod access;
mod apdu;
mod application;
mod ara;
mod dispatch;
pub(crate) mod issuer;
mod jpki;
mod key;
mod memory;
mod pin;
mod profile;
pub(crate) mod scp03;
mod sim;
mod state;
mod status;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod tlv;
mod toolkit;
mod uicc;

pub use apdu::Response;
pub use ara::{AID as ARA_AID, AppSigner, Enforcer, MOST_RULES, Rule, Rules};
pub use issuer::{AID as ISSUER_AID, MOST_FAILURES};
pub use jpki::{AID as JPKI_AID, CertificateLength};
pub use key::{Algorithm, KeyError, PrivateKey, PublicKey};
pub use memory::{Changed, Memory, NotWritten, Volatile};
pub use pin::{Pin, PinError, Role};
pub use profile::{Counting, Credential, Profile, ProfileError};
pub use scp03::CardKeys;
pub use sim::{ATR, VirtualSim};
pub use state::{State, StateError};
pub use status::Status;
pub use toolkit::{Strictness, identity};
pub(crate) use toolkit::{digits, from_digits};
pub use uicc::USIM_AID;
