//! The randomness that was handed in, in the form that the RSA library takes.

use rand::RngCore;
use rsa::rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;

/// Whoever runs a card hands in a generator that is fit for keys: a seeded one in a simulated
/// world, the system's otherwise.
pub(super) struct Drawn<'a>(pub(super) &'a mut dyn RngCore);

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}
