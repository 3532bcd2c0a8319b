use super::{Outcome, args::RunArgs, connect};
use indicatif::{ProgressBar, ProgressStyle};
use sim_sim::{Progress, Scenario, World, clock::WallClock, play};
use std::{
    fs,
    io::{Write as _, stdout},
    process::ExitCode,
};

/// Plays a scenario. Success means that the run shows what it must.
pub(super) async fn run(args: &RunArgs) -> Outcome {
    let scenario = match &args.scenario {
        Some(path) => Scenario::parse(&fs::read_to_string(path)?)?,
        None => Scenario::day()?,
    };
    let world = World::new(args.seed.unwrap_or(scenario.seed()), args.people)?;
    let connections = connect::connections(&args.server).await?;
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

/// A bar on the terminal; nothing where there is none.
pub(super) fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}
