//! What is done at a counter, how often it was done, and how long it is assumed to take.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Something that takes time at a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Doing {
    /// The clerk checks who the person is.
    IdentityCheck,
    /// The clerk hands over a slip with the access code.
    HandOver,
    /// The clerk hands over the password in another way.
    HandOverApart,
    /// The person finds the field for a code.
    BeginCode,
    /// The person types one character of a code.
    TypeCharacter,
    /// The phone reads what the terminal shows.
    ReadShown,
    /// The reader reads the SIM.
    ReadSim,
    /// The clerk types the number that an iPhone shows.
    TypeIccid,
    /// The phone downloads the applet.
    LoadApplet,
    /// Key pair and certificate are made, the phone on the reader.
    WriteByReader,
    /// The same, by the phone alone.
    WriteByPhone,
    /// The person sets a PIN, twice.
    SetPin,
    /// The handset attests its key.
    Attest,
    /// SIM and handset sign, and the binding is active.
    Activate,
}

/// How often each thing was done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(super) done: BTreeMap<Doing, u32>,
    pub(super) codes: u32,
    pub(super) characters: u32,
}

impl Tally {
    pub(super) fn note(&mut self, doing: Doing, times: u32) {
        *self.done.entry(doing).or_default() += times;
    }

    /// The person typed a code of so many characters.
    pub(super) fn typed(&mut self, characters: u32) {
        self.codes += 1;
        self.characters += characters;
        self.note(Doing::BeginCode, 1);
        self.note(Doing::TypeCharacter, characters);
    }

    /// What person and clerk do; typing a code is one thing, however long it is.
    pub(super) fn steps(&self) -> u32 {
        let each = self.done.iter();
        each.filter(|(doing, _)| **doing != Doing::TypeCharacter).map(|(_, times)| times).sum()
    }
}

/// Assumed durations, with their reasons, and what each variant's codes are worth to a thief.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Durations {
    step: Vec<Step>,
    steal: Steal,
}

/// What a thief must have, by variant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Steal {
    pub(super) two_codes: String,
    pub(super) one_code: String,
    pub(super) terminal: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    doing: Doing,
    seconds: f64,
    why: String,
}

impl Durations {
    /// Those of `scenarios/counter.toml`.
    pub(super) fn assumed() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../scenarios/counter.toml"))
    }

    /// Seconds of all that was done.
    pub(super) fn seconds(&self, tally: &Tally) -> f64 {
        let seconds = |doing: &Doing| {
            let step = self.step.iter().find(|step| step.doing == *doing && !step.why.is_empty());
            step.map_or(0.0, |step| step.seconds)
        };
        tally.done.iter().map(|(doing, times)| seconds(doing) * f64::from(*times)).sum()
    }

    pub(super) const fn steal(&self) -> &Steal {
        &self.steal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_done_has_one_duration_with_a_reason() {
        let durations = Durations::assumed().unwrap();
        let all = [
            Doing::IdentityCheck,
            Doing::HandOver,
            Doing::HandOverApart,
            Doing::BeginCode,
            Doing::TypeCharacter,
            Doing::ReadShown,
            Doing::ReadSim,
            Doing::TypeIccid,
            Doing::LoadApplet,
            Doing::WriteByReader,
            Doing::WriteByPhone,
            Doing::SetPin,
            Doing::Attest,
            Doing::Activate,
        ];
        for doing in all {
            let mut of = durations.step.iter().filter(|step| step.doing == doing);
            let step = of.next().unwrap();
            assert!(of.next().is_none(), "{doing:?}");
            assert!(step.seconds > 0.0 && step.why.split(' ').count() > 4, "{doing:?}");
        }
        assert_eq!(durations.step.len(), all.len());
    }
}
