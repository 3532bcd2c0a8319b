//! Problems of packs, told to people and as JSON.

use super::super::CliResult;
use annotate_snippets::{AnnotationKind, Level as Shown, Renderer, Snippet};
use serde_json::{Value, json};
use simbind_rules::{Diagnostic, Level, PackSource};
use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

/// Tells the problems of packs that do not compile: for people on standard error.
pub(crate) fn refused(found: &[Diagnostic], sources: &[PackSource], as_json: bool) -> CliResult {
    if as_json {
        writeln!(io::stdout(), "{}", json!({ "ok": false, "diagnostics": as_values(found) }))?;
    } else {
        tell(found, sources)?;
    }
    Ok(ExitCode::FAILURE)
}

/// Shows each problem with its line underlined, and then how many there are.
pub(super) fn tell(found: &[Diagnostic], sources: &[PackSource]) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let colours = err.is_terminal() && env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    for problem in found {
        writeln!(err, "{}\n", underlined(problem, sources, &renderer))?;
    }
    if found.is_empty() {
        return Ok(());
    }
    let (errors, warnings) = counts(found);
    writeln!(err, "errors: {errors}, warnings: {warnings}")
}

/// How many of the problems are errors, and how many warnings.
pub(super) fn counts(found: &[Diagnostic]) -> (usize, usize) {
    let errors = found.iter().filter(|problem| problem.level == Level::Error).count();
    (errors, found.len() - errors)
}

pub(super) fn as_values(found: &[Diagnostic]) -> Vec<Value> {
    let value = |p: &Diagnostic| {
        json!({
            "level": p.level.as_str(),
            "name": p.pack,
            "line": p.line,
            "column": p.column,
            "text": p.text,
            "message": p.message,
            "suggestion": p.suggestion,
        })
    };
    found.iter().map(value).collect()
}

fn underlined(problem: &Diagnostic, sources: &[PackSource], renderer: &Renderer) -> String {
    let level = match problem.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
    };
    let title = level.primary_title(problem.message.as_str());
    let source = sources.iter().find(|source| source.name == problem.pack);
    let shown = source.filter(|source| source.text.get(problem.span.clone()).is_some());
    let Some(source) = shown else {
        // There is no text to show it in, as of a file that could not be read.
        return renderer.render(&[title.element(Shown::NOTE.message(problem.pack.as_str()))]);
    };
    let mark = AnnotationKind::Primary.span(problem.span.clone());
    let snippet = Snippet::source(source.text.as_str()).path(source.name.as_str());
    let group = title.element(snippet.annotation(mark));
    let meant = problem.suggestion.as_ref().map(|meant| format!("did you mean `{meant}`?"));
    renderer.render(&[group.elements(meant.map(|meant| Shown::HELP.message(meant)))])
}

#[cfg(test)]
mod tests {
    use super::{counts, underlined};
    use annotate_snippets::Renderer;
    use simbind_rules::{PackSource, RuleBook};

    fn shown(text: &str) -> Vec<String> {
        let sources = [PackSource { name: "p.toml".to_owned(), text: text.to_owned() }];
        let found = RuleBook::compile(&sources).unwrap_err();
        assert_eq!(counts(&found), (found.len(), 0));
        found.iter().map(|one| underlined(one, &sources, &Renderer::plain())).collect()
    }

    #[test]
    fn a_misspelt_name_in_a_condition_of_several_lines_is_underlined_where_it_stands() {
        let text = r#"[pack]
id = "nation"
applies_to = { country = "JP" }
[[rule]]
id = "r"
on = ["login"]
when = """
sim.latch != 'clear'
  && pin.failres > 3
"""
verdict = "deny"
reason = "PIN_LOCKED"
"#;
        let expected = "\
error: there is no fact `pin.failres`
 --> p.toml:9:6
  |
9 |   && pin.failres > 3
  |      ^^^^^^^^^^^
  |
  = help: did you mean `pin.failures`?";
        assert_eq!(shown(text), [expected]);
    }

    #[test]
    fn a_problem_of_the_whole_file_and_one_in_wide_letters_have_their_place() {
        assert!(shown("")[0].contains("p.toml:1:1"));
        let wide = "[pack]\nid = \"n\"\napplies_to = { country = \"JP\" }\n\"鍵\" = 1\n";
        assert!(shown(wide)[0].contains("p.toml:4:1"), "{}", shown(wide)[0]);
    }
}
