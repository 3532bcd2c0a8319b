//! Packs of rules.

use crate::Outcome;
use simbind_rules::{PackSource, RuleBook, run_tests};

/// A pack's text. What is wrong with one is told inside of it.
pub fn pack(bytes: &[u8]) -> Outcome {
    std::str::from_utf8(bytes).map_or(Outcome::Refused, compile)
}

/// A condition of a rule.
pub fn condition(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else { return Outcome::Refused };
    if text.contains("'''") || text.ends_with('\'') {
        return Outcome::Refused;
    }
    compile(&format!(
        "[pack]\nid = \"nation\"\napplies_to = {{ country = \"JP\" }}\n\
         [[rule]]\nid = \"one\"\non = [\"login\", \"tap\"]\nwhen = '''{text}'''\n\
         verdict = \"deny\"\nunknown = \"deny\"\nreason = \"HANDSET_MISMATCH\"\n"
    ))
}

fn compile(text: &str) -> Outcome {
    let source = PackSource { name: "pack.toml".to_owned(), text: text.to_owned() };
    match RuleBook::compile(std::slice::from_ref(&source)) {
        Ok(book) => {
            let again = RuleBook::compile(&[source]).map(|book| book.hash());
            assert_eq!(again.as_ref().ok(), Some(&book.hash()), "it compiles to another book");
            let _ = run_tests(&book);
            Outcome::Taken
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "it is refused and nothing is said");
            for problem in problems {
                assert!(text.get(problem.span.clone()).is_some(), "{:?} of it", problem.span);
                assert!(problem.message.len() < 4096, "a long complaint");
            }
            Outcome::Refused
        }
    }
}
