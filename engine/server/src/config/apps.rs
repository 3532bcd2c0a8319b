//! The apps that may carry a login.

use super::{
    check::Checker,
    raw::{RawApp, RawCarrier, Text},
};
use simbind_core::{
    app::{AppList, AppProof, AppRole, ListedApp, SignerDigest},
    binding::AppleEnvironment,
    ids::{AppId, CarrierId},
};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Signers of one app: its own, and those that it was signed by before or will be.
const MOST_SIGNERS: usize = 16;

pub(super) fn apps(
    raw: &[Spanned<RawApp>],
    carriers: &[RawCarrier],
    checker: &mut Checker<'_>,
) -> AppList {
    let mut apps = BTreeMap::new();
    for (n, spanned) in raw.iter().enumerate() {
        let at = |field: &str| format!("apps[{n}].{field}");
        let app = spanned.get_ref();
        let Some(id) = checker.parse::<AppId>(&at("id"), &app.id) else { continue };
        let listed = ListedApp {
            role: role(&at("role"), app.role.as_ref(), checker),
            proof: if id.is_apple() { apple(n, app, checker) } else { android(n, app, checker) },
            carrier_privilege: privilege(&at("carrier_privilege"), app, &id, carriers, checker),
        };
        if apps.insert(id, listed).is_some() {
            checker.at(&app.id, &at("id"), "it is there already");
        }
    }
    apps.into_iter().collect()
}

fn role(field: &str, text: Option<&Text>, checker: &mut Checker<'_>) -> AppRole {
    let Some(text) = text else { return AppRole::Both };
    match text.get_ref().as_str() {
        "business" => AppRole::Business,
        "ui" => AppRole::Ui,
        "both" => AppRole::Both,
        other => {
            checker.at(text, field, format!("`{other}` is none of business, ui, both"));
            AppRole::Both
        }
    }
}

fn apple(n: usize, app: &RawApp, checker: &mut Checker<'_>) -> AppProof {
    if let Some(text) = app.signer_sha256.first() {
        let field = format!("apps[{n}].signer_sha256");
        checker.at(text, &field, "an Apple app id has none: its team signs it");
    }
    let environment = match app.environment.as_ref().map(|text| (text, text.get_ref().as_str())) {
        None | Some((_, "production")) => AppleEnvironment::Production,
        Some((_, "development")) => AppleEnvironment::Development,
        Some((text, other)) => {
            let field = format!("apps[{n}].environment");
            checker.at(text, &field, format!("`{other}` is none of production, development"));
            AppleEnvironment::Production
        }
    };
    AppProof::Apple { environment }
}

/// An Android app is whoever signs it: its name alone is anybody's.
fn android(n: usize, app: &RawApp, checker: &mut Checker<'_>) -> AppProof {
    if let Some(text) = &app.environment {
        let field = format!("apps[{n}].environment");
        checker.at(text, &field, "only an Apple app id, like ABCDE12345.jp.example, has one");
    }
    let field = format!("apps[{n}].signer_sha256");
    match app.signer_sha256.as_slice() {
        [] => {
            let message = "an Android app is known by its signer: add signer_sha256 = [\"…\"], the \
                           SHA-256 that `apksigner verify --print-certs` prints for its APK";
            checker.at(&app.id, &field, message);
        }
        [.., last] if app.signer_sha256.len() > MOST_SIGNERS => {
            checker.at(last, &field, format!("there are more than {MOST_SIGNERS}"));
        }
        _ => {}
    }
    let mut signers = BTreeSet::new();
    for text in &app.signer_sha256 {
        match sha256(text.get_ref()) {
            Some(digest) => signers.extend([SignerDigest::from_sha256(digest)]),
            None => checker.at(text, &field, "it is not 64 hexadecimal digits"),
        }
    }
    AppProof::Android { signers }
}

fn privilege(
    field: &str,
    app: &RawApp,
    id: &AppId,
    carriers: &[RawCarrier],
    checker: &mut Checker<'_>,
) -> BTreeSet<CarrierId> {
    if let (true, [first, ..]) = (id.is_apple(), app.carrier_privilege.as_slice()) {
        checker.at(first, field, "iOS gives no app the privilege of a carrier");
    }
    let mut trusted = BTreeSet::new();
    for text in &app.carrier_privilege {
        // A loopback server whose file names no carrier knows the usual ones.
        let usual = carriers.is_empty();
        if !usual && !carriers.iter().any(|carrier| carrier.id.get_ref() == text.get_ref()) {
            checker.at(text, field, format!("there is no carrier `{}`", text.get_ref()));
        }
        trusted.extend(checker.parse::<CarrierId>(field, text));
    }
    trusted
}

/// 32 bytes from hexadecimal, with or without the colons that Android's tools print.
fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}
