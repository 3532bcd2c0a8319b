//! Readers against handsets, for people and in JSON.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// How wide a table may be, in characters.
const WIDTH: usize = 100;

/// What is known of a reader and a handset together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Passed,
    Partial,
    Failed,
    Untested,
}

impl Cell {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Untested => "untested",
        }
    }

    /// Its word in a table: what was not tried does not draw the eye.
    const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Partial => "partial",
            Self::Failed => "FAILED",
            Self::Untested => "-",
        }
    }

    const fn colour(self) -> &'static str {
        match self {
            Self::Passed => "\u{1b}[32m",
            Self::Partial => "\u{1b}[33m",
            Self::Failed => "\u{1b}[31m",
            Self::Untested => "\u{1b}[2m",
        }
    }
}

/// Whether words have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Shown,
    Plain,
}

/// A handset's row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) model: String,
    pub(super) listing: &'static str,
    pub(super) cells: Vec<Cell>,
}

/// Readers against handsets.
#[derive(Clone, Debug, Default)]
pub(super) struct Matrix {
    pub(super) readers: Vec<String>,
    pub(super) rows: Vec<Row>,
}

impl Matrix {
    pub(super) fn value(&self) -> Value {
        let row = |row: &Row| {
            let cells: serde_json::Map<String, Value> = self
                .readers
                .iter()
                .zip(&row.cells)
                .map(|(reader, cell)| (reader.clone(), cell.name().into()))
                .collect();
            json!({ "model": row.model, "listing": row.listing, "readers": cells })
        };
        self.rows.iter().map(row).collect()
    }

    /// The table; where the readers do not fit beside each other, several.
    pub(super) fn text(&self, colours: Colours) -> String {
        let longest = self.rows.iter().map(|row| row.model.len()).max().unwrap_or(0).max(7);
        let widths: Vec<usize> = self.readers.iter().map(|reader| reader.len().max(7)).collect();
        let mut text = String::new();
        let mut first = 0;
        while first < self.readers.len() {
            let mut end = first;
            let mut width = longest + 11;
            while let Some(column) = widths.get(end)
                && (end == first || width + column + 2 <= WIDTH)
            {
                width += column + 2;
                end += 1;
            }
            self.block(&mut text, (first, end), longest, &widths, colours);
            first = end;
        }
        text
    }

    fn block(
        &self,
        text: &mut String,
        (first, end): (usize, usize),
        longest: usize,
        widths: &[usize],
        colours: Colours,
    ) {
        let within = first..end;
        let _ = write!(text, "{:longest$}  {:9}", "handset", "listing");
        let columns = self.readers.iter().zip(widths).skip(first).take(within.len());
        for (reader, width) in columns {
            let _ = write!(text, "  {reader:width$}");
        }
        text.push('\n');
        for row in &self.rows {
            let _ = write!(text, "{:longest$}  {:9}", row.model, row.listing);
            for (cell, width) in row.cells.iter().zip(widths).skip(first).take(within.len()) {
                let word = cell.word();
                let _ = match colours {
                    Colours::Plain => write!(text, "  {word:width$}"),
                    Colours::Shown => {
                        write!(text, "  {}{word:width$}\u{1b}[0m", cell.colour())
                    }
                };
            }
            text.push('\n');
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(readers: usize) -> Matrix {
        let cells = [Cell::Passed, Cell::Partial, Cell::Failed, Cell::Untested];
        Matrix {
            readers: (0..readers).map(|n| format!("reader-number-{n}")).collect(),
            rows: vec![Row {
                model: "kita-1".to_owned(),
                listing: "certified",
                cells: cells.into_iter().cycle().take(readers).collect(),
            }],
        }
    }

    #[test]
    fn a_table_stays_within_its_width_and_shows_every_reader() {
        let text = matrix(12).text(Colours::Plain);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!((0..12).all(|n| text.contains(&format!("reader-number-{n}"))), "{text}");
        for word in ["passed", "partial", "FAILED", " -"] {
            assert!(text.contains(word), "{word}");
        }
    }

    #[test]
    fn colours_come_only_where_they_are_wanted() {
        assert!(!matrix(4).text(Colours::Plain).contains('\u{1b}'));
        assert!(matrix(4).text(Colours::Shown).contains("\u{1b}[32mpassed"));
        assert!(matrix(4).value().to_string().contains(r#""reader-number-2":"failed""#));
    }
}
