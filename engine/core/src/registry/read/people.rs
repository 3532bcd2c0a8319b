use super::{
    super::{People, Problems, Registry, Table},
    row::{Form, Reading, Row, rows},
};
use crate::{ids::HandsetModelId, time::Timestamp};
use std::collections::BTreeSet;

const FORM: Form =
    Form { table: Table::People, columns: &["model", "people"], optional: None, most_rows: 20_002 };

pub(in crate::registry) fn read(file: &[u8], registry: &Registry) -> Result<People, Problems> {
    let mut problems = Problems::default();
    let mut reading = Reading { problems: &mut problems, latest: Timestamp::EPOCH };
    let mut people = People::default();
    let mut seen = BTreeSet::new();
    for row in rows(file, &FORM, &mut reading).unwrap_or_default() {
        if !seen.insert(row.text("model").to_owned()) {
            row.wrong("model", "is there already", &mut reading);
        }
        count(&row, registry, &mut people, &mut reading);
    }
    if problems.is_empty() { Ok(people) } else { Err(problems.sorted()) }
}

fn count(row: &Row, registry: &Registry, people: &mut People, reading: &mut Reading<'_>) {
    let Some(number) = row.field::<u64>("people", reading) else { return };
    match row.text("model") {
        "unlisted" => people.add_unlisted(number),
        "nameless" => people.add_nameless(number),
        _ => {
            let Some(id) = row.field::<HandsetModelId>("model", reading) else { return };
            let model = registry.handset_model(&id);
            match model.and_then(|model| model.tacs().first()) {
                Some(tac) => people.add(*tac, number),
                None => row.wrong("model", "is not in handsets.csv", reading),
            }
        }
    }
}
