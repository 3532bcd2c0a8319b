//! What would have to be otherwise for the next milder verdict.

use std::fmt;
use std::sync::OnceLock;

use super::evaluate::judge;
use super::verdicts::{Field, severity};
use super::{Armed, Chain, ChainId, RuleBook};
use crate::condition::Tri;
use crate::facts::worlds::GIVEN;
use crate::facts::{Fact, Facts};
use crate::space::{Axes, Diagram, Diagrams, Nearest, Ref, Steps, around, world, world_from};
use crate::verdict::{CheckKind, Severity};

/// Branches of a chain's diagram that is kept, some two megabytes. The packs that ship need a
/// tenth.
const KEPT: usize = 100_000;
/// Steps to draw a chain, once.
const DRAWING: u64 = 20_000_000;
/// Steps of one search in diagrams, some tenth of a second.
const STEPS: u64 = 10_000_000;
/// Sets of facts that a search without diagrams tries, and its steps.
const MOST_TRIES: usize = 20_000;
const TRYING: u64 = 10_000_000;

/// One fact that would have to be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactChange {
    /// The fact.
    pub fact: Fact,
    /// Its value now; `None` is unknown.
    pub was: Option<String>,
    /// The value that it would have; `None` is unknown.
    pub becomes: Option<String>,
}

/// The nearest facts that would have given a milder verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milder {
    /// That verdict's rank.
    pub verdict: Severity,
    /// What would have to be otherwise, all of it.
    pub changes: Vec<FactChange>,
    /// Whether no fewer changes do: proved, where true.
    pub fewest: bool,
}

/// The diagrams of one chain, drawn when they are first asked for.
#[derive(Default)]
pub(super) struct Drawn {
    login: OnceLock<Option<Drawing>>,
    tap: OnceLock<Option<Drawing>>,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawn").finish_non_exhaustive()
    }
}

/// A chain's verdict over the space of facts.
struct Drawing {
    axes: Axes,
    space: Diagrams,
    verdict: Ref,
}

impl Drawn {
    fn of(&self, kind: CheckKind, rules: &[Armed]) -> Option<&Drawing> {
        let slot = match kind {
            CheckKind::Login => &self.login,
            CheckKind::Tap => &self.tap,
        };
        slot.get_or_init(|| draw(kind, rules)).as_ref()
    }
}

fn draw(kind: CheckKind, rules: &[Armed]) -> Option<Drawing> {
    let space = Diagrams::within(KEPT, &Steps::new(DRAWING));
    let mut field = Field::of(kind, rules.iter(), space).ok()?;
    let verdict = field.verdict(rules).ok()?;
    field.space.seal();
    Some(Drawing { axes: field.axes, space: field.space, verdict })
}

impl RuleBook {
    /// The fewest facts that would have to be otherwise for a milder verdict: for a deny a step-up
    /// or an allow, whichever takes fewer changes; for a step-up an allow. Of as many changes,
    /// those are preferred of facts that say what was found rather than what was asked, then those
    /// that make fewer facts unknown, and then those that lead to a step-up.
    ///
    /// Only facts that can stand together are considered ([`crate::facts::worlds`]). The search has
    /// a bound: what is found past it may not be the fewest, and says so. `None` for an allow, where
    /// nothing milder was found within the bound, and for facts that lack what is always known.
    pub fn milder(&self, chain: ChainId, kind: CheckKind, facts: &Facts) -> Option<Milder> {
        let chain: &Chain = self.chains.get(usize::from(chain.0))?;
        let rules = chain.stands.of(kind);
        let now = judge(rules, facts).verdict.severity();
        facts.missing().next().is_none().then_some(())?;
        let ranks = [Severity::StepUp, Severity::Allow].into_iter().filter(|rank| *rank < now);
        let steps = Steps::new(STEPS);
        let found = ranks.filter_map(|rank| reach(chain, kind, facts, rank, &steps));
        found.min_by_key(|milder| {
            let asked = milder.changes.iter().filter(|change| GIVEN.contains(&change.fact)).count();
            let forgotten = milder.changes.iter().filter(|change| change.becomes.is_none()).count();
            (!milder.fewest, milder.changes.len(), asked, forgotten)
        })
    }
}

/// The nearest facts with a verdict of that rank.
fn reach(
    chain: &Chain,
    kind: CheckKind,
    facts: &Facts,
    wanted: Severity,
    steps: &Steps,
) -> Option<Milder> {
    let rules = chain.stands.of(kind);
    let drawing = chain.drawn.of(kind, rules);
    match drawing.and_then(|drawing| drawing.nearest(kind, facts, wanted, steps)) {
        Some(None) => None,
        Some(Some(other)) if reaches(rules, &other, wanted) => {
            let fewest = drawing.is_some_and(|drawing| !drawing.axes.has_orders());
            Some(milder(facts, &other, wanted, fewest))
        }
        _ => search(rules, kind, facts, wanted).map(|other| milder(facts, &other, wanted, false)),
    }
}

fn reaches(rules: &[Armed], facts: &Facts, wanted: Severity) -> bool {
    judge(rules, facts).verdict.severity() == wanted
}

fn milder(was: &Facts, becomes: &Facts, verdict: Severity, fewest: bool) -> Milder {
    let changed = Fact::ALL.iter().filter(|fact| was.slot(**fact) != becomes.slot(**fact));
    let changes = changed.map(|fact| FactChange {
        fact: *fact,
        was: was.text(*fact),
        becomes: becomes.text(*fact),
    });
    Milder { verdict, changes: changes.collect(), fewest }
}

impl Drawing {
    /// The nearest facts with a verdict of that rank; `Some(None)` is a proof that there are none,
    /// `None` says nothing.
    fn nearest(
        &self,
        kind: CheckKind,
        facts: &Facts,
        wanted: Severity,
        steps: &Steps,
    ) -> Option<Option<Facts>> {
        let mut worlds = Diagrams::new(steps);
        let place = self.axes.place(facts)?;
        let mut at = world(&self.axes, kind, &mut worlds).ok()?;
        if worlds.at(at, &place) == Some(0) {
            at = world_from(&self.axes, kind, &place, &mut worlds).ok()?;
        }
        let (world, asked) = (Diagram(&worlds, at), Diagram(&self.space, self.verdict));
        let search = Nearest::new(&self.axes, &place, world, asked, steps);
        match search.find(&|bits| severity(bits) == wanted).ok()? {
            None => Some(None),
            Some(path) => self.axes.realise(&path, facts).map(Some),
        }
    }
}

/// Looks for milder facts by trying those near, of the facts that the rules which spoke read.
fn search(rules: &[Armed], kind: CheckKind, facts: &Facts, wanted: Severity) -> Option<Facts> {
    let spoke = rules.iter().filter(|rule| rule.cond.eval(facts) != Tri::False);
    let steps = Steps::new(TRYING);
    let near = around(spoke.map(|rule| &rule.cond), kind, facts, MOST_TRIES, &steps);
    let size = rules.iter().map(|rule| rule.cond.size()).sum();
    let mut near = near.into_iter().take_while(|_| steps.take(size).is_ok());
    near.find(|other| reaches(rules, other, wanted))
}

#[cfg(test)]
mod tests;
