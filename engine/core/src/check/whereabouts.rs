//! Where the SIM is, by all who speak of it.

use super::facts::{Claims, HandsetFinding, Subject};
use crate::{binding::Binding, ids::Imei, line::LineView, time::Timestamp};
use simbind_rules::facts::{Agreement, FeedHealth, HandsetRelation, Match, Provenance};
use std::time::Duration;

/// Where the SIM is, as far as a check can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Whether it is in a handset it may be in.
    pub matches: Match,
    /// Who says so.
    pub provenance: Provenance,
    /// How old the word is.
    pub age: Duration,
    /// What the handset is to the binding.
    pub relation: HandsetRelation,
}

/// What an IMEI is to the binding.
fn relation(binding: &Binding, line: &LineView, imei: Imei) -> HandsetRelation {
    let nameless = || {
        let learned = line.learned == Some(imei);
        binding.handsets.iter().position(|own| learned && own.imeis.is_empty())
    };
    match binding.handsets.with_imei(imei).map(|(place, _)| place).or_else(nameless) {
        Some(0) => HandsetRelation::Bound,
        Some(_) => HandsetRelation::OwnOther,
        None if line.stands_in(imei) => HandsetRelation::Loaner,
        None => HandsetRelation::Foreign,
    }
}

fn observation(relation: HandsetRelation, provenance: Provenance, age: Duration) -> Observation {
    let matches = if relation == HandsetRelation::Foreign { Match::No } else { Match::Yes };
    Observation { matches, provenance, age, relation }
}

/// What a check says of the IMEI. A handset that proved itself and was enrolled without an IMEI
/// may have any but another handset's: nothing contradicts it.
fn spoken(finding: HandsetFinding, binding: &Binding, imei: Option<Imei>) -> Option<Imei> {
    let HandsetFinding::Valid(place) = finding else { return imei };
    let nameless = binding.handsets.iter().nth(place).is_some_and(|own| own.imeis.is_empty());
    imei.filter(|imei| !nameless || binding.handsets.with_imei(*imei).is_some())
}

/// The IMEI in a token that its handset signed, as [`spoken`]. What anybody else wrote into one is
/// not looked at.
fn token_imei(finding: HandsetFinding, binding: &Binding, claims: &Claims) -> Option<Imei> {
    let HandsetFinding::Valid(_) = finding else { return None };
    spoken(finding, binding, claims.token.and_then(|token| token.imei))
}

/// Where the SIM is. A word that it is in a foreign handset counts from whoever it comes; that it
/// is in the right one counts by who says so, the strongest first. An app with carrier privilege
/// speaks only beside the handset's own proof: its word for a match is never the strongest, and
/// stands where anybody's does.
pub(super) fn whereabouts(
    finding: HandsetFinding,
    claims: &Claims,
    subject: &Subject<'_>,
    now: Timestamp,
) -> Option<Observation> {
    let Subject { binding, line, .. } = *subject;
    let of = |imei| relation(binding, line, imei);
    // A signature over this very check is of now; a token was made before it.
    let proof_age = claims.token.map_or(Duration::ZERO, |token| now.since(token.issued_at));
    let proof = match finding {
        HandsetFinding::Valid(0) => Some(HandsetRelation::Bound),
        HandsetFinding::Valid(_) => Some(HandsetRelation::OwnOther),
        _ => None,
    }
    .map(|relation| observation(relation, Provenance::DeviceAttested, proof_age));
    let toolkit = spoken(finding, binding, claims.toolkit_imei)
        .map(|imei| observation(of(imei), Provenance::SimToolkit, Duration::ZERO));
    let claimed = spoken(finding, binding, claims.imei)
        .map(|imei| observation(of(imei), claims.apps.word.provenance(), Duration::ZERO));
    let sighting = line
        .sighting
        .map(|seen| observation(of(seen.imei), Provenance::CarrierEvent, now.since(seen.at)));
    // A sighting older than the handset's own fresh proof tells where the SIM was, not where it is.
    let token = token_imei(finding, binding, claims)
        .map(|imei| observation(of(imei), Provenance::SelfReported, Duration::ZERO));
    let words = [toolkit, claimed, token, sighting.filter(|_| proof.is_none())];
    let foreign = words.into_iter().flatten().find(|word| word.matches == Match::No);
    let silence = || {
        let (feed, terms) = subject.feed?;
        let heard = feed.health(terms, now);
        (heard == FeedHealth::Healthy && sighting.is_none()).then_some(())?;
        let age = feed.silence(now)?;
        Some(observation(HandsetRelation::Bound, Provenance::CarrierSilence, age))
    };
    foreign.or(proof).or(toolkit).or(sighting).or_else(silence).or(claimed)
}

/// Whether those who speak of the handset agree.
pub(super) fn agreement(
    finding: HandsetFinding,
    claims: &Claims,
    binding: &Binding,
    line: &LineView,
) -> Option<Agreement> {
    let place = |imei| binding.handsets.with_imei(imei).map(|(place, _)| place);
    let mut words: Vec<Result<usize, Imei>> = Vec::with_capacity(4);
    if let HandsetFinding::Valid(place) = finding {
        words.push(Ok(place));
    }
    let imeis = [claims.imei, claims.toolkit_imei].map(|imei| spoken(finding, binding, imei));
    let imeis = imeis.into_iter().chain([token_imei(finding, binding, claims)]).flatten();
    words.extend(imeis.map(|imei| place(imei).ok_or(imei)));
    if !matches!(finding, HandsetFinding::Valid(_)) {
        words.extend(line.sighting.map(|seen| place(seen.imei).ok_or(seen.imei)));
    }
    let first = words.first()?;
    if words.len() < 2 {
        return None;
    }
    let agree = words.iter().all(|word| word == first);
    Some(if agree { Agreement::Agree } else { Agreement::Conflict })
}
