//! Which steps a task has.

use crate::{
    fuzz::Plan,
    process::{cargo, program, root, run, run_and_keep},
    steps::Steps,
    tidy::check,
    tools,
};
use anyhow::{Context as _, Result, bail};
use std::{cell::OnceCell, path::PathBuf};

/// What is built and tested beside the default: the agent at card readers.
const READERS: &str = "simbind/pcsc";

/// Everything that a change must pass.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::new("test");
    let python = OnceCell::new();
    steps.run("python packages", || {
        let _ = python.set(tools::python()?);
        Ok(())
    });
    lint_steps(&mut steps);
    if steps.run("build", || run(cargo(&["build", "--workspace", "--bins", "--features", READERS])))
    {
        let mut kept = Vec::new();
        steps.run("cargo test", || tests(python.get(), &mut kept));
        steps.say(kept);
    }
    steps.finish()
}

/// What is told without running anything.
pub(crate) fn lint() -> Result<()> {
    let mut steps = Steps::new("lint");
    lint_steps(&mut steps);
    steps.finish()
}

/// The rules of this repository.
pub(crate) fn tidy() -> Result<()> {
    let mut steps = Steps::new("tidy");
    steps.run("tidy", tidy_step);
    steps.finish()
}

/// The benchmarks, a workspace of their own.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let mut steps = Steps::new("bench");
    steps.run("bench", || {
        let mut bench = cargo(&["bench"]);
        bench.args(args).current_dir(root().join("benches"));
        run(bench)
    });
    steps.finish()
}

/// The fuzz targets, a workspace of their own.
pub(crate) fn fuzz(words: &[String]) -> Result<()> {
    let plan = Plan::of(words)?;
    let mut steps = Steps::new("fuzz");
    steps.run("fuzz", || plan.run());
    steps.finish()
}

fn lint_steps(steps: &mut Steps) {
    steps.run("rust components", tools::rust_components);
    steps.run("card readers", tools::card_readers);
    steps.run("tidy", tidy_step);
    steps.run("fmt", || run(cargo(&["fmt", "--all", "--check"])));
    steps.run("buf lint", || run(program(tools::buf()?, &["lint", "proto"])));
    steps.run("clippy", || {
        let clippy = ["clippy", "--workspace", "--all-targets", "--features", READERS];
        run(cargo(&[&clippy[..], &["--", "-D", "warnings"]].concat()))
    });
    // The README's first command builds it so.
    steps.run("clippy without card readers", || {
        run(cargo(&["clippy", "--package", "simbind", "--", "-D", "warnings"]))
    });
}

fn tidy_step() -> Result<()> {
    let problems = check(&root())?;
    problems.iter().for_each(|problem| println!("{problem}"));
    if problems.is_empty() { Ok(()) } else { bail!("{} problems", problems.len()) }
}

/// Runs all tests. The lines that tell each target's result go to `kept`, also after a failure.
fn tests(python: Option<&PathBuf>, kept: &mut Vec<String>) -> Result<()> {
    let python = python.context("the tests of other languages need Python, and it is missing")?;
    let mut command = cargo(&["test", "--workspace", "--no-fail-fast", "--features", READERS]);
    command.env("SIMBIND_PYTHON", python).env("SIMBIND_BIN", binary("simbind")?);
    command.env("SIM_SIM_BIN", binary("sim-sim")?);
    // The packages are there: nothing of readers is skipped.
    command.env("SIMBIND_READERS", "1");
    let (lines, ok) = run_and_keep(command)?;
    *kept = results(&lines);
    if ok { Ok(()) } else { bail!("tests failed") }
}

/// A binary of this workspace: it lies beside this program.
fn binary(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    Ok(here.parent().context("no folder")?.join(name))
}

/// Each target with tests and its `test result` line, and the failed tests.
fn results(lines: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut target = "";
    for line in lines {
        let text = line.trim();
        if text.starts_with("Running ") || text.starts_with("Doc-tests ") {
            target = text;
        } else if text.starts_with("test ") && text.ends_with(" ... FAILED") {
            kept.push(text.to_owned());
        } else if text.starts_with("test result:") && !text.contains(" 0 passed; 0 failed") {
            kept.push(target.to_owned());
            kept.push(format!("  {text}"));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::results;

    #[test]
    fn the_summary_names_targets_with_tests_and_what_failed() {
        let lines = [
            "     Running unittests src/lib.rs (target/debug/deps/a-1)",
            "test one ... FAILED",
            "test two ... ok",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored",
            "   Doc-tests a",
            "test result: ok. 0 passed; 0 failed; 0 ignored",
        ]
        .map(str::to_owned);
        assert_eq!(
            results(&lines),
            [
                "test one ... FAILED",
                "Running unittests src/lib.rs (target/debug/deps/a-1)",
                "  test result: FAILED. 1 passed; 1 failed; 0 ignored",
            ]
        );
    }
}
