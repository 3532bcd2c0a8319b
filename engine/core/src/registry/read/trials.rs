use super::{
    super::{FirmwareSet, Label, Table, Trial},
    handsets::KnownHandsets,
    readers::KnownReaders,
    row::{Form, Reading, Row, rows},
};
use crate::ids::{HandsetModelId, ReaderModelId};
use std::collections::BTreeMap;

const FORM: Form = Form {
    table: Table::Trials,
    columns: &["reader", "firmware", "handset", "outcome", "on"],
    optional: Some("note"),
    most_rows: 50_000,
};

/// What the other files name.
pub(super) struct Known {
    pub(super) handsets: KnownHandsets,
    pub(super) readers: KnownReaders,
}

type Seen = BTreeMap<(ReaderModelId, HandsetModelId), Vec<(u64, FirmwareSet)>>;

pub(super) fn read(bytes: &[u8], known: &Known, reading: &mut Reading<'_>) -> Vec<Trial> {
    let Some(rows) = rows(bytes, &FORM, reading) else { return Vec::new() };
    let mut seen = Seen::new();
    rows.iter().filter_map(|row| trial(row, known, &mut seen, reading)).collect()
}

fn trial(row: &Row, known: &Known, seen: &mut Seen, reading: &mut Reading<'_>) -> Option<Trial> {
    let reader: Option<ReaderModelId> = row.field("reader", reading);
    let firmware: Option<FirmwareSet> = row.field("firmware", reading);
    let handset: Option<HandsetModelId> = row.field("handset", reading);
    if let (Some(reader), Some(firmware)) = (&reader, &firmware) {
        is_known(row, reader, firmware, known, reading);
    }
    if let (Some(handset), Some(known)) = (&handset, &known.handsets)
        && !known.contains_key(handset)
    {
        row.wrong("handset", format_args!("`{handset}` is not in handsets.csv"), reading);
    }
    let (outcome, on) = (row.field("outcome", reading), row.date("on", reading));
    let note: Option<Label> = match row.text("note") {
        "" => None,
        _ => Some(row.field("note", reading)?),
    };
    let (reader, firmware, handset) = (reader?, firmware?, handset?);
    let others = seen.entry((reader.clone(), handset.clone())).or_default();
    for (line, other) in others.iter() {
        if other.meets(&firmware) {
            let why = format_args!("has a version that the trial of line {line} has too");
            row.wrong("firmware", why, reading);
        }
    }
    others.push((row.line, firmware.clone()));
    Some(Trial { reader, firmware, handset, outcome: outcome?, on: on?, note })
}

/// Tells where a trial's reader, or its firmware, is not in the file of readers.
fn is_known(
    row: &Row,
    reader: &ReaderModelId,
    firmware: &FirmwareSet,
    known: &Known,
    reading: &mut Reading<'_>,
) {
    let Some(readers) = &known.readers else { return };
    let Some(rows) = readers.get(reader) else {
        row.wrong("reader", format_args!("`{reader}` is not in readers.csv"), reading);
        return;
    };
    let Some(sets) = rows.iter().map(|told| told.firmware.as_ref()).collect::<Option<Vec<_>>>()
    else {
        // What is wrong there was told there.
        return;
    };
    let unknown = firmware.ends().find(|version| !sets.iter().any(|set| set.contains(*version)));
    if let Some(version) = unknown {
        let why = format_args!("version {version} of `{reader}` is not in readers.csv");
        row.wrong("firmware", why, reading);
    }
}
