//! The day that is played: every kind of sim-sim, each with the same weight.

use sim_sim::Scenario;

const DAY: &str = include_str!("../../sim-sim/scenarios/day.toml");

/// The names of the kinds that were not drawn: with few people, chance leaves some out.
pub(crate) fn not_drawn(decisions: &str) -> Vec<&'static str> {
    let drawn: Vec<&str> = decisions.lines().filter_map(|line| line.split('\t').nth(2)).collect();
    let mut heading = "";
    let mut left = Vec::new();
    for line in DAY.lines() {
        if line.starts_with('[') {
            heading = line;
        }
        let kinds = matches!(heading, "[honest]" | "[ambiguous]" | "[attacks]");
        let name = line.split_once(" = ").map(|(name, _)| name).filter(|_| kinds);
        left.extend(name.filter(|name| !drawn.contains(name)));
    }
    left
}

/// The day of sim-sim in few long ticks: what happens in a tick happens at once, and one kill cuts
/// it all. Every honest kind is as frequent as every other.
pub(crate) fn scenario() -> Scenario {
    let mut heading = "";
    let mut text = String::new();
    for line in DAY.lines() {
        if line.starts_with('[') {
            heading = line;
        }
        let name = line.split_once(" = ").map(|(name, _)| name);
        match (heading, name) {
            ("[honest]", Some(name)) => text.push_str(&format!("{name} = 10")),
            // Of so few people, at least some.
            ("[ambiguous]", Some(name)) => text.push_str(&format!("{name} = 20")),
            ("[time]", Some("tick_minutes")) => text.push_str("tick_minutes = 20"),
            ("[time]", Some("settle_heartbeat_hours")) => {
                text.push_str("settle_heartbeat_hours = 24");
            }
            ("[routine]", Some("least")) => text.push_str("least = 1"),
            ("[routine]", Some("most")) => text.push_str("most = 2"),
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    Scenario::parse(&text).unwrap()
}
