//! The apps that a check names, and what vouches for them.

use super::facts::{AppClaim, HandsetFinding};
use crate::{
    app::{AppList, AppPart},
    binding::{Binding, HandsetKey, KeyLevel},
    ids::AppId,
};
use simbind_rules::facts::{AppIdentity, BootState, Channel, Provenance};

/// The apps that a check names.
#[derive(Clone, Copy, Debug)]
pub struct NamedApps<'a> {
    /// The one that the person logs in to.
    pub business: Option<&'a AppId>,
    /// The one that holds the applet, where that is another.
    pub ui: Option<&'a AppId>,
}

/// How far what an app tells of SIM and modem can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppWord {
    /// Not beyond anybody's word.
    Plain,
    /// The SIM's access rules let it read what it tells, and the handset vouches for it.
    Privileged,
}

impl AppWord {
    /// As who says so.
    pub(super) const fn provenance(self) -> Provenance {
        match self {
            Self::Plain => Provenance::SelfReported,
            Self::Privileged => Provenance::CarrierPrivilege,
        }
    }
}

/// What was found of the apps that a check names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppClaims {
    /// The one that the person logs in to.
    pub business: AppClaim,
    /// The one that holds the applet.
    pub ui: AppClaim,
    /// What their word on SIM and modem is worth.
    pub word: AppWord,
}

/// What vouches for the named apps.
#[derive(Clone, Copy)]
enum Vouched<'k> {
    /// The handset's key in this check, which one of them asked for.
    By(&'k HandsetKey),
    /// Nothing: no handset proved itself.
    Nobody,
    /// The handset's key in this check speaks for others.
    Otherwise,
}

/// Finds what is known of the apps that a check names.
///
/// The key of the handset that proved itself in this very check has to speak for one of the two: it
/// may be the business app's or that of the app which holds the applet. That one then answers for
/// the other: it was started by it, or started it, and the handset told it whom it deals with. An
/// app alone has to be listed for both parts.
pub fn named_apps(
    list: &AppList,
    named: NamedApps<'_>,
    finding: HandsetFinding,
    binding: Option<&Binding>,
) -> AppClaims {
    let key = match finding {
        HandsetFinding::Valid(place) => binding
            .and_then(|binding| binding.handsets.iter().nth(place))
            .map(|handset| handset.key()),
        _ => None,
    };
    let asked_by = |key: &HandsetKey| {
        [named.business, named.ui].into_iter().flatten().find(|app| list.speaks_for(key, app))
    };
    let asker = key.and_then(asked_by);
    let vouched = match (key, asker) {
        (Some(key), Some(_)) => Vouched::By(key),
        (Some(_), None) => Vouched::Otherwise,
        (None, _) => Vouched::Nobody,
    };
    let claim = |app: Option<&AppId>, part| match app {
        None => AppClaim::Absent,
        Some(app) if !list.names(app, part) => AppClaim::Unlisted,
        Some(_) => match vouched {
            Vouched::By(_) => AppClaim::Listed,
            Vouched::Nobody => AppClaim::Claimed,
            Vouched::Otherwise => AppClaim::Unlisted,
        },
    };
    let business = claim(named.business, AppPart::Business);
    // An app alone does both; one that is listed for less has left the other out.
    let alone = |app| match business {
        AppClaim::Listed | AppClaim::Claimed if !list.names(app, AppPart::Ui) => AppClaim::Absent,
        business => business,
    };
    let ui = match (named.business, named.ui) {
        (Some(app), None) => alone(app),
        (_, ui) => claim(ui, AppPart::Ui),
    };
    let trusted =
        asker.zip(binding).is_some_and(|(app, binding)| list.privileged(app, &binding.sim.serving));
    let word = match vouched {
        Vouched::By(key) if trusted && sound(key) => AppWord::Privileged,
        _ => AppWord::Plain,
    };
    let listed = [business, ui].iter().all(|claim| *claim == AppClaim::Listed);
    AppClaims { business, ui, word: if listed { word } else { AppWord::Plain } }
}

/// Whether the handset's attestation says that it runs what its maker signed: otherwise the
/// operating system, which keeps apps apart, keeps nothing apart.
fn sound(key: &HandsetKey) -> bool {
    match key {
        HandsetKey::Attested(key) => {
            key.boot == Some(BootState::Verified)
                && matches!(key.level, KeyLevel::Tee | KeyLevel::Strongbox)
        }
        // An iPhone attests no boot state, and gives no app the privilege of a carrier.
        HandsetKey::None | HandsetKey::AppAttest(_) => false,
    }
}

/// What a check says of an app, as a fact.
pub(super) fn identity(channel: Channel, app: AppClaim) -> AppIdentity {
    match (channel, app) {
        (_, AppClaim::Listed) => AppIdentity::Listed,
        (_, AppClaim::Claimed) => AppIdentity::Claimed,
        (_, AppClaim::Unlisted) => AppIdentity::Unlisted,
        (Channel::AppLogin | Channel::BrowserLogin, AppClaim::Absent) => AppIdentity::Withheld,
        (Channel::TapBare | Channel::TapToken, AppClaim::Absent) => AppIdentity::NotCarried,
    }
}
