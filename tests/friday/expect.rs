use std::collections::BTreeMap;

/// Names of packs and decisions as the page writes them, with those of this run.
pub(crate) type Names = BTreeMap<String, String>;

/// Digits of a hash that the page shows.
const DIGITS: usize = 32;
/// What a decision's id begins with, and its length.
const DECISION: (&str, usize) = ("dec_", 36);

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit()) && text.bytes().any(|b| b.is_ascii_digit())
}

/// The name that a word of the page begins with, and which differs each time: 32 digits of a hash,
/// perhaps cut or with a colon, or a decision's id.
fn name(word: &str) -> Option<&str> {
    let (begins, length) = DECISION;
    if let Some(id) = word.get(..length).filter(|id| id.starts_with(begins)) {
        return Some(id).filter(|id| is_hex(&id[begins.len()..]));
    }
    let digits = word.get(..DIGITS)?;
    let ends = ["", "…", "…:", ":"].contains(&&word[DIGITS..]);
    (is_hex(digits) && ends).then_some(digits)
}

/// A command with the names of this run.
pub(crate) fn in_this_run(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (page, here)| text.replace(page, here))
}

/// Whether a printed line is what the page shows. `…` alone stands for any words; a name that the
/// page shows for the first time is learnt.
fn fits(expected: &[&str], printed: &[&str], names: &mut Names) -> bool {
    let Some((first, expected)) = expected.split_first() else { return printed.is_empty() };
    if *first == "…" {
        return (0..=printed.len()).any(|skipped| {
            let mut learnt = names.clone();
            let fitting = fits(expected, &printed[skipped..], &mut learnt);
            if fitting {
                *names = learnt;
            }
            fitting
        });
    }
    let Some((word, printed)) = printed.split_first() else { return false };
    word_fits(first, word, names) && fits(expected, printed, names)
}

fn word_fits(expected: &str, word: &str, names: &mut Names) -> bool {
    if let Some(page) = name(expected) {
        let Some(here) = word.get(..page.len()).filter(|here| name(here).is_some()) else {
            return false;
        };
        return names.entry(page.to_owned()).or_insert_with(|| here.to_owned()) == here;
    }
    match expected.split_once('…') {
        Some((before, after)) => {
            word.len() >= before.len() + after.len()
                && word.starts_with(before)
                && word.ends_with(after)
        }
        None => word == expected,
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Finds each line of the page among the printed ones, in their order; the first that is missing.
pub(crate) fn missing(expected: &str, printed: &str, names: &mut Names) -> Option<String> {
    let mut lines = printed.lines();
    let missing = |line: &&str| !lines.any(|printed| fits(&words(line), &words(printed), names));
    expected.lines().filter(|line| !line.trim().is_empty()).find(missing).map(str::to_owned)
}

#[test]
fn lines_are_found_in_order_and_dots_stand_for_what_differs() {
    let mut none = Names::new();
    let printed = "one\n  two and 3\nthree: x, four\n";
    for (expected, lacking) in [
        ("one\nthree: … four", None),
        ("two … 3", None),
        ("two …", None),
        ("…", None),
        ("three: x… four", None),
        ("three: xy… four", Some("three: xy… four")),
        ("two and", Some("two and")),
        ("three: … four\none", Some("one")),
    ] {
        assert_eq!(missing(expected, printed, &mut none).as_deref(), lacking, "{expected}");
    }
}

#[test]
fn a_name_is_learnt_once_and_then_stands() {
    let mut names = Names::new();
    let here = "a1".repeat(32);
    let printed = format!("staged {here}: x\n");
    assert_eq!(missing("staged 0123456789ab0123456789ab01234567…: x", &printed, &mut names), None);
    assert_eq!(
        in_this_run("go 0123456789ab0123456789ab01234567 --why", &names),
        "go a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 --why"
    );
    let other = format!("staged 12{here}: x\n");
    assert!(missing("staged 0123456789ab0123456789ab01234567…: x", &other, &mut names).is_some());
    assert_eq!(missing("staged fedcba987654fedcba987654fedcba98…: x", &other, &mut names), None);
    let decision = |digit: &str| format!("dec_{}", digit.repeat(32));
    let printed = format!("│ {} │", decision("1"));
    let page = format!("│ {} │", decision("2"));
    assert_eq!(missing(&page, &printed, &mut names), None);
    assert_eq!(in_this_run(&decision("2"), &names), decision("1"));
}
