//! What is on the card: the applet's code and the applet (Card Specification 2.3, chapter 11).

use super::{AID, Package, session::Plain};
use crate::card::{
    access::Access,
    application::{Answer, Reply},
    jpki::{self, Applet},
    state::State,
    status::Status,
    tlv::{find, object, read},
};
use sha2::{Digest as _, Sha256};

/// The name of the applet's code.
pub(crate) const PACKAGE_AID: &[u8] = &[0xF0, b's', b'i', b'm', b'b', b'i', b'n', b'd', 0x02];
/// The name of the applet in its code.
pub(crate) const MODULE_AID: &[u8] = &[0xF0, b's', b'i', b'm', b'b', b'i', b'n', b'd', 0x03];

/// The most octets of code.
const MOST_CODE: usize = 32 * 1024;

const FOR_LOAD: u8 = 0x02;
const FOR_INSTALL_AND_SELECTION: u8 = 0x0C;

/// Code that is being loaded.
#[derive(Default)]
pub(super) struct Loading {
    under_way: Option<File>,
}

struct File {
    sha256: [u8; 32],
    blocks: u8,
    octets: Vec<u8>,
}

impl Loading {
    /// INSTALL \[for load\] and \[for install and make selectable\].
    pub(super) fn install(&mut self, plain: &Plain, card: &mut Access<'_>) -> Answer {
        match (plain.p1, plain.p2) {
            (FOR_LOAD, 0) => self.begin(&plain.data, card.state()),
            (FOR_INSTALL_AND_SELECTION, 0) => install(&plain.data, card),
            _ => Err(Status::WRONG_PARAMETERS),
        }
    }

    /// The code's name, its domain's (or none), the digest of its octets, parameters and token.
    fn begin(&mut self, data: &[u8], state: &State) -> Answer {
        let [package, domain, digest, _, token] = fields(data)?;
        let ours = package == PACKAGE_AID && (domain.is_empty() || domain == AID);
        if !ours || !token.is_empty() {
            return Err(Status::WRONG_DATA);
        }
        if state.issuer.package == Package::Loaded {
            return Err(Status::CONDITIONS);
        }
        let sha256 = digest.try_into().map_err(|_| Status::WRONG_DATA)?;
        self.under_way = Some(File { sha256, blocks: 0, octets: Vec::new() });
        Ok(Reply::done())
    }

    /// LOAD: blocks in order. The last one makes the code whole, or nothing of it stays.
    pub(super) fn load(&mut self, plain: &Plain, card: &mut Access<'_>) -> Answer {
        let mut file = self.under_way.take().ok_or(Status::CONDITIONS)?;
        if plain.p2 != file.blocks || !matches!(plain.p1, 0x00 | 0x80) {
            return Err(Status::WRONG_PARAMETERS);
        }
        if file.octets.len() + plain.data.len() > MOST_CODE {
            return Err(Status::NO_ROOM);
        }
        file.octets.extend_from_slice(&plain.data);
        if plain.p1 == 0x00 {
            file.blocks = file.blocks.checked_add(1).ok_or(Status::NO_ROOM)?;
            self.under_way = Some(file);
            return Ok(Reply::done());
        }
        let Some((0xC4, code, [])) = read(&file.octets) else { return Err(Status::WRONG_DATA) };
        if Sha256::digest(code).as_slice() != file.sha256 {
            return Err(Status::WRONG_DATA);
        }
        card.commit(|state| {
            state.issuer.package = Package::Loaded;
            Ok(Reply::done())
        })
    }
}

/// The code's name, the applet's in it, the applet's own, privileges, parameters and token.
fn install(data: &[u8], card: &mut Access<'_>) -> Answer {
    let [package, module, applet, _, _, token] = fields(data)?;
    if package != PACKAGE_AID || module != MODULE_AID || !token.is_empty() {
        return Err(Status::NO_DATA);
    }
    if applet != jpki::AID {
        return Err(Status::WRONG_DATA);
    }
    let state = card.state();
    if state.issuer.package == Package::Absent {
        return Err(Status::NO_DATA);
    }
    if state.jpki.applet.is_some() {
        return Err(Status::CONDITIONS);
    }
    card.commit(|state| {
        state.jpki.applet = Some(Applet::loaded());
        Ok(Reply::done())
    })
}

/// DELETE: the applet with its keys, or its code; with P2 80 the code and what was made of it.
pub(super) fn delete(plain: &Plain, card: &mut Access<'_>) -> Answer {
    let name = find(&plain.data, 0x4F).ok_or(Status::WRONG_DATA)?;
    let related = match (plain.p1, plain.p2) {
        (0, 0x00) => false,
        (0, 0x80) => true,
        _ => return Err(Status::WRONG_PARAMETERS),
    };
    let applet = card.state().jpki.applet.is_some();
    let code = card.state().issuer.package == Package::Loaded;
    if name == jpki::AID && applet {
        return card.commit(|state| {
            state.jpki.applet = None;
            Ok(Reply::done())
        });
    }
    if name == PACKAGE_AID && code {
        if applet && !related {
            return Err(Status::CONDITIONS);
        }
        return card.commit(|state| {
            state.jpki.applet = None;
            state.issuer.package = Package::Absent;
            Ok(Reply::done())
        });
    }
    Err(Status::NO_DATA)
}

/// SET STATUS: P2 80 locks the applet, 00 takes the lock away.
pub(super) fn set_status(plain: &Plain, card: &mut Access<'_>) -> Answer {
    if plain.p1 != 0x40 || plain.data != jpki::AID {
        return Err(Status::WRONG_PARAMETERS);
    }
    let lock = match plain.p2 {
        0x80 => Applet::lock,
        0x00 => Applet::unlock,
        _ => return Err(Status::WRONG_PARAMETERS),
    };
    card.commit(|state| {
        lock(state.jpki.applet_mut()?);
        Ok(Reply::done())
    })
}

/// GET STATUS of the domain (P1 80), of applets (40) or of code (20), in its newer form (P2 02).
pub(super) fn get_status(plain: &Plain, card: &Access<'_>) -> Answer {
    if plain.p2 != 0x02 {
        return Err(Status::WRONG_PARAMETERS);
    }
    let asked = find(&plain.data, 0x4F).ok_or(Status::WRONG_DATA)?;
    let state = card.state();
    let (name, life) = match plain.p1 {
        0x80 => (AID, Some(0x0F)),
        0x40 => (jpki::AID, state.jpki.applet.as_ref().map(|applet| applet.life().status())),
        0x20 => (PACKAGE_AID, (state.issuer.package == Package::Loaded).then_some(0x01)),
        _ => return Err(Status::WRONG_PARAMETERS),
    };
    let life = life.filter(|_| name.starts_with(asked)).ok_or(Status::NO_DATA)?;
    let mut fields = object(0x4F, name);
    fields.extend(object(0x9F70, &[life]));
    Ok(Reply::of(object(0xE3, &fields)))
}

/// Reads a number of values, each behind its length in one octet.
fn fields<const N: usize>(mut data: &[u8]) -> Result<[&[u8]; N], Status> {
    let mut out = [&[][..]; N];
    for field in &mut out {
        let (length, rest) = data.split_first().ok_or(Status::WRONG_DATA)?;
        (*field, data) = rest.split_at_checked(usize::from(*length)).ok_or(Status::WRONG_DATA)?;
    }
    if data.is_empty() { Ok(out) } else { Err(Status::WRONG_DATA) }
}
