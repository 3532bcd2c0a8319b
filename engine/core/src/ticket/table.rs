use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Something that has been seen or done on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A phone showed the codes: it is the ticket's from then on.
    Joined,
    /// The applet was downloaded.
    Loaded,
    /// The key pair was made and the certificate was written.
    Certificate,
    /// The person set a PIN.
    Pin,
    /// The SIM was seen.
    Sim,
    /// The handset was seen, with its attestation.
    Handset,
}

impl Step {
    /// All of them, in the order in which they are usually taken.
    pub const ALL: [Self; 6] =
        [Self::Joined, Self::Sim, Self::Loaded, Self::Certificate, Self::Pin, Self::Handset];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps(u8);

impl Steps {
    /// No step.
    pub const NONE: Self = Self(0);

    /// These steps.
    pub const fn of(steps: &[Step]) -> Self {
        let mut bits = 0;
        let mut rest = steps;
        while let [step, more @ ..] = rest {
            bits |= step.bit();
            rest = more;
        }
        Self(bits)
    }

    /// Whether the step is among them.
    pub const fn has(self, step: Step) -> bool {
        self.0 & step.bit() != 0
    }

    /// Whether all of the others are among them.
    pub const fn has_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, step: Step) -> Self {
        Self(self.0 | step.bit())
    }

    /// Without those.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Each, in the order in which they are usually taken.
    pub fn iter(self) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(move |step| self.has(*step))
    }
}

/// Who gave a ticket up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ender {
    /// The clerk.
    Clerk,
    /// The person, on the phone.
    Person,
}

/// Where a ticket stands. Only an open one changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Steps can be taken.
    Open,
    /// Its binding is active.
    Activated,
    /// Somebody gave it up.
    GivenUp(Ender),
    /// Its time passed.
    Expired,
}

/// What can happen to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A phone shows the codes.
    Join,
    /// The applet is downloaded.
    Load,
    /// The certificate is written.
    Write,
    /// The PIN is set.
    SetPin,
    /// The SIM is seen.
    SeeSim,
    /// Another SIM is seen than before: what lies on the SIM is to be done again.
    ChangeSim,
    /// The handset is seen with its attestation.
    SeeHandset,
    /// The clerk gives out new codes: another phone may join, and all that the earlier one did is
    /// to be done again.
    Recode,
    /// Certificate, SIM and handset proved that they belong together.
    Activate,
    /// The clerk gives up.
    GiveUpAtCounter,
    /// The person gives up.
    GiveUpOnPhone,
    /// Time passes.
    Expire,
}

/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The step has been taken.
    Done(Step),
    /// These steps have not.
    Undone(Steps),
    /// The ticket is over.
    Over(State),
}

/// One line of the table: an act upon an open ticket, the steps that must have been taken, and what
/// it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The act.
    pub act: Act,
    /// What must have been done.
    pub needs: Steps,
    /// What it does.
    pub effect: Effect,
}

const fn line(act: Act, needs: &[Step], effect: Effect) -> Transition {
    Transition { act, needs: Steps::of(needs), effect }
}

/// All that can happen to an open ticket. Nothing happens to one that is over.
pub const TRANSITIONS: &[Transition] = &[
    line(Act::Join, &[], Effect::Done(Step::Joined)),
    line(Act::SeeSim, &[], Effect::Done(Step::Sim)),
    line(
        Act::ChangeSim,
        &[Step::Sim],
        Effect::Undone(Steps::of(&[Step::Loaded, Step::Certificate, Step::Pin])),
    ),
    line(Act::Load, &[Step::Joined], Effect::Done(Step::Loaded)),
    line(Act::Write, &[Step::Joined, Step::Sim, Step::Loaded], Effect::Done(Step::Certificate)),
    line(Act::SetPin, &[Step::Joined, Step::Loaded], Effect::Done(Step::Pin)),
    line(Act::SeeHandset, &[Step::Joined], Effect::Done(Step::Handset)),
    line(
        Act::Recode,
        &[],
        Effect::Undone(Steps::of(&[
            Step::Joined,
            Step::Loaded,
            Step::Certificate,
            Step::Pin,
            Step::Handset,
        ])),
    ),
    line(Act::Activate, &Step::ALL, Effect::Over(State::Activated)),
    line(Act::GiveUpAtCounter, &[], Effect::Over(State::GivenUp(Ender::Clerk))),
    line(Act::GiveUpOnPhone, &[Step::Joined], Effect::Over(State::GivenUp(Ender::Person))),
    line(Act::Expire, &[], Effect::Over(State::Expired)),
];

/// An act that must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The ticket is over.
    #[error("the ticket is over ({})", over(*.0))]
    Over(State),
    /// A step is missing.
    #[error("{} first", missing(*.0))]
    Missing(Step),
}

const fn over(state: State) -> &'static str {
    match state {
        State::Activated => "its binding is active",
        State::GivenUp(_) => "given up",
        State::Expired | State::Open => "expired",
    }
}

const fn missing(step: Step) -> &'static str {
    match step {
        Step::Joined => "a phone must join the ticket",
        Step::Loaded => "the applet must be downloaded",
        Step::Certificate => "the certificate must be written",
        Step::Pin => "the PIN must be set",
        Step::Sim => "the SIM must be seen",
        Step::Handset => "the handset must be seen with its attestation",
    }
}

/// How far a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// What has been done.
    pub done: Steps,
}

impl Progress {
    /// A ticket that was just opened.
    pub const OPENED: Self = Self { state: State::Open, done: Steps::NONE };

    /// After an act, by the table.
    ///
    /// # Errors
    /// Where the ticket is over, or a step is missing that the act needs.
    pub fn after(self, act: Act) -> Result<Self, Refused> {
        if self.state != State::Open {
            return Err(Refused::Over(self.state));
        }
        // A test holds that each act has its line.
        let line = TRANSITIONS.iter().find(|line| line.act == act);
        let Some(Transition { needs, effect, .. }) = line else {
            return Err(Refused::Over(self.state));
        };
        if let Some(step) = needs.iter().find(|step| !self.done.has(*step)) {
            return Err(Refused::Missing(step));
        }
        Ok(match *effect {
            Effect::Done(step) => Self { done: self.done.with(step), ..self },
            Effect::Undone(steps) => Self { done: self.done.without(steps), ..self },
            Effect::Over(state) => Self { state, ..self },
        })
    }
}
