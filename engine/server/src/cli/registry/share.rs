//! Whom criteria would leave out, for people and in JSON.

use serde_json::{Value, json};
use simbind_core::registry::{LeftOut, SMALLEST};
use std::fmt::Write as _;

/// A number of people, as far as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Exact(u64),
    About(u64),
    Few,
}

impl Figure {
    fn text(self) -> String {
        match self {
            Self::Exact(people) => people.to_string(),
            Self::About(people) => format!("about {people}"),
            Self::Few => format!("under {SMALLEST}"),
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Exact(people) | Self::About(people) => people.into(),
            Self::Few => Value::Null,
        }
    }

    const fn least(self) -> u64 {
        match self {
            Self::Exact(people) | Self::About(people) => people,
            Self::Few => 0,
        }
    }
}

/// Whom a criterion would leave out.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) criterion: String,
    pub(super) people: Figure,
    pub(super) served: Figure,
    pub(super) left_out: Figure,
    pub(super) unlisted: Figure,
    pub(super) nameless: Figure,
}

impl Share {
    pub(super) fn exact(criterion: &str, found: &LeftOut) -> Self {
        Self {
            criterion: criterion.to_owned(),
            people: Figure::Exact(found.people),
            served: Figure::Exact(found.served),
            left_out: Figure::Exact(found.left_out),
            unlisted: Figure::Exact(found.unlisted),
            nameless: Figure::Exact(found.nameless),
        }
    }

    /// The share of the people who are left out, unlisted models included, in percent; `None` where
    /// nobody was counted. Those whose handset shows no IMEI count neither way.
    fn percent(&self) -> Option<f64> {
        let tellable = self.people.least().checked_sub(self.nameless.least())?;
        let out = self.left_out.least() + self.unlisted.least();
        let share = |part: u64, whole: u64| {
            let (part, whole) = (u32::try_from(part).ok()?, u32::try_from(whole).ok()?);
            (whole > 0).then(|| f64::from(part) * 100.0 / f64::from(whole))
        };
        share(out.min(tellable), tellable)
    }

    pub(super) fn value(&self) -> Value {
        json!({
            "criterion": self.criterion,
            "people": self.people.value(),
            "served": self.served.value(),
            "left_out": self.left_out.value(),
            "unlisted": self.unlisted.value(),
            "nameless": self.nameless.value(),
            "left_out_percent": self.percent(),
        })
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let share = self.percent().map_or("nobody counted".to_owned(), |p| format!("{p:.1} %"));
        let _ = writeln!(text, "{}: leaves out {share}", self.criterion);
        for (what, figure) in [
            ("people", self.people),
            ("served", self.served),
            ("left out", self.left_out),
            ("model not in the registry", self.unlisted),
            ("no IMEI shown, not told", self.nameless),
        ] {
            let _ = writeln!(text, "  {what:26}{}", figure.text());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_shows_no_imei_counts_neither_way() {
        let found = LeftOut { people: 100, served: 60, left_out: 15, unlisted: 5, nameless: 20 };
        let share = Share::exact("certified", &found);
        assert_eq!(share.percent(), Some(25.0));
        assert!(share.text().starts_with("certified: leaves out 25.0 %"));
        assert_eq!(Share::exact("certified", &LeftOut::default()).percent(), None);
    }

    #[test]
    fn few_people_are_not_told_in_any_form() {
        let few = Share { served: Figure::Few, ..Share::exact("x", &LeftOut::default()) };
        assert_eq!(few.value().get("served"), Some(&Value::Null));
        assert!(few.text().contains("under 10"));
    }
}
