//! The background work: what is due is sent. Nothing waits for it, and a platform that hangs holds
//! up none but its own orders.

use crate::{
    engine::{Engine, Standing, TRIES, contended, engine_caller},
    error::ServiceError,
    ledger::{AppletRow, StateEntry, decode_row, keys},
    ports::{
        platform::{Instruction, Platform, Said},
        store::{Direction, Expected, Position, Scan, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    applet::{Action, Answer, Order, OrderRef, Taken},
    binding::{Sim, State},
    ids::{BindingId, CallerId, CarrierId},
    line::LineName,
};

/// The most bindings of one person that are looked at to find one that uses the same SIM.
const MOST_LOOKED_AT: usize = 1000;

/// An order that is to be sent.
#[derive(Debug)]
pub struct PlatformJob {
    platform: usize,
    binding: BindingId,
}

/// What is known of an applet, and the entry that wrote it.
pub(super) struct Read {
    pub(super) row: AppletRow,
    pub(super) version: Position,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What is due, at most so many; each must be given to [`Self::run_platform_job`].
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn platform_jobs(&self, most: usize) -> Result<Vec<PlatformJob>, ServiceError> {
        let mut jobs = Vec::new();
        for (platform, terms, served) in self.platforms.all() {
            for carrier in served {
                let room = self.platforms.room(platform).min(most.saturating_sub(jobs.len()));
                if room == 0 {
                    break;
                }
                // Those in work may still stand in front.
                let rows = (room + terms.at_once).min(Scan::MAX_ROWS);
                let due = self.due(carrier, rows).await?;
                let new = due.into_iter().filter(|id| self.platforms.opened(platform, *id));
                jobs.extend(new.take(room).map(|binding| PlatformJob { platform, binding }));
            }
        }
        Ok(jobs)
    }

    async fn due(&self, carrier: &CarrierId, rows: usize) -> Result<Vec<BindingId>, ServiceError> {
        let prefix = keys::due_orders(carrier)?;
        let scan = Scan { prefix, after: None, rows, direction: Direction::Ascending };
        let page = self.store.scan(scan).await?;
        let now = self.now();
        let due = page.rows.iter().filter_map(|(key, _)| keys::due_of(key));
        Ok(due.take_while(|(at, _)| *at <= now).map(|(_, id)| id).collect())
    }

    /// Sends what is due and takes the answer in. An order that gets none is due again later.
    pub async fn run_platform_job(&self, job: PlatformJob, port: &impl Platform) {
        let PlatformJob { platform, binding } = job;
        let sent = self.send(platform, binding, port).await;
        let answered = match &sent {
            Ok(answered) => *answered,
            Err(why) => {
                tracing::warn!(%why, "an order to a carrier's platform could not be worked on");
                None
            }
        };
        self.platforms.ended(platform, binding, answered);
    }

    /// Whether the platform answered; `None` where it was not asked.
    async fn send(
        &self,
        platform: usize,
        id: BindingId,
        port: &impl Platform,
    ) -> Result<Option<bool>, ServiceError> {
        let Some(terms) = self.platforms.terms(platform) else { return Ok(None) };
        let now = self.now();
        let Some(Read { row, version }) = self.applet(id).await? else { return Ok(None) };
        let Some(order) = row.applet.open().copied() else { return Ok(None) };
        if order.due().is_none_or(|due| due > now) {
            return Ok(None);
        }
        let Some(standing) = self.wanted(id, &order).await? else {
            self.answer(&engine_caller()?, id, order.id, Answer::Needless).await?;
            return Ok(None);
        };
        // That it may have been sent is on disk before it is.
        let jitter = self.random::<1>().map_or(0, |[byte]| byte);
        let pause = terms.retry.pause(order.tries.saturating_add(1), jitter).max(terms.timeout);
        let next = now.plus(pause);
        let entry = StateEntry::OrderSent { binding: id, order: order.id, next };
        let expect = vec![(keys::applet(id)?, Expected::Version(version))];
        match self.append_state(&entry, expect).await {
            Ok(_) => {}
            // A newer wish came first; its order is due.
            Err(StoreError::Conflict) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let sim = standing.binding.sim;
        let instruction = Instruction {
            platform: terms.carrier.clone(),
            carrier: row.carrier,
            id: keys::order_id(id, order.id),
            sequence: order.id,
            action: order.action,
            iccid: sim.present(),
            eid: sim.eid,
            given_at: order.since,
            timeout: terms.timeout,
        };
        match port.instruct(&instruction).await {
            Ok(said) => {
                let answer = match said {
                    Said::Accepted => Answer::Accepted { again: self.now().plus(terms.patience) },
                    Said::Confirmed => Answer::Confirmed,
                    Said::Refused(why) => Answer::Refused(why),
                };
                self.answer(&engine_caller()?, id, order.id, answer).await?;
                Ok(Some(true))
            }
            Err(why) => {
                tracing::warn!(platform = %terms.carrier, %why, "a carrier's platform did not answer");
                Ok(Some(false))
            }
        }
    }

    /// The binding whose order is to be sent; `None` where nothing is to be done any more: the
    /// person was erased, or the SIM that would lose its applet serves another binding.
    async fn wanted(&self, id: BindingId, order: &Order) -> Result<Option<Standing>, ServiceError> {
        let standing = match self.binding(id).await {
            Ok(standing) => standing,
            Err(ServiceError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        if order.action != Action::Delete {
            return Ok(Some(standing));
        }
        if self.serves_another(id, &standing.binding.sim).await? {
            return Ok(None);
        }
        let (mut after, mut looked_at) = (None, 0);
        loop {
            let page = self.bindings_of(&standing.binding.person, after, 100).await?;
            looked_at += page.0.len();
            let other = page.0.iter().map(|other| &other.binding).any(|other| {
                other.id != id
                    && other.sim.present() == standing.binding.sim.present()
                    && !matches!(other.state_at(self.now()), State::Ended { .. })
            });
            after = page.1;
            if other {
                return Ok(None);
            }
            if after.is_none() || looked_at >= MOST_LOOKED_AT {
                return Ok(Some(standing));
            }
        }
    }

    /// Whether the line of a SIM has another living binding, of whichever person: a SIM that was
    /// handed on, or that a terminal named which never had it, keeps its applet.
    async fn serves_another(&self, id: BindingId, sim: &Sim) -> Result<bool, ServiceError> {
        let line = LineName::Iccid(sim.iccid);
        let hash = keys::line_hash(&*self.vault, &sim.serving.carrier, &line);
        let Some((row, _)) = self.line_row(hash).await? else { return Ok(false) };
        for other in row.bindings.iter().filter(|other| other.id != id) {
            match self.binding(other.id).await {
                Ok(Standing { binding, .. })
                    if binding.sim.iccid == sim.iccid
                        && !matches!(binding.state_at(self.now()), State::Ended { .. }) =>
                {
                    return Ok(true);
                }
                Ok(_) | Err(ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    pub(super) async fn applet(&self, id: BindingId) -> Result<Option<Read>, ServiceError> {
        let snapshot = self.store.read(&[keys::applet(id)?]).await?;
        let Some(Some(stored)) = snapshot.values.into_iter().next() else { return Ok(None) };
        Ok(Some(Read { row: decode_row(&stored.value)?, version: stored.version }))
    }

    /// Writes what was heard of an order, if that is news.
    pub(super) async fn answer(
        &self,
        by: &CallerId,
        id: BindingId,
        order: OrderRef,
        answer: Answer,
    ) -> Result<Taken, ServiceError> {
        for _ in 0..TRIES {
            let Some(Read { row, version }) = self.applet(id).await? else {
                return Ok(Taken::Overtaken);
            };
            let taken = row.applet.taking(order, answer);
            if taken != Taken::Taken {
                return Ok(taken);
            }
            let by = by.clone();
            let entry = StateEntry::OrderAnswered { binding: id, order, by, answer };
            let expect = vec![(keys::applet(id)?, Expected::Version(version))];
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(taken),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}
