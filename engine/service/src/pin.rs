//! The PIN of a binding: wrong entries that app and reader report are counted together, the owner
//! changes it, and a counter or the card resets it. The PIN itself never comes here.

mod reset;
mod shown;

use crate::{
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    hot::Loaded,
    ledger::{PinAct, PinEntry, PinWord, StateEntry, decode_row, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
};
use serde::{Deserialize, Serialize};
use shown::View;
use simbind_core::{
    binding::{Refused, State},
    ids::{BindingId, CallerId, CertificateId, RequestId},
};
use std::time::Duration;

/// The most wrong PIN entries that are counted.
const MOST_FAILURES: u32 = 1000;
/// From here on the PIN is locked, and the right one does not unlock it.
const LOCKED: u32 = 3;
/// How long a caller that made a check of a binding is believed about its PIN.
const BELIEVED: Duration = Duration::from_secs(90 * 86_400);
/// The newest decisions of a binding that are looked through for such a check.
const LOOKED: usize = 64;

/// What an app or a reader says of the PIN.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum PinReport {
    /// Wrong entries.
    Wrong(u32),
    /// The right one.
    Accepted,
}

/// Who speaks of a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A counter, where the person is seen.
    Counter,
    /// A relying party or a reader's host. It is believed where it lately made a check of the
    /// binding that the binding's key signed.
    Party,
}

/// How far a caller is believed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belief {
    /// It need not show anything, or the key signed for it after the last wrong entry: the applet
    /// signs only for the right PIN.
    Shown,
    Known,
    Stranger,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Counts wrong PIN entries, and answers how many count now; the same report again counts
    /// nothing. Once locked, the right PIN does not unlock: only a counter or the card does. A party
    /// that has made no check of the binding cannot lock it, and its word of a right PIN counts
    /// nothing: whoever knows a certificate could otherwise lock its owner out. A party's word gives
    /// wrong entries back where the key signed in a check of its own after the last of them; before
    /// that it is kept, and its next check gives them back.
    ///
    /// # Errors
    /// Where the certificate is not bound, or the store cannot be written.
    pub async fn report_pin(
        &self,
        by: &CallerId,
        witness: Witness,
        request: &RequestId,
        certificate: CertificateId,
        report: PinReport,
    ) -> Result<u32, ServiceError> {
        let digest = crate::digest::of(&(certificate, report))?;
        for _ in 0..TRIES {
            if let Some(counted) = self.pin_reported(by, request, digest).await? {
                return Ok(counted);
            }
            let loaded = self.load(certificate).await?;
            let loaded = loaded.ok_or(ServiceError::NotFound("binding"))?;
            let binding = loaded.binding.id;
            let before = loaded.pin.failures;
            let belief = self.belief(by, witness, binding).await?;
            let failures = counted(before, report, belief);
            let waits = match (report, belief) {
                (PinReport::Accepted, Belief::Known) => (1..LOCKED).contains(&before),
                _ => false,
            };
            if failures == before && (!waits || self.said(binding, by).await?.is_some()) {
                return Ok(failures);
            }
            // A renewal leaves the PIN: of two certificates side by side it is one.
            let beside = self.beside_now(&loaded).await?;
            let (by, request) = (by.clone(), request.clone());
            let expect = self.pin_untouched(&by, &request, [Some(binding), beside]).await?;
            let entry = if waits {
                let act = PinAct::Said { word: PinWord::Accepted, failures };
                StateEntry::Pin(PinEntry { binding, act, by, request, digest, beside })
            } else {
                StateEntry::PinReported { binding, failures, by, request, digest, beside }
            };
            if !self.is_current(&loaded).await? {
                continue;
            }
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(failures),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// The owner changed the PIN, and so knew it: nothing counts any more, once that is shown as for
    /// a right PIN. The same word once more changes nothing.
    ///
    /// # Errors
    /// Where the certificate is not bound, the PIN is locked, the binding has ended, or the caller
    /// is not believed.
    pub async fn pin_changed(
        &self,
        by: &CallerId,
        witness: Witness,
        request: &RequestId,
        certificate: CertificateId,
    ) -> Result<(), ServiceError> {
        let digest = crate::digest::of(&("changed", certificate))?;
        for _ in 0..TRIES {
            if self.pin_reported(by, request, digest).await?.is_some() {
                return Ok(());
            }
            let loaded = self.load(certificate).await?;
            let loaded = loaded.ok_or(ServiceError::NotFound("binding"))?;
            let binding = loaded.binding.id;
            if let State::Ended { .. } = loaded.binding.state_at(self.now()) {
                return Err(Refused::Ended.into());
            }
            if loaded.pin.failures >= LOCKED {
                let why = "the PIN is locked; a counter or the person's card resets it";
                return Err(ServiceError::Refused(why.into()));
            }
            let act = match (self.belief(by, witness, binding).await?, loaded.pin.failures) {
                (Belief::Stranger, _) => {
                    let why = "the caller has made no check of this binding lately";
                    return Err(ServiceError::Refused(why.into()));
                }
                (Belief::Known, failures @ 1..) => {
                    PinAct::Said { word: PinWord::Changed, failures }
                }
                (Belief::Known | Belief::Shown, _) => PinAct::Changed,
            };
            let beside = self.beside_now(&loaded).await?;
            let expect = self.pin_untouched(by, request, [Some(binding), beside]).await?;
            let (by, request) = (by.clone(), request.clone());
            let entry = StateEntry::Pin(PinEntry { binding, act, by, request, digest, beside });
            if !self.is_current(&loaded).await? {
                continue;
            }
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// What the same report of the same caller came to before.
    async fn pin_reported(
        &self,
        by: &CallerId,
        request: &RequestId,
        digest: [u8; 32],
    ) -> Result<Option<u32>, ServiceError> {
        let snapshot = self.store.read(&[keys::pin_report(by, request)?]).await?;
        let Some(Some(row)) = snapshot.values.first() else { return Ok(None) };
        let (before, failures): ([u8; 32], u32) = decode_row(&row.value)?;
        if before == digest {
            Ok(Some(failures))
        } else {
            Err(ServiceError::Exists("the request id was used for another report"))
        }
    }

    /// What must hold for a change of the count: it is as it was read, and the request is new.
    async fn pin_untouched(
        &self,
        by: &CallerId,
        request: &RequestId,
        bindings: [Option<BindingId>; 2],
    ) -> Result<Vec<(crate::ports::store::Key, Expected)>, ServiceError> {
        let mut expect = vec![(keys::pin_report(by, request)?, Expected::Absent)];
        for binding in bindings.into_iter().flatten() {
            expect.push(self.pin_as_read(binding).await?);
        }
        Ok(expect)
    }

    /// The other binding of an overlap, which has the same PIN.
    async fn beside_now(&self, loaded: &Loaded) -> Result<Option<BindingId>, ServiceError> {
        match loaded.binding.state_at(self.now()) {
            State::Ended { .. } => Ok(None),
            _ => self.beside(&loaded.binding).await,
        }
    }

    async fn pin_as_read(
        &self,
        binding: BindingId,
    ) -> Result<(crate::ports::store::Key, Expected), ServiceError> {
        let known = self.pin_version(binding).await?;
        Ok((keys::pin(binding)?, known.map_or(Expected::Absent, Expected::Version)))
    }

    /// Whether the caller made a check, among the newest of the binding, in which the binding's key
    /// signed its challenge: nobody can make up such a check from a certificate alone.
    async fn belief(
        &self,
        by: &CallerId,
        witness: Witness,
        binding: BindingId,
    ) -> Result<Belief, ServiceError> {
        if witness == Witness::Counter {
            return Ok(Belief::Shown);
        }
        let wrong_at = self.pin_version(binding).await?.unwrap_or_default();
        let (decisions, older) = self.decisions(Some(binding), None, LOOKED).await?;
        let now = self.now();
        let mut own = decisions.iter().filter(|decision| {
            decision.caller == *by
                && decision.challenge.is_some()
                && now.since(decision.decided_at) <= BELIEVED
        });
        if own.clone().next().is_none() {
            return Ok(Belief::Stranger);
        }
        let view = View { decisions: &decisions, older, lifetime: self.challenges.lifetime() };
        let shown = own.any(|decision| view.signed_after(wrong_at, decision));
        Ok(if shown { Belief::Shown } else { Belief::Known })
    }
}

/// How many wrong entries count after a report.
fn counted(before: u32, report: PinReport, belief: Belief) -> u32 {
    match (report, belief) {
        (PinReport::Wrong(more), Belief::Known | Belief::Shown) => {
            before.saturating_add(more).min(MOST_FAILURES)
        }
        (PinReport::Wrong(more), Belief::Stranger) => {
            before.max(before.saturating_add(more).min(LOCKED - 1))
        }
        (PinReport::Accepted, Belief::Shown) if before < LOCKED => 0,
        (PinReport::Accepted, _) => before,
    }
}
