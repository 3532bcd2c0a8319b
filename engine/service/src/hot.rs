//! What checks read, in bounded memory: bindings with their line's histories, and decisions that
//! the index does not show yet.

mod asserting;

pub(crate) use asserting::AssertingKey;

use crate::{
    attestation_status::Remembered,
    engine::Engine,
    error::ServiceError,
    ledger::{AppletRow, CertificateRow, CounterRow, DecisionEntry, StatusRow, decode_row, keys},
    packs::texts::text_digest,
    ports::{
        store::{Key, Position, Stamp, Store, Stored},
        vault::{Sealed, Vault},
    },
    sealing,
    status::CertificateName,
};
use quick_cache::sync::Cache;
use simbind_core::{
    applet::Applet,
    binding::Binding,
    check::{Asserted, Counter, Pin},
    ids::{BindingId, CertificateId, ChallengeId, DecisionId, SupportCode},
    line::LineHistory,
    snooze::{Snooze, Snoozes},
    status::Known,
    time::Timestamp,
};
use simbind_evidence::signature::PublicKey;
use simbind_rules::{RuleBook, RuleRef};
use std::sync::Arc;

/// All that a check of one certificate reads of the store, from one snapshot.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) binding: Binding,
    /// The certificate's key, parsed.
    pub(crate) public_key: PublicKey,
    /// The attested keys of the handsets, parsed, by the handset's place.
    pub(crate) handset_keys: Vec<(usize, PublicKey)>,
    /// The keys that App Attest vouched for, with their counters.
    pub(crate) asserting_keys: Vec<AssertingKey>,
    pub(crate) histories: Vec<LineHistory>,
    counter: Counter,
    /// The challenge of the check that showed the last counter.
    pub(crate) counter_challenge: Option<ChallengeId>,
    pub(crate) counter_version: Option<Position>,
    pub(crate) pin: Pin,
    snoozes: Snoozes<Sealed>,
    /// What the maker's status list last said of a handset.
    pub(crate) listed: Remembered,
    /// What answers about the certificate came to.
    pub(crate) known: Known,
    /// The applet, where something was ordered of it and the carrier has a platform.
    pub(crate) applet: Option<Applet>,
    position: Position,
    /// The newest entry that wrote any of it, the counters aside.
    changed_at: Position,
    keys: Vec<Key>,
    stamp: Stamp,
}

impl Loaded {
    /// The iPhone's key of a place.
    pub(crate) fn asserting_key(&self, place: usize) -> Option<&AssertingKey> {
        self.asserting_keys.iter().find(|own| own.place == place)
    }

    /// The last counter of the key that made an assertion, as a check under this challenge sees it.
    pub(crate) fn last_assertion(
        &self,
        challenge: Option<ChallengeId>,
        asserted: Asserted,
    ) -> Counter {
        let own = self.asserting_key(asserted.place);
        own.map_or(Counter::Unseen, |own| own.last_for(challenge, asserted.counter))
    }

    /// The state position that all of it is of.
    pub(crate) fn as_of(&self) -> Position {
        self.position.max(self.changed_at)
    }

    /// Whether anything but the counters was written after a position.
    pub(crate) fn changed_after(&self, position: Position) -> bool {
        self.changed_at > position
    }

    /// The rules of a book that are snoozed at a moment.
    pub(crate) fn snoozed(&self, book: &RuleBook, at: Timestamp) -> Vec<RuleRef> {
        let named = |open: &Snooze<Sealed>| {
            let rule = book.rule_ref(open.rule.as_str())?;
            let condition = text_digest(book.rule_condition(rule)?);
            (condition == open.condition).then_some(rule)
        };
        self.snoozes.open(at).filter_map(named).collect()
    }

    /// The last counter, as a check under this challenge sees it.
    pub(crate) fn counter_for(
        &self,
        challenge: Option<ChallengeId>,
        claimed: Option<u64>,
    ) -> Counter {
        match self.counter {
            Counter::Seen(last)
                if claimed == Some(last)
                    && challenge.is_some()
                    && challenge == self.counter_challenge =>
            {
                Counter::SeenInThisCheck
            }
            counter => counter,
        }
    }
}

/// The bindings that checks read.
pub(crate) struct HotBindings {
    cache: Cache<CertificateId, Arc<Loaded>>,
}

impl HotBindings {
    pub(crate) fn new(most: usize) -> Self {
        Self { cache: Cache::new(most.max(1)) }
    }
}

/// Decisions by their id, until the index shows them.
pub(crate) struct HotDecisions {
    cache: Cache<DecisionId, Arc<DecisionEntry>>,
}

impl HotDecisions {
    pub(crate) fn new(most: usize) -> Self {
        Self { cache: Cache::new(most.max(1)) }
    }

    pub(crate) fn get(&self, id: DecisionId) -> Option<Arc<DecisionEntry>> {
        self.cache.get(&id)
    }

    /// Those of a code, the newest first: the index follows behind what is acknowledged.
    pub(crate) fn of_code(&self, code: SupportCode) -> Vec<DecisionId> {
        let ids = self.cache.iter().map(|(id, _)| id);
        let mut found: Vec<_> = ids.filter(|id| SupportCode::of(*id) == code).collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        found
    }

    pub(crate) fn put(&self, decision: &Arc<DecisionEntry>) {
        self.cache.insert(decision.id, Arc::clone(decision));
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What is known of a certificate now; `None` where nobody enrolled it.
    pub(crate) async fn load(
        &self,
        certificate: CertificateId,
    ) -> Result<Option<Arc<Loaded>>, ServiceError> {
        if let Some(loaded) = self.hot.cache.get(&certificate) {
            if self.is_current(&loaded).await? {
                return Ok(Some(loaded));
            }
            self.hot.cache.remove(&certificate);
        }
        for _ in 0..crate::engine::TRIES {
            match self.read_subject(certificate).await? {
                Read::Nothing => return Ok(None),
                Read::Moved => {}
                Read::Loaded(loaded) => {
                    self.hot.cache.insert(certificate, Arc::clone(&loaded));
                    return Ok(Some(loaded));
                }
            }
        }
        Err(crate::engine::contended())
    }

    /// Whether nothing that was loaded has been written since.
    pub(crate) async fn is_current(&self, loaded: &Loaded) -> Result<bool, ServiceError> {
        Ok(self.store.stamp(&loaded.keys).await? == loaded.stamp)
    }

    /// The certificate's row names the binding, the binding names its line: the keys are found one
    /// by one, and then all are read at once. Where one moved in between, nothing is loaded.
    async fn read_subject(&self, certificate: CertificateId) -> Result<Read, ServiceError> {
        let vault = &*self.vault;
        let certificate_key = keys::certificate(vault, &certificate)?;
        let first = self.store.read(std::slice::from_ref(&certificate_key)).await?;
        let Some(Some(stored)) = first.values.first() else { return Ok(Read::Nothing) };
        let CertificateRow { binding: id } = decode_row(&stored.value)?;
        let standing = match self.binding(id).await {
            Err(ServiceError::NotFound(_)) => return Ok(Read::Nothing),
            other => other?,
        };
        let mut keys =
            vec![certificate_key, keys::binding(id)?, keys::counter(id)?, keys::pin(id)?];
        keys.push(keys::snoozes(id)?);
        let name = CertificateName::of(&standing.binding.certificate);
        keys.push(keys::status(vault, &name)?);
        keys.push(keys::applet(id)?);
        let mut asserting_keys = asserting::keys_of(id, &standing.binding)?;
        for own in &asserting_keys {
            keys.push(keys::assertion(id, own.mark)?);
        }
        for hash in keys::line_hashes(vault, &standing.binding.sim) {
            keys.push(keys::history(hash)?);
        }
        let snapshot = self.store.read(&keys).await?;
        let [certificate_row, binding_row, counter, pin, snoozes, status, applet, rest @ ..] =
            &*snapshot.values
        else {
            return Ok(Read::Moved);
        };
        let Some((last, histories)) = rest.split_at_checked(asserting_keys.len()) else {
            return Ok(Read::Moved);
        };
        for (own, row) in asserting_keys.iter_mut().zip(last) {
            own.read(row.as_ref())?;
        }
        let (Some(certificate_row), Some(binding_row)) = (certificate_row, binding_row) else {
            return Ok(Read::Moved);
        };
        let now_bound: CertificateRow = decode_row(&certificate_row.value)?;
        if now_bound.binding != id || binding_row.version != standing.version {
            return Ok(Read::Moved);
        }
        let (public_key, handset_keys) = parsed_keys(id, &standing.binding)?;
        let failures = row_value(pin.as_ref())?.unwrap_or(0);
        let last: Option<CounterRow> = row_value(counter.as_ref())?;
        let known: Option<StatusRow> = row_value(status.as_ref())?;
        let ordered: Option<AppletRow> = row_value(applet.as_ref())?;
        let ordered = ordered.filter(|row| self.platforms.serves(&row.carrier));
        let written = [pin, snoozes, status, applet].map(Option::as_ref).into_iter();
        let written = written
            .chain([Some(certificate_row), Some(binding_row)])
            .chain(histories.iter().map(Option::as_ref))
            .flatten();
        let changed_at = written.map(|row| row.version).max().unwrap_or_default();
        Ok(Read::Loaded(Arc::new(Loaded {
            public_key,
            handset_keys,
            asserting_keys,
            histories: self.histories(histories)?,
            counter: last.map_or(Counter::Unseen, |last| Counter::Seen(last.counter)),
            counter_challenge: last.map(|last| ChallengeId::from_bytes(last.challenge)),
            counter_version: counter.as_ref().map(|row| row.version),
            pin: Pin { failures },
            snoozes: row_value(snoozes.as_ref())?.unwrap_or_default(),
            listed: Remembered::default(),
            known: known.map(|row| row.known).unwrap_or_default(),
            applet: ordered.map(|row| row.applet),
            binding: standing.binding,
            position: snapshot.position,
            changed_at,
            keys,
            stamp: snapshot.stamp,
        })))
    }

    pub(crate) fn histories(
        &self,
        rows: &[Option<Stored>],
    ) -> Result<Vec<LineHistory>, ServiceError> {
        let mut histories = Vec::with_capacity(rows.len());
        for row in rows.iter().flatten() {
            let sealed: Sealed = decode_row(&row.value)?;
            histories.extend(sealing::open(&*self.vault, sealing::HISTORY, &sealed)?);
        }
        Ok(histories)
    }
}

enum Read {
    Nothing,
    Moved,
    Loaded(Arc<Loaded>),
}

fn row_value<T: serde::de::DeserializeOwned>(
    row: Option<&Stored>,
) -> Result<Option<T>, ServiceError> {
    Ok(row.map(|row| decode_row(&row.value)).transpose()?)
}

fn parsed_keys(
    id: BindingId,
    binding: &Binding,
) -> Result<(PublicKey, Vec<(usize, PublicKey)>), ServiceError> {
    let unreadable =
        |what: &str| ServiceError::unavailable(format!("the {what} of {id} cannot be read"));
    let public_key = PublicKey::from_spki_der(&binding.certificate.spki)
        .map_err(|_| unreadable("certificate's key"))?;
    let attested = binding.handsets.iter().enumerate();
    let handset_keys = attested
        .filter_map(|(place, handset)| handset.attested().map(|key| (place, key)))
        .map(|(place, key)| Ok((place, PublicKey::from_spki_der(&key.spki)?)))
        .collect::<Result<_, simbind_evidence::signature::KeyError>>()
        .map_err(|_| unreadable("handset key"))?;
    Ok((public_key, handset_keys))
}
