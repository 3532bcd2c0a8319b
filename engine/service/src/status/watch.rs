//! Which certificates responders are asked about: those that were used lately, so many at most.

use super::CertificateName;
use parking_lot::Mutex;
use simbind_core::time::Timestamp;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

/// How long after its last use a certificate is still asked about.
const LATELY: Duration = Duration::from_secs(24 * 3600);
/// The first pause after a responder did not know a certificate.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause after it did not.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// Certificates by when they are due.
pub(crate) struct Watch {
    inner: Mutex<Inner>,
    most: usize,
}

#[derive(Default)]
struct Inner {
    known: HashMap<Arc<CertificateName>, Watched>,
    due: BTreeSet<(Timestamp, Arc<CertificateName>)>,
}

struct Watched {
    used_at: Timestamp,
    /// `None` while it is being asked about.
    due: Option<Timestamp>,
    /// How often in a row the responder did not know it.
    unknown: u32,
}

impl Watch {
    pub(crate) fn new(most: usize) -> Self {
        Self { inner: Mutex::new(Inner::default()), most }
    }

    /// A certificate was used. A new one is due at a time; past the bound it is not watched.
    pub(crate) fn used(&self, name: &CertificateName, now: Timestamp, due: Timestamp) {
        let mut inner = self.inner.lock();
        if let Some(watched) = inner.known.get_mut(name) {
            watched.used_at = now;
            return;
        }
        if inner.known.len() >= self.most {
            return;
        }
        let name = Arc::new(name.clone());
        inner.known.insert(Arc::clone(&name), Watched { used_at: now, due: Some(due), unknown: 0 });
        inner.due.insert((due, name));
    }

    /// A due certificate that `wanted` takes, which is then being asked about. Those that were not
    /// used lately are forgotten on the way.
    pub(super) fn next(
        &self,
        now: Timestamp,
        wanted: impl Fn(&CertificateName) -> bool,
    ) -> Option<Arc<CertificateName>> {
        let mut inner = self.inner.lock();
        let Inner { known, due } = &mut *inner;
        let mut stale = Vec::new();
        let mut found = None;
        for (at, name) in due.iter().take_while(|(at, _)| *at <= now) {
            match known.get(name) {
                Some(watched) if now.since(watched.used_at) <= LATELY => {
                    if wanted(name) {
                        found = Some((*at, Arc::clone(name)));
                        break;
                    }
                }
                _ => stale.push((*at, Arc::clone(name))),
            }
        }
        for place in &stale {
            due.remove(place);
            known.remove(&place.1);
        }
        let place = found?;
        due.remove(&place);
        if let Some(watched) = known.get_mut(&place.1) {
            watched.due = None;
        }
        Some(place.1)
    }

    /// A certificate was asked about and is due again at a time.
    pub(super) fn asked(&self, name: &Arc<CertificateName>, due: Timestamp) {
        self.answered(name, |watched| {
            watched.unknown = 0;
            due
        });
    }

    /// The responder does not know a certificate: it is asked about less and less.
    pub(super) fn unknown(&self, name: &Arc<CertificateName>, now: Timestamp) {
        self.answered(name, |watched| {
            let pause = FIRST_PAUSE.saturating_mul(1 << watched.unknown.min(16));
            watched.unknown = watched.unknown.saturating_add(1);
            now.plus(pause.min(LONGEST_PAUSE))
        });
    }

    fn answered(&self, name: &Arc<CertificateName>, due: impl FnOnce(&mut Watched) -> Timestamp) {
        let mut inner = self.inner.lock();
        let Inner { known, due: order } = &mut *inner;
        let Some(watched) = known.get_mut(name).filter(|watched| watched.due.is_none()) else {
            return;
        };
        let due = due(watched);
        watched.due = Some(due);
        order.insert((due, Arc::clone(name)));
    }

    /// How many are watched.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.inner.lock().known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simbind_core::ids::{AuthorityId, SerialNumber};

    fn name(serial: u8) -> CertificateName {
        CertificateName {
            issuer: AuthorityId::from_sha256([1; 32]),
            serial: SerialNumber::new(&[serial]).unwrap(),
        }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn what_is_due_is_given_once_until_it_was_asked() {
        let watch = Watch::new(10);
        watch.used(&name(1), at(0), at(5));
        assert!(watch.next(at(4), |_| true).is_none());
        assert!(watch.next(at(5), |_| false).is_none(), "nobody can be asked");
        let one = watch.next(at(5), |_| true).unwrap();
        assert_eq!(*one, name(1));
        watch.used(&name(1), at(6), at(6));
        assert!(watch.next(at(100), |_| true).is_none());
        watch.asked(&one, at(50));
        assert!(watch.next(at(49), |_| true).is_none());
        assert_eq!(watch.next(at(50), |_| true).as_deref(), Some(&name(1)));
    }

    #[test]
    fn no_more_are_watched_than_the_bound() {
        let watch = Watch::new(2);
        (1..=3).for_each(|serial| watch.used(&name(serial), at(0), at(0)));
        assert_eq!(watch.len(), 2);
        let given: Vec<_> = std::iter::from_fn(|| watch.next(at(1), |_| true)).collect();
        assert_eq!(given.len(), 2);
    }

    #[test]
    fn what_was_not_used_lately_is_forgotten() {
        let watch = Watch::new(2);
        watch.used(&name(1), at(0), at(0));
        let later = at(0).plus(LATELY).plus(Duration::from_secs(1));
        assert!(watch.next(later, |_| true).is_none());
        assert_eq!(watch.len(), 0);
    }
}
