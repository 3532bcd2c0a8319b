//! Places in a condition's text, before it is typed.

use crate::pack::Spanned;

/// Deepest nesting of brackets and of `!` in a row, which is what makes the parser recurse.
pub(super) fn nesting(source: &str) -> usize {
    let (mut depth, mut row, mut deepest) = (0_usize, 0_usize, 0_usize);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        row = match byte {
            b'!' | b'-' | b'?' => row + 1,
            b' ' | b'\t' | b'\n' => row,
            _ => 0,
        };
        deepest = deepest.max(depth + row);
    }
    deepest
}

/// The byte of a line and column, both from 1; none at or past the end, or where `cel` knows none.
pub(super) fn offset_of(source: &str, (line, column): (isize, isize)) -> Option<usize> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let column = usize::try_from(column).ok()?.checked_sub(1)?;
    let before: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    Some(before + column).filter(|at| *at < source.len())
}

/// Where the condition's first character stands in the file; `None` if TOML escapes moved it.
pub(super) fn text_start(source: &Spanned<String>, file: &str) -> Option<usize> {
    let written = file.get(source.span.clone())?;
    Some(source.span.start + written.find(&source.value)?)
}
