//! The apps that may carry a login, as configuration lists them.

use crate::{
    binding::{AppAttestKey, AppleEnvironment, AttestedKey, HandsetKey, Serving},
    ids::{AppId, CarrierId},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

#[cfg(test)]
mod tests;

/// SHA-256 of a certificate that signs an app.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SignerDigest([u8; 32]);

impl SignerDigest {
    /// The digest of those bytes.
    pub const fn from_sha256(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest, where it has the length of one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for SignerDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([a, b, c, d, ..]) = self;
        write!(f, "SignerDigest({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// What an app may do in a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppRole {
    /// It is what the person logs in to; another app holds the applet and asks for the PIN.
    Business,
    /// It holds the applet and asks for the PIN, for other apps.
    Ui,
    /// It does both.
    Both,
}

impl AppRole {
    const fn takes(self, part: AppPart) -> bool {
        matches!(
            (self, part),
            (Self::Both, _) | (Self::Business, AppPart::Business) | (Self::Ui, AppPart::Ui)
        )
    }
}

/// The part in which a check names an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppPart {
    /// As the one that the person logs in to.
    Business,
    /// As the one that holds the applet.
    Ui,
}

/// What proves that an app is the one on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppProof {
    /// A key that the handset attests for it, with its signer.
    Android {
        /// The certificates of which one signs it.
        signers: BTreeSet<SignerDigest>,
    },
    /// App Attest. The app id names its signer.
    Apple {
        /// The one environment in which keys of the app are taken.
        environment: AppleEnvironment,
    },
}

/// An app on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedApp {
    /// What it may do.
    pub role: AppRole,
    /// What proves that it is the one.
    pub proof: AppProof,
    /// Carriers whose SIMs trust it, by their access rules, to read what SIM and modem say.
    pub carrier_privilege: BTreeSet<CarrierId>,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppList(BTreeMap<AppId, ListedApp>);

impl FromIterator<(AppId, ListedApp)> for AppList {
    fn from_iter<T: IntoIterator<Item = (AppId, ListedApp)>>(apps: T) -> Self {
        Self(apps.into_iter().collect())
    }
}

impl AppList {
    /// The app of that name, where it is listed.
    pub fn get(&self, app: &AppId) -> Option<&ListedApp> {
        self.0.get(app)
    }

    /// The apps, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&AppId, &ListedApp)> {
        self.0.iter()
    }

    /// Whether an app is on the list for that part.
    pub fn names(&self, app: &AppId, part: AppPart) -> bool {
        self.get(app).is_some_and(|listed| listed.role.takes(part))
    }

    /// Whether a key of a handset speaks for an app on the list.
    pub fn speaks_for(&self, key: &HandsetKey, app: &AppId) -> bool {
        match key {
            HandsetKey::None => false,
            HandsetKey::Attested(key) => self.attested_for(key, app),
            HandsetKey::AppAttest(key) => self.vouched_for(key, app),
        }
    }

    /// Whether a key of a handset speaks for any app on the list.
    pub fn hears(&self, key: &HandsetKey) -> bool {
        match key {
            HandsetKey::None => false,
            HandsetKey::Attested(own) => own.apps.iter().any(|app| self.attested_for(own, app)),
            HandsetKey::AppAttest(own) => self.vouched_for(own, &own.app),
        }
    }

    /// Whether an Android handset's key speaks for an app: it is one of those that asked for the
    /// key, and whoever was attested to sign it is among its signers. Apps that share a user id
    /// share their signers.
    pub fn attested_for(&self, key: &AttestedKey, app: &AppId) -> bool {
        match self.get(app).map(|listed| &listed.proof) {
            Some(AppProof::Android { signers }) => {
                key.apps.contains(app)
                    && !key.signers.is_empty()
                    && key.signers.iter().all(|own| signers.contains(own))
            }
            Some(AppProof::Apple { .. }) | None => false,
        }
    }

    /// Whether an App Attest key speaks for an app: exactly that app, in its environment.
    pub fn vouched_for(&self, key: &AppAttestKey, app: &AppId) -> bool {
        match self.get(app).map(|listed| &listed.proof) {
            Some(AppProof::Apple { environment }) => {
                key.app == *app && key.environment == *environment
            }
            Some(AppProof::Android { .. }) | None => false,
        }
    }

    /// Whether the SIMs of a line's carrier, or of its host, trust an app.
    pub fn privileged(&self, app: &AppId, serving: &Serving) -> bool {
        let trusts = |listed: &ListedApp| {
            serving.speakers().any(|carrier| listed.carrier_privilege.contains(carrier))
        };
        self.get(app).is_some_and(trusts)
    }
}
