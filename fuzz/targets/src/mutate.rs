//! Seeded changes of inputs, for runs without libFuzzer.

/// A source of changes. The same seed gives the same changes.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// By a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number.
    pub fn draw(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit; 0 where the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        self.draw().checked_rem(limit).and_then(|drawn| usize::try_from(drawn).ok()).unwrap_or(0)
    }

    fn octet(&mut self) -> u8 {
        let [octet, ..] = self.draw().to_le_bytes();
        octet
    }
}

/// Octets that parsers know: borders of lengths and of numbers, tags, digits and quotes.
const TELLING: &[u8] =
    &[0, 1, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFE, 0xFF, b'"', b'\'', b'[', b'{', b'\n'];

/// One of the inputs with one to six changes, at most `most` bytes long.
pub fn changed(chance: &mut Chance, corpus: &[Vec<u8>], most: usize) -> Vec<u8> {
    let mut bytes = corpus.get(chance.below(corpus.len())).cloned().unwrap_or_default();
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len());
        match chance.below(8) {
            0 | 1 => {
                let bit = chance.below(8);
                bytes.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= 1 << bit);
            }
            2 => {
                let octet = chance.octet();
                bytes.iter_mut().skip(at).take(1).for_each(|old| *old = octet);
            }
            3 => {
                let telling = TELLING.get(chance.below(TELLING.len())).copied().unwrap_or(0);
                bytes.iter_mut().skip(at).take(1).for_each(|old| *old = telling);
            }
            4 => {
                let octet = chance.octet();
                bytes.insert(at.min(bytes.len()), octet);
            }
            5 => {
                let end = (at + 1 + chance.below(16)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            6 => {
                let end = (at + 1 + chance.below(64)).min(bytes.len());
                let part = bytes.get(at..end).unwrap_or_default().to_vec();
                let to = chance.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            _ => {
                let other = corpus.get(chance.below(corpus.len())).map_or(&[][..], Vec::as_slice);
                let from = chance.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
        }
    }
    bytes.truncate(most);
    bytes
}
