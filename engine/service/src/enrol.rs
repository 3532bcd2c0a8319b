//! Enrolment: a certificate, its SIM and its handset are bound.

use crate::{
    attest::{CHALLENGE, HandsetRequest, Verified},
    challenge::{Issued, Purpose},
    digest::sha256,
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{CertificateRow, StateEntry, decode_row, keys},
    ports::{
        store::{Expected, Key, Store, StoreError},
        vault::{KeyId, Vault},
    },
    proof::{KeysProof, ProofFields},
    sealing,
    status::{CertificateName, Points},
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::{
        Binding, BoundCertificate, CardEnd, CounterPolicy, Driven, Handsets, Identified, KeyHome,
        Serving, Sim, State,
    },
    ids::{BindingId, CallerId, CertificateId, PersonRef, PointId, RequestId, SerialNumber},
    line::Announcements,
    status::Standing as IssuerWord,
    time::Timestamp,
    transcript::Enrolment,
};
use simbind_evidence::{
    certificate::{ChainError, VerifiedCertificate},
    status::CrlSubject,
};

/// What a counter asks to be bound.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The person.
    pub person: PersonRef,
    /// The certificate's chain, leaf first, DER.
    pub chain: Vec<Vec<u8>>,
    /// The SIM and the line.
    pub sim: Sim,
    /// Where the key sits.
    pub key_home: KeyHome,
    /// Whether the applet counts.
    pub counter: CounterPolicy,
    /// The handset.
    pub handset: HandsetRequest,
    /// The certificate of the person's physical card.
    pub card: Option<CertificateId>,
    /// What the certificate's key and the handset's say of all this.
    pub proof: KeysProof,
}

const PROOF_CHALLENGE: &str = "proof.challenge";
const FIELDS: ProofFields = ProofFields {
    signature: "proof.signature",
    handset: "proof.handset",
    handset_signature: "proof.handset_signature",
    assertion: "proof.app_attest_assertion",
};

impl<S: Store, V: Vault> Engine<S, V> {
    /// Draws the challenge that an enrolment is signed for, and a handset's key attested.
    ///
    /// # Errors
    /// Where no randomness can be had.
    pub fn enrolment_challenge(&self) -> Result<Issued, ServiceError> {
        Ok(self.enrolment.issue(self.random()?, &Purpose::Enrolment, self.now()))
    }

    /// Binds a certificate whose key signed for it. The same request of the same caller gives the
    /// binding it made before.
    ///
    /// # Errors
    /// Where a field is wrong, a signature does not verify, the certificate is bound already, or the store cannot be written.
    pub async fn enrol(
        &self,
        by: &CallerId,
        request: &RequestId,
        mut asked: EnrolRequest,
    ) -> Result<Standing, ServiceError> {
        let digest = crate::digest::of(&asked)?;
        if let Some(made) = self.made_before(by, request, digest).await? {
            return self.binding(made).await;
        }
        self.serve_by_configuration("serving", &mut asked.sim.serving)?;
        let now = self.now();
        let certificate = self
            .chain(&asked.chain, now)
            .map_err(|error| chain_fault("certificate_chain", &error))?;
        let certificate = bound(&certificate, &asked.chain)?;
        self.not_revoked(&certificate).await?;
        self.not_too_long("certificate_chain", &certificate, CardEnd::Unsaid)?;
        let challenge = self.enrolment_proof_stands(&asked, now)?;
        let Verified { handset, receipt, .. } = self.handset(asked.handset, now)?;
        let message = Enrolment {
            challenge: &asked.proof.challenge,
            person: &asked.person,
            certificate: &certificate.id,
            sim: &asked.sim,
            key_home: asked.key_home,
            counter: asked.counter,
            imeis: &handset.imeis,
            handset_key: handset.key().spki().map(sha256),
            card: asked.card.as_ref(),
        };
        asked.proof.holds(&certificate.spki, handset.key(), &message.encode(), FIELDS)?;
        let binding = Binding {
            id: BindingId::from_bytes(self.random()?),
            person: asked.person,
            certificate,
            key_home: asked.key_home,
            counter: asked.counter,
            sim: asked.sim,
            handsets: Handsets::new(handset),
            card: asked.card,
            state: State::Active,
            enrolled_at: now,
            proven_at: now,
            foreign_handset_at: None,
            identified: Identified { place: self.settings.counter.place_of(by), at: now },
            succeeds: None,
            succeeded: None,
            sim_proven_at: now,
            card_ends: CardEnd::Unsaid,
            held: None,
            suspended: None,
            released_at: None,
            pin_reset_at: None,
            driven: Driven::default(),
            announced: Announcements::default(),
        };
        self.write_enrolment((by, request, digest), challenge, binding, receipt).await
    }

    /// The challenge of an enrolment: one for all that signs and attests.
    fn enrolment_proof_stands(
        &self,
        asked: &EnrolRequest,
        now: Timestamp,
    ) -> Result<[u8; 16], ServiceError> {
        let proof = &asked.proof.challenge;
        let attested = asked.handset.attestation.challenge();
        if attested.is_some_and(|attested| attested != proof) {
            return Err(ServiceError::invalid(CHALLENGE, "is another than the proof's"));
        }
        self.challenge_stands(PROOF_CHALLENGE, proof, &Purpose::Enrolment, now)
    }

    /// Whose network a line uses is the configuration's to say: another host's word would count, and
    /// the host's own would not.
    pub(crate) fn serve_by_configuration(
        &self,
        field: &'static str,
        serving: &mut Serving,
    ) -> Result<(), ServiceError> {
        let Some(terms) = self.settings.carriers.get(&serving.carrier) else {
            let why = "is no carrier of the configuration";
            return Err(ServiceError::invalid(format!("{field}.carrier_id"), why));
        };
        if serving.host.is_some() && serving.host != terms.host {
            let why = "is not the carrier's host by the configuration";
            return Err(ServiceError::invalid(format!("{field}.host_carrier_id"), why));
        }
        serving.host.clone_from(&terms.host);
        Ok(())
    }

    /// A certificate that its issuer revoked is not bound any more.
    pub(crate) async fn not_revoked(
        &self,
        certificate: &BoundCertificate,
    ) -> Result<(), ServiceError> {
        let points = Points::Known(&certificate.points);
        match self
            .standing_of(&CertificateName::of(certificate), points)
            .await?
            .map(|answer| answer.standing)
        {
            Some(IssuerWord::Revoked { .. }) => {
                Err(ServiceError::Refused("the certificate was revoked by its issuer".into()))
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn made_before(
        &self,
        by: &CallerId,
        request: &RequestId,
        digest: [u8; 32],
    ) -> Result<Option<BindingId>, ServiceError> {
        let snapshot = self.store.read(&[keys::request(by, request)?]).await?;
        let Some(Some(row)) = snapshot.values.first() else { return Ok(None) };
        let (before, made): ([u8; 32], BindingId) = decode_row(&row.value)?;
        if before == digest {
            Ok(Some(made))
        } else {
            Err(ServiceError::Exists("the request id was used for another request"))
        }
    }

    async fn write_enrolment(
        &self,
        (by, request, digest): (&CallerId, &RequestId, [u8; 32]),
        challenge: [u8; 16],
        binding: Binding,
        receipt: Option<Vec<u8>>,
    ) -> Result<Standing, ServiceError> {
        for _ in 0..TRIES {
            let (key, person) = self.person_key(&binding.person).await?;
            let sealed = sealing::seal(&*self.vault, key, sealing::BINDING, &binding)?;
            let first_handset = binding.handsets.first();
            let receipt = self.kept_receipt(binding.id, key, first_handset, receipt.as_ref())?;
            let entry = StateEntry::Enrolled {
                binding: binding.id,
                by: by.clone(),
                request: request.clone(),
                digest,
                sealed,
                receipt,
                challenge,
            };
            let mut expect = vec![(keys::request(by, request)?, Expected::Absent), person];
            match self.unused(PROOF_CHALLENGE, &challenge).await {
                Ok(unused) => expect.push(unused),
                // The same request may have come twice, and the other have used it meanwhile.
                Err(used) => match self.made_before(by, request, digest).await? {
                    Some(made) => return self.binding(made).await,
                    None => return Err(used),
                },
            }
            match self.free_certificate(&binding).await {
                Ok(free) => expect.push(free),
                // The same request may have come twice, and the other have bound it meanwhile.
                Err(taken) => match self.made_before(by, request, digest).await? {
                    Some(made) => return self.binding(made).await,
                    None => return Err(taken),
                },
            }
            self.room_for_binding(&binding.person, &binding.sim.serving).await?;
            match self.append_state(&entry, expect).await {
                Ok(version) => return Ok(Standing { binding, version, key }),
                Err(StoreError::Conflict) => {
                    if let Some(made) = self.made_before(by, request, digest).await? {
                        return self.binding(made).await;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// A certificate is bound once; after its binding has ended it may be bound again.
    pub(crate) async fn free_certificate(
        &self,
        binding: &Binding,
    ) -> Result<(Key, Expected), ServiceError> {
        let key = keys::certificate(&*self.vault, &binding.certificate.id)?;
        let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
        let Some(Some(row)) = snapshot.values.first() else { return Ok((key, Expected::Absent)) };
        let CertificateRow { binding: earlier } = decode_row(&row.value)?;
        if earlier == binding.id {
            return Ok((key, Expected::Version(row.version)));
        }
        match self.binding(earlier).await {
            Err(ServiceError::NotFound(_)) => Ok((key, Expected::Version(row.version))),
            Err(error) => Err(error),
            Ok(standing) if matches!(standing.binding.state, State::Ended { .. }) => {
                Ok((key, Expected::Version(row.version)))
            }
            Ok(_) => Err(ServiceError::Exists("the certificate is bound already")),
        }
    }

    /// The key of a person's data: the one that sealed it before, or a new one; and what must hold for
    /// nothing of the person's to have changed since. A person has one key, so that destroying it
    /// erases all.
    pub(crate) async fn person_key(
        &self,
        person: &PersonRef,
    ) -> Result<(KeyId, (Key, Expected)), ServiceError> {
        let row = keys::person_key(&*self.vault, person)?;
        let snapshot = self.store.read(std::slice::from_ref(&row)).await?;
        match snapshot.values.first() {
            Some(Some(known)) => {
                Ok((decode_row(&known.value)?, (row, Expected::Version(known.version))))
            }
            _ => Ok((self.vault.new_key().await?, (row, Expected::Absent))),
        }
    }
}

pub(crate) fn bound(
    certificate: &VerifiedCertificate,
    chain: &[Vec<u8>],
) -> Result<BoundCertificate, ServiceError> {
    let CertificateName { issuer, serial } = named(certificate, "certificate_chain")?;
    Ok(BoundCertificate {
        id: certificate.id(),
        issuer,
        serial,
        points: points_of(chain),
        spki: certificate.public_key().spki_der().to_vec(),
        not_before: certificate.valid_from(),
        not_after: certificate.valid_until(),
    })
}

/// The distribution points of the first certificate of a chain. One whose points cannot be read
/// names none: no list of some points speaks of it.
pub(crate) fn points_of(chain: &[Vec<u8>]) -> Vec<PointId> {
    let leaf = chain.first().map(|leaf| CrlSubject::of_certificate(leaf));
    leaf.and_then(Result::ok).map(|subject| subject.point_ids()).unwrap_or_default()
}

/// A certificate as its issuer knows it.
pub(crate) fn named(
    certificate: &VerifiedCertificate,
    field: &'static str,
) -> Result<CertificateName, ServiceError> {
    // Issuers' words are looked up by the octets, which a negative serial shares with another.
    if certificate.serial_number().is_negative() {
        return Err(ServiceError::invalid(field, "has a negative serial number"));
    }
    let serial = SerialNumber::new(certificate.serial());
    let serial = serial.map_err(|error| ServiceError::invalid(field, error))?;
    Ok(CertificateName { issuer: certificate.issuer_id(), serial })
}

/// What is wrong with a chain, as a fault of a field.
pub(crate) fn chain_fault(field: &'static str, error: &ChainError) -> ServiceError {
    ServiceError::invalid(field, error)
}
