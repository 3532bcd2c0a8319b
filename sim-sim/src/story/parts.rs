//! The parts that write the stories of their own kinds.

use super::{counter, events, life, platform, registry, script::Script, state, succession};

const PARTS: [fn(&mut Script) -> bool; 7] = [
    counter::story,
    events::story,
    life::story,
    platform::story,
    registry::story,
    state::story,
    succession::story,
];

/// Lets the part of the script's kind write its steps; whether there is one.
pub(super) fn story(script: &mut Script) -> bool {
    PARTS.iter().any(|story| story(script))
}
