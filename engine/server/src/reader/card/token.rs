//! The handset's token, which its app hands over the same contactless interface.

use super::{Card, CardError, CardFault, Step};
use crate::reader::{KeyKind, Status};

/// The app that answers for the handset.
const APP: [u8; 9] = [0xF0, 0x73, 0x69, 0x6D, 0x62, 0x69, 0x6E, 0x64, 0x01];
/// The longest token, and the longest assertion behind it, as the engine takes them.
const LONGEST_TOKEN: usize = 192;
const LONGEST_PROOF: usize = 4096;

/// A handset's token. A reader passes it on as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The token's bytes.
    pub token: Vec<u8>,
    /// What the handset's key made of them.
    pub proof: TokenProof,
}

/// What proves a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenProof {
    /// A signature by a key of this kind.
    Signature(KeyKind, Vec<u8>),
    /// An App Attest assertion.
    Assertion(Vec<u8>),
}

impl Card<'_> {
    /// The handset's token; `None` where no app answers for the handset. Another application is
    /// selected after it.
    ///
    /// # Errors
    /// [`CardFault::Malformed`] where what the app hands over is no token.
    pub fn token(&mut self) -> Result<Option<Token>, CardError> {
        let mut select = vec![0x00, 0xA4, 0x04, 0x0C, 0x09];
        select.extend_from_slice(&APP);
        if self.ask(Step::Token, &select)?.status != Status::DONE {
            return Ok(None);
        }
        let most = LONGEST_TOKEN.saturating_add(LONGEST_PROOF).saturating_add(3);
        let answer = self.ask_long(Step::Token, &[0x80, 0xCA, 0x9F, 0x80, 0x00], most)?;
        if answer.status != Status::DONE {
            return Err(CardError::new(Step::Token, CardFault::Refused(answer.status)));
        }
        let malformed = CardError::new(Step::Token, CardFault::Malformed);
        parsed(&answer.data).map(Some).ok_or(malformed)
    }
}

/// Length, token, what follows, and that to the end.
fn parsed(bytes: &[u8]) -> Option<Token> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (token, rest) = rest.split_at_checked(length)?;
    let (kind, proof) = rest.split_first()?;
    if token.is_empty() || token.len() > LONGEST_TOKEN || proof.is_empty() {
        return None;
    }
    let proof = match kind {
        1 => TokenProof::Signature(KeyKind::Rsa, proof.to_vec()),
        2 => TokenProof::Signature(KeyKind::P256, proof.to_vec()),
        3 => TokenProof::Signature(KeyKind::P384, proof.to_vec()),
        4 => TokenProof::Assertion(proof.to_vec()),
        _ => return None,
    };
    Some(Token { token: token.to_vec(), proof })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_with_what_proves_it_and_nothing_else_is_one() {
        let token = |proof| Some(Token { token: vec![7, 8], proof });
        let signed = |kind| token(TokenProof::Signature(kind, vec![9]));
        for (bytes, expected) in [
            (&[0, 2, 7, 8, 1, 9][..], signed(KeyKind::Rsa)),
            (&[0, 2, 7, 8, 2, 9], signed(KeyKind::P256)),
            (&[0, 2, 7, 8, 3, 9], signed(KeyKind::P384)),
            (&[0, 2, 7, 8, 4, 9], token(TokenProof::Assertion(vec![9]))),
            (&[0, 2, 7, 8, 5, 9], None),
            (&[0, 2, 7, 8, 1], None),
            (&[0, 2, 7, 8], None),
            (&[0, 9, 7, 8, 1, 9], None),
            (&[0, 0, 1, 9], None),
            (&[0], None),
            (&[], None),
        ] {
            assert_eq!(parsed(bytes), expected, "{bytes:?}");
        }
        let long = [&[0, 193][..], &[7; 193], &[1, 9]].concat();
        assert_eq!(parsed(&long), None);
    }
}
