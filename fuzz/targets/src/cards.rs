//! The virtual SIM under any commands.

use crate::Outcome;
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use sim_sim::{
    World,
    card::{
        Algorithm, Counting, JPKI_AID, Pin, PrivateKey, Profile, Response, Role, State, Status,
        VirtualSim,
    },
};
use std::sync::LazyLock;

static STATE: LazyLock<State> = LazyLock::new(state);

#[expect(clippy::expect_used, reason = "a target fails by panicking")]
fn state() -> State {
    let world = World::new(1, 1).expect("a world");
    let credential = |scalar: u8, role, pin: &[u8]| {
        let key = PrivateKey::from_scalar(Algorithm::P256, &[scalar; 32]).expect("a key");
        let pin = Pin::new(role, pin).expect("a PIN");
        world.credential(key, scalar.into(), pin).expect("a certificate")
    };
    let profile = Profile {
        iccid: "8981100000000000002".parse().expect("an ICCID"),
        imsi: "440100000000001".parse().expect("an IMSI"),
        user: credential(1, Role::User, b"1234"),
        signature: Some(credential(2, Role::Signature, b"ABC12345")),
        counting: Counting::Counts,
    };
    State::personalised(profile).expect("a card")
}

/// A card and what it was seen to do.
struct Watched {
    card: VirtualSim,
    random: ChaCha20Rng,
    /// PINs taken since the last reset.
    shown: u32,
    /// Signatures ever.
    signed: u64,
}

impl Watched {
    fn send(&mut self, command: &[u8]) -> Response {
        let answer = self.card.command(command, &mut self.random);
        let octets = answer.to_bytes();
        assert!((2..=258).contains(&octets.len()), "an answer that is too long");
        assert!(matches!(answer.status.word() >> 8, 0x90 | 0x91 | 0x61..=0x6F), "no status word");
        let done = answer.status == Status::OK;
        match command {
            [0x00, 0x20, _, _, _, _, ..] if done => self.shown += 1,
            // By class 80 other applications may have another command of this instruction, none of
            // which answers with so much.
            [0x80, 0x2A, ..] if done && answer.data.len() > 60 => {
                assert!(self.shown > 0, "signed without a PIN");
                self.signed += 1;
            }
            _ => {}
        }
        answer
    }

    fn reset(&mut self) {
        self.card.reset();
        self.shown = 0;
    }

    fn select(&mut self) -> Status {
        let mut select = vec![0x00, 0xA4, 0x04, 0x0C, 0x0A];
        select.extend_from_slice(JPKI_AID);
        self.send(&select).status
    }

    fn counter(&mut self) -> u64 {
        self.reset();
        if self.select() != Status::OK {
            return 0;
        }
        let data = self.send(&[0x80, 0xCA, 0x9F, 0x70, 0x00]).data;
        data.as_slice().try_into().map_or(0, u64::from_be_bytes)
    }
}

/// Commands one behind the other, each with an octet of its length before it; 0 is a reset. A
/// command that is cut off is taken as it is.
pub fn card_command(bytes: &[u8]) -> Outcome {
    let card = VirtualSim::from_state(STATE.clone());
    let random = ChaCha20Rng::seed_from_u64(1);
    let mut watched = Watched { card, random, shown: 0, signed: 0 };
    watched.reset();
    let mut rest = bytes;
    let mut outcome = Outcome::Refused;
    while let Some((length, behind)) = rest.split_first() {
        let (command, behind) =
            behind.split_at_checked(usize::from(*length)).unwrap_or((behind, &[]));
        rest = behind;
        if *length == 0 {
            watched.reset();
        } else if watched.send(command).status == Status::OK {
            outcome = Outcome::Taken;
        }
    }
    let written = watched.card.state().to_bytes();
    let read = written.as_ref().ok().and_then(|bytes| State::from_bytes(bytes).ok());
    assert!(read.is_some_and(|read| read.to_bytes() == written), "the state does not read back");
    let (signed, counter) = (watched.signed, watched.counter());
    assert!(counter <= signed, "counted what was not signed");
    outcome
}
