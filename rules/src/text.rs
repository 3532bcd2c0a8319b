//! Characters that a person would not see.

/// Whether a character is a control character, or one that cannot be seen or that turns the text
/// around it about: names and reasons that hold one could show another text than they are.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}'
                | '\u{61C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn what_turns_text_about_or_shows_nothing_is_hidden() {
        let hidden =
            "\n\u{7}\u{85}\u{AD}\u{200B}\u{200F}\u{202A}\u{202E}\u{2060}\u{2066}\u{2069}\u{FEFF}";
        assert!(hidden.chars().all(is_hidden));
        assert!(!"nation.toml 全国 ナショナル é 🙂 — ".chars().any(is_hidden));
    }
}
