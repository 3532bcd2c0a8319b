//! How the carriers' platforms stand. Carriers come from configuration; no binding is named.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};
use simbind_service::platform::PlatformFigures;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    carrier: String,
}

#[derive(Debug, Default)]
pub(super) struct PlatformGauges {
    open: Family<Of, Gauge>,
    oldest: Family<Of, Gauge>,
    failures: Family<Of, Gauge>,
}

impl PlatformGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        let open = "Orders to a carrier's platform that it has not confirmed";
        registry.register("applet_orders_open", open, self.open.clone());
        let oldest = "Age of the oldest of them";
        let seconds = Unit::Seconds;
        registry.register_with_unit("applet_orders_oldest", oldest, seconds, self.oldest.clone());
        let failures = "How often in a row a carrier's platform did not answer";
        registry.register("applet_platform_failures", failures, self.failures.clone());
    }

    pub(super) fn set(&self, figures: &[PlatformFigures]) {
        for PlatformFigures { carrier, open, oldest, failures } in figures {
            let of = Of { carrier: carrier.to_string() };
            let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            let open = u64::try_from(*open).unwrap_or(u64::MAX);
            self.open.get_or_create(&of).set(whole(open));
            self.oldest.get_or_create(&of).set(whole(oldest.as_secs()));
            self.failures.get_or_create(&of).set(i64::from(*failures));
        }
    }
}
