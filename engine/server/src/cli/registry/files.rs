//! The three files of a folder.

use crate::cli::remote::RemoteError;
use simbind_core::{
    registry::{Problems, Registry, Table, Tables},
    time::Timestamp,
};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

/// The files as they are.
pub(super) struct Files {
    pub(super) handsets: Vec<u8>,
    pub(super) readers: Vec<u8>,
    pub(super) trials: Vec<u8>,
}

pub(super) fn bytes(path: PathBuf) -> Result<Vec<u8>, RemoteError> {
    fs::read(&path).map_err(|source| RemoteError::Read { path, source })
}

impl Files {
    pub(super) fn of(folder: &Path) -> Result<Self, RemoteError> {
        let file = |table: Table| bytes(folder.join(table.file()));
        Ok(Self {
            handsets: file(Table::Handsets)?,
            readers: file(Table::Readers)?,
            trials: file(Table::Trials)?,
        })
    }

    pub(super) fn read(&self) -> Result<Registry, Problems> {
        let Self { handsets, readers, trials } = self;
        let now = OffsetDateTime::now_utc().unix_timestamp();
        Tables { handsets, readers, trials }.read(Timestamp::from_secs(now))
    }
}

/// Tells all that is wrong, one problem a line, or as JSON.
pub(super) fn refused(problems: &Problems, json: bool) -> io::Result<()> {
    let told = problems.told();
    if json {
        let each: Vec<_> = told.iter().map(ToString::to_string).collect();
        let value = serde_json::json!({ "problems": each, "more": problems.more() });
        return writeln!(io::stdout().lock(), "{value}");
    }
    let mut err = io::stderr().lock();
    for problem in told {
        writeln!(err, "{problem}")?;
    }
    if problems.more() > 0 {
        writeln!(err, "and {} more", problems.more())?;
    }
    Ok(())
}
