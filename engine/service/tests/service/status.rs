//! What issuers say of certificates, and what checks make of it.

mod anchors;
mod ended;
mod fetched;
mod parts;
mod refused;
mod step_up;

use crate::support::{Person, World, caller, serial};
use simbind_core::status::{RevocationReason, Standing, Taken};
use simbind_evidence::status::{CertStatus, Reason, encode::CrlEntrySpec};
use simbind_rules::{Facts, Verdict, facts::StatusSource};
use simbind_service::{
    ServiceError,
    ledger::{DecisionEntry, decode_decision},
    ports::store::LedgerKind,
    status::{CertificateRef, SourceKind, SourceTerms, Told, Word},
};
use std::{sync::Arc, time::Duration};

/// Rules on the status alone.
const PACK: &str = r#"
[pack]
id = "nation"
applies_to = { country = "JP" }

[[rule]]
id = "revoked"
on = ["login", "tap"]
when = "certificate.status == 'revoked'"
verdict = "deny"
unknown = "ignore"
reason = "CERTIFICATE_REVOKED"

[[rule]]
id = "held"
on = ["login", "tap"]
when = "certificate.status == 'held'"
verdict = "deny"
unknown = "ignore"
reason = "CERTIFICATE_HELD"

[[rule]]
id = "overdue"
on = ["login", "tap"]
when = "certificate.status_overdue > duration('1h')"
verdict = "step_up"
unknown = "ignore"
step_up = ["card", "counter"]
reason = "STATUS_STALE"
"#;

const HOUR: Duration = Duration::from_secs(3600);

struct Scene {
    world: World,
    person: Person,
    checks: std::cell::Cell<u32>,
}

impl Scene {
    async fn new() -> Self {
        let world = World::with(PACK, |_| {}).await;
        let person = Person::new(&world.authority, 1).with_card(&world.authority);
        person.enrol(&world).await.unwrap();
        world.clock.move_on(HOUR);
        Self { world, person, checks: std::cell::Cell::new(0) }
    }

    fn number(&self) -> String {
        self.checks.set(self.checks.get() + 1);
        format!("c{}", self.checks.get())
    }

    /// What a login comes to: its verdict and the first reason.
    async fn login(&self) -> (Verdict, String) {
        said(&self.person.check(&self.world.engine, &self.number()).await)
    }

    async fn stapled(&self, status: CertStatus, ago: Duration) -> Arc<DecisionEntry> {
        let at = self.world.engine.now().minus(ago);
        let answer = self.world.authority.answer(&self.person, status, at);
        let engine = &self.world.engine;
        let check =
            self.person.login_with(engine, &self.number(), |check| check.ocsp = Some(answer));
        engine.check(&check).await.unwrap()
    }

    async fn tell(&self, told: Told) -> Result<Taken, ServiceError> {
        self.world.engine.push_status(&caller("issuer"), told).await
    }

    async fn list(&self, entries: Vec<CrlEntrySpec>) -> Taken {
        self.world.clock.move_on(Duration::from_secs(1));
        let list = self.world.authority.listing(self.world.engine.now(), entries);
        self.tell(Told::List(list)).await.unwrap()
    }

    async fn answer(&self, status: CertStatus) -> Taken {
        self.world.clock.move_on(Duration::from_secs(1));
        let at = self.world.engine.now();
        let answer = self.world.authority.answer(&self.person, status, at);
        self.tell(Told::Answer(self.world.named(&self.person), answer)).await.unwrap()
    }

    async fn word(&self, standing: Standing) -> Taken {
        self.world.clock.move_on(Duration::from_secs(1));
        let word = Word { standing, as_of: self.world.engine.now() };
        let by_sha = CertificateRef::Sha256(self.person.certificate());
        self.tell(Told::Word(by_sha, word)).await.unwrap()
    }

    fn revoked(&self) -> CrlEntrySpec {
        let now = self.world.engine.now();
        CrlEntrySpec::revoked(serial(&self.person), now, Reason::KeyCompromise)
    }

    fn held(&self) -> CrlEntrySpec {
        CrlEntrySpec::held(serial(&self.person), self.world.engine.now())
    }

    fn answer_held(&self) -> CertStatus {
        CertStatus::Held { since: self.world.engine.now() }
    }

    fn answer_revoked(&self) -> CertStatus {
        CertStatus::Revoked { since: self.world.engine.now(), reason: Reason::KeyCompromise }
    }

    fn word_revoked(&self) -> Standing {
        let reason = RevocationReason::of(1);
        Standing::Revoked { since: self.world.engine.now(), reason }
    }
}

/// The verdict, and the reason that speaks of the certificate where one does: what is revoked ends
/// its binding, which is a reason too.
fn said(decision: &Arc<DecisionEntry>) -> (Verdict, String) {
    let of_certificate = decision.reasons.iter().find(|code| code.starts_with("CERTIFICATE_"));
    let reason = of_certificate.or_else(|| decision.reasons.first());
    (decision.verdict, reason.cloned().unwrap_or_default())
}

fn facts(decision: &DecisionEntry) -> Facts {
    Facts::from_bytes(&decision.facts).unwrap()
}

fn allowed() -> (Verdict, String) {
    (Verdict::Allow, String::new())
}

fn denied(reason: &str) -> (Verdict, String) {
    (Verdict::Deny, reason.into())
}

#[tokio::test]
async fn a_list_speaks_of_all_its_certificates_at_once() {
    let scene = Scene::new().await;
    let other = Person::new(&scene.world.authority, 2);
    other.enrol(&scene.world).await.unwrap();
    assert_eq!(scene.login().await, allowed());
    assert_eq!(scene.list(vec![]).await, Taken::Taken);
    let decision = scene.person.check(&scene.world.engine, "good").await;
    let told = facts(&decision);
    assert_eq!(told.certificate_status().map(|s| s as u8), Some(0));
    assert_eq!(told.certificate_status_age(), Some(Duration::ZERO));
    let both = vec![scene.revoked(), CrlEntrySpec::held(serial(&other), scene.world.engine.now())];
    assert_eq!(scene.list(both).await, Taken::Taken);
    assert_eq!(scene.login().await, denied("CERTIFICATE_REVOKED"));
    let held = other.check(&scene.world.engine, "held").await;
    assert_eq!(said(&held), denied("CERTIFICATE_HELD"));
    let released = vec![scene.revoked()];
    scene.list(released).await;
    assert_eq!(said(&other.check(&scene.world.engine, "released").await), allowed());
}

#[tokio::test]
async fn revoked_is_for_good_also_where_a_newer_list_leaves_it_out() {
    let scene = Scene::new().await;
    scene.list(vec![scene.revoked()]).await;
    scene.list(vec![]).await;
    assert_eq!(scene.login().await, denied("CERTIFICATE_REVOKED"));
    assert_eq!(scene.word(Standing::Good).await, Taken::Overtaken);
    let again = scene.world.restarted(PACK).await;
    let denial = said(&scene.person.check(&again, "later").await);
    assert_eq!(denial, denied("CERTIFICATE_REVOKED"));
}

#[tokio::test]
async fn a_hold_is_lifted_by_a_newer_answer_of_the_same_voice_or_a_stronger_one() {
    let scene = Scene::new().await;
    scene.answer(scene.answer_held()).await;
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"));
    scene.list(vec![]).await;
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"), "a list is weaker");
    scene.answer(CertStatus::Good).await;
    assert_eq!(scene.login().await, allowed());
    scene.word(scene.word_held()).await;
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"));
    scene.answer(CertStatus::Good).await;
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"), "a word is stronger");
    scene.word(Standing::Good).await;
    assert_eq!(scene.login().await, allowed());
}

impl Scene {
    fn word_held(&self) -> Standing {
        Standing::Held { since: self.world.engine.now() }
    }
}

#[tokio::test]
async fn a_stapled_answer_counts_and_an_old_one_hides_nothing() {
    let scene = Scene::new().await;
    let good = scene.stapled(CertStatus::Good, Duration::from_secs(600)).await;
    let told = facts(&good);
    assert_eq!(told.certificate_status_age(), Some(Duration::from_secs(600)));
    assert_eq!(told.certificate_status_source().map(|s| s as u8), Some(2));
    let held = scene.stapled(scene.answer_held(), Duration::from_secs(60)).await;
    assert_eq!(said(&held), denied("CERTIFICATE_HELD"));
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"), "it is kept");
    let replayed = scene.stapled(CertStatus::Good, Duration::from_secs(600)).await;
    assert_eq!(said(&replayed), denied("CERTIFICATE_HELD"), "an answer of before the hold");
    let newer = scene.stapled(CertStatus::Good, Duration::ZERO).await;
    assert_eq!(said(&newer), allowed());
    let revoked = scene.stapled(scene.answer_revoked(), Duration::ZERO).await;
    assert_eq!(said(&revoked), denied("CERTIFICATE_REVOKED"));
    scene.world.clock.move_on(HOUR);
    let later = scene.stapled(CertStatus::Good, Duration::ZERO).await;
    assert_eq!(said(&later), denied("CERTIFICATE_REVOKED"));
}

#[tokio::test]
async fn a_stapled_answer_hides_no_revocation_that_a_list_knows() {
    let scene = Scene::new().await;
    scene.list(vec![scene.revoked()]).await;
    scene.world.clock.move_on(HOUR);
    let stapled = scene.stapled(CertStatus::Good, Duration::ZERO).await;
    assert_eq!(said(&stapled), denied("CERTIFICATE_REVOKED"));
}

#[tokio::test]
async fn a_stapled_answer_that_does_not_verify_counts_as_left_out() {
    let scene = Scene::new().await;
    let stranger = World::new().await;
    let now = scene.world.engine.now();
    let other = Person::new(&scene.world.authority, 2);
    let forged = stranger.authority.answer(&scene.person, CertStatus::Good, now);
    let of_another = scene.world.authority.answer(&other, CertStatus::Good, now);
    for staple in [forged, of_another, vec![0x30, 0]] {
        let check = scene
            .person
            .login_with(&scene.world.engine, &scene.number(), |check| check.ocsp = Some(staple));
        let decision = scene.world.engine.check(&check).await.unwrap();
        assert_eq!(said(&decision), allowed());
        assert_eq!(facts(&decision).certificate_status(), None);
    }
}

#[tokio::test]
async fn a_source_that_is_silent_is_not_the_same_as_none() {
    let pushed = |issuer| vec![SourceTerms::pushed(issuer, SourceKind::List)];
    let world = World::with_sources(PACK, pushed).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let silent = person.check(&world.engine, "silent").await;
    assert_eq!(facts(&silent).certificate_status_source(), Some(StatusSource::Silent));
    let list = Told::List(world.authority.list(world.engine.now(), |_| {}));
    world.engine.push_status(&caller("issuer"), list).await.unwrap();
    let listed = person.check(&world.engine, "listed").await;
    assert_eq!(facts(&listed).certificate_status_source(), Some(StatusSource::Crl));

    // An issuer that is known, and that no source is of.
    let scene = Scene::new().await;
    let none = scene.person.check(&scene.world.engine, "none").await;
    assert_eq!(facts(&none).certificate_status_source(), Some(StatusSource::None));
    assert_eq!(facts(&none).certificate_status(), None);
}

#[tokio::test]
async fn what_is_overdue_is_a_fact_and_keeps_its_value() {
    let scene = Scene::new().await;
    scene.list(vec![]).await;
    scene.world.clock.move_on(HOUR * 25);
    assert_eq!(scene.login().await, allowed(), "within the grace");
    scene.world.clock.move_on(Duration::from_secs(1));
    let (verdict, reason) = scene.login().await;
    assert!(matches!(verdict, Verdict::StepUp(_)), "{verdict:?}");
    assert_eq!(reason, "STATUS_STALE");
    scene.answer(CertStatus::Good).await;
    assert_eq!(scene.login().await, allowed(), "the responder has a fresh one");
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    for step in ["list", "answer", "word"] {
        let scene = Scene::new().await;
        let taken = match step {
            "list" => scene.list(vec![scene.held()]).await,
            "answer" => scene.answer(scene.answer_held()).await,
            _ => scene.word(scene.word_held()).await,
        };
        assert_eq!(taken, Taken::Taken, "{step}");
        let again = scene.world.restarted(PACK).await;
        let decision = scene.person.check(&again, "after").await;
        assert_eq!(said(&decision), denied("CERTIFICATE_HELD"), "{step}");
    }
}

#[tokio::test]
async fn a_list_that_was_acknowledged_and_is_gone_or_older_stops_the_start() {
    let scene = Scene::new().await;
    scene.list(vec![]).await;
    let older = scene.world.lists.0.lock().clone();
    scene.list(vec![scene.revoked()]).await;
    let newest = std::mem::replace(&mut *scene.world.lists.0.lock(), older);
    let refused = scene.world.try_restarted(PACK, |_| {}).await.err().unwrap().to_string();
    assert!(refused.contains("here: a newer list was acknowledged"), "{refused}");
    scene.world.lists.0.lock().clear();
    let refused = scene.world.try_restarted(PACK, |_| {}).await.err().unwrap().to_string();
    assert!(refused.contains("is gone"), "{refused}");
    *scene.world.lists.0.lock() = newest;
    scene.world.restarted(PACK).await;
}

#[tokio::test]
async fn what_changes_between_a_decision_and_its_reply_makes_it_decide_again() {
    for step in ["list", "answer", "word"] {
        let scene = Scene::new().await;
        let (engine, now) = (Arc::clone(&scene.world.engine), scene.world.engine.now());
        let told = match step {
            "list" => Told::List(scene.world.authority.listing(now, vec![scene.held()])),
            "answer" => {
                let der = scene.world.authority.answer(&scene.person, scene.answer_held(), now);
                Told::Answer(scene.world.named(&scene.person), der)
            }
            _ => {
                let word = Word { standing: scene.word_held(), as_of: now };
                Told::Word(scene.world.named(&scene.person), word)
            }
        };
        scene.world.store.after(async move {
            engine.push_status(&caller("issuer"), told).await.unwrap();
        });
        assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"), "{step}");
        let written = scene.world.store.all(LedgerKind::Decisions).await;
        let verdicts: Vec<_> =
            written.iter().map(|entry| decode_decision(&entry.entry).unwrap().verdict).collect();
        assert_eq!(verdicts, [Verdict::Allow, Verdict::Deny], "{step}");
    }
}

#[tokio::test]
async fn a_hold_counts_after_a_word_of_good_from_a_clock_that_is_ahead() {
    let scene = Scene::new().await;
    let name = || CertificateRef::Sha256(scene.person.certificate());
    let now = scene.world.engine.now();
    let good = Word { standing: Standing::Good, as_of: now.plus(Duration::from_secs(240)) };
    assert_eq!(scene.tell(Told::Word(name(), good)).await.unwrap(), Taken::Taken);
    scene.world.clock.move_on(Duration::from_secs(60));
    let now = scene.world.engine.now();
    let held = Word { standing: Standing::Held { since: now }, as_of: now };
    assert_eq!(scene.tell(Told::Word(name(), held)).await.unwrap(), Taken::Taken);
    scene.world.clock.move_on(HOUR);
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"));
}

#[tokio::test]
async fn a_repeated_request_is_not_let_in_after_a_list_that_revokes() {
    let scene = Scene::new().await;
    let check = scene.person.login(&scene.world.engine, "c1");
    assert_eq!(said(&scene.world.engine.check(&check).await.unwrap()), allowed());
    scene.list(vec![scene.revoked()]).await;
    let again = scene.world.engine.check(&check).await.unwrap();
    assert_eq!(said(&again), denied("CERTIFICATE_REVOKED"));
}

#[tokio::test]
async fn a_revoked_certificate_is_not_enrolled() {
    let scene = Scene::new().await;
    let person = Person::new(&scene.world.authority, 7);
    let now = scene.world.engine.now();
    let word = Word { standing: scene.word_revoked(), as_of: now };
    scene.tell(Told::Word(scene.world.named(&person), word)).await.unwrap();
    let refused = person.enrol(&scene.world).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Refused(_)), "{refused:?}");
}

#[tokio::test]
async fn a_list_that_was_taken_is_read_back_by_a_clock_that_was_set_back() {
    let scene = Scene::new().await;
    scene.list(vec![scene.held()]).await;
    scene.world.clock.set_back(Duration::from_secs(900));
    let again = scene.world.restarted(PACK).await;
    let denial = said(&scene.person.check(&again, "later").await);
    assert_eq!(denial, denied("CERTIFICATE_HELD"));
}
