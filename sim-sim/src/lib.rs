//! Virtual SIMs, handsets, carriers, readers, people and attackers that use the engine over real
//! gRPC, from a seed. The engine is never told who is who.

pub mod card;
pub mod catalogue;
pub mod clock;
mod connections;
pub mod load;
pub mod phone;
pub mod platform;
mod play;
pub mod report;
pub mod scenario;
mod seeded;
mod story;
pub mod terminal;
pub mod trials;
pub mod vpcd;
pub mod world;

pub use connections::{Connections, Names};
pub use play::{CompareError, Compared, PlayError, Progress, Walk, compare, play};
pub use report::Report;
pub use scenario::Scenario;
pub use world::{
    World, WorldError,
    apple::APPLE_APP_ID,
    attestation::{APP_ID, APP_SIGNER_SHA256},
    carrier::Carrier,
    enrolment::enrolment_message,
};
