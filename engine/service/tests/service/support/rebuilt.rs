//! The index made anew.

use super::{TestEngine, World};
use simbind_core::time::Timestamp;
use simbind_service::{
    ledger::IndexProjection,
    ports::store::{Append, LedgerKind, Projection, Store as _},
};
use simbind_store::MemoryStore;
use std::sync::Arc;

impl World {
    /// An engine over an index that is made anew of the ledgers alone.
    pub(crate) async fn rebuilt(&self) -> Arc<TestEngine> {
        let projection = Arc::new(IndexProjection::new(self.shared_vault()));
        let again = MemoryStore::new(
            Arc::clone(&projection) as Arc<dyn Projection>,
            Arc::new(|| Timestamp::EPOCH),
        );
        for ledger in [LedgerKind::State, LedgerKind::Decisions] {
            for entry in self.store.all(ledger).await {
                let append = Append { entry: entry.entry[..].into(), expect: Vec::new() };
                assert_eq!(again.append(ledger, append).await.unwrap(), entry.position);
                // What an entry reads stays small, whatever it changed.
                assert!(projection.reads(ledger, &entry.entry).unwrap().len() <= 64);
            }
        }
        self.over(again).await
    }
}
