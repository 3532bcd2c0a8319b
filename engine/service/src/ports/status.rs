//! Where status answers come from, and where the issuers' lists are kept.

use serde::{Deserialize, Serialize};
use simbind_core::ids::{AuthorityId, ListScope};
use std::{fmt, future::Future, path::PathBuf, time::Duration};
use thiserror::Error;

/// Which list of which issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListName {
    /// Whose.
    pub issuer: AuthorityId,
    /// Of which of its certificates.
    pub scope: ListScope,
}

/// The files of the issuers' lists. Both calls block.
pub trait KeptLists: Send + Sync + 'static {
    /// Keeps a list in place of the one before of its name; on disk when this answers.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn keep(&self, name: &ListName, der: &[u8]) -> Result<(), ListFault>;

    /// The list that was kept last.
    ///
    /// # Errors
    /// Where there is one that cannot be read.
    fn kept(&self, name: &ListName) -> Result<Option<Vec<u8>>, ListFault>;

    /// Where a list is kept, in words for people.
    fn place(&self, name: &ListName) -> String;
}

impl fmt::Debug for dyn KeptLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptLists")
    }
}

/// A list cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {why}")]
pub struct ListFault {
    /// The file.
    pub place: String,
    /// What the system says.
    pub why: String,
}

/// Where an answer is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By HTTP. The answer is signed: the connection need not be.
    Url(String),
    /// In a file that somebody else refreshes.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// What is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// From where.
    pub place: Place,
    /// The request of a responder (RFC 6960 appendix A), which is posted; nothing for a list.
    pub request: Option<Vec<u8>>,
    /// How long it may take, all in all.
    pub timeout: Duration,
    /// The most bytes of an answer.
    pub most: usize,
}

/// Why nothing was fetched. It is shown to operators, so it names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FetchError {
    /// It took too long.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The answer is too long.
    #[error("the answer has more than {0} bytes")]
    TooLong(usize),
    /// The server answered with another status than 200.
    #[error("the server answered {0}")]
    Status(u16),
    /// It cannot be reached, or the file cannot be read.
    #[error("{0}")]
    Unreachable(String),
}

/// Fetches.
pub trait Fetch: Send + Sync + 'static {
    /// Fetches one answer. It keeps the bounds of what is asked, and follows no redirect.
    fn fetch(&self, ask: &Ask) -> impl Future<Output = Result<Vec<u8>, FetchError>> + Send;
}
