use super::{
    check::Checker,
    model::AllowedApp,
    raw::{RawApp, RawApps},
};
use simbind_core::{binding::AppleEnvironment, ids::AppId};
use simbind_service::settings::ListedApp;

/// The apps that may carry a login.
pub(super) fn allowed(raw: &RawApps, checker: &mut Checker<'_>) -> Vec<AllowedApp> {
    let mut apps = Vec::new();
    for (n, app) in raw.allowed.iter().enumerate() {
        let Some(id) = checker.parse::<AppId>(&format!("apps.allowed[{n}].id"), &app.id) else {
            continue;
        };
        let listed = if id.is_apple() { apple(n, app, checker) } else { android(n, app, checker) };
        apps.push(AllowedApp { id, listed });
    }
    apps
}

fn apple(n: usize, app: &RawApp, checker: &mut Checker<'_>) -> ListedApp {
    if let Some(text) = &app.signer_sha256 {
        let field = format!("apps.allowed[{n}].signer_sha256");
        checker.at(text, &field, "Apple attests an app by its id, and no signer");
    }
    let environment = match app.environment.as_ref().map(|text| (text, text.get_ref().as_str())) {
        None | Some((_, "production")) => AppleEnvironment::Production,
        Some((_, "development")) => AppleEnvironment::Development,
        Some((text, other)) => {
            let field = format!("apps.allowed[{n}].environment");
            checker.at(text, &field, format!("`{other}` is none of production, development"));
            AppleEnvironment::Production
        }
    };
    ListedApp::Apple { environment }
}

fn android(n: usize, app: &RawApp, checker: &mut Checker<'_>) -> ListedApp {
    if let Some(text) = &app.environment {
        let field = format!("apps.allowed[{n}].environment");
        checker.at(text, &field, "only an Apple app id, like ABCDE12345.jp.example, has one");
    }
    let signer = app.signer_sha256.as_ref().and_then(|text| {
        let field = format!("apps.allowed[{n}].signer_sha256");
        let parsed = sha256(text.get_ref());
        if parsed.is_none() {
            checker.at(text, &field, "it is not 64 hexadecimal digits");
        }
        parsed
    });
    ListedApp::Android { signer }
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
