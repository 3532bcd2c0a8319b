//! Ways to prove oneself once more, and sets of them.

use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::Edge;

/// A way to prove oneself once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepUpMethod {
    /// The person's card signs.
    Card,
    /// A counter's clerk looks at the person.
    Counter,
    /// The handset attests anew.
    Reattest,
    /// A code sent to the line.
    Sms,
}

impl StepUpMethod {
    /// Every method.
    pub const ALL: [Self; 4] = [Self::Card, Self::Counter, Self::Reattest, Self::Sms];

    /// The word that packs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Counter => "counter",
            Self::Reattest => "reattest",
            Self::Sms => "sms",
        }
    }

    /// The method of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Card => 1,
            Self::Counter => 2,
            Self::Reattest => 4,
            Self::Sms => 8,
        }
    }
}

impl fmt::Display for StepUpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of step-up methods with at least one in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<StepUpMethod>", into = "Vec<StepUpMethod>")]
pub struct Methods(NonZeroU8);

impl Methods {
    /// The set of these methods; `None` if there are none.
    pub fn new(methods: impl IntoIterator<Item = StepUpMethod>) -> Option<Self> {
        let bits = methods.into_iter().fold(0, |bits, method| bits | method.bit());
        NonZeroU8::new(bits).map(Self)
    }

    /// Every method.
    pub const fn all() -> Self {
        Self(match NonZeroU8::new(0b1111) {
            Some(bits) => bits,
            None => NonZeroU8::MIN,
        })
    }

    /// Whether a method is in the set.
    pub const fn contains(self, method: StepUpMethod) -> bool {
        self.0.get() & method.bit() != 0
    }

    /// The methods in both sets; `None` if there are none.
    #[inline]
    pub fn intersect(self, other: Self) -> Option<Self> {
        NonZeroU8::new(self.0.get() & other.0.get()).map(Self)
    }

    /// The methods that do not rest on `edge`; `None` if there are none.
    #[inline]
    pub fn without_edge(self, edge: Edge) -> Option<Self> {
        let gone = edge.rests_on().iter().fold(0, |bits, method| bits | method.bit());
        NonZeroU8::new(self.0.get() & !gone).map(Self)
    }

    /// Whether every method of this set is in the other.
    pub const fn is_subset(self, of: Self) -> bool {
        self.0.get() & !of.0.get() == 0
    }

    /// The methods, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = StepUpMethod> {
        StepUpMethod::ALL.into_iter().filter(move |method| self.contains(*method))
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(StepUpMethod::as_str)).finish()
    }
}

impl From<Methods> for Vec<StepUpMethod> {
    fn from(methods: Methods) -> Self {
        methods.iter().collect()
    }
}

impl TryFrom<Vec<StepUpMethod>> for Methods {
    type Error = &'static str;

    fn try_from(methods: Vec<StepUpMethod>) -> Result<Self, Self::Error> {
        Self::new(methods).ok_or("a set of step-up methods has at least one")
    }
}
