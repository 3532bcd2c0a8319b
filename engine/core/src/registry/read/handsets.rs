use super::{
    super::{HandsetModel, Listed, Table, Tac},
    row::{Form, Reading, Row, rows},
};
use crate::{binding::Platform, ids::HandsetModelId};
use simbind_rules::facts::FactEnum;
use std::collections::BTreeMap;

const FORM: Form = Form {
    table: Table::Handsets,
    columns: &[
        "model",
        "maker",
        "name",
        "tacs",
        "nfc",
        "secure_element",
        "platform",
        "listing",
        "since",
    ],
    optional: None,
    most_rows: 20_000,
};

/// The ids that the file names; `None` where it could not be read as a table.
pub(super) type KnownHandsets = Option<BTreeMap<HandsetModelId, u64>>;

pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) -> (Vec<HandsetModel>, KnownHandsets) {
    let Some(rows) = rows(bytes, &FORM, reading) else { return (Vec::new(), None) };
    let (mut ids, mut tacs) = (BTreeMap::new(), BTreeMap::new());
    let models = rows.iter().filter_map(|row| model(row, &mut ids, &mut tacs, reading)).collect();
    (models, Some(ids))
}

fn model(
    row: &Row,
    ids: &mut BTreeMap<HandsetModelId, u64>,
    seen: &mut BTreeMap<Tac, u64>,
    reading: &mut Reading<'_>,
) -> Option<HandsetModel> {
    let id: Option<HandsetModelId> = row.field("model", reading);
    if let Some(id) = &id
        && let Some(line) = ids.insert(id.clone(), row.line)
    {
        row.wrong("model", format_args!("is that of line {line}"), reading);
    }
    let tacs = tacs(row, seen, reading);
    let (maker, name) = (row.field("maker", reading), row.field("name", reading));
    let (nfc, element) = (row.field("nfc", reading), row.field("secure_element", reading));
    let platform = Platform::from_name(row.text("platform"));
    if platform.is_none() {
        let expected = Platform::VARIANTS.join(", ");
        row.wrong("platform", format_args!("is none of {expected}"), reading);
    }
    let (listing, since) = (row.field("listing", reading), row.date("since", reading));
    Some(HandsetModel {
        id: id?,
        maker: maker?,
        name: name?,
        tacs: tacs?,
        nfc: nfc?,
        secure_element: element?,
        platform: platform?,
        listed: Listed { listing: listing?, since: since? },
    })
}

fn tacs(row: &Row, seen: &mut BTreeMap<Tac, u64>, reading: &mut Reading<'_>) -> Option<Vec<Tac>> {
    let parts = row.text("tacs").split([';', ' ']).filter(|part| !part.is_empty());
    let mut tacs = Vec::new();
    let mut good = true;
    for (place, part) in parts.enumerate() {
        if place >= HandsetModel::MOST_TACS {
            row.wrong("tacs", "are more than 64", reading);
            return None;
        }
        match part.parse::<Tac>() {
            Err(why) => {
                row.wrong("tacs", format_args!("the {}. one: {why}", place + 1), reading);
                good = false;
            }
            Ok(tac) => {
                if let Some(line) = seen.insert(tac, row.line) {
                    row.wrong("tacs", format_args!("{tac} is in line {line} already"), reading);
                    good = false;
                }
                tacs.push(tac);
            }
        }
    }
    if tacs.is_empty() && good {
        row.wrong("tacs", "is empty", reading);
        good = false;
    }
    tacs.sort_unstable();
    good.then_some(tacs)
}
