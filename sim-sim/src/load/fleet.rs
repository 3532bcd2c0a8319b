//! The bindings that take turns.

use super::{LoadError, LoadOptions};
use crate::{
    clock::{SimClock as _, WallClock},
    seeded,
    world::{
        World, WorldError,
        authority::Branch,
        carrier::Carrier,
        enrolment::enrolment_message,
        handset::{Handset, Model},
        key::Curve,
        numbers,
        sim::{Applet, Sim},
    },
};
use futures::{StreamExt as _, stream};
use rand::Rng as _;
use simbind_proto::v1::{
    self, binding_service_client::BindingServiceClient, keys_proof::Handset as Word,
};
use std::{num::NonZero, sync::Arc};
use tonic::{Code, Status, transport::Channel};

/// Where the numbers of load begin, so that SIMs, handsets and lines stay apart from those of the
/// people whom a run of the same seed plays.
const BESIDE: u64 = 40_000_000;

/// Enrolments under way at once.
const ENROLLING: usize = 256;

/// What a check needs of a binding.
pub(super) struct Member {
    pub(super) sim: Sim,
    pub(super) handset: Handset,
}

/// The bindings.
pub(super) struct Fleet {
    members: Vec<Member>,
    pub(super) handset_proof: bool,
    seed: u64,
}

impl Fleet {
    /// Makes keys and certificates, on all processors.
    pub(super) async fn make(world: &Arc<World>, options: &LoadOptions) -> Result<Self, LoadError> {
        let parts = std::thread::available_parallelism().map_or(1, NonZero::get);
        let size = options.bindings.div_ceil(parts).max(1);
        let mut making = Vec::with_capacity(parts);
        for begin in (0..options.bindings).step_by(size) {
            let world = Arc::clone(world);
            let end = (begin + size).min(options.bindings);
            making.push(tokio::task::spawn_blocking(move || {
                (begin..end).map(|index| member(&world, index)).collect::<Result<Vec<_>, _>>()
            }));
        }
        let mut members = Vec::with_capacity(options.bindings);
        for part in making {
            members.extend(part.await.map_err(|_| LoadError::Worker)??);
        }
        Ok(Self { members, handset_proof: options.handset_proof, seed: options.seed })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// One of them, counted round and round.
    pub(super) fn member(&self, number: usize) -> Option<&Member> {
        self.members.get(number % self.members.len().max(1))
    }

    /// Enrols them all. One that is bound already is left as it is.
    pub(super) async fn enrol(
        &self,
        world: &World,
        counter: Channel,
        mut progress: impl FnMut(usize),
    ) -> Result<(), LoadError> {
        let client = BindingServiceClient::new(counter);
        let mut enrolling = stream::iter(self.members.iter().enumerate())
            .map(|(index, member)| self.enrol_one(world, client.clone(), index, member))
            .buffer_unordered(ENROLLING);
        let mut done = 0;
        while let Some(enrolled) = enrolling.next().await {
            enrolled?;
            done += 1;
            progress(done);
        }
        Ok(())
    }

    async fn enrol_one(
        &self,
        world: &World,
        mut client: BindingServiceClient<Channel>,
        index: usize,
        member: &Member,
    ) -> Result<(), LoadError> {
        let drawn = client.issue_enrolment_challenge(v1::IssueEnrolmentChallengeRequest {}).await?;
        let challenge = drawn.into_inner().challenge;
        let handset = if self.handset_proof {
            member.handset.evidence(world, &challenge, WallClock.now())?
        } else {
            v1::HandsetEvidence {
                imeis: member.handset.imeis.clone(),
                platform: v1::Platform::Other.into(),
                ..v1::HandsetEvidence::default()
            }
        };
        let number = u64::try_from(index).unwrap_or(u64::MAX);
        let token: u128 = seeded::generator(self.seed, "load", number).random();
        let mut request = v1::EnrolBindingRequest {
            request_id: format!("load-{token:032x}"),
            person_ref: format!("prs-{token:032x}"),
            certificate_chain: member.sim.chain.clone(),
            iccid: member.sim.iccid.clone(),
            serving: Some(Carrier::Docomo.serving()),
            msisdn: numbers::msisdn(self.seed, number.saturating_add(BESIDE)),
            key_home: v1::KeyHome::Sim.into(),
            signature_counter: v1::SignatureCounter::None.into(),
            handset: Some(handset),
            ..v1::EnrolBindingRequest::default()
        };
        let key = self.handset_proof.then(|| member.handset.key_sha256());
        let message = enrolment_message(&request, &challenge, key)?;
        let handset = match key {
            None => None,
            Some(_) => Some(Word::HandsetSignature(member.handset.sign(&message)?)),
        };
        let signature = Some(member.sim.sign(&message)?);
        request.proof = Some(v1::KeysProof { challenge, signature, handset });
        match client.enrol_binding(request).await {
            Ok(_) => Ok(()),
            Err(status) if status.code() == Code::AlreadyExists => Ok(()),
            Err(status) => Err(LoadError::Before(explained(&status))),
        }
    }
}

fn explained(status: &Status) -> Status {
    Status::new(status.code(), format!("a binding was not enrolled: {}", status.message()))
}

fn member(world: &World, index: usize) -> Result<Member, WorldError> {
    let number = u64::try_from(index).unwrap_or(u64::MAX);
    let number = number.saturating_add(BESIDE);
    let applet = Applet { counts: false, learns_imei: false, curve: Curve::P256 };
    Ok(Member {
        sim: Sim::make(world, number, Carrier::Docomo, applet, Branch::Prompt)?,
        handset: Handset::make(world, number, Model::android(1))?,
    })
}
