//! Repository tasks: `cargo xtask test`, `lint`, `tidy`, `bench` and `fuzz`.
#![expect(clippy::print_stdout, reason = "a task speaks to the person who runs it")]

mod fuzz;
mod plan;
mod process;
mod steps;
mod tidy;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test | lint | tidy | bench [ARGUMENTS OF cargo bench] \
                     | fuzz [TARGET...] [SECONDS]";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match task.as_str() {
        "test" => plan::test(),
        "lint" => plan::lint(),
        "tidy" => plan::tidy(),
        "bench" => plan::bench(&rest),
        "fuzz" => plan::fuzz(&rest),
        _ => Err(anyhow::anyhow!(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
