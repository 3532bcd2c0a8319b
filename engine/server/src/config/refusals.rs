//! Lists of refusals, and which readers may go by them.

use super::{
    check::Checker,
    limits::Ranges,
    raw::{RawReader, RawRefusals},
};
use simbind_core::refusals::{Entries, OfflineUse, RefusalList};
use simbind_rules::facts::ReaderProfile;
use simbind_service::refusals::RefusalTerms;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn refusals(raw: &RawRefusals, checker: &mut Checker<'_>) -> RefusalTerms {
    let d = RefusalTerms::default();
    let mut r = Ranges(checker);
    let life = r.time("refusals.life", raw.life.as_ref(), MINUTE..=RefusalList::LONGEST, d.life);
    let every = r.time("refusals.every", raw.every.as_ref(), SECOND..=life / 2, d.every);
    let most = u64::try_from(Entries::MOST).unwrap_or(u64::MAX);
    let most = r.number("refusals.most", raw.most.as_ref(), 1..=most, d.most);
    RefusalTerms { life, every: every.min(life / 2), most }
}

/// What a reader may do while the engine is away: a door alone may go by the list.
pub(super) fn offline(
    raw: &RawReader,
    profile: Option<ReaderProfile>,
    field: &str,
    checker: &mut Checker<'_>,
) -> OfflineUse {
    let Some(text) = &raw.offline else { return OfflineUse::Closed };
    match (text.get_ref().as_str(), profile) {
        ("closed", _) => OfflineUse::Closed,
        ("refusals", None | Some(ReaderProfile::Door)) => OfflineUse::Refusals,
        ("refusals", Some(_)) => {
            checker.at(text, field, "only a door may answer while the engine is away");
            OfflineUse::Closed
        }
        _ => {
            checker.at(text, field, "it is none of closed, refusals");
            OfflineUse::Closed
        }
    }
}
