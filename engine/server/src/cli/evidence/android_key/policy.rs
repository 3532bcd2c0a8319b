//! The policy file.

use super::super::{
    files::{self, Hex},
    outcome::Unreadable,
};
use serde::Deserialize;
use simbind_core::ids::AppId;
use simbind_evidence::android::{AttestationPolicy, ExpectedApp, SecurityLevel};
use std::path::Path;

/// What is asked for beyond the chain.
#[derive(Debug, Default)]
pub(super) struct Policy {
    pub(super) demands: AttestationPolicy,
    pub(super) apps: Vec<ExpectedApp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    least_level: Option<RawLevel>,
    oldest_os_patch: Option<u32>,
    oldest_vendor_patch: Option<u32>,
    oldest_boot_patch: Option<u32>,
    apps: Vec<RawApp>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawLevel {
    Tee,
    StrongBox,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawApp {
    package: String,
    signers: Vec<String>,
}

impl Policy {
    pub(super) fn read(path: &Path) -> Result<Self, Unreadable> {
        let bytes = files::read(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| Unreadable::new(path, &error))?;
        let raw: Raw = toml::from_str(text).map_err(|error| Unreadable::new(path, &error))?;
        Self::from_raw(raw).map_err(|why| Unreadable::new(path, &why))
    }

    fn from_raw(raw: Raw) -> Result<Self, String> {
        let Raw { least_level, oldest_os_patch, oldest_vendor_patch, oldest_boot_patch, apps } =
            raw;
        for patch in [oldest_os_patch, oldest_vendor_patch, oldest_boot_patch].iter().flatten() {
            if !matches!(patch, 197_001..=999_912 | 19_700_101..=99_991_231) {
                return Err(format!("{patch} is no patch level, YYYYMM or YYYYMMDD"));
            }
        }
        let least_level = match least_level {
            None | Some(RawLevel::Tee) => SecurityLevel::TrustedEnvironment,
            Some(RawLevel::StrongBox) => SecurityLevel::StrongBox,
        };
        Ok(Self {
            demands: AttestationPolicy {
                least_level,
                oldest_os_patch,
                oldest_vendor_patch,
                oldest_boot_patch,
            },
            apps: apps.into_iter().map(app).collect::<Result<_, _>>()?,
        })
    }
}

fn app(raw: RawApp) -> Result<ExpectedApp, String> {
    let package: AppId =
        raw.package.parse().map_err(|error| format!("{}: {error}", raw.package))?;
    let digest = |text: &String| -> Option<[u8; 32]> {
        text.replace(':', "").parse::<Hex>().ok()?.0.try_into().ok()
    };
    let signers: Option<Vec<_>> = raw.signers.iter().map(digest).collect();
    let signers = signers.filter(|signers| !signers.is_empty());
    let why = || format!("{}: its signers are one or more SHA-256 in hexadecimal", raw.package);
    Ok(ExpectedApp { package, signers: signers.ok_or_else(why)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Policy, String> {
        Policy::from_raw(toml::from_str(text).map_err(|error| error.to_string())?)
    }

    #[test]
    fn a_policy_says_levels_patches_and_apps() {
        let digest = "AB:".repeat(31) + "ab";
        let text = format!(
            "least_level = \"strongbox\"\noldest_os_patch = 202601\n\
             [[apps]]\npackage = \"jp.example.app\"\nsigners = [\"{digest}\"]"
        );
        let policy = parse(&text).unwrap();
        assert_eq!(policy.demands.least_level, SecurityLevel::StrongBox);
        assert_eq!(policy.demands.oldest_os_patch, Some(202_601));
        assert_eq!(policy.apps[0].signers, [[0xAB; 32]]);
        assert!(parse("").unwrap().apps.is_empty());
    }

    #[test]
    fn what_a_policy_cannot_mean_is_refused() {
        for text in [
            "least_level = \"software\"",
            "oldest_os_patch = 2026",
            "unknown = 1",
            "[[apps]]\npackage = \"jp.example.app\"\nsigners = []",
            "[[apps]]\npackage = \"jp.example.app\"\nsigners = [\"ab\"]",
            "[[apps]]\npackage = \"\"\nsigners = []",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
