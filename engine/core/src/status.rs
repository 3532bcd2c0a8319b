//! What an issuer has said of one certificate, and what that comes to.
//!
//! Three voices speak: the issuer's list, its responder (asked, pushed or stapled to a check: who
//! carried a signed answer makes no difference), and the issuer's own word as a caller. The list
//! is the weakest, the word the strongest. What they come to:
//!
//! 1. Revoked by anyone is revoked, for good (RFC 5280 section 5.3.1): nothing takes it back.
//! 2. A hold stands until a newer answer of the same or a stronger voice says good. So an answer
//!    that was good before the hold lifts nothing, whenever and however often it is shown.
//! 3. Otherwise the certificate is good, by the answer that is least overdue, the newest of those.
//!    A word that has run out lifts a hold still, and says nothing else: it is owed no newer one.
//!
//! Of one voice the newest answer counts; of two with one time, the more severe. An answer of good
//! that is dated ahead of us counts from when it was learned, and gives way to a hold that comes
//! after it.

#[cfg(test)]
mod tests;

use crate::{check::StatusFinding, time::Timestamp};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::{CertificateStatus, StatusSource};
use std::{cmp::Reverse, time::Duration};

/// How far ahead of us the clock of one who answers may be.
pub const SKEW: Duration = Duration::from_secs(300);

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    /// A list of the issuer.
    List,
    /// A responder that was asked, or that pushed its answer.
    Responder,
    /// A responder's answer that came with a check.
    Stapled,
    /// The issuer's own word as a caller.
    Word,
}

/// How strong a voice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Voice {
    List,
    Responder,
    Word,
}

impl Source {
    /// The source as rules read it.
    pub const fn as_fact(self) -> StatusSource {
        match self {
            Self::List => StatusSource::Crl,
            Self::Responder => StatusSource::Ocsp,
            Self::Stapled => StatusSource::Stapled,
            Self::Word => StatusSource::Word,
        }
    }

    const fn voice(self) -> Voice {
        match self {
            Self::List => Voice::List,
            Self::Responder | Self::Stapled => Voice::Responder,
            Self::Word => Voice::Word,
        }
    }
}

/// Why a certificate was revoked, by the numbers of RFC 5280 section 5.3.1: 0 to 10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RevocationReason(u8);

impl RevocationReason {
    /// No reason was given.
    pub const UNSPECIFIED: Self = Self(0);

    /// The reason of a number; one that there is not counts as unspecified.
    pub const fn of(number: u8) -> Self {
        // 6 is a hold, 8 takes an entry off a list, and 7 is not used.
        match number {
            1..=5 | 9 | 10 => Self(number),
            _ => Self::UNSPECIFIED,
        }
    }

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standing {
    /// Neither held nor revoked.
    Good,
    /// On hold: it can come back.
    Held {
        /// Since when.
        since: Timestamp,
    },
    /// Revoked for good.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: RevocationReason,
    },
}

impl Standing {
    /// 0 is good, 2 the most severe.
    pub const fn severity(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Held { .. } => 1,
            Self::Revoked { .. } => 2,
        }
    }
}

/// One answer about a certificate, with its source and its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it says.
    pub standing: Standing,
    /// Who said it.
    pub source: Source,
    /// As of when it is true (thisUpdate).
    pub as_of: Timestamp,
    /// When a newer answer is owed (nextUpdate); `None` where none is.
    pub next: Option<Timestamp>,
    /// When it was learned here.
    pub learned_at: Timestamp,
}

impl Answer {
    /// How long a newer answer has been owed; zero while this one holds.
    pub fn overdue(&self, now: Timestamp) -> Duration {
        self.next.map_or(Duration::ZERO, |next| now.since(next))
    }

    fn is_overdue(&self, now: Timestamp) -> bool {
        self.next.is_some_and(|next| next < now)
    }

    /// How long ago it was true.
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(self.as_of)
    }

    /// The answer as rules read it.
    pub fn finding(&self, now: Timestamp) -> StatusFinding {
        StatusFinding::Said {
            status: match self.standing {
                Standing::Good => CertificateStatus::Good,
                Standing::Held { .. } => CertificateStatus::Held,
                Standing::Revoked { .. } => CertificateStatus::Revoked,
            },
            age: self.age(now),
            overdue: self.overdue(now),
            source: self.source,
        }
    }

    const fn is_revoked(&self) -> bool {
        matches!(self.standing, Standing::Revoked { .. })
    }

    /// From when it counts beside others. One of good never counts from later than it was learned:
    /// a clock that is ahead must not put it behind a hold that comes after it.
    fn counts_from(&self) -> Timestamp {
        match self.standing {
            Standing::Good => self.as_of.min(self.learned_at),
            Standing::Held { .. } | Standing::Revoked { .. } => self.as_of,
        }
    }

    /// Whether this one of a voice counts in place of another of the same.
    fn replaces(&self, other: &Self) -> bool {
        let order = |answer: &Self| (answer.counts_from(), answer.standing.severity());
        order(self) > order(other) || self.holds_after_one_ahead(other)
    }

    /// Whether this holds, and was learned after one of good whose clock was ahead: how far, nobody
    /// knows, so that within the skew their times tell no order.
    fn holds_after_one_ahead(&self, other: &Self) -> bool {
        matches!(self.standing, Standing::Held { .. })
            && other.standing == Standing::Good
            && other.as_of > other.learned_at
            && self.learned_at > other.learned_at
            && self.as_of > other.learned_at.minus(SKEW)
    }
}

/// What became of an answer that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It counts now.
    Taken,
    /// It says what was known.
    Known,
    /// A newer answer of the same voice is known, or the certificate was revoked before.
    Overtaken,
}

/// What is known of one certificate beside its issuer's list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    revoked: Option<Answer>,
    responder: Option<Answer>,
    word: Option<Answer>,
}

impl Known {
    /// Takes an answer in. Of a list only a revocation is kept: the list itself has the rest.
    pub fn take(&mut self, answer: Answer) -> Taken {
        if let Some(before) = &self.revoked {
            return if answer.is_revoked() || *before == answer {
                Taken::Known
            } else {
                Taken::Overtaken
            };
        }
        if answer.is_revoked() {
            self.revoked = Some(answer);
            return Taken::Taken;
        }
        let slot = match answer.source.voice() {
            Voice::List => return Taken::Overtaken,
            Voice::Responder => &mut self.responder,
            Voice::Word => &mut self.word,
        };
        match slot {
            Some(before) if answer.replaces(before) => *slot = Some(answer),
            None => *slot = Some(answer),
            Some(before) if before.as_of == answer.as_of && before.standing == answer.standing => {
                return Taken::Known;
            }
            Some(_) => return Taken::Overtaken,
        }
        Taken::Taken
    }

    /// What all comes to, with what the issuer's list says and what a check brought; `None` where
    /// nobody has said anything.
    pub fn joined(
        &self,
        list: Option<Answer>,
        brought: Option<Answer>,
        now: Timestamp,
    ) -> Option<Answer> {
        let mut known = *self;
        if let Some(brought) = brought {
            known.take(brought);
        }
        let voices = [list, known.responder, known.word];
        let all = || voices.iter().flatten();
        if let Some(revoked) = known.revoked.as_ref().or_else(|| all().find(|a| a.is_revoked())) {
            return Some(*revoked);
        }
        let lifted = |hold: &Answer| {
            all().any(|other| {
                other.standing == Standing::Good
                    && other.source.voice() > hold.source.voice()
                    && other.counts_from() > hold.as_of
            })
        };
        let held = all().filter(|a| matches!(a.standing, Standing::Held { .. }) && !lifted(a));
        if let Some(held) = held.max_by_key(|hold| hold.as_of) {
            return Some(*held);
        }
        // What is left of a hold is that it was lifted: its own voice is as fresh as it was, and a
        // word that has run out says no more than that.
        let good = all().filter(|answer| answer.source != Source::Word || !answer.is_overdue(now));
        let good = good.map(|answer| Answer { standing: Standing::Good, ..*answer });
        good.max_by_key(|answer| (Reverse(answer.overdue(now)), answer.as_of))
    }

    /// The newest answer of the responder.
    pub const fn responder(&self) -> Option<&Answer> {
        self.responder.as_ref()
    }

    /// Whether it is known to be revoked.
    pub const fn is_revoked(&self) -> bool {
        self.revoked.is_some()
    }
}
