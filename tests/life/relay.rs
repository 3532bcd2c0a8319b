//! Every call of the players goes through here. Calls that are in work at once are a wave: when
//! no other comes for a moment, the wave goes to the server. Where the plan says so, the server is
//! killed while it works on them, or when it has done them all and no reply is read; it is started
//! again, and the same bytes are sent once more.

use crate::{
    plan::{Cut, Plan},
    served::Process,
};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use simbind_proto::v1::{PublishEventsRequest, sim_event::Kind};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};
use tonic::{
    body::Body,
    codegen::{Bytes, Service as _},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

/// How long nothing new may come for a wave to be over.
const STILL: Duration = Duration::from_millis(25);

/// A call, as bytes, and where its reply goes.
struct Call {
    caller: &'static str,
    method: String,
    headers: http::HeaderMap,
    body: Bytes,
    reply: oneshot::Sender<http::Response<Body>>,
}

/// What the relay's worker is told.
enum Told {
    Call(Call),
    /// No call comes any more.
    Over,
}

/// A reply, as bytes.
struct Reply {
    parts: http::response::Parts,
    body: Bytes,
    trailers: Option<http::HeaderMap>,
}

/// What was cut.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cuts {
    pub(crate) waves: usize,
    pub(crate) kills: usize,
    pub(crate) calls: usize,
    pub(crate) calls_cut: usize,
    /// Calls, and those that were cut, by method.
    pub(crate) by_method: BTreeMap<String, (usize, usize)>,
}

/// The relay: where each caller finds it, and what it has cut.
pub(crate) struct Relay {
    calls: mpsc::UnboundedSender<Told>,
    cuts: Arc<Mutex<Cuts>>,
    worker: tokio::task::JoinHandle<Process>,
}

impl Relay {
    pub(crate) fn new(folder: &Path, process: Process, plan: Plan) -> Self {
        let (calls, waiting) = mpsc::unbounded_channel();
        let cuts = Arc::default();
        let upstream = Upstream::of(folder, process);
        let worker = tokio::spawn(relay(upstream, waiting, plan, Arc::clone(&cuts)));
        Self { calls, cuts, worker }
    }

    /// A connection for a caller.
    pub(crate) async fn channel(&self, caller: &'static str) -> Channel {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(listener, caller, self.calls.clone()));
        Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
    }

    /// What was cut, and the server, when all players are gone.
    pub(crate) async fn finish(self) -> (Cuts, Process) {
        self.calls.send(Told::Over).ok();
        let process = self.worker.await.unwrap();
        let cuts = self.cuts.lock().unwrap().clone();
        (cuts, process)
    }
}

async fn accept(listener: TcpListener, caller: &'static str, calls: mpsc::UnboundedSender<Told>) {
    while let Ok((stream, _)) = listener.accept().await {
        let calls = calls.clone();
        let take = service_fn(move |request| take(request, caller, calls.clone()));
        let serving =
            http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), take);
        tokio::spawn(serving);
    }
}

async fn take(
    request: http::Request<Incoming>,
    caller: &'static str,
    calls: mpsc::UnboundedSender<Told>,
) -> Result<http::Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let (reply, replied) = oneshot::channel();
    let method = parts.uri.path().to_owned();
    let call = Call { caller, method, headers: parts.headers, body, reply };
    calls.send(Told::Call(call)).ok();
    Ok(replied.await.unwrap())
}

/// The server, and a connection for each caller.
struct Upstream {
    folder: PathBuf,
    process: Option<Process>,
    channels: BTreeMap<&'static str, Channel>,
}

impl Upstream {
    fn of(folder: &Path, process: Process) -> Self {
        Self { folder: folder.to_owned(), process: Some(process), channels: BTreeMap::new() }
    }

    fn channel(&mut self, caller: &'static str) -> Channel {
        let address = self.process.as_ref().unwrap().address;
        let folder = &self.folder;
        self.channels.entry(caller).or_insert_with(|| connect(folder, address, caller)).clone()
    }

    async fn kill_and_start(&mut self) {
        self.process.take().unwrap().kill().await;
        self.channels.clear();
        self.process = Some(Process::start(&self.folder).await);
    }
}

fn connect(folder: &Path, address: SocketAddr, caller: &str) -> Channel {
    let read = |name: String| fs::read(folder.join(name)).unwrap();
    let identity = Identity::from_pem(read(format!("{caller}.pem")), read(format!("{caller}.key")));
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(read("ca.pem".into())))
        .identity(identity)
        .domain_name("localhost");
    let endpoint = Endpoint::from_shared(format!("https://{address}")).unwrap();
    endpoint.tls_config(tls).unwrap().connect_lazy()
}

/// Sends a call's bytes and reads its reply.
async fn send(
    mut channel: Channel,
    method: String,
    headers: http::HeaderMap,
    body: Bytes,
) -> Reply {
    let mut request = http::Request::new(Body::new(Full::new(body)));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = method.parse().unwrap();
    *request.headers_mut() = headers;
    std::future::poll_fn(|cx| channel.poll_ready(cx)).await.unwrap();
    let response = channel.call(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let collected = body.collect().await.unwrap();
    let trailers = collected.trailers().cloned();
    Reply { parts, body: collected.to_bytes(), trailers }
}

impl Reply {
    fn into_response(self) -> http::Response<Body> {
        let trailers = self.trailers.map(Ok);
        let body = Full::new(self.body).with_trailers(std::future::ready(trailers));
        http::Response::from_parts(self.parts, Body::new(body))
    }
}

/// Whether a call is a feed's sign of life: those come by the clock and are no step of a flow.
fn is_heartbeat(call: &Call) -> bool {
    let message = call.body.slice(call.body.len().min(5)..);
    call.method.ends_with("/PublishEvents")
        && <PublishEventsRequest as prost::Message>::decode(message).is_ok_and(|request| {
            request.events.iter().all(|event| matches!(event.kind, Some(Kind::Heartbeat(_))))
        })
}

/// Takes wave after wave, until nobody can call any more.
async fn relay(
    mut upstream: Upstream,
    mut waiting: mpsc::UnboundedReceiver<Told>,
    mut plan: Plan,
    cuts: Arc<Mutex<Cuts>>,
) -> Process {
    let mut wave = 0;
    while let Some(Told::Call(first)) = waiting.recv().await {
        if is_heartbeat(&first) {
            let reply = once(&mut upstream, &first).await;
            let _ = first.reply.send(reply.into_response());
            continue;
        }
        let mut calls = vec![first];
        while let Ok(Some(Told::Call(next))) = tokio::time::timeout(STILL, waiting.recv()).await {
            calls.push(next);
        }
        let cut = plan.cut(wave);
        match cut {
            Cut::Nothing => {}
            Cut::Within(millis) => {
                let moment = Duration::from_millis(millis);
                let _ = tokio::time::timeout(moment, all(&mut upstream, &calls)).await;
                upstream.kill_and_start().await;
            }
            Cut::After => {
                all(&mut upstream, &calls).await;
                upstream.kill_and_start().await;
            }
        }
        let replies = all(&mut upstream, &calls).await;
        count(&mut cuts.lock().unwrap(), &calls, cut != Cut::Nothing);
        wave += 1;
        for (call, reply) in calls.into_iter().zip(replies) {
            let _ = call.reply.send(reply.into_response());
        }
    }
    upstream.process.unwrap()
}

fn count(cuts: &mut Cuts, calls: &[Call], cut: bool) {
    cuts.waves += 1;
    cuts.kills += usize::from(cut);
    cuts.calls += calls.len();
    cuts.calls_cut += if cut { calls.len() } else { 0 };
    for call in calls {
        let (all, those_cut) = cuts.by_method.entry(call.method.clone()).or_default();
        *all += 1;
        *those_cut += usize::from(cut);
    }
}

async fn once(upstream: &mut Upstream, call: &Call) -> Reply {
    let channel = upstream.channel(call.caller);
    send(channel, call.method.clone(), call.headers.clone(), call.body.clone()).await
}

/// All calls of a wave at once.
async fn all(upstream: &mut Upstream, calls: &[Call]) -> Vec<Reply> {
    let sent = calls.iter().map(|call| {
        let channel = upstream.channel(call.caller);
        send(channel, call.method.clone(), call.headers.clone(), call.body.clone())
    });
    let sent: Vec<_> = sent.collect();
    futures::future::join_all(sent).await
}
