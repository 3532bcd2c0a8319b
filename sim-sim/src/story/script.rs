//! A script in the making.

use super::action::{
    Action, CheckPlan, EventPlan, Hand, Happening, LineBy, Operation, Place, Reader, Reading, Slot,
    Speaker, Staple, Twist, Voice,
};
use crate::{
    catalogue::Kind,
    world::{apple::APPLE_APP_ID, person::Traits},
};
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use std::time::Duration;

/// Whether a counter knows the person's other handset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    Unknown,
    Enrolled,
}

/// A person's day, or year.
pub(crate) struct Script {
    pub(crate) kind: Kind,
    pub(crate) traits: Traits,
    /// What follows enrolment at once.
    pub(crate) before: Vec<Action>,
    /// What the day holds, by minute since it began.
    pub(crate) steps: Vec<(u32, Action)>,
    /// Whether days have passed since the binding, or nobody asks that they have.
    settled: bool,
    pub(super) spare: Spare,
    /// How many handsets the certificate is bound with.
    pub(super) handsets: u32,
    pub(super) rng: ChaCha20Rng,
    minute: u32,
}

impl Script {
    pub(super) fn new(kind: Kind, traits: Traits, settled: bool, rng: ChaCha20Rng) -> Self {
        Self {
            kind,
            traits,
            settled,
            before: Vec::new(),
            steps: Vec::new(),
            spare: Spare::Unknown,
            handsets: 1,
            rng,
            minute: 0,
        }
    }

    /// The minute that the script is at.
    pub(super) const fn minute(&self) -> u32 {
        self.minute
    }

    /// Has the person's other handset enrolled: long ago where nothing has happened yet.
    pub(super) fn enrol_other(&mut self) -> &mut Self {
        match self.spare {
            Spare::Enrolled => {}
            Spare::Unknown if self.steps.is_empty() => {
                self.before.push(Action::AddHandset(Hand::Other));
            }
            Spare::Unknown => {
                self.act(Action::AddHandset(Hand::Other)).wait(5, 60);
            }
        }
        if self.spare == Spare::Unknown {
            self.spare = Spare::Enrolled;
            self.handsets += 1;
        }
        self
    }

    /// Lets time pass until a minute of the day; never goes back.
    pub(super) fn until(&mut self, minute: u32) -> &mut Self {
        self.minute = self.minute.max(minute);
        self
    }

    /// Lets some minutes pass.
    pub(super) fn wait(&mut self, least: u32, most: u32) -> &mut Self {
        self.minute += self.rng.random_range(least..=most);
        self
    }

    pub(super) fn act(&mut self, action: Action) -> &mut Self {
        self.steps.push((self.minute, action));
        self
    }

    pub(super) fn check(&mut self, plan: CheckPlan) -> &mut Self {
        self.act(Action::Check(Box::new(plan)))
    }

    /// The serving carrier speaks of something that has just happened.
    pub(super) fn event(&mut self, happening: Happening) -> &mut Self {
        self.event_of(happening, Duration::ZERO)
    }

    /// The serving carrier speaks of something that happened a while ago.
    pub(super) fn event_of(&mut self, happening: Happening, ago: Duration) -> &mut Self {
        let line = match self.rng.random_range(0..4) {
            0 => LineBy::LineRef,
            1 => LineBy::Msisdn,
            _ => LineBy::Iccid,
        };
        self.event_by(happening, ago, line)
    }

    pub(super) fn event_by(
        &mut self,
        happening: Happening,
        ago: Duration,
        line: LineBy,
    ) -> &mut Self {
        let speaker = Speaker::Serving;
        self.act(Action::Event(EventPlan { speaker, happening, ago, line, copies: 1 }))
    }

    /// The network sees the SIM in a slot, and some time passes in which that is still fresh.
    pub(super) fn seen(&mut self, slot: Slot) -> &mut Self {
        self.event(Happening::Observed(slot)).wait(15, 80)
    }

    pub(super) fn is_iphone(&self) -> bool {
        self.traits.model.is_iphone()
    }

    /// An operation that an honest person may ask for. Nobody pays who was bound a moment ago.
    pub(super) fn operation(&mut self) -> Operation {
        match self.rng.random_range(0..3) {
            0 if !self.settled => Operation::Balance,
            0 => Operation::Transfer,
            1 => Operation::Application,
            _ => Operation::Balance,
        }
    }

    /// The same on a handset that is not the first: few ask to pay there.
    pub(super) fn operation_elsewhere(&mut self) -> Operation {
        match self.rng.random_range(0..10) {
            0 => Operation::Transfer,
            1..=4 => Operation::Application,
            _ => Operation::Balance,
        }
    }

    /// A reader that is content with a bare tap.
    pub(super) fn bare_reader(&mut self) -> Reader {
        if self.rng.random_range(0..3) == 0 { Reader::Terminal } else { Reader::Door }
    }

    /// One of the ways in which an issuer tells.
    pub(super) fn voice(&mut self) -> Voice {
        match self.rng.random_range(0..3) {
            0 => Voice::List,
            1 => Voice::Responder,
            _ => Voice::Word,
        }
    }

    /// Any reader.
    pub(super) fn reader(&mut self) -> Reader {
        match self.rng.random_range(0..3) {
            0 => Reader::Counter,
            1 => Reader::Terminal,
            _ => Reader::Door,
        }
    }

    /// An honest round trip at a reader, in microseconds.
    fn round_trip(&mut self) -> u32 {
        self.rng.random_range(30_000..=110_000)
    }

    /// A check with the SIM in a slot of a handset, with all that this handset can say.
    pub(super) fn with(&mut self, kind: Kind, place: Place, slot: Slot) -> CheckPlan {
        let bare = matches!(place, Place::Bare(_));
        let (token, suite) = (matches!(place, Place::Token(_)), self.traits.model.suite);
        let iphone = self.is_iphone() && slot.0 != Hand::Loaner;
        let plan = CheckPlan {
            kind,
            place,
            copied: false,
            signer: (!bare && slot.0 != Hand::Loaner).then_some(slot.0),
            claim: (!bare && !iphone).then_some(slot),
            seat: (!bare).then_some(slot),
            app: if iphone { APPLE_APP_ID } else { suite.business() },
            ui: suite.ui(),
            reading: if token { Reading::Own } else { Reading::Untold },
            round_trip: 0,
            twist: Twist::Straight,
            staple: Staple::Nothing,
        };
        CheckPlan { round_trip: self.round_trip(), ..plan }
    }

    /// An honest check of one of the everyday kinds in a slot, with what must come before it.
    pub(super) fn everyday(&mut self, kind: Kind, label: Kind, slot: Slot) -> &mut Self {
        let place = match kind {
            Kind::BrowserLogin => Place::Browser(self.operation()),
            Kind::TapDoor => Place::Bare(self.bare_reader()),
            Kind::TapToken => Place::Token(self.reader()),
            _ => Place::App(self.operation()),
        };
        if matches!(place, Place::Bare(_)) {
            self.seen(slot);
        }
        let plan = self.with(label, place, slot);
        self.check(plan)
    }
}
