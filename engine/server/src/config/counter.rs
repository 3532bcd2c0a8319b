//! Issue at counters: how people prove themselves there, the offices, and who stands where.

use super::{
    check::Checker,
    limits::Ranges,
    raw::{RawCaller, RawCounter, RawOffice, Text},
};
use simbind_core::{binding::Place, ids::OfficeRef, ticket::Variant};
use simbind_service::ticket::{CounterTerms, OfficeTerms, TerminalTerms};
use std::{collections::BTreeSet, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn counter(
    raw: &RawCounter,
    callers: &[RawCaller],
    checker: &mut Checker<'_>,
) -> CounterTerms {
    let usual = CounterTerms::default();
    let variant = variant("counter.variant", raw.variant.as_ref(), checker);
    let choices = raw.choices.iter().enumerate().filter_map(|(n, text)| {
        self::variant(&format!("counter.choices[{n}]"), Some(text), checker)
    });
    let choices = choices.collect();
    let mut ranges = Ranges(checker);
    let lifetime = raw.ticket_lifetime.as_ref();
    let lifetime =
        ranges.time("counter.ticket_lifetime", lifetime, 5 * MINUTE..=14 * DAY, usual.lifetime);
    let open = raw.open_tickets.as_ref();
    let open_tickets = ranges.number("counter.open_tickets", open, 1..=100_000, usual.open_tickets);
    let wrong = raw.wrong_codes.as_ref();
    let wrong_codes = ranges.number("counter.wrong_codes", wrong, 1..=20, usual.wrong_codes);
    let wrong = raw.office_wrong_codes.as_ref();
    let office_wrong_codes =
        ranges.number("counter.office_wrong_codes", wrong, 1..=10_000, usual.office_wrong_codes);
    let mut terms = CounterTerms {
        variant: variant.unwrap_or(usual.variant),
        choices,
        lifetime,
        open_tickets,
        wrong_codes,
        office_wrong_codes,
        ..usual
    };
    for (n, each) in raw.office.iter().enumerate() {
        let Some((id, office)) = office(n, each, checker) else { continue };
        if terms.offices.insert(id, office).is_some() {
            let message = format!("`{}` is there already", each.id.get_ref());
            checker.at(&each.id, &format!("counter.office[{n}].id"), message);
        }
    }
    for (n, caller) in callers.iter().enumerate() {
        let stands = terminal(n, caller, checker);
        terms.terminals.extend(caller.name.get_ref().parse().ok().zip(stands));
    }
    terms
}

fn variant(field: &str, text: Option<&Text>, checker: &mut Checker<'_>) -> Option<Variant> {
    let text = text?;
    let found = Variant::from_name(text.get_ref());
    if found.is_none() {
        let expected = Variant::ALL.map(Variant::name).join(", ");
        checker.at(text, field, format!("`{}` is none of {expected}", text.get_ref()));
    }
    found
}

fn office(
    n: usize,
    raw: &RawOffice,
    checker: &mut Checker<'_>,
) -> Option<(OfficeRef, OfficeTerms)> {
    let at = |field: &str| format!("counter.office[{n}].{field}");
    let id = checker.parse(&at("id"), &raw.id);
    let variant = variant(&at("variant"), raw.variant.as_ref(), checker);
    let named = raw.resumed_by.iter().enumerate();
    let resumed_by: BTreeSet<OfficeRef> = named
        .filter_map(|(m, office)| checker.parse(&at(&format!("resumed_by[{m}]")), office))
        .collect();
    Some((id?, OfficeTerms { variant, resumed_by }))
}

/// Where a caller stands, as far as it is said.
fn terminal(n: usize, raw: &RawCaller, checker: &mut Checker<'_>) -> Option<TerminalTerms> {
    let office: Option<OfficeRef> =
        raw.office.as_ref().and_then(|o| checker.parse(&format!("caller[{n}].office"), o));
    let place = raw.place.as_ref().map(|text| match text.get_ref().as_str() {
        "counter" => Place::Counter,
        "approved" => Place::ApprovedPlace,
        "home" => Place::HomeCard,
        other => {
            let message = format!("`{other}` is none of counter, approved, home");
            checker.at(text, &format!("caller[{n}].place"), message);
            Place::Counter
        }
    });
    if office.is_none() && place.is_none() {
        return None;
    }
    Some(TerminalTerms { office, place: place.unwrap_or(Place::Counter) })
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Overrides, Problems};
    use simbind_core::{binding::Place, ids::OfficeRef, ticket::Variant};
    use std::{path::Path, time::Duration};

    fn read(text: &str) -> Result<Config, Problems> {
        Config::parse(text, "c", Path::new(""), &Overrides::default())
    }

    fn office(name: &str) -> OfficeRef {
        name.parse().unwrap()
    }

    #[test]
    fn offices_have_variants_and_callers_stand_somewhere() {
        let config = read(
            "[counter]\nvariant = \"one_code\"\nticket_lifetime = \"3d\"\nopen_tickets = 7\n\
             wrong_codes = 3\noffice_wrong_codes = 9\n\
             [[counter.office]]\nid = \"ward-1\"\nvariant = \"terminal\"\nresumed_by = [\"ward-2\"]\n\
             [[caller]]\nname = \"t-1\"\nroles = [\"counter\"]\noffice = \"ward-1\"\n\
             [[caller]]\nname = \"shop\"\nroles = [\"counter\"]\nplace = \"approved\"\n\
             [[caller]]\nname = \"app\"\nroles = [\"enrolment-app\"]\n",
        );
        let terms = config.unwrap().counter;
        assert_eq!((terms.lifetime, terms.open_tickets), (Duration::from_secs(3 * 86_400), 7));
        assert_eq!((terms.wrong_codes, terms.office_wrong_codes), (3, 9));
        let variants = ["ward-1", "ward-2"].map(|name| terms.variant_of(&office(name)));
        assert_eq!(variants, [Variant::Terminal, Variant::OneCode]);
        assert!(terms.may_resume(&office("ward-2"), &office("ward-1")));
        assert!(!terms.may_resume(&office("ward-1"), &office("ward-2")));
        let stands = ["t-1", "shop", "nobody"].map(|name| {
            let terminal = terms.terminal(&name.parse().unwrap()).unwrap();
            (terminal.office.as_str().to_owned(), terminal.place)
        });
        let expected = [
            ("ward-1".to_owned(), Place::Counter),
            ("shop".to_owned(), Place::ApprovedPlace),
            ("nobody".to_owned(), Place::Counter),
        ];
        assert_eq!(stands, expected);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let table = [
            ("[counter]\nvariant = \"three\"", "counter.variant: `three` is none of two_codes"),
            ("[counter]\nchoices = [\"one\"]", "counter.choices[0]: `one` is none of two_codes"),
            ("[counter]\nticket_lifetime = \"1s\"", "counter.ticket_lifetime"),
            ("[counter]\nopen_tickets = 0", "counter.open_tickets: 0 is not within"),
            ("[counter]\nwrong_codes = 21", "counter.wrong_codes: 21 is not within"),
            ("[counter]\nhours = \"9-17\"", "hours"),
            (
                "[[counter.office]]\nid = \"a\"\n[[counter.office]]\nid = \"a\"",
                "counter.office[1].id: `a` is there already",
            ),
            ("[[counter.office]]\nid = \"a b\"", "counter.office[0].id"),
            (
                "[[caller]]\nname = \"t\"\nroles = [\"counter\"]\nplace = \"street\"",
                "caller[0].place: `street` is none of counter, approved, home",
            ),
        ];
        for (text, expected) in table {
            let told = read(text).unwrap_err().to_string();
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}
