//! Distinguished names for people.

use std::collections::BTreeMap;
use x509_parser::{der_parser::asn1_rs::Any, x509::X509Name};

/// The attributes by name, the last first; those that stand more than once are put together. Parted
/// by semicolons where a value has a comma. Control characters are replaced.
pub(super) fn readable(name: &X509Name<'_>) -> String {
    let mut order: Vec<String> = Vec::new();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for attribute in name.iter_attributes() {
        let label = label(&attribute.attr_type().to_id_string());
        if !order.contains(&label) {
            order.push(label.clone());
        }
        values.entry(label).or_default().push(text(attribute.attr_value()));
    }
    // Names that begin with the smallest part and end with the country are turned round.
    let last = name.iter_attributes().last().map(|last| last.attr_type().to_id_string());
    if last.as_deref() == Some("2.5.4.6") {
        order.reverse();
    }
    let parts: Vec<String> = order
        .iter()
        .rev()
        .map(|label| {
            let mut held = values.remove(label).unwrap_or_default();
            held.reverse();
            format!("{label}: {}", held.join(", "))
        })
        .collect();
    let separator = if parts.iter().any(|part| part.contains(',')) { "; " } else { ", " };
    parts.join(separator)
}

fn text(value: &Any<'_>) -> String {
    let text = match value.tag().0 {
        // BMPString (X.680 clause 41).
        30 => {
            let units: Vec<u16> = value
                .data
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(value.data).into_owned(),
    };
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

fn label(oid: &str) -> String {
    let known = match oid {
        "2.5.4.3" => "Common Name",
        "2.5.4.4" => "Surname",
        "2.5.4.5" => "Serial Number",
        "2.5.4.6" => "Country",
        "2.5.4.7" => "Locality",
        "2.5.4.8" => "State/Province",
        "2.5.4.9" => "Street Address",
        "2.5.4.10" => "Organization",
        "2.5.4.11" => "Organizational Unit",
        "2.5.4.12" => "Title",
        "2.5.4.17" => "Postal Code",
        "2.5.4.41" => "Name",
        "2.5.4.42" => "Given Name",
        "2.5.4.43" => "Initials",
        "2.5.4.44" => "Generation Qualifier",
        "2.5.4.45" => "Unique Identifier",
        "2.5.4.46" => "DN Qualifier",
        "2.5.4.65" => "Pseudonym",
        "2.5.4.97" => "Organization Identifier",
        "1.2.840.113549.1.9.1" => "Email Address",
        "0.9.2342.19200300.100.1.1" => "User ID",
        "0.9.2342.19200300.100.1.25" => "Domain Component",
        other => other,
    };
    known.to_owned()
}
