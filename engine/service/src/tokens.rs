//! Tokens of handsets that were used, until they would have ended anyway.

#[cfg(test)]
mod tests;

use crate::digest::sha256;
use parking_lot::Mutex;
use simbind_core::{ids::ChallengeId, time::Timestamp, token::HandsetToken};
use std::collections::{BTreeMap, HashMap};

/// Stands for a token in entries and in memory: a part of its SHA-256, from which nothing can be
/// learned about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenMark(pub(crate) [u8; 16]);

impl TokenMark {
    /// The mark of a token.
    pub fn of(token: &HandsetToken) -> Self {
        let mut mark = [0; 16];
        mark.iter_mut().zip(sha256(&token.encode())).for_each(|(to, from)| *to = from);
        Self(mark)
    }
}

/// What using a token came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// It is this check's.
    Own,
    /// Another check used it.
    Other,
    /// No more can be remembered.
    Full,
}

struct Use {
    /// The challenge of the check that used it.
    owner: ChallengeId,
    ends: Timestamp,
}

#[derive(Default)]
struct Table {
    uses: HashMap<TokenMark, Use>,
    ends: BTreeMap<(Timestamp, TokenMark), ()>,
    /// The latest end of a use that was forgotten.
    forgotten_until: Option<Timestamp>,
}

/// The tokens that were used and have not ended, bounded in number.
pub struct UsedTokens {
    table: Mutex<Table>,
    most: usize,
}

impl UsedTokens {
    /// Remembers at most this many.
    pub fn new(most: usize) -> Self {
        Self { table: Mutex::default(), most }
    }

    /// Uses a token for the check of a challenge, unless another check did.
    pub fn take(
        &self,
        mark: TokenMark,
        owner: ChallengeId,
        ends: Timestamp,
        now: Timestamp,
    ) -> TokenUse {
        let mut table = self.table.lock();
        if let Some(used) = table.uses.get(&mark) {
            return if used.owner == owner { TokenUse::Own } else { TokenUse::Other };
        }
        // A clock that went ahead and back: what ended then may be among what was forgotten.
        if table.forgotten_until.is_some_and(|until| ends <= until) {
            return TokenUse::Other;
        }
        table.forget_ended(now);
        if table.uses.len() >= self.most {
            return TokenUse::Full;
        }
        table.put(mark, Use { owner, ends });
        TokenUse::Own
    }

    /// Gives a token back that a check used which decided nothing.
    pub fn give_back(&self, mark: TokenMark, owner: ChallengeId) {
        let mut table = self.table.lock();
        let own = table.uses.get(&mark).filter(|used| used.owner == owner);
        if let Some(ends) = own.map(|used| used.ends) {
            table.uses.remove(&mark);
            table.ends.remove(&(ends, mark));
        }
    }

    /// Puts a use back that was read from the ledger.
    pub fn restore(&self, mark: TokenMark, owner: ChallengeId, ends: Timestamp) {
        let mut table = self.table.lock();
        if !table.uses.contains_key(&mark) {
            table.put(mark, Use { owner, ends });
        }
    }
}

impl Table {
    fn put(&mut self, mark: TokenMark, used: Use) {
        self.ends.insert((used.ends, mark), ());
        self.uses.insert(mark, used);
    }

    fn forget_ended(&mut self, now: Timestamp) {
        while let Some(entry) = self.ends.first_entry() {
            let (ends, mark) = *entry.key();
            if ends >= now {
                break;
            }
            entry.remove();
            self.uses.remove(&mark);
            self.forgotten_until = self.forgotten_until.max(Some(ends));
        }
    }
}
