use super::{Outcome, args::CardArgs};
use sim_sim::{
    card::{Pin, Role},
    vpcd::{Folder, Inserted, Mishap, Order, attach, issue},
};
use std::{
    error::Error,
    io::{Write as _, stderr},
    process::ExitCode,
};

/// Is a card until it is pulled out, or ended by SIGTERM or an interrupt.
pub(super) async fn run(args: &CardArgs) -> Outcome {
    let told = |words: &str| {
        let _ = writeln!(stderr(), "sim-sim card: {words}");
    };
    let order = order(args)?;
    let folder = Folder::open(&args.state)?;
    let state = issue(&folder, &order, &mut rand::rng())?;
    let iccid = state.iccid().map(|iccid| iccid.to_digits()).unwrap_or_default();
    let mut card = Inserted::new(state, folder, rand::rng(), mishap(args));
    told(&format!("the card with ICCID {iccid}"));
    tokio::select! {
        () = attach(&mut card, &args.vpcd, told) => told("pulled out"),
        ended = ended() => ended?,
    }
    Ok(ExitCode::SUCCESS)
}

fn order(args: &CardArgs) -> Result<Order, Box<dyn Error>> {
    let named = |name: &'static str| move |error: &dyn Error| format!("{name}: {error}");
    let iccid = args.iccid.as_deref().map(str::parse).transpose();
    let imsi = args.imsi.as_deref().map(str::parse).transpose();
    let pin = Pin::new(Role::User, args.pin.as_bytes());
    let signature_pin = Pin::new(Role::Signature, args.signature_pin.as_bytes());
    Ok(Order {
        iccid: iccid.map_err(|error| named("--iccid")(&error))?,
        imsi: imsi.map_err(|error| named("--imsi")(&error))?,
        pin: pin.map_err(|error| named("--pin")(&error))?,
        signature_pin: signature_pin.map_err(|error| named("--signature-pin")(&error))?,
        seed: args.seed,
    })
}

fn mishap(args: &CardArgs) -> Mishap {
    match (args.pull_after, args.hang_after) {
        (Some(count), _) => Mishap::PulledAfter(count),
        (None, Some(count)) => Mishap::HungAfter(count),
        (None, None) => Mishap::None,
    }
}

/// Waits until somebody ends this process. What the card has to remember is on disk at any moment.
#[cfg(unix)]
async fn ended() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn ended() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
