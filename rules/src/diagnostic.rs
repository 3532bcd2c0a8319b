//! What is wrong with a pack, and where.

use std::fmt;
use std::ops::Range;

/// More problems than this are not listed for one pack.
const MAX_PER_PACK: usize = 100;

/// Longer pieces of source are cut in a diagnostic.
const MAX_TEXT: usize = 80;

/// One thing that is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the source, as given in `PackSource`.
    pub pack: String,
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
        write!(f, "{}:{}:{}: {}", self.pack, self.line, self.column, self.message)?;
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
}

impl<'a> Problems<'a> {
    pub(crate) fn new(pack: &'a str, text: &'a str) -> Self {
        Self { pack, text, found: Vec::new() }
    }

    pub(crate) fn source(&self) -> &'a str {
        self.text
    }

    /// Notes a problem at a byte range of the source.
    pub(crate) fn add(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.add_meaning(span, message, None);
    }

    /// Notes a problem and what was probably meant.
    pub(crate) fn add_meaning(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        suggestion: Option<&str>,
    ) {
        if self.found.len() >= MAX_PER_PACK {
            return;
        }
        let (line, column) = place(self.text, span.start);
        let text = self.text.get(span.clone()).unwrap_or_default();
        self.found.push(Diagnostic {
            pack: self.pack.to_owned(),
            line,
            column,
            text: text.lines().next().unwrap_or_default().chars().take(MAX_TEXT).collect(),
            message: message.into(),
            suggestion: suggestion.map(str::to_owned),
        });
    }

    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
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
