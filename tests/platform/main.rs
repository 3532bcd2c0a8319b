//! Orders to a carrier's platform over real sockets, through silence, refusal and `kill -9`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod played;

use played::{Manner, Played};
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, order_applet_response::Standing,
    platform_service_client::PlatformServiceClient, report_order_request::Outcome, *,
};
use simbind_tests::{Authority, Launch, Person, Server};
use tempfile::TempDir;

const ACCEPTS: Manner = Manner::Says(Standing::Accepted(OrderAccepted {}));
const CONFIRMS: Manner = Manner::Says(Standing::Confirmed(OrderConfirmed {}));

struct World {
    server: Server,
    played: Played,
    person: Person,
    binding: String,
    _dir: TempDir,
}

impl World {
    /// A bound person, at a carrier whose platform behaves so.
    async fn new(manner: Manner) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::new().unwrap();
        let anchors = dir.path().join("anchors.pem");
        authority.write(&anchors).unwrap();
        let played = Played::start(manner).await;
        let config = dir.path().join("simbind.toml");
        let text = format!(
            "[[carrier]]\nid = \"docomo\"\ncaller = \"docomo\"\n[[platform]]\ncarrier = \"docomo\"\n\
             url = \"http://{}\"\ntimeout = \"300ms\"\nretry = \"1s\"\nretry_longest = \"1s\"\n\
             patience = \"1s\"\n",
            played.address
        );
        std::fs::write(&config, text).unwrap();
        let launch = Launch::new(dir.path().join("data")).config(&config).trust(&anchors);
        let server = launch.start().await.unwrap();
        let person = Person::make(&authority, 1).unwrap();
        let mut counter = BindingServiceClient::new(server.channel().await.unwrap());
        let made = person.enrol(&mut counter).await.unwrap();
        let binding = made.binding_id;
        Self { server, played, person, binding, _dir: dir }
    }

    async fn killed(self) -> Self {
        Self { server: self.server.kill_and_restart().await.unwrap(), ..self }
    }

    async fn bindings(&self) -> BindingServiceClient<tonic::transport::Channel> {
        BindingServiceClient::new(self.server.channel().await.unwrap())
    }

    async fn hold(&self, reason: LifecycleReason) {
        let request =
            HoldBindingRequest { binding_id: self.binding.clone(), reason: reason.into() };
        self.bindings().await.hold_binding(request).await.unwrap();
    }

    async fn standing(&self) -> AppletStanding {
        let mut desk = PlatformServiceClient::new(self.server.channel().await.unwrap());
        let asked = ListOrdersRequest { binding_id: self.binding.clone(), ..Default::default() };
        desk.list_orders(asked).await.unwrap().into_inner().applets.pop().unwrap_or_default()
    }

    /// How the applet stands once it stands so.
    async fn once(&self, stands: impl Fn(&AppletStanding) -> bool) -> AppletStanding {
        for _ in 0..600 {
            let standing = self.standing().await;
            if stands(&standing) {
                return standing;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("it stands otherwise: {:?}", self.standing().await)
    }

    async fn report(&self, order_id: &str, outcome: Outcome) -> ReportOutcome {
        let mut carrier = PlatformServiceClient::new(self.server.channel().await.unwrap());
        let report = ReportOrderRequest { order_id: order_id.into(), outcome: Some(outcome) };
        carrier.report_order(report).await.unwrap().into_inner().outcome()
    }
}

#[tokio::test]
async fn a_lock_outlives_silence_and_kills_between_each_step_until_it_is_confirmed() {
    let world = World::new(Manner::Hangs).await;
    world.hold(LifecycleReason::Stolen).await;
    let mut world = world.killed().await;
    let first = world.played.next().await;
    assert_eq!((first.action(), &first.iccid), (AppletAction::Lock, &world.person.iccid));
    // The order is out, and no answer came.
    let mut world = world.killed().await;
    let again = world.played.next().await;
    assert_eq!((&again.order_id, again.sequence), (&first.order_id, first.sequence));
    world.played.becomes(ACCEPTS);
    let accepted = world.once(|applet| applet.stage() == OrderStage::Accepted).await;
    assert!(accepted.tries >= 2, "{accepted:?}");
    let world = world.killed().await;
    let confirmed = Outcome::Confirmed(OrderConfirmed {});
    assert_eq!(world.report(&first.order_id, confirmed).await, ReportOutcome::Taken);
    let world = world.killed().await;
    assert_eq!(world.report(&first.order_id, confirmed).await, ReportOutcome::Known);
    let standing = world.standing().await;
    assert_eq!((standing.confirmed(), &*standing.order_id), (AppletConfirmed::Locked, ""));
}

#[tokio::test]
async fn a_refused_lock_is_seen_and_the_end_of_the_binding_orders_the_delete() {
    let refusal = Standing::Refused(OrderRefusal::UnknownSim.into());
    let mut world = World::new(Manner::Says(refusal)).await;
    world.hold(LifecycleReason::Lost).await;
    world.played.next().await;
    let refused = world.once(|applet| applet.stage() == OrderStage::Refused).await;
    assert_eq!((refused.refusal(), refused.due_at), (OrderRefusal::UnknownSim, None));
    world.played.becomes(CONFIRMS);
    let end = RevokeBindingRequest {
        binding_id: world.binding.clone(),
        reason: LifecycleReason::Owner.into(),
    };
    world.bindings().await.revoke_binding(end).await.unwrap();
    assert_eq!(world.played.next().await.action(), AppletAction::Delete);
    world.once(|applet| applet.confirmed() == AppletConfirmed::Deleted).await;
}

#[tokio::test]
async fn a_platform_that_hangs_or_fails_harms_no_check_and_a_late_answer_confirms_nothing_else() {
    let mut world = World::new(ACCEPTS).await;
    world.hold(LifecycleReason::Owner).await;
    let lock = world.played.next().await;
    world.played.becomes(Manner::Hangs);
    let release = ReleaseBindingRequest {
        binding_id: world.binding.clone(),
        reason: LifecycleReason::Owner.into(),
    };
    world.bindings().await.release_binding(release).await.unwrap();
    let unlock = loop {
        let order = world.played.next().await;
        if order.action() == AppletAction::Unlock {
            break order;
        }
    };
    assert!(unlock.sequence > lock.sequence);
    let confirmed = Outcome::Confirmed(OrderConfirmed {});
    assert_eq!(world.report(&lock.order_id, confirmed).await, ReportOutcome::Overtaken);
    assert_eq!(world.standing().await.action(), AppletAction::Unlock);
    world.played.becomes(Manner::Fails);
    world.played.next().await;
    world.played.becomes(CONFIRMS);
    world.once(|applet| applet.confirmed() == AppletConfirmed::Loaded).await;
}
