//! What is said of a text that is no condition, in the words of those who write one.

use std::ops::Range;

use cel::parser::ParseErrors;

use super::place::offset_of;

/// What is wrong, where in the condition's text, and what was probably meant.
pub(super) struct SyntaxProblem {
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) meant: Option<&'static str>,
}

/// The first thing that the parser stumbled over; the rest follows from it.
pub(super) fn syntax_problem(source: &str, errors: &ParseErrors) -> SyntaxProblem {
    let first = errors.errors.first();
    let said = first.map_or("", |error| error.msg.lines().next().unwrap_or_default());
    match first.and_then(|error| offset_of(source, error.pos)) {
        Some(at) => within(source, at, said),
        None => at_the_end(source, said),
    }
}

fn at_the_end(source: &str, said: &str) -> SyntaxProblem {
    let end = source.trim_end().len();
    let message = if end == 0 {
        "a condition is not empty"
    } else if said.contains("missing ')'") {
        "a `)` is missing at the end of this condition"
    } else if said.contains("missing ']'") {
        "a `]` is missing at the end of this condition"
    } else {
        "this condition ends too early"
    };
    SyntaxProblem { at: end.saturating_sub(1)..end, message: message.to_owned(), meant: None }
}

fn within(source: &str, at: usize, said: &str) -> SyntaxProblem {
    let rest = source.get(at..).unwrap_or_default();
    let word = word(rest);
    // A sign too much, as in `&&&`, stands for nothing else.
    let alone = !source.get(..at).unwrap_or_default().ends_with(['=', '<', '>', '&', '|', '!']);
    let meant = match word {
        _ if !alone => None,
        "=" | "===" => Some("=="),
        "&" | "and" | "AND" => Some("&&"),
        "|" | "or" | "OR" => Some("||"),
        "not" | "NOT" => Some("!"),
        "<>" => Some("!="),
        "=<" => Some("<="),
        "=>" => Some(">="),
        _ => None,
    };
    let message = if rest.starts_with(['\'', '"']) && said.contains("token recognition") {
        "this text in quotes has no end".to_owned()
    } else {
        format!("this is no condition: `{word}` cannot stand here")
    };
    SyntaxProblem { at: at..at + word.len(), message, meant }
}

/// The name, number or run of signs that a text begins with; one character at least.
fn word(text: &str) -> &str {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let sign = |c: char| "=<>&|!".contains(c);
    let length = match text.chars().next() {
        Some(first) if named(first) => text.find(|c| !named(c)),
        Some(first) if sign(first) => text.find(|c| !sign(c)),
        Some(first) => Some(first.len_utf8()),
        None => Some(0),
    };
    length.and_then(|length| text.get(..length)).unwrap_or(text)
}
