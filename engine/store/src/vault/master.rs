//! The master key and what is derived from it; sealing.

use super::PersonKey;
use crate::{disk, error::OpenError, ledger::Damage};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
    rand::{SecureRandom, SystemRandom},
};
use simbind_service::ports::vault::{KeyId, LookupHash, LookupKind};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// How much longer sealed bytes are than plain ones: nonce and tag.
pub(super) const SEAL_OVERHEAD: usize = NONCE_LEN + MAX_TAG_LEN;
/// The length of a wrapped key: nonce, key, tag.
pub(super) const WRAPPED: usize = 32 + SEAL_OVERHEAD;

/// A wrapped person key.
pub(super) type Wrapped = [u8; WRAPPED];

/// The key under which all others are. Not printed, and zeroed when dropped.
pub struct MasterKey {
    wrap: Zeroizing<[u8; 32]>,
    lookup: hmac::Key,
    challenges: Zeroizing<[u8; 32]>,
}

impl MasterKey {
    /// The master key in a file; where there is no file, `fresh` becomes the key and is put there,
    /// readable by its owner alone. `fresh` must be 32 random bytes.
    ///
    /// # Errors
    /// Where the file cannot be read or made, is not 32 bytes, or others may read it.
    pub fn load_or_create(path: &Path, fresh: Zeroizing<[u8; 32]>) -> Result<Self, OpenError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(path, &fresh).map_err(OpenError::io("make", path))?;
                return Ok(Self::new(&fresh));
            }
            Err(error) => return Err(OpenError::io("open", path)(error)),
        };
        let metadata = file.metadata().map_err(OpenError::io("read", path))?;
        let wrong = |what| Box::new(Damage { file: path.into(), offset: 0, position: None, what });
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(wrong("others than its owner may read this key").into());
        }
        if metadata.len() != 32 {
            return Err(wrong("a master key is 32 bytes").into());
        }
        let mut bytes = Zeroizing::new([0; 32]);
        file.read_exact(&mut *bytes).map_err(OpenError::io("read", path))?;
        Ok(Self::new(&bytes))
    }

    /// The master key of these bytes, which must be random.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let from = hkdf::Salt::new(hkdf::HKDF_SHA256, b"simbind vault 1").extract(bytes);
        let wrap = Zeroizing::new(derive(&from, b"wrap person keys"));
        let lookup = Zeroizing::new(derive(&from, b"hash identifiers"));
        let challenges = Zeroizing::new(derive(&from, b"authenticate challenges"));
        Self { wrap, lookup: hmac::Key::new(hmac::HMAC_SHA256, &*lookup), challenges }
    }

    /// The key that authenticates challenges, so that those of before a restart are recognised.
    pub fn challenge_key(&self) -> Zeroizing<[u8; 32]> {
        self.challenges.clone()
    }

    /// Wraps a person key. `None` where the system gives no random bytes.
    pub(super) fn wrap(&self, id: KeyId, key: &PersonKey) -> Option<Wrapped> {
        seal(&self.wrap, id, WRAP, &**key)?.try_into().ok()
    }

    /// Unwraps a person key; `None` where it is not one of this master key.
    pub(super) fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Option<PersonKey> {
        let plain = open(&self.wrap, id, WRAP, wrapped)?;
        Some(Zeroizing::new(plain.as_slice().try_into().ok()?))
    }

    /// The look-up hash: over kind, number of parts, and each part with its length before it.
    pub(super) fn lookup(&self, kind: LookupKind, parts: &[&[u8]]) -> LookupHash {
        let length = |length: usize| u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes();
        let mut context = hmac::Context::with_key(&self.lookup);
        context.update(&[kind_code(kind)]);
        context.update(&length(parts.len()));
        for part in parts {
            context.update(&length(part.len()));
            context.update(part);
        }
        let tag = context.sign();
        LookupHash(tag.as_ref().first_chunk().copied().unwrap_or_default())
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// What tells a wrapped key from sealed data.
const WRAP: &[u8] = b"simbind person key";

/// The number of a kind in look-up hashes. Never changed: the hashes would not be found again.
const fn kind_code(kind: LookupKind) -> u8 {
    match kind {
        LookupKind::Iccid => 1,
        LookupKind::Line => 2,
        LookupKind::Msisdn => 3,
        LookupKind::Person => 4,
        LookupKind::Certificate => 5,
        LookupKind::Imei => 6,
        LookupKind::Share => 7,
        LookupKind::Serial => 8,
        LookupKind::Code => 9,
        LookupKind::Phone => 10,
    }
}

fn derive(from: &hkdf::Prk, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let info = [purpose];
    let filled = from.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key));
    debug_assert!(filled.is_ok(), "32 bytes are one block of the hash");
    key
}

fn create(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(key)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), disk::sync_folder)
}

/// Fills bytes at random; `None` where the system gives none.
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

fn aead(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

fn aad(id: KeyId, context: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([id.0.as_slice(), context].concat())
}

/// Nonce, ciphertext and tag. `None` where the system gives no random bytes.
pub(super) fn seal(key: &[u8; 32], id: KeyId, context: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let nonce = random::<NONCE_LEN>()?;
    let mut bytes = Vec::with_capacity(plain.len().saturating_add(SEAL_OVERHEAD));
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(plain);
    let rest = bytes.get_mut(NONCE_LEN..)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = aead(key)?.seal_in_place_separate_tag(nonce, aad(id, context), rest).ok()?;
    bytes.extend_from_slice(tag.as_ref());
    Some(bytes)
}

/// The plain bytes; `None` where they were not sealed so.
pub(super) fn open(
    key: &[u8; 32],
    id: KeyId,
    context: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut bytes = Zeroizing::new(rest.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = aead(key)?.open_in_place(nonce, aad(id, context), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}
