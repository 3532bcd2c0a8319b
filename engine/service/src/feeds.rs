//! The carriers' feeds: when each was heard, in memory, restored from the index.

use crate::{
    error::ServiceError,
    ledger::{decode_row, keys},
    ports::store::Store,
    settings::CarrierTerms,
};
use parking_lot::RwLock;
use simbind_core::{
    ids::CarrierId,
    line::{Feed, FeedTerms},
    time::Timestamp,
};
use std::collections::BTreeMap;

/// The feeds of the carriers that configuration names.
pub(crate) struct Feeds {
    feeds: BTreeMap<CarrierId, (FeedTerms, RwLock<Feed>)>,
}

impl Feeds {
    pub(crate) async fn restore(
        store: &impl Store,
        carriers: &BTreeMap<CarrierId, CarrierTerms>,
    ) -> Result<Self, ServiceError> {
        let mut feeds = BTreeMap::new();
        for (carrier, terms) in carriers {
            let snapshot = store.read(&[keys::feed(carrier)?]).await?;
            let feed = match snapshot.values.first() {
                Some(Some(row)) => decode_row(&row.value)?,
                _ => Feed::default(),
            };
            feeds.insert(carrier.clone(), (terms.feed, RwLock::new(feed)));
        }
        Ok(Self { feeds })
    }

    /// How a carrier's feed stands; `None` where configuration names no such carrier.
    pub(crate) fn get(&self, carrier: &CarrierId) -> Option<(Feed, FeedTerms)> {
        self.feeds.get(carrier).map(|(terms, feed)| (*feed.read(), *terms))
    }

    /// Heard, after what was heard is on disk.
    pub(crate) fn hear(&self, carrier: &CarrierId, at: Timestamp, horizon_days: u32) {
        if let Some((_, feed)) = self.feeds.get(carrier) {
            let mut feed = feed.write();
            feed.hear(at);
            if horizon_days > 0 {
                feed.horizon_days = horizon_days;
            }
        }
    }
}
