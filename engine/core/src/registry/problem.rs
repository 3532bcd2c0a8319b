use std::fmt;
use thiserror::Error;

/// One of the three files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Models of handsets.
    Handsets,
    /// Models of readers.
    Readers,
    /// Combined trials.
    Trials,
    /// How many people have which model.
    People,
}

impl Table {
    /// The file's name.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Handsets => "handsets.csv",
            Self::Readers => "readers.csv",
            Self::Trials => "trials.csv",
            Self::People => "people.csv",
        }
    }
}

/// Where in a line something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// In the line as a whole.
    Whole,
    /// In a field: its column's name, and its place from 1.
    Named(&'static str, usize),
    /// In a field whose column has no known name, at this place from 1.
    Numbered(usize),
}

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub table: Table,
    /// The line, from 1.
    pub line: u64,
    /// Where in it.
    pub column: Column,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.table.file(), self.line)?;
        match self.column {
            Column::Whole => {}
            Column::Named(name, place) => write!(f, "column {place} ({name}): ")?,
            Column::Numbered(place) => write!(f, "column {place}: ")?,
        }
        f.write_str(&self.what)
    }
}

/// All that is wrong with the files; nothing of them is taken then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Error)]
#[error("{} problem(s) in the files", .told.len().saturating_add(*.more))]
pub struct Problems {
    told: Vec<Problem>,
    more: usize,
}

impl Problems {
    /// The most problems that are told one by one.
    pub const MOST: usize = 100;

    /// Those that are told one by one, by file and line.
    pub fn told(&self) -> &[Problem] {
        &self.told
    }

    /// How many more there are.
    pub const fn more(&self) -> usize {
        self.more
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub(super) fn push(&mut self, problem: Problem) {
        if self.told.len() < Self::MOST {
            self.told.push(problem);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    pub(super) fn sorted(mut self) -> Self {
        self.told.sort_by_key(|problem| (problem.table, problem.line));
        self
    }
}
