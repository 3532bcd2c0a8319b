//! The parts of a pack.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Happening};
use crate::life::Term;
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Methods, Severity};

/// A pack's file: its name, for diagnostics, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackSource {
    /// Name that diagnostics use, such as the file's path.
    pub name: String,
    /// TOML.
    pub text: String,
}

/// Byte range in a pack's text.
pub(crate) type Span = Range<usize>;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Whom a pack is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    Country(String),
    Carrier(String),
    /// `own_core` says that it runs a core network of its own, so that its lines are not its
    /// host's and its feed is its own.
    Mvno {
        mvno: String,
        host: String,
        own_core: bool,
    },
}

/// Which kinds of check something stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(crate) login: bool,
    pub(crate) tap: bool,
    /// Events of a carrier's feed: for limits only.
    pub(crate) event: bool,
}

impl Kinds {
    pub(crate) fn has(self, kind: CheckKind) -> bool {
        match kind {
            CheckKind::Login => self.login,
            CheckKind::Tap => self.tap,
        }
    }
}

/// What a condition that comes out unknown means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unknown {
    /// The rule stays silent.
    Ignore,
    /// The rule asks for a step-up.
    StepUp,
    /// The rule refuses.
    Deny,
}

impl Unknown {
    pub(crate) const WORDS: [&'static str; 3] = ["ignore", "step_up", "deny"];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "ignore" => Some(Self::Ignore),
            "step_up" => Some(Self::StepUp),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

/// Whether a parameter is a duration or a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamType {
    Duration,
    Int,
}

/// Which way a parameter loosens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Softer {
    Less,
    More,
}

#[derive(Clone, Debug)]
pub(crate) struct ParamDoc {
    pub(crate) name: Spanned<String>,
    pub(crate) ty: ParamType,
    pub(crate) default: i64,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) softer: Softer,
}

#[derive(Clone, Debug)]
pub(crate) struct SetDoc {
    pub(crate) param: Spanned<String>,
    pub(crate) ty: ParamType,
    pub(crate) value: Spanned<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct AdjustDoc {
    pub(crate) rule: Spanned<String>,
    pub(crate) verdict: Option<Spanned<Severity>>,
    pub(crate) unknown: Option<Spanned<Unknown>>,
    pub(crate) methods: Option<Spanned<Methods>>,
}

#[derive(Clone, Debug)]
pub(crate) struct RuleDoc {
    pub(crate) id: Spanned<String>,
    pub(crate) on: Kinds,
    pub(crate) when: Spanned<String>,
    pub(crate) verdict: Severity,
    pub(crate) unknown: Option<Spanned<Unknown>>,
    pub(crate) floor: Option<Spanned<Severity>>,
    pub(crate) methods: Option<Spanned<Methods>>,
    pub(crate) reason: ReasonCode,
    pub(crate) unknown_reason: ReasonCode,
    /// Rules with which it overlaps on purpose.
    pub(crate) beside: Vec<Spanned<String>>,
}

/// What a limit counts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKey {
    /// The certificate.
    Certificate,
    /// The SIM.
    Iccid,
    /// The handset.
    Imei,
    /// The relying party.
    RelyingParty,
    /// The reader.
    Reader,
    /// The carrier's feed of events.
    CarrierFeed,
}

impl LimitKey {
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Certificate, "certificate"),
        (Self::Iccid, "iccid"),
        (Self::Imei, "imei"),
        (Self::RelyingParty, "relying_party"),
        (Self::Reader, "reader"),
        (Self::CarrierFeed, "carrier_feed"),
    ];
}

#[derive(Clone, Debug)]
pub(crate) struct LimitDoc {
    pub(crate) id: Spanned<String>,
    pub(crate) on: Kinds,
    pub(crate) per: Vec<LimitKey>,
    pub(crate) count: u32,
    pub(crate) period_ms: i64,
    pub(crate) burst: u32,
    pub(crate) reason: ReasonCode,
}

/// Named facts that tests start from.
#[derive(Clone, Debug)]
pub(crate) struct BaseDoc {
    pub(crate) name: Spanned<String>,
    pub(crate) given: Vec<Given>,
}

/// A fact by name and text, already known to be right.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Given {
    pub(crate) fn put(&self, facts: &mut Facts) {
        // Names and values were checked as the pack was read.
        let _ = facts.set_by_name(&self.name, &self.text);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct TestDoc {
    pub(crate) name: Spanned<String>,
    pub(crate) on: CheckKind,
    pub(crate) base: Option<Spanned<String>>,
    pub(crate) given: Vec<Given>,
    pub(crate) params: Vec<SetDoc>,
    pub(crate) expect: Expect,
}

/// What a test asks for; at least one of these.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expect {
    pub(crate) verdict: Option<Severity>,
    pub(crate) at_least: Option<Severity>,
    pub(crate) reason: Option<Spanned<ReasonCode>>,
    pub(crate) edge: Option<crate::verdict::Edge>,
    pub(crate) methods: Option<Methods>,
    /// Rules that speak.
    pub(crate) fired: Vec<Spanned<String>>,
    /// Rules that stay silent.
    pub(crate) silent: Vec<Spanned<String>>,
}

/// What a pack says of the feed behind its lines.
#[derive(Clone, Debug)]
pub(crate) struct FeedDoc {
    pub(crate) span: Span,
    /// How far back the feed can see, in milliseconds.
    pub(crate) history: Spanned<i64>,
    pub(crate) tells: Vec<Spanned<Happening>>,
    /// Rules of the packs above that ask further back, each with why that must do.
    pub(crate) short: Vec<(Spanned<String>, String)>,
}

/// The `[feed]` of a pack.
#[derive(Clone, Debug)]
pub(crate) enum FeedSection {
    Missing,
    /// It has mistakes, which are told.
    Unread,
    Read(FeedDoc),
}

impl FeedSection {
    pub(crate) fn read(&self) -> Option<&FeedDoc> {
        match self {
            Self::Read(feed) => Some(feed),
            Self::Missing | Self::Unread => None,
        }
    }
}

/// The `[life]` of a pack: nothing where it has none.
#[derive(Clone, Debug, Default)]
pub(crate) struct LifeDoc {
    pub(crate) terms: Vec<(Term, Spanned<i64>)>,
}

/// A pack as written.
#[derive(Clone, Debug)]
pub(crate) struct PackDoc {
    pub(crate) id: Spanned<String>,
    pub(crate) extends: Option<Spanned<String>>,
    pub(crate) applies: Applies,
    pub(crate) feed: FeedSection,
    pub(crate) life: LifeDoc,
    pub(crate) params: Vec<ParamDoc>,
    pub(crate) sets: Vec<SetDoc>,
    pub(crate) adjusts: Vec<AdjustDoc>,
    pub(crate) rules: Vec<RuleDoc>,
    /// Conditions of rules that have other mistakes.
    pub(crate) broken: Vec<Spanned<String>>,
    pub(crate) limits: Vec<LimitDoc>,
    pub(crate) bases: Vec<BaseDoc>,
    pub(crate) tests: Vec<TestDoc>,
}
