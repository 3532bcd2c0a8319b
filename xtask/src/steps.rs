//! A task as timed steps, with a summary at its end.

use anyhow::{Result, bail};
use std::{fmt::Write as _, time::Instant};

/// Runs steps, all of them, and remembers which failed.
pub(crate) struct Steps {
    task: &'static str,
    began: Instant,
    lines: Vec<String>,
    said: Vec<String>,
    failed: Vec<&'static str>,
}

impl Steps {
    pub(crate) fn new(task: &'static str) -> Self {
        let (lines, said, failed) = (Vec::new(), Vec::new(), Vec::new());
        Self { task, began: Instant::now(), lines, said, failed }
    }

    /// Runs a step; a failure is printed at once and told again at the end. Says whether it went
    /// well.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> bool {
        println!("\n== {name}");
        let began = Instant::now();
        let done = step();
        let took = began.elapsed().as_secs_f32();
        let ok = match done {
            Ok(()) => true,
            Err(error) => {
                println!("{name}: {error:#}");
                self.failed.push(name);
                false
            }
        };
        let word = if ok { "ok" } else { "FAILED" };
        self.lines.push(format!("{word:>6} {took:>7.1} s  {name}"));
        ok
    }

    /// Keeps lines for the end.
    pub(crate) fn say(&mut self, lines: Vec<String>) {
        self.said.extend(lines);
    }

    /// Prints what happened; an error where a step failed.
    pub(crate) fn finish(self) -> Result<()> {
        let mut text = String::from("\n");
        for line in self.said.iter().chain(&self.lines) {
            let _ = writeln!(text, "{line}");
        }
        println!("{text}");
        let (task, took, steps) = (self.task, self.began.elapsed().as_secs(), self.lines.len());
        if self.failed.is_empty() {
            println!("xtask {task}: ok, {steps} steps in {took} s");
            return Ok(());
        }
        bail!("{task}: {} of {steps} steps failed: {}", self.failed.len(), self.failed.join(", "))
    }
}
