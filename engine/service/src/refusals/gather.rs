//! Which certificates are refused whatever they bring.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{BindingRow, CertificateRow, decode_row, keys, registry as rows},
    ports::{
        store::{Direction, Scan, Store},
        vault::Vault,
    },
    sealing,
    status::{CertificateName, Points},
};
use simbind_core::{
    binding::{Binding, State},
    ids::CertificateId,
    line::LineView,
    refusals::{Entries, HashKey, Sequence},
    status::Standing,
    time::Timestamp,
};
use simbind_rules::facts::{HandsetLatch, LineLatch, SimLatch, SimState};

/// Rows that are opened before other work has its turn.
const PAGE: usize = 100;

/// What is refused, as of a time.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(super) entries: Entries,
    pub(super) at: Timestamp,
    pub(super) sequence: Sequence,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Looks at every binding, a page at a time. All that was acknowledged before the beginning is
    /// seen, and the time and the position are those of the beginning.
    pub(super) async fn gather(&self, most: usize) -> Result<Gathered, ServiceError> {
        let at = self.now();
        let beginning = self.store.read(&[keys::ends()?]).await?.position;
        let (sequence, key) = (Sequence(beginning.0), HashKey::new(self.random()?));
        let mut refused: Vec<CertificateId> = Vec::new();
        let mut after = None;
        loop {
            let (prefix, direction) = (rows::bindings()?, Direction::Ascending);
            let page = self.store.scan(Scan { prefix, after, rows: PAGE, direction }).await?;
            for (_, stored) in &page.rows {
                let row: BindingRow = decode_row(&stored.value)?;
                let binding = sealing::open(&*self.vault, sealing::BINDING, &row.sealed)?;
                let Some(binding): Option<Binding> = binding else { continue };
                if self.is_refused(&binding, at).await? {
                    refused.push(binding.certificate.id);
                }
            }
            if refused.len() > most {
                return Ok(Gathered { entries: Entries::cut(key), at, sequence });
            }
            let Some(next) = page.next else { break };
            after = Some(next);
            tokio::task::yield_now().await;
        }
        Ok(Gathered { entries: Entries::new(key, &refused, most), at, sequence })
    }

    /// Whether a binding's certificate is refused. One that has ended by itself needs no list: every
    /// reader sees it.
    async fn is_refused(&self, binding: &Binding, now: Timestamp) -> Result<bool, ServiceError> {
        if now >= binding.certificate.not_after {
            return Ok(false);
        }
        match binding.state_at(now) {
            State::Ended { .. } => return self.is_newest(binding).await,
            State::Pending | State::Held { .. } | State::Suspended { .. } => return Ok(true),
            State::Active => {}
        }
        if is_broken(&self.line_view(binding).await?) {
            return Ok(true);
        }
        let name = CertificateName::of(&binding.certificate);
        let points = Points::Known(&binding.certificate.points);
        let word = self.standing_of(&name, points).await?;
        Ok(word.is_some_and(|word| word.standing != Standing::Good))
    }

    /// A certificate whose binding is over may have been bound anew: then that one says.
    async fn is_newest(&self, ended: &Binding) -> Result<bool, ServiceError> {
        let key = keys::certificate(&*self.vault, &ended.certificate.id)?;
        let snapshot = self.store.read(&[key]).await?;
        let Some(Some(row)) = snapshot.values.first() else { return Ok(true) };
        let CertificateRow { binding } = decode_row(&row.value)?;
        Ok(binding == ended.id)
    }
}

/// What carriers tell of the SIM, its line or its handset.
fn is_broken(line: &LineView) -> bool {
    line.sim_latch != SimLatch::Clear
        || line.sim_state != SimState::Active
        || line.handset_latch == HandsetLatch::Foreign
        || !matches!(line.line_latch, LineLatch::Clear | LineLatch::PortedIn)
}
