//! Where packs come from, and on which terms.

use super::{
    check::Checker,
    model::{PackOrigin, Packs},
    raw::{RawPacks, Text},
};
use simbind_core::rollout::NationalApproval;
use simbind_service::{
    bundle::{BundleKey, KeyError, TrustedKeys},
    settings::{BrokenPacks, PackTerms, Signing},
};

pub(super) fn packs(raw: &RawPacks, checker: &mut Checker<'_>) -> Packs {
    let keys = keys(raw, checker);
    let signing = match &raw.signed_only {
        Some(required) if *required.get_ref() => {
            if raw.keys.is_empty() {
                let message = "no bundle can be taken without packs.keys";
                checker.at(required, "packs.signed_only", message);
            }
            Signing::Required
        }
        _ => Signing::Optional,
    };
    let approval = raw.national_approval.as_ref();
    let approval = approval.map(|text| approval_of(text, checker)).unwrap_or_default();
    let broken = if raw.recover { BrokenPacks::TakeConfigured } else { BrokenPacks::Refuse };
    let terms = PackTerms { keys, signing, approval, broken, ..PackTerms::default() };
    Packs { origin: origin(raw, signing, checker), terms }
}

fn origin(raw: &RawPacks, signing: Signing, checker: &mut Checker<'_>) -> PackOrigin {
    match (&raw.dir, &raw.bundle) {
        (None, None) => PackOrigin::Shipped,
        (Some(dir), None) => {
            if signing == Signing::Required {
                let message = "packs of a folder are not signed, and packs.signed_only is set";
                checker.at(dir, "packs.dir", message);
            }
            PackOrigin::Folder(checker.existing("packs.dir", dir))
        }
        (dir, Some(bundle)) => {
            if dir.is_some() {
                checker.at(bundle, "packs.bundle", "packs.dir is there too; one of them can be");
            }
            if raw.keys.is_empty() {
                checker.at(bundle, "packs.bundle", "no bundle can be taken without packs.keys");
            }
            PackOrigin::Bundle(checker.existing("packs.bundle", bundle))
        }
    }
}

fn keys(raw: &RawPacks, checker: &mut Checker<'_>) -> TrustedKeys {
    let mut good: Vec<BundleKey> = Vec::new();
    for (n, key) in raw.keys.iter().enumerate() {
        let field = format!("packs.keys[{n}].public");
        let Some(parsed) = checker.parse::<BundleKey>(&field, &key.public) else { continue };
        if good.contains(&parsed) {
            checker.at(&key.public, &field, KeyError::Twice(parsed.id()));
        } else {
            good.push(parsed);
        }
    }
    TrustedKeys::new(good).unwrap_or_else(|error| {
        let first = raw.keys.first();
        first.into_iter().for_each(|key| checker.at(&key.public, "packs.keys", error));
        TrustedKeys::default()
    })
}

fn approval_of(text: &Text, checker: &mut Checker<'_>) -> NationalApproval {
    match text.get_ref().as_str() {
        "one" => NationalApproval::OnePerson,
        "two" => NationalApproval::TwoPersons,
        other => {
            let message = format!("`{other}` is none of one, two");
            checker.at(text, "packs.national_approval", message);
            NationalApproval::TwoPersons
        }
    }
}
