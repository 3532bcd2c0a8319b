//! Fixed keys and whole cards for tests.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use super::{Algorithm, Counting, Pin, PrivateKey, Profile, Role, State, VirtualSim};
use crate::World;
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

/// The PIN of the user-authentication key on the cards here.
pub const USER_PIN: &[u8] = b"1234";
/// The PIN of the signature key on the cards here.
pub const SIGNATURE_PIN: &[u8] = b"ABC12345";
/// The ICCID of the cards here.
pub const ICCID: &str = "8981100000000000002";
/// The IMSI of the cards here.
pub const IMSI: &str = "440100000000001";

/// A key that is the same in each process.
///
/// # Panics
/// Where the fixture is broken.
pub fn key(algorithm: Algorithm, role: Role) -> PrivateKey {
    let (pkcs8, seed): (&[u8], _) = match role {
        Role::User => (include_bytes!("testing/user.pk8"), 1),
        Role::Signature => (include_bytes!("testing/signature.pk8"), 2),
    };
    match algorithm {
        Algorithm::Rsa2048 => PrivateKey::from_pkcs8_der(pkcs8),
        Algorithm::P256 | Algorithm::P384 => {
            PrivateKey::generate(algorithm, &mut ChaCha20Rng::seed_from_u64(seed))
        }
    }
    .expect("a fixed key")
}

/// What a card is made from whose certificates are of this world's authority.
///
/// # Panics
/// Where the fixture is broken.
pub fn profile(world: &World, algorithm: Algorithm) -> Profile {
    let credential = |role, number, pin| {
        let pin = Pin::new(role, pin).expect("a PIN");
        world.credential(key(algorithm, role), number, pin).expect("a certificate")
    };
    Profile {
        iccid: ICCID.parse().expect("an ICCID"),
        imsi: IMSI.parse().expect("an IMSI"),
        user: credential(Role::User, 1, USER_PIN),
        signature: Some(credential(Role::Signature, 2, SIGNATURE_PIN)),
        counting: Counting::Counts,
    }
}

/// A card that was just reset.
///
/// # Panics
/// Where the fixture is broken.
pub fn card(algorithm: Algorithm) -> VirtualSim {
    let world = World::new(1, 1).expect("a world");
    let state = State::personalised(profile(&world, algorithm)).expect("a card");
    let mut card = VirtualSim::from_state(state);
    card.reset();
    card
}
