//! Decisions as they are kept.

use super::{decode, encode};
use crate::ports::store::ProjectionError;
use serde::{Deserialize, Serialize};
use simbind_core::{
    ids::{BindingId, CallerId, CarrierId, DecisionId, RequestId},
    time::Timestamp,
};
use simbind_rules::{CheckKind, Edge, Verdict};

/// A decision under which rules were snoozed: those stand behind what version 1 has.
pub(crate) const SNOOZED: u8 = 2;

/// A decision that used a handset's token: the token's mark stands behind what is snoozed.
pub(crate) const TOKEN: u8 = 3;

/// A rule that had a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiredEntry {
    /// Its pack.
    pub pack: String,
    /// Its id.
    pub rule: String,
    /// Whether its condition held, or was unknown.
    pub held: bool,
}

/// A limit that a check reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitEntry {
    /// The code of its reason.
    pub reason: String,
    /// When the check may be tried again.
    pub retry_at: Timestamp,
}

/// A decision as it is kept. It holds no identifier of a person: the binding stands for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionEntry {
    /// Its id.
    pub id: DecisionId,
    /// The decision that it follows from.
    pub parent: Option<DecisionId>,
    /// Login or tap.
    pub kind: CheckKind,
    /// Who asked.
    pub caller: CallerId,
    /// The relying party or the reader.
    pub audience: String,
    /// The caller's number of the request.
    pub request: RequestId,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// The challenge that it consumed; `None` where it consumed none.
    pub challenge: Option<[u8; 16]>,
    /// The binding.
    pub binding: Option<BindingId>,
    /// The carrier whose packs decided.
    pub carrier: Option<CarrierId>,
    /// Its host.
    pub host: Option<CarrierId>,
    /// The facts, as `simbind_rules` encodes them.
    pub facts: Vec<u8>,
    /// The limit that was reached.
    pub limit: Option<LimitEntry>,
    /// The step-up method that was proved, for a child.
    pub proved: Option<simbind_rules::StepUpMethod>,
    /// The verdict.
    pub verdict: Verdict,
    /// The reasons' codes.
    pub reasons: Vec<String>,
    /// The edge that broke.
    pub edge: Option<Edge>,
    /// The rules that had a part.
    pub fired: Vec<FiredEntry>,
    /// SHA-256 over the packs.
    pub packs: [u8; 32],
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The state position that was read.
    pub position: u64,
    /// The rules, as pack/rule, that were snoozed and would have said more. Kept behind the rest,
    /// where there are any.
    #[serde(skip)]
    pub snoozed: Vec<String>,
    /// The mark of the handset's token that it used. Kept behind the rest, where there is one.
    #[serde(skip)]
    pub token: Option<[u8; 16]>,
}

/// The bytes of a decision.
///
/// # Errors
/// Where it cannot be encoded, which no decision of ours can be.
pub fn encode_decision(entry: &DecisionEntry) -> Result<Vec<u8>, ProjectionError> {
    let version = match entry.token {
        None if entry.snoozed.is_empty() => return encode(entry),
        None => SNOOZED,
        Some(_) => TOKEN,
    };
    let unwritten = |_| ProjectionError { what: "a new entry" };
    let bytes = postcard::to_extend(entry, vec![version]).map_err(unwritten)?;
    let bytes = postcard::to_extend(&entry.snoozed, bytes).map_err(unwritten)?;
    match &entry.token {
        None => Ok(bytes),
        Some(token) => postcard::to_extend(token, bytes).map_err(unwritten),
    }
}

/// The decision of the bytes.
///
/// # Errors
/// Where they are of a newer format, or damaged.
pub fn decode_decision(bytes: &[u8]) -> Result<DecisionEntry, ProjectionError> {
    let bad = |_| ProjectionError { what: "a decision" };
    match bytes {
        [TOKEN, rest @ ..] => {
            let (entry, rest): (DecisionEntry, _) = postcard::take_from_bytes(rest).map_err(bad)?;
            let (snoozed, rest) = postcard::take_from_bytes(rest).map_err(bad)?;
            let token = postcard::from_bytes(rest).map_err(bad)?;
            Ok(DecisionEntry { snoozed, token: Some(token), ..entry })
        }
        [SNOOZED, rest @ ..] => {
            let (entry, rest): (DecisionEntry, _) = postcard::take_from_bytes(rest).map_err(bad)?;
            Ok(DecisionEntry { snoozed: postcard::from_bytes(rest).map_err(bad)?, ..entry })
        }
        bytes => decode("a decision", bytes),
    }
}
