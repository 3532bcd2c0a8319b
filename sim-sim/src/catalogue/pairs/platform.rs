//! Twins of the carriers' platforms.

use super::{Kind, Pair};

pub(super) const PAIRS: &[Pair] = &[
    Pair::differs(
        "a lost phone whose applet was to be locked",
        Kind::LockedAndFound,
        Kind::LockUnanswered,
        "a counter lifted the hold, which stands whether or not the platform confirms the lock",
    ),
    Pair::differs(
        "an applet that was locked, and signs",
        Kind::LockedAndFound,
        Kind::LockedSimCopied,
        "the unlock was ordered before the signature, and not the lock alone confirmed",
    ),
    Pair::differs(
        "a phone that was given away, whose applet was to be deleted",
        Kind::EndedAndReplaced,
        Kind::DeletedSimCopied,
        "the applet that signs is not the one that the platform deleted",
    ),
    Pair::differs(
        "an applet that was deleted by mistake and loaded again",
        Kind::WrongEndReloaded,
        Kind::ReloadedSimCopied,
        "the key that signs was written after the applet was loaded again",
    ),
];
