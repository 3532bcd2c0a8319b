use super::{
    field::Field,
    tap::{Tapped, Why, tap},
    types::{Handset, Reader, Sorts},
};
use crate::{
    World, WorldError,
    card::{
        Algorithm, Counting, KeyError, Pin, PinError, PrivateKey, Profile, ProfileError, Role,
        State, VirtualSim,
    },
    seeded,
    world::numbers,
};
use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;

const CODE: &[u8] = b"1234";
/// The issuer's part of the SIM's number.
const ISSUER: &str = "898110";

/// How a handset did at a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Each tap gave a good signature.
    Passed,
    /// Some did.
    Partial,
    /// None did.
    Failed,
}

impl Verdict {
    /// Its name in the registry's files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

/// The trial of a handset at a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub(super) reader: String,
    pub(super) firmware: String,
    pub(super) handset: String,
    pub(super) good: u32,
    pub(super) taps: u32,
    /// The commonest reason of what failed.
    pub(super) why: Option<Why>,
}

impl Trial {
    /// What came of it.
    pub const fn verdict(&self) -> Verdict {
        match self.good {
            0 => Verdict::Failed,
            good if good == self.taps => Verdict::Passed,
            _ => Verdict::Partial,
        }
    }
}

/// Why no trials can be played. None of these happens with a sound build.
#[derive(Debug, Error)]
pub enum TrialsError {
    /// The SIM's certificate cannot be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Its key cannot.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Its PIN is none.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// It cannot be put together.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Its numbers are none.
    #[error(transparent)]
    Number(#[from] simbind_core::ids::IdError),
}

/// A SIM as it is issued, which each tap has anew, and what a reader checks it by.
struct Issued {
    state: State,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// Holds each handset to each reader. The same sorts and seed give the same trials, and a sort that is
/// added changes none of the others'.
///
/// # Errors
/// Where no SIM can be made.
pub fn play(sorts: &Sorts, seed: u64) -> Result<Vec<Trial>, TrialsError> {
    let issued = issue(seed)?;
    let pairs = sorts.reader.iter().flat_map(|it| sorts.handset.iter().map(move |h| (it, h)));
    Ok(pairs.map(|(reader, handset)| trial(&issued, reader, handset, sorts.taps, seed)).collect())
}

fn issue(seed: u64) -> Result<Issued, TrialsError> {
    let mut random = seeded::generator(seed, "trial SIM", 0);
    let key = PrivateKey::generate(Algorithm::P256, &mut random)?;
    let public = key.public_key()?.bits().to_vec();
    let pin = Pin::new(Role::User, CODE)?;
    let user = World::new(seed, 0)?.credential(key, 0, pin)?;
    let certificate = user.certificate.clone();
    let iccid = numbers::iccid(ISSUER, seed, 0).parse()?;
    let imsi = numbers::imsi(seed, 0).parse()?;
    let (signature, counting) = (None, Counting::Counts);
    let state = State::personalised(Profile { iccid, imsi, user, signature, counting })?;
    Ok(Issued { state, certificate, key: public })
}

fn trial(issued: &Issued, reader: &Reader, handset: &Handset, taps: u32, seed: u64) -> Trial {
    let purpose = format!("trial {} {} {}", reader.id, reader.firmware, handset.id);
    let mut random = seeded::generator(seed, &purpose, 0);
    let mut good = 0;
    let mut reasons: BTreeMap<Why, u32> = BTreeMap::new();
    for number in 0..taps {
        match once(issued, reader, handset, number, &mut random) {
            Ok(()) => good += 1,
            Err(why) => *reasons.entry(why).or_default() += 1,
        }
    }
    let why = reasons.into_iter().max_by_key(|(_, count)| *count).map(|(why, _)| why);
    let (reader, firmware) = (reader.id.clone(), reader.firmware.clone());
    Trial { reader, firmware, handset: handset.id.clone(), good, taps, why }
}

fn once(
    issued: &Issued,
    reader: &Reader,
    handset: &Handset,
    number: u32,
    random: &mut ChaCha20Rng,
) -> Result<(), Why> {
    let sim = VirtualSim::from_state(issued.state.clone());
    let mut field = Field::enter(sim, reader, handset, random)?;
    let digest = Sha256::digest(number.to_be_bytes());
    let Tapped { certificate, signature } = tap(&mut field, reader, CODE, &digest)?;
    let key = VerifyingKey::from_sec1_bytes(&issued.key).map_err(|_| Why::Garbled)?;
    let signature = Signature::from_der(&signature).map_err(|_| Why::Garbled)?;
    if certificate != issued.certificate {
        return Err(Why::Garbled);
    }
    key.verify_prehash(&digest, &signature).map_err(|_| Why::Garbled)
}
