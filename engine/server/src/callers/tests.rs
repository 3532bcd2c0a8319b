use super::{Access, Callers, Identity, Role, access, identify, table::METHODS};
use crate::config::{Config, Overrides};
use prost::Message as _;
use std::path::Path;

#[test]
fn every_method_of_the_contract_has_its_roles() {
    let set =
        prost_types::FileDescriptorSet::decode(simbind_proto::v1::FILE_DESCRIPTOR_SET).unwrap();
    let mut methods = Vec::new();
    for file in set.file.iter().filter(|file| file.package() == "simbind.v1") {
        // Carriers serve this one; we call it.
        let ours = |name: &str| name != "AppletPlatformService";
        for service in file.service.iter().filter(|service| ours(service.name())) {
            for method in &service.method {
                methods.push(format!("/simbind.v1.{}/{}", service.name(), method.name()));
            }
        }
    }
    assert!(methods.len() > 20, "{methods:?}");
    for method in &methods {
        assert!(access(method).is_some(), "{method} has no roles");
    }
    assert_eq!(methods.len(), METHODS.len(), "the table names a method that there is not");
}

#[test]
fn what_is_not_in_the_table_cannot_be_called() {
    for path in ["", "/", "/simbind.v1.CheckService/", "/simbind.v1.CheckService/Nothing"] {
        assert_eq!(access(path), None, "{path}");
    }
    assert_eq!(access("/grpc.health.v1.Health/Check"), Some(Access::Known));
}

#[test]
fn carriers_cannot_enrol_and_relying_parties_cannot_push_events() {
    let roles = |path| match access(path) {
        Some(Access::Roles(roles)) => roles,
        other => panic!("{other:?}"),
    };
    assert_eq!(roles("/simbind.v1.BindingService/EnrolBinding"), [Role::Counter]);
    assert_eq!(roles("/simbind.v1.SimEventService/PublishEvents"), [Role::Carrier]);
    assert_eq!(roles("/simbind.v1.CheckService/CheckLogin"), [Role::RelyingParty]);
}

#[test]
fn without_tls_every_caller_has_every_role() {
    let config = Config::parse("", "test", Path::new(""), &Overrides::default()).unwrap();
    let identity = identify(&tonic::Request::new(()), &Callers::new(&config)).unwrap();
    assert_eq!(identity, Identity::AllRoles);
    for role in Role::ALL {
        identity.require(role).unwrap();
    }
    assert!(identity.speaks_for(&config.relying_parties[0].caller));
}

#[test]
fn with_tls_a_request_without_certificate_is_nobody() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["c", "k", "a"] {
        std::fs::write(dir.path().join(name), "").unwrap();
    }
    let text = "[tls]\ncertificate = \"c\"\nkey = \"k\"\nclient_ca = \"a\"\n";
    let config = Config::parse(text, "test", dir.path(), &Overrides::default()).unwrap();
    let refused = identify(&tonic::Request::new(()), &Callers::new(&config)).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
}

#[test]
fn roles_read_as_they_are_written() {
    for role in Role::ALL {
        assert_eq!(role.name().parse(), Ok(role));
    }
    assert!("root".parse::<Role>().is_err());
}
