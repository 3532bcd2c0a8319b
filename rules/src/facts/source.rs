//! Who supplies a fact.

use super::enums::{HandsetRelation, LineLatch, SimLatch, SimState};
use super::schema::Fact;
use super::value::{FactEnum, FactType};

/// A kind of happening that a carrier's feed can tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Happening {
    /// A new SIM was issued for the line.
    Reissue,
    /// The SIM's subscriber identity changed.
    ImsiChange,
    /// The SIM came into another handset.
    HandsetChange,
    /// The number left for another carrier.
    PortOut,
    /// The number came from another carrier.
    PortIn,
    /// The line was suspended or resumed.
    Suspension,
    /// The contract ended.
    ContractEnd,
    /// The contract went to another person.
    Transfer,
    /// The contract was inherited.
    Inheritance,
    /// An eSIM profile was downloaded or moved.
    Esim,
    /// A loaner was lent or came back.
    Loaner,
    /// The ICCID was given out again.
    Recycling,
}

impl Happening {
    /// Every kind, in the order in which packs list them.
    pub const ALL: [Self; 12] = [
        Self::Reissue,
        Self::ImsiChange,
        Self::HandsetChange,
        Self::PortOut,
        Self::PortIn,
        Self::Suspension,
        Self::ContractEnd,
        Self::Transfer,
        Self::Inheritance,
        Self::Esim,
        Self::Loaner,
        Self::Recycling,
    ];

    /// The word that packs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reissue => "reissue",
            Self::ImsiChange => "imsi_change",
            Self::HandsetChange => "handset_change",
            Self::PortOut => "port_out",
            Self::PortIn => "port_in",
            Self::Suspension => "suspension",
            Self::ContractEnd => "contract_end",
            Self::Transfer => "transfer",
            Self::Inheritance => "inheritance",
            Self::Esim => "esim",
            Self::Loaner => "loaner",
            Self::Recycling => "recycling",
        }
    }

    /// The kind of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Who supplies a fact. A fact can have several suppliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The engine, out of what it recorded itself.
    Engine,
    /// The check's certificate, its chain, and the issuer's word on its status.
    Certificate,
    /// A signature over the transcript.
    Signature,
    /// The handset's attestation.
    Attestation,
    /// What the transcript claims.
    Claims,
    /// The configuration of the caller.
    Configuration,
    /// The reader.
    Reader,
    /// The enrolment ticket.
    Ticket,
    /// The carrier's platform, by what it was ordered and what it confirmed.
    Platform,
    /// The registry of handsets, readers and trials.
    Registry,
    /// The carrier's feed, by telling of these kinds; by being heard at all, where there are none.
    Feed(&'static [Happening]),
}

impl Source {
    /// The supplier in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Certificate => "certificate",
            Self::Signature => "signature",
            Self::Attestation => "attestation",
            Self::Claims => "transcript's claims",
            Self::Configuration => "caller's configuration",
            Self::Reader => "reader",
            Self::Ticket => "ticket",
            Self::Platform => "carrier's platform",
            Self::Registry => "registry",
            Self::Feed(_) => "feed",
        }
    }
}

pub(super) const ENGINE: &[Source] = &[Source::Engine];
pub(super) const CERTIFICATE: &[Source] = &[Source::Certificate];
pub(super) const SIGNATURE: &[Source] = &[Source::Signature];
pub(super) const ATTESTATION: &[Source] = &[Source::Attestation];
pub(super) const CLAIMS: &[Source] = &[Source::Claims];
pub(super) const CONFIGURATION: &[Source] = &[Source::Configuration];
pub(super) const READER: &[Source] = &[Source::Reader];
pub(super) const APP: &[Source] = &[Source::Claims, Source::Attestation];
pub(super) const SIM_IN_USE: &[Source] = &[Source::Reader, Source::Claims];
pub(super) const WHEREABOUTS: &[Source] = &[
    Source::Signature,
    Source::Claims,
    Source::Feed(&[Happening::HandsetChange, Happening::Loaner]),
];
pub(super) const IMEI: &[Source] =
    &[Source::Attestation, Source::Claims, Source::Feed(&[Happening::HandsetChange])];
pub(super) const ICCID: &[Source] = &[
    Source::Reader,
    Source::Claims,
    Source::Feed(&[Happening::Reissue, Happening::Esim, Happening::Recycling]),
];
pub(super) const HANDSET_CHANGES: &[Source] = &[Source::Feed(&[Happening::HandsetChange])];
pub(super) const SIM_CHANGES: &[Source] = &[Source::Feed(&[
    Happening::Reissue,
    Happening::ImsiChange,
    Happening::Esim,
    Happening::Recycling,
])];
pub(super) const SIM_DATES: &[Source] = &[Source::Feed(&[
    Happening::Reissue,
    Happening::ImsiChange,
    Happening::Esim,
    Happening::Recycling,
    Happening::PortIn,
])];
pub(super) const LOANERS: &[Source] = &[Source::Feed(&[Happening::Loaner])];
pub(super) const SIM_STATES: &[Source] = &[Source::Feed(&[
    Happening::PortOut,
    Happening::Suspension,
    Happening::ContractEnd,
    Happening::Recycling,
])];
pub(super) const LINE_CHANGES: &[Source] = &[Source::Feed(&[
    Happening::PortOut,
    Happening::PortIn,
    Happening::ContractEnd,
    Happening::Transfer,
    Happening::Inheritance,
])];
pub(super) const FEED: &[Source] = &[Source::Feed(&[])];
pub(super) const TICKET: &[Source] = &[Source::Ticket, Source::Configuration];
pub(super) const PLATFORM: &[Source] = &[Source::Platform];
pub(super) const REGISTRY: &[Source] = &[Source::Registry];
pub(super) const CHANGES: &[Source] =
    &[Source::Engine, Source::Signature, Source::Claims, Source::Feed(&Happening::ALL)];
pub(super) const ANY_EVENT: &[Source] = &[Source::Feed(&Happening::ALL)];

impl Fact {
    /// The kinds of happening out of which a feed supplies this fact; none where it does not.
    pub fn told_by(self) -> &'static [Happening] {
        let kinds = self.sources().iter().find_map(|source| match source {
            Source::Feed(kinds) => Some(*kinds),
            _ => None,
        });
        kinds.unwrap_or_default()
    }

    /// Whether this is the time since something that only the feed tells of, so that it reaches
    /// back no further than the feed does.
    pub fn looks_back(self) -> bool {
        self.ty() == FactType::Duration && matches!(self.sources(), [Source::Feed([_, ..])])
    }

    /// The kinds that give an enum this value, by its index; none where it does not come from a
    /// feed alone.
    pub fn value_told_by(self, index: i64) -> &'static [Happening] {
        use Happening as H;
        fn of<E: FactEnum>(index: i64) -> Option<E> {
            E::from_index(u8::try_from(index).ok()?)
        }
        match self {
            Self::SimLatch => match of(index) {
                Some(SimLatch::Reissued) => &[H::Reissue],
                Some(SimLatch::ImsiChanged) => &[H::ImsiChange],
                Some(SimLatch::EsimMoved) => &[H::Esim],
                Some(SimLatch::Recycled) => &[H::Recycling],
                Some(SimLatch::Clear) | None => &[],
            },
            Self::SimState => match of(index) {
                Some(SimState::Suspended) => &[H::Suspension],
                Some(SimState::Ended) => &[H::PortOut, H::ContractEnd],
                Some(SimState::Recycled) => &[H::Recycling],
                Some(SimState::Active) | None => &[],
            },
            Self::LineLatch => match of(index) {
                Some(LineLatch::PortedOut) => &[H::PortOut],
                Some(LineLatch::PortedIn) => &[H::PortIn],
                Some(LineLatch::Transferred) => &[H::Transfer],
                Some(LineLatch::Inherited) => &[H::Inheritance],
                Some(LineLatch::Ended) => &[H::ContractEnd],
                Some(LineLatch::Clear) | None => &[],
            },
            Self::HandsetRelation => match of(index) {
                Some(HandsetRelation::Loaner) => &[H::Loaner],
                Some(
                    HandsetRelation::Bound | HandsetRelation::OwnOther | HandsetRelation::Foreign,
                )
                | None => &[],
            },
            _ => &[],
        }
    }
}
