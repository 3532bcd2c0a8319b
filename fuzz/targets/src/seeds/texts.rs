//! Texts: packs, conditions, configuration, identifiers, status lists.

use super::Made;

const PACK: &str = r#"[pack]
id = "nation"
applies_to = { country = "JP" }

[param.fresh_swap]
default = "72h"
min = "24h"
max = "30d"
softer = "shorter"

[[rule]]
id = "sim-in-another-handset"
on = ["login", "tap"]
when = "binding.key_home == 'sim' && handset.match == 'no'"
verdict = "deny"
unknown = "step_up"
floor = "step_up"
step_up = ["card", "counter"]
reason = "HANDSET_MISMATCH"

[[rule]]
id = "fresh-swap"
on = ["login"]
when = "sim.changed_age < param.fresh_swap"
verdict = "step_up"
unknown = "ignore"
step_up = ["card"]
reason = "SIM_CLONED"

[[limit]]
id = "logins"
on = ["login"]
per = ["certificate"]
rate = "10/1m"
burst = 5
reason = "RATE_LIMITED"

[[test]]
name = "another handset"
given = { "binding.key_home" = "sim", "handset.match" = "no" }
expect = { verdict = "deny", reason = "HANDSET_MISMATCH" }
"#;

const CONDITIONS: &[(&str, &str)] = &[
    ("and", "binding.key_home == 'sim' && handset.match == 'no'"),
    ("or", "handset.match in ['no', 'yes'] || !(sim.match == 'no')"),
    ("age", "binding.age > duration('390d') && handset.match_age < duration('72h')"),
    (
        "nested",
        "((handset.match == 'no' || line.latch == 'ported_out') && !(check.channel == 'app_login'))",
    ),
];

const CONFIGURATION: &str = r#"[listen]
grpc = "127.0.0.1:50443"
metrics = "127.0.0.1:9464"

[trust]
certificates = []
attestation_roots = []
required_policies = ["1.2.392.200149.8.5.1.3.30"]

[[relying_party]]
id = "bank"
caller = "bank"
operations = { balance = "view", address = "apply", transfer = "pay" }

[[reader]]
id = "door-1"
caller = "doors"
profile = "door"
sensitivity = "view"

[[carrier]]
id = "docomo"
caller = "docomo"
"#;

const IDENTIFIERS: &[(&str, &str)] = &[
    ("iccid", "8981100022152967705"),
    ("imei", "490154203237518"),
    ("imeisv", "49-015420-323751-01"),
    ("imsi", "440101234567890"),
    ("eid", "89049032123451234512345678901235"),
    ("msisdn", "+819012345678"),
    ("hex", "000102030405060708090a0b0c0d0e0f"),
    ("name", "jp.example.simbind:1/2@a-b_c"),
    ("code", "ABCDE-FGH12"),
    ("duration", "72h"),
];

const STATUS: &str = r#"{"entries":{"2c8cdddfd5e03bfc":{"status":"REVOKED","reason":"KEY_COMPROMISE"},
"6681152659205225093":{"status":"SUSPENDED","comment":"a serial that looks decimal"},"0":{"status":"NEW"}}}"#;

pub(super) fn make(made: &mut Made) {
    made.seed("pack", "nation", PACK);
    for (name, text) in CONDITIONS {
        made.seed("condition", *name, *text);
    }
    made.seed("configuration", "server", CONFIGURATION);
    made.seed("configuration", "empty", "");
    for (name, text) in IDENTIFIERS {
        made.seed("identifiers", *name, *text);
    }
    made.seed("status_list", "three", STATUS);
    made.seed("status_list", "none", r#"{"entries":{}}"#);
}
