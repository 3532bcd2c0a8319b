use super::announce::Announcement;
use crate::{
    ids::{CarrierId, Eid, EventId, Iccid, Imei, LineRef, Msisdn},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How a carrier names a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineName {
    /// By its SIM.
    Iccid(Iccid),
    /// By the carrier's own reference.
    LineRef(LineRef),
    /// By its number.
    Msisdn(Msisdn),
}

/// Why a SIM was issued anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReissueCause {
    /// Not said.
    Unsaid,
    /// Lost or stolen.
    Lost,
    /// Broken.
    Broken,
    /// Another size.
    Size,
    /// From card to eSIM.
    Esim,
}

/// Why a line was suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuspensionCause {
    /// Not said.
    Unsaid,
    /// A loss was reported.
    Lost,
    /// A theft was reported.
    Stolen,
    /// Another reason.
    Other,
}

/// What happened to a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// The SIM was issued anew.
    SimReissued {
        /// The new SIM, where the carrier says.
        new_iccid: Option<Iccid>,
        /// Why.
        cause: ReissueCause,
    },
    /// The subscription on the SIM changed.
    ImsiChanged,
    /// The SIM came into another handset.
    HandsetChanged {
        /// The handset.
        imei: Imei,
    },
    /// The SIM was seen in a handset.
    HandsetObserved {
        /// The handset.
        imei: Imei,
    },
    /// The number left.
    PortedOut,
    /// The number came.
    PortedIn,
    /// The line was suspended.
    LineSuspended {
        /// Why.
        cause: SuspensionCause,
    },
    /// The line was resumed.
    LineResumed,
    /// The contract ended.
    ContractEnded,
    /// The contract went to another person.
    ContractTransferred,
    /// The contract went to an heir.
    ContractInherited,
    /// An eSIM profile was downloaded.
    EsimDownloaded {
        /// Onto this eUICC.
        eid: Option<Eid>,
    },
    /// An eSIM profile moved.
    EsimTransferred {
        /// Onto this eUICC.
        eid: Option<Eid>,
    },
    /// A loaner was handed out.
    LoanerStarted {
        /// The loaner.
        imei: Imei,
        /// When it must be back.
        until: Timestamp,
    },
    /// The loaner came back.
    LoanerEnded,
    /// The ICCID was given to a new SIM.
    IccidRecycled,
    /// The shop announced a change.
    ChangeAnnounced(Announcement),
}

/// An event about one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimEvent {
    /// The carrier's number of it.
    pub id: EventId,
    /// Who speaks.
    pub carrier: CarrierId,
    /// When it happened, as the carrier says.
    pub occurred_at: Timestamp,
    /// What happened.
    pub kind: EventKind,
}
