//! Which platform serves which carrier, and what is being sent to each.

use super::PlatformTerms;
use crate::settings::CarrierTerms;
use parking_lot::Mutex;
use simbind_core::ids::{BindingId, CarrierId};
use std::collections::{BTreeMap, BTreeSet};

/// The platforms of the configuration.
pub(crate) struct Platforms {
    platforms: Vec<(PlatformTerms, Vec<CarrierId>, Mutex<Open>)>,
    routes: BTreeMap<CarrierId, usize>,
}

#[derive(Default)]
struct Open {
    bindings: BTreeSet<BindingId>,
    /// How often it failed in a row.
    failures: u32,
}

impl Platforms {
    pub(crate) fn new(
        terms: Vec<PlatformTerms>,
        carriers: &BTreeMap<CarrierId, CarrierTerms>,
    ) -> Self {
        let own = |carrier: &CarrierId| terms.iter().position(|each| each.carrier == *carrier);
        let mut routes: BTreeMap<CarrierId, usize> = BTreeMap::new();
        for (carrier, of) in carriers {
            let platform = own(carrier).or_else(|| of.host.as_ref().and_then(own));
            routes.extend(platform.map(|platform| (carrier.clone(), platform)));
        }
        routes.extend(terms.iter().enumerate().map(|(place, each)| (each.carrier.clone(), place)));
        let served = |place: usize| {
            let own = routes.iter().filter(|(_, platform)| **platform == place);
            own.map(|(carrier, _)| carrier.clone()).collect()
        };
        let platforms = terms.into_iter().enumerate();
        let platforms =
            platforms.map(|(place, terms)| (terms, served(place), Mutex::default())).collect();
        Self { platforms, routes }
    }

    /// Whether a platform serves the SIMs of a carrier.
    pub(crate) fn serves(&self, carrier: &CarrierId) -> bool {
        self.routes.contains_key(carrier)
    }

    /// The terms of a platform.
    pub(super) fn terms(&self, platform: usize) -> Option<&PlatformTerms> {
        self.platforms.get(platform).map(|(terms, ..)| terms)
    }

    /// Each platform with the carriers whose SIMs it serves.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &PlatformTerms, &[CarrierId])> {
        let each = self.platforms.iter().enumerate();
        each.map(|(place, (terms, served, _))| (place, terms, &**served))
    }

    /// How many more orders a platform may be told now. After a failure it is one at a time, which
    /// finds out whether it is back.
    pub(super) fn room(&self, platform: usize) -> usize {
        let Some((terms, _, open)) = self.platforms.get(platform) else { return 0 };
        let open = open.lock();
        let most = if open.failures > 0 { 1 } else { terms.at_once };
        most.saturating_sub(open.bindings.len())
    }

    /// Takes the order of a binding into work; `false` where it is there, or there is no room.
    pub(super) fn opened(&self, platform: usize, binding: BindingId) -> bool {
        let has_room = self.room(platform) > 0;
        let Some((.., open)) = self.platforms.get(platform) else { return false };
        has_room && open.lock().bindings.insert(binding)
    }

    /// The order of a binding is no longer in work. `answered` is whether the platform answered,
    /// where it was asked.
    pub(super) fn ended(&self, platform: usize, binding: BindingId, answered: Option<bool>) {
        let Some((.., open)) = self.platforms.get(platform) else { return };
        let mut open = open.lock();
        open.bindings.remove(&binding);
        match answered {
            Some(true) => open.failures = 0,
            Some(false) => open.failures = open.failures.saturating_add(1),
            None => {}
        }
    }

    /// How often a platform failed in a row.
    pub(super) fn failures(&self, platform: usize) -> u32 {
        self.platforms.get(platform).map_or(0, |(.., open)| open.lock().failures)
    }
}
