use super::{Outcome, args::TrialsArgs};
use sim_sim::trials::{Sorts, handsets_csv, play, readers_csv, to_json, to_table, trials_csv};
use std::{
    fs,
    io::{Write as _, stdout},
    process::ExitCode,
};

/// Plays trials, shows them, and writes the registry's files.
pub(super) fn run(args: &TrialsArgs) -> Outcome {
    let sorts = match &args.sorts {
        Some(file) => Sorts::open(file)?,
        None => Sorts::shipped()?,
    };
    let trials = play(&sorts, args.seed)?;
    if let Some(dir) = &args.dir {
        fs::create_dir_all(dir)?;
        fs::write(dir.join("handsets.csv"), handsets_csv(&sorts))?;
        fs::write(dir.join("readers.csv"), readers_csv(&sorts))?;
        fs::write(dir.join("trials.csv"), trials_csv(&sorts, &trials))?;
    }
    let text = if args.json { to_json(&trials) } else { to_table(&sorts, &trials) };
    writeln!(stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
