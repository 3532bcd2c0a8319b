//! The words of a condition that compiles, as far as an explanation tells them apart.

/// A piece of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    /// White space or a comment.
    Space,
    /// What stands between comparisons: `&&`, `||`, `!`, and brackets round them.
    Join(&'s str),
    /// A piece of a comparison.
    Part(&'s str),
}

/// The pieces of a condition, in order.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(length) = next(rest) {
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    let mut found: Vec<Token<'_>> = pieces.iter().map(|piece| token(piece)).collect();
    for (open, close) in brackets_within_comparisons(&pieces) {
        for at in [open, close] {
            if let (Some(token), Some(piece)) = (found.get_mut(at), pieces.get(at)) {
                *token = Token::Part(piece);
            }
        }
    }
    found
}

fn token(piece: &str) -> Token<'_> {
    match piece {
        "&&" | "||" | "!" | "(" | ")" => Token::Join(piece),
        piece if piece.starts_with("//") || piece.trim().is_empty() => Token::Space,
        piece => Token::Part(piece),
    }
}

/// The length of the first piece; `None` at the end.
fn next(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    let run = |of: &dyn Fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
    if first.is_whitespace() {
        return Some(run(&char::is_whitespace));
    }
    if rest.starts_with("//") {
        return Some(run(&|c| c != '\n'));
    }
    if first == '\'' || first == '"' {
        return Some(quoted(rest, first));
    }
    if first.is_ascii_alphanumeric() || first == '_' {
        return Some(run(&|c| c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    }
    let two = ["&&", "||", "==", "!=", "<=", ">="];
    let length = if two.iter().any(|op| rest.starts_with(op)) { 2 } else { first.len_utf8() };
    Some(length)
}

/// The length of a text with its quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return at + letter.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// Pairs of brackets with no comparison of their own in them: those of `duration('72h')`, and those
/// round a name or a value.
fn brackets_within_comparisons(pieces: &[&str]) -> Vec<(usize, usize)> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match *piece {
            "(" => open.push((at, true)),
            ")" => {
                if let Some((start, true)) = open.pop() {
                    found.push((start, at));
                }
            }
            "&&" | "||" | "!" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" => {
                open.iter_mut().for_each(|(_, within)| *within = false);
            }
            _ => {}
        }
    }
    found
}
