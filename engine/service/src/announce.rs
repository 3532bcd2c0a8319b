//! Changes that a counter announces.

use crate::{
    engine::{Engine, Standing},
    error::ServiceError,
    ledger::BindingChange,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    binding::{Refused, State},
    ids::{BindingId, CallerId},
    line::{Announcement, NotAnnounced},
};

impl<S: Store, V: Vault> Engine<S, V> {
    /// Notes a change that a counter knows of before it comes. The same again changes nothing.
    ///
    /// # Errors
    /// Where there is no such binding, it has ended, the time is none, or too many are awaited.
    pub async fn announce_change(
        &self,
        by: &CallerId,
        id: BindingId,
        announcement: Announcement,
    ) -> Result<Standing, ServiceError> {
        self.change_as(by, id, None, |binding, now| {
            if matches!(binding.state_at(now), State::Ended { .. }) {
                return Err(Refused::Ended.into());
            }
            match binding.announced.announce(announcement, now) {
                Ok(()) => Ok(BindingChange::ChangeAnnounced),
                Err(NotAnnounced::Time) => {
                    Err(ServiceError::invalid("announced.until", NotAnnounced::Time))
                }
                Err(many @ NotAnnounced::TooMany) => Err(ServiceError::Refused(many.to_string())),
            }
        })
        .await
    }
}
