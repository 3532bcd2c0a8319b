//! OCSP answers and revocation lists, made for the purpose and from a library's own tests.

use super::tally::Tally;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::Authority,
    status::{
        CertStatus, CrlSubject, Listing, Nonce, read_crl, read_ocsp, verify_crl, verify_ocsp,
    },
};
use std::path::Path;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A case's files and time.
struct Case<'c> {
    der: Vec<u8>,
    issuer: Option<Authority>,
    subject: Option<CrlSubject>,
    at: Timestamp,
    json: &'c Value,
}

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    let Ok(text) = std::fs::read(folder.join("cases.json")) else { return tally };
    let cases: Value = serde_json::from_slice(&text).unwrap();
    for json in cases["cases"].as_array().unwrap() {
        let outcome = judge(&Case::read(folder, json));
        let said = outcome.as_ref().map_or("reject", |said| *said);
        let reason = outcome.as_ref().err().map(String::as_str).unwrap_or_default();
        let also = json["also_accepted"].as_str();
        let fits =
            |wanted| wanted == said || (said == "held" && matches!(wanted, "revoked" | "hold"));
        if json["expected"].as_str().into_iter().chain(also).any(fits) {
            tally.is_right();
        } else {
            let name = json["name"].as_str().unwrap();
            tally.is_wrong(
                name,
                format!("{said} ({reason}), but {}: {}", json["expected"], json["why"]),
            );
        }
    }
    tally
}

impl<'c> Case<'c> {
    fn read(folder: &Path, json: &'c Value) -> Self {
        let file = |key: &str| {
            let name = json[key].as_str().filter(|name| *name != "-")?;
            Some(std::fs::read(folder.join(name)).unwrap())
        };
        let certificate = |key| file(key).map(|pem| CertificateDer::from_pem_slice(&pem).unwrap());
        let at = json["verify_at"].as_str().and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
        let der = file("file").unwrap();
        Self {
            der: CertificateRevocationListDer::from_pem_slice(&der).map_or(der, |it| it.to_vec()),
            issuer: certificate("issuer").map(|der| Authority::from_der(&der).unwrap()),
            subject: certificate("certificate")
                .map(|der| CrlSubject::of_certificate(&der).unwrap()),
            at: Timestamp::from_secs(at.map_or(0, OffsetDateTime::unix_timestamp)),
            json,
        }
    }
}

fn judge(case: &Case<'_>) -> Result<&'static str, String> {
    match case.json["kind"].as_str() {
        Some("crl") => judge_crl(case),
        Some("ocsp") => judge_ocsp(case),
        kind => unreachable!("a case of unknown kind {kind:?}"),
    }
}

fn judge_crl(case: &Case<'_>) -> Result<&'static str, String> {
    let Some(issuer) = &case.issuer else {
        return read_crl(&case.der).map(|_| "parse").map_err(|error| error.to_string());
    };
    let list = verify_crl(&case.der, issuer, case.at).map_err(|error| error.to_string())?;
    let Some(subject) = &case.subject else {
        return Ok("good");
    };
    match list.of(subject) {
        Listing::Unlisted => Ok("good"),
        Listing::Held { .. } => Ok("held"),
        Listing::Revoked { .. } => Ok("revoked"),
        Listing::Removed { .. } => Ok("unknown"),
        Listing::NotCovered => Err("the list does not speak for the certificate".to_owned()),
    }
}

fn judge_ocsp(case: &Case<'_>) -> Result<&'static str, String> {
    let (Some(issuer), Some(subject)) = (&case.issuer, &case.subject) else {
        return read_ocsp(&case.der).map(|_| "parse").map_err(|error| error.to_string());
    };
    let nonce = case.json["nonce_hex"].as_str().map(|nonce| hex::decode(nonce).unwrap());
    let nonce = nonce.as_deref().map_or(Nonce::NotAsked, Nonce::Asked);
    let answer = verify_ocsp(&case.der, issuer, subject.serial().as_der(), nonce, case.at);
    match answer.map_err(|error| error.to_string())?.status() {
        CertStatus::Good => Ok("good"),
        CertStatus::Held { .. } => Ok("held"),
        CertStatus::Revoked { .. } => Ok("revoked"),
        CertStatus::Unknown => Ok("unknown"),
    }
}
