//! Personalisation: STORE DATA to the applet or to the access rules, once INSTALL \[for
//! personalization\] named which.

use super::session::Plain;
use crate::card::{
    access::Access,
    application::{Answer, Reply},
    ara,
    jpki::{self, Applet, Certificate, MOST_CERTIFICATE},
    key::{Algorithm, PrivateKey},
    pin::{Pin, Role},
    scp03::Level,
    status::Status,
    toolkit::{Lock, Strictness, from_digits},
};
use simbind_core::ids::Imei;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What one STORE DATA brings to the applet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dgi {
    /// 0101: make a key pair; role, algorithm. The answer is the public key.
    MakeKey = 0x0101,
    /// 0102: a piece of a certificate; part, whole length and offset in two octets each, octets.
    Certificate = 0x0102,
    /// 0103: a PIN; role, characters. Encrypted commands alone may bring it.
    Pin = 0x0103,
    /// 0104: the lock to terminals; 00 open, 01 lenient, 02 strict, then IMEIs of 8 octets.
    Lock = 0x0104,
    /// 0105: all that came in this session is put in its place.
    Finish = 0x0105,
}

impl Dgi {
    fn parse(tag: u16) -> Result<Self, Status> {
        [Self::MakeKey, Self::Certificate, Self::Pin, Self::Lock, Self::Finish]
            .into_iter()
            .find(|dgi| *dgi as u16 == tag)
            .ok_or(Status::NO_DATA)
    }
}

/// Which certificate a piece is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// 01: of the user-authentication key.
    User = 0x01,
    /// 02: of that one's authority.
    UserAuthority = 0x02,
    /// 03: of the signature key.
    Signature = 0x03,
    /// 04: of that one's authority.
    SignatureAuthority = 0x04,
}

impl Part {
    fn parse(octet: u8) -> Result<Self, Status> {
        [Self::User, Self::UserAuthority, Self::Signature, Self::SignatureAuthority]
            .into_iter()
            .find(|part| *part as u8 == octet)
            .ok_or(Status::WRONG_DATA)
    }
}

/// Where STORE DATA goes.
#[derive(Clone, Copy, Default)]
enum Target {
    #[default]
    Nowhere,
    Applet,
    Rules,
}

/// What a session has collected.
#[derive(Default)]
pub(super) struct Personal {
    target: Target,
    user: Collected,
    signature: Collected,
    piece: Option<Piece>,
    lock: Option<Lock>,
}

/// What is new of one key.
#[derive(Default)]
struct Collected {
    key: Option<PrivateKey>,
    certificate: Option<Certificate>,
    authority: Option<Certificate>,
    pin: Option<Pin>,
}

/// A certificate that is not whole yet.
struct Piece {
    part: Part,
    whole: usize,
    octets: Vec<u8>,
}

impl Personal {
    /// INSTALL \[for personalization\]: two empty fields, the application's name, three empty ones.
    pub(super) fn target(&mut self, plain: &Plain, card: &Access<'_>) -> Answer {
        let name = plain.data.strip_prefix(&[0, 0]).and_then(|rest| {
            let (length, rest) = rest.split_first()?;
            rest.strip_suffix(&[0, 0, 0]).filter(|name| name.len() == usize::from(*length))
        });
        let target = match name.ok_or(Status::WRONG_DATA)? {
            name if name == jpki::AID && card.state().jpki.applet.is_some() => Target::Applet,
            name if name == ara::AID => Target::Rules,
            _ => return Err(Status::NO_DATA),
        };
        *self = Self { target, ..Self::default() };
        Ok(Reply::done())
    }

    /// STORE DATA: one group of data each.
    pub(super) fn store(&mut self, plain: &Plain, card: &mut Access<'_>) -> Answer {
        match self.target {
            Target::Nowhere => return Err(Status::CONDITIONS),
            Target::Rules => {
                return card.commit(|state| {
                    state.ara.store(&plain.data)?;
                    Ok(Reply::done())
                });
            }
            Target::Applet => {}
        }
        let (tag, rest) = plain.data.split_first_chunk().ok_or(Status::WRONG_DATA)?;
        let (length, data) = rest.split_first().ok_or(Status::WRONG_DATA)?;
        if usize::from(*length) != data.len() {
            return Err(Status::WRONG_DATA);
        }
        match Dgi::parse(u16::from_be_bytes(*tag))? {
            Dgi::MakeKey => return self.make_key(data, card),
            Dgi::Certificate => self.certificate(data, card)?,
            Dgi::Pin if plain.level == Level::Mac => return Err(Status::SECURITY),
            Dgi::Pin => {
                let (role, characters) = role(data)?;
                let pin = Pin::new(role, characters).map_err(|_| Status::WRONG_DATA)?;
                self.of(role).pin = Some(pin);
            }
            Dgi::Lock => self.lock = Some(lock(data)?),
            Dgi::Finish if data.is_empty() => self.finish(card)?,
            Dgi::Finish => return Err(Status::WRONG_DATA),
        }
        Ok(Reply::done())
    }

    /// The private key stays here.
    fn make_key(&mut self, data: &[u8], card: &mut Access<'_>) -> Answer {
        let (role, algorithm) = role(data)?;
        let [algorithm] = algorithm else { return Err(Status::WRONG_DATA) };
        let algorithm = Algorithm::from_octet(*algorithm).ok_or(Status::WRONG_DATA)?;
        let key = PrivateKey::generate(algorithm, card.random).map_err(|_| Status::FAULT)?;
        let public = key.public_key().map_err(|_| Status::FAULT)?;
        *self.of(role) = Collected { key: Some(key), ..Collected::default() };
        Ok(Reply::of(public.to_answer().ok_or(Status::FAULT)?))
    }

    /// The first piece is the one at offset 0; any other must follow the one before.
    fn certificate(&mut self, data: &[u8], card: &Access<'_>) -> Result<(), Status> {
        let ([part, a, b, c, d], octets) = data.split_first_chunk().ok_or(Status::WRONG_DATA)?;
        let part = Part::parse(*part)?;
        let whole = usize::from(u16::from_be_bytes([*a, *b]));
        let offset = usize::from(u16::from_be_bytes([*c, *d]));
        if whole > MOST_CERTIFICATE {
            return Err(Status::NO_ROOM);
        }
        let begun = self.piece.take().filter(|_| offset > 0);
        let mut piece = begun.unwrap_or(Piece { part, whole, octets: Vec::new() });
        let fits = piece.part == part && piece.whole == whole && piece.octets.len() == offset;
        if !fits || octets.is_empty() || offset + octets.len() > whole {
            return Err(Status::WRONG_DATA);
        }
        piece.octets.extend_from_slice(octets);
        if piece.octets.len() < whole {
            self.piece = Some(piece);
            return Ok(());
        }
        self.whole(part, piece.octets, card)
    }

    /// A certificate of a key is taken where it is that key's.
    fn whole(&mut self, part: Part, der: Vec<u8>, card: &Access<'_>) -> Result<(), Status> {
        let role = match part {
            Part::User | Part::UserAuthority => Role::User,
            Part::Signature | Part::SignatureAuthority => Role::Signature,
        };
        let own = matches!(part, Part::User | Part::Signature);
        if own {
            let applet = card.state().jpki.applet()?;
            let key = self.of(role).key.as_ref().or_else(|| applet.key(role));
            certifies(&der, key.ok_or(Status::CONDITIONS)?)?;
        } else {
            parse(&der)?;
        }
        let certificate = Certificate::try_from(der).map_err(|_| Status::NO_ROOM)?;
        let place = self.of(role);
        *(if own { &mut place.certificate } else { &mut place.authority }) = Some(certificate);
        Ok(())
    }

    /// Puts all that came in its place, in one step. The applet is in use from then on where nothing
    /// is missing. A new key without its certificate is not taken: what is there may still be in use.
    fn finish(&mut self, card: &mut Access<'_>) -> Result<(), Status> {
        let bare = |it: &Collected| it.key.is_some() && it.certificate.is_none();
        if bare(&self.user) || bare(&self.signature) || self.piece.is_some() {
            return Err(Status::CONDITIONS);
        }
        let Self { user, signature, lock, .. } = std::mem::take(self);
        card.commit(|state| {
            let applet = state.jpki.applet_mut()?;
            for (role, collected) in [(Role::User, user), (Role::Signature, signature)] {
                put(applet, role, collected);
            }
            // One that is not whole yet stays loaded: more may come in another session.
            let _ = applet.finish();
            if let Some(lock) = lock {
                state.toolkit.lock = lock;
            }
            Ok(())
        })
    }

    const fn of(&mut self, role: Role) -> &mut Collected {
        match role {
            Role::User => &mut self.user,
            Role::Signature => &mut self.signature,
        }
    }
}

fn put(applet: &mut Applet, role: Role, collected: Collected) {
    let Collected { key, certificate, authority, pin } = collected;
    if let Some(key) = key {
        applet.put_key(role, key);
    }
    if let Some(certificate) = certificate {
        applet.put_certificate(role, certificate);
    }
    if let Some(authority) = authority {
        applet.put_authority(role, authority);
    }
    if let Some(pin) = pin {
        applet.set_pin(role, pin);
    }
}

/// 01 user authentication, 02 signature, and the rest.
fn role(data: &[u8]) -> Result<(Role, &[u8]), Status> {
    match data {
        [0x01, rest @ ..] => Ok((Role::User, rest)),
        [0x02, rest @ ..] => Ok((Role::Signature, rest)),
        _ => Err(Status::WRONG_DATA),
    }
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, Status> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) | Err(_) => Err(Status::WRONG_DATA),
    }
}

fn certifies(der: &[u8], key: &PrivateKey) -> Result<(), Status> {
    let public = key.public_key().map_err(|_| Status::FAULT)?;
    let certified = parse(der)?;
    let same = certified.public_key().subject_public_key.as_ref() == public.bits();
    if same { Ok(()) } else { Err(Status::WRONG_DATA) }
}

fn lock(data: &[u8]) -> Result<Lock, Status> {
    let (mode, imeis) = data.split_first().ok_or(Status::WRONG_DATA)?;
    let strictness = match mode {
        0x00 if imeis.is_empty() => return Ok(Lock::Open),
        0x01 => Strictness::Lenient,
        0x02 => Strictness::Strict,
        _ => return Err(Status::WRONG_DATA),
    };
    let imeis: Option<Vec<Imei>> = imeis.chunks(8).map(from_digits).collect();
    Lock::to(&imeis.ok_or(Status::WRONG_DATA)?, strictness)
}
