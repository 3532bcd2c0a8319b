//! Books: the packs that ship, what a lower layer cannot do, and how a check is answered.

mod answers;
mod audit;
mod feed;
mod holes;
mod interpreter;
mod life;
mod pack_tests;
mod places;
mod reference;
mod shipped;
mod snooze;
mod trees;

use super::RuleBook;
use crate::diagnostic::Diagnostic;
use crate::pack::PackSource;

/// A nation's pack with one rule of each kind that a lower pack may want to change.
pub(super) const NATION: &str = r#"
[pack]
id = "nation"
applies_to = { country = "JP" }
[param.swap]
default = "72h"
min = "24h"
max = "30d"
softer = "shorter"
[param.tries]
default = 3
min = 1
max = 5
softer = "higher"
[[rule]]
id = "floored"
on = ["login"]
when = "handset.match == 'no'"
verdict = "deny"
unknown = "step_up"
floor = "step_up"
step_up = ["card", "counter"]
reason = "HANDSET_MISMATCH"
[[rule]]
id = "fixed"
on = ["login", "tap"]
when = "sim.latch == 'recycled'"
verdict = "deny"
reason = "SIM_RECYCLED"
[[rule]]
id = "asking"
on = ["login"]
when = "sim.changed_age < param.swap"
verdict = "step_up"
unknown = "ignore"
floor = "allow"
step_up = ["card", "counter"]
reason = "SIM_REISSUED"
[[rule]]
id = "counting"
on = ["login"]
when = "pin.failures >= param.tries"
verdict = "deny"
reason = "PIN_LOCKED"
[[limit]]
id = "per-certificate"
on = ["login"]
per = ["certificate"]
rate = "10/1m"
burst = 5
reason = "RATE_LIMITED"
[base.plain]
"sim.changed_age" = "never"
"#;

/// Four lines; its feed tells everything, so that nothing is said of it.
const CARRIER: &str = r#"
pack = { id = "carrier", extends = "nation", applies_to = { carrier = "big" } }
feed = { history = "90d", tells = ["reissue", "imsi_change", "handset_change", "port_out", "port_in", "suspension", "contract_end", "transfer", "inheritance", "esim", "loaner", "recycling"] }

"#;
const MVNO: &str = "[pack]\nid = \"small\"\nextends = \"carrier\"\napplies_to = { mvno = \"small\", host = \"big\" }\n";

pub(super) fn source(name: &str, text: &str) -> PackSource {
    PackSource { name: name.to_owned(), text: text.to_owned() }
}

/// The nation's pack with these additions to a carrier's and to an MVNO's.
pub(super) fn layered(carrier: &str, mvno: &str) -> Result<RuleBook, Vec<Diagnostic>> {
    RuleBook::compile_unchecked(&[
        source("nation.toml", NATION),
        source("carrier.toml", &format!("{CARRIER}{carrier}")),
        source("mvno.toml", &format!("{MVNO}{mvno}")),
    ])
}

/// A book of one pack: the head of a nation's, and this.
pub(super) fn alone(rest: &str) -> Result<RuleBook, Vec<Diagnostic>> {
    let text = format!("[pack]\nid = \"nation\"\napplies_to = {{ country = \"JP\" }}\n{rest}");
    RuleBook::compile_unchecked(&[source("nation.toml", &text)])
}

pub(super) fn lines(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
