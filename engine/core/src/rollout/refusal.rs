//! Why a change is not permitted.

use thiserror::Error;

/// Why a change of the packs in service is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No packs are staged.
    #[error("no packs are staged")]
    NothingStaged,
    /// Others are staged than those that are named.
    #[error("other packs are staged than those named")]
    OtherStaged,
    /// They are in service.
    #[error("these packs are in service")]
    AlreadyLive,
    /// The packs to leave were left already.
    #[error("the packs to leave are not in service any more")]
    NotLive,
    /// They were never in service, so there is no going back to them.
    #[error("these packs were never in service for all; stage them")]
    NeverLive,
    /// There is no version before the one in service.
    #[error("no packs were in service before these")]
    NothingBefore,
    /// Whoever staged packs cannot approve them.
    #[error("whoever staged the packs cannot approve them")]
    OwnStaging,
    /// The same caller has approved them, or enough have.
    #[error("the packs are approved already")]
    AlreadyApproved,
    /// A second person has to approve first.
    #[error("the nation's pack changes: a second person has to approve the packs first")]
    ApprovalMissing,
    /// Only the step back right after an activation is one person's.
    #[error("the nation's pack changes: stage these packs and have a second person approve them")]
    StageInstead,
    /// Versions of bundles only go up.
    #[error("the bundle has version {version}; version {highest} was in service already")]
    OldBundle {
        /// The bundle's version.
        version: u64,
        /// The highest that was in service.
        highest: u64,
    },
    /// Packs were put in service by a person, so those of the configuration are not.
    #[error("the packs in service were put there by a person")]
    NotByConfiguration,
}
