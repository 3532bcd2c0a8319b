//! The parts that write the stories of their own kinds.

use super::{counter, events, platform, registry, script::Script, state, succession};

const PARTS: [fn(&mut Script) -> bool; 6] = [
    counter::story,
    events::story,
    platform::story,
    registry::story,
    state::story,
    succession::story,
];

/// Lets the part of the script's kind write its steps; whether there is one.
pub(super) fn story(script: &mut Script) -> bool {
    PARTS.iter().any(|story| story(script))
}
