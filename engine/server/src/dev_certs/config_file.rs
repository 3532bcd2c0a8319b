use crate::config::DEFAULT_APPS;
use simbind_core::ids::CallerId;
use std::fmt::Write as _;

/// The usual parties, each with the caller that speaks for it and what is written for it.
const PARTIES: [(&str, &str); 19] = [
    (
        "bank",
        "[[relying_party]]\nid = \"bank\"\ncaller = \"bank\"\n\
         operations = { balance = \"view\", application = \"apply\", transfer = \"pay\" }\n",
    ),
    (
        "shop",
        "[[relying_party]]\nid = \"shop\"\ncaller = \"shop\"\n\
         operations = { orders = \"view\", purchase = \"pay\" }\n\n\
         [[reader]]\nid = \"shop-terminal\"\ncaller = \"shop\"\nprofile = \"terminal\"\n\
         sensitivity = \"pay\"\n",
    ),
    (
        "doors",
        "[[reader]]\nid = \"door-1\"\ncaller = \"doors\"\nprofile = \"door\"\n\
         sensitivity = \"view\"\n\n\
         [[reader]]\nid = \"counter-1\"\ncaller = \"doors\"\nprofile = \"counter\"\n\
         sensitivity = \"apply\"\n\n\
         [[reader]]\nid = \"terminal-1\"\ncaller = \"doors\"\nprofile = \"terminal\"\n\
         sensitivity = \"view\"\n",
    ),
    (
        "city-hall",
        "[[relying_party]]\nid = \"city-hall\"\ncaller = \"city-hall\"\n\
         operations = { status = \"view\", filing = \"apply\" }\n\n\
         [[reader]]\nid = \"city-counter\"\ncaller = \"city-hall\"\nprofile = \"counter\"\n\
         sensitivity = \"apply\"\n\n\
         [[caller]]\nname = \"city-hall\"\nroles = [\"counter\"]\n",
    ),
    ("ward-office", "[[caller]]\nname = \"ward-office\"\nroles = [\"counter\"]\n"),
    (
        "docomo",
        "[[carrier]]\nid = \"docomo\"\ncaller = \"docomo\"\nhorizon_days = 180\n\
         max_silence = \"30m\"\nlag = \"10m\"\n",
    ),
    ("iij", "[[carrier]]\nid = \"iij\"\ncaller = \"iij\"\nhost = \"docomo\"\nhorizon_days = 60\n"),
    (
        "aqua-mobile",
        "[[carrier]]\nid = \"aqua-mobile\"\ncaller = \"aqua-mobile\"\nhost = \"docomo\"\n",
    ),
    ("kddi", "[[carrier]]\nid = \"kddi\"\ncaller = \"kddi\"\nhorizon_days = 365\n"),
    ("kawasemi", "[[carrier]]\nid = \"kawasemi\"\ncaller = \"kawasemi\"\nhost = \"kddi\"\n"),
    (
        "softbank",
        "[[carrier]]\nid = \"softbank\"\ncaller = \"softbank\"\nhorizon_days = 90\n\
         max_silence = \"50h\"\nlag = \"26h\"\n",
    ),
    (
        "tsubame-mobile",
        "[[carrier]]\nid = \"tsubame-mobile\"\ncaller = \"tsubame-mobile\"\n\
         host = \"softbank\"\nhorizon_days = 60\nmax_silence = \"50h\"\nlag = \"26h\"\n",
    ),
    ("rakuten", "[[carrier]]\nid = \"rakuten\"\ncaller = \"rakuten\"\nhorizon_days = 30\n"),
    ("help-desk", "[[caller]]\nname = \"help-desk\"\nroles = [\"help-desk\"]\n"),
    ("analyst", "[[caller]]\nname = \"analyst\"\nroles = [\"analyst\"]\n"),
    ("auditor", "[[caller]]\nname = \"auditor\"\nroles = [\"auditor\"]\n"),
    ("operator", "[[caller]]\nname = \"operator\"\nroles = [\"operator\"]\n"),
    ("issuer", "[[caller]]\nname = \"issuer\"\nroles = [\"issuer\"]\n"),
    ("enrolment-app", "[[caller]]\nname = \"enrolment-app\"\nroles = [\"enrolment-app\"]\n"),
];

/// Carriers whose networks others of the usual parties rent.
const HOSTS: [&str; 3] = ["docomo", "kddi", "softbank"];

/// The demo's apps; a carrier that is not among the callers trusts none of them.
fn apps(trusting: bool) -> String {
    let privilege = "carrier_privilege = [\"docomo\"]\n";
    if trusting { DEFAULT_APPS.to_owned() } else { DEFAULT_APPS.replace(privilege, "") }
}

/// A configuration that fits a set of [`super::make`], written beside it. A usual caller gets its
/// usual part; any other becomes a relying party of its name. MVNOs need their host among the
/// callers, or stand alone.
pub fn config_text(callers: &[CallerId]) -> String {
    let mut text = String::from(
        "[listen]\ngrpc = \"127.0.0.1:50443\"\n\n\
         [tls]\ncertificate = \"server.pem\"\nkey = \"server.key\"\nclient_ca = \"ca.pem\"\n",
    );
    let named = |party: &str| callers.iter().any(|caller| caller.as_str() == party);
    if named("enrolment-app") {
        text.push_str("\n[counter]\nchoices = [\"one_code\", \"terminal\"]\n");
    }
    text.push_str(&apps(named("docomo")));
    for caller in callers {
        let usual = PARTIES.iter().find(|(name, _)| *name == caller.as_str());
        text.push('\n');
        match usual {
            Some((_, part)) => {
                let absent = HOSTS.into_iter().filter(|host| !named(host));
                text.push_str(&absent.fold((*part).to_owned(), |part, host| {
                    part.replace(&format!("host = \"{host}\"\n"), "")
                }));
            }
            None => {
                let _ = write!(
                    text,
                    "[[relying_party]]\nid = \"{caller}\"\ncaller = \"{caller}\"\n\
                     operations = {{ view = \"view\", apply = \"apply\", pay = \"pay\" }}\n"
                );
            }
        }
    }
    text
}
