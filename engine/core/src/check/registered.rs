//! What the registry tells of the handset and the reader of a check.

use crate::{
    ids::Imei,
    registry::{Compatibility, Listing, Nfc, Outcome, ReaderBuild, Registry, SecureElement, Tac},
};
use simbind_rules::{Facts, facts};

/// Sets the facts that the registry tells. `imeis` are those of the handset that the check is
/// about, the enrolled ones first; none where it shows none, or nothing is bound. `reader` is that
/// of a tap, where its model is configured. An empty registry tells nothing.
pub fn registered(
    facts: &mut Facts,
    registry: &Registry,
    imeis: impl IntoIterator<Item = Imei>,
    reader: Option<&ReaderBuild>,
) {
    if registry.is_empty() {
        return;
    }
    let mut shown = false;
    let known = imeis.into_iter().inspect(|_| shown = true);
    let model = known.map(Tac::of).find_map(|tac| registry.handset(tac));
    if let Some(model) = model {
        facts.set_handset_listing(listing(model.listed().listing));
        facts.set_handset_nfc(nfc(model.nfc()));
        facts.set_handset_secure_element(secure_element(model.secure_element()));
    } else if shown {
        facts.set_handset_listing(facts::Listing::Unlisted);
    }
    let Some(reader) = reader else { return };
    let line = registry.reader(reader);
    let stands = line.map_or(facts::Listing::Unlisted, |line| listing(line.listed().listing));
    facts.set_reader_listing(stands);
    match model {
        Some(model) => facts.set_reader_trial(trial(registry.together(reader, model.id()))),
        None if shown => facts.set_reader_trial(facts::Trial::Untested),
        None => {}
    }
}

const fn listing(listing: Listing) -> facts::Listing {
    match listing {
        Listing::Certified => facts::Listing::Certified,
        Listing::Listed => facts::Listing::Listed,
        Listing::Withdrawn => facts::Listing::Withdrawn,
    }
}

const fn nfc(nfc: Nfc) -> facts::Nfc {
    match nfc {
        Nfc::Types { a: true, b: false, f: false } => facts::Nfc::TypeA,
        Nfc::Types { a: false, b: true, f: false } => facts::Nfc::TypeB,
        Nfc::Types { a: false, b: false, f: true } => facts::Nfc::TypeF,
        Nfc::None | Nfc::Types { a: false, b: false, f: false } => facts::Nfc::None,
        Nfc::Types { .. } => facts::Nfc::Several,
    }
}

const fn secure_element(element: SecureElement) -> facts::SecureElement {
    match element {
        SecureElement::None => facts::SecureElement::None,
        SecureElement::Embedded => facts::SecureElement::Embedded,
        SecureElement::Sim => facts::SecureElement::Sim,
    }
}

const fn trial(together: Compatibility) -> facts::Trial {
    match together {
        Compatibility::Tried(Outcome::Passed) => facts::Trial::Passed,
        Compatibility::Tried(Outcome::Partial) => facts::Trial::Partial,
        Compatibility::Tried(Outcome::Failed) => facts::Trial::Failed,
        Compatibility::Untested => facts::Trial::Untested,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{registry::Tables, time::Timestamp};
    use simbind_rules::facts::{Listing, Nfc, SecureElement, Trial};

    fn registry() -> Registry {
        let tables = Tables {
            handsets: b"model,maker,name,tacs,nfc,secure_element,platform,listing,since\n\
                kita,Kita,One,35000101;35000102,B,sim,android,certified,2025-01-01\n\
                mori,Mori,Two,35000201,A;B,none,android,withdrawn,2025-01-01\n",
            readers: b"reader,maker,name,firmware,listing,since\n\
                door,Sato,Door,1.0,listed,2025-01-01\n",
            trials: b"reader,firmware,handset,outcome,on\n\
                door,1.0,kita,partial,2025-02-01\n",
        };
        tables.read(Timestamp::from_secs(1_790_812_800)).unwrap()
    }

    fn told(registry: &Registry, imeis: &[&str], reader: Option<(&str, &str)>) -> Facts {
        let mut facts = Facts::default();
        let reader = reader.map(|(model, firmware)| ReaderBuild {
            model: model.parse().unwrap(),
            firmware: firmware.parse().unwrap(),
        });
        let imeis = imeis.iter().map(|imei| imei.parse().unwrap());
        registered(&mut facts, registry, imeis, reader.as_ref());
        facts
    }

    const OWN: &str = "35000101000001";
    const SECOND: &str = "35000102000001";
    const WITHDRAWN: &str = "35000201000001";
    const STRANGE: &str = "35999999000001";

    #[test]
    fn a_handset_is_what_the_registry_says_of_the_first_imei_that_is_listed() {
        for (imeis, stands, nfc, element) in [
            (&[OWN][..], Some(Listing::Certified), Some(Nfc::TypeB), Some(SecureElement::Sim)),
            (
                &[STRANGE, SECOND],
                Some(Listing::Certified),
                Some(Nfc::TypeB),
                Some(SecureElement::Sim),
            ),
            (
                &[WITHDRAWN, OWN],
                Some(Listing::Withdrawn),
                Some(Nfc::Several),
                Some(SecureElement::None),
            ),
            (&[STRANGE], Some(Listing::Unlisted), None, None),
            (&[], None, None, None),
        ] {
            let facts = told(&registry(), imeis, None);
            assert_eq!(facts.handset_listing(), stands, "{imeis:?}");
            assert_eq!((facts.handset_nfc(), facts.handset_secure_element()), (nfc, element));
            assert_eq!((facts.reader_listing(), facts.reader_trial()), (None, None));
        }
    }

    #[test]
    fn a_reader_and_a_trial_are_those_of_its_firmware() {
        for (imeis, reader, stands, trial) in [
            (&[OWN][..], ("door", "1.0"), Listing::Listed, Some(Trial::Partial)),
            (&[OWN], ("door", "1.1"), Listing::Unlisted, Some(Trial::Untested)),
            (&[WITHDRAWN], ("door", "1.0"), Listing::Listed, Some(Trial::Untested)),
            (&[STRANGE], ("gate", "1.0"), Listing::Unlisted, Some(Trial::Untested)),
            (&[], ("door", "1.0"), Listing::Listed, None),
        ] {
            let facts = told(&registry(), imeis, Some(reader));
            assert_eq!(facts.reader_listing(), Some(stands), "{reader:?}");
            assert_eq!(facts.reader_trial(), trial, "{imeis:?} {reader:?}");
        }
    }

    #[test]
    fn where_nothing_was_imported_nothing_is_told() {
        assert_eq!(told(&Registry::default(), &[OWN], Some(("door", "1.0"))), Facts::default());
    }
}
