//! Records, challenges, bundles and messages.

use super::Made;
use crate::{
    fixtures::NOW,
    records::{challenges, purposes},
};
use anyhow::Result;
use prost::Message as _;
use ring::rand::SystemRandom;
use simbind_proto::v1;
use simbind_rules::{CheckKind, Facts, PackSource};
use simbind_service::bundle::{Bundle, Contents, Draft, SigningKey};
use std::{fs, path::Path};
use time::macros::datetime;

pub(super) fn make(made: &mut Made, fuzz: &Path) -> Result<()> {
    for (purpose, name) in purposes().iter().zip(["enrolment", "login", "tap"]) {
        made.seed("challenge", name, challenges().issue([9; 16], purpose, NOW).bytes);
    }
    made.seed("facts", "login", Facts::usual(CheckKind::Login).to_bytes());
    made.seed("facts", "tap", Facts::usual(CheckKind::Tap).to_bytes());
    made.seed("frames", "group", simbind_store::fuzz::some_frames());
    entries(made, fuzz)?;
    bundle(made)?;
    messages(made);
    Ok(())
}

/// The entries whose encoding the service's tests pin.
fn entries(made: &mut Made, fuzz: &Path) -> Result<()> {
    let golden = fuzz.join("../engine/service/tests/service/golden.txt");
    for line in fs::read_to_string(golden)?.lines() {
        if let Some((name, hex)) = line.split_once(" = ") {
            made.seed("entries", name, hex::decode(hex)?);
        }
    }
    Ok(())
}

fn bundle(made: &mut Made) -> Result<()> {
    let key = SigningKey::generate(&SystemRandom::new())?;
    let pack = "[pack]\nid = \"nation\"\napplies_to = { country = \"JP\" }\n";
    let contents = Contents::new(Draft {
        name: "jp-packs".to_owned(),
        version: 7,
        made_at: datetime!(2026-10-01 00:00:00 UTC),
        packs: vec![PackSource { name: "nation.toml".to_owned(), text: pack.to_owned() }],
    })?;
    let bytes = Bundle::seal(&contents, &key)?;
    made.seed("bundle", "signed", bytes.clone());
    made.fixture("bundle.json", bytes);
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    made.fixture("bundle.key", STANDARD.decode(key.public().to_string())?);
    Ok(())
}

fn messages(made: &mut Made) {
    let at = || Some(prost_types::Timestamp { seconds: NOW.as_secs(), nanos: 5 });
    let signed = |value: &[u8]| {
        let scheme = v1::SignatureScheme::EcdsaP256Sha256.into();
        Some(v1::Signature { scheme, value: value.to_vec().into() })
    };
    let login = v1::CheckLoginRequest {
        request_id: "r-1".to_owned(),
        channel: v1::Channel::AppLogin.into(),
        operation: "transfer".to_owned(),
        evidence: Some(v1::Evidence {
            challenge: vec![1; 50].into(),
            certificate_sha256: vec![2; 32].into(),
            signature: signed(&[3; 70]),
            handset_signature: signed(&[4; 70]),
            iccid: Some("8981100022152967705".to_owned()),
            imei: Some("490154203237518".to_owned()),
            signature_counter: Some(7),
            app_id: Some("jp.simbind.demo".to_owned()),
            signed_at: at(),
            ..v1::Evidence::default()
        }),
    };
    let enrol = v1::EnrolBindingRequest {
        request_id: "r-2".to_owned(),
        person_ref: "person-1".to_owned(),
        certificate_chain: vec![vec![0x30, 0].into()],
        iccid: "8981100022152967705".to_owned(),
        serving: Some(v1::Serving {
            carrier_id: "iij".to_owned(),
            host_carrier_id: "docomo".to_owned(),
        }),
        key_home: v1::KeyHome::Sim.into(),
        handset: Some(v1::HandsetEvidence {
            imeis: vec!["490154203237518".to_owned()],
            platform: v1::Platform::Android.into(),
            ..v1::HandsetEvidence::default()
        }),
        proof: Some(v1::KeysProof {
            challenge: vec![1; 50].into(),
            signature: signed(&[3; 70]),
            handset: None,
        }),
        ..v1::EnrolBindingRequest::default()
    };
    let event = v1::SimEvent {
        event_id: "e-1".to_owned(),
        carrier_id: "docomo".to_owned(),
        occurred_at: at(),
        line: Some(v1::sim_event::Line::Iccid("8981100022152967705".to_owned())),
        kind: Some(v1::sim_event::Kind::HandsetObserved(v1::HandsetObserved {
            imei: "490154203237518".to_owned(),
        })),
    };
    let facts = v1::ExplainFactsRequest {
        kind: v1::CheckKind::Login.into(),
        facts: vec![v1::FactValue { name: "handset.match".to_owned(), value: "no".to_owned() }],
        ..v1::ExplainFactsRequest::default()
    };
    let packs = v1::CheckPacksRequest {
        packs: vec![v1::PackSource { name: "a.toml".to_owned(), text: "[pack]".to_owned() }],
    };
    for (number, name, bytes) in [
        (0, "login", login.encode_to_vec()),
        (1, "enrol", enrol.encode_to_vec()),
        (2, "event", event.encode_to_vec()),
        (5, "packs", packs.encode_to_vec()),
        (6, "facts", facts.encode_to_vec()),
    ] {
        made.seed("messages", name, [vec![number], bytes].concat());
    }
}
