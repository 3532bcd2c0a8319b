use super::{
    super::{FirmwareSet, Label, Listed, ReaderModel, Table},
    row::{Form, Reading, Row, rows},
};
use crate::ids::ReaderModelId;
use std::collections::BTreeMap;

const FORM: Form = Form {
    table: Table::Readers,
    columns: &["reader", "maker", "name", "firmware", "listing", "since"],
    optional: None,
    most_rows: 2_000,
};

/// What the file says of a reader in one line.
pub(super) struct Told {
    line: u64,
    pub(super) firmware: Option<FirmwareSet>,
    called: (Option<Label>, Option<Label>),
}

/// The firmware versions by id; `None` where the file could not be read as a table.
pub(super) type KnownReaders = Option<BTreeMap<ReaderModelId, Vec<Told>>>;

pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) -> (Vec<ReaderModel>, KnownReaders) {
    let Some(rows) = rows(bytes, &FORM, reading) else { return (Vec::new(), None) };
    let mut known = BTreeMap::new();
    let models = rows.iter().filter_map(|row| model(row, &mut known, reading)).collect();
    (models, Some(known))
}

fn model(
    row: &Row,
    known: &mut BTreeMap<ReaderModelId, Vec<Told>>,
    reading: &mut Reading<'_>,
) -> Option<ReaderModel> {
    let id: Option<ReaderModelId> = row.field("reader", reading);
    let (maker, name): (Option<Label>, Option<Label>) =
        (row.field("maker", reading), row.field("name", reading));
    let firmware: Option<FirmwareSet> = row.field("firmware", reading);
    if let Some(id) = &id {
        let others = known.entry(id.clone()).or_default();
        let called = (maker.clone(), name.clone());
        for other in others.iter() {
            let (own, others) = (firmware.as_ref(), other.firmware.as_ref());
            if own.zip(others).is_some_and(|(own, others)| own.meets(others)) {
                let line = other.line;
                row.wrong("firmware", format_args!("meets that of line {line}"), reading);
            }
            let all = called.0.is_some() && called.1.is_some();
            if all && other.called.0.is_some() && other.called.1.is_some() && called != other.called
            {
                let line = other.line;
                row.wrong("name", format_args!("or maker is another than in line {line}"), reading);
            }
        }
        others.push(Told { line: row.line, firmware: firmware.clone(), called });
    }
    let (listing, since) = (row.field("listing", reading), row.date("since", reading));
    Some(ReaderModel {
        id: id?,
        maker: maker?,
        name: name?,
        firmware: firmware?,
        listed: Listed { listing: listing?, since: since? },
    })
}
