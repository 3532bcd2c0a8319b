//! Whole lives at random: a thousand operations and events leave no binding outside the table of
//! transitions, lose none, and leave no person with more of them than packs allow.
//!
//! `SIMBIND_LIVES` says how many lives are lived, `SIMBIND_SEED` from which seed on.

mod acts;
mod booth;
mod carriers;
mod life;
mod sound;

use life::Life;
use simbind_core::binding::State;
use simbind_service::ServiceError;

/// Operations and events of one life.
const STEPS: u32 = 1000;

/// Randomness from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    fn place(&mut self, of: usize) -> usize {
        usize::try_from(self.roll(u64::try_from(of).unwrap())).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        (!of.is_empty()).then(|| &of[self.place(of.len())])
    }
}

fn over(state: State) -> bool {
    matches!(state, State::Ended { .. })
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Whether a refusal is one that a life has room for: a fault of ours, and a field of which nobody
/// said that it is wrong, are none.
fn expected(error: &ServiceError) -> bool {
    match error {
        ServiceError::Refused(_)
        | ServiceError::Exists(_)
        | ServiceError::NotYet { .. }
        | ServiceError::NotFound(_) => true,
        // A certificate that has ended, and a code or challenge of another minute.
        ServiceError::Invalid { field, .. } => {
            field.ends_with("certificate_chain")
                || ["announced.until", "certificate.shown_code", "challenge"].contains(&&**field)
        }
        _ => false,
    }
}

#[tokio::test]
async fn lives_of_a_thousand_operations_keep_to_the_table_and_lose_no_binding() {
    let first = setting("SIMBIND_SEED", 1);
    for seed in first..first + setting("SIMBIND_LIVES", 2) {
        println!("SIMBIND_SEED={seed}");
        let mut life = Life::new(seed).await;
        for step in 0..STEPS {
            life.step = step;
            match life.one_step().await {
                Ok(()) => life.done += 1,
                Err(error) if expected(&error) => {}
                Err(error) => panic!("step {step}: {error:?}"),
            }
            life.sound().await;
        }
        life.listed().await;
        life.same_when_made_anew().await;
        println!("{}", life.was_full());
    }
}
