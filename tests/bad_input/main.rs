//! Bad input: each wrong field is named, wrong bytes are answered cleanly, memory stays bounded,
//! and the server goes on serving.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod binding;
mod bytes;
mod check;
mod counter;
mod event;
mod help;
mod memory;
mod platform;
mod registry;
mod rollout;
mod stream;
mod succession;
mod table;

use simbind_proto::v1::binding_service_client::BindingServiceClient;
use simbind_tests::{Authority, Launch, Person, Server};
use tempfile::TempDir;

/// A server that trusts the authority.
async fn start() -> (Server, TempDir, Authority) {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new().unwrap();
    let anchors = dir.path().join("anchors.pem");
    authority.write(&anchors).unwrap();
    let server = Launch::new(dir.path().join("data")).trust(&anchors).start().await.unwrap();
    (server, dir, authority)
}

fn person(authority: &Authority, number: u64) -> Person {
    Person::make(authority, number).unwrap()
}

async fn enrolled(server: &Server, authority: &Authority, number: u64) -> Person {
    let person = person(authority, number);
    let mut client = BindingServiceClient::new(server.channel().await.unwrap());
    person.enrol(&mut client).await.unwrap();
    person
}
