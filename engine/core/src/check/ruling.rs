//! The ruling: the walls that no rule moves, and the rules.

use simbind_rules::{
    ChainId, CheckKind, Edge, Facts, Methods, Outcome, ReasonCode, RuleBook, RuleRef, StepUpMethod,
    Verdict,
    facts::{BindingState, ChainState, ChallengeState, SignatureState},
};

/// Proof that this module decided to allow. Nothing else can make one.
///
/// ```compile_fail
/// let forged = simbind_core::check::Permit(());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit(());

/// The answer of a ruling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Let in.
    Allow(Permit),
    /// One more proof.
    StepUp(Methods),
    /// Refused.
    Deny,
}

impl Answer {
    /// The answer as the plain value that records hold.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Allow(Permit(())) => Verdict::Allow,
            Self::StepUp(methods) => Verdict::StepUp(*methods),
            Self::Deny => Verdict::Deny,
        }
    }
}

/// A ruling on a check.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// The answer.
    pub answer: Answer,
    /// Why, the most severe first.
    pub reasons: Vec<ReasonCode>,
    /// The edge that broke.
    pub edge: Option<Edge>,
    /// The rules that had a part.
    pub fired: Vec<simbind_rules::FiredRule>,
    /// The rules that were snoozed and would have said more.
    pub snoozed: Vec<RuleRef>,
}

/// Rules on the facts: the walls first, then the rules of the chain, joined to the more severe. A
/// suspended binding is never allowed, and at best stepped up by card or counter.
/// A limit that was reached is given as a reason of its own and denies.
pub fn rule(
    book: &RuleBook,
    chain: ChainId,
    kind: CheckKind,
    facts: &Facts,
    limit: Option<ReasonCode>,
) -> Ruling {
    rule_snoozed(book, chain, kind, facts, limit, &[])
}

/// Rules on the facts as [`rule`] does while some rules are snoozed: those say no more than their
/// floor. The walls and a limit stay.
pub fn rule_snoozed(
    book: &RuleBook,
    chain: ChainId,
    kind: CheckKind,
    facts: &Facts,
    limit: Option<ReasonCode>,
    snoozes: &[RuleRef],
) -> Ruling {
    let outcome = book.evaluate_snoozed(chain, kind, facts, snoozes);
    let snoozed = match snoozes {
        [] => Vec::new(),
        snoozes => held_down(book.evaluate(chain, kind, facts), &outcome, snoozes),
    };
    let walls: Vec<ReasonCode> = walls(facts).into_iter().flatten().chain(limit).collect();
    let suspended = suspended(facts);
    let verdict = match (&*walls, suspended) {
        ([], None) => outcome.verdict,
        ([], Some(asked)) => asked.join(outcome.verdict),
        _ => Verdict::Deny,
    };
    let edge = walls.iter().find_map(|reason| reason.edge()).or(outcome.edge);
    let mut reasons = walls;
    reasons.extend(suspended.map(|_| ReasonCode::BINDING_SUSPENDED));
    for reason in outcome.reasons {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let answer = match verdict {
        Verdict::Allow => Answer::Allow(Permit(())),
        Verdict::StepUp(methods) => Answer::StepUp(methods),
        Verdict::Deny => Answer::Deny,
    };
    Ruling { answer, reasons, edge, fired: outcome.fired.into_iter().collect(), snoozed }
}

/// The snoozed rules that say something else, or nothing, because they are.
fn held_down(awake: Outcome, outcome: &Outcome, snoozes: &[RuleRef]) -> Vec<RuleRef> {
    let spoke = awake.fired.into_iter().filter(|spoke| snoozes.contains(&spoke.rule));
    spoke.filter(|spoke| !outcome.fired.contains(spoke)).map(|spoke| spoke.rule).collect()
}

/// The ruling after the person proved themselves by a method: let in where the ruling asked for
/// one that this method satisfies, unchanged otherwise.
pub fn after_step_up(ruling: Ruling, proved: StepUpMethod) -> Ruling {
    match ruling.answer {
        Answer::StepUp(methods) if methods.contains(proved) => {
            let mut reasons = vec![ReasonCode::STEP_UP_DONE];
            reasons.extend(ruling.reasons);
            Ruling { answer: Answer::Allow(Permit(())), reasons, ..ruling }
        }
        _ => ruling,
    }
}

/// The least that is asked of a suspended binding, whatever the packs say. What was proved so lets
/// in once; the binding stays suspended.
fn suspended(facts: &Facts) -> Option<Verdict> {
    if facts.binding_state() != Some(BindingState::Suspended) {
        return None;
    }
    let methods = Methods::new([StepUpMethod::Card, StepUpMethod::Counter]);
    Some(methods.map_or(Verdict::Deny, Verdict::StepUp))
}

/// What must hold for any answer but a deny, whatever the packs say. A fact that is missing counts
/// as one that does not hold.
fn walls(facts: &Facts) -> [Option<ReasonCode>; 4] {
    [
        match facts.challenge_state() {
            Some(ChallengeState::Fresh) => None,
            Some(ChallengeState::Used) => Some(ReasonCode::CHALLENGE_USED),
            Some(ChallengeState::Expired) => Some(ReasonCode::CHALLENGE_EXPIRED),
            Some(ChallengeState::WrongParty | ChallengeState::WrongChannel) => {
                Some(ReasonCode::CHALLENGE_WRONG_PARTY)
            }
            Some(ChallengeState::Forged) | None => Some(ReasonCode::CHALLENGE_FORGED),
        },
        match facts.transcript_signature() {
            Some(SignatureState::Valid) => None,
            Some(SignatureState::Withheld) => Some(ReasonCode::SIGNATURE_MISSING),
            Some(SignatureState::Invalid) | None => Some(ReasonCode::SIGNATURE_INVALID),
        },
        match facts.certificate_chain() {
            Some(ChainState::Valid) => None,
            Some(ChainState::Expired) => Some(ReasonCode::CERTIFICATE_EXPIRED),
            _ => Some(ReasonCode::CERTIFICATE_INVALID),
        },
        match facts.binding_state() {
            Some(BindingState::Active | BindingState::Suspended) => None,
            Some(BindingState::Pending) => Some(ReasonCode::BINDING_PENDING),
            Some(BindingState::Held) => Some(ReasonCode::BINDING_HELD),
            Some(BindingState::Revoked) => Some(ReasonCode::BINDING_REVOKED),
            Some(BindingState::Expired) => Some(ReasonCode::BINDING_EXPIRED),
            Some(BindingState::Superseded) => Some(ReasonCode::BINDING_SUPERSEDED),
            Some(BindingState::None) | None => Some(ReasonCode::NOT_BOUND),
        },
    ]
}
