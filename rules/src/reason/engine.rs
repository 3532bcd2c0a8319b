//! Reasons that the engine gives by itself, at fixed places of the catalogue.

use super::ReasonCode;

macro_rules! engine_reasons {
    ($( $place:literal $name:ident; )+) => {
        impl ReasonCode {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                pub const $name: Self = Self($place);
            )+
        }

        /// Each constant with its name, so that a test can compare them with the catalogue.
        #[cfg(test)]
        pub(super) const ENGINE_REASONS: &[(ReasonCode, &str)] =
            &[$( (ReasonCode::$name, stringify!($name)) ),+];
    };
}

engine_reasons! {
    0 NOT_BOUND;
    1 BINDING_PENDING;
    2 BINDING_HELD;
    3 BINDING_REVOKED;
    4 BINDING_EXPIRED;
    5 BINDING_SUPERSEDED;
    6 CHALLENGE_USED;
    7 CHALLENGE_EXPIRED;
    8 CHALLENGE_FORGED;
    9 CHALLENGE_WRONG_PARTY;
    10 SIGNATURE_INVALID;
    11 SIGNATURE_MISSING;
    12 CERTIFICATE_INVALID;
    13 CERTIFICATE_EXPIRED;
    14 CERTIFICATE_REVOKED;
    15 CERTIFICATE_HELD;
    16 RATE_LIMITED;
    17 PIN_LOCKED;
    18 UNDECIDED;
    19 STEP_UP_DONE;
    20 BINDING_SUSPENDED;
}
