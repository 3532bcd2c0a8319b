//! What is found of the apps that a check names.

use super::*;
use crate::{
    app::{AppList, AppProof, AppRole, ListedApp, SignerDigest},
    check::{AppWord, NamedApps, named_apps},
    ids::AppId,
};

const SIGNER: SignerDigest = SignerDigest::from_sha256([7; 32]);
const OTHER_SIGNER: SignerDigest = SignerDigest::from_sha256([8; 32]);
const BUSINESS: &str = "jp.example.login";
const UI: &str = "jp.example.card";
const BOTH: &str = "jp.example.all";
const ROGUE: &str = "com.example.rogue";

fn app(text: &str) -> AppId {
    text.parse().unwrap()
}

fn list() -> AppList {
    let entry = |name: &str, role| {
        let carrier_privilege = if name == UI { vec!["docomo"] } else { vec![] };
        let carrier_privilege =
            carrier_privilege.into_iter().map(|carrier| carrier.parse().unwrap()).collect();
        (
            app(name),
            ListedApp {
                role,
                proof: AppProof::Android { signers: [SIGNER].into() },
                carrier_privilege,
            },
        )
    };
    [entry(BUSINESS, AppRole::Business), entry(UI, AppRole::Ui), entry(BOTH, AppRole::Both)]
        .into_iter()
        .collect()
}

/// The binding of [`in_order`], whose first handset's key was asked for by an app with a signer.
fn binding(asked_by: &str, signer: SignerDigest) -> Binding {
    let mut key = attested(1);
    if let HandsetKey::Attested(key) = &mut key {
        key.apps = vec![app(asked_by)];
        key.signers = vec![signer];
    }
    let mut binding = in_order().binding.unwrap();
    binding.handsets = Handsets::new(handset(&[OWN], key));
    binding
}

fn found(
    (business, ui): (&str, &str),
    finding: HandsetFinding,
    binding: &Binding,
) -> (AppClaim, AppClaim, AppWord) {
    let named = [business, ui].map(|name| (!name.is_empty()).then(|| app(name)));
    let [business, ui] = named.each_ref().map(Option::as_ref);
    let claims = named_apps(&list(), NamedApps { business, ui }, finding, Some(binding));
    (claims.business, claims.ui, claims.word)
}

#[test]
fn the_key_of_either_of_two_apps_speaks_for_both_and_of_no_other() {
    use AppClaim::{Absent, Listed, Unlisted};
    for (asked_by, signer, named, business, ui) in [
        (BOTH, SIGNER, (BOTH, ""), Listed, Listed),
        (BOTH, SIGNER, (BOTH, BOTH), Listed, Listed),
        (BUSINESS, SIGNER, (BUSINESS, UI), Listed, Listed),
        (UI, SIGNER, (BUSINESS, UI), Listed, Listed),
        // One alone that is listed for its part leaves the other out.
        (BUSINESS, SIGNER, (BUSINESS, ""), Listed, Absent),
        (UI, SIGNER, ("", UI), Absent, Listed),
        // The other way round, neither is in its part.
        (UI, SIGNER, (UI, BUSINESS), Unlisted, Unlisted),
        (UI, SIGNER, (UI, ""), Unlisted, Unlisted),
        // An app of the pair was put in the place of another.
        (BUSINESS, SIGNER, (BUSINESS, ROGUE), Listed, Unlisted),
        (UI, SIGNER, (ROGUE, UI), Unlisted, Listed),
        // The right names, and a key that was made for another app.
        (BOTH, SIGNER, (BUSINESS, UI), Unlisted, Unlisted),
        (ROGUE, SIGNER, (BUSINESS, UI), Unlisted, Unlisted),
        (ROGUE, SIGNER, (ROGUE, ""), Unlisted, Unlisted),
        // The right name, signed by another.
        (BOTH, OTHER_SIGNER, (BOTH, ""), Unlisted, Unlisted),
        (UI, OTHER_SIGNER, (BUSINESS, UI), Unlisted, Unlisted),
        (BOTH, SIGNER, ("", ""), Absent, Absent),
    ] {
        let binding = binding(asked_by, signer);
        let (found_business, found_ui, _) = found(named, HandsetFinding::Valid(0), &binding);
        assert_eq!((found_business, found_ui), (business, ui), "{asked_by} for {named:?}");
    }
}

#[test]
fn without_a_proof_in_this_check_a_name_is_a_name() {
    let binding = binding(BOTH, SIGNER);
    for finding in [
        HandsetFinding::Absent,
        HandsetFinding::Invalid,
        HandsetFinding::Replayed(0),
        HandsetFinding::Valid(5),
    ] {
        let claimed = (AppClaim::Claimed, AppClaim::Claimed, AppWord::Plain);
        assert_eq!(found((BOTH, ""), finding, &binding), claimed, "{finding:?}");
        let rogue = (AppClaim::Unlisted, AppClaim::Unlisted, AppWord::Plain);
        assert_eq!(found((ROGUE, ""), finding, &binding), rogue, "{finding:?}");
    }
}

#[test]
fn an_app_has_carrier_privilege_where_all_of_it_is_proved() {
    type Change = fn(&mut Binding);
    fn rekey(binding: &mut Binding, boot: BootState, level: KeyLevel) {
        let mut key = binding.handsets.first().key().clone();
        if let HandsetKey::Attested(key) = &mut key {
            (key.boot, key.level) = (Some(boot), level);
        }
        binding.handsets = Handsets::new(handset(&[OWN], key));
    }
    let cases: [(&str, &str, Change, AppWord); 6] = [
        ("proved", UI, |_| {}, AppWord::Privileged),
        ("asked for by the business app", BUSINESS, |_| {}, AppWord::Plain),
        (
            "another carrier's line",
            UI,
            |binding| binding.sim.serving.carrier = "kddi".parse().unwrap(),
            AppWord::Plain,
        ),
        (
            "an MVNO on its host's SIMs",
            UI,
            |binding| {
                binding.sim.serving.carrier = "iij".parse().unwrap();
                binding.sim.serving.host = Some("docomo".parse().unwrap());
            },
            AppWord::Privileged,
        ),
        (
            "an unlocked handset",
            UI,
            |binding| rekey(binding, BootState::Unverified, KeyLevel::Tee),
            AppWord::Plain,
        ),
        (
            "a key in software",
            UI,
            |binding| rekey(binding, BootState::Verified, KeyLevel::Software),
            AppWord::Plain,
        ),
    ];
    for (case, asked_by, change, word) in cases {
        let mut binding = binding(asked_by, SIGNER);
        change(&mut binding);
        let finding = HandsetFinding::Valid(0);
        assert_eq!(found((BUSINESS, UI), finding, &binding).2, word, "{case}");
        assert_eq!(found((BUSINESS, UI), HandsetFinding::Absent, &binding).2, AppWord::Plain);
        assert_eq!(found((ROGUE, UI), finding, &binding).2, AppWord::Plain, "{case}");
    }
}
