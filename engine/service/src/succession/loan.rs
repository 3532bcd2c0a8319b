//! A counter hands out a loaner, and takes it back. At its end it is over by itself.

use crate::{
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{EventText, LineRow, LineText, LoanEntry, StateEntry, decode_row, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
    sealing,
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::Refused,
    ids::{BindingId, CallerId, EventId, Imei, RequestId},
    line::{EventKind, LineName},
    time::Timestamp,
};

/// A loaner.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Lent {
    /// The handset.
    pub imei: Imei,
    /// When it must be back.
    pub until: Timestamp,
}

/// What a counter does with a loaner.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum LoanRequest {
    /// Hands one out.
    Lend(Lent),
    /// Takes it back.
    Return,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Notes that a loaner was handed out or came back, beside what the carrier says of the line. It
    /// counts from now on; one that is lent ends by itself. The same request does nothing more.
    ///
    /// # Errors
    /// Where there is no such binding, it is not the person's present one, or the loaner is lent for
    /// longer than its packs allow.
    pub async fn loan(
        &self,
        by: &CallerId,
        request: &RequestId,
        id: BindingId,
        asked: LoanRequest,
    ) -> Result<Standing, ServiceError> {
        let digest = crate::digest::of(&(id, asked))?;
        if let Some(made) = self.made_before(by, request, digest).await? {
            return self.binding(made).await;
        }
        for _ in 0..TRIES {
            let (standing, now) = (self.binding(id).await?, self.now());
            let binding = &standing.binding;
            if !binding.is_present_at(now) {
                return Err(Refused::Ended.into());
            }
            let kind = match asked {
                LoanRequest::Return => EventKind::LoanerEnded,
                LoanRequest::Lend(Lent { imei, until }) => {
                    let longest = self.life_terms(binding).loaner;
                    if until <= now || until > now.plus(longest) {
                        let days = longest.as_secs() / 86_400;
                        let why = format!("is over, or more than {days} days away");
                        return Err(ServiceError::invalid("until", why));
                    }
                    EventKind::LoanerStarted { imei, until }
                }
            };
            let carrier = binding.sim.serving.carrier.clone();
            let line = LineName::Iccid(binding.sim.iccid);
            let hash = keys::line_hash(&*self.vault, &carrier, &line);
            let snapshot = self.store.read(&[keys::line(hash)?]).await?;
            let row = snapshot.values.first().and_then(Option::as_ref);
            let key = match row {
                Some(row) => decode_row::<LineRow>(&row.value)?.key,
                None => standing.key,
            };
            let text = EventText { line: LineText { carrier, line }, kind };
            let entry = StateEntry::Loaned(LoanEntry {
                binding: id,
                by: by.clone(),
                request: request.clone(),
                digest,
                event: event_id(&digest)?,
                at: now,
                text: sealing::seal(&*self.vault, key, sealing::EVENT, &text)?,
            });
            let expect = vec![
                (keys::request(by, request)?, Expected::Absent),
                (keys::binding(id)?, Expected::Version(standing.version)),
            ];
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(standing),
                Err(StoreError::Conflict) => {
                    if self.made_before(by, request, digest).await?.is_some() {
                        return self.binding(id).await;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}

/// What stands for it in the line's history.
fn event_id(digest: &[u8; 32]) -> Result<EventId, ServiceError> {
    let short = BindingId::from_bytes(std::array::from_fn(|at| {
        digest.get(at).copied().unwrap_or_default()
    }));
    format!("counter/{short}").parse().map_err(ServiceError::unavailable)
}
