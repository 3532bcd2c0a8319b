//! A sample's decoded fields. The hardware's list comes first, then the operating system's.

use super::super::walk::{self, Outcome};
use serde_json::{Map, Value, json};
use simbind_core::{ids::Imei, time::Timestamp};
use simbind_evidence::{
    android::{AttestedIds, AuthorizationList, KeyDescription, PersonalText, SecurityLevel},
    inspect::CertificateSummary,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use x509_parser::prelude::{FromDer, X509Certificate};

const KEY_DESCRIPTION: &str = "1.3.6.1.4.1.11129.2.1.17";

/// Compares what is read with what the sample's file says. A field that it does not name says
/// nothing.
pub(super) fn compare(sample: &Value, chain: &[Vec<u8>]) -> Outcome {
    certificates(sample, chain)?;
    let places = walk::optional_list(sample, "key_description_at")?;
    let Some(place) = places.first() else { return Ok(()) };
    let der = place.as_u64().and_then(|place| chain.get(usize::try_from(place).ok()?));
    let der = der.ok_or_else(|| format!("key_description_at is {place}"))?;
    let extension = key_description(der)?;
    let read = match KeyDescription::from_der(&extension) {
        Ok(read) => read,
        // Nobody could decode it, or whoever did knows that it is refused.
        Err(_) if sample["attestation_version"].is_null() || sample["expected"] == "reject" => {
            return Ok(());
        }
        Err(error) => return Err(error.to_string()),
    };
    for (field, value) in fields(&read) {
        same(sample, field, &value)?;
    }
    let ids = match attested_ids(&read) {
        ids if ids.is_empty() => Value::Null,
        ids => Value::Object(ids),
    };
    same(sample, "attested_ids", &ids)?;
    let imei = first(&read, |list| list.ids.imei.as_ref().map(|text| text.reveal().to_owned()));
    same(sample, "imei", &json!(imei)).map_err(|_| "another imei")?;
    // One that is an IMEI is also read as one.
    match imei.and_then(|text| text.parse::<Imei>().ok()) {
        Some(imei) if first(&read, |list| list.imeis.contains(&imei).then_some(())).is_none() => {
            Err("the imei is not read as one".to_owned())
        }
        _ => Ok(()),
    }
}

fn same(sample: &Value, field: &str, value: &Value) -> Outcome {
    match sample.get(field) {
        Some(theirs) if theirs != value => Err(format!("{field} is {value}, but {theirs}")),
        _ => Ok(()),
    }
}

fn key_description(der: &[u8]) -> Outcome<Vec<u8>> {
    let (_, certificate) = walk::told(X509Certificate::from_der(der), "key_description_at")?;
    let mut extensions = certificate.extensions().iter();
    let found = extensions.find(|extension| extension.oid.to_id_string() == KEY_DESCRIPTION);
    Ok(found.ok_or("no key description")?.value.to_vec())
}

/// Compares what each certificate says of itself.
fn certificates(sample: &Value, chain: &[Vec<u8>]) -> Outcome {
    if sample.get("certificates").is_none() {
        return Ok(());
    }
    let written = walk::list(sample, "certificates")?;
    if written.len() != chain.len() {
        return Err(format!("{} certificates, but {}", chain.len(), written.len()));
    }
    for (der, written) in chain.iter().zip(written) {
        let read = certificate(der)?;
        if read != *written {
            return Err(format!("a certificate says {read}, but {written}"));
        }
    }
    Ok(())
}

fn certificate(der: &[u8]) -> Outcome<Value> {
    let time = |at: Timestamp| {
        let at = OffsetDateTime::from_unix_timestamp(at.as_secs());
        walk::told(at, "a time").and_then(|at| walk::told(at.format(&Rfc3339), "a time"))
    };
    let Some(read) = CertificateSummary::from_der(der) else { return Ok(Value::Null) };
    Ok(json!({
        "subject": read.subject,
        "issuer": read.issuer,
        "serial_hex": read.serial_hex,
        "not_before": time(read.not_before)?,
        "not_after": time(read.not_after)?,
        "sha256": hex::encode(read.sha256),
    }))
}

fn attested_ids(d: &KeyDescription) -> Map<String, Value> {
    let personal = |get: fn(&AttestedIds) -> &Option<PersonalText>| {
        first(d, |list| get(&list.ids).as_ref().map(|text| text.reveal().to_owned()))
    };
    let plain = |get: fn(&AttestedIds) -> &Option<String>| first(d, |list| get(&list.ids).clone());
    [
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
    .collect()
}

/// The value of the hardware's list or else the other's, as the samples' files have it.
fn first<T>(
    description: &KeyDescription,
    get: impl Fn(&AuthorizationList) -> Option<T>,
) -> Option<T> {
    get(&description.hardware).or_else(|| get(&description.software))
}

fn level(level: SecurityLevel) -> Value {
    json!(match level {
        SecurityLevel::Software => "Software",
        SecurityLevel::TrustedEnvironment => "TrustedEnvironment",
        SecurityLevel::StrongBox => "StrongBox",
        SecurityLevel::Other(_) => "Other",
    })
}

fn fields(d: &KeyDescription) -> Vec<(&'static str, Value)> {
    let root = first(d, |list| list.root_of_trust.clone());
    let application = first(d, |list| list.application.clone()).unwrap_or_default();
    let purposes = first(d, |list| Some(list.purposes.clone()).filter(|p| !p.is_empty()));
    let states = ["VERIFIED", "SELF_SIGNED", "UNVERIFIED", "FAILED"];
    let state = root.as_ref().map(|root| {
        let number = root.state.number();
        let named = usize::try_from(number).ok().and_then(|at| states.get(at));
        named.map_or_else(|| json!(number), |name| json!(name))
    });
    let packages: Vec<_> = application
        .packages
        .iter()
        .map(|package| json!({ "name": package.name, "version": package.version }))
        .collect();
    let digests: Vec<_> = application.signer_digests.iter().map(hex::encode).collect();
    let boot_hash = root.as_ref().and_then(|root| root.boot_hash.as_ref().map(hex::encode));
    vec![
        ("attestation_challenge_in_certificate_hex", json!(hex::encode(&d.challenge))),
        ("attestation_version", json!(d.attestation_version)),
        ("attestation_security_level", level(d.attestation_level)),
        ("keymint_version", json!(d.keymint_version)),
        ("keymint_security_level", level(d.keymint_level)),
        ("verified_boot_state", json!(state)),
        ("device_locked", json!(root.as_ref().map(|root| root.locked))),
        ("verified_boot_key_hex", json!(root.as_ref().map(|root| hex::encode(&root.boot_key)))),
        ("verified_boot_hash_hex", json!(boot_hash)),
        ("os_version", json!(first(d, |list| list.os_version))),
        ("os_patch_level", json!(first(d, |list| list.os_patch))),
        ("vendor_patch_level", json!(first(d, |list| list.vendor_patch))),
        ("boot_patch_level", json!(first(d, |list| list.boot_patch))),
        ("origin", json!(first(d, |list| list.origin.map(|origin| origin.number())))),
        ("purposes", json!(purposes)),
        ("packages", json!(packages)),
        ("signature_digests", json!(digests)),
    ]
}
