use super::{RuleBook, run_tests};

#[test]
fn the_shipped_packs_compile_and_pass_their_tests() {
    let book = match RuleBook::shipped() {
        Ok(book) => book,
        Err(found) => {
            let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"));
        }
    };
    let report = run_tests(&book);
    let lines: Vec<_> = report.failures.iter().map(ToString::to_string).collect();
    assert!(report.is_ok(), "{}", lines.join("\n"));
    assert!(report.passed > 0);
    assert!(report.never_fired.is_empty(), "no test fires {:#?}", report.never_fired);
    assert!(report.never_silent.is_empty(), "every test fires {:#?}", report.never_silent);
}
