//! Evidence to facts: one function from what a check brings and what is known to what rules read.

use super::{
    apps::{AppClaims, identity},
    cause::{Seen, change, tell},
    proofs::{counter_state, handset_proof},
    sims::{SimSeen, sim_seen},
    whereabouts::{agreement, whereabouts},
};
use crate::{
    applet::Applet,
    binding::{AttestedKey, Binding, Handset},
    ids::{Iccid, Imei},
    line::{Feed, FeedTerms, LineView},
    status::Source,
    time::Timestamp,
    token::HandsetToken,
};
use simbind_rules::{
    Fact, Facts,
    facts::{
        AppletOrder, AttestationStatus, BindingState, CertificateStatus, ChainState,
        ChallengeState, ChangeCause, ChangeExpectation, Channel, CounterState, FeedHealth,
        HandsetLatch, HandsetProof, LineLatch, ReaderProfile, Sensitivity, SignatureState,
        SimLatch, SimState, StatusSource,
    },
};
use std::time::Duration;

/// Who asks, how, and when.
#[derive(Clone, Copy, Debug)]
pub struct CheckContext {
    /// How the check reached us.
    pub channel: Channel,
    /// How sensitive the caller's operation is.
    pub sensitivity: Sensitivity,
    /// The reader, for a tap.
    pub reader: Option<Reader>,
    /// Now.
    pub now: Timestamp,
}

/// A reader's part of a tap.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// What it is used for.
    pub profile: ReaderProfile,
    /// The round trip of the signing exchange, where it was measured.
    pub round_trip: Option<Duration>,
    /// The ICCID that its host says it read from the card, where that is told apart from what the
    /// transcript claims.
    pub iccid: Option<Iccid>,
}

/// What the transcript claims.
#[derive(Clone, Copy, Debug)]
pub struct Claims {
    /// The ICCID.
    pub iccid: Option<Iccid>,
    /// The IMEI that the handset claims.
    pub imei: Option<Imei>,
    /// The IMEI that the SIM learned from its terminal.
    pub toolkit_imei: Option<Imei>,
    /// The applet's signature counter.
    pub counter: Option<u64>,
    /// The apps.
    pub apps: AppClaims,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The token that the handset handed over.
    pub token: Option<HandsetToken>,
}

/// An app that a check names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppClaim {
    /// None.
    Absent,
    /// One that is on the list, and that a key of the handset speaks for, which signed this check.
    Listed,
    /// One that is on the list, and nothing speaks for it.
    Claimed,
    /// Any other, and one of the list's in another part than its own.
    Unlisted,
}

/// What was found of the certificate.
#[derive(Clone, Copy, Debug)]
pub struct CertificateFinding {
    /// The chain.
    pub chain: ChainState,
    /// Its status.
    pub status: StatusFinding,
    /// The signature over the transcript.
    pub signature: SignatureState,
    /// The challenge.
    pub challenge: ChallengeState,
}

/// An issuer's word on a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFinding {
    /// No source is configured for the issuer.
    NoSource,
    /// A source is, and nothing that can be used was heard of the certificate.
    Silent,
    /// It was heard.
    Said {
        /// What it says.
        status: CertificateStatus,
        /// Time since it was said.
        age: Duration,
        /// Time since a newer answer was due; zero while this one holds.
        overdue: Duration,
        /// Who said it.
        source: Source,
    },
}

impl StatusFinding {
    /// Sets the facts that say so. Of a status that nobody said, facts that are known stay.
    pub fn tell(self, facts: &mut Facts) {
        match self {
            Self::NoSource => facts.set_certificate_status_source(StatusSource::None),
            Self::Silent => facts.set_certificate_status_source(StatusSource::Silent),
            Self::Said { status, age, overdue, source } => {
                facts.set_certificate_status(status);
                facts.set_certificate_status_age(age);
                facts.set_certificate_status_overdue(overdue);
                facts.set_certificate_status_source(source.as_fact());
            }
        }
    }
}

/// What the maker's list says of the certificates behind the key of the handset that
/// [`speaking`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestationFinding {
    /// There is no list, no key, or its chain was not kept.
    Unknown,
    /// The list was looked into.
    Looked {
        /// What it says.
        status: AttestationStatus,
        /// Time since it was made.
        age: Duration,
    },
}

/// What was found of the handset's signature, or assertion, over the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandsetFinding {
    /// The check brings none.
    Absent,
    /// It verifies under the key of the binding's handset at this place.
    Valid(usize),
    /// It verifies under none of them.
    Invalid,
    /// It is by the key of the handset at this place, and was shown before: a token that was used, or
    /// an assertion whose counter did not rise.
    Replayed(usize),
    /// A token by the key of the handset at this place, whose time is over or has not come.
    Expired(usize),
    /// A token by the key of the handset at this place, for another certificate or SIM.
    Misbound(usize),
    /// A token of a handset that is none of the binding's.
    Foreign,
}

/// The last signature counter that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// None yet.
    Unseen,
    /// This.
    Seen(u64),
    /// The one that this very check showed, before it was decided again.
    SeenInThisCheck,
}

/// Wrong PIN entries that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pin {
    /// How many.
    pub failures: u32,
}

/// What is known of a bound certificate.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The binding.
    pub binding: &'a Binding,
    /// What carriers say of its line.
    pub line: &'a LineView,
    /// The feed of its carrier, where one is configured.
    pub feed: Option<(&'a Feed, &'a FeedTerms)>,
    /// The last counter.
    pub counter: Counter,
    /// What the maker's list says of the handset that speaks.
    pub attestation: AttestationFinding,
    /// The applet on its SIM, where its carrier's platform was ever told something.
    pub applet: Option<&'a Applet>,
}

/// The facts of a check.
pub fn gather(
    context: &CheckContext,
    claims: &Claims,
    certificate: &CertificateFinding,
    handset: HandsetFinding,
    pin: Pin,
    subject: Option<Subject<'_>>,
) -> Facts {
    let mut facts = Facts::default();
    facts.set_check_channel(context.channel);
    facts.set_relying_party_sensitivity(context.sensitivity);
    if let Some(reader) = context.reader {
        facts.set_reader_profile(reader.profile);
        if let Some(round_trip) = reader.round_trip {
            facts.set_reader_round_trip(round_trip);
        }
    }
    facts.set_certificate_chain(certificate.chain);
    certificate.status.tell(&mut facts);
    facts.set_transcript_signature(certificate.signature);
    facts.set_transcript_skew(claims.signed_at.distance(context.now));
    facts.set_challenge_state(certificate.challenge);
    facts.set_pin_failures(pin.failures);
    facts.set_app_identity(identity(context.channel, claims.apps.business));
    facts.set_app_ui(identity(context.channel, claims.apps.ui));
    facts.set_change_cause(ChangeCause::None);
    facts.set_change_expected(ChangeExpectation::None);
    facts.set_applet_order(AppletOrder::None);
    match subject {
        Some(subject) => bound(&mut facts, context, claims, handset, &subject),
        None => unbound(&mut facts),
    }
    facts
}

/// What the carrier's platform was told and confirmed.
pub fn tell_applet(facts: &mut Facts, applet: Option<&Applet>, now: Timestamp) {
    let (order, state) = applet.map_or((None, None), |applet| applet.facts(now));
    facts.forget(Fact::AppletOrderAge);
    facts.forget(Fact::AppletState);
    facts.set_applet_order(order.map_or(AppletOrder::None, |(order, _)| order));
    if let Some((_, age)) = order {
        facts.set_applet_order_age(age);
    }
    if let Some(state) = state {
        facts.set_applet_state(state);
    }
}

/// The facts that are never unknown, for a certificate that nobody enrolled.
fn unbound(facts: &mut Facts) {
    facts.set_binding_state(BindingState::None);
    facts.set_handset_proof(HandsetProof::NotEnrolled);
    facts.set_handset_latch(HandsetLatch::Clear);
    facts.set_sim_latch(SimLatch::Clear);
    facts.set_line_latch(LineLatch::Clear);
    facts.set_feed_health(FeedHealth::None);
    facts.set_counter_state(CounterState::NotEnrolled);
}

fn bound(
    facts: &mut Facts,
    context: &CheckContext,
    claims: &Claims,
    finding: HandsetFinding,
    subject: &Subject<'_>,
) {
    let Subject { binding, line, .. } = *subject;
    let now = context.now;
    facts.set_binding_state(binding.state_at(now).fact());
    facts.set_binding_key_home(binding.key_home);
    facts.set_binding_age(now.since(binding.enrolled_at));
    facts.set_binding_identified(binding.identified.place.fact());
    if let Some(at) = binding.released_at {
        facts.set_binding_released_age(now.since(at));
    }
    if let Some(at) = binding.pin_reset_at {
        facts.set_pin_reset_age(now.since(at));
    }
    facts.set_certificate_remaining(binding.certificate.not_after.since(now));
    facts.set_counter_state(counter_state(binding.counter, subject.counter, claims.counter));
    line_facts(facts, subject, now);
    tell_applet(facts, subject.applet, now);
    let sim = sim_seen(context, claims, binding, line);
    let SimSeen { matches, claims: agree } = sim;
    if let Some((matches, provenance)) = matches {
        facts.set_sim_match(matches);
        facts.set_sim_match_provenance(provenance);
    }
    if let Some(agree) = agree {
        facts.set_sim_claims(agree);
    }

    let proof = handset_proof(context.channel, finding, claims.imei, subject);
    facts.set_handset_proof(proof);
    handset_facts(facts, speaking(finding, binding), now);
    if let AttestationFinding::Looked { status, age } = subject.attestation {
        facts.set_handset_attestation_status(status);
        facts.set_handset_attestation_status_age(age);
    }
    let seen = whereabouts(finding, claims, subject, now);
    let all = Seen { finding, claims, sim, handset: seen.as_ref() };
    tell(facts, change(subject, &all, now));
    if let Some(seen) = seen {
        facts.set_handset_match(seen.matches);
        facts.set_handset_match_provenance(seen.provenance);
        facts.set_handset_match_age(seen.age);
        facts.set_handset_relation(seen.relation);
    }
    if let Some(agreement) = agreement(finding, claims, binding, line) {
        facts.set_handset_claims(agreement);
    }
}

/// The handset that a check is about: the one that proved itself, otherwise the bound one.
pub fn speaking(finding: HandsetFinding, binding: &Binding) -> &Handset {
    let handset = match finding {
        HandsetFinding::Valid(place)
        | HandsetFinding::Replayed(place)
        | HandsetFinding::Expired(place)
        | HandsetFinding::Misbound(place) => binding.handsets.iter().nth(place),
        HandsetFinding::Absent | HandsetFinding::Invalid | HandsetFinding::Foreign => None,
    };
    handset.unwrap_or_else(|| binding.handsets.first())
}

fn line_facts(facts: &mut Facts, subject: &Subject<'_>, now: Timestamp) {
    let line = subject.line;
    facts.set_handset_latch(line.handset_latch);
    facts.set_sim_latch(line.sim_latch);
    facts.set_line_latch(line.line_latch);
    // What is announced stands in from its announcement on, as a loaner does.
    if let Some(loaner) = line.loaner.or(line.awaited) {
        facts.set_handset_loaner_age(now.since(loaner.from));
    }
    let Some((feed, terms)) = subject.feed else {
        facts.set_feed_health(FeedHealth::None);
        // A break that was told once is known even where nobody is heard any more.
        if line.sim_state != SimState::Active {
            facts.set_sim_state(line.sim_state);
        }
        return;
    };
    let health = feed.health(terms, now);
    facts.set_feed_health(health);
    facts.set_feed_horizon(feed.horizon(terms));
    if let Some(silence) = feed.silence(now) {
        facts.set_feed_silence(silence);
    }
    facts.set_events_consistency(line.consistency);
    facts.set_sim_state(line.sim_state);
    let heard = matches!(health, FeedHealth::Healthy | FeedHealth::Lagging);
    if let Some(age) = age(line.sim_changed_at, heard, now) {
        facts.set_sim_changed_age(age);
    }
    if let Some(age) = age(line.handset_changed_at, heard, now) {
        facts.set_handset_changed_age(age);
    }
}

/// How long ago something changed: never, where the feed would have said so; unknown, where it is
/// not heard.
fn age(changed_at: Option<Timestamp>, heard: bool, now: Timestamp) -> Option<Duration> {
    match changed_at {
        Some(at) => Some(now.since(at)),
        None if heard => Some(Duration::MAX),
        None => None,
    }
}

fn handset_facts(facts: &mut Facts, handset: &Handset, now: Timestamp) {
    facts.set_binding_platform(handset.platform());
    facts.set_binding_handset_basis(handset.basis());
    facts.set_handset_attestation_level(handset.key().level());
    if let Some(at) = handset.key().verified_at() {
        facts.set_handset_attestation_age(now.since(at));
    }
    let Some(AttestedKey { boot, patch, verified_at, .. }) = handset.attested() else { return };
    if let Some(boot) = boot {
        facts.set_handset_boot(*boot);
    }
    if let Some(patch) = patch {
        // Nobody tells of the patches since: the age then says what the attestation can say.
        facts.set_handset_patch_age(verified_at.since(patch.released));
    }
}
