//! Events a second through `StreamEvents`: handsets observed on many enrolled lines, each event
//! acknowledged after it is on disk. Heartbeats are not sent.
//!
//! `SIMBIND_BENCH_BINDINGS`, `SIMBIND_BENCH_EVENTS` (in a round) and `SIMBIND_BENCH_ROUNDS` change
//! the size.
#![expect(clippy::disallowed_methods, reason = "benchmarks play carriers, who have clocks")]

use simbind_benches::{
    Authority, CARRIER, Chance, Figures, Member, Server, connections, enrol, make, median, print,
    runtime, setting, table,
};
use simbind_proto::v1::{
    EventStatus, HandsetObserved, SimEvent, StreamEventsRequest, sim_event::Kind, sim_event::Line,
    sim_event_service_client::SimEventServiceClient,
};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Instant, SystemTime},
};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

const CONNECTIONS: usize = 8;

fn main() {
    let bindings = setting("SIMBIND_BENCH_BINDINGS", 10_000);
    let events = setting("SIMBIND_BENCH_EVENTS", 50_000);
    let rounds = setting("SIMBIND_BENCH_ROUNDS", 3);
    let authority = Authority::draw();
    let members = make(&authority, 0..bindings as u64, false);
    let server = Server::start(&authority);
    let client = runtime("client");
    let channels = client.block_on(connections(server.address, CONNECTIONS));
    client.block_on(enrol(&authority, &channels, &members));
    let lines: Arc<[Member]> = members.into();
    let (mut rows, mut results) = (Vec::new(), Vec::new());
    let mut turn = 0;
    for (streams, in_flight) in [(1, 64), (8, 64), (8, 512), (8, 2048)] {
        let mut rates = Vec::new();
        let mut figures = Figures::default();
        for _ in 0..rounds {
            turn += 1;
            let round = Round { turn, streams, in_flight, events };
            let measured = client.block_on(round.run(&channels, &lines));
            rates.push(measured.0);
            figures.add(&measured.1);
        }
        let (p50, p99) = (figures.quantile(0.5), figures.quantile(0.99));
        rows.push(vec![
            format!("{streams} streams, {in_flight} in flight"),
            format!("{:.0}", median(&rates)),
            format!("{:.2}", p50 as f64 / 1000.0),
            format!("{:.2}", p99 as f64 / 1000.0),
        ]);
        results.push(serde_json::json!({
            "streams": streams, "in_flight": in_flight,
            "events_per_second": median(&rates).round(),
            "rounds": rates.iter().map(|rate| rate.round()).collect::<Vec<_>>(),
            "ack_p50_us": p50, "ack_p99_us": p99,
        }));
    }
    let title = format!(
        "Events through StreamEvents on {bindings} lines, each acknowledged once on disk: medians \
         of {rounds} rounds of {events}"
    );
    let header = ["streams", "events/s", "ack p50 ms", "ack p99 ms"];
    let json = serde_json::json!({
        "bench": "events", "lines": bindings, "events_in_a_round": events, "results": results,
    });
    print(&[table(&title, &header, &rows)], &json);
}

#[derive(Clone, Copy)]
struct Round {
    turn: usize,
    streams: usize,
    in_flight: usize,
    events: usize,
}

impl Round {
    /// Events a second, and how long each acknowledgement took.
    async fn run(self, channels: &[Channel], lines: &Arc<[Member]>) -> (f64, Figures) {
        let began = Instant::now();
        let mut streams = JoinSet::new();
        for (stream, channel) in channels.iter().take(self.streams).enumerate() {
            streams.spawn(self.stream(stream, channel.clone(), Arc::clone(lines)));
        }
        let mut figures = Figures::default();
        while let Some(done) = streams.join_next().await {
            figures.add(&done.expect("a stream ends well"));
        }
        (figures.len() as f64 / began.elapsed().as_secs_f64(), figures)
    }

    async fn stream(self, stream: usize, channel: Channel, lines: Arc<[Member]>) -> Figures {
        let places = self.in_flight / self.streams;
        let total = self.events / self.streams;
        let mut chance = Chance::new((self.turn * CONNECTIONS + stream) as u64);
        let mut event = |number: usize| {
            let line = &lines[chance.below(lines.len())];
            let id = format!("e-{}-{stream}-{number}", self.turn);
            StreamEventsRequest { event: Some(observed(id, line)) }
        };
        let (send, receive) = mpsc::channel(places);
        // Acknowledgements come in the order of the events.
        let mut began = VecDeque::with_capacity(places);
        let mut sent = 0;
        while sent < places.min(total) {
            began.push_back(Instant::now());
            send.send(event(sent)).await.expect("the stream is open");
            sent += 1;
        }
        let mut client = SimEventServiceClient::new(channel);
        let answers = client.stream_events(ReceiverStream::new(receive)).await;
        let mut answers = answers.expect("a stream is opened").into_inner();
        let mut figures = Figures::default();
        while let Some(first) = began.pop_front() {
            let answer = answers.message().await.expect("an answer").expect("the stream is open");
            let status = answer.result.expect("a result").status;
            assert_eq!(status, i32::from(EventStatus::Applied), "each event is applied");
            figures.record(first.elapsed());
            if sent < total {
                began.push_back(Instant::now());
                send.send(event(sent)).await.expect("the stream is open");
                sent += 1;
            }
        }
        figures
    }
}

fn observed(event_id: String, line: &Member) -> SimEvent {
    SimEvent {
        event_id,
        carrier_id: CARRIER.to_owned(),
        occurred_at: Some(SystemTime::now().into()),
        line: Some(Line::Iccid(line.iccid.clone())),
        kind: Some(Kind::HandsetObserved(HandsetObserved { imei: line.imei.clone() })),
    }
}
