//! The rules of one chain, each against the others.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Unproved;
use super::sketch::{Cover, Sketch, covers, covers_at, sketch};
use crate::book::verdicts::{ALLOW, says};
use crate::book::{Armed, OnUnknown, RuleBook, RuleRef};
use crate::condition::Tri;
use crate::diagnostic::Problems;
use crate::pack::{PackDoc, RuleDoc};
use crate::space::{Exceeded, Steps};
use crate::suggest::closest;
use crate::verdict::CheckKind;

const KINDS: [CheckKind; 2] = [CheckKind::Login, CheckKind::Tap];

/// Steps that a rule of a chain costs beside what is proved of it.
const ENTRY: usize = 16;
/// Steps that comparing two names letter by letter costs.
const NEAR: usize = 128;
/// Steps that looking at a pair of rules costs.
const PAIR: usize = 2;

/// A rule as it stands in a chain.
struct Entry<'b> {
    rule: &'b Armed,
    /// Comparisons in its condition.
    size: usize,
    /// What is known of it, for each kind of check that it is on.
    sketches: [Option<Rc<Sketch>>; 2],
    /// Whether it is of the chain's own pack.
    own: bool,
    /// Whether the chain above has it otherwise or not at all.
    changed: bool,
}

/// The rules of one chain.
pub(super) struct Standing<'b, 's> {
    book: &'b RuleBook,
    steps: &'s Steps,
    entries: Vec<Entry<'b>>,
    /// The places of all entries.
    all: Vec<usize>,
    /// The places of those that changed.
    changed: Vec<usize>,
}

impl<'b, 's> Standing<'b, 's> {
    /// The rules of the chain of the pack at this place.
    pub(super) fn of(
        book: &'b RuleBook,
        at: usize,
        above: Option<&Self>,
        steps: &'s Steps,
    ) -> Result<Self, Exceeded> {
        let chain = book.chains.get(at).ok_or(Exceeded)?;
        steps.take(ENTRY * KINDS.map(|kind| chain.stands.of(kind).len()).iter().sum::<usize>())?;
        let mut rules: BTreeMap<RuleRef, (&'b Armed, [bool; 2])> = BTreeMap::new();
        for (on, kind) in KINDS.into_iter().enumerate() {
            for rule in chain.stands.of(kind) {
                let entry = rules.entry(rule.rule).or_insert((rule, [false; 2]));
                if let Some(slot) = entry.1.get_mut(on) {
                    *slot = true;
                }
            }
        }
        let entries = rules.into_values().map(|(rule, on)| {
            let before = above.and_then(|above| above.entry(rule.rule));
            let before = before.filter(|before| same(before.rule, rule));
            let fresh = |at: usize, kind: CheckKind| {
                let on = on.get(at).copied().unwrap_or_default();
                on.then(|| Rc::new(sketch(rule, kind, steps)))
            };
            Entry {
                rule,
                size: rule.cond.size(),
                sketches: match before {
                    Some(before) => before.sketches.clone(),
                    None => [fresh(0, CheckKind::Login), fresh(1, CheckKind::Tap)],
                },
                own: book.pack_at(rule.rule) == Some(at),
                changed: before.is_none(),
            }
        });
        let entries: Vec<_> = entries.collect();
        let all: Vec<_> = (0..entries.len()).collect();
        let moved = |at: &usize| entries.get(*at).is_some_and(|entry| entry.changed);
        let changed = all.iter().copied().filter(moved).collect();
        Ok(Self { book, steps, entries, all, changed })
    }

    fn entry(&self, rule: RuleRef) -> Option<&Entry<'b>> {
        let at = self.entries.binary_search_by_key(&rule, |entry| entry.rule.rule).ok()?;
        self.entries.get(at)
    }

    /// Notes what this chain's pack has of dead and covered rules, or makes of those above.
    pub(super) fn check(&self, doc: &PackDoc, problems: &mut Problems<'_>) -> Unproved {
        let mut unproved = Unproved::default();
        for (place, entry) in self.entries.iter().enumerate() {
            if let Some(why) = entry.never().filter(|_| entry.changed) {
                self.dead(entry, why, doc, problems);
                continue;
            }
            unproved.alive += usize::from(entry.changed && entry.is_skipped() && !entry.speaks());
            if entry.own && entry.always() {
                self.stops(entry, doc, problems);
            }
            match self.covering(place, entry, doc) {
                Ok(Some(over)) => self.covered(entry, over, doc, problems),
                Ok(None) => {}
                Err(Exceeded) => unproved.uncovered += 1,
            }
        }
        let mut places: BTreeMap<&str, &Entry<'_>> = BTreeMap::new();
        for entry in &self.entries {
            places.entry(self.id(entry)).or_insert(entry);
        }
        for (rule, beside) in
            doc.rules.iter().flat_map(|rule| rule.beside.iter().map(move |b| (rule, b)))
        {
            self.check_beside(&places, rule, &beside.value, &beside.span, problems);
        }
        unproved
    }

    fn dead(
        &self,
        entry: &Entry<'_>,
        why: Option<&'static str>,
        doc: &PackDoc,
        problems: &mut Problems<'_>,
    ) {
        let why = why.unwrap_or("no facts that can stand together make it");
        match self.doc_of(entry, doc) {
            Some(rule) => problems.add(&rule.when.span, format!("can never speak: {why}")),
            None => {
                let name = self.book.rule_name(entry.rule.rule);
                problems.warn(&doc.id.span, format!("here `{name}` can never speak: {why}"));
            }
        }
    }

    fn stops(&self, entry: &Entry<'_>, doc: &PackDoc, problems: &mut Problems<'_>) {
        if let Some(rule) = self.doc_of(entry, doc) {
            let message = "always speaks: no check of this kind is allowed while the rule stands";
            problems.warn(&rule.when.span, message);
        }
    }

    /// The first rule that covers this one, of those that the chain above has not beside it so.
    fn covering(
        &self,
        place: usize,
        entry: &Entry<'_>,
        doc: &PackDoc,
    ) -> Result<Option<&Entry<'b>>, Exceeded> {
        // Two rules that the chain above has as they are were looked at there.
        let others = if entry.changed { &self.all } else { &self.changed };
        // Where it is not known to speak, nothing is asked; that is told where the rule is new.
        let mut skipped = entry.changed && entry.is_skipped() && !others.is_empty();
        for at in others.iter().copied().filter(|at| *at != place) {
            self.steps.take(PAIR)?;
            let Some(other) = self.entries.get(at) else { continue };
            if other.always() || !entry.covered_at_its_points(other, self.steps)? {
                continue;
            }
            self.steps.take(doc.rules.len())?;
            if self.beside(entry, other, doc) {
                continue;
            }
            match entry.covered_by(other, self.steps) {
                // Of two that cover each other, the later one is the one too many.
                Cover::Yes if at > place => match other.covered_by(entry, self.steps) {
                    Cover::Yes => {}
                    Cover::Skipped => skipped = true,
                    Cover::No | Cover::Open => return Ok(Some(other)),
                },
                Cover::Yes => return Ok(Some(other)),
                Cover::Skipped => skipped = true,
                Cover::No | Cover::Open => {}
            }
        }
        if skipped { Err(Exceeded) } else { Ok(None) }
    }

    /// Whether either of two rules says that they overlap on purpose.
    fn beside(&self, one: &Entry<'_>, other: &Entry<'_>, doc: &PackDoc) -> bool {
        let says = |rule: &Entry<'_>, beside: &Entry<'_>| {
            let id = self.id(beside);
            self.doc_of(rule, doc).is_some_and(|doc| doc.beside.iter().any(|b| b.value == id))
        };
        says(one, other) || says(other, one)
    }

    fn covered(
        &self,
        entry: &Entry<'_>,
        over: &Entry<'_>,
        doc: &PackDoc,
        problems: &mut Problems<'_>,
    ) {
        let by = self.book.rule_name(over.rule.rule);
        let name = self.book.rule_name(entry.rule.rule);
        match (self.doc_of(entry, doc), self.doc_of(over, doc)) {
            (Some(rule), _) => {
                let message = format!(
                    "always covered by `{by}`, which asks for as much whenever this rule speaks; \
                     `beside` says that it is meant so"
                );
                problems.add(&rule.when.span, message);
            }
            (None, Some(over)) => {
                let message = format!(
                    "always covers `{name}`, which says nothing here any more; `beside` says that \
                     it is meant so"
                );
                problems.warn(&over.when.span, message);
            }
            (None, None) => {
                let message = format!("here `{name}` is always covered by `{by}`");
                problems.warn(&doc.id.span, message);
            }
        }
    }

    fn check_beside(
        &self,
        places: &BTreeMap<&str, &Entry<'_>>,
        rule: &RuleDoc,
        beside: &str,
        span: &crate::pack::Span,
        problems: &mut Problems<'_>,
    ) {
        let of = |id: &str| places.get(id).copied();
        let (Some(own), Some(other)) = (of(&rule.id.value), of(beside)) else {
            let ids = self.entries.iter().map(|entry| self.id(entry));
            let guess = self.steps.take(NEAR * self.entries.len());
            let near = guess.ok().and_then(|()| closest(beside, ids));
            let message = format!("the chain has no rule `{beside}`");
            problems.add_meaning(span, message, near);
            return;
        };
        let refuted = own.rule.rule == other.rule.rule
            || (own.covered_by(other, self.steps) == Cover::No
                && other.covered_by(own, self.steps) == Cover::No);
        if refuted {
            problems
                .add(span, format!("neither rule covers the other: `{beside}` is not beside it"));
        }
    }

    fn id(&self, entry: &Entry<'_>) -> &'b str {
        let at = usize::try_from(entry.rule.rule.0).unwrap_or(usize::MAX);
        self.book.rules.get(at).map_or("", |info| &info.id)
    }

    fn doc_of<'d>(&self, entry: &Entry<'_>, doc: &'d PackDoc) -> Option<&'d RuleDoc> {
        let id = self.id(entry);
        doc.rules.iter().find(|rule| entry.own && rule.id.value == id)
    }
}

impl Entry<'_> {
    fn kinds(&self) -> impl Iterator<Item = (CheckKind, &Sketch)> {
        let on = KINDS.into_iter().zip(&self.sketches);
        on.filter_map(|(kind, sketch)| Some((kind, sketch.as_deref()?)))
    }

    /// Why it never speaks on any kind of check, if that is proved. A rule that a layer switched
    /// off is silent on purpose.
    fn never(&self) -> Option<Option<&'static str>> {
        let off = [Tri::True, Tri::Unknown].iter().all(|tri| says(self.rule, *tri).0 == ALLOW);
        let mut found = (!off).then_some(None)?;
        for (_, sketch) in self.kinds() {
            let Sketch::Never(why) = sketch else { return None };
            found = *why;
        }
        Some(found)
    }

    /// Whether it speaks at all facts: an emergency stop, which covers the others on purpose.
    fn always(&self) -> bool {
        self.kinds().all(|(_, sketch)| matches!(sketch, Sketch::Speaks { always: true, .. }))
    }

    /// Whether it is known to speak on some kind of check.
    fn speaks(&self) -> bool {
        self.kinds().any(|(_, sketch)| matches!(sketch, Sketch::Speaks { .. }))
    }

    /// Whether the steps did not suffice to find where it speaks on some kind of check.
    fn is_skipped(&self) -> bool {
        self.kinds().any(|(_, sketch)| matches!(sketch, Sketch::Skipped))
    }

    /// Whether the other asks for as much at the few facts at which this rule is known to speak.
    fn covered_at_its_points(&self, other: &Self, steps: &Steps) -> Result<bool, Exceeded> {
        let mut speaks = false;
        for (kind, sketch) in self.kinds() {
            if !other.kinds().any(|(on, _)| on == kind) {
                return Ok(false);
            }
            match sketch {
                Sketch::Never(_) => {}
                Sketch::Open | Sketch::Skipped => return Ok(false),
                Sketch::Speaks { points, .. } => {
                    speaks = true;
                    for facts in points {
                        steps.take(self.size + other.size)?;
                        if !covers_at(other.rule, self.rule, facts) {
                            return Ok(false);
                        }
                    }
                }
            }
        }
        Ok(speaks)
    }

    /// Whether the other covers this rule on every kind of check that it is on.
    fn covered_by(&self, other: &Self, steps: &Steps) -> Cover {
        let mut all = Cover::Yes;
        for (kind, _) in self.kinds() {
            if !other.kinds().any(|(on, _)| on == kind) {
                return Cover::No;
            }
            match covers(other.rule, self.rule, kind, steps) {
                Cover::Yes => {}
                Cover::No => return Cover::No,
                open => all = open,
            }
        }
        all
    }
}

/// Whether two rules say the same in every case.
fn same(one: &Armed, other: &Armed) -> bool {
    let unknown = match (one.unknown, other.unknown) {
        (OnUnknown::Speak(a, r), OnUnknown::Speak(b, s)) => (a, r) == (b, s),
        (OnUnknown::Silent, OnUnknown::Silent) | (OnUnknown::Fault, OnUnknown::Fault) => true,
        _ => false,
    };
    unknown && one.holds == other.holds && one.reason == other.reason && one.cond == other.cond
}
