//! Which SIM it is, by all who speak of it.

use super::facts::{CheckContext, Claims};
use crate::{binding::Binding, ids::Iccid, line::LineView};
use simbind_rules::facts::{Agreement, Channel, Match, Provenance};

/// What the sources of a SIM's number come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SimSeen {
    /// Whether it is the bound one, and who says so; `None` where nobody shows a number.
    pub(super) matches: Option<(Match, Provenance)>,
    /// Whether the sources agree; `None` where fewer than two name a number.
    pub(super) claims: Option<Agreement>,
}

/// Which SIM is in use. A word that it is another counts from whoever it comes; that it is the
/// right one counts by who says so: the reader that held the card, then an app that the SIM's
/// access rules let read it, then anybody. What the carrier says of the line is compared with them,
/// and shows no SIM by itself: it says which one is served, not which one is here.
pub(super) fn sim_seen(
    context: &CheckContext,
    claims: &Claims,
    binding: &Binding,
    line: &LineView,
) -> SimSeen {
    let tap = matches!(context.channel, Channel::TapBare | Channel::TapToken);
    let read = context.reader.and_then(|reader| reader.iccid);
    // What the transcript of a tap says came through the reader, unless the reader tells its own.
    let spoken = match read {
        None if tap => Provenance::Reader,
        _ => claims.apps.word.provenance(),
    };
    let words = [read.map(|iccid| (iccid, Provenance::Reader)), claims.iccid.zip(Some(spoken))];
    let words = || words.into_iter().flatten();
    // A new SIM that a counter announced is the person's as soon as the carrier says it serves.
    let own = |iccid: Iccid| binding.sim.goes_by(iccid) || line.arrived == Some(iccid);
    let is = |iccid: Iccid| if own(iccid) { Match::Yes } else { Match::No };
    let judged = || words().map(|(iccid, by)| (is(iccid), by));
    let matches = judged().find(|(found, _)| *found == Match::No).or_else(|| judged().next());
    // A reader can read the ICCID: leaving it out is withholding it. An app cannot.
    let matches = matches.or(tap.then_some((Match::No, Provenance::Reader)));
    let mut told = words().map(|(iccid, _)| iccid).chain(line.serves);
    let claims = match (told.next(), told.next()) {
        (Some(one), Some(two)) => {
            let agree = one == two && told.all(|other| other == one);
            Some(if agree { Agreement::Agree } else { Agreement::Conflict })
        }
        _ => None,
    };
    SimSeen { matches, claims }
}
