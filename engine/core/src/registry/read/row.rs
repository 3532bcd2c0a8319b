//! Lines of a file, with their places.

use super::{
    super::{Column, Date, Problem, Problems, Table},
    MOST_BYTES,
};
use crate::time::Timestamp;
use csv::{ReaderBuilder, StringRecord};
use std::{fmt::Display, str::FromStr};

/// The longest field, in bytes.
const MOST_FIELD: usize = 1024;

/// What is wrong so far, and when listings and trials end.
pub(super) struct Reading<'p> {
    pub(super) problems: &'p mut Problems,
    pub(super) latest: Timestamp,
}

impl Reading<'_> {
    fn tell(&mut self, table: Table, line: u64, column: Column, what: impl Display) {
        self.problems.push(Problem { table, line, column, what: what.to_string() });
    }
}

/// How a file is made.
pub(super) struct Form {
    pub(super) table: Table,
    /// The columns that have to be there.
    pub(super) columns: &'static [&'static str],
    /// A column that may be left out.
    pub(super) optional: Option<&'static str>,
    pub(super) most_rows: usize,
}

/// A line.
pub(super) struct Row {
    table: Table,
    pub(super) line: u64,
    record: StringRecord,
    places: std::rc::Rc<[(&'static str, usize)]>,
}

impl Row {
    /// Tells what is wrong with a field.
    pub(super) fn wrong(&self, name: &'static str, what: impl Display, reading: &mut Reading<'_>) {
        let place = self.places.iter().find(|(column, _)| *column == name);
        let column = place.map_or(Column::Whole, |(_, place)| Column::Named(name, place + 1));
        reading.tell(self.table, self.line, column, what);
    }

    /// A field's text; empty where its column was left out.
    pub(super) fn text(&self, name: &'static str) -> &str {
        let place = self.places.iter().find(|(column, _)| *column == name);
        place.and_then(|(_, place)| self.record.get(*place)).unwrap_or_default().trim()
    }

    /// A field.
    pub(super) fn field<T>(&self, name: &'static str, reading: &mut Reading<'_>) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.text(name).parse().map_err(|why: T::Err| self.wrong(name, why, reading)).ok()
    }

    /// A day that is not after that of the import.
    pub(super) fn date(&self, name: &'static str, reading: &mut Reading<'_>) -> Option<Date> {
        let date: Date = self.field(name, reading)?;
        if date.begins() > reading.latest {
            self.wrong(name, "lies after the day of the import", reading);
        }
        Some(date)
    }
}

/// The lines of a file; `None` where it cannot be read as a table.
pub(super) fn rows(bytes: &[u8], form: &Form, reading: &mut Reading<'_>) -> Option<Vec<Row>> {
    let table = form.table;
    if bytes.len() > MOST_BYTES {
        let why = format!("has {} bytes; at most {MOST_BYTES} are taken", bytes.len());
        reading.tell(table, 1, Column::Whole, why);
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let mut lines = Lines::of(good);
            reading.tell(table, lines.at(good.len()), Column::Whole, "is no UTF-8");
            return None;
        }
    };
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Lines::of(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        let columns = form.columns.join(",");
        reading.tell(table, 1, Column::Whole, format!("is empty: its first line is {columns}"));
        return None;
    };
    let first = lines.of_record(&header);
    let places: std::rc::Rc<[_]> = places(&header, first, form, reading)?.into();
    let mut rows = Vec::new();
    for record in records {
        let Ok(record) = record else {
            reading.tell(table, first, Column::Whole, "cannot be read as CSV");
            return None;
        };
        let line = lines.of_record(&record);
        if rows.len() >= form.most_rows {
            let why = format!("more than {} lines are not taken", form.most_rows);
            reading.tell(table, line, Column::Whole, why);
            return None;
        }
        if fits(&record, header.len(), (table, line), reading) {
            rows.push(Row { table, line, record, places: places.clone() });
        }
    }
    Some(rows)
}

fn fits(
    record: &StringRecord,
    columns: usize,
    (table, line): (Table, u64),
    reading: &mut Reading<'_>,
) -> bool {
    if record.len() != columns {
        let why = format!("has {} fields, and the first line has {columns}", record.len());
        reading.tell(table, line, Column::Whole, why);
        return false;
    }
    let long = record.iter().position(|field| field.len() > MOST_FIELD);
    if let Some(place) = long {
        let why = format!("has more than {MOST_FIELD} bytes; is a quote left open?");
        reading.tell(table, line, Column::Numbered(place + 1), why);
    }
    long.is_none()
}

/// Where the columns are.
fn places(
    header: &StringRecord,
    line: u64,
    form: &Form,
    reading: &mut Reading<'_>,
) -> Option<Vec<(&'static str, usize)>> {
    let mut places: Vec<(&'static str, usize)> = Vec::new();
    let mut good = true;
    for (place, name) in header.iter().enumerate() {
        let known =
            form.columns.iter().chain(&form.optional).find(|column| **column == name.trim());
        let why = match known {
            Some(column) if places.iter().any(|(there, _)| there == column) => "comes twice",
            Some(column) => {
                places.push((column, place));
                continue;
            }
            None => "is no column of this file",
        };
        good = false;
        let name: String =
            name.chars().take(40).filter(|c| !simbind_rules::is_hidden(*c)).collect();
        reading.tell(form.table, line, Column::Numbered(place + 1), format!("`{name}` {why}"));
    }
    for column in form.columns {
        if !places.iter().any(|(there, _)| there == column) {
            good = false;
            reading.tell(
                form.table,
                line,
                Column::Whole,
                format!("the column `{column}` is missing"),
            );
        }
    }
    good.then_some(places)
}

/// Counts lines. The reader's own count is of where it stood before it passed a line's end.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    const fn of(text: &'t [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a place that is not before the last one asked for.
    fn at(&mut self, place: usize) -> u64 {
        while self.at < place {
            let two = (self.text.get(self.at), self.text.get(self.at + 1));
            if matches!(two, (Some(b'\n'), _))
                || matches!(two, (Some(b'\r'), next) if next != Some(&b'\n'))
            {
                self.line += 1;
            }
            self.at += 1;
        }
        self.line
    }

    /// The line on which a record begins.
    fn of_record(&mut self, record: &StringRecord) -> u64 {
        let byte = record.position().map_or(0, csv::Position::byte);
        let mut place = usize::try_from(byte).unwrap_or(usize::MAX).max(self.at);
        while let Some(b'\r' | b'\n') = self.text.get(place) {
            place += 1;
        }
        self.at(place)
    }
}
