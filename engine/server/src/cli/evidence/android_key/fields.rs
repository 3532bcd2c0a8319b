//! The fields of a chain as JSON. Values come from the hardware's list or else the operating
//! system's, as in the published samples; only the hardware's prove anything, and the verdict looks
//! at no other.

use super::{
    super::{
        super::remote::hex,
        moment,
        summary::{self, Names},
    },
    Examined,
};
use serde_json::{Map, Value, json};
use simbind_evidence::android::{
    AttestationError, AttestedIds, AuthorizationList, BootState, Irregularity, KeyDescription,
    PersonalText, SecurityLevel,
};

pub(super) fn of(examined: &Examined) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("challenge_hex", json!(examined.challenge.as_deref().map(hex)));
    set("verify_at", json!(moment::shown(examined.at)));
    match &examined.description {
        Some(description) => {
            for (name, value) in described(description) {
                set(name, value);
            }
        }
        None => {
            for (name, _) in described(&empty()) {
                set(name, Value::Null);
            }
        }
    }
    set("root", json!(root(examined)));
    set("root_in_file", json!(root_in_file(examined)));
    set("key_description_at", json!(described_at(examined)));
    let summaries = examined.chain.summaries.iter();
    let certificates: Vec<_> = summaries.map(|each| summary::json(each, Names::Shown)).collect();
    set("certificates", json!(certificates));
    let (from, until) = examined.chain.validity();
    set("all_valid_from", json!(from.map(moment::shown)));
    set("all_valid_until", json!(until.map(moment::shown)));
    let of_chain = examined.verified.as_ref().is_err_and(AttestationError::is_of_chain);
    set("chain", json!(if of_chain { "reject" } else { "accept" }));
    let words: Vec<_> = examined.weaknesses().iter().map(|weakness| weakness.word()).collect();
    set("weaknesses", json!(words));
    let irregularities = examined.verified.as_ref().map(|read| read.irregularities());
    let words: Vec<_> = irregularities.unwrap_or_default().iter().map(irregularity).collect();
    set("irregularities", json!(words));
    fields
}

fn irregularity(irregularity: &Irregularity) -> &'static str {
    match irregularity {
        Irregularity::BatchNotAnAuthority => "batch_not_an_authority",
        Irregularity::NullEcdsaParameters => "null_ecdsa_parameters",
    }
}

fn empty() -> KeyDescription {
    KeyDescription {
        attestation_version: 0,
        attestation_level: SecurityLevel::Software,
        keymint_version: 0,
        keymint_level: SecurityLevel::Software,
        challenge: Vec::new(),
        software: AuthorizationList::default(),
        hardware: AuthorizationList::default(),
    }
}

/// The value of the hardware's list or else the other's.
pub(super) fn first<T>(
    description: &KeyDescription,
    get: impl Fn(&AuthorizationList) -> Option<T>,
) -> Option<T> {
    get(&description.hardware).or_else(|| get(&description.software))
}

fn described(d: &KeyDescription) -> Vec<(&'static str, Value)> {
    let root = first(d, |list| list.root_of_trust.clone());
    let application = first(d, |list| list.application.clone()).unwrap_or_default();
    let purposes = first(d, |list| Some(list.purposes.clone()).filter(|p| !p.is_empty()));
    let packages: Vec<_> = application
        .packages
        .iter()
        .map(|package| json!({ "name": package.name, "version": package.version }))
        .collect();
    let signers: Vec<_> = application.signer_digests.iter().map(|digest| hex(digest)).collect();
    let boot_hash = root.as_ref().and_then(|root| root.boot_hash.as_deref().map(hex));
    let imei = first(d, |list| list.ids.imei.as_ref().map(|text| text.reveal().to_owned()));
    vec![
        ("attestation_challenge_in_certificate_hex", json!(hex(&d.challenge))),
        ("attestation_version", json!(d.attestation_version)),
        ("attestation_security_level", level(d.attestation_level)),
        ("keymint_version", json!(d.keymint_version)),
        ("keymint_security_level", level(d.keymint_level)),
        ("verified_boot_state", json!(root.as_ref().map(|root| boot(root.state)))),
        ("device_locked", json!(root.as_ref().map(|root| root.locked))),
        ("verified_boot_key_hex", json!(root.as_ref().map(|root| hex(&root.boot_key)))),
        ("verified_boot_hash_hex", json!(boot_hash)),
        ("os_version", json!(first(d, |list| list.os_version))),
        ("os_patch_level", json!(first(d, |list| list.os_patch))),
        ("vendor_patch_level", json!(first(d, |list| list.vendor_patch))),
        ("boot_patch_level", json!(first(d, |list| list.boot_patch))),
        ("origin", json!(first(d, |list| list.origin.map(|origin| origin.number())))),
        ("purposes", json!(purposes)),
        ("packages", json!(packages)),
        ("signature_digests", json!(signers)),
        ("imei", json!(imei)),
        ("attested_ids", ids(d)),
        ("module_hash_hex", json!(first(d, |list| list.module_hash.as_deref().map(hex)))),
    ]
}

fn ids(d: &KeyDescription) -> Value {
    let personal = |get: fn(&AttestedIds) -> &Option<PersonalText>| {
        first(d, |list| get(&list.ids).as_ref().map(|text| text.reveal().to_owned()))
    };
    let plain = |get: fn(&AttestedIds) -> &Option<String>| first(d, |list| get(&list.ids).clone());
    let present: Map<_, _> = [
        ("brand", plain(|ids| &ids.brand)),
        ("device", plain(|ids| &ids.device)),
        ("product", plain(|ids| &ids.product)),
        ("serial", personal(|ids| &ids.serial)),
        ("imei", personal(|ids| &ids.imei)),
        ("meid", personal(|ids| &ids.meid)),
        ("manufacturer", plain(|ids| &ids.manufacturer)),
        ("model", plain(|ids| &ids.model)),
        ("second_imei", personal(|ids| &ids.second_imei)),
    ]
    .into_iter()
    .filter_map(|(name, text)| text.map(|text| (name.to_owned(), json!(text))))
    .collect();
    if present.is_empty() { Value::Null } else { Value::Object(present) }
}

/// The name of a level; the number of one that has none.
pub(super) fn level(level: SecurityLevel) -> Value {
    match level {
        SecurityLevel::Software => json!("Software"),
        SecurityLevel::TrustedEnvironment => json!("TrustedEnvironment"),
        SecurityLevel::StrongBox => json!("StrongBox"),
        SecurityLevel::Other(number) => json!(number),
    }
}

/// The name of a state; the number of one that has none.
pub(super) fn boot(state: BootState) -> Value {
    match state {
        BootState::Verified => json!("VERIFIED"),
        BootState::SelfSigned => json!("SELF_SIGNED"),
        BootState::Unverified => json!("UNVERIFIED"),
        BootState::Failed => json!("FAILED"),
        BootState::Other(number) => json!(number),
    }
}

/// Keys of attestation roots that have a name, by the SHA-256 of their `SubjectPublicKeyInfo`.
const NAMED_ROOTS: &[(&str, &str)] = &[
    ("feb2ea7551ee316ed4bb443c8293b884dbfdea40b603ee3e4f4a897e4580fbae", "google-rsa"),
    ("3ee44512a1af2beb39c889490c60ea3f82e43f5d5a5532f5ab9419f676cd07ec", "google-ec"),
    // Their private keys are published.
    ("d5100c7942ef2e8310dc30ef82729680cf48d690735c3f68179a33c7c370f286", "software"),
    ("f2c4746f545946c100e72297f8f946344d7052f03a2f694221f9c893b0e6f711", "software"),
];

/// The name of the root that the last certificate has or bears the signature of.
fn root(examined: &Examined) -> &'static str {
    let own = examined.chain.summaries.last().map(|last| last.key_sha256);
    let signed = || examined.chain.ders.last().and_then(|last| examined.roots.root_of(last));
    let name = |key: [u8; 32]| {
        let key = hex(&key);
        NAMED_ROOTS.iter().find(|(sha256, _)| *sha256 == key).map(|(_, name)| *name)
    };
    own.and_then(name).or_else(|| signed().and_then(name)).unwrap_or("other")
}

/// Whether the last certificate is one that signs itself by its name.
fn root_in_file(examined: &Examined) -> bool {
    examined.chain.summaries.last().is_some_and(|last| last.subject == last.issuer)
}

fn described_at(examined: &Examined) -> Vec<usize> {
    let summaries = examined.chain.summaries.iter().enumerate();
    summaries
        .filter(|(_, summary)| !summary.key_descriptions.is_empty())
        .map(|(at, _)| at)
        .collect()
}
