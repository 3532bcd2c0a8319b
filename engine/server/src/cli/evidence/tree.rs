//! A tree for people.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// What was found of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It holds.
    Good,
    /// It does not.
    Bad,
    /// It is told, and nothing is judged by it.
    Plain,
}

impl Mark {
    pub(super) const fn of(good: bool) -> Self {
        if good { Self::Good } else { Self::Bad }
    }
}

/// A line and what is below it.
#[derive(Debug)]
pub(super) struct Node {
    mark: Mark,
    text: String,
    below: Vec<Node>,
}

impl Node {
    pub(super) fn new(mark: Mark, text: impl Display) -> Self {
        Self { mark, text: text.to_string(), below: Vec::new() }
    }

    pub(super) fn plain(text: impl Display) -> Self {
        Self::new(Mark::Plain, text)
    }

    pub(super) fn with(mut self, below: impl IntoIterator<Item = Self>) -> Self {
        self.below.extend(below);
        self
    }

    /// Writes it and what is below it, behind the branches of what is above.
    pub(super) fn write(&self, out: &mut impl Write, above: &str, last: bool) -> io::Result<()> {
        let branch = if last { "└─ " } else { "├─ " };
        let mark = match self.mark {
            Mark::Good => "✓ ",
            Mark::Bad => "✗ ",
            Mark::Plain => "",
        };
        writeln!(out, "{above}{branch}{mark}{}", self.text)?;
        let above = format!("{above}{}", if last { "   " } else { "│  " });
        for (place, node) in self.below.iter().enumerate() {
            node.write(out, &above, place + 1 == self.below.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_join_what_belongs_together() {
        let tree = Node::new(Mark::Good, "top").with([
            Node::new(Mark::Bad, "first").with([Node::plain("below")]),
            Node::plain("last"),
        ]);
        let mut out = Vec::new();
        tree.write(&mut out, "", true).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "└─ ✓ top\n   ├─ ✗ first\n   │  └─ below\n   └─ last\n");
    }
}
