//! Comparing two books, chain by chain.

use super::changes::{self, Pair, limits, params};
use super::lines::moves;
use super::report::{ChainDiff, Compared, Diff, KindDiff, RuleDiff};
use super::witness::{Asked, Sides};
use crate::book::life;
use crate::book::verdicts::{ALLOW, Field};
use crate::book::{Armed, Chain, ChainId, RuleBook};
use crate::facts::usual_facts_of;
use crate::reason::ReasonCode;
use crate::space::{Diagrams, Exceeded, Op, Ref, Steps};
use crate::verdict::CheckKind;

/// Steps of one diff, one or two seconds. A change of one national rule takes a thirtieth in the packs
/// that ship.
pub(super) const STEPS: u64 = 100_000_000;
/// Sets of facts that are tried where the diagrams outgrow their budget, and the steps of all that
/// one diff tries.
const MOST_TRIES: usize = 20_000;
const TRYING: u64 = 50_000_000;
/// Steps that a rule of a chain costs beside what is proved of it.
const RULE: usize = 64;

/// What one diff may still cost.
pub(super) struct Budget {
    pub(super) steps: Steps,
    pub(super) tries: Steps,
}

impl RuleBook {
    /// What `new` answers otherwise than `old`, for each line that either names.
    ///
    /// Each answer is a proof over all facts that can stand together
    /// ([`crate::facts::worlds`]), or a smallest set of facts that shows the difference, or says
    /// that it was searched and not proved, where the rules are too many for the diagrams.
    pub fn diff(old: &Self, new: &Self) -> Diff {
        let missing = |from: &Self, other: &Self| {
            let packs = from.packs.iter().filter(|pack| other.chain_of_pack(&pack.id).is_none());
            packs.map(|pack| pack.id.clone()).collect()
        };
        let budget = Budget { steps: Steps::new(STEPS), tries: Steps::new(TRYING) };
        let mut moves: Vec<_> = moves(old, new).into_iter().collect();
        // In the order of the new book.
        moves.sort_by_key(|((ChainId(before), ChainId(after)), _)| (*after, *before));
        let chains = moves.into_iter().filter_map(|((before, after), lines)| {
            let (pack_before, pack) = (old.pack_of_chain(before)?, new.pack_of_chain(after)?);
            let before = old.chains.get(usize::from(before.0))?;
            let after = new.chains.get(usize::from(after.0))?;
            Some(ChainDiff {
                pack_before: pack_before.id.clone(),
                pack: pack.id.clone(),
                lines,
                params: params(before, after),
                limits: limits(before, after),
                life: life::changes(&before.life, &after.life),
                kinds: [CheckKind::Login, CheckKind::Tap]
                    .map(|kind| compare((old, before), (new, after), kind, &budget)),
            })
        });
        Diff { added: missing(new, old), removed: missing(old, new), chains: chains.collect() }
    }
}

/// Compares one kind of check of two chains.
pub(super) fn compare(
    old: (&RuleBook, &Chain),
    new: (&RuleBook, &Chain),
    kind: CheckKind,
    budget: &Budget,
) -> KindDiff {
    let sides = Sides { kind, old: old.1.stands.of(kind), new: new.1.stands.of(kind) };
    if budget.steps.take(RULE * (sides.old.len() + sides.new.len())).is_err() {
        return all(kind, &Compared::NotProved);
    }
    let pairs = changes::rules(old, new, kind);
    if pairs.is_empty() {
        // The same rules, in whatever order: verdicts join, so the order says nothing.
        return all(kind, &Compared::Same);
    }
    match Comparison::draw(sides, Diagrams::new(&budget.steps)) {
        Ok(mut comparison) => comparison.tell(&pairs),
        Err(Exceeded) => tried(sides, &pairs, &budget.tries),
    }
}

/// One answer to everything.
fn all(kind: CheckKind, answer: &Compared) -> KindDiff {
    let [verdict, milder, stricter, reasons] = [(); 4].map(|()| answer.clone());
    KindDiff { kind, verdict, milder, stricter, reasons, rules: Vec::new() }
}

/// Both sides over one space.
struct Comparison<'a> {
    sides: Sides<'a>,
    field: Field,
    /// 0 where the verdicts are equal, 1 where the new one is milder, 2 where it is stricter.
    differ: Ref,
}

impl<'a> Comparison<'a> {
    fn draw(sides: Sides<'a>, space: Diagrams) -> Result<Self, Exceeded> {
        let both = sides.old.iter().chain(sides.new);
        let mut field = Field::of(sides.kind, both, space)?;
        let (old, new) = (field.verdict(sides.old)?, field.verdict(sides.new)?);
        let differ = field.space.apply(Op::Compare, old, new)?;
        Ok(Self { sides, field, differ })
    }

    fn tell(&mut self, pairs: &[Pair<'_>]) -> KindDiff {
        let all: Vec<_> = pairs.iter().flat_map(reasons_of).collect();
        KindDiff {
            kind: self.sides.kind,
            verdict: self.seek(self.differ, Asked::Any, &|value| value != 0),
            milder: self.seek(self.differ, Asked::Milder, &|value| value == 1),
            stricter: self.seek(self.differ, Asked::Stricter, &|value| value == 2),
            reasons: self.reasons(all).unwrap_or(Compared::NotProved),
            rules: pairs.iter().map(|pair| self.rule(pair)).collect(),
        }
    }

    fn seek(&self, asked: Ref, how: Asked, wanted: &dyn Fn(u8) -> bool) -> Compared {
        let rest = usual_facts_of(self.sides.kind);
        let found = self.field.nearest(asked, &rest, wanted);
        self.sides.compared(found, how, !self.field.axes.has_orders())
    }

    fn rule(&mut self, pair: &Pair<'_>) -> RuleDiff {
        RuleDiff {
            rule: pair.name.clone(),
            change: pair.change.clone(),
            verdict: self.verdict(pair).unwrap_or(Compared::NotProved),
            reasons: self.reasons(reasons_of(pair)).unwrap_or(Compared::NotProved),
        }
    }

    /// Whether the whole verdict differs where a rule says otherwise.
    fn verdict(&mut self, pair: &Pair<'_>) -> Result<Compared, Exceeded> {
        let side = |field: &mut Field, rule: Option<&Armed>| match rule {
            Some(rule) => field.contribution(rule),
            None => Ok(Ref::terminal(ALLOW)),
        };
        let (old, new) = (side(&mut self.field, pair.old)?, side(&mut self.field, pair.new)?);
        let own = self.field.space.apply(Op::Differ, old, new)?;
        let whole = self.field.space.map(self.differ, &|value| value.min(1))?;
        let both = self.field.space.apply(Op::Min, own, whole)?;
        Ok(self.seek(both, Asked::Any, &|value| value == 1))
    }

    /// Whether one of these reasons is given on one side alone.
    fn reasons(&mut self, mut reasons: Vec<ReasonCode>) -> Result<Compared, Exceeded> {
        reasons.sort();
        reasons.dedup();
        let mut any = Ref::terminal(0);
        for reason in reasons {
            let old = self.field.reason(self.sides.old, reason)?;
            let new = self.field.reason(self.sides.new, reason)?;
            let differ = self.field.space.apply(Op::Differ, old, new)?;
            any = self.field.space.apply(Op::Max, any, differ)?;
        }
        Ok(self.seek(any, Asked::Reasons, &|value| value == 1))
    }
}

fn reasons_of(pair: &Pair<'_>) -> Vec<ReasonCode> {
    let rules = [pair.old, pair.new].into_iter().flatten();
    rules.flat_map(crate::book::verdicts::reasons).collect()
}

/// Without diagrams: facts of the rules that differ are tried, one change from the usual facts,
/// then two. What is not found is not proved.
fn tried(sides: Sides<'_>, pairs: &[Pair<'_>], steps: &Steps) -> KindDiff {
    let conds = pairs.iter().flat_map(|pair| [pair.old, pair.new]).flatten();
    let points = crate::space::around(
        conds.map(|rule| &rule.cond),
        sides.kind,
        &usual_facts_of(sides.kind),
        MOST_TRIES,
        steps,
    );
    let sizes = sides.old.iter().chain(sides.new).map(|rule| rule.cond.size());
    let size = sizes.sum();
    let seek = |asked: Asked| {
        let mut found = points.iter().take_while(|_| steps.take(size).is_ok());
        let witness = found.find_map(|facts| sides.confirm(facts.clone(), asked, false));
        witness.map_or(Compared::NotProved, |witness| Compared::Differ(Box::new(witness)))
    };
    let rules = pairs.iter().map(|pair| RuleDiff {
        rule: pair.name.clone(),
        change: pair.change.clone(),
        verdict: Compared::NotProved,
        reasons: Compared::NotProved,
    });
    KindDiff {
        kind: sides.kind,
        verdict: seek(Asked::Any),
        milder: seek(Asked::Milder),
        stricter: seek(Asked::Stricter),
        reasons: seek(Asked::Reasons),
        rules: rules.collect(),
    }
}
