//! The bytes that a SIM and a handset sign in a check. The encoding is published in
//! `proto/TRANSCRIPT.md` with test vectors for other languages.

mod enrolment;

pub use enrolment::Enrolment;

use crate::{
    ids::{
        AppId, BindingId, CarrierId, CertificateId, Iccid, Imei, ImeiSet, ReaderId, RelyingPartyId,
        TicketId,
    },
    time::Timestamp,
};
use simbind_rules::facts::Channel;

/// What every transcript begins with.
const DOMAIN: &[u8] = b"simbind-transcript";
/// What the message of a card's step-up begins with.
const STEP_UP_DOMAIN: &[u8] = b"simbind-step-up";
/// What the message of a ticket's activation begins with.
const ACTIVATION_DOMAIN: &[u8] = b"simbind-activation";
/// What the message of a card for a change of a binding begins with.
const OWNER_DOMAIN: &[u8] = b"simbind-owner";
const VERSION: u8 = 2;
const OWNER_VERSION: u8 = 1;
const STEP_UP_VERSION: u8 = 1;
const ACTIVATION_VERSION: u8 = 1;

/// Who asked for the check.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// A login backend.
    RelyingParty(RelyingPartyId),
    /// A card reader.
    Reader(ReaderId),
}

impl Audience {
    /// The name with its kind before it, as callers put it in the transcript.
    pub fn to_text(&self) -> String {
        match self {
            Self::RelyingParty(id) => format!("rp:{id}"),
            Self::Reader(id) => format!("reader:{id}"),
        }
    }
}

/// What is signed in a check. Absent claims are encoded as absent, so that leaving one out changes
/// the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript<'a> {
    /// The challenge, as it was issued.
    pub challenge: &'a [u8],
    /// Who asked.
    pub audience: &'a Audience,
    /// How the check reaches us.
    pub channel: Channel,
    /// The ICCID that is claimed.
    pub iccid: Option<Iccid>,
    /// The IMEI that the handset claims.
    pub imei: Option<Imei>,
    /// The IMEI that the SIM learned from its terminal.
    pub toolkit_imei: Option<Imei>,
    /// The applet's signature counter.
    pub counter: Option<u64>,
    /// The app that carries the login.
    pub app: Option<&'a AppId>,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The app that holds the applet, where that is another.
    pub ui_app: Option<&'a AppId>,
}

/// The number of a channel in the encoding.
const fn channel_number(channel: Channel) -> u8 {
    match channel {
        Channel::AppLogin => 1,
        Channel::BrowserLogin => 2,
        Channel::TapBare => 3,
        Channel::TapToken => 4,
    }
}

impl Transcript<'_> {
    /// The bytes to sign.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(DOMAIN);
        out.push(VERSION);
        field(&mut out, 1, Some(self.challenge));
        field(&mut out, 2, Some(self.audience.to_text().as_bytes()));
        field(&mut out, 3, Some(&[channel_number(self.channel)]));
        field(&mut out, 4, self.iccid.map(|i| i.to_digits().into_bytes()).as_deref());
        field(&mut out, 5, self.imei.map(|i| i.to_digits().into_bytes()).as_deref());
        field(&mut out, 6, self.toolkit_imei.map(|i| i.to_digits().into_bytes()).as_deref());
        field(&mut out, 7, self.counter.map(u64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        field(&mut out, 8, self.app.map(|app| app.as_str().as_bytes()));
        field(&mut out, 9, Some(&self.signed_at.as_millis().to_be_bytes()));
        field(&mut out, 10, self.ui_app.map(|app| app.as_str().as_bytes()));
        out
    }
}

/// What the owner changes with the physical card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerAct {
    /// The binding is proved again.
    Reprove,
    /// Its certificate is renewed.
    Renew,
    /// A handset is replaced.
    ReplaceHandset,
    /// The SIM is replaced.
    ReplaceSim,
    /// The PIN is reset.
    ResetPin,
}

/// What the person's physical card signs for a change of a binding: this change of this binding,
/// once.
#[derive(Clone, Copy, Debug)]
pub struct OwnerMessage<'a> {
    /// The challenge, as it was issued.
    pub challenge: &'a [u8],
    /// What is changed.
    pub act: OwnerAct,
    /// The binding.
    pub binding: BindingId,
    /// The SIM that the binding has afterwards.
    pub iccid: Iccid,
    /// Who serves its line afterwards.
    pub carrier: &'a CarrierId,
    /// The certificate that the new binding has; absent where there is no new one.
    pub certificate: Option<CertificateId>,
    /// SHA-256 of the attested key of a new handset, as SubjectPublicKeyInfo; absent where there is
    /// none.
    pub handset_key: Option<[u8; 32]>,
}

impl OwnerMessage<'_> {
    /// The bytes to sign.
    pub fn encode(&self) -> Vec<u8> {
        let act = match self.act {
            OwnerAct::Reprove => 1,
            OwnerAct::Renew => 2,
            OwnerAct::ReplaceHandset => 3,
            OwnerAct::ReplaceSim => 4,
            OwnerAct::ResetPin => 5,
        };
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(OWNER_DOMAIN);
        out.push(OWNER_VERSION);
        field(&mut out, 1, Some(self.challenge));
        field(&mut out, 2, Some(&[act]));
        field(&mut out, 3, Some(self.binding.to_string().as_bytes()));
        field(&mut out, 4, Some(self.iccid.to_digits().as_bytes()));
        field(&mut out, 5, Some(self.carrier.as_str().as_bytes()));
        field(&mut out, 6, self.certificate.as_ref().map(|id| id.as_bytes().as_slice()));
        field(&mut out, 7, self.handset_key.as_ref().map(<[u8; 32]>::as_slice));
        out
    }
}

/// The bytes that the person's physical card signs for a step-up.
pub fn step_up_message(step_up_id: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    out.extend_from_slice(STEP_UP_DOMAIN);
    out.push(STEP_UP_VERSION);
    field(&mut out, 1, Some(step_up_id.as_bytes()));
    out
}

/// What the certificate's key and the handset's key sign alike at the end of an enrolment ticket:
/// that they belong together, and to this SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation<'a> {
    /// The ticket's challenge, as it was issued.
    pub challenge: &'a [u8],
    /// The ticket.
    pub ticket: TicketId,
    /// The certificate that was written.
    pub certificate: &'a CertificateId,
    /// The SIM that was seen.
    pub iccid: Iccid,
    /// SHA-256 of the public key that the handset attested, as SubjectPublicKeyInfo.
    pub handset_key: &'a [u8; 32],
}

impl Activation<'_> {
    /// The bytes to sign.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(ACTIVATION_DOMAIN);
        out.push(ACTIVATION_VERSION);
        field(&mut out, 1, Some(self.challenge));
        field(&mut out, 2, Some(self.ticket.to_string().as_bytes()));
        field(&mut out, 3, Some(self.certificate.as_bytes()));
        field(&mut out, 4, Some(self.iccid.to_digits().as_bytes()));
        field(&mut out, 5, Some(self.handset_key));
        out
    }
}

/// One field: its number, whether it is present, and if so its length and bytes. No field of a
/// parsed check is longer than two bytes can count; one that were would not verify.
pub(crate) fn field(out: &mut Vec<u8>, number: u8, value: Option<&[u8]>) {
    out.push(number);
    let Some(value) = value else {
        out.push(0);
        return;
    };
    out.push(1);
    out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(value);
}

/// A handset's IMEIs, in ascending order, one behind the other; `None` where it shows none.
fn imeis(set: &ImeiSet) -> Option<Vec<u8>> {
    (!set.is_empty()).then(|| set.iter().flat_map(|imei| imei.to_digits().into_bytes()).collect())
}

/// Choices as numbers.
mod numbers {
    use crate::binding::{CounterPolicy, KeyHome};

    pub(super) const fn key_home(home: KeyHome) -> u8 {
        match home {
            KeyHome::Sim => 1,
            KeyHome::SecureElement => 2,
            KeyHome::Keychain => 3,
        }
    }

    pub(super) const fn counter(policy: CounterPolicy) -> u8 {
        match policy {
            CounterPolicy::None => 1,
            CounterPolicy::Present => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    pub(super) fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    /// The lines `name = hex` of the published page.
    pub(super) fn published(name: &str) -> String {
        let page = include_str!("../../../proto/TRANSCRIPT.md");
        let prefix = format!("{name} = ");
        page.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap().to_owned()
    }

    #[test]
    fn the_published_vectors_are_what_is_encoded() {
        let challenge: Vec<u8> = (0..50).collect();
        let bank = Audience::RelyingParty("bank".parse().unwrap());
        let app = "jp.example.login".parse().unwrap();
        let ui = "jp.example.card".parse().unwrap();
        let full = Transcript {
            challenge: &challenge,
            audience: &bank,
            channel: Channel::AppLogin,
            iccid: Some("8981100000000000010".parse().unwrap()),
            imei: Some("490154203237518".parse().unwrap()),
            toolkit_imei: Some("352099001761481".parse().unwrap()),
            counter: Some(7),
            app: Some(&app),
            signed_at: Timestamp::from_millis(1_790_000_000_123),
            ui_app: Some(&ui),
        };
        assert_eq!(hex(&full.encode()), published("full"));
        let door = Audience::Reader("door-1".parse().unwrap());
        let bare = Transcript {
            audience: &door,
            channel: Channel::TapBare,
            iccid: None,
            imei: None,
            toolkit_imei: None,
            counter: None,
            app: None,
            ui_app: None,
            ..full
        };
        let alone = Transcript { ui_app: None, ..full.clone() };
        assert_eq!(hex(&alone.encode()), published("alone"));
        assert_eq!(hex(&bare.encode()), published("bare"));
        let step_up = step_up_message("stp_000102030405060708090a0b0c0d0e0f");
        assert_eq!(hex(&step_up), published("step_up"));
        let together = Activation {
            challenge: &challenge,
            ticket: "tkt_000102030405060708090a0b0c0d0e0f".parse().unwrap(),
            certificate: &CertificateId::from_sha256([0xc1; 32]),
            iccid: "8981100000000000010".parse().unwrap(),
            handset_key: &[0xa2; 32],
        };
        assert_eq!(hex(&together.encode()), published("activation"));
        let carrier = "docomo".parse().unwrap();
        let owner = OwnerMessage {
            challenge: &challenge,
            act: OwnerAct::ReplaceHandset,
            binding: "bnd_000102030405060708090a0b0c0d0e0f".parse().unwrap(),
            iccid: "8981100000000000010".parse().unwrap(),
            carrier: &carrier,
            certificate: Some(CertificateId::from_sha256([0x11; 32])),
            handset_key: Some([0x22; 32]),
        };
        assert_eq!(hex(&owner.encode()), published("owner"));
        let reproof =
            OwnerMessage { act: OwnerAct::Reprove, certificate: None, handset_key: None, ..owner };
        assert_eq!(hex(&reproof.encode()), published("owner_reproof"));
    }
}
