//! `simbind rules backtest`: recorded decisions, decided again by packs that are tried.

mod args;
mod found;
mod labels;
mod moment;
mod offline;
mod print;
mod remote;

pub(crate) use args::BacktestArgs;

use super::super::{
    CliResult,
    packs::{self, Set},
};
use crate::serve::SystemClock;
use found::Found;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use labels::Labels;
use simbind_proto::v1::{
    BacktestProgress, BacktestRequest, BacktestResponse, PackSet, PackSource, PackSources,
    backtest_response::Part, pack_set::By,
};
use simbind_rules::RuleBook;
use simbind_service::ports::clock::Clock as _;
use std::{error::Error, fmt::Write, process::ExitCode};
use tokio::{runtime::Runtime, sync::mpsc};

/// Changed decisions that are asked for where no labels are to be joined: examples are chosen from
/// them.
const TO_CHOOSE_FROM: u32 = 10_000;
/// The most changed decisions that a server names.
const ALL: u32 = 10_000_000;
/// Parts that wait to be taken.
const WAITING: usize = 16;

pub(super) fn run(args: &BacktestArgs) -> CliResult {
    let labels = args.labels.as_deref().map(Labels::read).transpose()?;
    let now = SystemClock.now();
    let moment = |text: Option<&String>| text.map(|t| moment::parse(t, now)).transpose();
    let runtime = Runtime::new()?;
    let request = BacktestRequest {
        packs: Some(PackSet { by: Some(runtime.block_on(tried(args))?) }),
        from: moment(args.from.as_ref())?,
        to: moment(args.to.as_ref())?,
        most_changes: if labels.is_some() { ALL } else { TO_CHOOSE_FROM },
    };
    let found = runtime.block_on(ask(args, request, labels))?;
    print::print(&found, args.json)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks the server, or the ledger of a folder, and gathers what it tells.
async fn ask(
    args: &BacktestArgs,
    request: BacktestRequest,
    labels: Option<Labels>,
) -> Result<Found, Box<dyn Error>> {
    let bar = bar();
    let mut found = Found::new(labels, args.examples);
    let (send, mut parts) = mpsc::channel(WAITING);
    let asking = async {
        match &args.data {
            Some(data) => offline::ask(data, request, send).await,
            None => remote::ask(&args.server, request, send).await,
        }
    };
    let gathering = async {
        while let Some(BacktestResponse { part }) = parts.recv().await {
            if let Some(Part::Progress(progress)) = &part {
                show(&bar, progress);
            }
            found.take(part);
        }
    };
    let (asked, ()) = tokio::join!(asking, gathering);
    bar.finish_and_clear();
    asked?;
    Ok(found)
}

/// The packs that are tried: by hash, exactly those that are named, or those that are named in the
/// place of the ones of the same ids among those in service (with a data folder, that ship).
async fn tried(args: &BacktestArgs) -> Result<By, Box<dyn Error>> {
    if let Some(hash) = args.hash {
        return Ok(By::PacksHash(hash.0.to_vec().into()));
    }
    let given = packs::exactly(&args.packs)?;
    let packs = match &args.data {
        _ if args.all => Set::exactly(given),
        Some(_) => Set::over(RuleBook::shipped_sources(), given),
        None => Set::over(remote::packs(&args.server).await?, given),
    };
    let source = |s: simbind_rules::PackSource| PackSource { name: s.name, text: s.text };
    Ok(By::Sources(PackSources { packs: packs.sent.into_iter().map(source).collect() }))
}

/// A progress bar on a terminal, nothing elsewhere.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = "{msg:10} {wide_bar} {human_pos}/{human_len} {rate}/s";
    if let Ok(style) = ProgressStyle::with_template(style) {
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            // A rate that cannot be written is a line without it.
            let _ = write!(out, "{:.0}", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate));
    }
    bar.set_message("deciding");
    bar
}

fn show(bar: &ProgressBar, progress: &BacktestProgress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
}
