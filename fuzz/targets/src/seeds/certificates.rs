//! Chains, attestations, keys and signatures.

use super::{Made, party::Party};
use crate::fixtures::joined;
use anyhow::Result;
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PublicKeyData as _, SigningKey as _,
};
use simbind_evidence::android::encode::{
    KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description,
};

/// The content of an extension with the policy 1.2.392.200149.8.5.1.3.30.
const POLICIES: &[u8] =
    &[0x30, 0x10, 0x30, 0x0E, 6, 12, 0x2A, 0x83, 8, 0x8C, 0x9B, 0x55, 8, 5, 1, 3, 0x1E, 0];

pub(super) fn make(made: &mut Made) -> Result<()> {
    persons(made)?;
    handsets(made)?;
    signatures(made)
}

fn persons(made: &mut Made) -> Result<()> {
    let root = Party::authority("anchor", 1)?;
    let between = Party::authority("between", 2)?;
    let plain = Party::leaf("person", 0x00AB_CDEF)?;
    let critical = Party::leaf("person", 4)?.with(&[2, 5, 29, 32], POLICIES.to_vec(), true);
    let (anchor, middle) = (root.self_signed()?, root.issue(&between)?);
    let leaves = [root.issue(&plain)?, between.issue(&plain)?, between.issue(&critical)?];
    let [direct, below, policies] = &leaves;
    for (name, chain) in [
        ("direct", vec![direct]),
        ("between", vec![below, &middle]),
        ("root", vec![below, &middle, &anchor]),
        ("policies", vec![policies, &middle]),
    ] {
        let chain: Vec<u8> = chain.into_iter().flatten().copied().collect();
        made.seed("certificate_chain", name, chain);
    }
    let pem = pem(&anchor);
    made.seed("anchors_pem", "two", format!("{pem}\n{pem}"));
    made.seed("anchors_pem", "one", pem);
    made.fixture("leaves.der", leaves.concat());
    made.fixture("anchor.der", anchor);
    Ok(())
}

fn pem(der: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let text = STANDARD.encode(der);
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

fn handsets(made: &mut Made) -> Result<()> {
    let full = KeyDescriptionSpec {
        challenge: b"a challenge".to_vec(),
        packages: vec!["jp.example.simbind".into()],
        signer_digests: vec![[0x11; 32]],
        imeis: vec!["490154203237518".parse()?, "356938035643809".parse()?],
        ..KeyDescriptionSpec::default()
    };
    let description = encode_key_description(&full);
    made.seed("key_description", "full", description.clone());
    let bare = KeyDescriptionSpec { version: 3, ..KeyDescriptionSpec::default() };
    made.seed("key_description", "bare", encode_key_description(&bare));
    let leaf = Party::leaf("Android Keystore Key", 1)?;
    let leaf = leaf.with(KEY_DESCRIPTION_OID, description, false);
    let (root, between) = (Party::authority("root", 1)?, Party::authority("between", 2)?);
    let (batch, copy) = (Party::authority("batch", 3)?, root.self_signed()?);
    let attested = batch.issue(&leaf)?;
    let chain = [attested.clone(), between.issue(&batch)?, root.issue(&between)?];
    made.seed("android_chain", "three", chain.concat());
    made.seed("android_chain", "four", [chain.concat(), copy.clone()].concat());
    made.fixture("root.der", copy);
    made.fixture("attested.der", attested);
    Ok(())
}

fn signatures(made: &mut Made) -> Result<()> {
    let message: &[u8] = b"a message of our own";
    let mut signed = Vec::new();
    let keys = [("p256", &PKCS_ECDSA_P256_SHA256), ("p384", &PKCS_ECDSA_P384_SHA384)];
    for ((name, algorithm), number) in keys.into_iter().zip(0_u8..) {
        let key = KeyPair::generate_for(algorithm)?;
        let (spki, signature) = (key.subject_public_key_info(), key.sign(message)?);
        let seed = [vec![number], joined(&[message, &signature])].concat();
        made.seed("signature", name, seed);
        made.seed("public_key", name, spki.clone());
        signed.extend(joined(&[&spki, message, &signature]));
    }
    let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048)?;
    let rsa = {
        use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
        let der: Pkcs8V1Der<'_> = rsa.as_der()?;
        KeyPair::try_from(der.as_ref())?
    };
    let (spki, signature) = (rsa.subject_public_key_info(), rsa.sign(message)?);
    made.seed("signature", "rsa", [vec![2], joined(&[message, &signature])].concat());
    made.seed("public_key", "rsa", spki.clone());
    signed.extend(joined(&[&spki, message, &signature]));
    made.fixture("signed.bin", signed);
    Ok(())
}
