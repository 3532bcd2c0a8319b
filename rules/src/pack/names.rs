//! Names inside packs.

use crate::bounds::NAME;

/// Whether a text is a name of a pack, rule, limit or base: lower-case letters, digits and hyphens.
pub(crate) fn is_id(text: &str) -> bool {
    is_name(text, b'-')
}

/// Whether a text is a parameter's name: lower-case letters, digits and underscores.
pub(crate) fn is_param(text: &str) -> bool {
    is_name(text, b'_')
}

fn is_name(text: &str, joint: u8) -> bool {
    text.len() <= NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == joint)
}
