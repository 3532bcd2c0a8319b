use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// A future that is done at the first SIGTERM or SIGINT. The handlers are in place when this
/// returns.
pub(super) fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: finishing what was taken in");
    })
}
