//! The carriers' feeds: when each was heard, in memory, restored from the index.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{decode_row, keys},
    ports::{store::Store, vault::Vault},
    settings::CarrierTerms,
};
use parking_lot::RwLock;
use simbind_core::{
    ids::CarrierId,
    line::{Feed, FeedTerms},
    time::Timestamp,
};
use std::{collections::BTreeMap, time::Duration};

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

/// A feed that sees less far back than its pack says, and by which the pack's rules were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortFeed {
    /// Whose.
    pub carrier: CarrierId,
    /// How far back it sees, by configuration or by its last heartbeat.
    pub sees: Duration,
    /// How far back its pack says that it sees.
    pub declared: Duration,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Feeds that see less far back than the packs in service say. Rules that ask further are blind
    /// to what is older, and nothing else tells.
    pub fn short_feeds(&self) -> Vec<ShortFeed> {
        let packs = self.packs.in_service();
        let short = |(carrier, terms): (&CarrierId, &CarrierTerms)| {
            let network = terms.host.as_ref().unwrap_or(carrier);
            let chain = packs.book.chain(Some(network.as_str()), Some(carrier.as_str()));
            let declared = packs.book.pack_of_chain(chain)?.feed.as_ref()?.history;
            let (feed, terms) = self.feeds.get(carrier)?;
            let sees = feed.horizon(&terms);
            (sees < declared).then(|| ShortFeed { carrier: carrier.clone(), sees, declared })
        };
        self.settings.carriers.iter().filter_map(short).collect()
    }
}
