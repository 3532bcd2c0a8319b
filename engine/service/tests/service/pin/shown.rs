//! What gives wrong entries back: a signature that came after the last of them.

use super::{DAY, changed, enrolled, report, reset};
use crate::support::{PACK, Person, World, caller};
use simbind_service::{
    check::CheckRequest,
    pin::{PinReport, Witness},
    ports::store::LedgerKind,
};

/// One wrong entry already asks for more, so that a repeated check is decided, and kept, again.
const HARDER: &str = "\n[[rule]]\nid = \"tried\"\non = [\"login\"]\nwhen = \"pin.failures >= 1\"\n\
                      verdict = \"step_up\"\nstep_up = [\"card\"]\nreason = \"PIN_LOCKED\"\n";

#[derive(Clone, Copy, Debug)]
enum Step {
    Wrong(u32),
    Right,
    Changed,
    /// A login with the bank, for which the key signs.
    Login,
    /// One with another relying party.
    Elsewhere,
    /// One whose signature does not verify.
    Forged,
    /// The first login once more.
    Again,
    /// More checks without a signature than are looked through.
    Noise,
}
use Step::{Again, Changed, Elsewhere, Forged, Login, Noise, Right, Wrong};

struct Play {
    world: World,
    person: Person,
    first: CheckRequest,
    steps: u32,
}

impl Play {
    async fn new() -> Self {
        let world = World::with(&format!("{PACK}{HARDER}"), |_| {}).await;
        let (person, _) = enrolled(&world).await;
        let first = person.login(&world.engine, "first");
        world.engine.check(&first).await.unwrap();
        Self { world, person, first, steps: 0 }
    }

    async fn says(&mut self, word: PinReport) {
        let number = self.number();
        report(&self.world, &self.person, "bank", &number, word).await.unwrap();
    }

    fn number(&mut self) -> String {
        self.steps += 1;
        format!("n{}", self.steps)
    }

    async fn step(&mut self, step: Step) {
        let number = self.number();
        let engine = &self.world.engine;
        let login = self.person.login_with(engine, &number, |check| {
            if let Elsewhere = step {
                check.caller = caller("shop");
            }
        });
        let forge = |mut check: CheckRequest| {
            check.signature.as_mut().unwrap().value[8] ^= 1;
            check
        };
        match step {
            Wrong(entries) => self.says(PinReport::Wrong(entries)).await,
            Right => self.says(PinReport::Accepted).await,
            Changed => drop(changed(&self.world, &self.person, &number).await),
            Login | Elsewhere => drop(engine.check(&login).await.unwrap()),
            Forged => drop(engine.check(&forge(login)).await.unwrap()),
            Again => drop(engine.check(&self.first).await.unwrap()),
            Noise => {
                for noise in 0..70 {
                    let login = self.person.login(engine, &format!("{number}-{noise}"));
                    engine.check(&forge(login)).await.unwrap();
                }
            }
        }
    }

    async fn counted(&mut self) -> u32 {
        let number = self.number();
        let nothing = PinReport::Wrong(0);
        report(&self.world, &self.person, "bank", &number, nothing).await.unwrap()
    }
}

#[tokio::test]
async fn only_a_signature_after_the_last_wrong_entry_gives_back_what_was_wrong() {
    let table: &[(&[Step], u32)] = &[
        // The login of before shows nothing of a PIN that was entered since.
        (&[Wrong(2), Right], 2),
        (&[Wrong(2), Changed], 2),
        (&[Wrong(2), Login, Right], 0),
        (&[Wrong(2), Login, Changed], 0),
        // A word that comes before its check.
        (&[Wrong(2), Right, Login], 0),
        (&[Wrong(2), Changed, Login], 0),
        (&[Wrong(2), Right, Login, Wrong(1)], 1),
        (&[Wrong(2), Right, Login, Wrong(1), Login], 1),
        (&[Wrong(1), Right, Right, Forged, Login], 0),
        // A signature alone is no word, and the word is the caller's own, as the check is.
        (&[Wrong(2), Login], 2),
        (&[Wrong(2), Elsewhere, Right], 2),
        (&[Wrong(2), Right, Elsewhere], 2),
        (&[Wrong(2), Right, Elsewhere, Login], 0),
        // Word and signature of before the last wrong entry.
        (&[Wrong(1), Login, Wrong(1), Right], 2),
        (&[Wrong(1), Right, Wrong(1), Login], 2),
        (&[Wrong(1), Changed, Wrong(1), Login], 2),
        // A signature that does not verify, and one that was made before.
        (&[Wrong(2), Forged, Right], 2),
        (&[Wrong(2), Right, Forged], 2),
        (&[Wrong(2), Again, Right], 2),
        (&[Wrong(2), Right, Again], 2),
        (&[Wrong(2), Changed, Again], 2),
        (&[Noise, Wrong(2), Again, Right], 2),
        // A lock stays.
        (&[Wrong(3), Login, Right], 3),
        (&[Wrong(3), Right, Login], 3),
        (&[Wrong(3), Changed, Login], 3),
        (&[Wrong(2), Right, Wrong(1), Login], 3),
        (&[Wrong(2), Changed, Wrong(1), Login], 3),
    ];
    for (steps, expected) in table {
        let mut play = Play::new().await;
        for step in *steps {
            play.step(*step).await;
        }
        assert_eq!(play.counted().await, *expected, "{steps:?}");
        let engine = play.world.restarted(PACK).await;
        let check = play.person.login_with(&engine, "last", |check| check.caller = caller("shop"));
        let facts = engine.check(&check).await.unwrap().facts.clone();
        let facts = simbind_rules::Facts::from_bytes(&facts).unwrap();
        assert_eq!(facts.pin_failures(), Some(*expected), "{steps:?}");
    }
}

#[tokio::test]
async fn a_check_that_gives_wrong_entries_back_is_decided_without_them() {
    let mut play = Play::new().await;
    for step in [Wrong(2), Right] {
        play.step(step).await;
    }
    let login = play.person.login(&play.world.engine, "now");
    let decision = play.world.engine.check(&login).await.unwrap();
    assert_eq!(decision.verdict, simbind_rules::Verdict::Allow);
}

#[tokio::test]
async fn the_same_word_again_and_again_is_kept_once() {
    let mut play = Play::new().await;
    for step in [Wrong(2), Right] {
        play.step(step).await;
    }
    let written = play.world.store.all(LedgerKind::State).await.len();
    for _ in 0..5 {
        play.step(Right).await;
    }
    assert_eq!(play.world.store.all(LedgerKind::State).await.len(), written);
}

#[tokio::test]
async fn a_counter_needs_no_signature() {
    let mut play = Play::new().await;
    play.step(Wrong(2)).await;
    let (by, request, id) = (caller("desk"), "d1".parse().unwrap(), play.person.certificate());
    play.world.engine.pin_changed(&by, Witness::Counter, &request, id).await.unwrap();
    assert_eq!(play.counted().await, 0);
}

#[tokio::test]
async fn the_pin_of_an_overlap_is_one_whatever_clears_it() {
    use crate::succession::{next, renew, renewal};
    for way in ["reset", "changed by a counter", "changed", "said, then signed"] {
        let world = World::new().await;
        let (person, old) = enrolled(&world).await;
        let next = next(&world, &person, 2);
        world.clock.move_on(DAY);
        renew(&world, "renew-1", renewal(old, &next)).await.unwrap();
        world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
        let wrong = PinReport::Wrong(2);
        assert_eq!(report(&world, &person, "bank", "w1", wrong).await, Ok(2));
        let certificate = person.certificate();
        let (desk, request) = (caller("desk"), "d1".parse().unwrap());
        match way {
            "reset" => reset(&world, old, "r1").await.unwrap(),
            "changed by a counter" => {
                let done = world.engine.pin_changed(&desk, Witness::Counter, &request, certificate);
                done.await.unwrap();
            }
            "changed" => {
                world.engine.check(&person.login(&world.engine, "c2")).await.unwrap();
                changed(&world, &person, "p1").await.unwrap();
            }
            _ => {
                changed(&world, &person, "p1").await.unwrap();
                world.engine.check(&next.login(&world.engine, "c2")).await.unwrap();
            }
        }
        for (person, number) in [(&person, "z1"), (&next, "z2")] {
            let counted = report(&world, person, "bank", number, PinReport::Wrong(0)).await;
            assert_eq!(counted, Ok(0), "{way}, {number}");
        }
    }
}
