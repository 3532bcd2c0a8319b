//! What a backtest told, joined with labels, and the examples that are shown of it.

use super::labels::{Label, Labels};
use simbind_core::ids::{DecisionId, SupportCode};
use simbind_proto::v1::{
    BacktestResult, ChangedDecision, ChangedDecisions, backtest_response::Part,
};
use std::collections::BTreeMap;

/// The way in which a decision changes: from which verdict to which.
pub(super) type Way = (String, String);

/// All that a backtest told.
#[derive(Debug)]
pub(super) struct Found {
    /// The result; `None` where the answer ended without one.
    pub(super) result: Option<BacktestResult>,
    labels: Option<Labels>,
    per_way: usize,
    examples: BTreeMap<(Option<Label>, Way), Vec<ChangedDecision>>,
    labelled: BTreeMap<(Label, Way), u64>,
    named: u64,
}

impl Found {
    /// Nothing yet; of each way at most `per_way` examples are kept.
    pub(super) fn new(labels: Option<Labels>, per_way: usize) -> Self {
        let (examples, labelled) = (BTreeMap::new(), BTreeMap::new());
        Self { result: None, labels, per_way, examples, labelled, named: 0 }
    }

    pub(super) fn take(&mut self, part: Option<Part>) {
        match part {
            Some(Part::Changes(ChangedDecisions { decisions })) => {
                decisions.into_iter().for_each(|changed| self.change(changed));
            }
            Some(Part::Result(result)) => self.result = Some(result),
            Some(Part::Progress(_)) | None => {}
        }
    }

    fn change(&mut self, changed: ChangedDecision) {
        self.named += 1;
        let label = self.labels.as_ref().and_then(|labels| labels.of(&changed.decision_id));
        let way: Way = (changed.was.clone(), changed.becomes.clone());
        if let Some(label) = label {
            *self.labelled.entry((label, way.clone())).or_default() += 1;
        }
        let examples = self.examples.entry((label, way)).or_default();
        if examples.len() < self.per_way {
            examples.push(changed);
        }
    }

    /// The examples, those with a label first.
    pub(super) fn examples(&self) -> impl Iterator<Item = (Option<Label>, &ChangedDecision)> {
        let of = |label| self.examples.iter().filter(move |((l, _), _)| *l == label);
        let labelled = [Some(Label::Attack), Some(Label::Honest), None];
        labelled.into_iter().flat_map(of).flat_map(|((label, _), examples)| {
            examples.iter().map(move |example| (*label, example))
        })
    }

    /// How decisions with a label change; `None` where no labels were given.
    pub(super) fn labelled(&self) -> Option<[Labelled; 2]> {
        let labels = self.labels.as_ref()?;
        Some([Label::Honest, Label::Attack].map(|label| {
            let mut counts = Labelled { total: labels.count(label), ..Labelled::default() };
            for ((of, (was, becomes)), decisions) in &self.labelled {
                if *of == label {
                    counts.add(was, becomes, *decisions);
                }
            }
            counts
        }))
    }

    /// Whether more decisions change than were named, so that labels of some were not looked at.
    pub(super) fn is_cut(&self) -> bool {
        self.result.as_ref().is_some_and(|result| result.changed > self.named)
    }
}

/// How decisions with one label change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Labelled {
    /// Decisions with this label, also those that do not change or are not of the time asked for.
    pub(super) total: u64,
    /// Now denied.
    pub(super) newly_denied: u64,
    /// Were let in, and would be asked for one more proof.
    pub(super) newly_stepped_up: u64,
    /// Now let in.
    pub(super) newly_allowed: u64,
    /// Were denied, and would be asked for one more proof.
    pub(super) softened: u64,
    /// Stay a step-up, with other methods.
    pub(super) other_methods: u64,
}

impl Labelled {
    fn add(&mut self, was: &str, becomes: &str, decisions: u64) {
        let count = match (was, becomes) {
            (_, "deny") => &mut self.newly_denied,
            (_, "allow") => &mut self.newly_allowed,
            ("allow", _) => &mut self.newly_stepped_up,
            ("deny", _) => &mut self.softened,
            _ => &mut self.other_methods,
        };
        *count += decisions;
    }
}

/// The support code of a decision; empty where the id is none.
pub(super) fn support_code(decision: &str) -> String {
    let id = decision.parse::<DecisionId>();
    id.map_or_else(|_| String::new(), |id| SupportCode::of(id).to_string())
}
