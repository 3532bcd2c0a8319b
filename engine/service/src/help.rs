//! The help desk: from the code that a person reads out to what was refused and what helps.
//!
//! Codes that stand for nothing are counted by caller, so that guessing ends soon, and every
//! look-up is an entry of the state ledger before it is answered.

mod checked;
mod codes;
mod places;

#[cfg(test)]
mod tests;

pub use checked::{Checked, Matter, checked};
pub(crate) use codes::WrongCodes;
pub use places::places;

use crate::{
    decisions::facts_of,
    engine::Engine,
    error::ServiceError,
    ledger::{DecisionEntry, InquiryEntry, StateEntry, decode_row, keys},
    ports::{
        store::{Direction, Position, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    applet::Order,
    binding::State,
    ids::{BindingId, CallerId, SupportCode},
    time::Timestamp,
};
use simbind_rules::Facts;
use std::sync::Arc;

/// The most decisions that one code is answered with: two is a chance in many millions.
const ALIKE: usize = 4;

/// What a code stands for.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// The decision.
    pub decision: Arc<DecisionEntry>,
    /// The facts that it was made from.
    pub facts: Facts,
    /// How its binding stands now; `None` where there is none any more, or never was.
    pub state: Option<State>,
    /// The order to the carrier's platform that is open now.
    pub order: Option<Order>,
}

/// Look-ups of codes, newest first.
#[derive(Clone, Debug)]
pub struct InquiryPage {
    /// The look-ups.
    pub inquiries: Vec<InquiryEntry>,
    /// Where the next page begins.
    pub next: Option<Position>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What a support code stands for, the newest first: more than one where codes happen to be
    /// alike. The look-up is recorded, also of a code that stands for nothing.
    ///
    /// # Errors
    /// Where it stands for nothing that can still be asked for, where the caller came with too many
    /// such codes, or where the store cannot be read or written.
    pub async fn inquire(
        &self,
        by: &CallerId,
        code: SupportCode,
    ) -> Result<Vec<Inquiry>, ServiceError> {
        let found = self.of_code(by, code, Recording::Kept).await?;
        let mut inquiries = Vec::with_capacity(found.len());
        for decision in found {
            let (state, order) = match decision.binding {
                Some(id) => self.stands_now(id).await?,
                None => (None, None),
            };
            let facts = facts_of(&decision)?;
            inquiries.push(Inquiry { decision, facts, state, order });
        }
        Ok(inquiries)
    }

    /// How a binding and the applet on its SIM stand now; nothing where there is none any more.
    async fn stands_now(
        &self,
        id: BindingId,
    ) -> Result<(Option<State>, Option<Order>), ServiceError> {
        let state = match self.binding(id).await {
            Ok(standing) => standing.binding.state_at(self.now()),
            Err(ServiceError::NotFound(_)) => return Ok((None, None)),
            Err(error) => return Err(error),
        };
        let order = self.order_of(id).await?.and_then(|order| order.open);
        Ok((Some(state), order.map(|(_, order)| order)))
    }

    /// The decisions of a code, the newest first, at least one.
    ///
    /// # Errors
    /// As [`Engine::inquire`].
    pub async fn of_code(
        &self,
        by: &CallerId,
        code: SupportCode,
        recording: Recording,
    ) -> Result<Vec<Arc<DecisionEntry>>, ServiceError> {
        let at = self.now();
        // Taken first, so that many guesses at once are counted too.
        self.wrong_codes.take(by, at)?;
        let found = self.alike(code, at).await?;
        if recording == Recording::Kept {
            let decisions = found.iter().map(|decision| decision.id).collect();
            let entry = InquiryEntry { by: by.clone(), at, decisions };
            self.append_state(&StateEntry::CodeLookedUp(entry), Vec::new()).await?;
        }
        if found.is_empty() {
            return Err(ServiceError::NotFound("decision of that code, or it is too old"));
        }
        self.wrong_codes.give_back(by);
        Ok(found)
    }

    /// The decisions of a code that can still be asked for.
    async fn alike(
        &self,
        code: SupportCode,
        now: Timestamp,
    ) -> Result<Vec<Arc<DecisionEntry>>, ServiceError> {
        let mut ids = self.decision_ids(keys::support_code(code)?, None, ALIKE).await?.0;
        if ids.is_empty() {
            ids = self.decisions.of_code(code);
            ids.truncate(ALIKE);
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let decision = self.decision(id).await?;
            if now.since(decision.decided_at) <= self.settings.bounds.support_code_life {
                found.push(decision);
            }
        }
        Ok(found)
    }

    /// The look-ups of codes, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn inquiries(
        &self,
        after: Option<Position>,
        rows: usize,
    ) -> Result<InquiryPage, ServiceError> {
        let after = after.map(keys::inquiry).transpose()?;
        let direction = Direction::Descending;
        let scan = Scan { prefix: keys::inquiries()?, after, rows, direction };
        let page = self.store.scan(scan).await?;
        let inquiries = page.rows.iter().map(|(_, row)| decode_row(&row.value));
        let inquiries = inquiries.collect::<Result<_, _>>()?;
        let last = page.rows.last().filter(|_| page.next.is_some());
        Ok(InquiryPage { inquiries, next: last.map(|(_, row)| row.version) })
    }
}

/// Whether a look-up becomes an entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// It does: somebody looks at what another party asked.
    Kept,
    /// It does not: a party looks at its own.
    Own,
}
