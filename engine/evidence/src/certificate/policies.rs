//! Certificate policies along a path (RFC 5280 section 6.1), with policy mapping inhibited from the
//! start: a policy that an authority maps to another ends there. So the tree of the standard is a
//! set.

use super::{ChainError, ChainPolicy, parsed::Parsed};
use crate::der::{DerError, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE, Tag};
use std::collections::BTreeSet;

/// 2.5.29.32.0, anyPolicy.
const ANY: &[u8] = &[0x55, 0x1D, 0x20, 0x00];

/// What a certificate says of policies.
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyWords {
    /// The policies that it names; `None` without the extension.
    pub(super) named: Option<BTreeSet<Box<[u8]>>>,
    /// The policies of its own domain that it maps to others.
    pub(super) mapped: BTreeSet<Box<[u8]>>,
    /// Whether it constrains policies.
    pub(super) constrained: bool,
    /// From how many certificates below it on a policy must be named.
    pub(super) require_explicit: Option<u32>,
    /// From how many certificates below it on `anyPolicy` says nothing.
    pub(super) inhibit_any: Option<u32>,
}

impl PolicyWords {
    pub(super) fn read_policies(&mut self, value: &[u8]) -> Result<(), DerError> {
        const FIELD: &str = "certificatePolicies";
        let mut outer = Reader::new(FIELD, value);
        let mut list = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        let mut named = BTreeSet::new();
        while !list.is_empty() {
            let policy = list.enter(FIELD, SEQUENCE)?.expect(FIELD, OBJECT_IDENTIFIER)?;
            if !named.insert(policy.into()) {
                return Err(DerError::Twice { field: FIELD });
            }
        }
        if named.is_empty() {
            return Err(DerError::Der { field: FIELD });
        }
        self.named = Some(named);
        Ok(())
    }

    pub(super) fn read_mappings(&mut self, value: &[u8]) -> Result<(), DerError> {
        const FIELD: &str = "policyMappings";
        let mut outer = Reader::new(FIELD, value);
        let mut list = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        while !list.is_empty() {
            let mut pair = list.enter(FIELD, SEQUENCE)?;
            let from = pair.expect(FIELD, OBJECT_IDENTIFIER)?;
            let to = pair.expect(FIELD, OBJECT_IDENTIFIER)?;
            pair.finish()?;
            if from == ANY || to == ANY {
                return Err(DerError::Range { field: FIELD });
            }
            self.mapped.insert(from.into());
        }
        if self.mapped.is_empty() { Err(DerError::Der { field: FIELD }) } else { Ok(()) }
    }

    pub(super) fn read_constraints(&mut self, value: &[u8]) -> Result<(), DerError> {
        const FIELD: &str = "policyConstraints";
        let context = |number| Tag { class: 2, constructed: false, number };
        let mut outer = Reader::new(FIELD, value);
        let mut parts = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        self.constrained = true;
        let mut ahead = parts;
        if ahead.any()?.0 == context(0) {
            self.require_explicit = Some(parts.number(FIELD, context(0))?);
        }
        if !parts.is_empty() {
            // Mapping is inhibited from the start.
            parts.number(FIELD, context(1))?;
        }
        parts.finish()
    }

    pub(super) fn read_inhibit_any(&mut self, value: &[u8]) -> Result<(), DerError> {
        const FIELD: &str = "inhibitAnyPolicy";
        let mut outer = Reader::new(FIELD, value);
        self.inhibit_any = Some(outer.number(FIELD, INTEGER)?);
        outer.finish()
    }
}

/// The policies that hold for a path so far.
#[derive(Clone)]
enum Valid {
    All,
    These(BTreeSet<Box<[u8]>>),
}

/// Checks the policies of a path, leaf first and without the anchor.
pub(super) fn check(path: &[&Parsed], policy: &ChainPolicy) -> Result<(), ChainError> {
    let required: BTreeSet<&[u8]> = policy.policies.iter().map(|oid| oid.der()).collect();
    let length = u32::try_from(path.len()).unwrap_or(u32::MAX);
    let mut explicit = if required.is_empty() { length.saturating_add(1) } else { 0 };
    let mut inhibit_any = length.saturating_add(1);
    let mut valid = Valid::All;
    for (at, certificate) in path.iter().enumerate().rev() {
        let words = certificate.policies();
        let counts = at == 0 || !certificate.is_self_issued();
        let any_counts = inhibit_any > 0 || (at > 0 && certificate.is_self_issued());
        valid = narrowed(valid, words, any_counts);
        if explicit == 0 && holds_none(&valid, &required) {
            return Err(ChainError::Policy { at });
        }
        if let Valid::These(named) = &mut valid {
            named.retain(|policy| at == 0 || !words.mapped.contains(policy));
        } else if at > 0 && !words.mapped.is_empty() {
            // Which policies hold below is not known any more.
            valid = Valid::These(BTreeSet::new());
        }
        let step = u32::from(counts);
        explicit = lowered(explicit, step, words.require_explicit, at);
        inhibit_any = lowered(inhibit_any, step, words.inhibit_any, at);
        if at == 0 && explicit == 0 && holds_none(&valid, &required) {
            return Err(ChainError::Policy { at });
        }
    }
    let names_one = |leaf: &&&Parsed| {
        let named = leaf.policies().named.iter().flatten();
        required.is_empty() || named.into_iter().any(|policy| required.contains(&**policy))
    };
    // A person's certificate names the policy itself: `anyPolicy` there is no word.
    path.first().filter(names_one).map(drop).ok_or(ChainError::Policy { at: 0 })
}

/// A counter after one certificate: a leaf's word counts for itself only where it says zero.
fn lowered(counter: u32, step: u32, said: Option<u32>, at: usize) -> u32 {
    let counter = counter.saturating_sub(step);
    match said {
        Some(said) if at > 0 || said == 0 => counter.min(said),
        _ => counter,
    }
}

fn narrowed(valid: Valid, words: &PolicyWords, any_counts: bool) -> Valid {
    let Some(named) = &words.named else { return Valid::These(BTreeSet::new()) };
    if any_counts && named.contains(ANY) {
        return valid;
    }
    let named = named.iter().filter(|policy| ***policy != *ANY).cloned();
    match valid {
        Valid::All => Valid::These(named.collect()),
        Valid::These(before) => Valid::These(named.filter(|p| before.contains(p)).collect()),
    }
}

/// Whether none of the required policies holds; where none is required, whether none at all does.
fn holds_none(valid: &Valid, required: &BTreeSet<&[u8]>) -> bool {
    match valid {
        Valid::All => false,
        Valid::These(named) if required.is_empty() => named.is_empty(),
        Valid::These(named) => !named.iter().any(|policy| required.contains(&**policy)),
    }
}
