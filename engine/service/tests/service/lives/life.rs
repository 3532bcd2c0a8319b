//! One life: people, what was acknowledged of them, and what comes next.

use super::{Dice, booth::Booth, over};
use crate::support::{PACK, Person, TestEngine, World, caller, in_person};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    ids::BindingId,
};
use simbind_service::{
    ServiceError,
    ingest::Message,
    pin::{PinReport, Witness},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// The most present bindings of one person.
pub(super) const DEVICES: usize = 3;
/// The most handsets of one binding.
pub(super) const HANDSETS: usize = 2;
/// The longest overlap of a renewal.
pub(super) const OVERLAP: Duration = Duration::from_secs(3 * 86_400);
/// The longest that a loaner is lent.
pub(super) const LOANER: Duration = Duration::from_secs(5 * 86_400);
/// What one step is, by chance.
const KINDS: u64 = 40;

/// An acknowledged binding, as it was seen last.
pub(super) struct Seen {
    pub(super) owner: usize,
    pub(super) state: State,
    /// Ended, and by nothing that a carrier can take back.
    pub(super) over_for_good: bool,
}

impl Seen {
    pub(super) const fn new(owner: usize, state: State) -> Self {
        Self { owner, state, over_for_good: false }
    }
}

pub(super) struct Life {
    pub(super) world: World,
    pub(super) engine: Arc<TestEngine>,
    pub(super) people: Vec<Person>,
    pub(super) seen: BTreeMap<BindingId, Seen>,
    pub(super) booths: Vec<Booth>,
    pub(super) told: Vec<(String, Message)>,
    pub(super) dice: Dice,
    pub(super) step: u32,
    /// Whether this step took an event back.
    pub(super) corrected: bool,
    pub(super) done: u32,
    /// Requests at booths so far.
    pub(super) asked: u32,
    /// How often each thing took effect.
    pub(super) tally: BTreeMap<&'static str, u32>,
    pack: String,
}

impl Life {
    pub(super) async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let persons = 1 + seed % 2;
        let pack = format!(
            "{PACK}\n[life]\ndevices = {DEVICES}\nhandsets = {HANDSETS}\noverlap = \"3d\"\n\
             loaner = \"5d\"\nrelease_persons = {persons}\n"
        );
        let engine = world.restarted(&pack).await;
        let mut people: Vec<_> = (1..=6).map(|n| Person::new(&world.authority, n)).collect();
        // One person has several phones, and two certificates sit on one SIM.
        for device in [1, 5] {
            people[device].name = people[0].name.clone();
        }
        people[4].iccid = people[3].iccid;
        Self {
            world,
            engine,
            people,
            seen: BTreeMap::new(),
            booths: Vec::new(),
            told: Vec::new(),
            dice: Dice(seed),
            step: 0,
            corrected: false,
            done: 0,
            asked: 0,
            tally: BTreeMap::new(),
            pack,
        }
    }

    pub(super) fn number(&self) -> String {
        format!("n{}", self.step)
    }

    /// A binding, mostly one that lives.
    pub(super) fn binding(&mut self) -> Option<BindingId> {
        let living: Vec<_> =
            self.seen.iter().filter(|(_, seen)| !over(seen.state)).map(|(id, _)| *id).collect();
        let all: Vec<_> = self.seen.keys().copied().collect();
        let of = if self.dice.roll(8) == 0 { &all } else { &living };
        self.dice.one(of).copied()
    }

    pub(super) fn person(&mut self) -> usize {
        self.dice.place(self.people.len())
    }

    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    pub(super) async fn one_step(&mut self) -> Result<(), ServiceError> {
        self.corrected = false;
        let (what, done) = match self.dice.roll(KINDS) {
            0..=4 => ("enrol", self.enrol().await),
            5..=11 => ("ticket", self.at_a_booth().await),
            12 | 13 => ("renew", self.renew().await),
            14 => ("replace handset", self.replace_handset().await),
            15 => ("replace sim", self.replace_sim().await),
            16 => ("add handset", self.add_handset().await),
            17 => ("loaner", self.lend_or_return().await),
            18 => ("announce", self.announce().await),
            19..=26 => return self.desk().await,
            27 => ("check", self.check().await),
            28..=31 => ("tell", self.tell().await),
            32 | 33 => ("correct", self.correct_or_repeat().await),
            34 => ("sweep", self.sweep().await),
            35..=38 => {
                let hours = self.dice.roll(14);
                self.world.clock.move_on(Duration::from_secs(3600 * hours));
                return Ok(());
            }
            _ => {
                self.engine = self.world.restarted(&self.pack).await;
                return Ok(());
            }
        };
        if done.is_ok() {
            self.count(what);
        }
        done
    }

    /// What a counter or a help desk does with a binding that is there.
    async fn desk(&mut self) -> Result<(), ServiceError> {
        let Some(id) = self.binding() else { return Ok(()) };
        let (number, engine) = (self.number(), Arc::clone(&self.engine));
        let (what, done) = match self.dice.roll(10) {
            0..=2 => {
                let why = [Why::Lost, Why::Stolen, Why::Owner, Why::Clerical];
                let why = *self.dice.one(&why).unwrap();
                ("hold", engine.hold(&caller("hotline"), id, why).await)
            }
            3 | 4 => ("release", engine.release(&caller("city-hall"), id).await),
            5 => ("confirm", engine.confirm_release(&caller("ward-office"), id).await),
            6 => {
                let why = [Why::Owner, Why::Disposed, Why::LineTransferred, Why::Clerical];
                let why = *self.dice.one(&why).unwrap();
                ("revoke", engine.revoke(&caller("city-hall"), id, why).await)
            }
            7 => ("reprove", self.reprove(id).await),
            8 => {
                let (by, request) = (caller("city-hall"), number.parse().unwrap());
                engine.reset_pin(&by, &request, id, &in_person()).await?;
                return Ok(());
            }
            _ => {
                let certificate = self.people[self.seen[&id].owner].certificate();
                let (by, request) = (caller("bank"), number.parse().unwrap());
                let wrong = PinReport::Wrong(1);
                engine.report_pin(&by, Witness::Party, &request, certificate, wrong).await?;
                return Ok(());
            }
        };
        done?;
        self.count(what);
        Ok(())
    }

    async fn sweep(&self) -> Result<(), ServiceError> {
        self.engine.sweep().await?;
        self.engine.end_overdue_tickets(100).await.map(drop)
    }

    async fn check(&mut self) -> Result<(), ServiceError> {
        let owner = self.person();
        let login = self.people[owner].login(&self.engine, &self.number());
        self.engine.check(&login).await.map(drop)
    }

    /// That a life had some of everything in it, so that what holds of it is not empty; and what.
    pub(super) fn was_full(&self) -> String {
        let ends = self.seen.values().filter(|seen| over(seen.state)).count();
        assert!(self.done > super::STEPS / 3 && self.seen.len() > 10 && ends > 5);
        for what in ["renew", "replace handset", "replace sim", "ticket", "activated", "loaner"] {
            assert!(self.tally.contains_key(what), "no {what} took effect");
        }
        let (done, bindings) = (self.done, self.seen.len());
        format!("{done} took effect, {bindings} bindings, {ends} ended, {:?}", self.tally)
    }
}
