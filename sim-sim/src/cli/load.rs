use super::{Outcome, args::LoadArgs, connect, play::bar};
use sim_sim::load::{LoadOptions, LoadProgress, load};
use std::{
    io::{Write as _, stdout},
    process::ExitCode,
    time::Duration,
};

/// Makes load and says what was measured.
pub(super) async fn run(args: &LoadArgs) -> Outcome {
    let options = LoadOptions {
        duration: Duration::from_secs(args.seconds),
        in_flight: args.in_flight,
        stream: args.stream,
        bindings: args.bindings,
        reuse: args.reuse,
        handset_proof: args.handset_proof,
        operation: args.operation.clone().unwrap_or_else(|| connect::names(&args.server).view),
        seed: args.seed,
    };
    let counter = connect::channel(&args.server, "city-hall").await?;
    let mut connections = Vec::new();
    for _ in 0..args.connections {
        connections.push(connect::channel(&args.server, "bank").await?);
    }
    let bar = bar();
    bar.set_message("enrolling");
    let result = load(&options, counter, connections, |progress| match progress {
        LoadProgress::Enrolling(done, of) => {
            bar.set_length(u64::try_from(of).unwrap_or(0));
            bar.set_position(u64::try_from(done).unwrap_or(0));
        }
        LoadProgress::Loading => bar.finish_and_clear(),
    })
    .await?;
    if args.json {
        writeln!(stdout(), "{}", result.to_json(&options))?;
    } else {
        write!(stdout(), "{}", result.to_text())?;
    }
    Ok(if result.checks() > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
