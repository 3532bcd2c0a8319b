use super::{Config, Overrides, PackOrigin, Problem, parse_duration};
use simbind_core::{
    app::{AppProof, AppRole, SignerDigest},
    binding::{AppleEnvironment, LONGEST_TO_FIFTH_BIRTHDAY, Longest},
    rollout::NationalApproval,
};
use simbind_rules::facts::{ReaderProfile, Sensitivity};
use simbind_service::settings::Signing;
use std::{path::Path, time::Duration};

fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    Config::parse(text, "simbind.toml", Path::new(""), &Overrides::default())
        .map_err(|problems| problems.list().to_vec())
}

#[test]
fn without_configuration_it_is_a_loopback_server_with_the_usual_parties() {
    let config = parse("").unwrap();
    assert!(config.listen.grpc.ip().is_loopback());
    assert!(config.tls.is_none());
    assert_eq!(config.data, Path::new("simbind-data"));
    let demo = super::DEFAULT_APP.parse().unwrap();
    assert_eq!(config.apps.get(&demo).unwrap().role, AppRole::Both);
    assert!(config.apps.get(&super::DEFAULT_APPLE_APP.parse().unwrap()).is_some());
    assert_eq!(config.apps.iter().count(), 4);
    let party = &config.relying_parties[0];
    assert_eq!(party.id.as_str(), "local");
    assert_eq!(party.sensitivity("view"), Sensitivity::View);
    assert_eq!(party.sensitivity("apply"), Sensitivity::Apply);
    assert_eq!(party.sensitivity("never heard of"), Sensitivity::Pay);
    assert_eq!(party.sensitivity(""), Sensitivity::Pay);
    let readers: Vec<_> = config.readers.iter().map(|r| (r.id.as_str(), r.profile)).collect();
    assert_eq!(
        readers,
        [
            ("local-door", ReaderProfile::Door),
            ("local-counter", ReaderProfile::Counter),
            ("local-terminal", ReaderProfile::Terminal),
        ]
    );
    let carriers: Vec<_> = config.carriers.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(
        carriers,
        [
            "docomo",
            "iij",
            "aqua-mobile",
            "kddi",
            "kawasemi",
            "softbank",
            "tsubame-mobile",
            "rakuten"
        ]
    );
    assert_eq!(config.carriers[1].host.as_ref().unwrap().as_str(), "docomo");
}

#[test]
fn an_app_of_apple_is_taken_in_production_unless_it_says_development() {
    let proof = |app: &str| {
        let config = parse(&format!("[[apps]]\nid = \"ABCDE12345.jp.a\"\n{app}")).unwrap();
        config.apps.get(&"ABCDE12345.jp.a".parse().unwrap()).unwrap().proof.clone()
    };
    let apple = |environment| AppProof::Apple { environment };
    assert_eq!(proof(""), apple(AppleEnvironment::Production));
    assert_eq!(proof("environment = \"production\"\n"), apple(AppleEnvironment::Production));
    assert_eq!(proof("environment = \"development\"\n"), apple(AppleEnvironment::Development));
}

#[test]
fn parties_that_are_named_take_the_place_of_the_usual_ones() {
    let config = parse(
        "[[relying_party]]\nid = \"bank\"\ncaller = \"bank\"\n\
         operations = { balance = \"view\", transfer = \"apply\" }\n",
    )
    .unwrap();
    assert_eq!(config.relying_parties.len(), 1);
    assert_eq!(config.relying_parties[0].sensitivity("?"), Sensitivity::Apply);
    assert!(config.carriers.is_empty() && config.readers.is_empty());
    assert_eq!(config.callers.len(), 1);
}

#[test]
fn a_problem_names_its_line_and_field() {
    for (text, line, field, message) in [
        ("[listen]\ngrpc = 7\n", 2, "grpc", "invalid type"),
        ("\n[listen]\nport = 7\n", 3, "port", "unknown field"),
        ("[lissten]\n", 1, "lissten", "unknown field"),
        ("[listen]\ngrpc = \"nowhere\"\n", 2, "listen.grpc", "no address"),
        ("[limits]\n\nmessage_bytes = 1\n", 3, "limits.message_bytes", "not within"),
        ("[limits]\nstreams_per_connection = 99999999999\n", 2, "limits.streams_per", "not within"),
        (
            "[trust]\nattestation_status_every = \"2d\"\n",
            2,
            "trust.attestation_status_every",
            "not within",
        ),
        (
            "[trust]\nattestation_status_max_age = \"2d\"\n",
            2,
            "trust.attestation_status_max_age",
            "no trust.attestation_status",
        ),
        ("[limits]\nchallenge_lifetime = \"2 m\"\n", 2, "limits.challenge_life", "no duration"),
        ("[limits]\nchallenge_lifetime = \"2d\"\n", 2, "limits.challenge_life", "not within"),
        ("[limits]\ntoken_skew = \"61s\"\n", 2, "limits.token_skew", "not within"),
        ("[limits]\nused_tokens = 0\n", 2, "limits.used_tokens", "not within"),
        ("[trust]\ncertificates = [\n  \"none.pem\",\n]\n", 3, "trust.certificates[0]", "no `none"),
        ("[trust]\ncertificate_longest = \"5y\"\n", 2, "trust.certificate_longest", "no duration"),
        ("[trust]\ncertificate_longest = \"1h\"\n", 2, "trust.certificate_longest", "not within"),
        (
            "[trust]\ncertificate_longest = \"40000d\"\n",
            2,
            "trust.certificate_longest",
            "100 years",
        ),
        ("[trust]\nrequired_policies = [\"x\"]\n", 2, "trust.required_policies[0]", "identifier"),
        (
            "[trust]\nrequired_policies = [\"1.2.81087079148403313868\"]\n",
            2,
            "trust.required_policies[0]",
            "identifier",
        ),
        ("[trust]\ncertificate_profile = \"x\"\n", 2, "trust.certificate_profile", "strict"),
        ("[[apps]]\nid = \"a b\"\n", 2, "apps[0].id", "app"),
        ("[[apps]]\nid = \"jp.a\"\n", 2, "apps[0].signer_sha256", "apksigner"),
        ("[[apps]]\nid = \"jp.a\"\nsigner_sha256 = [\"5a\"]\n", 3, "apps[0].sig", "64 hex"),
        ("[[apps]]\nid = \"jp.a\"\nsigner_sha256 = []\n", 2, "apps[0].signer_sha256", "add "),
        ("[[apps]]\nid = \"TEAM123456.a\"\nrole = \"all\"\n", 3, "apps[0].role", "both"),
        (
            "[[apps]]\nid = \"TEAM123456.a\"\nsigner_sha256 = [\"5a\"]\n",
            3,
            "apps[0].signer_sha256",
            "its team",
        ),
        (
            "[[apps]]\nid = \"TEAM123456.a\"\ncarrier_privilege = [\"docomo\"]\n",
            3,
            "apps[0].carrier_privilege",
            "iOS",
        ),
        (
            "[[apps]]\nid = \"TEAM123456.a\"\n[[apps]]\nid = \"TEAM123456.a\"\n",
            4,
            "apps[1].id",
            "already",
        ),
        ("apps = [\"jp.a\"]\n", 1, "apps", "invalid type"),
        ("[trust]\napple_roots = [\"none.pem\"]\n", 2, "trust.apple_roots[0]", "no `none"),
        (
            "[[apps]]\nid = \"ABCDE12345.jp.a\"\nenvironment = \"test\"\n",
            3,
            "apps[0].environment",
            "production, development",
        ),
        (
            "[[apps]]\nid = \"jp.a\"\nenvironment = \"production\"\nsigner_sha256 = []\n",
            2,
            "apps[0].signer_sha256",
            "add ",
        ),
        ("[[caller]]\nname = \"a\"\nroles = [\"root\"]\n", 3, "caller[0].roles[0]", "root"),
        ("[[caller]]\nname = \"a\"\nroles = []\n", 3, "caller[0].roles", "at least one"),
        ("[listen]\ngrpc = \"0.0.0.0:1\"\n", 2, "listen.grpc", "OPEN_WITHOUT_TLS"),
        ("[packs]\ndir = \"nowhere\"\n", 2, "packs.dir", "no `nowhere`"),
        ("[packs]\nkeys = [{ public = \"x\" }]\n", 2, "packs.keys[0].public", "44 characters"),
        ("[packs]\nkeys = [{ private = \"x\" }]\n", 2, "keys", "unknown field"),
        ("[packs]\nsigned_only = true\n", 2, "packs.signed_only", "without packs.keys"),
        ("[packs]\nnational_approval = \"3\"\n", 2, "packs.national_approval", "one, two"),
        ("[packs]\nbundle = \"nowhere\"\n", 2, "packs.bundle", "without packs.keys"),
        (
            "[[carrier]]\nid = \"a\"\ncaller = \"a\"\nhost = \"b\"\n",
            4,
            "carrier[0].host",
            "no carrier",
        ),
        (
            "[[carrier]]\nid = \"a\"\ncaller = \"a\"\nhost = \"a\"\n",
            4,
            "carrier[0].host",
            "its own",
        ),
        (
            "[[reader]]\nid = \"a\"\ncaller = \"a\"\nprofile = \"gate\"\nsensitivity = \"view\"\n",
            4,
            "reader[0].profile",
            "door, counter, terminal",
        ),
        (
            "[[reader]]\nid = \"a\"\ncaller = \"a\"\nprofile = \"door\"\nsensitivity = \"view\"\n\
             model = \"sato-door\"\n",
            6,
            "reader[0].firmware",
            "has a firmware",
        ),
        (
            "[[reader]]\nid = \"a\"\ncaller = \"a\"\nprofile = \"door\"\nsensitivity = \"view\"\n\
             model = \"sato-door\"\nfirmware = \"v2\"\n",
            7,
            "reader[0].firmware",
            "1 to 4 numbers",
        ),
        (
            "[[caller]]\nname = \"a\"\nroles = [\"analyst\"]\n[[caller]]\nname = \"a\"\n\
             roles = [\"auditor\"]\n",
            5,
            "caller[1].name",
            "already",
        ),
        (
            "[[relying_party]]\nid = \"a\"\ncaller = \"a\"\noperations = { pay = \"much\" }\n",
            4,
            "relying_party[0].operations.pay",
            "view, apply, pay",
        ),
    ] {
        let problems = parse(text).unwrap_err();
        let found = &problems[0];
        assert_eq!(found.line, Some(line), "{text}{found:?}");
        assert!(found.field.starts_with(field), "{text}{found:?}");
        assert!(found.message.contains(message), "{text}{found:?}");
    }
}

#[test]
fn an_app_is_listed_with_its_signers_its_part_and_those_who_trust_it() {
    let signer = "5A:".repeat(31) + "5A";
    let text = format!(
        "[[apps]]\nid = \"jp.card\"\nrole = \"ui\"\ncarrier_privilege = [\"a\"]\n\
         signer_sha256 = [\"{signer}\", \"{}\"]\n[[apps]]\nid = \"TEAM123456.jp.login\"\n\
         [[carrier]]\nid = \"a\"\ncaller = \"a\"\n",
        "b1".repeat(32)
    );
    let config = parse(&text).unwrap();
    let card = config.apps.get(&"jp.card".parse().unwrap()).unwrap();
    assert_eq!(card.role, AppRole::Ui);
    let signers = [0x5a, 0xb1].map(|b| SignerDigest::from_sha256([b; 32])).into();
    assert_eq!(card.proof, AppProof::Android { signers });
    assert_eq!(card.carrier_privilege, ["a".parse().unwrap()].into());
    let apple = config.apps.get(&"TEAM123456.jp.login".parse().unwrap()).unwrap();
    let environment = AppleEnvironment::Production;
    assert_eq!((apple.role, &apple.proof), (AppRole::Both, &AppProof::Apple { environment }));
    let strangers = parse(&text.replace("id = \"a\"", "id = \"b\"")).unwrap_err();
    assert_eq!(strangers[0].field, "apps[0].carrier_privilege");
    assert!(parse("apps = []\n").unwrap().apps.iter().next().is_none());
}

#[test]
fn certificates_are_as_long_as_their_issuer_says_where_nothing_else_is_said() {
    let longest = |text| parse(text).unwrap().trust.certificate_longest;
    assert_eq!(longest(""), Longest::AsIssued);
    let five = longest("[trust]\ncertificate_longest = \"1828d\"\n");
    assert_eq!(five, Longest::For(LONGEST_TO_FIFTH_BIRTHDAY));
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let problems = parse(
        "[listen]\ngrpc = \"x\"\n[limits]\nmessage_bytes = 0\n[[carrier]]\nid = \"\"\n\
         caller = \"a\"\nlag = \"soon\"\nhorizon_days = 0\n",
    )
    .unwrap_err();
    let lines: Vec<_> = problems.iter().filter_map(|p| p.line).collect();
    assert_eq!(lines, [2, 4, 6, 8, 9]);
}

#[test]
fn a_listen_address_of_the_command_line_is_checked_too() {
    let overrides =
        Overrides { listen: Some("0.0.0.0:1".parse().unwrap()), ..Overrides::default() };
    let problems = Config::parse("", "x", Path::new(""), &overrides).unwrap_err();
    assert_eq!(problems.list()[0].field, "--listen");
    assert!(problems.to_string().contains("OPEN_WITHOUT_TLS"));
}

#[test]
fn durations_are_a_number_and_a_unit() {
    assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
    assert_eq!(parse_duration("30m"), Ok(Duration::from_secs(1800)));
    assert_eq!(parse_duration("10d"), Ok(Duration::from_secs(864_000)));
    for wrong in ["", "m", "5", "-5m", "5 m", "5M", "1h30m", "99999999999999999999d", "36501d"] {
        assert!(parse_duration(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn packs_come_from_one_place_on_terms_that_fit_it() {
    let key = "keys = [{ public = \"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }]\n";
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("b"), "").unwrap();
    let read = |packs: &str| {
        let text = format!("[packs]\n{packs}");
        Config::parse(&text, "x", dir.path(), &Overrides::default())
            .map(|config| config.packs)
            .map_err(|problems| problems.to_string())
    };
    let packs = read(&format!("bundle = \"b\"\n{key}signed_only = true\n")).unwrap();
    assert_eq!(packs.origin, PackOrigin::Bundle(dir.path().join("b")));
    assert_eq!(packs.terms.signing, Signing::Required);
    assert!(!packs.terms.keys.is_empty());
    assert_eq!(packs.terms.approval, NationalApproval::OnePerson);

    let packs = read("dir = \".\"\nnational_approval = \"two\"\n").unwrap();
    assert_eq!(packs.origin, PackOrigin::Folder(dir.path().join(".")));
    assert_eq!(
        (packs.terms.signing, packs.terms.approval),
        (Signing::Optional, NationalApproval::TwoPersons)
    );
    assert_eq!(read("").unwrap().origin, PackOrigin::Shipped);

    for (text, part) in [
        (format!("dir = \".\"\nbundle = \"b\"\n{key}"), "packs.dir is there too"),
        (format!("dir = \".\"\nsigned_only = true\n{key}"), "are not signed"),
        (format!("{}{}", key.replace("}]", "},"), &key[8..]), "is there twice"),
    ] {
        let problems = read(&text).unwrap_err();
        assert!(problems.contains(part), "{text}{problems}");
    }
}

#[test]
fn the_example_is_valid_and_shows_the_defaults() {
    let config = parse(include_str!("../../simbind.example.toml")).unwrap();
    assert_eq!(config.limits, super::Limits::default());
    assert_eq!(config.store, super::StoreSizes::default());
    assert_eq!(config.listen.grpc, parse("").unwrap().listen.grpc);
    assert_eq!(config.data, parse("").unwrap().data);
    let usual = parse("[[carrier]]\nid = \"a\"\ncaller = \"a\"\n").unwrap();
    let (example, usual) = (&config.carriers[0], &usual.carriers[0]);
    assert_eq!(
        (example.horizon, example.max_silence, example.lag),
        (usual.horizon, usual.max_silence, usual.lag)
    );
}
