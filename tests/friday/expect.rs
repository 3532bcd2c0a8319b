use std::collections::BTreeMap;

/// Hashes as the page writes them, with those of this run.
pub(crate) type Hashes = BTreeMap<String, String>;

/// Digits of a hash that the page shows.
const DIGITS: usize = 12;

/// Whether a word of the page is a hash: 12 hexadecimal digits, perhaps cut or with a colon.
fn hash(word: &str) -> Option<&str> {
    let digits = word.get(..DIGITS)?;
    let rest = &word[DIGITS..];
    let is_hash =
        digits.bytes().all(|b| b.is_ascii_hexdigit()) && digits.bytes().any(|b| b.is_ascii_digit());
    (is_hash && ["", "…", "…:", ":"].contains(&rest)).then_some(digits)
}

/// The words of a command or of a page's line, hashes as in this run.
pub(crate) fn in_this_run(text: &str, hashes: &Hashes) -> String {
    hashes.iter().fold(text.to_owned(), |text, (page, here)| text.replace(page, here))
}

/// Whether a printed line is what the page shows. `…` alone stands for any words; a hash that the
/// page shows for the first time is learnt.
fn fits(expected: &[&str], printed: &[&str], hashes: &mut Hashes) -> bool {
    let Some((first, expected)) = expected.split_first() else { return printed.is_empty() };
    if *first == "…" {
        return (0..=printed.len()).any(|skipped| {
            let mut learnt = hashes.clone();
            let fitting = fits(expected, &printed[skipped..], &mut learnt);
            if fitting {
                *hashes = learnt;
            }
            fitting
        });
    }
    let Some((word, printed)) = printed.split_first() else { return false };
    word_fits(first, word, hashes) && fits(expected, printed, hashes)
}

fn word_fits(expected: &str, word: &str, hashes: &mut Hashes) -> bool {
    if let Some(page) = hash(expected) {
        let Some(here) = word.get(..DIGITS).filter(|here| hash(here).is_some()) else {
            return false;
        };
        return hashes.entry(page.to_owned()).or_insert_with(|| here.to_owned()) == here;
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
pub(crate) fn missing(expected: &str, printed: &str, hashes: &mut Hashes) -> Option<String> {
    let mut lines = printed.lines();
    let missing = |line: &&str| !lines.any(|printed| fits(&words(line), &words(printed), hashes));
    expected.lines().filter(|line| !line.trim().is_empty()).find(missing).map(str::to_owned)
}

#[test]
fn lines_are_found_in_order_and_dots_stand_for_what_differs() {
    let mut none = Hashes::new();
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
fn a_hash_is_learnt_once_and_then_stands() {
    let mut hashes = Hashes::new();
    let here = "a1".repeat(32);
    let printed = format!("staged {here}: x\n");
    assert_eq!(missing("staged 0123456789ab…: x", &printed, &mut hashes), None);
    assert_eq!(in_this_run("go 0123456789ab --why", &hashes), "go a1a1a1a1a1a1 --why");
    let other = format!("staged 12{here}: x\n");
    assert!(missing("staged 0123456789ab…: x", &other, &mut hashes).is_some());
    assert_eq!(missing("staged fedcba987654…: x", &other, &mut hashes), None);
}
