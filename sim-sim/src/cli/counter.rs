use super::{Outcome, args::CounterArgs, connect};
use sim_sim::{World, clock::WallClock, compare};
use std::{
    io::{Write as _, stdout},
    process::ExitCode,
};

/// Issues phones in each variant, and shows the variants side by side.
pub(super) async fn run(args: &CounterArgs) -> Outcome {
    let world = World::new(args.seed, 0)?;
    let connections = connect::connections(&args.server).await?;
    let compared = compare(&world, &connections, &WallClock).await?;
    let text = if args.json { compared.to_json() } else { compared.to_table() };
    writeln!(stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
