//! What a counter binds, and what follows a binding.

use super::life::{LOANER, Life, Seen};
use crate::{
    succession::{model_change, renewal, sim_change},
    support::{Person, Phone, caller, imei, reproved},
};
use simbind_core::{
    ids::{BindingId, RequestId},
    line::{Announcement, Awaited},
};
use simbind_service::{
    ServiceError, Standing,
    succession::{Lent, LoanRequest},
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

impl Life {
    fn request(&self) -> RequestId {
        self.number().parse().unwrap()
    }

    /// A new certificate; some end within the life.
    pub(super) fn certified(&mut self, name: &str) -> Person {
        let serial = 100 + self.step;
        let mut next = Person::new(&self.world.authority, serial);
        if self.dice.roll(3) == 0 {
            next = next.ending(&self.world.authority, 5 + self.dice.roll(25));
        }
        name.clone_into(&mut next.name);
        next
    }

    /// An acknowledged binding, by the place of its person.
    pub(super) fn acknowledged(&mut self, owner: usize, standing: &Standing) {
        let state = standing.binding.state;
        self.seen.insert(standing.binding.id, Seen::new(owner, state));
    }

    pub(super) async fn enrol(&mut self) -> Result<(), ServiceError> {
        let owner = self.person();
        let asked = self.people[owner].asked(&self.engine, &self.world.authority);
        let made = self.engine.enrol(&caller("city-hall"), &self.request(), asked).await?;
        self.acknowledged(owner, &made);
        Ok(())
    }

    /// The next certificate of a binding's person, on the same SIM.
    fn next_of(&mut self, id: BindingId) -> Person {
        let owner = self.seen[&id].owner;
        let name = self.people[owner].name.clone();
        let mut next = self.certified(&name);
        next.iccid = self.people[owner].iccid;
        next
    }

    fn succeeded(&mut self, next: Person, made: &Standing) {
        self.people.push(next);
        self.acknowledged(self.people.len() - 1, made);
    }

    pub(super) async fn renew(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let next = self.next_of(id);
        let asked = renewal(id, &next);
        let made = self.engine.renew(&caller("city-hall"), &self.request(), asked).await?;
        self.succeeded(next, &made);
        Ok(())
    }

    pub(super) async fn replace_handset(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let mut next = self.next_of(id);
        let mut asked = model_change(&self.world, id, &next);
        asked.place = self.dice.place(2);
        if self.dice.roll(2) == 0 {
            let mut sim = next.asked(&self.engine, &self.world.authority).sim;
            sim.iccid = Person::new(&self.world.authority, 5000 + self.step).iccid;
            next.iccid = sim.iccid;
            asked.sim = Some(sim);
        }
        let by = caller("city-hall");
        let made = self.engine.replace_handset(&by, &self.request(), asked).await?;
        self.succeeded(next, &made);
        Ok(())
    }

    pub(super) async fn replace_sim(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let mut next = self.next_of(id);
        let mut sim = next.asked(&self.engine, &self.world.authority).sim;
        if self.dice.roll(6) > 0 {
            sim.iccid = Person::new(&self.world.authority, 5000 + self.step).iccid;
        }
        if self.dice.roll(4) == 0 {
            sim.serving.carrier = "kddi".parse().unwrap();
        }
        next.iccid = sim.iccid;
        let asked = sim_change(id, &next, sim);
        let made = self.engine.replace_sim(&caller("city-hall"), &self.request(), asked).await?;
        self.succeeded(next, &made);
        Ok(())
    }

    pub(super) async fn add_handset(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let phone = Phone::attested(5000 + self.step);
        let handset = phone.request(&self.engine, &self.world.authority);
        self.engine.add_handset(&caller("city-hall"), id, handset).await.map(drop)
    }

    pub(super) async fn reprove(&mut self, id: BindingId) -> Result<Standing, ServiceError> {
        let (number, iccid) = (self.number(), self.people[self.seen[&id].owner].iccid);
        reproved(&self.engine, &number, id, iccid).await
    }

    pub(super) async fn lend_or_return(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let hours = 1 + self.dice.roll(LOANER.as_secs() / 3600);
        let until = self.engine.now().plus(Duration::from_secs(3600 * hours));
        let asked = match self.dice.roll(3) {
            0 => LoanRequest::Return,
            _ => LoanRequest::Lend(Lent { imei: imei(77), until }),
        };
        self.engine.loan(&caller("city-hall"), &self.request(), id, asked).await.map(drop)
    }

    pub(super) async fn announce(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let announcement = self.announcement();
        self.engine.announce_change(&caller("city-hall"), id, announcement).await.map(drop)
    }

    /// A change that is to come: of a few SIMs and handsets, so that some do come.
    pub(super) fn announcement(&mut self) -> Announcement {
        let what = match self.dice.roll(4) {
            0 => Awaited::Line,
            1 => Awaited::Handset { imei: Some(imei(77)) },
            _ => Awaited::Sim { iccid: Some(self.coming_sim()), eid: None },
        };
        let days = 1 + u32::try_from(self.dice.roll(20)).unwrap();
        Announcement { what, until: self.engine.now().plus(DAY * days) }
    }

    /// One of the SIMs that carriers issue anew.
    pub(super) fn coming_sim(&mut self) -> simbind_core::ids::Iccid {
        let serial = 9000 + u32::try_from(self.dice.roll(6)).unwrap();
        Person::new(&self.world.authority, serial).iccid
    }
}
