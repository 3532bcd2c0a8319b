//! The issuers of people's certificates, as they tell how those stand.

use super::{
    actor::{ActError, Shared},
    calls::patiently,
    runner::PlayError,
};
use crate::{
    clock::to_proto,
    story::{Standing, Voice},
    world::{
        authority::{Branch, Edition},
        sim::Sim,
    },
};
use prost::bytes::Bytes;
use simbind_core::time::Timestamp;
use simbind_evidence::status::{CertStatus, Reason, Serial, encode::CrlEntrySpec};
use simbind_proto::v1::{
    self, CertificateStanding, IssuerWord, PushOutcome, ResponderAnswer, certificate_ref::By,
    push_status_request::Status as Told,
};
use std::time::Duration;
use tokio::sync::Mutex;
use tonic::{Code, Status};

const HOUR: Duration = Duration::from_secs(3600);
/// How long a list holds.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Where lists are made more seldom than this, the late issuer makes one with each of the other's:
/// it is behind by hours and not for good.
const DAY_LISTS: Duration = Duration::from_secs(2 * 3600);

/// What an issuer keeps, and says one thing after the other.
#[derive(Default)]
struct Book {
    /// Who is held or revoked, and since when.
    stopped: Vec<(Serial, Standing, Timestamp)>,
    /// How many lists there were.
    lists: u64,
    /// When it said something last.
    last: Option<Timestamp>,
    /// When its last list was made; `None` where the next one is due.
    listed: Option<Timestamp>,
    /// When the late issuer made its last one, where it makes several.
    late: Option<Timestamp>,
}

/// The issuers at work: one whose lists come in time, and one whose next list is late.
#[derive(Default)]
pub(crate) struct Desk {
    book: Mutex<Book>,
    open: std::sync::atomic::AtomicBool,
}

impl Book {
    /// The moment of a statement: a whole second, and later than the one before.
    fn next_moment(&mut self, now: Timestamp) -> Timestamp {
        let now = Timestamp::from_secs(now.as_secs());
        let at = self.last.map_or(now, |last| now.max(last.plus(Duration::from_secs(1))));
        self.last = Some(at);
        at
    }

    fn standing(&self, serial: &Serial) -> (Standing, Option<Timestamp>) {
        let found = self.stopped.iter().find(|(stopped, ..)| stopped == serial);
        found.map_or((Standing::Good, None), |(_, standing, at)| (*standing, Some(*at)))
    }

    fn note(&mut self, serial: &Serial, standing: Standing, at: Timestamp) {
        self.stopped.retain(|(stopped, ..)| stopped != serial);
        if standing != Standing::Good {
            self.stopped.push((serial.clone(), standing, at));
        }
    }

    fn entries(&self) -> Vec<CrlEntrySpec> {
        let entry = |(serial, standing, at): &(Serial, Standing, Timestamp)| match standing {
            Standing::Revoked => CrlEntrySpec::revoked(serial.clone(), *at, Reason::KeyCompromise),
            Standing::Good | Standing::Held => CrlEntrySpec::held(serial.clone(), *at),
        };
        self.stopped.iter().map(entry).collect()
    }

    /// The newest list.
    fn list(&mut self, shared: &Shared<'_>, at: Timestamp) -> Told {
        self.lists += 1;
        self.listed = Some(at);
        let edition = Edition {
            number: numbered(at, self.lists),
            this_update: at,
            next_update: at.plus(DAY),
        };
        Told::Crl(shared.world.authority(Branch::Prompt).list(edition, self.entries()).into())
    }
}

/// A number that grows with time, also from one run to the next.
fn numbered(at: Timestamp, lists: u64) -> u64 {
    u64::try_from(at.as_secs()).unwrap_or(0).saturating_mul(1_000_000).saturating_add(lists)
}

impl Desk {
    /// Tells the server how certificates stand for the first time: none is held or revoked. Whether
    /// it hears of it: where it has no caller for the issuer, or does not know the issuer, status
    /// is not played.
    pub(super) async fn open(&self, shared: &Shared<'_>) -> Result<bool, PlayError> {
        if shared.calls.issuer.is_none() {
            return Ok(false);
        }
        for told in [self.list(shared).await, late_list(shared, Duration::ZERO)] {
            match push(shared, told).await {
                Ok(_) => {}
                Err(status) if is_no_listener(status.code()) => return Ok(false),
                Err(status) => return Err(PlayError::Issuer(status)),
            }
        }
        self.open.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(true)
    }

    /// The lists with which a day begins; one of them is the last of its issuer for that day.
    pub(super) async fn begin_day(&self, shared: &Shared<'_>) -> Result<(), PlayError> {
        if self.is_open() && shared.clock.is_virtual() {
            for told in [self.list(shared).await, late_list(shared, Duration::ZERO)] {
                push(shared, told).await.map_err(PlayError::Issuer)?;
            }
        }
        Ok(())
    }

    /// Newer lists, where it is time for them.
    pub(super) async fn renew(
        &self,
        shared: &Shared<'_>,
        every: Duration,
    ) -> Result<(), PlayError> {
        if !self.is_open() {
            return Ok(());
        }
        let now = shared.clock.now();
        let due = |at: Option<Timestamp>| at.is_none_or(|at| now.since(at) >= every);
        let mut book = self.book.lock().await;
        let (prompt, late) = (due(book.listed), every > DAY_LISTS && due(book.late));
        if late {
            book.late = Some(now);
        }
        drop(book);
        if prompt {
            let told = self.list(shared).await;
            push(shared, told).await.map_err(PlayError::Issuer)?;
        }
        if late {
            push(shared, late_list(shared, every)).await.map_err(PlayError::Issuer)?;
        }
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.open.load(std::sync::atomic::Ordering::Relaxed)
    }

    async fn list(&self, shared: &Shared<'_>) -> Told {
        let mut book = self.book.lock().await;
        let at = book.next_moment(shared.clock.now());
        book.list(shared, at)
    }

    /// The issuer's answer of now about a SIM's certificate.
    pub(super) async fn answer(&self, shared: &Shared<'_>, sim: &Sim) -> Bytes {
        let book = self.book.lock().await;
        let now = Timestamp::from_secs(shared.clock.now().as_secs());
        let at = book.last.map_or(now, |last| now.max(last));
        let (standing, since) = book.standing(&sim.serial);
        answered(shared, sim, standing, since.unwrap_or(at), at)
    }

    /// Lets a certificate stand so from now on, and tells the server. It is told in the order in
    /// which it happens.
    pub(super) async fn tell(
        &self,
        shared: &Shared<'_>,
        sim: &Sim,
        standing: Standing,
        voice: Voice,
    ) -> Result<(), ActError> {
        let mut book = self.book.lock().await;
        let at = book.next_moment(shared.clock.now());
        book.note(&sim.serial, standing, at);
        if standing == Standing::Good {
            // What lifted a hold runs out: the issuer's next list has to say the same before.
            book.listed = None;
        }
        let by = By::Sha256(sim.certificate_sha256.clone());
        let certificate = Some(v1::CertificateRef { by: Some(by) });
        let told = match voice {
            Voice::List => book.list(shared, at),
            Voice::Responder => {
                let response = answered(shared, sim, standing, at, at);
                Told::Ocsp(ResponderAnswer { certificate, response })
            }
            Voice::Word => {
                let (standing, reason) = match standing {
                    Standing::Good => (CertificateStanding::Good, 0),
                    Standing::Held => (CertificateStanding::Held, 0),
                    Standing::Revoked => (CertificateStanding::Revoked, 1),
                };
                let (standing, as_of) = (standing.into(), Some(to_proto(at)));
                Told::Word(IssuerWord { certificate, standing, as_of, reason })
            }
        };
        match push(shared, told).await? {
            // What was known was told before, and the answer to it was lost.
            PushOutcome::Taken | PushOutcome::Known => Ok(()),
            other => {
                let text = format!("what the issuer tells does not count: {}", other.as_str_name());
                Err(ActError::Call(Status::internal(text)))
            }
        }
    }
}

/// Whether the server has no ear for the issuer; any other answer is a fault.
const fn is_no_listener(code: Code) -> bool {
    matches!(code, Code::PermissionDenied | Code::Unimplemented | Code::InvalidArgument)
}

/// The list of the issuer whose next one is late: by hours where time stands still; where it moves,
/// from an hour after its making, or for the last four hours before the next one comes.
fn late_list(shared: &Shared<'_>, every: Duration) -> Told {
    let now = Timestamp::from_secs(shared.clock.now().as_secs());
    let (this_update, next_update) = if shared.clock.is_virtual() {
        (now, now.plus(HOUR.max(every.saturating_sub(4 * HOUR))))
    } else {
        (now.minus(6 * HOUR), now.minus(3 * HOUR))
    };
    let edition = Edition { number: numbered(this_update, 1), this_update, next_update };
    Told::Crl(shared.world.authority(Branch::Late).list(edition, Vec::new()).into())
}

fn answered(
    shared: &Shared<'_>,
    sim: &Sim,
    standing: Standing,
    since: Timestamp,
    at: Timestamp,
) -> Bytes {
    let status = match standing {
        Standing::Good => CertStatus::Good,
        Standing::Held => CertStatus::Held { since },
        Standing::Revoked => CertStatus::Revoked { since, reason: Reason::KeyCompromise },
    };
    shared.world.authority(sim.branch).answer(sim.serial.clone(), status, at).into()
}

async fn push(shared: &Shared<'_>, told: Told) -> Result<PushOutcome, Status> {
    let nobody = || Status::internal("there is no connection for the issuer");
    let client = shared.calls.issuer.clone().ok_or_else(nobody)?;
    let request = v1::PushStatusRequest { status: Some(told) };
    let answer = patiently(|| {
        let (mut client, request) = (client.clone(), request.clone());
        async move { client.push_status(request).await }
    });
    Ok(answer.await?.outcome())
}
