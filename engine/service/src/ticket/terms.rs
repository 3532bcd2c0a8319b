use super::write::Terminal;
use crate::error::ServiceError;
use simbind_core::{
    binding::Place,
    ids::{CallerId, OfficeRef},
    ticket::Variant,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// What configuration says of one office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeTerms {
    /// Another variant than the others'.
    pub variant: Option<Variant>,
    /// Offices whose terminals may go on with its tickets.
    pub resumed_by: BTreeSet<OfficeRef>,
}

/// Where a caller stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalTerms {
    /// Its office; none: one of its own, by its own name.
    pub office: Option<OfficeRef>,
    /// What kind of place that is.
    pub place: Place,
}

/// What configuration says of issue at counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterTerms {
    /// What a person proves to be the one at the counter with.
    pub variant: Variant,
    /// Others that a terminal may ask for, so that they can be compared at one counter.
    pub choices: BTreeSet<Variant>,
    /// How long a ticket stays open.
    pub lifetime: Duration,
    /// The most open tickets of one office.
    pub open_tickets: u32,
    /// After so many wrong codes a ticket takes none until new ones are given out.
    pub wrong_codes: u8,
    /// After so many wrong codes within an hour an office's tickets take none until it is over.
    pub office_wrong_codes: u32,
    /// Offices of which more is said.
    pub offices: BTreeMap<OfficeRef, OfficeTerms>,
    /// Callers of which is said where they stand. Any other is an office of its own, and a counter.
    pub terminals: BTreeMap<CallerId, TerminalTerms>,
}

impl Default for CounterTerms {
    fn default() -> Self {
        Self {
            variant: Variant::TwoCodes,
            choices: BTreeSet::new(),
            lifetime: Duration::from_secs(24 * 3600),
            open_tickets: 500,
            wrong_codes: 5,
            office_wrong_codes: 50,
            offices: BTreeMap::new(),
            terminals: BTreeMap::new(),
        }
    }
}

impl CounterTerms {
    /// The variant of a new ticket: the office's, or another that may be asked for.
    ///
    /// # Errors
    /// Where configuration lets nobody ask for it.
    pub fn variant_for(
        &self,
        office: &OfficeRef,
        asked: Option<Variant>,
    ) -> Result<Variant, ServiceError> {
        let usual = self.variant_of(office);
        match asked {
            None => Ok(usual),
            Some(asked) if asked == usual || self.choices.contains(&asked) => Ok(asked),
            Some(_) => Err(ServiceError::invalid("variant", "is none that this office offers")),
        }
    }

    /// The variant of an office.
    pub fn variant_of(&self, office: &OfficeRef) -> Variant {
        self.offices.get(office).and_then(|terms| terms.variant).unwrap_or(self.variant)
    }

    /// Where a caller identifies people.
    pub fn place_of(&self, caller: &CallerId) -> Place {
        self.terminals.get(caller).map_or(Place::Counter, |terms| terms.place)
    }

    /// A caller as a terminal of its office.
    ///
    /// # Errors
    /// None in practice: every caller's name is one for an office.
    pub fn terminal(&self, caller: &CallerId) -> Result<Terminal, ServiceError> {
        let named = self.terminals.get(caller).and_then(|terms| terms.office.clone());
        let own = || caller.as_str().parse().map_err(ServiceError::unavailable);
        let office = named.map_or_else(own, Ok)?;
        Ok(Terminal { name: caller.clone(), office, place: self.place_of(caller) })
    }

    /// Whether a terminal of an office may see and go on with tickets of another.
    pub fn may_resume(&self, terminal: &OfficeRef, ticket: &OfficeRef) -> bool {
        let named = || self.offices.get(ticket).is_some_and(|o| o.resumed_by.contains(terminal));
        terminal == ticket || named()
    }
}
