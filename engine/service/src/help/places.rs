//! Where a person goes next.

use simbind_rules::{Place, ReasonCode, StepUpMethod, Verdict};

/// The places where a verdict can be put right, each once: those of its reasons, and of a step-up
/// only the ones at which an acceptable proof can be given.
pub fn places(verdict: Verdict, reasons: &[ReasonCode]) -> Vec<Place> {
    let told = reasons.iter().flat_map(|reason| reason.places()).copied();
    let mut places: Vec<Place> = match verdict {
        Verdict::Allow => Vec::new(),
        Verdict::Deny => told.collect(),
        Verdict::StepUp(methods) => {
            let proofs = methods.iter().map(|method| match method {
                StepUpMethod::Card => Place::Card,
                StepUpMethod::Counter => Place::Counter,
                StepUpMethod::Reattest | StepUpMethod::Sms => Place::App,
            });
            let proofs: Vec<_> = proofs.collect();
            let given_there = |place: &Place| matches!(place, Place::Card | Place::Counter);
            told.filter(|place| !given_there(place)).chain(proofs.iter().copied()).collect()
        }
    };
    places.sort();
    places.dedup();
    places
}
