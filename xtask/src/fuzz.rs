//! The fuzz targets under libFuzzer.

use crate::process::{cargo, program, root, run};
use anyhow::{Context as _, Result, bail};
use std::{fs, path::PathBuf};

/// How long a target runs where nothing else is said, in seconds.
const USUAL: u64 = 60;

/// What cargo-fuzz builds with, by options that stable Rust has: counters of what is reached, and
/// calls at comparisons.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Which targets run, and for how many seconds each.
pub(crate) struct Plan {
    targets: Vec<String>,
    seconds: u64,
}

/// What came of a target.
struct Ran {
    target: String,
    seconds: u64,
    executions: u64,
    coverage: u64,
    features: u64,
    failures: usize,
}

impl Plan {
    /// By the words of the command: names of targets, none for all, and then seconds.
    pub(crate) fn of(words: &[String]) -> Result<Self> {
        let all = targets()?;
        let (seconds, named) = match words.split_last() {
            Some((last, names)) if last.bytes().all(|b| b.is_ascii_digit()) => {
                (last.parse().context("seconds")?, names)
            }
            _ => (USUAL, words),
        };
        if let Some(unknown) = named.iter().find(|name| !all.contains(name)) {
            bail!("there is no target `{unknown}`; there are {}", all.join(", "));
        }
        Ok(Self { targets: if named.is_empty() { all } else { named.to_vec() }, seconds })
    }

    /// Builds and runs; an error where a target failed.
    pub(crate) fn run(&self) -> Result<()> {
        let binaries = build()?;
        let mut rows = Vec::new();
        for target in &self.targets {
            let ran = fuzz(&binaries, target, self.seconds)?;
            println!("{}", ran.line());
            rows.push(ran);
        }
        println!("\n{}", HEAD);
        rows.iter().for_each(|ran| println!("{}", ran.line()));
        let json: Vec<_> = rows.iter().map(Ran::json).collect();
        println!("\n[{}]", json.join(","));
        let failed = rows.iter().filter(|ran| ran.failures > 0).count();
        if failed > 0 { bail!("{failed} targets failed: see fuzz/failed") } else { Ok(()) }
    }
}

const HEAD: &str = "| target               | seconds | executions | coverage | features | failures |\n\
                    |----------------------|---------|------------|----------|----------|----------|";

impl Ran {
    fn line(&self) -> String {
        let Self { target, seconds, executions, coverage, features, failures } = self;
        format!(
            "| {target:<20} | {seconds:>7} | {executions:>10} | {coverage:>8} | {features:>8} | {failures:>8} |"
        )
    }

    fn json(&self) -> String {
        let Self { target, seconds, executions, coverage, features, failures } = self;
        format!(
            "{{\"target\":\"{target}\",\"seconds\":{seconds},\"executions\":{executions},\
             \"coverage\":{coverage},\"features\":{features},\"failures\":{failures}}}"
        )
    }
}

/// The names of the targets.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// Builds all targets with instrumentation: the folder of the binaries.
fn build() -> Result<PathBuf> {
    let said = std::env::var_os("CARGO_TARGET_DIR");
    let folder = said.map_or_else(|| root().join("target"), PathBuf::from).join("fuzz");
    let version = cargo(&["-vV"]).output().context("cargo -vV")?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("no host")?;
    // With a target named, build scripts are not instrumented.
    let mut build = cargo(&["build", "--release", "--bins", "--target", host]);
    build.current_dir(root().join("fuzz"));
    build.env("RUSTFLAGS", INSTRUMENTED).env("CARGO_TARGET_DIR", &folder);
    run(build)?;
    Ok(folder.join(host).join("release"))
}

fn fuzz(binaries: &std::path::Path, target: &str, seconds: u64) -> Result<Ran> {
    let fuzz = root().join("fuzz");
    let (found, failed) = (fuzz.join("found").join(target), fuzz.join("failed").join(target));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&failed)?;
    let before = fs::read_dir(&failed)?.count();
    let mut run = program(binaries.join(target), &["-print_final_stats=1", "-timeout=25"]);
    run.arg(format!("-max_total_time={seconds}")).arg("-rss_limit_mb=3000");
    run.arg(format!("-artifact_prefix={}/", failed.display()));
    run.arg(&found).arg(fuzz.join("corpus").join(target));
    let output = run.output().with_context(|| format!("cannot start {target}"))?;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut failures = fs::read_dir(&failed)?.count().saturating_sub(before);
    if !output.status.success() {
        failures = failures.max(1);
        println!("{log}");
    }
    let after = |line: &str, word: &str| -> Option<u64> {
        let (_, rest) = line.split_once(word)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let last = |word: &str| log.lines().rev().find_map(|line| after(line, word)).unwrap_or(0);
    let executions = last("stat::number_of_executed_units:");
    let coverage = last("cov: ");
    let features = last(" ft: ");
    let seconds = log
        .lines()
        .rev()
        .find_map(|line| {
            line.strip_prefix("Done ")?.rsplit_once(" in ")?.1.split(' ').next()?.parse().ok()
        })
        .unwrap_or(seconds);
    Ok(Ran { target: target.to_owned(), seconds, executions, coverage, features, failures })
}

#[cfg(test)]
mod tests {
    use super::Plan;

    fn plan(words: &[&str]) -> Plan {
        Plan::of(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_number_at_the_end_is_seconds_and_no_name_means_all_targets() {
        let all = plan(&[]);
        assert!(all.targets.len() > 10 && all.seconds == 60);
        assert_eq!(plan(&["600"]).seconds, 600);
        let two = plan(&["bundle", "facts", "5"]);
        assert_eq!(
            (two.targets.as_slice(), two.seconds),
            (&["bundle", "facts"].map(str::to_owned)[..], 5)
        );
        assert!(Plan::of(&["nothing".to_owned()]).is_err());
    }
}
