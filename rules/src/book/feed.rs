//! What a carrier's feed can tell, and the rules that ask it for more.

use std::time::Duration;

use crate::condition::{Amount, Typed};
use crate::diagnostic::Problems;
use crate::facts::{Fact, FactType, Happening};
use crate::pack::{Applies, FeedDoc, FeedSection, PackDoc, Span};
use crate::suggest::closest;
use crate::time::format_duration;

use super::layers::{LayerState, RuleState};

/// What a pack declares of the feed behind its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredFeed {
    /// The pack that declares it: this one, or its host's.
    pub pack: String,
    /// How far back the feed can see.
    pub history: Duration,
    /// What it tells of.
    pub tells: Vec<Happening>,
    /// Rules that ask further back than it sees, each with the reason given.
    pub short: Vec<(String, String)>,
}

/// The feed that stands in one layer.
#[derive(Clone)]
pub(super) struct FeedState {
    pack: String,
    history: i64,
    tells: Vec<Happening>,
    short: Vec<(String, String)>,
}

impl FeedState {
    pub(super) fn declared(&self) -> DeclaredFeed {
        DeclaredFeed {
            pack: self.pack.clone(),
            history: Duration::from_millis(u64::try_from(self.history).unwrap_or_default()),
            tells: self.tells.clone(),
            short: self.short.clone(),
        }
    }
}

/// Takes over what a pack declares of its feed, and checks the rules of its chain against it.
///
/// `above` is the state of the pack that it extends, `state` its own, otherwise complete.
pub(super) fn apply(
    doc: &PackDoc,
    above: &LayerState,
    state: &mut LayerState,
    problems: &mut Problems<'_>,
) {
    match (&doc.feed, &doc.applies) {
        (FeedSection::Read(feed), Applies::Country(_)) => {
            problems.add(&feed.span, "the nation has no feed: its carriers declare theirs");
            return;
        }
        (FeedSection::Read(feed), _) => {
            state.feed = Some(declare(doc, feed, above.feed.as_ref(), problems))
        }
        (FeedSection::Missing, Applies::Carrier(_) | Applies::Mvno { own_core: true, .. }) => {
            let message = "nothing says what this pack's feed can see: add `[feed]`";
            problems.warn(&doc.id.span, message);
        }
        (FeedSection::Missing | FeedSection::Unread, _) => {}
    }
    let Some(feed) = state.feed.clone() else { return };
    let check = Check { doc, feed: &feed, above, state, own: above.rules.len() };
    let mut used = Vec::new();
    for (at, rule) in state.rules.iter().enumerate() {
        if at >= check.own {
            check.own_rule(rule, problems);
        } else if let Some(id) = check.inherited_rule(rule, problems) {
            used.push(id);
        }
    }
    check.idle_shorts(&used, problems);
}

/// What a pack's `[feed]` comes to: never more than that of the host.
fn declare(
    doc: &PackDoc,
    feed: &FeedDoc,
    above: Option<&FeedState>,
    problems: &mut Problems<'_>,
) -> FeedState {
    if let Some(above) = above {
        if feed.history.value > above.history {
            let seen = format_duration(above.history);
            problems.add(&feed.history.span, format!("the host's feed sees {seen} back"));
        }
        for kind in feed.tells.iter().filter(|kind| !above.tells.contains(&kind.value)) {
            let word = kind.value.as_str();
            problems.add(&kind.span, format!("the host's feed does not tell of {word}"));
        }
    }
    let inherited = above.map(|above| above.short.clone()).unwrap_or_default();
    let own = feed.short.iter().map(|(rule, why)| (rule.value.clone(), why.clone()));
    FeedState {
        pack: doc.id.value.clone(),
        history: feed.history.value,
        tells: feed.tells.iter().map(|kind| kind.value).collect(),
        short: inherited.into_iter().chain(own).collect(),
    }
}

/// A comparison that asks further back than the feed sees.
struct Reach<'c> {
    fact: Fact,
    /// How far, in milliseconds.
    bound: i64,
    param: Option<(&'c str, &'c Span)>,
}

struct Check<'a> {
    doc: &'a PackDoc,
    feed: &'a FeedState,
    above: &'a LayerState,
    state: &'a LayerState,
    /// Where the pack's own rules begin.
    own: usize,
}

impl Check<'_> {
    fn own_rule(&self, rule: &RuleState, problems: &mut Problems<'_>) {
        let when = self.doc.rules.iter().find(|doc| doc.id.value == rule.id());
        let Some(when) = when.map(|doc| doc.when.span.clone()) else { return };
        let source = problems.source();
        let seen = format_duration(self.feed.history);
        for reach in reaches(rule.cond(), self.state, self.feed.history) {
            let span = match reach.param {
                Some((_, span)) => span.clone(),
                None => find(source, &when, reach.fact.name()),
            };
            let asked = format_duration(reach.bound);
            let message = format!("this asks {asked} back, and the pack's feed sees {seen} back");
            problems.add(&span, message);
        }
        rule.cond().parts(&mut |part| {
            if let Some((word, kinds, always)) = never_told(part, &self.feed.tells) {
                let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
                let end = if always { "always" } else { "never" };
                let message =
                    format!("this feed never tells of {}: this {end} holds", kinds.join(", "));
                problems.warn(&find(source, &when, &word), message);
            }
        });
    }

    /// Checks a rule of a pack above; returns its id if the feed declares that it is short of it.
    fn inherited_rule(&self, rule: &RuleState, problems: &mut Problems<'_>) -> Option<String> {
        let reach = furthest(rule.cond(), self.state, self.feed.history)?;
        let before = self.above.feed.as_ref().filter(|feed| feed.history <= self.feed.history);
        if before.is_some_and(|feed| furthest(rule.cond(), self.above, feed.history).is_some()) {
            // It stood so above already, where that was told.
            return None;
        }
        let (asked, seen) = (format_duration(reach.bound), format_duration(self.feed.history));
        let id = rule.id();
        // With the values from above the feed would see far enough: the pack's own value is at fault.
        if furthest(rule.cond(), self.above, self.feed.history).is_none() {
            let set = reach
                .param
                .and_then(|(name, _)| self.doc.sets.iter().find(|set| set.param.value == name));
            if let Some(set) = set {
                let message =
                    format!("this makes `{id}` ask {asked} back, and the feed sees {seen} back");
                problems.add(&set.value.span, message);
                return None;
            }
        }
        let feed = self.doc.feed.read()?;
        match feed.short.iter().find(|(rule, _)| rule.value == id) {
            Some((named, why)) => {
                let message = format!(
                    "`{id}` asks {asked} back, and this feed sees {seen} back; declared: {why}"
                );
                problems.warn(&named.span, message);
                Some(id.to_owned())
            }
            None => {
                let message = format!(
                    "`{id}` asks {asked} back, and this feed sees {seen} back: declare it under \
                     `short`, with why that must do"
                );
                problems.add(&feed.history.span, message);
                None
            }
        }
    }

    /// A declaration that excuses nothing is a mistake, or has outlived its reason.
    fn idle_shorts(&self, used: &[String], problems: &mut Problems<'_>) {
        let Some(feed) = self.doc.feed.read() else { return };
        for (rule, _) in &feed.short {
            if used.contains(&rule.value) {
                continue;
            }
            let mut ids = self.above.rules.iter().map(|rule| rule.id());
            if ids.clone().any(|id| id == rule.value) {
                problems.add(&rule.span, "nothing is short of this rule here: the feed sees as far, or the host has told it");
            } else {
                let near = closest(&rule.value, &mut ids);
                let message = format!("no pack above has a rule `{}`", rule.value);
                problems.add_meaning(&rule.span, message, near);
            }
        }
    }
}

/// The comparisons of a condition that ask further back than `history`.
fn reaches<'c>(cond: &'c Typed, state: &LayerState, history: i64) -> Vec<Reach<'c>> {
    let mut found = Vec::new();
    collect(cond, &mut |fact, amount| {
        let (bound, param) = match amount {
            Amount::Literal(value) => (*value, None),
            Amount::Param { name, span } => match state.params.get(name) {
                Some(param) => (param.value, Some((name.as_str(), span))),
                None => return,
            },
        };
        if fact.looks_back() && bound > history {
            found.push(Reach { fact, bound, param });
        }
    });
    found
}

fn furthest<'c>(cond: &'c Typed, state: &LayerState, history: i64) -> Option<Reach<'c>> {
    reaches(cond, state, history).into_iter().max_by_key(|reach| reach.bound)
}

fn collect<'c>(cond: &'c Typed, see: &mut dyn FnMut(Fact, &'c Amount)) {
    match cond {
        Typed::Number { fact, amount, .. } => see(*fact, amount),
        Typed::Not(part) => collect(part, see),
        Typed::And(parts) | Typed::Or(parts) => parts.iter().for_each(|part| collect(part, see)),
        Typed::Among { .. } | Typed::Facts { .. } => {}
    }
}

/// A comparison whose outcome a feed that tells only of `tells` fixes: the word to underline, what
/// is never told of, and whether it then always holds.
fn never_told(part: &Typed, tells: &[Happening]) -> Option<(String, Vec<Happening>, bool)> {
    let silent =
        |kinds: &[Happening]| !kinds.is_empty() && !kinds.iter().any(|kind| tells.contains(kind));
    match part {
        Typed::Among { fact, mask } => {
            let FactType::Enum(of) = fact.ty() else { return None };
            let values = || (0_i64..).zip(of.variants);
            let possible = |(index, _): &(i64, &&str)| !silent(fact.value_told_by(*index));
            let (yes, no): (Vec<_>, Vec<_>) =
                values().partition(|(index, _)| mask >> (index & 63) & 1 == 1);
            // The values that would make the difference, none of which can be.
            let (missing, always) = match (yes.iter().any(possible), no.iter().any(possible)) {
                (false, _) => (yes, false),
                (_, false) => (no, true),
                _ => return None,
            };
            let kinds = missing.iter().flat_map(|(index, _)| fact.value_told_by(*index)).copied();
            let word = missing.first().map(|(_, name)| (**name).to_owned())?;
            Some((word, unique(kinds), always))
        }
        Typed::Number { fact, .. } if fact.looks_back() && silent(fact.told_by()) => {
            Some((fact.name().to_owned(), fact.told_by().to_vec(), false))
        }
        _ => None,
    }
}

fn unique(kinds: impl Iterator<Item = Happening>) -> Vec<Happening> {
    let mut found = Vec::new();
    for kind in kinds {
        if !found.contains(&kind) {
            found.push(kind);
        }
    }
    found
}

/// Where a word stands in a part of the source, as a word of its own; the whole part if it does not.
fn find(source: &str, within: &Span, word: &str) -> Span {
    let text = source.get(within.clone()).unwrap_or_default();
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let found = text.match_indices(word).find(|(at, _)| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    });
    found
        .map_or_else(|| within.clone(), |(at, _)| within.start + at..within.start + at + word.len())
}
