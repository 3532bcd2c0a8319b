//! What was sent and what was acknowledged: what the server must still know after each death.

use rand::{Rng as _, seq::index};
use rand_chacha::ChaCha20Rng;
use simbind_proto::v1;
use simbind_tests::{Authority, Person};
use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Instant,
};

/// Something that was sent. Without an answer nobody knows what became of it.
pub(crate) struct Sent<Q, A> {
    pub(crate) round: u32,
    pub(crate) at: Instant,
    pub(crate) request: Q,
    pub(crate) answer: Option<A>,
}

/// A login, with who made it and whether the carrier had said all it ever says of the line.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) person: Arc<Person>,
    pub(crate) settled: bool,
    pub(crate) request: v1::CheckLoginRequest,
}

/// All that was sent.
#[derive(Default)]
pub(crate) struct Pages {
    pub(crate) enrolments: Vec<Sent<v1::EnrolBindingRequest, v1::Binding>>,
    pub(crate) events: Vec<Sent<v1::SimEvent, v1::EventResult>>,
    pub(crate) logins: Vec<Sent<Login, v1::Decision>>,
}

/// The book, and who makes the people in it.
pub(crate) struct Book {
    authority: Authority,
    pages: Mutex<Pages>,
}

impl Book {
    pub(crate) fn new(authority: Authority) -> Self {
        Self { authority, pages: Mutex::default() }
    }

    pub(crate) fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap()
    }

    pub(crate) fn newcomer(&self, number: u64) -> Arc<Person> {
        Arc::new(Person::make(&self.authority, number).unwrap())
    }

    pub(crate) fn about_to_enrol(&self, round: u32, request: v1::EnrolBindingRequest) -> usize {
        note(&mut self.pages().enrolments, round, request)
    }

    pub(crate) fn about_to_tell(&self, round: u32, event: v1::SimEvent) -> usize {
        note(&mut self.pages().events, round, event)
    }

    pub(crate) fn about_to_ask(&self, round: u32, login: Login) -> usize {
        note(&mut self.pages().logins, round, login)
    }
}

fn note<Q, A>(page: &mut Vec<Sent<Q, A>>, round: u32, request: Q) -> usize {
    page.push(Sent { round, at: Instant::now(), request, answer: None });
    page.len() - 1
}

/// Which lines of a page are looked at: all since a round, and so many of those before.
pub(crate) fn chosen<Q, A>(
    page: &[Sent<Q, A>],
    since: u32,
    older: usize,
    rng: &mut ChaCha20Rng,
) -> Vec<usize> {
    let first = page.partition_point(|sent| sent.round < since);
    let mut chosen = if older >= first {
        (0..first).collect()
    } else {
        index::sample(rng, first, older).into_vec()
    };
    chosen.extend(first..page.len());
    chosen
}

/// A seeded number, for choices.
pub(crate) fn below(rng: &mut ChaCha20Rng, bound: u64) -> u64 {
    rng.random_range(0..bound)
}
