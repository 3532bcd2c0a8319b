//! Name constraints (RFC 5280 section 4.2.1.10).

mod host;
mod subtree;

use super::{ChainError, general_name::GeneralName, name::Name, work::Work};
use crate::der::{DerError, Reader, SEQUENCE, Tag};
use subtree::Subtree;

const FIELD: &str = "nameConstraints";

/// The names that an authority may certify.
#[derive(Clone, Debug)]
pub(super) struct NameConstraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
}

impl NameConstraints {
    /// Reads the value of the extension. A list is not empty, subtrees have neither minimum nor
    /// maximum, and what they hold is of its form.
    pub(super) fn from_der(value: &[u8]) -> Result<Self, DerError> {
        let mut outer = Reader::new(FIELD, value);
        let mut lists = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        let (mut permitted, mut excluded) = (None, None);
        while !lists.is_empty() {
            let (tag, content) = lists.any()?;
            let list = match tag {
                Tag { class: 2, constructed: true, number: 0 } if excluded.is_none() => {
                    &mut permitted
                }
                Tag { class: 2, constructed: true, number: 1 } => &mut excluded,
                _ => return Err(DerError::Type { field: FIELD }),
            };
            if list.replace(subtrees(content)?).is_some() {
                return Err(DerError::Twice { field: FIELD });
            }
        }
        if permitted.is_none() && excluded.is_none() {
            return Err(DerError::Der { field: FIELD });
        }
        Ok(Self {
            permitted: permitted.unwrap_or_default(),
            excluded: excluded.unwrap_or_default(),
        })
    }

    /// Whether all names of a certificate may stand in it.
    pub(super) fn check(&self, names: &[GeneralName], work: &Work) -> Result<(), ChainError> {
        names.iter().try_for_each(|name| self.check_one(name, work))
    }

    fn check_one(&self, name: &GeneralName, work: &Work) -> Result<(), ChainError> {
        let of_form = |tree: &&Subtree| tree.is_for(name);
        let mut permitted = self.permitted.iter().filter(of_form).peekable();
        let mut excluded = self.excluded.iter().filter(of_form).peekable();
        work.compare(self.permitted.len() + self.excluded.len(), name.length())?;
        if permitted.peek().is_none() && excluded.peek().is_none() {
            return Ok(());
        }
        let inside = permitted.peek().is_none() || permitted.any(|tree| tree.permits(name));
        if inside && !excluded.any(|tree| tree.excludes(name)) {
            Ok(())
        } else {
            Err(ChainError::NameConstraint)
        }
    }
}

/// The names of a certificate that constraints are for: its subject, the mail addresses in it, and
/// its alternative names.
pub(super) fn names(subject: &Name, alternative: Vec<GeneralName>) -> Vec<GeneralName> {
    let own = (!subject.is_empty()).then(|| GeneralName::Directory(subject.clone()));
    let emails = subject.emails().map(|email| GeneralName::Email(email.into()));
    own.into_iter().chain(emails).chain(alternative).collect()
}

fn subtrees(content: &[u8]) -> Result<Vec<Subtree>, DerError> {
    let mut list = Reader::new(FIELD, content);
    let mut trees = Vec::new();
    while !list.is_empty() {
        let mut tree = list.enter(FIELD, SEQUENCE)?;
        trees.push(Subtree::of(GeneralName::read(&mut tree)?)?);
        tree.finish()?;
    }
    if trees.is_empty() { Err(DerError::Der { field: FIELD }) } else { Ok(trees) }
}
