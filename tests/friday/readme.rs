/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// Commands, of `sh`.
    Commands(String),
    /// What the commands before it print, of `text`.
    Output(String),
}

/// The fenced blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language, String::new())),
            (Some(_), Some(_)) => match open.take() {
                Some(("sh", text)) => found.push(Block::Commands(text)),
                Some(("text", text)) => found.push(Block::Output(text)),
                other => panic!("a block that is neither sh nor text: {other:?}"),
            },
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a block has no end");
    found
}

#[test]
fn blocks_are_found_in_their_order() {
    let page = "a\n```sh\nls\n```\n```text\nx\n\n```\nb\n";
    let expected = [Block::Commands("ls\n".to_owned()), Block::Output("x\n\n".to_owned())];
    assert_eq!(blocks(page), expected);
}
