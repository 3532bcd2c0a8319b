//! The command line.

mod args;
mod card;
mod connect;
mod counter;
mod load;
mod play;
mod trials;

pub(crate) use args::Args;

use args::{Command, PairsArgs, WorldArgs};
use sim_sim::{World, report};
use std::{
    error::Error,
    fs,
    io::{Write as _, stdout},
    process::ExitCode,
};
use tokio::runtime::Runtime;

type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Does what the command line says.
pub(crate) fn run(args: &Args) -> Outcome {
    match &args.command {
        Command::Run(args) => Runtime::new()?.block_on(Box::pin(play::run(args))),
        Command::Counter(args) => Runtime::new()?.block_on(Box::pin(counter::run(args))),
        Command::Card(args) => Runtime::new()?.block_on(card::run(args)),
        Command::Load(args) => Runtime::new()?.block_on(Box::pin(load::run(args))),
        Command::Trials(args) => trials::run(args),
        Command::World(args) => world(args),
        Command::Pairs(args) => pairs(args),
    }
}

fn pairs(args: &PairsArgs) -> Outcome {
    let text = if args.json { report::pairs_json() } else { report::pairs_table() };
    writeln!(stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Writes what a server must trust to know the world of a seed.
fn world(args: &WorldArgs) -> Outcome {
    let world = World::new(args.seed, 0)?;
    fs::create_dir_all(&args.dir)?;
    fs::write(args.dir.join("anchors.pem"), world.anchors_pem())?;
    let [prompt, late] = world.issuers_pem();
    fs::write(args.dir.join("authority.pem"), prompt)?;
    fs::write(args.dir.join("authority-2.pem"), late)?;
    fs::write(args.dir.join("roots.pem"), world.attestation_roots_pem())?;
    fs::write(args.dir.join("apple-roots.pem"), world.apple_roots_pem())?;
    Ok(ExitCode::SUCCESS)
}
