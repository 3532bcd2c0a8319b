//! What a caller can make grow stays bounded.

use super::start;
use futures::{StreamExt as _, stream};
use simbind_proto::v1::{check_service_client::CheckServiceClient, decision::Verdict, *};
use simbind_tests::Server;
use tonic::transport;

/// The memory of the server's process, in KiB.
fn resident(server: &Server) -> u64 {
    let path = format!("/proc/{}/status", server.pid().unwrap());
    let status = std::fs::read_to_string(path).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

type Client = CheckServiceClient<transport::Channel>;

async fn draw(client: &Client, times: usize) {
    let drawn = stream::iter(0..times).map(|_| {
        let request =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let mut client = client.clone();
        async move { client.issue_challenge(request).await.unwrap() }
    });
    drawn.buffer_unordered(64).collect::<Vec<_>>().await;
}

#[tokio::test]
async fn challenges_that_are_never_used_take_no_memory() {
    let (server, _dir, _) = start().await;
    let client = Client::new(server.channel().await.unwrap());
    // Buffers, threads and the allocator reach their size.
    draw(&client, 5_000).await;
    let before = resident(&server);
    draw(&client, 30_000).await;
    let grown = resident(&server).saturating_sub(before);
    // 30,000 challenges of 50 bytes that are kept nowhere. Kept, they would take 6 MiB and more.
    assert!(grown < 3072, "{grown} KiB for 30,000 challenges");
}

#[tokio::test]
async fn signatures_that_do_not_verify_burn_no_challenge_and_keep_no_memory() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = Client::new(server.channel().await.unwrap());
    let draw =
        IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
    let drawn = client.clone().issue_challenge(draw).await.unwrap().into_inner();
    let good = person.login("good", &drawn).unwrap();
    let bad = |number: usize| {
        let mut request = good.clone();
        request.request_id = format!("bad-{number}");
        let evidence = request.evidence.as_mut().unwrap();
        evidence.signature.as_mut().unwrap().value = vec![7; 70].into();
        request
    };
    let ask = async |from: usize, to: usize| {
        let asked = stream::iter(from..to).map(|number| {
            let (mut client, request) = (client.clone(), bad(number));
            async move { client.check_login(request).await.unwrap().into_inner().decision.unwrap() }
        });
        let decisions: Vec<Decision> = asked.buffer_unordered(32).collect().await;
        for decision in decisions {
            assert!(matches!(decision.verdict, Some(Verdict::Deny(_))), "{decision:?}");
        }
    };
    ask(0, 500).await;
    let before = resident(&server);
    ask(500, 2_500).await;
    let grown = resident(&server).saturating_sub(before);
    // Decisions are kept for reading in a bounded number; 2,000 of them fit into this.
    assert!(grown < 32 << 10, "{grown} KiB for 2,000 refused checks");
    let decided = client.clone().check_login(good).await.unwrap().into_inner().decision.unwrap();
    let codes: Vec<_> = decided.reasons.iter().map(|reason| &*reason.code).collect();
    assert!(!codes.contains(&"CHALLENGE_USED"), "{codes:?}");
}
