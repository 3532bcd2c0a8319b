//! One tap, from the card to the verdict.

mod request;
mod times;

#[cfg(test)]
mod tests;

pub use times::Parts;

use super::{
    Ask, Card, CardError, Chain, ChainCache, Desk, Engine, EngineFault, Link, NoPin, Pin,
    PinSource, Token, TriesLeft, Unanswered, card::Verified,
};
use request::{Claims, Signed};
use ring::rand::{SecureRandom as _, SystemRandom};
use simbind_core::{ids::ReaderId, refusals::offline_message};
use simbind_proto::v1::{Channel, Decision, PinAccepted, PinOutcome, pin_outcome};
use simbind_service::ports::clock::Clock;
use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};
use thiserror::Error;
use times::{Stopwatch, timed};

/// The tries of a PIN at which no wrong one was entered.
const ALL_TRIES: u8 = 3;

/// Whether a reader asks for the PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PinUse {
    /// Before each signature.
    #[default]
    Asked,
    /// Never: the card has to sign without one.
    Never,
}

/// Whether a reader asks the handset for its token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenUse {
    /// Never.
    #[default]
    Never,
    /// In each tap; a tap without one is a bare one.
    Asked,
}

impl TokenUse {
    /// The channels that taps come by, for which challenges are kept ready.
    pub fn channels(self) -> Vec<Channel> {
        match self {
            Self::Never => vec![Channel::TapBare],
            Self::Asked => vec![Channel::TapBare, Channel::TapToken],
        }
    }
}

/// What the person and the handset bring.
struct Brought {
    /// The tries that the PIN had left; `None` where it was not asked for.
    tries: Option<TriesLeft>,
    token: Option<Token>,
}

/// What holds for every tap at a reader.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The reader, as the engine names it.
    pub reader: ReaderId,
    /// Whether the PIN is asked for.
    pub pin: PinUse,
    /// Whether the handset's token is.
    pub token: TokenUse,
}

/// Why a tap has no verdict. Nobody is let in by it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoAnswer {
    /// The card failed.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The PIN is blocked.
    #[error("the PIN is blocked; a counter can reset it")]
    PinBlocked,
    /// The PIN is wrong.
    #[error("{}", wrong(*.0))]
    PinWrong(TriesLeft),
    /// There is no PIN.
    #[error(transparent)]
    NoPin(#[from] NoPin),
    /// The engine gave no answer.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// The engine is away, and this is all that can be said.
    #[error(transparent)]
    Offline(#[from] Unanswered),
}

fn wrong(left: TriesLeft) -> String {
    match left {
        TriesLeft::Unknown => "the PIN is wrong".to_owned(),
        TriesLeft::Some(1) => "the PIN is wrong; one more wrong one blocks it".to_owned(),
        TriesLeft::Some(left) => format!("the PIN is wrong; {left} tries are left"),
        TriesLeft::Blocked => "the PIN is wrong, and it is blocked now".to_owned(),
    }
}

/// What came of a tap.
#[derive(Debug)]
pub struct TapEnd {
    /// The engine's decision, or why there is none.
    pub outcome: Result<Decision, NoAnswer>,
    /// Where the time went.
    pub parts: Parts,
}

/// What a tap works with.
pub struct Tap<'a> {
    /// What holds at this reader.
    pub rules: &'a Rules,
    /// Who decides.
    pub engine: &'a dyn Engine,
    /// Where PINs come from.
    pub pins: &'a mut dyn PinSource,
    /// The certificates of cards that were here before.
    pub chains: &'a mut ChainCache,
    /// The time that is signed.
    pub clock: &'a dyn Clock,
}

impl Tap<'_> {
    /// Takes one tap.
    pub fn run(mut self, link: &mut dyn Link) -> TapEnd {
        let began = Instant::now();
        let mut card = Card::new(link);
        let mut watch = Stopwatch::default();
        let outcome = self.steps(&mut card, &mut watch);
        TapEnd { outcome, parts: watch.parts(began.elapsed(), &card) }
    }

    fn steps(&mut self, card: &mut Card<'_>, watch: &mut Stopwatch) -> Result<Decision, NoAnswer> {
        if let Err(away) = self.engine.is_there() {
            return Err(match self.engine.offline() {
                Some(desk) => self.without(desk, card, watch).unwrap_or_else(|fault| fault),
                None => away.into(),
            });
        }
        let iccid = card.number()?;
        card.select_applet()?;
        let chain = self.chain(card)?;
        let counter = card.counter()?;
        let toolkit_imei = card.terminal()?;
        let Brought { tries, token } = self.brought(card, &chain, self.rules.token, watch)?;
        let channel = if token.is_some() { Channel::TapToken } else { Channel::TapBare };
        let drawn = timed(&mut watch.challenge, || self.engine.challenge(channel))?;
        let claims = Claims { iccid, toolkit_imei, counter, signed_at: self.clock.now() };
        let message = request::message(&drawn, &self.rules.reader, channel, &claims)?;
        let (signature, round_trip) = card.sign(chain.key(), &message)?;
        watch.round_trip = Some(round_trip);
        let signed = Signed { chain: &chain, signature, round_trip, token };
        let tap =
            request::tap(request_id("tap"), &self.rules.reader, channel, drawn, &claims, signed);
        let decided = timed(&mut watch.decision, || self.engine.tap(tap));
        // The card counts from the beginning again, and the engine should too.
        if tries.and_then(TriesLeft::count).is_some_and(|left| left < ALL_TRIES) {
            self.tell(&chain, pin_outcome::Result::Accepted(PinAccepted {}));
        }
        let decision = decided?;
        if decision.verdict.is_none() {
            return Err(EngineFault::Malformed("a decision without a verdict").into());
        }
        Ok(decision)
    }

    /// A tap while the engine is away. What comes of it lets nobody in.
    fn without(
        &mut self,
        desk: &Desk,
        card: &mut Card<'_>,
        watch: &mut Stopwatch,
    ) -> Result<NoAnswer, NoAnswer> {
        desk.is_open()?;
        card.select_applet()?;
        let chain = self.chain(card)?;
        self.brought(card, &chain, TokenUse::Never, watch)?;
        let mut nonce = [0; 32];
        let filled = SystemRandom::new().fill(&mut nonce);
        filled.map_err(|_| EngineFault::Fault("the system gives no randomness".to_owned()))?;
        let message = offline_message(&self.rules.reader, &nonce);
        let (signature, round_trip) = card.sign(chain.key(), &message)?;
        watch.round_trip = Some(round_trip);
        Ok(desk.answer(&chain, &message, &signature).into())
    }

    /// The card's certificates: known by what the card says of itself, or read.
    fn chain(&mut self, card: &mut Card<'_>) -> Result<Arc<Chain>, NoAnswer> {
        if let Some(known) = card.identity()?.and_then(|id| self.chains.get(id)) {
            return Ok(known);
        }
        Ok(self.chains.keep(card.chain()?))
    }

    /// The PIN, given to the card, and the handset's token: it lives for seconds, and so is read
    /// when the PIN was entered.
    fn brought(
        &mut self,
        card: &mut Card<'_>,
        chain: &Chain,
        token: TokenUse,
        watch: &mut Stopwatch,
    ) -> Result<Brought, NoAnswer> {
        let entered = match self.rules.pin {
            PinUse::Asked => Some(self.entered(card, watch)?),
            PinUse::Never => None,
        };
        let token = match token {
            TokenUse::Asked => {
                let token = card.token()?;
                card.select_applet()?;
                if entered.is_some() {
                    card.tries()?;
                }
                token
            }
            TokenUse::Never => None,
        };
        if let Some((_, pin)) = &entered {
            self.given(card, chain, pin)?;
        }
        Ok(Brought { tries: entered.map(|(tries, _)| tries), token })
    }

    /// Has the PIN entered, and says how many tries it has left.
    fn entered(
        &mut self,
        card: &mut Card<'_>,
        watch: &mut Stopwatch,
    ) -> Result<(TriesLeft, Pin), NoAnswer> {
        let tries = card.tries()?;
        if tries == TriesLeft::Blocked {
            return Err(NoAnswer::PinBlocked);
        }
        let still = &mut || card.is_there();
        let pin = timed(&mut watch.person, || self.pins.ask(Ask { tries }, still))?;
        Ok((tries, pin))
    }

    /// Gives the card the PIN, once.
    fn given(&self, card: &mut Card<'_>, chain: &Chain, pin: &Pin) -> Result<(), NoAnswer> {
        match card.verify(pin)? {
            Verified::Right => Ok(()),
            Verified::Wrong(left) => {
                self.tell(chain, pin_outcome::Result::WrongEntries(1));
                Err(NoAnswer::PinWrong(left))
            }
        }
    }

    fn tell(&self, chain: &Chain, result: pin_outcome::Result) {
        self.engine.tell_pin(PinOutcome {
            certificate_sha256: chain.id().as_bytes().to_vec().into(),
            result: Some(result),
        });
    }
}

/// A number for a request that no other has: a word and 32 random hexadecimal digits.
pub(super) fn request_id(word: &str) -> String {
    let mut bytes = [0u8; 16];
    // Without randomness the number would repeat, and the engine would refuse it: nobody gets in.
    let _ = SystemRandom::new().fill(&mut bytes);
    bytes.iter().fold(format!("{word}-"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The longest round trip that the engine takes, in microseconds.
const LONGEST_ROUND_TRIP: u32 = 60_000_000;

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX).min(LONGEST_ROUND_TRIP)
}
