//! Reads cases. Whatever is odd about one is said of it, and never ends the run.

use super::tally::Tally;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use simbind_core::time::Timestamp;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// What is read or judged of a case, or what is wrong with it.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The JSON files of a folder in order, each with its name. One that is no JSON is counted wrong.
pub(crate) fn json_files(folder: &Path, tally: &mut Tally) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    let mut all = Vec::new();
    for path in &paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let json = std::fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
        match json {
            Ok(json) => all.push((name, json)),
            Err(error) => tally.is_wrong(&name, error),
        }
    }
    all
}

/// Judges a case. A panic is told as what is wrong with it.
pub(crate) fn guarded<T>(judge: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panics: {}", said.unwrap_or_default()))
    })
}

/// The name that a case has, or else its file's.
pub(crate) fn name<'c>(json: &'c Value, file: &'c str) -> &'c str {
    json["name"].as_str().unwrap_or(file)
}

/// The elements of a field that must be a list.
pub(crate) fn list<'c>(json: &'c Value, field: &str) -> Outcome<&'c [Value]> {
    let list = json[field].as_array();
    list.map(Vec::as_slice).ok_or_else(|| format!("{field} is no list but {}", json[field]))
}

/// The elements of a field that may be left out.
pub(crate) fn optional_list<'c>(json: &'c Value, field: &str) -> Outcome<&'c [Value]> {
    if json[field].is_null() { Ok(&[]) } else { list(json, field) }
}

/// A text that must be there.
pub(crate) fn text<'c>(json: &'c Value, field: &str) -> Outcome<&'c str> {
    json[field].as_str().ok_or_else(|| format!("{field} is no text but {}", json[field]))
}

/// A text that may be left out.
pub(crate) fn optional<'c>(json: &'c Value, field: &str) -> Outcome<Option<&'c str>> {
    if json[field].is_null() { Ok(None) } else { text(json, field).map(Some) }
}

/// The file of this folder that a field names.
pub(crate) fn file(folder: &Path, json: &Value, field: &str) -> Outcome<Option<Vec<u8>>> {
    optional(json, field)?.map(|name| open(folder, name)).transpose()
}

/// A file of this folder.
pub(crate) fn open(folder: &Path, name: &str) -> Outcome<Vec<u8>> {
    std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))
}

/// Bytes that must be there, in hexadecimal.
pub(crate) fn from_hex(json: &Value, field: &str) -> Outcome<Vec<u8>> {
    hex::decode(text(json, field)?).map_err(|error| format!("{field}: {error}"))
}

/// Bytes that must be there, in base64.
pub(crate) fn from_base64(json: &Value, field: &str) -> Outcome<Vec<u8>> {
    BASE64_STANDARD.decode(text(json, field)?).map_err(|error| format!("{field}: {error}"))
}

/// An instant in RFC 3339.
pub(crate) fn instant(said: &str) -> Outcome<OffsetDateTime> {
    OffsetDateTime::parse(said, &Rfc3339).map_err(|error| format!("{said}: {error}"))
}

/// The same, to the second.
pub(crate) fn time(said: &str) -> Outcome<Timestamp> {
    Ok(Timestamp::from_secs(instant(said)?.unix_timestamp()))
}

/// Any error as what is wrong with a case.
pub(crate) fn told<T>(outcome: Result<T, impl std::fmt::Display>, of: &str) -> Outcome<T> {
    outcome.map_err(|error| format!("{of}: {error}"))
}
