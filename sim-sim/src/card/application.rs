//! What applications have in common.

use super::{access::Access, apdu::Command, status::Status};
use zeroize::Zeroizing;

/// An answer with data, or with a warning. Everything else is an error's status word.
pub(crate) struct Reply {
    pub(crate) data: Zeroizing<Vec<u8>>,
    pub(crate) status: Status,
}

impl Reply {
    /// 9000, with data.
    pub(crate) fn of(data: impl Into<Vec<u8>>) -> Self {
        Self { data: Zeroizing::new(data.into()), status: Status::OK }
    }

    /// 9000 alone.
    pub(crate) fn done() -> Self {
        Self::of([])
    }

    /// The same data under another status word.
    pub(crate) fn under(self, status: Status) -> Self {
        Self { status, ..self }
    }
}

/// How a command ended.
pub(crate) type Answer = Result<Reply, Status>;

/// An application while it is selected. Its value is what the next selection forgets: the file
/// that is selected in it, a PIN that was seen, a secure channel.
pub(crate) trait Application {
    /// Serves a command. SELECT by name never comes here, nor SELECT of the master file.
    ///
    /// # Errors
    /// The status word to answer.
    fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer;
}
