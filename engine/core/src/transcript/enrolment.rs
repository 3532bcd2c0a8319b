//! What is signed where a certificate is bound in one call.

use super::{field, imeis, numbers};
use crate::{
    binding::{CounterPolicy, KeyHome, Sim},
    ids::{CertificateId, ImeiSet, PersonRef},
};

const DOMAIN: &[u8] = b"simbind-enrolment";
const VERSION: u8 = 1;

/// What the certificate's key and the handset's attested key sign alike to be bound: all that the
/// binding is made of.
#[derive(Clone, Copy, Debug)]
pub struct Enrolment<'a> {
    /// The challenge, as it was issued.
    pub challenge: &'a [u8],
    /// The person.
    pub person: &'a PersonRef,
    /// The certificate.
    pub certificate: &'a CertificateId,
    /// The SIM and its line. The host is configuration's to say and is not signed.
    pub sim: &'a Sim,
    /// Where the key sits.
    pub key_home: KeyHome,
    /// Whether the applet counts.
    pub counter: CounterPolicy,
    /// The handset's IMEIs.
    pub imeis: &'a ImeiSet,
    /// SHA-256 of the public key that the handset attested, as SubjectPublicKeyInfo; absent where it
    /// has none.
    pub handset_key: Option<[u8; 32]>,
    /// The certificate of the person's physical card; absent where it is not enrolled.
    pub card: Option<&'a CertificateId>,
}

impl Enrolment<'_> {
    /// The bytes to sign.
    pub fn encode(&self) -> Vec<u8> {
        let Sim { iccid, eid, serving, line_ref, msisdn, .. } = self.sim;
        let mut out = Vec::with_capacity(384);
        out.extend_from_slice(DOMAIN);
        out.push(VERSION);
        field(&mut out, 1, Some(self.challenge));
        field(&mut out, 2, Some(self.person.as_str().as_bytes()));
        field(&mut out, 3, Some(self.certificate.as_bytes()));
        field(&mut out, 4, Some(iccid.to_digits().as_bytes()));
        field(&mut out, 5, eid.map(String::from).as_ref().map(String::as_bytes));
        field(&mut out, 6, Some(serving.carrier.as_str().as_bytes()));
        field(&mut out, 7, line_ref.as_ref().map(|line| line.as_str().as_bytes()));
        field(&mut out, 8, msisdn.map(String::from).as_ref().map(String::as_bytes));
        field(&mut out, 9, Some(&[numbers::key_home(self.key_home)]));
        field(&mut out, 10, Some(&[numbers::counter(self.counter)]));
        field(&mut out, 11, imeis(self.imeis).as_deref());
        field(&mut out, 12, self.handset_key.as_ref().map(<[u8; 32]>::as_slice));
        field(&mut out, 13, self.card.map(|card| card.as_bytes().as_slice()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{hex, published},
        *,
    };
    use crate::binding::Serving;

    #[test]
    fn the_published_vectors_of_enrolments_are_what_is_encoded() {
        let challenge: Vec<u8> = (0..50).collect();
        let person = "prs-1".parse().unwrap();
        let certificate = CertificateId::from_sha256([0xc1; 32]);
        let card = CertificateId::from_sha256([0xcd; 32]);
        let sim = Sim {
            iccid: "8981100000000000010".parse().unwrap(),
            arrived: Vec::new(),
            eid: Some("89049032123451234512345678901235".parse().unwrap()),
            serving: Serving { carrier: "docomo".parse().unwrap(), host: None },
            line_ref: Some("line-1".parse().unwrap()),
            msisdn: Some("+819012345678".parse().unwrap()),
        };
        let both = ["490154203237518", "352099001761481"].map(|imei| imei.parse().unwrap());
        let whole = Enrolment {
            challenge: &challenge,
            person: &person,
            certificate: &certificate,
            sim: &sim,
            key_home: KeyHome::Sim,
            counter: CounterPolicy::Present,
            imeis: &ImeiSet::new(both).unwrap(),
            handset_key: Some([0xa2; 32]),
            card: Some(&card),
        };
        assert_eq!(hex(&whole.encode()), published("enrolment"));
        let least = Sim { eid: None, line_ref: None, msisdn: None, ..sim.clone() };
        let least = Enrolment {
            sim: &least,
            key_home: KeyHome::SecureElement,
            counter: CounterPolicy::None,
            imeis: &ImeiSet::default(),
            handset_key: None,
            card: None,
            ..whole
        };
        assert_eq!(hex(&least.encode()), published("enrolment_least"));
    }
}
