//! A chain and its key description as lines for people. Personal numbers are not shown.

use super::{
    super::{
        super::remote::hex,
        summary::{self, Names},
        tree::{Mark, Node},
    },
    Examined, fields, weakness,
};
use simbind_evidence::android::{
    AttestationError, AttestedIds, AuthorizationList, BootState, Irregularity, KeyDescription,
    Listing, Origin, SecurityLevel, Status, Weakness,
};

pub(super) fn of(examined: &Examined) -> Vec<Node> {
    let mut lines = vec![chain(examined)];
    if let Some(description) = &examined.description {
        lines.push(described(examined, description));
    }
    lines.extend(listed(examined));
    lines.push(weaknesses(examined));
    lines
}

/// The certificates. Those behind the one that fails are not judged; neither is the root's copy.
fn chain(examined: &Examined) -> Node {
    let failed = examined.verified.as_ref().err().filter(|error| error.is_of_chain());
    let text = match failed {
        None => "the chain ends at a trusted root key".to_owned(),
        Some(error) => error.to_string(),
    };
    let last = examined.chain.summaries.len().saturating_sub(1);
    let certificates = examined.chain.summaries.iter().enumerate().map(|(at, read)| {
        let is_root = at == last && at > 0 && read.subject == read.issuer;
        let bad = examined.verified.as_ref().err().and_then(AttestationError::at);
        let mark = match failed.map(AttestationError::at) {
            _ if bad == Some(at) => Mark::Bad,
            _ if is_root => Mark::Plain,
            None => Mark::Good,
            Some(Some(bad)) if at < bad => Mark::Good,
            Some(_) => Mark::Plain,
        };
        summary::node(at, read, Names::Shown, mark, examined.at)
    });
    let irregular = examined.verified.iter().flat_map(|read| read.irregularities());
    let irregular = irregular.map(|fault| {
        Node::plain(match fault {
            Irregularity::BatchNotAnAuthority => {
                "let pass: certificate 1 is not marked as an authority"
            }
            Irregularity::NullEcdsaParameters => "let pass: ecdsa-with-SHA256 with NULL parameters",
        })
    });
    Node::new(Mark::of(failed.is_none()), text).with(certificates).with(irregular)
}

fn described(examined: &Examined, d: &KeyDescription) -> Node {
    let verified = match &examined.verified {
        Ok(_) => Mark::Good,
        Err(error) if error.is_of_chain() => Mark::Plain,
        Err(_) => Mark::Bad,
    };
    let challenge = match &examined.challenge {
        None => Mark::Plain,
        Some(challenge) => Mark::of(*challenge == d.challenge),
    };
    let level = |level: SecurityLevel| Mark::of(level >= SecurityLevel::TrustedEnvironment);
    let text = format!(
        "key description, version {} of the attestation, {} of Keymaster or KeyMint",
        d.attestation_version, d.keymint_version
    );
    Node::new(verified, text).with([
        Node::new(
            level(d.attestation_level),
            format!("attestation made in {}", word(&fields::level(d.attestation_level))),
        ),
        Node::new(
            level(d.keymint_level),
            format!("key held in {}", word(&fields::level(d.keymint_level))),
        ),
        Node::new(challenge, format!("challenge {}", hex(&d.challenge))),
        list("by the hardware", &d.hardware, Judged::Yes),
        list("by the operating system, proving nothing of the device", &d.software, Judged::No),
    ])
}

/// Whether what a list says counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged {
    Yes,
    No,
}

fn list(whose: &str, list: &AuthorizationList, judged: Judged) -> Node {
    let mark = |good: bool| if judged == Judged::Yes { Mark::of(good) } else { Mark::Plain };
    let mut lines = Vec::new();
    let mut plain = |text: String| lines.push(Node::plain(text));
    if !list.purposes.is_empty() {
        plain(format!("purposes {:?}", list.purposes));
    }
    let numbers = [
        ("operating system", list.os_version),
        ("its patch level", list.os_patch),
        ("the vendor's patch level", list.vendor_patch),
        ("the kernel's patch level", list.boot_patch),
    ];
    for (what, number) in numbers {
        if let Some(number) = number {
            plain(format!("{what} {number}"));
        }
    }
    if let Some(digest) = &list.module_hash {
        plain(format!("hash of the modules {}", hex(digest)));
    }
    for package in list.application.iter().flat_map(|application| &application.packages) {
        plain(format!("asked for by {:?}, version {}", package.name, package.version));
    }
    for digest in list.application.iter().flat_map(|application| &application.signer_digests) {
        plain(format!("signed by {}", hex(digest)));
    }
    lines.extend(ids(&list.ids));
    if let Some(origin) = list.origin {
        let text = format!("origin {}", origin_word(origin));
        lines.push(Node::new(mark(origin == Origin::Generated), text));
    }
    if let Some(root) = &list.root_of_trust {
        let locked = if root.locked { "locked" } else { "unlocked" };
        let state = word(&fields::boot(root.state));
        lines.push(Node::new(mark(root.locked), format!("boot loader {locked}")));
        let verified = root.state == BootState::Verified;
        lines.push(Node::new(mark(verified), format!("verified boot {state}")));
    }
    if !list.unread.is_empty() {
        lines.push(Node::plain(format!("other tags {:?}", list.unread)));
    }
    if lines.is_empty() {
        lines.push(Node::plain("nothing"));
    }
    Node::plain(whose).with(lines)
}

fn ids(ids: &AttestedIds) -> Vec<Node> {
    let plain = [
        ("brand", &ids.brand),
        ("device", &ids.device),
        ("product", &ids.product),
        ("manufacturer", &ids.manufacturer),
        ("model", &ids.model),
    ];
    let personal = [
        ("serial number", &ids.serial),
        ("IMEI", &ids.imei),
        ("MEID", &ids.meid),
        ("second IMEI", &ids.second_imei),
    ];
    let plain =
        plain.iter().filter_map(|(what, text)| Some(format!("{what} {:?}", text.as_ref()?)));
    let personal = personal
        .iter()
        .filter_map(|(what, text)| text.as_ref().map(|_| format!("{what}: attested, not shown")));
    plain.chain(personal).map(Node::plain).collect()
}

fn origin_word(origin: Origin) -> String {
    match origin {
        Origin::Generated => "GENERATED".to_owned(),
        Origin::Derived => "DERIVED".to_owned(),
        Origin::Imported => "IMPORTED".to_owned(),
        Origin::SecurelyImported => "SECURELY_IMPORTED".to_owned(),
        Origin::Other(number) => number.to_string(),
    }
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn listed(examined: &Examined) -> Option<Node> {
    let Listing { status, reason } = examined.verified.as_ref().ok()?.listed()?;
    let status = match status {
        Status::Revoked => "revoked",
        Status::Suspended => "suspended",
        Status::Other => "listed with a status that is not known",
    };
    Some(Node::new(Mark::Bad, format!("a certificate of the chain is {status} ({reason:?})")))
}

fn weaknesses(examined: &Examined) -> Node {
    let found = examined.weaknesses();
    match (&examined.verified, found.as_slice()) {
        (Err(error), _) => Node::new(Mark::Bad, format!("weakest link: {}", error.word())),
        (Ok(_), []) => Node::new(Mark::Good, "nothing weak was found"),
        (Ok(_), [worst, ..]) => {
            let line = |weakness: &Weakness| {
                let text = format!("{}: {}", weakness.word(), weakness::sentence(*weakness));
                Node::new(Mark::Bad, text)
            };
            Node::new(Mark::Bad, format!("weakest link: {}", worst.word()))
                .with(found.iter().map(line))
        }
    }
}
