//! `simbind evidence app-attest`.

mod case;
mod words;

use super::{
    super::remote::hex,
    args::AppAttestArgs,
    files, moment,
    outcome::{Outcome, Unreadable, Verdict},
    tree::{Mark, Node},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use case::{Case, Object};
use serde_json::{Map, Value, json};
use simbind_evidence::{
    apple::{
        AppAttestError, AppAttestRoots, AppAttestation, Environment, ExpectedApp, ReceiptRoots,
        read_receipt, verify_assertion, verify_attestation, verify_receipt,
    },
    certificate::AnchorError,
    signature::PublicKey,
};

pub(super) fn examine(args: &AppAttestArgs) -> Result<Outcome, Unreadable> {
    let case = Case::read(args)?;
    match case.object {
        Object::Attestation => attestation(args, &case),
        Object::Assertion => assertion(&case),
        Object::Receipt => receipt(args, &case),
    }
}

/// What is told of any object.
fn common(case: &Case, kind: &str) -> Map<String, Value> {
    [
        ("kind", json!(kind)),
        ("verify_at", json!(moment::shown(case.at))),
        ("app_id", json!(case.app_id)),
        ("client_data_hash_hex", json!(case.client_data_hash.as_deref().map(hex))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn roots(args: &AppAttestArgs) -> Result<Vec<Vec<u8>>, Unreadable> {
    if args.roots.is_empty() {
        return Err(Unreadable::because("--roots is needed: no root is built in"));
    }
    files::certificates(&args.roots)
}

fn unfit(error: AnchorError) -> Unreadable {
    Unreadable::because(format!("--roots: {error}"))
}

fn attestation(args: &AppAttestArgs, case: &Case) -> Result<Outcome, Unreadable> {
    let roots = AppAttestRoots::from_der(roots(args)?).map_err(unfit)?;
    let hash = case.client_data_hash()?;
    let key_id = case.key_id.as_deref();
    let key_id = key_id.ok_or_else(|| Unreadable::because("--key-id is needed"))?;
    let app_id = case.app_id()?;
    let of = |environment| {
        let app = ExpectedApp { app_id, environment };
        verify_attestation(&case.bytes, key_id, hash, &app, &roots, case.at)
    };
    let verified = match case.environment {
        Some(environment) => of(environment),
        None => match of(Environment::Production) {
            Err(AppAttestError::Environment { .. }) => of(Environment::Development),
            verified => verified,
        },
    };
    let mut fields = common(case, "attestation");
    fields.insert("key_id_base64".to_owned(), json!(BASE64_STANDARD.encode(key_id)));
    let (verdict, tree) = match &verified {
        Err(error) => {
            let chain = Node::new(Mark::of(!error.is_of_chain()), "the chain to a trusted root");
            let verdict = Verdict::refused(words::attestation(error), error);
            (verdict, vec![chain, Node::new(Mark::Bad, error)])
        }
        Ok(read) => {
            fields.extend(attested(read));
            (Verdict::Accepted, attested_lines(read))
        }
    };
    Ok(Outcome { verdict, fields, tree })
}

fn environment_word(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Development => "development",
    }
}

fn attested(read: &AppAttestation) -> Map<String, Value> {
    let certificates: Vec<_> = read.chain_fingerprints().iter().map(|each| hex(each)).collect();
    [
        ("environment", json!(environment_word(read.environment()))),
        ("app_id_hash_hex", json!(hex(read.app_id_hash()))),
        ("public_key_spki_base64", json!(BASE64_STANDARD.encode(read.public_key().spki_der()))),
        ("receipt_length", json!(read.receipt().len())),
        ("certificates_sha256", json!(certificates)),
        ("valid_from", json!(moment::shown(read.valid_from()))),
        ("valid_until", json!(moment::last_before(read.valid_until()))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn attested_lines(read: &AppAttestation) -> Vec<Node> {
    let certificates = read.chain_fingerprints().iter().enumerate();
    let certificates =
        certificates.map(|(at, each)| Node::plain(format!("{at}: sha256 {}", hex(each))));
    let (from, until) = (moment::shown(read.valid_from()), moment::last_before(read.valid_until()));
    vec![
        Node::new(Mark::Good, "the chain ends at a trusted root").with(certificates),
        Node::new(Mark::Good, format!("valid from {from} to {until}")),
        Node::new(Mark::Good, "the nonce is for these client data"),
        Node::new(Mark::Good, "the key, its identifier and the app are those asked for"),
        Node::new(Mark::Good, format!("environment {}", environment_word(read.environment()))),
        Node::plain(format!("receipt of {} bytes, not looked into", read.receipt().len())),
    ]
}

fn assertion(case: &Case) -> Result<Outcome, Unreadable> {
    let key = case.public_key.as_deref();
    let key = key.ok_or_else(|| Unreadable::because("--public-key is needed"))?;
    let key = PublicKey::from_spki_der(key)
        .map_err(|error| Unreadable::because(format!("--public-key: {error}")))?;
    let (hash, app_id, previous) = (case.client_data_hash()?, case.app_id()?, case.counter);
    let mut fields = common(case, "assertion");
    fields.insert("previous_counter".to_owned(), json!(previous));
    let (verdict, tree) = match verify_assertion(&case.bytes, &key, hash, app_id, previous) {
        Err(error) => {
            let verdict = Verdict::refused(words::assertion(&error), error);
            (verdict, vec![Node::new(Mark::Bad, error)])
        }
        Ok(read) => {
            fields.insert("counter".to_owned(), json!(read.counter()));
            let rose = format!("the counter rose from {previous} to {}", read.counter());
            let signed = "signed by the attested key over these client data, for this app";
            (Verdict::Accepted, vec![Node::new(Mark::Good, signed), Node::new(Mark::Good, rose)])
        }
    };
    Ok(Outcome { verdict, fields, tree })
}

/// A receipt that no root vouches for is read, and refused.
fn receipt(args: &AppAttestArgs, case: &Case) -> Result<Outcome, Unreadable> {
    let mut fields = common(case, "receipt");
    let mut tree = Vec::new();
    if let Ok(read) = read_receipt(&case.bytes) {
        fields.insert("app_id".to_owned(), json!(read.app_id()));
        fields.insert("created".to_owned(), json!(moment::shown(read.created())));
        fields.insert("expires".to_owned(), json!(moment::shown(read.expires())));
        fields.insert("risk_metric".to_owned(), json!(read.risk_metric()));
        tree.push(Node::plain(format!("{:?} for {}", read.kind(), read.app_id())));
        let (created, expires) = (moment::shown(read.created()), moment::shown(read.expires()));
        tree.push(Node::plain(format!("made {created}, ends {expires}")));
    }
    let roots = ReceiptRoots::from_der(roots(args)?).map_err(unfit)?;
    let verdict = match verify_receipt(&case.bytes, &roots, case.at) {
        Err(error) => {
            tree.push(Node::new(Mark::Bad, error));
            Verdict::refused(words::receipt(&error), error)
        }
        Ok(read) => match case.app_id.as_deref() {
            Some(asked) if asked != read.receipt().app_id() => {
                tree.push(Node::new(Mark::Bad, "the receipt is for another app"));
                Verdict::refused("wrong_app", "the receipt is for another app")
            }
            _ => {
                tree.push(Node::new(Mark::Good, "signed under a trusted root"));
                Verdict::Accepted
            }
        },
    };
    Ok(Outcome { verdict, fields, tree })
}
