use super::{DEFAULT_CALLERS, MakeError, config_text, make, write};
use crate::{
    callers::{Callers, Role},
    config::{Config, Overrides},
};
use simbind_core::ids::CallerId;
use std::os::unix::fs::PermissionsExt as _;
use time::OffsetDateTime;

fn callers(names: &[&str]) -> Vec<CallerId> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

#[test]
fn the_set_and_its_configuration_fit_and_only_the_owner_reads_them() {
    let dir = tempfile::tempdir().unwrap();
    let set = make(&callers(&DEFAULT_CALLERS), OffsetDateTime::UNIX_EPOCH).unwrap();
    for _ in 0..2 {
        for path in write(dir.path(), &set).unwrap() {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
    let config = Config::load(Some(&dir.path().join("simbind.toml")), &Overrides::default());
    let config = config.unwrap_or_else(|e| panic!("{e}"));
    assert!(config.tls.is_some());
    for name in DEFAULT_CALLERS {
        assert!(config.callers.iter().any(|c| c.name.as_str() == name), "{name}");
    }
    let mut files = config.tls.unwrap();
    crate::tls::server(&files).unwrap();
    files.key = dir.path().join("bank.key");
    let refused = crate::tls::server(&files).unwrap_err().to_string();
    assert!(refused.contains("bank.key"), "{refused}");
}

#[test]
fn a_made_client_is_the_caller_of_its_name() {
    let set = make(&callers(&["city-hall", "stranger"]), OffsetDateTime::UNIX_EPOCH).unwrap();
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &set).unwrap();
    let text = config_text(&callers(&["city-hall"]));
    let config = Config::parse(&text, "test", dir.path(), &Overrides::default()).unwrap();
    let known = Callers::new(&config);
    let chain = |name: &str| {
        let pem = &set.clients[&name.parse::<CallerId>().unwrap()].certificate;
        let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
        [rustls_pki_types::CertificateDer::from(pem.contents)]
    };
    let identity = known.of_certificates(&chain("city-hall")).unwrap();
    assert_eq!(identity.name().unwrap().as_str(), "city-hall");
    for role in [Role::Counter, Role::RelyingParty, Role::ReaderHost] {
        identity.require(role).unwrap();
    }
    assert_eq!(identity.require(Role::Carrier).unwrap_err().code(), tonic::Code::PermissionDenied);
    let refused = known.of_certificates(&chain("stranger")).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    assert!(known.of_certificates(&[]).is_err());
}

#[test]
fn any_subset_of_callers_gets_a_valid_configuration() {
    let dir = tempfile::tempdir().unwrap();
    for names in [["iij", "my-app"], ["tsubame-mobile", "docomo"], ["kddi", "kawasemi"]] {
        let set = make(&callers(&names), OffsetDateTime::UNIX_EPOCH).unwrap();
        write(dir.path(), &set).unwrap();
        Config::load(Some(&dir.path().join("simbind.toml")), &Overrides::default())
            .unwrap_or_else(|e| panic!("{names:?}: {e}"));
    }
}

#[test]
fn a_name_that_no_certificate_can_carry_is_refused() {
    for name in ["a@b", "a/b", "..", "-a", "Bank"] {
        let made = make(&callers(&[name]), OffsetDateTime::UNIX_EPOCH);
        assert!(matches!(made, Err(MakeError::Name(_))), "{name}");
    }
}

#[test]
fn keys_do_not_show_in_debug() {
    let set = make(&callers(&["bank"]), OffsetDateTime::UNIX_EPOCH).unwrap();
    assert!(!format!("{set:?}").contains("PRIVATE"));
}
