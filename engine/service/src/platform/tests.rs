use super::*;
use crate::settings::CarrierTerms;
use simbind_core::{
    applet::Backoff,
    ids::{BindingId, CarrierId},
    line::FeedTerms,
};
use std::{collections::BTreeMap, time::Duration};

fn id(name: &str) -> CarrierId {
    name.parse().unwrap()
}

fn terms(carrier: &str, at_once: usize) -> PlatformTerms {
    PlatformTerms {
        carrier: id(carrier),
        timeout: Duration::from_secs(5),
        retry: Backoff { first: Duration::from_secs(30), longest: Duration::from_secs(3600) },
        patience: Duration::from_secs(3600),
        at_once,
    }
}

fn carriers() -> BTreeMap<CarrierId, CarrierTerms> {
    let day = Duration::from_secs(86_400);
    let feed = FeedTerms { lag: day, max_silence: day, horizon: day };
    let of = |name: &str, host: Option<&str>| (id(name), CarrierTerms { host: host.map(id), feed });
    [of("docomo", None), of("kddi", None), of("aqua", Some("docomo")), of("own", Some("docomo"))]
        .into()
}

#[test]
fn a_platform_serves_its_carrier_and_the_mvnos_that_have_none_of_their_own() {
    let platforms = Platforms::new(vec![terms("docomo", 4), terms("own", 4)], &carriers());
    let served: Vec<Vec<CarrierId>> =
        platforms.all().map(|(_, _, served)| served.to_vec()).collect();
    assert_eq!(served, [vec![id("aqua"), id("docomo")], vec![id("own")]]);
    for (carrier, expected) in [("docomo", true), ("aqua", true), ("own", true), ("kddi", false)] {
        assert_eq!(platforms.serves(&id(carrier)), expected, "{carrier}");
    }
}

#[test]
fn a_platform_is_told_so_much_at_once_and_after_a_failure_one_at_a_time() {
    let platforms = Platforms::new(vec![terms("docomo", 2)], &carriers());
    let binding = |n: u8| BindingId::from_bytes([n; 16]);
    assert!(platforms.opened(0, binding(1)));
    assert!(!platforms.opened(0, binding(1)), "it is in work");
    assert!(platforms.opened(0, binding(2)));
    assert!(!platforms.opened(0, binding(3)), "no room");
    platforms.ended(0, binding(1), Some(false));
    assert_eq!((platforms.room(0), platforms.failures(0)), (0, 1));
    platforms.ended(0, binding(2), None);
    assert_eq!(platforms.room(0), 1);
    assert!(platforms.opened(0, binding(4)));
    platforms.ended(0, binding(4), Some(true));
    assert_eq!((platforms.room(0), platforms.failures(0)), (2, 0));
    assert!(!platforms.opened(9, binding(1)), "there is no such platform");
}
