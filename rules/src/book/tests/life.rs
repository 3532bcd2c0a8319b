//! The terms of a binding's life, layer on layer.

use std::time::Duration;

use super::{MVNO, NATION, alone, layered, lines, source};
use crate::book::{LifeChange, RuleBook};
use crate::diagnostic::Level;
use crate::life::{LifeTerms, Persons, Term};

const DAY: u64 = 86_400;

fn terms(book: &RuleBook, pack: &str) -> LifeTerms {
    book.life(book.chain_of_pack(pack).unwrap())
}

#[test]
fn where_no_pack_speaks_the_terms_are_the_usual_ones() {
    let usual = LifeTerms {
        devices: 3,
        handsets: 4,
        release_cooldown: Duration::from_secs(DAY),
        release_persons: Persons::One,
        reminder: Duration::from_secs(90 * DAY),
        overlap: Duration::from_secs(30 * DAY),
        loaner: Duration::from_secs(30 * DAY),
    };
    assert_eq!(LifeTerms::default(), usual);
    let book = layered("", "").unwrap();
    for pack in ["nation", "carrier", "small"] {
        assert_eq!(terms(&book, pack), usual, "{pack}");
    }
}

#[test]
fn the_nation_says_what_it_wants_and_each_layer_tightens() {
    let nation = "[life]\ndevices = 16\nhandsets = 8\nrelease_cooldown = \"0s\"\nrelease_persons = 1\nreminder = \"1d\"\noverlap = \"90d\"\nloaner = \"90d\"\n";
    let carrier = "[pack]\nid = \"carrier\"\nextends = \"nation\"\napplies_to = { carrier = \"big\" }\n[feed]\nhistory = \"90d\"\ntells = [\"reissue\"]\n[life]\ndevices = 5\nrelease_persons = 2\n";
    let mvno = "[life]\ndevices = 1\nrelease_cooldown = \"48h\"\nreminder = \"30d\"\noverlap = \"0s\"\nloaner = \"14d\"\nhandsets = 1\n";
    let book = RuleBook::compile_unchecked(&[
        source("nation.toml", &format!("{NATION}{nation}")),
        source("carrier.toml", carrier),
        source("mvno.toml", &format!("{MVNO}{mvno}")),
    ]);
    let book = book.unwrap();
    let above = terms(&book, "nation");
    assert_eq!((above.devices, above.handsets, above.overlap.as_secs()), (16, 8, 90 * DAY));
    let middle = terms(&book, "carrier");
    assert_eq!(middle, LifeTerms { devices: 5, release_persons: Persons::Two, ..above });
    let low = LifeTerms {
        devices: 1,
        handsets: 1,
        release_cooldown: Duration::from_secs(2 * DAY),
        release_persons: Persons::Two,
        reminder: Duration::from_secs(30 * DAY),
        overlap: Duration::ZERO,
        loaner: Duration::from_secs(14 * DAY),
    };
    assert_eq!(terms(&book, "small"), low);
}

#[test]
fn a_softer_value_below_the_nation_is_refused_at_its_place() {
    for term in Term::ALL {
        let shape = term.shape();
        let softest = if shape.more_is_softer { shape.most } else { shape.least };
        if softest == shape.default {
            continue;
        }
        let words = term.words(softest);
        let value = if shape.is_count { words } else { format!("\"{words}\"") };
        let line = format!("[life]\n{} = {value}\n", term.key());
        let found = layered("", &line).unwrap_err();
        assert_eq!(found.len(), 1, "{}", lines(&found));
        let column = u32::try_from(term.key().len() + 4).unwrap();
        assert_eq!((found[0].line, found[0].column), (6, column), "{}", found[0]);
        assert!(found[0].message.contains("only tightens"), "{}", found[0]);
        // The nation may.
        assert!(alone(&line).is_ok(), "{line}");
    }
    let found = layered("[life]\nrelease_persons = 2\n", "[life]\nrelease_persons = 1\n");
    assert!(found.unwrap_err()[0].message.contains("at least 2"));
}

#[test]
fn every_mistake_in_a_life_is_told_at_its_place() {
    let rows = [
        ("devices = 0", 11, "a whole number from 1 to 16", None),
        ("devices = 17", 11, "from 1 to 16", None),
        ("devices = \"3\"", 11, "a whole number", None),
        ("devices = -1", 11, "a whole number", None),
        ("handsets = 9", 12, "from 1 to 8", None),
        ("release_persons = 3", 19, "from 1 to 2", None),
        ("release_cooldown = 24", 20, "a duration from 0s to 30d", None),
        ("release_cooldown = \"31d\"", 20, "a duration from 0s to 30d", None),
        ("reminder = \"23h\"", 12, "from 1d to 365d", None),
        ("overlap = \"91d\"", 11, "from 0s to 90d", None),
        ("loaner = \"12\"", 10, "a duration", None),
        ("loanr = \"12d\"", 1, "no `loanr`", Some("loaner")),
    ];
    for (line, column, message, meant) in rows {
        let found = alone(&format!("[life]\n{line}\n")).unwrap_err();
        assert_eq!(found.len(), 1, "{line}\n{}", lines(&found));
        assert_eq!((found[0].line, found[0].column), (5, column), "{line}\n{}", found[0]);
        assert!(found[0].message.contains(message), "{}", found[0]);
        assert_eq!(found[0].suggestion.as_deref(), meant, "{}", found[0]);
    }
    let found = RuleBook::compile(&[source("nation.toml", &format!("life = 3\n{NATION}"))]);
    let found = found.unwrap_err();
    assert!(lines(&found).contains("`life` is a table"), "{}", lines(&found));
}

#[test]
fn what_stands_above_already_is_a_warning_below_the_nation() {
    let book = layered("", "[life]\ndevices = 3\n").unwrap();
    assert_eq!(book.warnings().len(), 1);
    assert_eq!((book.warnings()[0].level, book.warnings()[0].line), (Level::Warning, 6));
    assert!(alone("[life]\ndevices = 3\n").unwrap().warnings().is_empty());
}

#[test]
fn a_diff_tells_a_term_that_changes_and_for_whom() {
    let old = layered("", "").unwrap();
    let new = layered("", "[life]\noverlap = \"7d\"\nrelease_persons = 2\n").unwrap();
    let diff = RuleBook::diff(&old, &new);
    assert!(!diff.is_same());
    let of = |pack: &str| diff.chains.iter().find(|chain| chain.pack == pack).unwrap();
    assert!(of("carrier").is_same());
    let small = of("small");
    assert!(!small.is_same());
    let change =
        |term, old: &str, new: &str| LifeChange { term, old: old.to_owned(), new: new.to_owned() };
    assert_eq!(small.life, [change("release_persons", "1", "2"), change("overlap", "30d", "7d")]);
    assert!(RuleBook::diff(&new, &new).is_same());
}
