use super::{CliResult, args::ServeArgs, signals::stop_signal};
use crate::{
    config::{Config, Overrides},
    serve,
    telemetry::init_log,
    tls,
};
use std::{
    io::{self, Write as _},
    net::SocketAddr,
    process::ExitCode,
};
use tokio::{runtime::Runtime, sync::oneshot};

pub(super) fn run(args: &ServeArgs) -> CliResult {
    let overrides = Overrides {
        listen: args.listen,
        data: args.data.clone(),
        trust: args.trust.clone(),
        attestation_roots: args.attestation_roots.clone(),
        apple_roots: args.apple_roots.clone(),
    };
    let config = Config::load(args.config.as_deref(), &overrides)?;
    if args.check {
        config.tls.as_ref().map(tls::server).transpose()?;
        writeln!(io::stdout(), "the configuration is valid")?;
        return Ok(ExitCode::SUCCESS);
    }
    init_log(args.log_format)?;
    if config.tls.is_none() {
        tracing::warn!("no TLS: only this machine is served, and every caller has every role");
    }
    Runtime::new()?.block_on(async {
        let stop = stop_signal()?;
        let (ready, is_ready) = oneshot::channel();
        let announced = tokio::spawn(announce(is_ready));
        Box::pin(serve::run(config, stop, ready)).await?;
        announced.await??;
        Ok(ExitCode::SUCCESS)
    })
}

/// Prints the line that scripts wait for.
async fn announce(ready: oneshot::Receiver<SocketAddr>) -> io::Result<()> {
    if let Ok(address) = ready.await {
        let mut out = io::stdout().lock();
        writeln!(out, "simbind ready grpc={address}")?;
        out.flush()?;
    }
    Ok(())
}
