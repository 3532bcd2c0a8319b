//! How many living bindings have which model of handset.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{BindingRow, decode_row, registry as rows},
    ports::{
        store::{Direction, Scan, Store},
        vault::Vault,
    },
    sealing,
};
use simbind_core::{
    binding::{Binding, State},
    registry::{People, Tac},
};
use std::time::Duration;

/// Rows that are opened before other work has its turn.
const PAGE: usize = 200;

/// When to try again, where another count runs.
const AFTER_OTHERS: Duration = Duration::from_secs(5);

/// How many of the bindings were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of them.
    All,
    /// A fair sample.
    Sample,
}

/// People by their handset's model.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Living bindings, by the handset that each began with.
    pub people: People,
    /// How many of them were looked at.
    pub extent: Extent,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Counts the living bindings by the TAC of their first handset; of very many the first by
    /// their ids, which are random, so that they are a fair sample. Nobody's identity leaves this
    /// function.
    ///
    /// # Errors
    /// Where another count runs, or the store cannot be read.
    pub async fn people_by_handset(&self) -> Result<Counted, ServiceError> {
        let most = self.settings.bounds.counted_bindings;
        let busy = |_| ServiceError::Busy { retry_after: AFTER_OTHERS };
        let _one = self.registries.counting.try_acquire().map_err(busy)?;
        let standing = self.registries.current();
        let now = self.now();
        let mut people = People::default();
        let (mut looked, mut after) = (0_usize, None);
        loop {
            let prefix = rows::bindings()?;
            let most_rows = PAGE.min(most.saturating_sub(looked)).max(1);
            let scan = Scan { prefix, after, rows: most_rows, direction: Direction::Ascending };
            let page = self.store.scan(scan).await?;
            looked = looked.saturating_add(page.rows.len());
            for (_, stored) in &page.rows {
                let row: BindingRow = decode_row(&stored.value)?;
                let binding: Option<Binding> =
                    sealing::open(&*self.vault, sealing::BINDING, &row.sealed)?;
                let living =
                    binding.filter(|binding| !matches!(binding.state_at(now), State::Ended { .. }));
                if let Some(binding) = living {
                    let imeis = binding.handsets.first().imeis.iter();
                    people.count(standing.registry(), imeis.map(Tac::of));
                }
            }
            let Some(next) = page.next else {
                return Ok(Counted { people, extent: Extent::All });
            };
            if looked >= most {
                return Ok(Counted { people, extent: Extent::Sample });
            }
            after = Some(next);
            tokio::task::yield_now().await;
        }
    }
}
