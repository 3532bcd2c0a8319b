//! Android attestations.

use super::{
    authority::{Kind, NOW, Party, chain},
    places::Places,
    published::{cases, certificates, named, readable, time},
    sample::Sample,
};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::android::{
    AttestationRoots, ExpectedAttestation, KeyAttestation, StatusList,
    encode::{KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description},
    verify,
};
use std::path::Path;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

const CHALLENGE: &[u8] = b"a challenge of the tests";

fn sample(
    name: String,
    inputs: Vec<Vec<u8>>,
    roots: &[Vec<u8>],
    challenge: Vec<u8>,
    status: StatusList,
    at: Timestamp,
) -> Sample<KeyAttestation> {
    let spki = |der: &[u8]| X509Certificate::from_der(der).unwrap().1.public_key().raw.to_vec();
    let last = inputs.len() - 1;
    let copy = roots.iter().any(|root| spki(root) == spki(&inputs[last]));
    let outside = if copy { Places::all_but_key(last, &inputs[last]) } else { Places::none() };
    let roots = AttestationRoots::from_der(roots).unwrap();
    let verify = move |chain: &[Vec<u8>]| {
        let expected = ExpectedAttestation { challenge: &challenge, apps: &[] };
        verify(chain, &roots, &status, &expected, at).ok()
    };
    Sample { name, inputs, list: true, outside, verify: Box::new(verify) }
}

/// Chains of our own making: three to five certificates, of each kind of key.
pub(crate) fn made() -> Vec<Sample<KeyAttestation>> {
    let description = encode_key_description(&KeyDescriptionSpec {
        challenge: CHALLENGE.to_vec(),
        packages: vec!["jp.example.simbind".into()],
        signer_digests: vec![[0x11; 32]],
        imeis: vec!["490154203237518".parse().unwrap(), "356938035643809".parse().unwrap()],
        ..KeyDescriptionSpec::default()
    });
    let mut samples = Vec::new();
    for kind in [Kind::Rsa2048, Kind::P256, Kind::P384] {
        let leaf = Party::leaf("Android Keystore Key", 1, kind);
        let leaf = leaf.with(KEY_DESCRIPTION_OID, description.clone(), false);
        let root = Party::authority("root", 0xA001, kind);
        let between = ["batch", "intermediate", "provisioner"];
        let between: Vec<_> =
            (2..).zip(between).map(|(serial, name)| Party::authority(name, serial, kind)).collect();
        for (count, with_root) in [(1, true), (2, false), (3, true)] {
            let mut parties = vec![&leaf];
            parties.extend(between.iter().take(count));
            parties.push(&root);
            let inputs = chain(&parties, with_root);
            let name = format!("{kind:?}, {} certificates", inputs.len());
            let roots = [root.self_signed()];
            let status = StatusList::default();
            samples.push(sample(name, inputs, &roots, CHALLENGE.to_vec(), status, NOW));
        }
    }
    samples
}

/// Samples of devices whose chain holds, the weak ones too.
pub(crate) fn published(folder: &Path) -> Vec<Sample<KeyAttestation>> {
    let read = |json: &Value| readable(&json["name"], || case(folder, json));
    cases(folder).iter().filter_map(read).collect()
}

fn case(folder: &Path, json: &Value) -> Option<Sample<KeyAttestation>> {
    let inputs = certificates(&named(folder, &json["pem"])?);
    let roots = named(folder, &json["trust_anchors"])
        .unwrap_or_else(|| std::fs::read(folder.join("roots.pem")).unwrap());
    let status = named(folder, &json["status_list"])
        .map(|list| StatusList::from_json(&list).unwrap())
        .unwrap_or_default();
    let challenge = hex::decode(json["challenge_hex"].as_str().unwrap_or_default()).unwrap();
    let name = json["name"].as_str().unwrap().to_owned();
    let at = time(json["verify_at"].as_str().unwrap());
    let sample = sample(name, inputs, &certificates(&roots), challenge, status, at);
    (sample.verify)(&sample.inputs).is_some().then_some(sample)
}
