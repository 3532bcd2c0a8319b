//! Certificates as they describe themselves.

use super::{
    super::remote::hex,
    files, moment,
    outcome::Unreadable,
    tree::{Mark, Node},
};
use serde_json::{Value, json};
use simbind_core::time::Timestamp;
use simbind_evidence::{inspect::CertificateSummary, signature::KeyType};
use std::path::PathBuf;

/// Some certificates, as bytes and as they describe themselves.
pub(super) struct Described {
    pub(super) ders: Vec<Vec<u8>>,
    pub(super) summaries: Vec<CertificateSummary>,
}

impl Described {
    /// Reads files.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Unreadable> {
        Self::of(files::certificates(paths)?)
    }

    /// Of certificates that are there.
    pub(super) fn of(ders: Vec<Vec<u8>>) -> Result<Self, Unreadable> {
        let unreadable = |(at, der): (usize, &Vec<u8>)| {
            let why = || Unreadable::because(format!("certificate {at} is not X.509 in DER"));
            CertificateSummary::from_der(der).ok_or_else(why)
        };
        let summaries = ders.iter().enumerate().map(unreadable).collect::<Result<_, _>>()?;
        Ok(Self { ders, summaries })
    }

    /// The first and the last second at which all of them are valid.
    pub(super) fn validity(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let from = self.summaries.iter().map(|summary| summary.not_before).max();
        let until = self.summaries.iter().map(|summary| summary.not_after).min();
        (from, until)
    }
}

/// Whether names may be shown: a person's are not, unless asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Shown,
    Hidden,
}

pub(super) fn json(summary: &CertificateSummary, names: Names) -> Value {
    let subject = match names {
        Names::Shown => json!(summary.subject),
        Names::Hidden => Value::Null,
    };
    json!({
        "subject": subject,
        "issuer": summary.issuer,
        "serial_hex": summary.serial_hex,
        "not_before": moment::shown(summary.not_before),
        "not_after": moment::shown(summary.not_after),
        "sha256": hex(&summary.sha256),
    })
}

pub(super) fn node(
    at: usize,
    summary: &CertificateSummary,
    names: Names,
    mark: Mark,
    when: Timestamp,
) -> Node {
    let subject = match names {
        Names::Shown => summary.subject.as_str(),
        Names::Hidden => "(a person's name, not shown)",
    };
    let (from, until) = (summary.not_before, summary.not_after);
    let valid = from <= when && when <= until;
    let validity = format!("valid from {} to {}", moment::shown(from), moment::shown(until));
    Node::new(mark, format!("{at}: {subject}")).with([
        Node::plain(format!("issued by {}", summary.issuer)),
        Node::plain(format!("serial {}, {}", summary.serial_hex, key(summary))),
        Node::new(if mark == Mark::Plain { mark } else { Mark::of(valid) }, validity),
        Node::plain(format!("sha256 {}", hex(&summary.sha256))),
    ])
}

fn key(summary: &CertificateSummary) -> String {
    match &summary.key {
        Ok(KeyType::Rsa { bits }) => format!("RSA {bits}"),
        Ok(KeyType::EcP256) => "EC P-256".to_owned(),
        Ok(KeyType::EcP384) => "EC P-384".to_owned(),
        Err(error) => error.to_string(),
    }
}
