//! A condition with the values of its facts and parameters put in.

mod tokens;

#[cfg(test)]
mod tests;

use super::{ParamReading, Truth};
use crate::facts::{Fact, FactType, Facts};
use tokens::{Token, tokens};

/// The condition on one line; `truths` are what its comparisons came to, from left to right, where
/// each number of a list stands for itself.
pub(super) fn put_in(
    source: &str,
    facts: &Facts,
    params: &[ParamReading],
    truths: &[Truth],
) -> String {
    let mut line = Line { text: String::new(), run: None, truths: truths.iter().copied() };
    for token in tokens(source) {
        match token {
            Token::Space => line.space(),
            Token::Join(text) => {
                line.end();
                line.text.push_str(text);
            }
            Token::Part(text) => line.part(text, facts, params),
        }
    }
    line.end();
    line.text.trim_end().to_owned()
}

/// A comparison that is being written.
#[derive(Default)]
struct Run {
    /// Whether it compares a count, of which a list has one comparison for each number.
    counts: bool,
    in_list: bool,
    listed: usize,
}

struct Line<T> {
    text: String,
    run: Option<Run>,
    truths: T,
}

impl<T: Iterator<Item = Truth>> Line<T> {
    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '(', '!']) {
            self.text.push(' ');
        }
    }

    fn part(&mut self, text: &str, facts: &Facts, params: &[ParamReading]) {
        self.text.push_str(text);
        let run = self.run.get_or_insert_default();
        match text {
            "[" => run.in_list = true,
            "]" => run.in_list = false,
            _ => {}
        }
        run.listed += usize::from(run.in_list && text.starts_with(|c: char| c.is_ascii_digit()));
        let value = match Fact::from_name(text) {
            Some(fact) => {
                run.counts |= fact.ty() == FactType::Int;
                Some(value_of(fact, facts))
            }
            None => text.strip_prefix("param.").and_then(|name| {
                let param = params.iter().find(|param| param.name == name)?;
                Some(param.value.clone())
            }),
        };
        if let Some(value) = value {
            self.text.push_str(&format!(" ({value})"));
        }
    }

    /// Ends a comparison, if one is being written, with what it came to.
    fn end(&mut self) {
        let Some(run) = self.run.take() else { return };
        let parts = if run.counts { run.listed.max(1) } else { 1 };
        let Some(truth) = self.truths.by_ref().take(parts).max() else { return };
        let spaced = self.text.ends_with(' ');
        self.text.truncate(self.text.trim_end().len());
        self.text.push_str(&format!(" {{{truth}}}"));
        if spaced {
            self.text.push(' ');
        }
    }
}

fn value_of(fact: Fact, facts: &Facts) -> String {
    let Some(value) = facts.text(fact) else { return "unknown".to_owned() };
    match fact.ty() {
        FactType::Enum(_) => format!("'{value}'"),
        _ => value,
    }
}
