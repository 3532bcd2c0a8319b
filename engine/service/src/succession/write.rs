//! One entry: the new binding, the old one as it is then, and one whose overlap is cut short.

use super::replace::Plan;
use crate::{
    attest::CHALLENGE,
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{StateEntry, SuccessionEntry, SuccessionKind, keys},
    lifecycle::source,
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
    sealing,
};
use simbind_core::{
    binding::{Binding, Handset, LifecycleReason, State},
    ids::{BindingId, CallerId, RequestId},
};

/// A succession that is to be written.
pub(super) struct Draft<'a> {
    pub(super) kind: SuccessionKind,
    pub(super) by: &'a CallerId,
    pub(super) request: &'a RequestId,
    pub(super) digest: [u8; 32],
    pub(super) old: BindingId,
    pub(super) receipt: Option<(Handset, Vec<u8>)>,
    /// The challenge that a new handset's key was attested for.
    pub(super) attested: Option<[u8; 16]>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Reads the old binding, makes the new one of it, and writes both at once; where another change
    /// came first, all over again.
    pub(super) async fn succeed(
        &self,
        draft: Draft<'_>,
        plan: &Plan<'_>,
    ) -> Result<Standing, ServiceError> {
        let Draft { kind, by, request, digest, old: id, receipt, attested } = draft;
        for _ in 0..TRIES {
            let mut old = self.binding(id).await?;
            let (binding, challenge) = self.follow(by, plan, &mut old.binding).await?;
            let key = old.key;
            let mut expect = vec![
                (keys::request(by, request)?, Expected::Absent),
                (keys::binding(id)?, Expected::Version(old.version)),
            ];
            match self.free_certificate(&binding).await {
                Ok(free) => expect.push(free),
                // The same request may have come twice, and the other have bound it meanwhile.
                Err(taken) => match self.made_before(by, request, digest).await? {
                    Some(made) => return self.binding(made).await,
                    None => return Err(taken),
                },
            }
            if let Some(challenge) = &challenge {
                expect.push(self.unused("owner.card.challenge", challenge).await?);
            }
            if let Some(challenge) = &attested {
                expect.push(self.unused(CHALLENGE, challenge).await?);
            }
            let sealed = sealing::seal(&*self.vault, key, sealing::BINDING, &binding)?;
            let mut earlier =
                vec![(id, sealing::seal(&*self.vault, key, sealing::BINDING, &old.binding)?)];
            if let Some(before) = self.overlapping(&old.binding, &binding, by).await? {
                let sealed =
                    sealing::seal(&*self.vault, before.key, sealing::BINDING, &before.binding)?;
                let id = before.binding.id;
                expect.push((keys::binding(id)?, Expected::Version(before.version)));
                earlier.push((id, sealed));
            }
            let kept = receipt.as_ref().map(|(handset, receipt)| {
                self.kept_receipt(binding.id, key, handset, Some(receipt))
            });
            let entry = StateEntry::Succeeded(SuccessionEntry {
                kind,
                binding: binding.id,
                by: by.clone(),
                request: request.clone(),
                digest,
                sealed,
                receipt: kept.transpose()?.flatten(),
                earlier,
                card: challenge,
                attested,
            });
            match self.append_state(&entry, expect).await {
                Ok(version) => return Ok(Standing { binding, version, key }),
                Err(StoreError::Conflict) => {
                    if let Some(made) = self.made_before(by, request, digest).await? {
                        return self.binding(made).await;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// The binding before the one that is succeeded, where their overlap is not over: of three, two
    /// would be usable for nothing but having been renewed.
    async fn overlapping(
        &self,
        old: &Binding,
        newest: &Binding,
        by: &CallerId,
    ) -> Result<Option<Standing>, ServiceError> {
        let Some(before) = old.succeeds else { return Ok(None) };
        let mut before = match self.binding(before).await {
            Err(ServiceError::NotFound(_)) => return Ok(None),
            other => other?,
        };
        let now = self.now();
        if matches!(before.binding.state_at(now), State::Ended { .. }) {
            return Ok(None);
        }
        // As the one that is succeeded now: the newest may be in another phone.
        let why = old.succeeded.map_or(LifecycleReason::Renewed, |by| by.why);
        before.binding.supersede(newest, why, &source(by)?, now)?;
        Ok(Some(before))
    }
}
