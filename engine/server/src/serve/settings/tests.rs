use super::*;
use crate::config::Overrides;
use simbind_core::binding::Longest;
use std::time::Duration;

const TLS: &str = "[tls]\ncertificate = \"ca.pem\"\nkey = \"ca.pem\"\nclient_ca = \"ca.pem\"\n";

fn authority() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.self_signed(&key).unwrap().pem()
}

fn status(text: &str) -> StatusTerms {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("ca.pem"), authority()).unwrap();
    let text = format!("[trust]\ncertificates = [\"ca.pem\"]\n{text}");
    let config = Config::parse(&text, "test", dir.path(), &Overrides::default()).unwrap();
    let anyone = "local".parse().unwrap();
    settings(&config, AttestationList::None, &anyone).unwrap().status
}

fn speakers(terms: &StatusTerms) -> Vec<String> {
    let each = terms.issuers.iter().flat_map(|issuer| &issuer.speakers);
    each.map(|caller| caller.as_str().to_owned()).collect()
}

#[test]
fn certificates_are_as_long_as_configuration_says() {
    let longest = |text| {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::parse(text, "test", dir.path(), &Overrides::default()).unwrap();
        let anyone = "local".parse().unwrap();
        settings(&config, AttestationList::None, &anyone).unwrap().bounds.certificate_validity
    };
    assert_eq!(longest(""), Longest::AsIssued);
    let year = Longest::For(Duration::from_secs(365 * 86_400));
    assert_eq!(longest("[trust]\ncertificate_longest = \"365d\"\n"), year);
}

#[test]
fn an_anchor_is_known_but_no_source_and_nobody_speaks_for_it() {
    let terms = status(TLS);
    assert_eq!(terms.issuers.len(), 1);
    assert_eq!(speakers(&terms), [""; 0]);
    assert!(terms.sources.is_empty());
}

#[test]
fn the_caller_of_a_source_speaks_for_its_issuer() {
    let source = "[[status.source]]\nissuer = \"ca.pem\"\nkind = \"crl\"\ncaller = \"j\"\n";
    let terms = status(&format!("{TLS}{source}"));
    assert_eq!(speakers(&terms), ["j"]);
    assert_eq!(terms.sources.len(), 1);
}

#[test]
fn without_tls_whoever_calls_speaks_for_every_issuer() {
    assert_eq!(speakers(&status("")), ["local"]);
}
