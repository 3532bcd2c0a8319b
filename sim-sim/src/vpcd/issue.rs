use super::{Folder, FolderError};
use crate::{
    World, WorldError,
    card::{Algorithm, Counting, KeyError, Pin, PrivateKey, Profile, ProfileError, State},
    world::numbers,
};
use rand::RngCore;
use simbind_core::ids::{Iccid, Imsi};
use thiserror::Error;

/// The issuer's part of the ICCIDs that are drawn: docomo's.
const ISSUER: &str = "898110";

/// What a card is issued with. What is left out is drawn.
#[derive(Clone, Debug)]
pub struct Order {
    /// The number of the SIM.
    pub iccid: Option<Iccid>,
    /// The subscriber's number.
    pub imsi: Option<Imsi>,
    /// The PIN of the user-authentication key.
    pub pin: Pin,
    /// The PIN of the signature key.
    pub signature_pin: Pin,
    /// The seed of the world whose authority issues the certificates.
    pub seed: Option<u64>,
}

/// Why there is no card.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The folder gives or takes none.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// No key was found.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No certificate can be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// What was ordered makes no card.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The numbers that were drawn are none.
    #[error(transparent)]
    Number(#[from] simbind_core::ids::IdError),
    /// The folder has another card than the one that is asked for.
    #[error("the card in this folder has another {0}; take an empty folder for a new card")]
    Another(&'static str),
}

/// The card of a folder: the one that is there, or else a new one with RSA keys. Beside a new one
/// are put `anchors.pem`, which a server must trust to know it, and `certificate.pem`, the
/// user-authentication certificate.
///
/// # Errors
/// Where no card can be made, the one that is there cannot be read, or it has other numbers than
/// those that are ordered.
pub fn issue(
    folder: &Folder,
    order: &Order,
    random: &mut dyn RngCore,
) -> Result<State, IssueError> {
    let Some(state) = folder.load()? else { return made(folder, order, random) };
    if order.iccid.is_some() && order.iccid != state.iccid() {
        return Err(IssueError::Another("ICCID"));
    }
    if order.imsi.is_some() && order.imsi != state.imsi() {
        return Err(IssueError::Another("IMSI"));
    }
    Ok(state)
}

fn made(folder: &Folder, order: &Order, random: &mut dyn RngCore) -> Result<State, IssueError> {
    let world = World::new(order.seed.unwrap_or_else(|| random.next_u64()), 0)?;
    let number = random.next_u64() >> 32;
    let mut credential = |place, pin: &Pin| {
        let key = PrivateKey::generate(Algorithm::Rsa2048, random)?;
        Ok::<_, IssueError>(world.credential(key, 2 * number + place, pin.clone())?)
    };
    let (user, signature) = (credential(0, &order.pin)?, credential(1, &order.signature_pin)?);
    let certificate = pem::encode(&pem::Pem::new("CERTIFICATE", user.certificate.clone()));
    let iccid = match order.iccid {
        Some(iccid) => iccid,
        None => numbers::iccid(ISSUER, random.next_u64(), 0).parse()?,
    };
    let imsi = match order.imsi {
        Some(imsi) => imsi,
        None => format!("44010{:010}", random.next_u64() % 10_000_000_000).parse()?,
    };
    let (signature, counting) = (Some(signature), Counting::Counts);
    let state = State::personalised(Profile { iccid, imsi, user, signature, counting })?;
    folder.publish("anchors.pem", world.anchors_pem().as_bytes())?;
    folder.publish("certificate.pem", certificate.as_bytes())?;
    // Last: with it the card is there, and nothing of it is made again.
    folder.save(&state)?;
    Ok(state)
}
