//! Twenty facts of a check, typed as the engine has them, and one made-up check after the other.

use simbind_benches::Chance;
use simbind_rules::facts::{
    Agreement, BindingState, BootState, Channel, FactEnum, Facts, FeedHealth, HandsetLatch,
    HandsetProof, HandsetRelation, KeyHome, LineLatch, Match, Platform, SecurityLevel, Sensitivity,
    SimLatch, SimState,
};
use std::time::Duration;

/// A day in milliseconds.
const DAY: usize = 86_400_000;

macro_rules! facts {
    (enums { $($field:ident $set:ident $ty:ty, $name:literal;)+ }
     spans { $($span:ident $set_span:ident, $span_name:literal;)+ }) => {
        /// What one check is decided by.
        #[derive(Clone, Debug)]
        pub struct Sample { $(pub $field: $ty,)+ $(pub $span: Duration,)+ }

        /// The facts with a list of values: name here, name in rules, values.
        pub const ENUMS: &[(&str, &str, &[&str])] =
            &[$((stringify!($field), $name, <$ty as FactEnum>::VARIANTS)),+];

        /// The facts that are spans of time: name here, name in rules.
        pub const SPANS: &[(&str, &str)] = &[$((stringify!($span), $span_name)),+];

        impl Sample {
            /// A check. Most facts have the value that is usual in an honest one.
            pub fn any(chance: &mut Chance) -> Self {
                Self {
                    $($field: value(chance),)+
                    $($span: Duration::from_millis(chance.below(90 * DAY) as u64),)+
                }
            }

            /// As the engine hands it to its rules.
            pub fn facts(&self) -> Facts {
                let mut facts = Facts::new();
                $(facts.$set(self.$field);)+
                $(facts.$set_span(self.$span);)+
                facts
            }

            /// The place of each value in its list, in the order of [`ENUMS`].
            pub fn places(&self) -> [u8; ENUMS.len()] {
                [$(self.$field.index()),+]
            }

            /// Milliseconds, in the order of [`SPANS`].
            pub fn spans(&self) -> [i64; SPANS.len()] {
                [$(self.$span.as_millis() as i64),+]
            }
        }
    };
}

facts! {
    enums {
        binding_state set_binding_state BindingState, "binding.state";
        key_home set_binding_key_home KeyHome, "binding.key_home";
        platform set_binding_platform Platform, "binding.platform";
        channel set_check_channel Channel, "check.channel";
        sensitivity set_relying_party_sensitivity Sensitivity, "relying_party.sensitivity";
        handset_match set_handset_match Match, "handset.match";
        relation set_handset_relation HandsetRelation, "handset.relation";
        proof set_handset_proof HandsetProof, "handset.proof";
        level set_handset_attestation_level SecurityLevel, "handset.attestation_level";
        boot set_handset_boot BootState, "handset.boot";
        claims set_handset_claims Agreement, "handset.claims";
        handset_latch set_handset_latch HandsetLatch, "handset.latch";
        sim_state set_sim_state SimState, "sim.state";
        sim_latch set_sim_latch SimLatch, "sim.latch";
        line_latch set_line_latch LineLatch, "line.latch";
        feed_health set_feed_health FeedHealth, "feed.health";
    }
    spans {
        binding_age set_binding_age, "binding.age";
        match_age set_handset_match_age, "handset.match_age";
        patch_age set_handset_patch_age, "handset.patch_age";
        sim_changed_age set_sim_changed_age, "sim.changed_age";
    }
}

fn value<T: FactEnum>(chance: &mut Chance) -> T {
    let place = if chance.percent(85) { 0 } else { chance.below(T::VARIANTS.len()) };
    T::from_index(place as u8).expect("the place is in the list")
}
