//! The file that says that a folder holds a store, and of which ledgers: without it, a ledger
//! that was taken away whole would look like one that was never there.

use crate::{
    disk,
    error::OpenError,
    ledger::{Damage, LedgerId},
};
use std::{fs, io, path::Path};

const NAME: &str = "store.format";
const FIRST_LINE: &str = "simbind store 1";

/// The ids of the state and the decisions ledger.
pub(super) type Ids = [LedgerId; 2];

/// The ids that the folder was made with, or `None` where no store was ever finished here.
pub(super) fn read(dir: &Path) -> Result<Option<Ids>, OpenError> {
    let path = dir.join(NAME);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", path)(error)),
    };
    let mut lines = text.lines();
    let known = lines.next() == Some(FIRST_LINE);
    let ids = lines.next().zip(lines.next()).and_then(|(state, decisions)| {
        Some([parse(state.strip_prefix("state ")?)?, parse(decisions.strip_prefix("decisions ")?)?])
    });
    let what = "it is not the format file of this version";
    let damage = || Box::new(Damage { file: path, offset: 0, position: None, what });
    Ok(Some(ids.filter(|_| known).ok_or_else(damage)?))
}

/// Says that the folder holds a store of these ledgers.
pub(super) fn write(dir: &Path, ids: &Ids) -> Result<(), OpenError> {
    let [state, decisions] = ids.map(|id| format!("{:032x}", u128::from_be_bytes(id)));
    let text = format!("{FIRST_LINE}\nstate {state}\ndecisions {decisions}\n");
    let path = dir.join(NAME);
    disk::replace(&path, text.as_bytes()).map_err(OpenError::io("write", path))
}

/// That the file is missing although the ledgers hold something.
pub(super) fn missing(dir: &Path) -> OpenError {
    let what = "it is missing, but a ledger holds entries";
    Box::new(Damage { file: dir.join(NAME), offset: 0, position: None, what }).into()
}

fn parse(digits: &str) -> Option<LedgerId> {
    u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
}
