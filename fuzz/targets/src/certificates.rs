//! Certificates, keys, signatures and attestations.

use crate::Outcome;
use crate::fixtures::{ANCHORS, ATTESTED, LEAVES, NOW, ROOTS, SIGNED, elements, parts};
use simbind_core::ids::CertificateId;
use simbind_evidence::{
    android::{self, AttestationRoots, ExpectedAttestation, KeyDescription, StatusList},
    certificate::{ChainPolicy, TrustAnchors, verify_chain},
    signature::{self, PublicKey},
};

/// A list of certificates in DER, leaf first. Only leaves that the anchor's holder signed are
/// verified.
pub fn certificate_chain(bytes: &[u8]) -> Outcome {
    let chain = elements(bytes);
    let outcome = verify_chain(&chain, &ANCHORS, &ChainPolicy::default(), NOW);
    if let Ok(verified) = &outcome {
        let known =
            elements(LEAVES).iter().any(|leaf| verified.id() == CertificateId::of_der(leaf));
        assert!(known, "a leaf that nobody signed is verified");
        assert!(verified.valid_from() <= NOW && NOW < verified.valid_until(), "not valid now");
    }
    Outcome::of(&outcome)
}

/// A list of certificates in DER, leaf first, with a key description in the leaf. Only leaves that
/// the root's holder signed are verified.
pub fn android_chain(bytes: &[u8]) -> Outcome {
    let chain = elements(bytes);
    let expected = ExpectedAttestation { challenge: b"a challenge", apps: &[] };
    let outcome = android::verify(&chain, &ROOTS, &StatusList::default(), &expected, NOW);
    if let Ok(verified) = &outcome {
        let leaf = chain.first().copied().unwrap_or_default();
        assert!(elements(ATTESTED).contains(&leaf), "a leaf that nobody signed is verified");
        assert!(leaf.windows(verified.spki_der().len()).any(|part| part == verified.spki_der()));
        assert!(NOW < verified.valid_until(), "not valid now");
    }
    Outcome::of(&outcome)
}

/// A key description. One that is read is exact: nothing can be cut off it or stand behind it.
pub fn key_description(bytes: &[u8]) -> Outcome {
    let Ok(read) = KeyDescription::from_der(bytes) else { return Outcome::Refused };
    for list in [&read.software, &read.hardware] {
        let application = list.application.iter();
        let packages: usize = application.map(|asked| asked.packages.len()).sum();
        assert!(packages <= 256 && list.purposes.len() <= 16 && list.imeis.len() <= 2);
    }
    assert!(read.challenge.len() <= bytes.len());
    let longer = [bytes, &[0]].concat();
    assert!(KeyDescription::from_der(&longer).is_err(), "an octet stands behind it");
    let cut = bytes.get(..bytes.len().saturating_sub(1)).unwrap_or_default();
    assert!(KeyDescription::from_der(cut).is_err(), "its last octet is missing");
    Outcome::Taken
}

/// A status list of attestation keys. It lists no more than there are bytes.
pub fn status_list(bytes: &[u8]) -> Outcome {
    let outcome = StatusList::from_json(bytes);
    if let Ok(list) = &outcome {
        assert!(list.len() <= bytes.len(), "more entries than bytes");
    }
    Outcome::of(&outcome)
}

/// A DER `SubjectPublicKeyInfo`. One that is read is kept as it was, and verifies no nonsense.
pub fn public_key(bytes: &[u8]) -> Outcome {
    let Ok(key) = PublicKey::from_spki_der(bytes) else { return Outcome::Refused };
    assert_eq!(key.spki_der(), bytes);
    assert_eq!(PublicKey::from_spki_der(key.spki_der()).as_ref(), Ok(&key));
    let longer = [bytes, &[0]].concat();
    assert!(PublicKey::from_spki_der(&longer).is_err(), "an octet stands behind it");
    assert!(signature::verify(&key, key.scheme(), b"message", &[0; 64]).is_err());
    Outcome::Taken
}

/// A number that chooses a key, then message and signature. Only what the key's holder signed is
/// verified.
pub fn signature(bytes: &[u8]) -> Outcome {
    let signed = parts(SIGNED);
    let Some((which, rest)) = bytes.split_first() else { return Outcome::Refused };
    let keys: Vec<_> = signed.chunks_exact(3).collect();
    let Some(&[spki, known, _]) =
        usize::from(*which).checked_rem(keys.len()).and_then(|at| keys.get(at).copied())
    else {
        return Outcome::Refused;
    };
    let rest = parts(rest);
    let [message, value] = rest.as_slice() else { return Outcome::Refused };
    let Ok(key) = PublicKey::from_spki_der(spki) else { return Outcome::Refused };
    let outcome = signature::verify(&key, key.scheme(), message, value);
    if outcome.is_ok() {
        assert_eq!(*message, known, "a message that nobody signed is verified");
    }
    Outcome::of(&outcome)
}

/// PEM texts of anchors and of roots: as many as there are blocks at most, and never none.
pub fn anchors_pem(bytes: &[u8]) -> Outcome {
    let blocks = bytes.windows(11).filter(|part| part == b"-----BEGIN ").count();
    let outcome = TrustAnchors::from_pem(bytes);
    if let Ok(anchors) = &outcome {
        assert!((1..=blocks).contains(&anchors.len()), "{} anchors", anchors.len());
    }
    if AttestationRoots::from_pem(bytes).is_ok() {
        assert!(blocks > 0, "roots of no block");
    }
    Outcome::of(&outcome)
}
