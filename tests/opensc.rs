//! Other people's software takes the virtual SIM for a card: Debian's stock OpenSC in a private pcscd.

use simbind_tests::{HarnessError, no_reader_stack, sim_sim_binary, workspace_root};
use std::process::Command;

#[test]
fn stock_opensc_lists_shows_the_pin_signs_and_finds_a_blocked_pin_blocked()
-> Result<(), HarnessError> {
    if let Some(why) = no_reader_stack() {
        eprintln!("skipped: {why}");
        return Ok(());
    }
    let script = workspace_root().join("tests/opensc.sh");
    let output = Command::new("bash").arg(script).env("SIM_SIM_BIN", sim_sim_binary()?).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.ends_with("opensc.sh: ok\n"), "{said}");
    Ok(())
}
