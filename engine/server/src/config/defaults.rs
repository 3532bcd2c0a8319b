//! What stands where nothing is written.

use super::{model::Config, raw::RawConfig};
use simbind_core::ticket::Variant;
use std::{path::PathBuf, time::Duration};

/// The Android app that a server without configuration knows.
pub const DEFAULT_APP: &str = "jp.simbind.demo";

/// The app for iPhones that a server without configuration knows.
pub const DEFAULT_APPLE_APP: &str = "SIMBINDDEV.jp.simbind.demo";
/// The apps that a server without configuration knows: one that does both, two that share the parts,
/// one of which the demo's carrier trusts, and the one for iPhones.
pub const DEFAULT_APPS: &str = r#"
[[apps]]
id = "jp.simbind.demo"
signer_sha256 = ["5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"]

[[apps]]
id = "jp.simbind.demo.bank"
role = "business"
signer_sha256 = ["b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"]

[[apps]]
id = "jp.simbind.demo.card"
role = "ui"
signer_sha256 = ["5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"]
carrier_privilege = ["docomo"]

[[apps]]
id = "SIMBINDDEV.jp.simbind.demo"
"#;

/// How far back a feed sees.
pub(super) const HORIZON: Duration = Duration::from_secs(180 * 86_400);
/// How long a feed may be silent.
pub(super) const MAX_SILENCE: Duration = Duration::from_secs(30 * 60);
/// How late events come.
pub(super) const LAG: Duration = Duration::from_secs(10 * 60);
/// How often the file of the attestation status list is looked at.
pub(super) const ATTESTATION_STATUS_EVERY: Duration = Duration::from_secs(60);

pub(super) fn data() -> PathBuf {
    PathBuf::from("simbind-data")
}

/// The parties of a loopback server whose configuration names none. Written as a configuration, so
/// that they pass the same checks.
pub(super) const PARTIES: &str = r#"
[[relying_party]]
id = "local"
caller = "local"
operations = { view = "view", apply = "apply", pay = "pay" }

[[reader]]
id = "local-door"
caller = "local"
profile = "door"
sensitivity = "view"

[[reader]]
id = "local-counter"
caller = "local"
profile = "counter"
sensitivity = "apply"

[[reader]]
id = "local-terminal"
caller = "local"
profile = "terminal"
sensitivity = "pay"

[[carrier]]
id = "docomo"
caller = "local"

[[carrier]]
id = "iij"
caller = "local"
host = "docomo"

[[carrier]]
id = "aqua-mobile"
caller = "local"
host = "docomo"

[[carrier]]
id = "kddi"
caller = "local"

[[carrier]]
id = "kawasemi"
caller = "local"
host = "kddi"

[[carrier]]
id = "softbank"
caller = "local"

[[carrier]]
id = "tsubame-mobile"
caller = "local"
host = "softbank"

[[carrier]]
id = "rakuten"
caller = "local"
"#;

/// Gives a loopback server the parties that its file does not name.
pub(super) fn fill(config: &mut Config, raw: &RawConfig) {
    let Some(usual) = super::load::parties() else { return };
    if raw.apps.is_none() {
        config.apps = usual.apps;
    }
    // Whoever tries things out compares the ways of issue.
    if raw.counter.variant.is_none() && raw.counter.choices.is_empty() {
        config.counter.choices = Variant::ALL.into();
    }
    let named = !raw.relying_party.is_empty()
        || !raw.reader.is_empty()
        || !raw.carrier.is_empty()
        || !raw.caller.is_empty();
    if !named {
        config.relying_parties = usual.relying_parties;
        config.readers = usual.readers;
        config.carriers = usual.carriers;
        config.callers = usual.callers;
    }
}
