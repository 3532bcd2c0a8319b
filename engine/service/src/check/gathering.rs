//! What a check counts against, and the facts of it.

use super::{evidence::Proofs, request::CheckRequest};
use crate::{
    engine::Engine,
    hot::Loaded,
    limits::{Named, Reached, Subjects},
    packs::InService,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    check::{self, CertificateFinding, CheckContext, Counter, HandsetFinding, Reader, Subject},
    line::{LineHistory, LineView},
    time::Timestamp,
    transcript::Audience,
};
use simbind_rules::{
    Facts,
    facts::{ChallengeState, SignatureState},
};

impl<S: Store, V: Vault> Engine<S, V> {
    /// Counts a check. A certificate, its SIM and its handsets are proved by a signature over a
    /// fresh challenge; anything else that is named is only claimed.
    pub(super) fn limit(
        &self,
        check: &CheckRequest,
        proofs: &Proofs,
        state: ChallengeState,
        loaded: Option<&Loaded>,
        packs: &InService,
    ) -> Option<Reached> {
        let serving = loaded.map(|loaded| &loaded.binding.sim.serving);
        let declared = packs.book.limits(packs.chain(serving), check.kind());
        let signed = proofs.signature == SignatureState::Valid && state == ChallengeState::Fresh;
        let (relying_party, reader) = match &check.audience {
            Audience::RelyingParty(id) => (Some(id.as_str()), None),
            Audience::Reader(id) => (None, Some(id.as_str())),
        };
        let id = check.certificate.id();
        let named = |name: Vec<u8>, proved: bool| Named { name: name.into(), proved };
        let iccid = loaded.map(|loaded| loaded.binding.sim.iccid).or(check.iccid);
        let imei = check.imei.or(check.toolkit_imei);
        let own =
            |imei| loaded.is_some_and(|loaded| loaded.binding.handsets.with_imei(imei).is_some());
        let subjects = Subjects {
            certificate: id.map(|id| named(id.as_bytes().to_vec(), signed)),
            iccid: iccid
                .map(|iccid| named(String::from(iccid).into_bytes(), signed && loaded.is_some())),
            imei: imei.map(|imei| named(String::from(imei).into_bytes(), signed && own(imei))),
            relying_party,
            reader,
            carrier_feed: None,
        };
        packs.limits.count(declared, &subjects)
    }

    /// The facts of a check, with what the registry tells.
    pub(super) fn facts(
        &self,
        check: &CheckRequest,
        proofs: &Proofs,
        found: (ChallengeState, Counter, HandsetFinding),
        loaded: Option<&Loaded>,
        now: Timestamp,
    ) -> Facts {
        let mut facts = self.gathered(check, proofs, found, loaded, now);
        self.tell_registered(&mut facts, check, found.2, loaded);
        facts
    }

    fn gathered(
        &self,
        check: &CheckRequest,
        proofs: &Proofs,
        (state, counter, handset): (ChallengeState, Counter, HandsetFinding),
        loaded: Option<&Loaded>,
        now: Timestamp,
    ) -> Facts {
        let context = CheckContext {
            channel: check.channel,
            sensitivity: check.sensitivity,
            reader: check.reader.map(|reader| Reader {
                profile: reader.profile,
                round_trip: reader.round_trip,
                iccid: reader.iccid,
            }),
            now,
        };
        let finding = CertificateFinding {
            chain: proofs.chain,
            status: self.status_finding(loaded, proofs.brought, now),
            signature: proofs.signature,
            challenge: state,
        };
        let claims = self.claims(check, handset, loaded);
        let Some(loaded) = loaded else {
            let pin = check::Pin::default();
            return check::gather(&context, &claims, &finding, handset, pin, None);
        };
        let histories: Vec<&LineHistory> = loaded.histories.iter().collect();
        let line = LineView::of(&loaded.binding, &histories, now);
        let feed = self.feeds.get(&loaded.binding.sim.serving.carrier);
        let subject = Subject {
            binding: &loaded.binding,
            line: &line,
            feed: feed.as_ref().map(|(feed, terms)| (feed, terms)),
            counter,
            attestation: self.attestation_finding(handset, loaded, now),
            applet: loaded.applet.as_ref(),
        };
        check::gather(&context, &claims, &finding, handset, loaded.pin, Some(subject))
    }
}
