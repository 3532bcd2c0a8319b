//! What can happen in a step.

use super::{counter, events, life, platform, registry, state, succession};
use crate::catalogue::Kind;
use simbind_proto::v1::{ReissueCause, SuspensionCause};
use std::time::Duration;

/// One of the handsets of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hand {
    /// The first that was enrolled.
    Bound,
    /// The person's other one.
    Other,
    /// A shop's.
    Loaner,
    /// A stranger's.
    Foreign,
}

/// A SIM slot of a handset, and so one of its IMEIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) Hand, pub(crate) usize);

/// How sensitive a login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// To look at something.
    Balance,
    /// To apply for something.
    Application,
    /// To pay.
    Transfer,
}

/// A reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    Door,
    Counter,
    Terminal,
}

/// Where a check takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    App(Operation),
    Browser(Operation),
    Bare(Reader),
    Token(Reader),
}

/// What is odd about how a check is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    /// Nothing.
    Straight,
    /// It is sent twice, byte for byte, and must be decided once.
    Repeat,
    /// The login before is sent again under another request id.
    Replay,
    /// It was signed for another relying party.
    OtherParty,
    /// The handset's proof is the one of the login before.
    OldProof,
    /// The handset's proof is by the copy of its key.
    CopiedKey,
}

/// What a reader tells of the card's number beside the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Nothing.
    Untold,
    /// The number of the SIM that signs.
    Own,
    /// Another SIM's.
    Another,
}

/// What a check brings of the issuer's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Staple {
    /// Nothing.
    Nothing,
    /// The answer of now.
    Fresh,
    /// The one that was kept before.
    Kept,
}

/// How the issuer lets a certificate stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    Held,
    Revoked,
}

/// How the issuer tells of a certificate first; its lists say the same from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// By a new list.
    List,
    /// By a responder's answer.
    Responder,
    /// By its own word.
    Word,
}

/// A check.
#[derive(Clone, Debug)]
pub(crate) struct CheckPlan {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Made with the copied SIM.
    pub(crate) copied: bool,
    /// The handset whose attested key signs.
    pub(crate) signer: Option<Hand>,
    /// The IMEI that is claimed.
    pub(crate) claim: Option<Slot>,
    /// Where the SIM sits, for an applet that learns its terminal's IMEI.
    pub(crate) seat: Option<Slot>,
    /// The app that the person logs in to.
    pub(crate) app: &'static str,
    /// The app that holds the applet, where that is another.
    pub(crate) ui: Option<&'static str>,
    /// What a reader tells of the card's number.
    pub(crate) reading: Reading,
    /// The round trip at the reader, in microseconds.
    pub(crate) round_trip: u32,
    pub(crate) twist: Twist,
    pub(crate) staple: Staple,
}

/// Who sends an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// The carrier that serves the line.
    Serving,
    /// One that has no word over the line, in its own name.
    Stranger,
    /// The same, in the serving carrier's name.
    Impostor,
}

/// How an event names its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineBy {
    Iccid,
    LineRef,
    Msisdn,
}

/// What a carrier says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happening {
    Observed(Slot),
    Changed(Slot),
    LoanerStarted(Hand),
    LoanerEnded,
    Reissued {
        cause: ReissueCause,
        tells_new: bool,
    },
    EsimDownloaded,
    PortedOut,
    Recycled,
    Suspended(SuspensionCause),
    Resumed,
    ContractEnded,
    Transferred,
    Inherited,
    /// The shop announced a handset.
    Announced(Hand),
    /// Takes back the newest event of the serving carrier about this line.
    Correction,
}

/// An event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventPlan {
    pub(crate) speaker: Speaker,
    pub(crate) happening: Happening,
    /// How long before it is sent it happened.
    pub(crate) ago: Duration,
    pub(crate) line: LineBy,
    /// How often it is sent.
    pub(crate) copies: u32,
}

/// What happens in a step.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Check(Box<CheckPlan>),
    Event(EventPlan),
    /// All events that were sent about this line are sent again, in their order.
    ResendEvents,
    /// A counter enrols another handset; the bound one: an iPhone with the app installed anew.
    AddHandset(Hand),
    /// The bound handset loses its key and makes a new one.
    LoseKey,
    /// The line moves to the person's next SIM; the key comes with it.
    NextIccid,
    /// A counter sees person and SIM again.
    Reprove,
    /// A counter ends the binding and binds the same certificate with the handset as it is now.
    BindAgain,
    /// A counter binds a new certificate, SIM and handset of the person.
    NewBinding,
    /// So many wrong PIN entries are reported.
    WrongPins(u32),
    /// The right PIN was entered, as the app reports after wrong ones.
    RightPin,
    /// The issuer tells how the certificate stands from now on.
    Standing(Standing, Voice),
    /// The issuer's answer of now is kept.
    KeepAnswer,
    /// What follows belongs to a kind.
    Begin(Kind),
    /// The other handset is the person's first from now on, and there is a fresh other one.
    Adopt,
    /// The person gets another other handset.
    FreshHandset,
    /// The person gets another next SIM.
    FreshSim,
    /// A thief copies the SIM as it is.
    CopySim,
    /// A thief copies the bound handset's key as it is.
    CopyHandset,

    Life(life::Act),

    Counter(counter::Act),

    Events(events::Act),

    Platform(platform::Act),

    Registry(registry::Act),

    #[expect(dead_code, reason = "no story has such a step yet")]
    State(state::Act),

    Succession(succession::Act),
}
