//! What an event, or its correction, does to the bindings of its line: found before it is written,
//! and written with it as one entry.

use crate::{
    engine::{Engine, Standing},
    error::ServiceError,
    ledger::{
        BindingChange, CertificateRow, Drove, Effects, EventEntry, EventRow, EventText, LineRow,
        Reopens, StateEntry, decode_row, decode_state, keys,
    },
    ports::{
        store::{Expected, Key, LedgerKind, Position, Store},
        vault::{Sealed, Vault},
    },
    sealing,
};
use simbind_core::{
    binding::{Binding, CertificateUse},
    ids::{BindingId, CarrierId, EventId, PersonRef},
    line::{self, Effect, EventKind, LineHistory, LineName, SimEvent},
    time::Timestamp,
};
use std::time::Duration;

/// A sighting that is told within this is no late one: carriers give times in whole minutes.
const IN_TIME: Duration = Duration::from_secs(60);

/// What is done, and what must still hold when it is written.
#[derive(Default)]
pub(crate) struct Driving {
    pub(crate) effects: Effects,
    pub(crate) expect: Vec<(Key, Expected)>,
}

/// What is known of a line when an event of it comes.
#[derive(Default)]
pub(crate) struct KnownLine {
    pub(crate) row: Option<(LineRow, Position)>,
    pub(crate) history: LineHistory,
}

impl KnownLine {
    /// Its bindings.
    fn bindings(&self) -> impl Iterator<Item = BindingId> {
        self.row.iter().flat_map(|(row, _)| &row.bindings).map(|binding| binding.id)
    }

    /// Whether an event is of a kind, and came so, that nobody has to look at the line's bindings:
    /// so is the most that carriers tell.
    fn is_untouched_by(&self, event: &SimEvent, learned_at: Timestamp) -> bool {
        match event.kind {
            EventKind::HandsetObserved { imei } => {
                let known = || self.history.observed().iter().any(|seen| seen.imei == imei);
                learned_at <= event.occurred_at.plus(IN_TIME) || known()
            }
            _ => !event.kind.reopens(),
        }
    }
}

/// An event that is taken back.
pub(crate) struct TakenBack {
    pub(crate) event: SimEvent,
    pub(crate) line: LineName,
    /// The event as its entry has it.
    pub(crate) text: Sealed,
    drove: Vec<BindingId>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What an event does to the bindings of its line.
    pub(crate) async fn driven(
        &self,
        event: &SimEvent,
        line: &LineName,
        known: &KnownLine,
        learned_at: Timestamp,
    ) -> Result<Driving, ServiceError> {
        let mut driving = Driving::default();
        if known.is_untouched_by(event, learned_at) {
            return Ok(driving);
        }
        if event.kind.consequence().is_some() {
            // A binding that comes to the line meanwhile must hear it too.
            let row = keys::line(keys::line_hash(&*self.vault, &event.carrier, line))?;
            let version = known.row.as_ref().map(|(_, version)| *version);
            driving.expect.push((row, version.map_or(Expected::Absent, Expected::Version)));
        }
        let corrected = keys::corrected(&event.carrier, &event.id)?;
        if known.bindings().next().is_none() || self.stands_under(&corrected).await? {
            return Ok(driving);
        }
        driving.expect.push((corrected, Expected::Absent));
        for id in known.bindings() {
            let Some(mut standing) = self.binding_if_any(id).await? else { continue };
            if !line::hears(&standing.binding, event, line) {
                continue;
            }
            let reopened = line::reopening(&standing.binding, event, learned_at);
            let reopens = reopened.map(|open| Reopens { binding: id, open, without: None });
            driving.effects.reopens.extend(reopens);
            if let Some(done) = standing.binding.drive(event, learned_at) {
                let change = match done.effect {
                    Effect::Suspend => BindingChange::Suspended,
                    Effect::Hold => BindingChange::Held,
                    Effect::End => BindingChange::Revoked,
                };
                self.change_with(&mut driving, change, &standing)?;
            } else if standing.binding.welcome(event, learned_at) {
                self.change_with(&mut driving, BindingChange::SimArrived, &standing)?;
            }
        }
        Ok(driving)
    }

    /// What taking an event back does to the bindings that it drove.
    pub(crate) async fn undone(
        &self,
        back: &TakenBack,
        learned_at: Timestamp,
    ) -> Result<Driving, ServiceError> {
        let mut driving = Driving::default();
        let TakenBack { event, line, .. } = back;
        let corrected = keys::corrected(&event.carrier, &event.id)?;
        if self.stands_under(&corrected).await? {
            return Ok(driving);
        }
        driving.expect.push((corrected, Expected::Absent));
        let hash = keys::line_hash(&*self.vault, &event.carrier, line);
        let mut bindings: Vec<BindingId> = self
            .line_row(hash)
            .await?
            .into_iter()
            .flat_map(|(row, _)| row.bindings)
            .map(|b| b.id)
            .collect();
        bindings.extend(&back.drove);
        bindings.sort_unstable();
        bindings.dedup();
        let mut back_again = Vec::new();
        for id in bindings {
            let Some(mut standing) = self.binding_if_any(id).await? else { continue };
            let before = standing.binding.clone();
            let (certificate, expected) = self.certificate_use(&before, &back_again).await?;
            let undone = standing.binding.undo(&event.carrier, &event.id, certificate);
            if undone == Some(Effect::End) && standing.binding.succeeded.is_none() {
                back_again.push(before.person.clone());
            }
            if back.drove.contains(&id) {
                standing.binding.turn_away(event);
            }
            if standing.binding != before {
                self.change_with(&mut driving, BindingChange::Undone, &standing)?;
                driving.expect.extend(expected);
            }
            let hears = back.drove.contains(&id) || line::hears(&before, event, line);
            let open = line::reopening(&before, event, learned_at).filter(|_| hears);
            let without = Some(standing.binding.state);
            let reopens = open.map(|open| Reopens { binding: id, open, without });
            driving.effects.reopens.extend(reopens);
        }
        Ok(driving)
    }

    /// An event that is here, as it is to be taken back; `None` where its person was erased.
    pub(crate) async fn taken_back(
        &self,
        carrier: &CarrierId,
        id: &EventId,
        row: &EventRow,
    ) -> Result<Option<TakenBack>, ServiceError> {
        let entry = self.store.entry(LedgerKind::State, Position(row.position)).await?;
        let Some(entry) = entry else { return Ok(None) };
        let (entry, drove) = match decode_state(&entry.entry)? {
            StateEntry::Event(event) => (event, Vec::new()),
            StateEntry::EventDrove { event, effects } => {
                (event, effects.drove.iter().map(|drove| drove.binding).collect())
            }
            _ => return Ok(None),
        };
        let EventEntry { occurred_at, text: sealed, .. } = entry;
        let text: Option<EventText> = sealing::open(&*self.vault, sealing::EVENT, &sealed)?;
        let Some(EventText { line, kind }) = text else { return Ok(None) };
        let event = SimEvent { id: id.clone(), carrier: carrier.clone(), occurred_at, kind };
        Ok(Some(TakenBack { event, line: line.line, text: sealed, drove }))
    }

    fn change_with(
        &self,
        driving: &mut Driving,
        change: BindingChange,
        standing: &Standing,
    ) -> Result<(), ServiceError> {
        let Standing { binding, version, key } = standing;
        let sealed = sealing::seal(&*self.vault, *key, sealing::BINDING, binding)?;
        driving.effects.drove.push(Drove { binding: binding.id, change, sealed });
        driving.expect.push((keys::binding(binding.id)?, Expected::Version(*version)));
        Ok(())
    }

    /// Whether the certificate of a binding that an event of its line ended is still its own and its
    /// person may have it beside the present ones and those that came back, and what must hold for
    /// that.
    async fn certificate_use(
        &self,
        binding: &Binding,
        back_again: &[PersonRef],
    ) -> Result<(CertificateUse, Vec<(Key, Expected)>), ServiceError> {
        if !binding.driven.ended() {
            return Ok((CertificateUse::Free, Vec::new()));
        }
        let (_, person) = self.person_key(&binding.person).await?;
        let coming = back_again.iter().filter(|other| **other == binding.person).count();
        let room = match binding.succeeded {
            Some(_) => Ok(()),
            None => self.room_beside(&binding.person, &binding.sim.serving, coming).await,
        };
        let key = keys::certificate(&*self.vault, &binding.certificate.id)?;
        let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
        let Some(Some(row)) = snapshot.values.first() else {
            return Ok((CertificateUse::Free, vec![person, (key, Expected::Absent)]));
        };
        let CertificateRow { binding: newest } = decode_row(&row.value)?;
        let used = match room {
            _ if newest != binding.id => CertificateUse::BoundAnew,
            Ok(()) => CertificateUse::Free,
            Err(ServiceError::Refused(_)) => CertificateUse::NoRoom,
            Err(error) => return Err(error),
        };
        Ok((used, vec![person, (key, Expected::Version(row.version))]))
    }

    async fn binding_if_any(&self, id: BindingId) -> Result<Option<Standing>, ServiceError> {
        match self.binding(id).await {
            Ok(standing) => Ok(Some(standing)),
            Err(ServiceError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn stands_under(&self, key: &Key) -> Result<bool, ServiceError> {
        let snapshot = self.store.read(std::slice::from_ref(key)).await?;
        Ok(snapshot.values.first().is_some_and(Option::is_some))
    }

    pub(crate) async fn line_row(
        &self,
        hash: crate::ports::vault::LookupHash,
    ) -> Result<Option<(LineRow, Position)>, ServiceError> {
        let snapshot = self.store.read(&[keys::line(hash)?]).await?;
        let row = snapshot.values.first().and_then(Option::as_ref);
        row.map(|row| Ok((decode_row(&row.value)?, row.version))).transpose()
    }
}
