use super::{
    Outcome,
    args::{RunArgs, Server},
    connect,
};
use indicatif::{ProgressBar, ProgressStyle};
use sim_sim::{Progress, Scenario, World, clock::WallClock, play};
use std::{
    env, fs,
    io::{Write as _, stdout},
    path::PathBuf,
    process::{Command, ExitCode},
};

/// How many people play against a server that runs already.
const FEW: u32 = 100;

/// Plays a scenario. Success means that the run shows what it must.
pub(super) async fn run(args: &RunArgs) -> Outcome {
    let Some(target) = args.target.clone() else { return beside(args) };
    let server = Server { target, certs: args.certs.clone() };
    let scenario = Scenario::open(&args.scenario)?;
    let people = usize::try_from(args.people.unwrap_or(FEW)).unwrap_or(usize::MAX);
    let world = World::new(args.seed.unwrap_or(scenario.seed()), people)?;
    let connections = connect::connections(&server).await?;
    let bar = bar();
    let report = play(&world, &scenario, &connections, &WallClock, |progress| {
        let (what, done, of) = match progress {
            Progress::Enrolling(done, of) => ("enrolling", done, of),
            Progress::Playing(done, of) => ("playing", done, of),
        };
        bar.set_message(what);
        bar.set_length(u64::try_from(of).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    })
    .await?;
    bar.finish_and_clear();
    if let Some(path) = &args.decisions {
        fs::write(path, report.decisions())?;
    }
    if let Some(path) = &args.labels {
        fs::write(path, report.labels())?;
    }
    if args.json {
        writeln!(stdout(), "{}", report.to_json())?;
    } else {
        writeln!(stdout(), "{}{}", report.to_table(), report.summary())?;
    }
    Ok(if report.is_as_it_must_be() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lets a `simbind` play in virtual time: a server that can be reached from outside has no clock that
/// anybody could set, so that server and players share a process.
fn beside(args: &RunArgs) -> Outcome {
    let program = match env::var_os("SIMBIND_BIN") {
        Some(named) => PathBuf::from(named),
        None => env::current_exe()?.with_file_name("simbind"),
    };
    let mut command = Command::new(&program);
    command.arg("demo").arg("--scenario").arg(&args.scenario);
    let numbers = [("--people", args.people.map(u64::from)), ("--seed", args.seed)];
    for (name, number) in numbers {
        command.args(number.iter().flat_map(|number| [name.to_owned(), number.to_string()]));
    }
    command.args(args.json.then_some("--json"));
    if let Some(dir) = &args.keep {
        command.arg("--keep").arg(dir);
    }
    let status = command.status().map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A bar on the terminal; nothing where there is none.
pub(super) fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}
