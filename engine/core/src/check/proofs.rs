//! What a check proves of the applet's counter and the handset's key.

use super::facts::{Counter, HandsetFinding, Subject};
use crate::{
    binding::{CounterPolicy, Handset},
    ids::Imei,
};
use simbind_rules::facts::{Channel, CounterState, HandsetProof};

pub(super) fn counter_state(
    policy: CounterPolicy,
    last: Counter,
    claimed: Option<u64>,
) -> CounterState {
    match (policy, last, claimed) {
        (CounterPolicy::None, _, _) => CounterState::NotEnrolled,
        (CounterPolicy::Present, _, None) => CounterState::Withheld,
        (CounterPolicy::Present, Counter::Seen(last), Some(claimed)) if claimed <= last => {
            CounterState::Regressed
        }
        (CounterPolicy::Present, _, Some(_)) => CounterState::Advanced,
    }
}

/// What the check brings of the handset's own key. In an announced loaner, where the carrier saw
/// the SIM last, there is no such key to bring; nor in one that should be back and says so itself,
/// which is a foreign handset otherwise.
pub(super) fn handset_proof(
    channel: Channel,
    finding: HandsetFinding,
    claimed: Option<Imei>,
    subject: &Subject<'_>,
) -> HandsetProof {
    let Subject { binding, line, .. } = *subject;
    let enrolled = binding.handsets.iter().any(Handset::has_key);
    match (finding, channel) {
        (HandsetFinding::Valid(_), _) => HandsetProof::Valid,
        (HandsetFinding::Invalid, _) => HandsetProof::Invalid,
        (HandsetFinding::Replayed(_), _) => HandsetProof::Replayed,
        (HandsetFinding::Expired(_), _) => HandsetProof::Expired,
        (HandsetFinding::Misbound(_), _) => HandsetProof::Misbound,
        (HandsetFinding::Foreign, _) => HandsetProof::Foreign,
        (HandsetFinding::Absent, _) if !enrolled => HandsetProof::NotEnrolled,
        (HandsetFinding::Absent, Channel::TapBare) => HandsetProof::NotCarried,
        (HandsetFinding::Absent, _) => {
            let lent = line.sighting.is_some_and(|seen| line.stands_in(seen.imei))
                || claimed.is_some_and(|imei| line.overdue == Some(imei));
            if lent { HandsetProof::NotCarried } else { HandsetProof::Withheld }
        }
    }
}
