use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};
use thiserror::Error;
use tonic::{Code, Status};

/// The server cannot be reached, or cannot answer now.
const UNREACHABLE: u8 = 3;
/// The caller may not, or is nobody to the server.
const NOT_ALLOWED: u8 = 4;

/// Why a server did not do what was asked.
#[derive(Debug, Error)]
pub(crate) enum RemoteError {
    /// The address is none.
    #[error("`{0}` is no address like 127.0.0.1:50443")]
    Target(String),
    /// Certificates are given in part.
    #[error(
        "for TLS it takes an authority, a certificate and its key: --certs DIR, or --ca, --cert and --key"
    )]
    HalfTls,
    /// Plain text would leave this machine.
    #[error("{0} is another machine, and without --certs nothing is protected on the way")]
    OpenWithoutTls(String),
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no connection.
    #[error("{target} cannot be reached: {why}")]
    Unreachable {
        /// The server.
        target: String,
        /// The innermost reason.
        why: String,
    },
    /// The server refused.
    #[error("{}", sentence(.0))]
    Status(Box<Status>),
    /// What was asked for cannot be sent.
    #[error("{0}")]
    Request(String),
    /// The server's answer is none of the contract.
    #[error("the server's answer cannot be read: {0}")]
    Answer(&'static str),
    /// The answer cannot be printed.
    #[error("the answer cannot be printed: {0}")]
    Print(#[from] io::Error),
}

impl RemoteError {
    pub(crate) fn unreachable(target: &str, error: &dyn Error) -> Self {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self::Unreachable { target: target.to_owned(), why: innermost.to_string() }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    /// 3 where the server cannot be reached or cannot answer now, 4 where the caller may not, 1
    /// otherwise.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unreachable { .. } => ExitCode::from(UNREACHABLE),
            Self::Status(status) => match status.code() {
                Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => {
                    ExitCode::from(UNREACHABLE)
                }
                Code::PermissionDenied | Code::Unauthenticated => ExitCode::from(NOT_ALLOWED),
                _ => ExitCode::FAILURE,
            },
            _ => ExitCode::FAILURE,
        }
    }
}

impl From<Status> for RemoteError {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

fn sentence(status: &Status) -> String {
    let message = status.message();
    match status.code() {
        Code::FailedPrecondition | Code::InvalidArgument | Code::NotFound | Code::AlreadyExists => {
            message.to_owned()
        }
        Code::PermissionDenied => format!("this caller may not do that: {message}"),
        Code::Unauthenticated => format!("the server does not know this caller: {message}"),
        Code::Unimplemented => "the server is of a version that cannot do this".to_owned(),
        Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => {
            format!("the server cannot answer now, try again: {message}")
        }
        code => format!("{code}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_sentence_and_has_its_exit_code() {
        for (status, text, code) in [
            (Status::failed_precondition("others are staged"), "others are staged", 1),
            (Status::permission_denied("no role"), "this caller may not do that: no role", 4),
            (Status::unauthenticated("no"), "the server does not know this caller: no", 4),
            (Status::unavailable("down"), "the server cannot answer now, try again: down", 3),
            (Status::unimplemented(""), "the server is of a version that cannot do this", 1),
        ] {
            let error = RemoteError::from(status);
            assert_eq!(error.to_string(), text);
            // ExitCode can only be compared by how it is shown.
            assert_eq!(format!("{:?}", error.exit_code()), format!("{:?}", ExitCode::from(code)));
        }
    }
}
