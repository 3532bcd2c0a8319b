//! Which certificates end soon.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::keys,
    ports::{
        store::{Direction, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    binding::State,
    ids::{BindingId, CallerId, CertificateId},
    time::Timestamp,
};
use std::time::Duration;

/// The longest reminder that packs can have.
const LONGEST_REMINDER: Duration = Duration::from_secs(366 * 86_400);

/// Who asks for renewals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lister<'a> {
    /// A counter or a help desk: all.
    Desk,
    /// An issuer: those of its own certificates.
    Issuer(&'a CallerId),
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenewalCursor {
    /// The end of the last certificate.
    pub ends: Timestamp,
    /// Its binding.
    pub binding: BindingId,
}

/// A binding to renew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The binding.
    pub binding: BindingId,
    /// Its certificate.
    pub certificate: CertificateId,
    /// When that ends.
    pub ends: Timestamp,
    /// Where the binding stands.
    pub state: State,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// The bindings whose certificates end within the reminder of their packs and which have no
    /// successor, a page at a time, the next to end first; and where the next page begins.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn renewals(
        &self,
        lister: Lister<'_>,
        after: Option<RenewalCursor>,
        rows: usize,
    ) -> Result<(Vec<Renewal>, Option<RenewalCursor>), ServiceError> {
        let now = self.now();
        // What has ended already is past renewing.
        let living = keys::end(now, BindingId::from_bytes([0xFF; 16]))?;
        let after = match after {
            Some(RenewalCursor { ends, binding }) => keys::end(ends, binding)?.max(living),
            None => living,
        };
        let prefix = keys::ends()?;
        let direction = Direction::Ascending;
        let page = self.store.scan(Scan { prefix, after: Some(after), rows, direction }).await?;
        let mut found = Vec::with_capacity(page.rows.len());
        let mut last = None;
        for (key, _) in &page.rows {
            let Some((ends, id)) = keys::past(key) else { continue };
            if ends > now.plus(LONGEST_REMINDER) {
                return Ok((found, None));
            }
            last = Some(RenewalCursor { ends, binding: id });
            let binding = match self.binding(id).await {
                Err(ServiceError::NotFound(_)) => continue,
                other => other?.binding,
            };
            let due = ends <= now.plus(self.life_terms(&binding).reminder);
            let own = match lister {
                Lister::Desk => true,
                Lister::Issuer(by) => {
                    self.status.issuers.speaks_for(by, &binding.certificate.issuer)
                }
            };
            if due && own && binding.is_present_at(now) {
                found.push(Renewal {
                    binding: id,
                    certificate: binding.certificate.id,
                    ends,
                    state: binding.state_at(now),
                });
            }
        }
        Ok((found, last.filter(|_| page.next.is_some())))
    }
}
