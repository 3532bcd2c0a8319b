//! Orders, as people see them.

use super::sending::Read;
use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{decode_row, keys},
    ports::{
        store::{Direction, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    applet::{Confirmed, Order},
    ids::{BindingId, CarrierId, OrderId},
    time::Timestamp,
};
use std::{collections::BTreeMap, time::Duration};

/// The most open orders that figures count.
const MOST_COUNTED: usize = 10_000;

/// How the applet of a binding stands with the carrier's platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderState {
    /// The binding.
    pub binding: BindingId,
    /// The carrier of the SIM.
    pub carrier: CarrierId,
    /// The order that is not confirmed, with the id under which the platform knows it.
    pub open: Option<(OrderId, Order)>,
    /// What the platform confirmed last.
    pub confirmed: Confirmed,
}

/// A page of open orders, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOrders {
    /// The orders.
    pub orders: Vec<OrderState>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, BindingId)>,
}

/// How a carrier's platform stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformFigures {
    /// The carrier whose SIMs are meant.
    pub carrier: CarrierId,
    /// How many orders are open, of the oldest 10,000 of all carriers.
    pub open: usize,
    /// The age of the oldest.
    pub oldest: Duration,
    /// How often in a row its platform did not answer.
    pub failures: u32,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// How the applet of a binding stands; `None` where nothing was ever ordered, or no platform
    /// serves its carrier.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn order_of(&self, id: BindingId) -> Result<Option<OrderState>, ServiceError> {
        let read = self.applet(id).await?.filter(|read| self.platforms.serves(&read.row.carrier));
        Ok(read.map(|Read { row, .. }| {
            let open = row.applet.open().map(|open| (keys::order_id(id, open.id), *open));
            let confirmed = row.applet.confirmed();
            OrderState { binding: id, carrier: row.carrier, open, confirmed }
        }))
    }

    /// The open orders of all carriers with a platform, the oldest first, a page at a time.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn open_orders(
        &self,
        after: Option<(Timestamp, BindingId)>,
        rows: usize,
    ) -> Result<OpenOrders, ServiceError> {
        let after = after.map(|(since, id)| keys::open_order(since, id)).transpose()?;
        let direction = Direction::Ascending;
        let scan = Scan { prefix: keys::open_orders()?, after, rows, direction };
        let page = self.store.scan(scan).await?;
        let mut orders = Vec::with_capacity(page.rows.len());
        for (_, id) in page.rows.iter().filter_map(|(key, _)| keys::open_of(key)) {
            let state = self.order_of(id).await?;
            orders.extend(state.filter(|state| state.open.is_some()));
        }
        Ok(OpenOrders { orders, next: page.next.as_ref().and_then(keys::open_of) })
    }

    /// How the platforms stand, by the carrier of the SIMs.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn platform_figures(&self) -> Result<Vec<PlatformFigures>, ServiceError> {
        let mut figures: BTreeMap<CarrierId, PlatformFigures> = BTreeMap::new();
        for (platform, _, served) in self.platforms.all() {
            let failures = self.platforms.failures(platform);
            for carrier in served.iter().cloned() {
                let none = PlatformFigures {
                    carrier: carrier.clone(),
                    open: 0,
                    oldest: Duration::ZERO,
                    failures,
                };
                figures.insert(carrier, none);
            }
        }
        let (now, mut after, mut counted) = (self.now(), None, 0);
        while !figures.is_empty() && counted < MOST_COUNTED {
            let (rows, direction) = (Scan::MAX_ROWS, Direction::Ascending);
            let scan = Scan { prefix: keys::open_orders()?, after, rows, direction };
            let page = self.store.scan(scan).await?;
            counted += page.rows.len();
            for (key, row) in &page.rows {
                let carrier: CarrierId = decode_row(&row.value)?;
                let (Some((since, _)), Some(of)) = (keys::open_of(key), figures.get_mut(&carrier))
                else {
                    continue;
                };
                of.open += 1;
                of.oldest = of.oldest.max(now.since(since));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(figures.into_values().collect())
    }
}
