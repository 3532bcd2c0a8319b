//! Issue at the counter over real sockets: `kill -9` between any two steps, another terminal, the
//! ends of a ticket, and wrong codes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sim_sim::{Connections, Walk, World, clock::WallClock};
use simbind_proto::v1::{
    counter_service_client::CounterServiceClient, join_ticket_request::Code, *,
};
use simbind_tests::{Launch, Server, dev_certs, tls_channel};
use std::{collections::BTreeMap, path::Path};
use tempfile::TempDir;
use tonic::{Code as Status, transport::Channel};

const VARIANTS: [CounterVariant; 3] =
    [CounterVariant::TwoCodes, CounterVariant::OneCode, CounterVariant::Terminal];

/// A server that knows the world of the walk.
fn launch(dir: &Path, world: &World) -> Launch {
    let file = |name: &str, pem: String| {
        let path = dir.join(name);
        std::fs::write(&path, pem).unwrap();
        path
    };
    let anchors = file("anchors.pem", world.anchors_pem());
    let roots = file("roots.pem", world.attestation_roots_pem());
    let apple = file("apple-roots.pem", world.apple_roots_pem());
    Launch::new(dir.join("data"))
        .trust(&anchors)
        .arg("--attestation-roots")
        .arg(&roots)
        .arg("--apple-roots")
        .arg(&apple)
}

struct Place {
    world: World,
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { world: World::new(1, 0).unwrap(), dir: tempfile::tempdir().unwrap() }
    }

    fn walk(&self, number: u64, variant: CounterVariant, platform: Platform) -> Walk<'_> {
        Walk::new(&self.world, &WallClock, number, variant, platform).unwrap()
    }
}

async fn connections(server: &Server) -> Connections {
    Connections::plaintext(server.channel().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_outlives_a_kill_between_any_two_steps() {
    let place = Place::new();
    let launch = launch(place.dir.path(), &place.world);
    let mut walks: Vec<Walk<'_>> = Vec::new();
    for (number, variant) in (0..).zip(VARIANTS) {
        walks.push(place.walk(number * 2 + 1, variant, Platform::Android));
        walks.push(place.walk(number * 2 + 2, variant, Platform::Ios));
    }
    for (step, name) in Walk::STEPS.into_iter().enumerate() {
        let server = launch.start().await.unwrap();
        let calls = connections(&server).await;
        for walk in &mut walks {
            walk.take(&calls, step).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        server.kill().await.unwrap();
        // The clerk and the person do not know whether it was done, and do it again.
        if name != "activate" {
            let server = launch.start().await.unwrap();
            let calls = connections(&server).await;
            for walk in &mut walks {
                let before = walk.ticket().done.clone();
                walk.take(&calls, step).await.unwrap_or_else(|e| panic!("{name} again: {e}"));
                let seen = (&walk.ticket().done, name);
                assert!(seen.0 == &before || name == "join", "{seen:?} {before:?}");
            }
            server.kill().await.unwrap();
        }
    }
    let server = launch.start().await.unwrap();
    let mut terminal = CounterServiceClient::new(server.channel().await.unwrap());
    for walk in &walks {
        let ticket_id = walk.ticket().ticket_id.clone();
        let asked = GetTicketRequest { ticket_id, phone_secret: walk.secret() };
        let ticket = terminal.get_ticket(asked).await.unwrap().into_inner().ticket.unwrap();
        assert_eq!(ticket.state(), TicketState::Activated, "{ticket:?}");
    }
}

/// A server under TLS with two terminals at one office, and one at another.
struct Offices {
    server: Server,
    dir: TempDir,
}

impl Offices {
    async fn new(world: &World) -> Self {
        let dir = tempfile::tempdir().unwrap();
        dev_certs(dir.path()).await.unwrap();
        let config = dir.path().join("simbind.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let text = text
            .replace(
                "name = \"auditor\"\nroles = [\"auditor\"]",
                "name = \"auditor\"\nroles = [\"counter\"]\noffice = \"city-hall\"",
            )
            .replace(
                "name = \"operator\"\nroles = [\"operator\"]",
                "name = \"operator\"\nroles = [\"counter\"]\noffice = \"elsewhere\"",
            );
        std::fs::write(&config, text).unwrap();
        let launch = launch(dir.path(), world).config(&config);
        Self { server: launch.start().await.unwrap(), dir }
    }

    fn of(&self, caller: &str) -> Channel {
        tls_channel(&self.server, self.dir.path(), Some(caller)).unwrap()
    }

    /// The connections with this caller as the counter.
    fn at(&self, terminal: &str) -> Connections {
        Connections {
            bank: self.of("bank"),
            other_party: self.of("shop"),
            doors: self.of("doors"),
            counter: self.of(terminal),
            other_counter: self.of(terminal),
            enrolment_app: self.of("enrolment-app"),
            analyst: self.of(terminal),
            issuer: None,
            carriers: BTreeMap::new(),
            platform: None,
            told_apart: true,
            names: sim_sim::Names::usual(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_terminal_of_the_office_goes_on_and_one_of_another_office_does_not() {
    let place = Place::new();
    let offices = Offices::new(&place.world).await;
    let mut walk = place.walk(1, CounterVariant::Unspecified, Platform::Android);
    let first = offices.at("city-hall");
    for step in 0..2 {
        walk.take(&first, step).await.unwrap();
    }
    let ticket_id = walk.ticket().ticket_id.clone();
    let resume = async |terminal: &str| {
        let mut client = CounterServiceClient::new(offices.of(terminal));
        let request_id = format!("resume-{terminal}");
        let request =
            ResumeTicketRequest { request_id, ticket_id: ticket_id.clone(), new_codes: false };
        client.resume_ticket(request).await
    };
    let early = walk.take(&offices.at("auditor"), 2).await.unwrap_err();
    assert!(early.to_string().contains("resume"), "{early}");
    assert_eq!(resume("operator").await.unwrap_err().code(), Status::NotFound);
    resume("auditor").await.unwrap();
    let listed = CounterServiceClient::new(offices.of("auditor"))
        .list_tickets(ListTicketsRequest::default())
        .await;
    let listed = listed.unwrap().into_inner().tickets;
    assert_eq!(listed.len(), 1);
    let elsewhere = CounterServiceClient::new(offices.of("operator"))
        .list_tickets(ListTicketsRequest { office: "city-hall".into(), ..Default::default() })
        .await;
    assert_eq!(elsewhere.unwrap_err().code(), Status::InvalidArgument);
    let second = offices.at("auditor");
    for step in 2..Walk::STEPS.len() {
        walk.take(&second, step).await.unwrap();
    }
    assert!(listed.iter().all(|queued| queued.missing.len() == 5), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_are_counted_over_a_kill_and_the_person_gives_up() {
    let place = Place::new();
    let launch = launch(place.dir.path(), &place.world);
    let server = launch.start().await.unwrap();
    let mut walk = place.walk(1, CounterVariant::TwoCodes, Platform::Android);
    walk.take(&connections(&server).await, 0).await.unwrap();
    let codes = walk.codes().unwrap().clone();
    let other = simbind_core::ticket::Code::new(
        simbind_core::ticket::CodeKind::Password,
        simbind_core::ticket::Locator::from_random([0; 4]),
        &[9; 16],
    );
    let join = |request: usize, password: &str| JoinTicketRequest {
        request_id: format!("join-{request}"),
        code: Some(Code::Codes(TicketCodes { password: password.into(), ..codes.clone() })),
        phone_secret: vec![5; 32].into(),
    };
    let mut app = CounterServiceClient::new(server.channel().await.unwrap());
    for number in 0..3 {
        let tried = app.join_ticket(join(number, other.to_text().as_str())).await.unwrap_err();
        assert_eq!(tried.code(), Status::NotFound);
    }
    server.kill().await.unwrap();
    let server = launch.start().await.unwrap();
    let mut app = CounterServiceClient::new(server.channel().await.unwrap());
    for number in 3..5 {
        let tried = app.join_ticket(join(number, other.to_text().as_str())).await.unwrap_err();
        assert_eq!(tried.code(), Status::NotFound);
    }
    let locked = app.join_ticket(join(9, &codes.password)).await.unwrap_err();
    assert_eq!(locked.code(), Status::FailedPrecondition, "{locked:?}");
    let said = server.said();
    assert!(!said.contains(&codes.password) && !said.contains(&codes.access_code));
    let ticket_id = walk.ticket().ticket_id.clone();
    let give_up = GiveUpTicketRequest {
        request_id: "give-up-1".into(),
        ticket_id: ticket_id.clone(),
        phone_secret: Vec::new().into(),
    };
    for _ in 0..2 {
        let over = app.give_up_ticket(give_up.clone()).await.unwrap().into_inner().ticket;
        assert_eq!(over.unwrap().state(), TicketState::GivenUp);
    }
}
