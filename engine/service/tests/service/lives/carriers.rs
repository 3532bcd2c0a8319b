//! What carriers tell, and take back.

use super::life::Life;
use crate::support::imei;
use simbind_core::{
    ids::EventId,
    line::{EventKind, ReissueCause, SuspensionCause},
};
use simbind_service::{
    ServiceError,
    ingest::{Message, Tidings},
};
use std::time::Duration;

impl Life {
    fn event(&mut self) -> EventKind {
        let (new_iccid, announcement) = (Some(self.coming_sim()), self.announcement());
        let kinds = [
            EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid },
            EventKind::SimReissued { new_iccid, cause: ReissueCause::Size },
            EventKind::SimReissued { new_iccid, cause: ReissueCause::Broken },
            EventKind::ImsiChanged,
            EventKind::HandsetObserved { imei: imei(1) },
            EventKind::HandsetChanged { imei: imei(77) },
            EventKind::PortedOut,
            EventKind::PortedIn,
            EventKind::LineSuspended { cause: SuspensionCause::Lost },
            EventKind::LineSuspended { cause: SuspensionCause::Stolen },
            EventKind::LineSuspended { cause: SuspensionCause::Unsaid },
            EventKind::LineResumed,
            EventKind::EsimTransferred { eid: None },
            EventKind::ChangeAnnounced(announcement),
        ];
        let ends = [
            EventKind::ContractEnded,
            EventKind::ContractTransferred,
            EventKind::ContractInherited,
            EventKind::IccidRecycled,
        ];
        let of = if self.dice.roll(8) == 0 { &ends[..] } else { &kinds[..] };
        self.dice.one(of).unwrap().clone()
    }

    pub(super) async fn tell(&mut self) -> Result<(), ServiceError> {
        let (id, kind) = (self.number(), self.event());
        let owner = match self.binding() {
            Some(binding) if self.dice.roll(3) > 0 => self.seen[&binding].owner,
            _ => self.person(),
        };
        let late = Duration::from_secs(3600 * self.dice.roll(30));
        let carrier = if self.dice.roll(8) == 0 { "kddi" } else { "docomo" };
        let mut message = self.world.message(carrier, &id, &self.people[owner], kind);
        message.occurred_at = message.occurred_at.minus(late);
        self.told.push((id, message.clone()));
        self.engine.ingest(&message).await.map(drop)
    }

    /// Takes an event back, or tells it once more. Young ones are taken back more often.
    pub(super) async fn correct_or_repeat(&mut self) -> Result<(), ServiceError> {
        let again = self.dice.roll(4) == 0;
        let young = self.told.len().saturating_sub(12);
        let of = if self.dice.roll(3) == 0 { &self.told[..] } else { &self.told[young..] };
        let Some((told, message)) = self.dice.one(of).cloned() else { return Ok(()) };
        let message = if again {
            message
        } else {
            self.corrected = true;
            let corrected: EventId = told.parse().unwrap();
            Message {
                id: self.number().parse().unwrap(),
                tidings: Tidings::Correction { corrected },
                ..message
            }
        };
        self.engine.ingest(&message).await.map(drop)
    }
}
