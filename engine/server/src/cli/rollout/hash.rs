use super::{super::remote::RemoteError, ask::Server};
use crate::cli::remote::hex;
use simbind_proto::v1::{GetRolloutRequest, ListPackChangesRequest};
use std::{collections::BTreeSet, str::FromStr};

/// Changes that are looked through for a hash.
const MOST_CHANGES: usize = 2000;
const PAGE: u32 = 100;

/// Digits of a hash that nobody can make two packs share: 128 bits, 2^64 tries by the birthday bound.
pub(super) const SURE: usize = 32;

/// Staged packs as a person names them: the first 32 to 64 hexadecimal digits of their hash. With
/// fewer, whoever stages could have made other packs that begin alike, to be staged once these were
/// read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StagedName(String);

impl FromStr for StagedName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        digits(text, SURE).map(Self).ok_or("it is not 32 to 64 hexadecimal digits")
    }
}

impl StagedName {
    /// The staged packs, which must be these.
    pub(super) async fn staged(&self, server: &Server) -> Result<Vec<u8>, RemoteError> {
        let standing = server.rollout().get_rollout(GetRolloutRequest {}).await?.into_inner();
        match standing.staged {
            Some(staged) if hex(&staged.packs_hash).starts_with(&self.0) => {
                Ok(staged.packs_hash.to_vec())
            }
            Some(staged) => {
                let there = hex(&staged.packs_hash);
                let why = format!("the staged packs are {there}, not {}", self.0);
                Err(RemoteError::Request(why))
            }
            None => Err(RemoteError::Request("no packs are staged".to_owned())),
        }
    }
}

fn digits(text: &str, least: usize) -> Option<String> {
    let digits = text.bytes().all(|b| b.is_ascii_hexdigit());
    (digits && (least..=64).contains(&text.len())).then(|| text.to_ascii_lowercase())
}

/// Packs that the ledger knows, as a person names them: the first 8 to 64 hexadecimal digits of
/// their hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PacksName(String);

impl FromStr for PacksName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        digits(text, 8).map(Self).ok_or("it is not 8 to 64 hexadecimal digits")
    }
}

impl PacksName {
    fn names(&self, hash: &[u8]) -> bool {
        hex(hash).starts_with(&self.0)
    }

    /// The whole hash, where all digits are there.
    fn whole(&self) -> Option<Vec<u8>> {
        let pairs = self.0.as_bytes().chunks_exact(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        pairs.map(byte).collect::<Option<Vec<u8>>>().filter(|hash| hash.len() == 32)
    }

    /// Packs that the list of changes names.
    pub(super) async fn known(&self, server: &Server) -> Result<Vec<u8>, RemoteError> {
        if let Some(whole) = self.whole() {
            return Ok(whole);
        }
        let (mut found, mut looked, mut page_token) = (BTreeSet::new(), 0, String::new());
        loop {
            let request = ListPackChangesRequest { page_size: PAGE, page_token };
            let page = server.rollout().list_pack_changes(request).await?.into_inner();
            looked += page.changes.len();
            let named = page.changes.into_iter().map(|change| change.packs_hash);
            found.extend(named.filter(|hash| self.names(hash)));
            page_token = page.next_page_token;
            if page_token.is_empty() || looked >= MOST_CHANGES {
                break;
            }
        }
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(hash), None) => Ok(hash.to_vec()),
            (None, _) => Err(RemoteError::Request(format!("no packs here begin with {}", self.0))),
            (Some(_), Some(_)) => {
                let why = format!("several packs begin with {}: give more digits", self.0);
                Err(RemoteError::Request(why))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staged_packs_are_named_by_digits_that_cannot_be_forged() {
        assert!("ab".repeat(15).parse::<StagedName>().is_err());
        assert!("ab".repeat(16).parse::<StagedName>().is_ok());
        assert!("ab".repeat(33).parse::<StagedName>().is_err());
    }

    #[test]
    fn packs_are_named_by_at_least_eight_digits() {
        for text in ["", "1234567", "1234567g", &"a".repeat(65)] {
            assert!(text.parse::<PacksName>().is_err(), "{text}");
        }
        let name: PacksName = "00ABcdef".parse().unwrap();
        assert!(name.names(&[0, 0xab, 0xcd, 0xef, 1]));
        assert!(!name.names(&[0, 0xab, 0xcd, 0xee]));
        assert_eq!(name.whole(), None);
        let whole: PacksName = "ab".repeat(32).parse().unwrap();
        assert_eq!(whole.whole(), Some(vec![0xab; 32]));
    }
}
