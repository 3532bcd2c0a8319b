//! The chart of a binding's life in `ARCHITECTURE.md` is what the table of transitions says.
//!
//! With `SIMBIND_BLESS=1` in the environment the test writes it anew.

use super::super::{Act, Phase, TRANSITIONS};
use std::path::Path;

const PAGE: &str = include_str!("../../../../../ARCHITECTURE.md");
const BEGIN: &str = "<!-- life of a binding: begin -->\n";
const END: &str = "<!-- life of a binding: end -->";

/// What an act means, and who may do it.
const fn meaning(act: Act) -> (&'static str, &'static str) {
    match act {
        Act::Activate => {
            ("certificate, SIM, handset and attestation have all been seen", "the engine")
        }
        Act::Suspend => (
            "something broke: every check asks for the card or a counter",
            "a carrier's event, through the engine",
        ),
        Act::Reprove => (
            "SIM, handset and person were proved together again; latches are cleared",
            "a counter, or the person's card, which proves the SIM and not the handset",
        ),
        Act::Resume => ("the event that suspended it was taken back", "its carrier's correction"),
        Act::Hold => (
            "it must not be used; a weightier reason takes the place of another",
            "a counter, a help desk, the owner through either, a carrier's event, the engine \
             (a counter that went back)",
        ),
        Act::Release => (
            "the hold is over, and the binding is what it was before; after loss or theft not \
             before the cool-down, and by two callers where a pack says so; never after a counter \
             that went back",
            "a counter; the carrier's correction of the event that held it",
        ),
        Act::GiveUp => ("the enrolment is not finished", "a counter, the end of its ticket"),
        Act::Revoke => (
            "it is over, for its own reason",
            "a counter, a carrier's event, the certificate's issuer",
        ),
        Act::Expire => ("the certificate's time passed", "time"),
        Act::Supersede => ("a newer binding takes its place", "a counter, with the newer binding"),
    }
}

fn chart() -> String {
    let mut chart = String::from(
        "```mermaid\nstateDiagram-v2\n    [*] --> pending\n    [*] --> active: enrolled at once\n",
    );
    for row in TRANSITIONS {
        let (from, act, to) = (row.from.name(), row.act.name(), row.to.name());
        chart.push_str(&format!("    {from} --> {to}: {act}\n"));
    }
    for end in Phase::ALL.into_iter().filter(|phase| phase.is_end()) {
        chart.push_str(&format!("    {} --> [*]\n", end.name()));
    }
    chart.push_str("```\n\n| act | from | what it means | who |\n|---|---|---|---|\n");
    for act in Act::ALL {
        let mut from: Vec<_> =
            TRANSITIONS.iter().filter(|row| row.act == act).map(|row| row.from.name()).collect();
        from.dedup();
        let (means, who) = meaning(act);
        chart.push_str(&format!("| {} | {} | {means} | {who} |\n", act.name(), from.join(", ")));
    }
    chart
}

#[test]
fn the_chart_in_the_architecture_is_what_the_table_says() {
    let (before, rest) = PAGE.split_once(BEGIN).expect("the page has the chart's begin");
    let (written, after) = rest.split_once(END).expect("the page has the chart's end");
    if std::env::var_os("SIMBIND_BLESS").is_some() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ARCHITECTURE.md");
        std::fs::write(page, format!("{before}{BEGIN}{}{END}{after}", chart())).unwrap();
    } else {
        assert_eq!(written, chart(), "SIMBIND_BLESS=1 cargo test -p simbind-core chart");
    }
}
