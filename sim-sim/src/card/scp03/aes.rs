//! AES-128 as the channel uses it.

use super::CipherFault;
use aws_lc_rs::{
    cipher::{
        AES_128, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext,
        UnboundCipherKey,
    },
    cmac::{self, Context, Key},
    error::Unspecified,
    iv::FixedLength,
};

/// One block of bytes.
pub(super) type Block = [u8; 16];

impl From<Unspecified> for CipherFault {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// AES-CMAC (NIST SP 800-38B) over pieces laid end to end.
pub(super) fn cmac(key: &Block, pieces: &[&[u8]]) -> Result<Block, CipherFault> {
    let key = Key::new(cmac::AES_128, key)?;
    let mut context = Context::with_key(&key);
    for piece in pieces {
        context.update(piece)?;
    }
    context.sign()?.as_ref().first_chunk().copied().ok_or(CipherFault)
}

/// Encrypts one block.
pub(super) fn block(key: &Block, mut block: Block) -> Result<Block, CipherFault> {
    let key = EncryptingKey::ecb(UnboundCipherKey::new(&AES_128, key)?)?;
    let _: DecryptionContext = key.encrypt(&mut block)?;
    Ok(block)
}

/// Encrypts whole blocks in CBC mode.
pub(super) fn encrypt(key: &Block, iv: Block, data: &mut [u8]) -> Result<(), CipherFault> {
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_128, key)?)?;
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    let _: DecryptionContext = key.less_safe_encrypt(data, context)?;
    Ok(())
}

/// Decrypts whole blocks in CBC mode.
pub(super) fn decrypt(key: &Block, iv: Block, data: &mut [u8]) -> Result<(), CipherFault> {
    let key = DecryptingKey::cbc(UnboundCipherKey::new(&AES_128, key)?)?;
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let _: &mut [u8] = key.decrypt(data, context)?;
    Ok(())
}
