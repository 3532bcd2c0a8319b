//! Values of facts about the life of a binding: issue, changes, the carrier's platform, models.

use serde::{Deserialize, Serialize};

use super::super::value::{EnumType, FactEnum, FactType, FactValue};

fact_enums! {
    /// Where and how the person of a binding was identified when it was issued.
    Identification {
        /// At a municipal counter.
        Counter = "counter",
        /// At another place that is approved for it.
        ApprovedPlace = "approved_place",
        /// At home, with the physical card.
        HomeCard = "home_card",
    }
    /// What changed since SIM, handset and person were last proved together.
    ChangeCause {
        /// Nothing.
        None = "none",
        /// The SIM came into another handset.
        SimMoved = "sim_moved",
        /// A new SIM was issued for the line.
        SimReissued = "sim_reissued",
        /// The number went to another carrier, or came from one.
        Ported = "ported",
        /// The eSIM profile was downloaded anew or moved.
        EsimTransferred = "esim_transferred",
        /// The SIM moved to another slot of the same handset.
        SlotChanged = "slot_changed",
        /// A loaner stands in for the handset.
        Loaner = "loaner",
        /// The certificate or the binding was renewed.
        Renewed = "renewed",
        /// The ICCID was given out again.
        Recycled = "recycled",
        /// The contract of the line ended.
        LineEnded = "line_ended",
        /// The contract of the line went to another person.
        LineTransferred = "line_transferred",
        /// Something changed, and what is not told.
        Unsaid = "unsaid",
    }
    /// Whether a change was announced before it was seen, and by whom.
    ChangeExpectation {
        /// Nothing changed.
        None = "none",
        /// By the shop, through the carrier.
        Announced = "announced",
        /// By a clerk of a counter.
        Counter = "counter",
        /// It came with a renewal.
        Renewed = "renewed",
        /// It was proved again since.
        Reproved = "reproved",
        /// By nobody.
        Unannounced = "unannounced",
    }
    /// An order to the carrier's platform that it has not confirmed.
    AppletOrder {
        /// None is open.
        None = "none",
        /// To load the applet.
        Load = "load",
        /// To lock it.
        Lock = "lock",
        /// To unlock it.
        Unlock = "unlock",
        /// To delete it.
        Delete = "delete",
    }
    /// What the carrier's platform confirmed of the applet.
    AppletState {
        /// It is on the SIM, and can be used.
        Loaded = "loaded",
        /// It is locked.
        Locked = "locked",
        /// It is deleted.
        Deleted = "deleted",
    }
    /// How a model of handset or reader stands in the registry.
    Listing {
        /// Listed, and certified.
        Certified = "certified",
        /// Listed.
        Listed = "listed",
        /// Withdrawn: it was listed, and is not to be used any more.
        Withdrawn = "withdrawn",
        /// Not there.
        Unlisted = "unlisted",
    }
    /// The NFC types of a model of handset.
    Nfc {
        /// It has no NFC.
        None = "none",
        /// Type A.
        TypeA = "type_a",
        /// Type B.
        TypeB = "type_b",
        /// Type F.
        TypeF = "type_f",
        /// More than one.
        Several = "several",
    }
    /// The secure element of a model of handset.
    SecureElement {
        /// It has none.
        None = "none",
        /// One that is built in.
        Embedded = "embedded",
        /// The SIM is it.
        Sim = "sim",
    }
    /// What trying a model of reader with a model of handset gave.
    Trial {
        /// It works.
        Passed = "passed",
        /// It works in part, or not each time.
        Partial = "partial",
        /// It does not work.
        Failed = "failed",
        /// Nobody tried.
        Untested = "untested",
    }
}
