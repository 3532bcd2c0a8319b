//! What was checked, and as of when, out of a decision's facts.

use simbind_core::time::Timestamp;
use simbind_rules::{Fact, Facts};
use std::time::Duration;

/// One matter that a check looks into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matter {
    /// The fact that says how it stands.
    pub fact: Fact,
    /// In Japanese.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
    /// The fact that says how long ago that was so; `None` where it is of the check itself.
    age: Option<Fact>,
    /// The fact that says who told.
    who: Option<Fact>,
}

const fn own(fact: Fact, ja: &'static str, en: &'static str) -> Matter {
    Matter { fact, ja, en, age: None, who: None }
}

const fn told(
    fact: Fact,
    ja: &'static str,
    en: &'static str,
    age: Option<Fact>,
    who: Option<Fact>,
) -> Matter {
    Matter { fact, ja, en, age, who }
}

/// Every matter, in the order in which a desk goes through them.
const MATTERS: &[Matter] = &[
    own(Fact::BindingState, "登録の状態", "the enrolment"),
    own(Fact::ChallengeState, "要求", "the request"),
    own(Fact::TranscriptSignature, "電子証明書による署名", "the certificate's signature"),
    own(Fact::CertificateChain, "電子証明書の検証", "the certificate"),
    told(
        Fact::CertificateStatus,
        "電子証明書の失効情報",
        "what the issuer says of the certificate",
        Some(Fact::CertificateStatusAge),
        Some(Fact::CertificateStatusSource),
    ),
    own(Fact::PinFailures, "暗証番号の連続した誤り", "wrong PINs in a row"),
    told(
        Fact::SimMatch,
        "登録されたSIMか",
        "whether it is the enrolled SIM",
        None,
        Some(Fact::SimMatchProvenance),
    ),
    own(Fact::SimState, "回線の状態", "the line"),
    told(Fact::SimLatch, "SIMの変更", "changes of the SIM", Some(Fact::SimChangedAge), None),
    own(Fact::LineLatch, "回線の変更", "changes of the line"),
    told(
        Fact::HandsetMatch,
        "登録された端末か",
        "whether it is an enrolled phone",
        Some(Fact::HandsetMatchAge),
        Some(Fact::HandsetMatchProvenance),
    ),
    own(Fact::HandsetProof, "端末の証明", "the phone's proof"),
    told(
        Fact::HandsetLatch,
        "別の端末での使用",
        "use in another phone",
        Some(Fact::HandsetChangedAge),
        None,
    ),
    told(
        Fact::HandsetAttestationStatus,
        "端末の鍵の失効情報",
        "what the maker says of the phone's key",
        Some(Fact::HandsetAttestationStatusAge),
        None,
    ),
    own(Fact::HandsetListing, "端末の機種", "the phone's model"),
    own(Fact::AppIdentity, "アプリ", "the app"),
    own(Fact::ReaderListing, "読み取り機の機種", "the reader's model"),
    own(Fact::ReaderTrial, "読み取り機と機種の組み合わせ", "the reader with this model"),
    told(
        Fact::FeedHealth,
        "通信事業者からの知らせ",
        "word from the carrier",
        Some(Fact::FeedSilence),
        None,
    ),
    own(Fact::ChangeCause, "変更の原因", "the cause of a change"),
    own(Fact::ChangeExpected, "変更の届け出", "whether a change was announced"),
    told(
        Fact::AppletOrder,
        "通信事業者への依頼",
        "an open order to the carrier",
        Some(Fact::AppletOrderAge),
        None,
    ),
    own(Fact::AppletState, "SIMの電子証明書機能", "the applet on the SIM"),
];

/// How one matter stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The matter.
    pub matter: &'static Matter,
    /// How it stood, as rules name it.
    pub value: String,
    /// Who told, as rules name them; `None` where the check itself did, or nobody.
    pub who: Option<String>,
    /// As of when; `None` where nothing ever happened.
    pub at: Option<Timestamp>,
}

/// What a check that was decided at a time looked into, and found known.
pub fn checked(facts: &Facts, decided_at: Timestamp) -> Vec<Checked> {
    let known = MATTERS.iter().filter_map(|matter| {
        let value = facts.text(matter.fact)?;
        let at = match matter.age {
            None => Some(decided_at),
            Some(age) => age_of(facts, age).map(|age| decided_at.minus(age)),
        };
        Some(Checked { matter, value, who: matter.who.and_then(|who| facts.text(who)), at })
    });
    known.collect()
}

/// The age that a fact says; `None` where it is unknown or says never.
fn age_of(facts: &Facts, age: Fact) -> Option<Duration> {
    let age = match age {
        Fact::CertificateStatusAge => facts.certificate_status_age(),
        Fact::SimChangedAge => facts.sim_changed_age(),
        Fact::HandsetMatchAge => facts.handset_match_age(),
        Fact::HandsetChangedAge => facts.handset_changed_age(),
        Fact::HandsetAttestationStatusAge => facts.handset_attestation_status_age(),
        Fact::FeedSilence => facts.feed_silence(),
        Fact::AppletOrderAge => facts.applet_order_age(),
        _ => None,
    };
    age.filter(|age| *age < Duration::MAX)
}
