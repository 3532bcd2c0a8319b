//! Facts near some facts, one by one: what is left where diagrams outgrow their budget.

use super::steps::Steps;
use super::world::axes_of;
use crate::condition::Cond;
use crate::facts::Facts;
use crate::facts::worlds::WORLDS;
use crate::verdict::CheckKind;

/// Facts that are changed at once.
const MOST_CHANGES: usize = 3;

/// Plausible facts that differ from `rest` in one fact that the conditions read, then those that
/// differ in two, and so on; at most `most`, and as many as the steps suffice for. Laws that `rest` breaks are let be.
pub(crate) fn around<'c>(
    conds: impl Iterator<Item = &'c Cond>,
    kind: CheckKind,
    rest: &Facts,
    most: usize,
    steps: &Steps,
) -> Vec<Facts> {
    let axes = axes_of(conds);
    let kept: Vec<_> = WORLDS.iter().filter(|law| law.holds(kind, rest)).collect();
    let mut found = Vec::new();
    let mut edge = vec![(rest.clone(), 0_u16)];
    for _ in 0..MOST_CHANGES {
        let mut next = Vec::new();
        for (facts, from) in &edge {
            for var in *from..axes.unread() {
                for branch in 0..axes.branches(var) {
                    let spent = steps.take(axes.len() + WORLDS.len()).is_err();
                    if spent || found.len() + next.len() >= most {
                        return found;
                    }
                    let changed = axes.realise(&[(var, branch)], facts);
                    if let Some(changed) = changed.filter(|changed| changed != facts) {
                        next.push((changed, var + 1));
                    }
                }
            }
        }
        let plausible = next.iter().filter(|(facts, _)| kept.iter().all(|l| l.holds(kind, facts)));
        found.extend(plausible.map(|(facts, _)| facts.clone()));
        edge = next;
    }
    found
}
