//! What a platform tells of an order later.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{OrderRow, decode_row, keys},
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    applet::{Answer, Refusal, Taken},
    ids::{CallerId, CarrierId, OrderId},
};

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// It is done.
    Confirmed,
    /// It will not be done.
    Refused(Refusal),
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Takes in what a platform tells of an order. `speaks` says for which carriers' SIMs it may
    /// tell. The same once more changes nothing.
    ///
    /// # Errors
    /// Where there is no such order of theirs.
    pub async fn report_order(
        &self,
        by: &CallerId,
        speaks: impl Fn(&CarrierId) -> bool + Send,
        id: OrderId,
        report: Report,
    ) -> Result<Taken, ServiceError> {
        let snapshot = self.store.read(&[keys::order(id)?]).await?;
        let none = ServiceError::NotFound("order of this carrier's");
        let Some(Some(stored)) = snapshot.values.into_iter().next() else { return Err(none) };
        let OrderRow { binding, reference, carrier } = decode_row(&stored.value)?;
        if !speaks(&carrier) {
            return Err(none);
        }
        let answer = match report {
            Report::Confirmed => Answer::Confirmed,
            Report::Refused(why) => Answer::Refused(why),
        };
        self.answer(by, binding, reference, answer).await
    }
}
