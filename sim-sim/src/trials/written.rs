use super::{
    played::{Trial, Verdict},
    types::{Sorts, Technology},
};
use comfy_table::Table;
use serde_json::json;

/// The registry's `handsets.csv`.
pub fn handsets_csv(sorts: &Sorts) -> String {
    let mut text =
        String::from("model,maker,name,tacs,nfc,secure_element,platform,listing,since\n");
    for it in &sorts.handset {
        let (tacs, nfc) = (it.tacs.join(";"), types(&it.types));
        let fields = [&it.id, &it.maker, &it.name, &tacs, &nfc, &it.secure_element];
        line(&mut text, fields.into_iter().chain([&it.platform, &it.listing, &it.since]));
    }
    text
}

/// The registry's `readers.csv`.
pub fn readers_csv(sorts: &Sorts) -> String {
    let mut text = String::from("reader,maker,name,firmware,listing,since\n");
    for it in &sorts.reader {
        line(&mut text, [&it.id, &it.maker, &it.name, &it.firmware, &it.listing, &it.since]);
    }
    text
}

/// The registry's `trials.csv`.
pub fn trials_csv(sorts: &Sorts, trials: &[Trial]) -> String {
    let mut text = String::from("reader,firmware,handset,outcome,on,note\n");
    for it in trials {
        let (outcome, note) = (it.verdict().name().to_owned(), it.note());
        line(&mut text, [&it.reader, &it.firmware, &it.handset, &outcome, &sorts.on, &note]);
    }
    text
}

/// A line for each reader: how many handsets passed, passed in part and failed, and the commonest
/// reason.
pub fn to_table(sorts: &Sorts, trials: &[Trial]) -> String {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::ASCII_MARKDOWN);
    table.set_header(["reader", "passed", "partial", "failed", "commonest trouble"]);
    for reader in &sorts.reader {
        let own: Vec<_> = trials.iter().filter(|it| it.reader == reader.id).collect();
        let count = |verdict| own.iter().filter(|it| it.verdict() == verdict).count().to_string();
        let mut whys: Vec<_> = own.iter().filter_map(|it| it.why).collect();
        whys.sort_unstable();
        let groups = whys.chunk_by(|a, b| a == b);
        let commonest = groups.max_by_key(|group| group.len()).and_then(<[_]>::first);
        table.add_row([
            reader.id.clone(),
            count(Verdict::Passed),
            count(Verdict::Partial),
            count(Verdict::Failed),
            commonest.map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// All trials, on one line.
pub fn to_json(trials: &[Trial]) -> String {
    let rows = trials.iter().map(|it| {
        json!({
            "reader": it.reader, "firmware": it.firmware, "handset": it.handset,
            "outcome": it.verdict().name(), "taps": it.taps, "good": it.good,
            "why": it.why.map(|why| why.to_string()),
        })
    });
    json!({ "trials": rows.collect::<Vec<_>>() }).to_string()
}

impl Trial {
    fn note(&self) -> String {
        match (self.why, self.verdict()) {
            (None, _) => String::new(),
            (Some(why), Verdict::Partial) => format!("{} of {}: {why}", self.good, self.taps),
            (Some(why), _) => why.to_string(),
        }
    }
}

fn types(types: &[Technology]) -> String {
    let names: Vec<_> = types.iter().map(|it| format!("{it:?}")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(";") }
}

/// One line. A field with a comma, a quote or a line break is quoted (RFC 4180).
fn line<'a>(text: &mut String, fields: impl IntoIterator<Item = &'a String>) {
    let fields = fields.into_iter().map(|field| {
        let plain = !field.contains([',', '"', '\n', '\r']);
        if plain { field.clone() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
    });
    text.push_str(&fields.collect::<Vec<_>>().join(","));
    text.push('\n');
}
