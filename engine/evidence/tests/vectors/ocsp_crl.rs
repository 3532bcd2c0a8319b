//! OCSP answers and revocation lists, made for the purpose and from a library's own tests.

use super::{
    tally::Tally,
    walk::{self, Outcome},
};
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

/// A case's files and time.
struct Case<'c> {
    der: Vec<u8>,
    issuer: Option<Authority>,
    subject: Option<CrlSubject>,
    at: Timestamp,
    json: &'c Value,
}

/// A verdict that an answer or list leads to, or why it must not be used.
type Said = Result<&'static str, String>;

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for (file, json) in walk::json_files(folder, &mut tally) {
        if json.get("cases").is_none() {
            tally.is_passed_over(&file);
            continue;
        }
        match walk::list(&json, "cases") {
            Ok(cases) => cases.iter().for_each(|case| run_case(folder, &file, case, &mut tally)),
            Err(error) => tally.is_wrong(&file, error),
        }
    }
    tally
}

fn run_case(folder: &Path, file: &str, json: &Value, tally: &mut Tally) {
    let judged = walk::guarded(|| {
        let expected = walk::text(json, "expected")?;
        let also = walk::optional(json, "also_accepted")?;
        let case = Case::read(folder, json)?;
        let said = match walk::text(json, "kind")? {
            "crl" => judge_crl(&case),
            "ocsp" => judge_ocsp(&case)?,
            kind => return Err(format!("a case of unknown kind {kind}")),
        };
        let word = said.as_ref().map_or("reject", |said| *said);
        let fits =
            |wanted| wanted == word || (word == "held" && matches!(wanted, "revoked" | "hold"));
        if [expected].into_iter().chain(also).any(fits) {
            return Ok(());
        }
        let reason = said.err().unwrap_or_default();
        Err(format!("{word} ({reason}), but {expected}: {}", json["why"]))
    });
    match judged {
        Ok(()) => tally.is_right(),
        Err(difference) => tally.is_wrong(walk::name(json, file), difference),
    }
}

impl<'c> Case<'c> {
    fn read(folder: &Path, json: &'c Value) -> Outcome<Self> {
        let certificate = |field: &str| match walk::optional(json, field)? {
            None | Some("-") => Ok(None),
            Some(name) => {
                let pem = walk::open(folder, name)?;
                walk::told(CertificateDer::from_pem_slice(&pem), name).map(Some)
            }
        };
        let at = walk::optional(json, "verify_at")?.filter(|at| *at != "-");
        let der = walk::open(folder, walk::text(json, "file")?)?;
        let issuer = certificate("issuer")?.map(|der| Authority::from_der(&der)).transpose();
        let subject = certificate("certificate")?;
        let subject = subject.map(|der| CrlSubject::of_certificate(&der)).transpose();
        let case = Self {
            der: CertificateRevocationListDer::from_pem_slice(&der).map_or(der, |it| it.to_vec()),
            issuer: walk::told(issuer, "issuer")?,
            subject: walk::told(subject, "certificate")?,
            at: at.map_or(Ok(Timestamp::from_secs(0)), walk::time)?,
            json,
        };
        if case.issuer.is_some() && at.is_none() {
            return Err("an issuer, and no verify_at".to_owned());
        }
        Ok(case)
    }
}

fn judge_crl(case: &Case<'_>) -> Said {
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

fn judge_ocsp(case: &Case<'_>) -> Outcome<Said> {
    let (Some(issuer), Some(subject)) = (&case.issuer, &case.subject) else {
        return Ok(read_ocsp(&case.der).map(|_| "parse").map_err(|error| error.to_string()));
    };
    let nonce = walk::optional(case.json, "nonce_hex")?;
    let nonce = nonce.map(|_| walk::from_hex(case.json, "nonce_hex")).transpose()?;
    let nonce = nonce.as_deref().map_or(Nonce::NotAsked, Nonce::Asked);
    let answer = verify_ocsp(&case.der, issuer, subject.serial(), nonce, case.at);
    Ok(match answer.map(|answer| answer.status()) {
        Err(error) => Err(error.to_string()),
        Ok(CertStatus::Good) => Ok("good"),
        Ok(CertStatus::Held { .. }) => Ok("held"),
        Ok(CertStatus::Revoked { .. }) => Ok("revoked"),
        Ok(CertStatus::Unknown) => Ok("unknown"),
    })
}
