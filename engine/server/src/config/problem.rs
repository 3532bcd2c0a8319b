use std::fmt;

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; unset where the value did not come from the file.
    pub line: Option<usize>,
    /// The field, as in `carrier[1].lag`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// All that is wrong with a configuration: at least one problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    name: String,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(name: &str, list: Vec<Problem>) -> Self {
        Self { name: name.to_owned(), list }
    }

    /// The problems, in the order of the file where they have a line.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.list.iter().enumerate() {
            if n > 0 {
                writeln!(f)?;
            }
            match problem.line {
                Some(line) => write!(f, "{}:{line}: ", self.name)?,
                None => write!(f, "{}: ", self.name)?,
            }
            write!(f, "{}: {}", problem.field, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The line of a byte offset, from 1.
pub(super) fn line_of(source: &str, offset: usize) -> usize {
    source.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// What `toml` refused, with the key of its line.
pub(super) fn from_toml(source: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map(|span| line_of(source, span.start));
    let text = line.and_then(|line| source.lines().nth(line - 1)).unwrap_or_default();
    let key = text.split_once('=').map_or(text, |(key, _)| key);
    let key = key.trim_matches(|c: char| c.is_whitespace() || "[]".contains(c));
    let field = if key.is_empty() { "file" } else { key };
    Problem { line, field: field.to_owned(), message: error.message().trim().replace('\n', " ") }
}
