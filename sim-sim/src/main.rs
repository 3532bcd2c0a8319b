//! The command `sim-sim`.

fn main() {}
