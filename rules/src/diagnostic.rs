//! What is wrong with a pack, and where.

use std::fmt;
use std::ops::Range;

use crate::bounds::LISTED;

/// Longer pieces of source are cut in a diagnostic.
const MAX_TEXT: usize = 80;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The packs do not serve.
    Error,
    /// The packs serve, and probably not as they were meant.
    Warning,
}

impl Level {
    /// The level's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// Name of the source, as given in `PackSource`.
    pub pack: String,
    /// The offending bytes of the source's text, on one line; empty where it is about the whole.
    pub span: Range<usize>,
    /// Line in it, from 1.
    pub line: u32,
    /// Column in the line, in characters, from 1.
    pub column: u32,
    /// The offending text, cut where it is long.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.pack, self.line, self.column)?;
        if self.level == Level::Warning {
            f.write_str("warning: ")?;
        }
        f.write_str(&self.message)?;
        if !self.text.is_empty() {
            write!(f, " (at `{}`)", self.text)?;
        }
        match &self.suggestion {
            Some(meant) => write!(f, "; did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

/// Collects the problems of one source.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    pack: &'a str,
    text: &'a str,
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(pack: &'a str, text: &'a str) -> Self {
        Self { pack, text, found: Vec::new(), errors: 0, warnings: 0 }
    }

    pub(crate) fn source(&self) -> &'a str {
        self.text
    }

    /// An empty collection for the same source.
    pub(crate) fn apart(&self) -> Self {
        Self::new(self.pack, self.text)
    }

    /// Takes over those problems of another collection that `keep` lets through.
    pub(crate) fn join(&mut self, other: Self, keep: fn(&Diagnostic) -> bool) {
        for found in other.found.into_iter().filter(keep) {
            self.note(found.level, &found.span, found.message, found.suggestion.as_deref());
        }
    }

    /// Whether an error was noted, also one that is past what is listed.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Notes an error at a byte range of the source.
    pub(crate) fn add(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.note(Level::Error, span, message.into(), None);
    }

    /// Notes an error and what was probably meant.
    pub(crate) fn add_meaning(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        suggestion: Option<&str>,
    ) {
        self.note(Level::Error, span, message.into(), suggestion);
    }

    /// Notes a warning at a byte range of the source.
    pub(crate) fn warn(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.note(Level::Warning, span, message.into(), None);
    }

    fn note(
        &mut self,
        level: Level,
        span: &Range<usize>,
        message: String,
        suggestion: Option<&str>,
    ) {
        // Each level has its own share, so that no number of warnings hides an error.
        let so_far = match level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
        };
        *so_far += 1;
        if *so_far > LISTED {
            return;
        }
        let (line, column) = place(self.text, span.start);
        let text = self.text.get(span.clone()).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        self.found.push(Diagnostic {
            level,
            pack: self.pack.to_owned(),
            span: span.start..span.start + first.len(),
            line,
            column,
            text: first.chars().take(MAX_TEXT).collect(),
            message,
            suggestion: suggestion.map(str::to_owned),
        });
    }

    /// What was noted, in the order of its places, and how much more there is than is listed.
    pub(crate) fn into_found(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| (found.line, found.column));
        for (level, seen) in [(Level::Error, self.errors), (Level::Warning, self.warnings)] {
            let Some(more) = seen.checked_sub(LISTED).filter(|more| *more > 0) else { continue };
            let last = self.found.iter().rev().find(|found| found.level == level).cloned();
            let message = format!("{more} more of these are not listed");
            self.found.extend(last.map(|last| Diagnostic { message, suggestion: None, ..last }));
        }
        self.found
    }
}

/// Line and column, both from 1, of a byte offset.
pub(crate) fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
