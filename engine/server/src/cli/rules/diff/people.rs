//! A diff for people: what many packs share is told once.

use super::json::on;
use simbind_rules::{ChainDiff, Compared, Diff, KindDiff, RuleChange, RuleDiff, Witness};
use std::fmt::Write as _;

pub(super) fn text(diff: &Diff) -> String {
    let mut out = String::new();
    for (packs, what) in [(&diff.added, "only in NEW"), (&diff.removed, "only in OLD")] {
        if !packs.is_empty() {
            line(&mut out, 0, &format!("{what}: {}", packs.join(", ")));
        }
    }
    for chain in diff.chains.iter().filter(|chain| chain.is_moved()) {
        let (lines, before, now) = (lines(chain), &chain.pack_before, &chain.pack);
        line(&mut out, 0, &format!("lines of {lines}: by pack {before} before, by {now} now"));
    }
    listed(
        &mut out,
        "parameters",
        &shared(diff, |chain| {
            let params = chain.params.iter();
            params.map(|change| moved(&change.name, &change.old, &change.new)).collect::<Vec<_>>()
        }),
    );
    listed(
        &mut out,
        "limits",
        &shared(diff, |chain| {
            let limits = chain.limits.iter();
            limits.map(|change| moved(&change.id, &change.old, &change.new)).collect::<Vec<_>>()
        }),
    );
    listed(
        &mut out,
        "life",
        &shared(diff, |chain| {
            let terms = chain.life.iter();
            terms.map(|change| format!("{}: {} is now {}", change.term, change.old, change.new))
        }),
    );
    let kinds = shared(diff, |chain| {
        let changed = chain.kinds.iter().filter(|kind| !kind.rules.is_empty());
        changed.map(|kind| (on(kind.kind), answers(kind)))
    });
    for ((kind, told), packs) in &kinds {
        line(&mut out, 0, &format!("{kind} of {}", packs.join(", ")));
        line(&mut out, 1, told);
    }
    let rules = shared(diff, |chain| {
        let rules = |kind: &'_ KindDiff| {
            let told = kind.rules.iter().map(|rule| (rule, effect(rule)));
            let kind = on(kind.kind);
            told.map(|(rule, effect)| (format!("{} ({}), {kind}", rule.rule, change(rule)), effect))
                .collect::<Vec<_>>()
        };
        chain.kinds.iter().flat_map(rules).collect::<Vec<_>>()
    });
    if !rules.is_empty() {
        line(&mut out, 0, "rules");
    }
    for ((rule, effect), packs) in &rules {
        line(&mut out, 1, &format!("{rule}, in {}", packs.join(", ")));
        line(&mut out, 2, effect);
    }
    let same: Vec<_> = diff.chains.iter().filter(|chain| chain.is_same()).collect();
    if !same.is_empty() {
        let packs: Vec<_> = same.iter().map(|chain| whose(chain)).collect();
        line(&mut out, 0, &format!("proved, the same answers: {}", packs.join(", ")));
    }
    out
}

fn lines(chain: &ChainDiff) -> String {
    chain.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whose lines they are: those of a pack, or those that moved to it.
fn whose(chain: &ChainDiff) -> String {
    if chain.is_moved() {
        format!("{} (by {} now)", lines(chain), chain.pack)
    } else {
        chain.pack.clone()
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    for text in text.lines() {
        // Writing into a text cannot fail.
        let _ = writeln!(out, "{:width$}{text}", "", width = depth * 2);
    }
}

fn listed(out: &mut String, title: &str, entries: &[(String, Vec<String>)]) {
    if !entries.is_empty() {
        line(out, 0, title);
    }
    for (entry, packs) in entries {
        line(out, 1, &format!("{entry}, in {}", packs.join(", ")));
    }
}

fn moved(name: &str, old: &Option<String>, new: &Option<String>) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "none".to_owned());
    format!("{name}: {} is now {}", side(old), side(new))
}

/// Findings, each once, with the packs in which it is found.
fn shared<'d, T: PartialEq, I: IntoIterator<Item = T>>(
    diff: &'d Diff,
    of: impl Fn(&'d ChainDiff) -> I,
) -> Vec<(T, Vec<String>)> {
    let mut found: Vec<(T, Vec<String>)> = Vec::new();
    for chain in &diff.chains {
        for finding in of(chain) {
            match found.iter_mut().find(|(seen, _)| *seen == finding) {
                Some((_, packs)) => packs.push(whose(chain)),
                None => found.push((finding, vec![whose(chain)])),
            }
        }
    }
    found
}

/// What the rules of a chain come to together.
fn answers(kind: &KindDiff) -> String {
    let mut told = String::new();
    let out = &mut told;
    if kind.verdict == Compared::Same {
        match &kind.reasons {
            Compared::Same => line(out, 0, "proved: the same answers"),
            Compared::NotProved => line(out, 0, "proved: the same verdicts; reasons not proved"),
            Compared::Differ(found) => {
                line(out, 0, "proved: the same verdicts; for other reasons, as here");
                line(out, 1, &found.as_test());
            }
        }
        return told;
    }
    for (zone, what) in [(&kind.milder, "milder"), (&kind.stricter, "stricter")] {
        match zone {
            Compared::Same => line(out, 0, &format!("{what}: nowhere, proved")),
            Compared::NotProved => {
                line(out, 0, &format!("{what}: nothing found, searched and not proved"));
            }
            Compared::Differ(found) => {
                line(out, 0, &format!("{what}, {}", size(found)));
                line(out, 1, &found.as_test());
            }
        }
    }
    // Where methods were exchanged, the verdict is neither milder nor stricter.
    let neither = kind.milder.witness().is_none() && kind.stricter.witness().is_none();
    match kind.verdict.witness().filter(|_| neither) {
        Some(found) => {
            line(out, 0, &format!("other methods, {}", size(found)));
            line(out, 1, &found.as_test());
        }
        None if neither => line(out, 0, "searched, not proved the same"),
        None => {}
    }
    told
}

fn size(witness: &Witness) -> &'static str {
    if witness.smallest { "by the fewest facts" } else { "as here; fewer facts may do" }
}

fn change(rule: &RuleDiff) -> String {
    match &rule.change {
        RuleChange::Added => "added".to_owned(),
        RuleChange::Removed => "removed".to_owned(),
        RuleChange::Changed(parts) => format!("{} changed", parts.join(" and ")),
    }
}

fn effect(rule: &RuleDiff) -> String {
    let facts = |found: &Witness| {
        let (old, new) = (found.old.words(), found.new.words());
        if old == new {
            format!("{} under {}", reasons(found), found.given_text())
        } else {
            format!("{old} becomes {new} under {}", found.given_text())
        }
    };
    match (&rule.verdict, &rule.reasons) {
        (Compared::Differ(found), _) => facts(found),
        (Compared::Same, Compared::Same) => "proved: the same answers".to_owned(),
        (Compared::Same, Compared::Differ(found)) => {
            format!("proved: the same verdicts; {}", facts(found))
        }
        (Compared::Same, Compared::NotProved) => {
            "proved: the same verdicts; reasons not proved".to_owned()
        }
        (Compared::NotProved, _) => "searched, not proved".to_owned(),
    }
}

fn reasons(witness: &Witness) -> String {
    let names = |reasons: &[simbind_rules::ReasonCode]| {
        let names: Vec<_> = reasons.iter().map(|reason| reason.as_str()).collect();
        names.join(", ")
    };
    format!("{} becomes {}", names(&witness.old.reasons), names(&witness.new.reasons))
}

#[cfg(test)]
mod tests {
    use super::text;
    use simbind_rules::RuleBook;

    /// The packs that ship, against themselves with one text replaced.
    fn told(from: &str, to: &str) -> String {
        let old = RuleBook::shipped().unwrap();
        let mut sources = RuleBook::shipped_sources();
        let edited = sources.iter_mut().find(|source| source.text.contains(from)).unwrap();
        edited.text = edited.text.replacen(from, to, 1);
        text(&RuleBook::diff(&old, &RuleBook::compile(&sources).unwrap()))
    }

    #[test]
    fn what_every_pack_inherits_is_told_once_with_a_test_to_copy() {
        let reason = "reason = \"LINE_INHERITED\"";
        let told = told(
            &format!("verdict = \"deny\"\n{reason}"),
            &format!("verdict = \"step_up\"\nstep_up = [\"card\"]\n{reason}"),
        );
        assert_eq!(told.matches("line-inherited (verdict changed), login").count(), 1, "{told}");
        assert_eq!(told.matches("given = { \"line.latch\" = \"inherited\" }").count(), 2, "{told}");
        assert_eq!(told.matches("stricter: nowhere, proved").count(), 2, "{told}");
    }

    #[test]
    fn lines_that_another_pack_answers_now_are_told_with_their_witnesses() {
        let told = told("mvno = \"kawasemi\"", "mvno = \"kawasemix\"");
        let moved = "lines of kawasemi on kddi: by pack kawasemi before, by kddi now";
        assert!(told.contains(moved), "{told}");
        assert!(told.contains("login of kawasemi on kddi (by kddi now)"), "{told}");
        assert!(!told.contains("same answers: kawasemi"), "{told}");
    }

    #[test]
    fn packs_that_answer_the_same_are_named_as_proved() {
        let told =
            told("when = \"pin.failures >= ", "when = \"pin.failures > 9 || pin.failures >= ");
        assert!(told.contains("proved, the same answers: jp-national, "), "{told}");
        assert!(told.contains("(condition changed)"), "{told}");
    }
}
