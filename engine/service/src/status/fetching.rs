//! The background work of status: what is due is fetched, verified and taken in. Checks never wait
//! for it, and nothing that a source answers can do more than be refused.

use super::{CertificateName, SourceKind, SourceTerms, learn::exact, schedule::Jitter};
use crate::{
    engine::{Engine, engine_caller},
    error::ServiceError,
    ports::{
        status::{Ask, Fetch, Place},
        store::Store,
        vault::Vault,
    },
};
use simbind_core::{status::Source, time::Timestamp};
use simbind_evidence::status::{MAX_CRL_BYTES, MAX_OCSP_BYTES, Nonce, ocsp_request};
use std::{sync::Arc, time::Duration};

/// How much of an answer's life is left when it is asked for again: a quarter.
const LEFT: u32 = 4;

/// One thing to fetch.
#[derive(Debug)]
pub struct Job {
    source: usize,
    what: What,
}

#[derive(Debug)]
enum What {
    List,
    Answer(Arc<CertificateName>),
}

/// What a verified answer about one certificate came to.
#[derive(Clone, Copy)]
enum Found {
    /// It was taken in; to be asked again after so long.
    Learned(Duration),
    /// The responder does not know the certificate, which is no fault of the source.
    Unknown,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What is due, at most so many; each must be given to [`Self::run_status_job`].
    pub fn status_jobs(&self, most: usize) -> Vec<Job> {
        let now = self.now();
        let schedule = &self.status.schedule;
        let lists = schedule.due_lists(now).into_iter();
        let mut jobs: Vec<Job> = lists.map(|source| Job { source, what: What::List }).collect();
        while jobs.len() < most {
            let room = |name: &CertificateName| schedule.has_room(&name.issuer, now);
            let Some(name) = self.status.watch.next(now, room) else { break };
            match schedule.responder(&name.issuer, now) {
                Some(source) => jobs.push(Job { source, what: What::Answer(name) }),
                None => {
                    self.status.watch.asked(&name, now);
                    break;
                }
            }
        }
        jobs
    }

    /// Fetches what is due and takes it in. What goes wrong is kept with the source.
    pub async fn run_status_job(&self, job: Job, fetcher: &impl Fetch) {
        let Job { source, what } = job;
        let Some(terms) = self.status.schedule.terms(source) else { return };
        let result = match &what {
            What::List => {
                self.fetch_list(terms, fetcher).await.map(|()| Found::Learned(terms.every))
            }
            What::Answer(name) => self.fetch_answer(terms, name, fetcher).await,
        };
        let now = self.now();
        let jitter = Jitter(self.random::<1>().map_or(0, |[byte]| byte));
        if let What::Answer(name) = &what {
            match result {
                Ok(Found::Learned(after)) => self.status.watch.asked(name, now.plus(after)),
                Ok(Found::Unknown) => self.status.watch.unknown(name, now),
                Err(_) => self.status.watch.asked(name, now),
            }
        }
        let result = result.map(|_| ());
        if let Err(why) = &result {
            tracing::warn!(source, %why, "a source of certificate status gave nothing to go by");
        }
        self.status.schedule.ended(source, result, now, jitter);
    }

    async fn fetch_list(&self, terms: &SourceTerms, fetcher: &impl Fetch) -> Result<(), String> {
        let der = fetch(terms, None, MAX_CRL_BYTES, fetcher).await?;
        let authority = self.status.issuers.get(&terms.issuer).ok_or("no such issuer")?;
        let told = |error: ServiceError| error.to_string();
        let list = self.verified_list(authority, &der).await.map_err(told)?;
        let list = list.map_err(|error| error.to_string())?;
        if !list.speaks_of_persons() {
            return Err(format!("the list {}", super::learn::OF_NOBODY));
        }
        let by = engine_caller().map_err(told)?;
        self.take_list(&by, &terms.issuer, list, &der).await.map(|_| ()).map_err(told)
    }

    /// Asks about one certificate, and says after which time to ask again.
    async fn fetch_answer(
        &self,
        terms: &SourceTerms,
        name: &CertificateName,
        fetcher: &impl Fetch,
    ) -> Result<Found, String> {
        let authority = self.status.issuers.get(&terms.issuer).ok_or("no such issuer")?;
        let serial = exact(name).ok_or("its serial is too long")?;
        let request = ocsp_request(authority, &serial, None);
        let der = fetch(terms, Some(request), MAX_OCSP_BYTES, fetcher).await?;
        let answer = self
            .answered(authority, name, &der, Nonce::NotAsked, Source::Responder)
            .map_err(|error| error.to_string())?;
        let Some(answer) = answer else { return Ok(Found::Unknown) };
        let told = |error: ServiceError| error.to_string();
        let by = engine_caller().map_err(told)?;
        self.learn(&by, name, answer).await.map_err(told)?;
        let now = self.now();
        Ok(Found::Learned(ask_again(now, answer.next.unwrap_or(now), terms.every)))
    }

    /// A bound certificate was used: responders are asked about it.
    pub(crate) fn watch_status(&self, loaded: &crate::hot::Loaded, now: Timestamp) {
        let certificate = &loaded.binding.certificate;
        if self.status.schedule.asks_about(&certificate.issuer) {
            let due = loaded.known.responder().map_or(now, |answer| {
                let next = answer.next.unwrap_or(now);
                next.minus(next.since(answer.as_of) / LEFT)
            });
            self.status.watch.used(&CertificateName::of(certificate), now, due);
        }
    }
}

/// Before the answer ends, and not more often than the source wants.
fn ask_again(now: Timestamp, next: Timestamp, every: Duration) -> Duration {
    let life = next.since(now);
    (life - life / LEFT).min(every).max(Duration::from_secs(1))
}

async fn fetch(
    terms: &SourceTerms,
    request: Option<Vec<u8>>,
    most: usize,
    fetcher: &impl Fetch,
) -> Result<Vec<u8>, String> {
    let Some(place) = &terms.place else { return Err("it has no place".into()) };
    // A list's file holds it as it came.
    debug_assert!(terms.kind == SourceKind::List || matches!(place, Place::Url(_)));
    let ask = Ask { place: place.clone(), request, timeout: terms.timeout, most };
    fetcher.fetch(&ask).await.map_err(|error| error.to_string())
}
