//! The answer to a check, and how answers join.

mod methods;

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use methods::{Methods, StepUpMethod};

/// Which question a check asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// A login at a relying party.
    Login,
    /// A tap on a reader.
    Tap,
}

/// One side of a binding that can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// The certificate is no longer on that SIM.
    CertificateSim,
    /// The SIM is no longer in that handset.
    SimHandset,
    /// The handset is no longer what it attested.
    HandsetAttestation,
    /// The SIM no longer serves that line.
    SimLine,
}

impl Edge {
    /// Every edge.
    pub const ALL: [Self; 4] =
        [Self::CertificateSim, Self::SimHandset, Self::HandsetAttestation, Self::SimLine];

    /// The edge's name in packs and in the catalogue of reasons.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CertificateSim => "certificate-sim",
            Self::SimHandset => "sim-handset",
            Self::HandsetAttestation => "handset-attestation",
            Self::SimLine => "sim-line",
        }
    }

    /// The edge of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edge| edge.as_str() == name)
    }

    /// Step-up methods that rest on this edge, and so prove nothing once it broke.
    pub const fn rests_on(self) -> &'static [StepUpMethod] {
        match self {
            Self::SimHandset | Self::CertificateSim => &[StepUpMethod::Sms, StepUpMethod::Reattest],
            Self::SimLine => &[StepUpMethod::Sms],
            Self::HandsetAttestation => &[StepUpMethod::Reattest],
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the rules answer. A plain value: it permits nothing by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against it.
    Allow,
    /// Only after one of these methods.
    StepUp(Methods),
    /// No.
    Deny,
}

impl Verdict {
    /// The more severe of both. Two step-ups join to the methods acceptable to both; where they
    /// have none in common, the join is a deny.
    #[must_use]
    #[inline]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Deny, _) | (_, Self::Deny) => Self::Deny,
            (Self::Allow, verdict) | (verdict, Self::Allow) => verdict,
            (Self::StepUp(a), Self::StepUp(b)) => a.intersect(b).map_or(Self::Deny, Self::StepUp),
        }
    }

    /// This verdict without the methods that rest on a broken edge; a deny where none is left.
    #[must_use]
    #[inline]
    pub fn without_methods_on(self, edge: Edge) -> Self {
        match self {
            Self::StepUp(methods) => methods.without_edge(edge).map_or(Self::Deny, Self::StepUp),
            verdict => verdict,
        }
    }

    /// How severe it is, its methods left aside.
    #[inline]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Allow => Severity::Allow,
            Self::StepUp(_) => Severity::StepUp,
            Self::Deny => Severity::Deny,
        }
    }
}

/// A verdict's rank: allow, then step up, then deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Allow.
    Allow,
    /// Step up.
    StepUp,
    /// Deny.
    Deny,
}

impl Severity {
    /// The word that packs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::StepUp => "step_up",
            Self::Deny => "deny",
        }
    }

    /// The severity of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Allow, Self::StepUp, Self::Deny].into_iter().find(|rank| rank.as_str() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
