use crate::reader::{NoAnswer, TapEnd, Unanswered, Until};
use simbind_proto::v1::decision::Verdict;
use std::process::ExitCode;

/// How the agent ends, which its status tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was told to stop, and no tap was waited for.
    Stopped,
    Allowed,
    Denied,
    StepUp,
    /// The engine gave no answer.
    NoAnswer,
    /// The card failed.
    Card,
    /// The PIN was wrong, blocked, or not entered.
    Pin,
    /// The engine was away, and the card was not on its list: no allow.
    NotChecked,
    /// It could not start: another number than any verdict's.
    NotStarted,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(match end {
            End::Stopped | End::Allowed => 0,
            End::Denied => 1,
            End::StepUp => 2,
            End::NoAnswer => 3,
            End::Card => 4,
            End::Pin => 5,
            End::NotChecked => 6,
            End::NotStarted => 64,
        })
    }
}

impl End {
    /// How an agent ends after its last tap, or without one. Whoever waits for a tap takes a status of
    /// 0 for an allow: one that never came is none.
    pub(super) fn after(last: Option<&TapEnd>, until: Until) -> Self {
        match (last, until) {
            (Some(tap), _) => tap.into(),
            (None, Until::FirstTap) => Self::NoAnswer,
            (None, Until::Stopped) => Self::Stopped,
        }
    }
}

impl From<&TapEnd> for End {
    fn from(end: &TapEnd) -> Self {
        match &end.outcome {
            Ok(decision) => match &decision.verdict {
                Some(Verdict::Allow(_)) => Self::Allowed,
                Some(Verdict::Deny(_)) => Self::Denied,
                Some(Verdict::StepUp(_)) => Self::StepUp,
                None => Self::NoAnswer,
            },
            Err(NoAnswer::Card(_)) => Self::Card,
            Err(NoAnswer::PinBlocked | NoAnswer::PinWrong(_) | NoAnswer::NoPin(_)) => Self::Pin,
            Err(NoAnswer::Engine(_) | NoAnswer::Offline(Unanswered::Closed(_))) => Self::NoAnswer,
            Err(NoAnswer::Offline(Unanswered::Refused)) => Self::Denied,
            Err(NoAnswer::Offline(Unanswered::NotChecked)) => Self::NotChecked,
            Err(NoAnswer::Offline(Unanswered::NotProved(_))) => Self::Card,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{
        CardError, CardFault, EngineFault, NoPin, NotProved, Parts, Step, TriesLeft,
    };
    use simbind_core::refusals::WhyClosed;
    use simbind_proto::v1::{Allow, Decision, Deny, StepUp};

    #[test]
    fn an_agent_that_is_stopped_before_its_tap_ends_as_no_allow() {
        let denied =
            Ok(Decision { verdict: Some(Verdict::Deny(Deny::default())), ..Decision::default() });
        let denied = TapEnd { outcome: denied, parts: Parts::default() };
        for (last, until, end) in [
            (None, Until::FirstTap, End::NoAnswer),
            (None, Until::Stopped, End::Stopped),
            (Some(&denied), Until::FirstTap, End::Denied),
        ] {
            assert_eq!(End::after(last, until), end, "{until:?}");
        }
    }

    #[test]
    fn nothing_but_an_allow_ends_a_tap_with_0() {
        let decided = |verdict| Ok(Decision { verdict, ..Decision::default() });
        for (outcome, code) in [
            (decided(Some(Verdict::Allow(Allow {}))), 0),
            (decided(Some(Verdict::Deny(Deny::default()))), 1),
            (decided(Some(Verdict::StepUp(StepUp::default()))), 2),
            (decided(None), 3),
            (Err(EngineFault::TooLate.into()), 3),
            (Err(CardError::new(Step::Applet, CardFault::NoApplet).into()), 4),
            (Err(NoAnswer::PinBlocked), 5),
            (Err(NoAnswer::PinWrong(TriesLeft::Some(1))), 5),
            (Err(NoPin::TooLate.into()), 5),
            (Err(Unanswered::Refused.into()), 1),
            (Err(Unanswered::NotChecked.into()), 6),
            (Err(Unanswered::NotProved(NotProved::Signature).into()), 4),
            (Err(Unanswered::Closed(WhyClosed::Ended).into()), 3),
        ] {
            let end = End::from(&TapEnd { outcome, parts: Parts::default() });
            // ExitCode can only be compared by how it is shown.
            let shown = format!("{:?}", ExitCode::from(end));
            assert_eq!(shown, format!("{:?}", ExitCode::from(code)), "{end:?}");
        }
    }
}
