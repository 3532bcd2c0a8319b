//! The agent over PC/SC and gRPC.

use super::{
    super::signals::stop_signal,
    args::{ReaderArgs, Settled},
    exit::End,
    print::Form,
};
use crate::{
    reader::{
        Agent, Answers, Ask, ChainCache, Desk, HostPins, MakeDriver, NoPin, Offline, OfflineTerms,
        Pin, PinFrom, PinSource, PinUse, Presence, ReaderConfig, RemoteEngine, RemoteOptions,
        Rules, Slot, TapEnd, TerminalPins, Until, pcsc,
    },
    serve::SystemClock,
    telemetry::init_log,
};
use simbind_evidence::certificate::TrustAnchors;
use std::{
    error::Error,
    fs::{self, File},
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

/// How long a tap may go on after the agent was told to stop.
const LAST_TAP: Duration = Duration::from_secs(10);

pub(super) fn run(args: &ReaderArgs) -> Result<End, Box<dyn Error>> {
    let settled = args.settled()?;
    let drivers = pcsc(settled.config.reader.clone())?;
    init_log(args.log_format)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let ended = runtime.block_on(serve(args, settled, drivers));
    // A call that hangs in the PC/SC service is not waited for.
    runtime.shutdown_background();
    ended
}

async fn serve(
    args: &ReaderArgs,
    settled: Settled,
    drivers: MakeDriver,
) -> Result<End, Box<dyn Error>> {
    let Settled { config, endpoint } = settled;
    let stopped = stop_signal()?;
    let form = if args.json { Form::Json } else { Form::People };
    let pins = pins(args, &config, form)?;
    let options = RemoteOptions {
        endpoint,
        reader: config.id.clone(),
        channels: config.token.channels(),
        patience: config.engine_time,
    };
    let endpoint = options.endpoint.clone();
    let mut engine = RemoteEngine::start(options, &Handle::current());
    if let Some(desk) = desk(&config)? {
        engine = engine.or_by_list(Arc::clone(&desk));
        tokio::spawn(async move { desk.keep(endpoint, |fetched| form.refusals(fetched)).await });
    }
    let engine = Arc::new(engine);
    let mut presence = engine.presence();
    // Whether it is there is known before the first card is asked anything.
    let _ = presence.wait_for(|presence| *presence != Presence::Starting).await;
    form.engine(&presence.borrow_and_update().clone());
    let watched = tokio::spawn(async move {
        while presence.changed().await.is_ok() {
            form.engine(&presence.borrow_and_update().clone());
        }
    });
    let stop = Arc::new(AtomicBool::new(false));
    let until = if args.once { Until::FirstTap } else { Until::Stopped };
    let (done, mut ended) = oneshot::channel();
    let slot = Slot::new(drivers, config.patience);
    let work =
        Work { config, slot, engine: Arc::clone(&engine), pins, form, stop: Arc::clone(&stop) };
    thread::Builder::new().name("agent".to_owned()).spawn(move || {
        // Nobody waits any more where the agent was told to stop.
        let _ = done.send(work.run(until));
    })?;
    let last = tokio::select! {
        last = &mut ended => last,
        () = stopped => {
            stop.store(true, Ordering::Release);
            // A tap that hangs in the PC/SC service is not waited for.
            tokio::time::timeout(LAST_TAP, ended).await.unwrap_or(Ok(None))
        }
    };
    watched.abort();
    if let Ok(engine) = Arc::try_unwrap(engine) {
        engine.finish().await;
    }
    let last = last.map_err(|_| "the agent failed; see the log")?;
    Ok(End::after(last.as_ref(), until))
}

/// What is said while the engine is away, where the agent's file lets it say anything.
fn desk(config: &ReaderConfig) -> Result<Option<Arc<Desk>>, Box<dyn Error>> {
    let Offline::Refusals { key, anchors } = &config.offline else { return Ok(None) };
    let mut pem = Vec::new();
    for path in anchors {
        pem.extend(fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?);
        pem.push(b'\n');
    }
    let anchors = TrustAnchors::from_pem(&pem).map_err(|error| format!("anchors: {error}"))?;
    let terms = OfflineTerms { reader: config.id.clone(), key: *key, anchors: Arc::new(anchors) };
    Ok(Some(Arc::new(Desk::new(terms, Arc::new(SystemClock)))))
}

/// What the agent's thread needs.
struct Work {
    config: ReaderConfig,
    slot: Slot,
    engine: Arc<RemoteEngine>,
    pins: Box<dyn PinSource + Send>,
    form: Form,
    stop: Arc<AtomicBool>,
}

impl Work {
    fn run(self, until: Until) -> Option<TapEnd> {
        let Self { config, slot, engine, mut pins, mut form, stop } = self;
        let pin = match config.pin {
            PinFrom::Never => PinUse::Never,
            PinFrom::Terminal | PinFrom::Stdin | PinFrom::Descriptor(_) => PinUse::Asked,
        };
        let agent = Agent {
            slot,
            rules: Rules { reader: config.id, pin, token: config.token },
            engine: &*engine,
            pins: &mut *pins,
            chains: ChainCache::new(config.cards),
            clock: &SystemClock,
            teller: &mut form,
            stop: &stop,
        };
        agent.run(until)
    }
}

/// A source that has none.
struct Nowhere;

impl PinSource for Nowhere {
    fn ask(&mut self, _: Ask, _: &mut dyn FnMut() -> bool) -> Result<Pin, NoPin> {
        Err(NoPin::Nowhere)
    }
}

fn pins(
    args: &ReaderArgs,
    config: &ReaderConfig,
    form: Form,
) -> Result<Box<dyn PinSource + Send>, Box<dyn Error>> {
    let answers = if args.once { Answers::Plain } else { Answers::Numbered };
    let ask = move |number, ask| form.ask(number, ask);
    Ok(match config.pin {
        PinFrom::Terminal => match TerminalPins::open(config.pin_time) {
            Ok(terminal) => Box::new(terminal),
            Err(error) => return Err(error.into()),
        },
        PinFrom::Stdin => Box::new(HostPins::new(io::stdin(), answers, config.pin_time, ask)),
        PinFrom::Descriptor(number) => {
            let place = format!("/dev/fd/{number}");
            let file = File::open(&place).map_err(|error| format!("{place}: {error}"))?;
            Box::new(HostPins::new(file, answers, config.pin_time, ask))
        }
        PinFrom::Never => Box::new(Nowhere),
    })
}
