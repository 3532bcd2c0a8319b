use serde::{Deserialize, Serialize};
use simbind_core::{
    ids::{CallerId, DecisionId},
    time::Timestamp,
};

/// A support code was asked for. A code that stood for nothing is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InquiryEntry {
    /// Who asked.
    pub by: CallerId,
    /// When.
    pub at: Timestamp,
    /// The decisions that the code stood for, the newest first; none for a wrong code.
    pub decisions: Vec<DecisionId>,
}
