//! The policy of twenty rules as a person would write it in Rust, over the typed facts.

use crate::{engines::Decider, facts::Sample, policy::Ask};
use simbind_rules::facts::{
    Agreement, BindingState, Channel, FeedHealth, HandsetLatch, HandsetProof, HandsetRelation,
    KeyHome, Match, Platform, SecurityLevel, Sensitivity,
};
use std::time::Duration;

/// The rules that it has.
pub const RULES: usize = 20;

/// The rules that ask for a deny; the others step up.
const DENYING: u32 =
    1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 14 | 1 << 15 | 1 << 17 | 1 << 18 | 1 << 19;

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

/// A bit for each rule that holds.
fn holding(check: &Sample) -> u32 {
    let foreign = check.handset_latch == HandsetLatch::Foreign;
    let holds = [
        check.proof == HandsetProof::Invalid
            && check.feed_health == FeedHealth::Healthy
            && check.level == SecurityLevel::None,
        matches!(check.proof, HandsetProof::NotCarried | HandsetProof::Invalid),
        check.proof == HandsetProof::NotCarried
            && check.match_age <= days(58)
            && check.patch_age <= days(19),
        check.claims == Agreement::Conflict
            && check.platform == Platform::Android
            && check.relation == HandsetRelation::Bound,
        foreign && check.patch_age <= days(13),
        check.platform == Platform::Other && check.binding_age > days(17),
        check.sensitivity == Sensitivity::Apply
            && check.patch_age > days(51)
            && check.handset_match == Match::Yes,
        check.handset_match == Match::No
            && check.key_home != KeyHome::SecureElement
            && check.relation != HandsetRelation::Foreign,
        foreign && check.sensitivity != Sensitivity::Pay,
        check.feed_health == FeedHealth::Silent,
        check.claims == Agreement::Conflict,
        check.key_home == KeyHome::SecureElement,
        matches!(check.channel, Channel::TapToken | Channel::BrowserLogin),
        foreign && check.relation != HandsetRelation::OwnOther && check.binding_age > days(58),
        foreign && check.sensitivity == Sensitivity::View && check.proof != HandsetProof::Withheld,
        check.binding_state == BindingState::Held,
        check.platform == Platform::Ios
            && check.binding_state != BindingState::Revoked
            && check.feed_health != FeedHealth::Silent,
        check.feed_health == FeedHealth::None && check.proof == HandsetProof::Valid,
        check.sensitivity == Sensitivity::Pay,
        check.key_home == KeyHome::Keychain,
    ];
    let bits =
        holds.iter().zip(0..).fold(0, |bits, (holds, rule)| bits | u32::from(*holds) << rule);
    bits & bounded(check.binding_age)
}

/// A bit for each rule whose bounds hold: they begin 20 minutes apart, and end 45 days later.
fn bounded(age: Duration) -> u32 {
    let before = |age: Duration| {
        let steps = age.as_millis().div_ceil(20 * 60_000).min(RULES as u128) as u32;
        (1 << steps) - 1
    };
    before(age) & !before(age.saturating_sub(days(45)))
}

/// The function.
pub struct ByHand;

impl Decider for ByHand {
    fn name(&self) -> &str {
        "written by hand"
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        match holding(sample) {
            0 => Ask::Allow,
            holding if holding & DENYING != 0 => Ask::Deny,
            _ => Ask::StepUp,
        }
    }

    fn fired(&mut self, sample: &Sample) -> Vec<usize> {
        let holding = holding(sample);
        (0..RULES).filter(|rule| holding >> rule & 1 == 1).collect()
    }
}
