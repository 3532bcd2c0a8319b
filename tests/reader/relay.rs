//! An address that stays while the server behind it goes and comes back elsewhere.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub(crate) struct Relay {
    address: SocketAddr,
    to: Arc<Mutex<Option<SocketAddr>>>,
    cut: watch::Sender<u64>,
}

impl Relay {
    pub(crate) async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let to = Arc::new(Mutex::new(Some(to)));
        let (cut, cuts) = watch::channel(0);
        let target = Arc::clone(&to);
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let to = *target.lock().unwrap();
                let mut cuts = cuts.clone();
                cuts.mark_unchanged();
                tokio::spawn(async move {
                    let Some(to) = to else { return };
                    let Ok(mut to) = TcpStream::connect(to).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut from, &mut to) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self { address, to, cut }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends everybody elsewhere, or away.
    pub(crate) fn switch(&self, to: Option<SocketAddr>) {
        *self.to.lock().unwrap() = to;
        self.cut.send_modify(|cuts| *cuts += 1);
    }
}
