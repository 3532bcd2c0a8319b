use super::HarnessError;
use std::{
    env,
    path::{Path, PathBuf},
};

/// The folder of the workspace.
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The binary `simbind`: what `SIMBIND_BIN` names, or else the one that was built beside the tests.
///
/// # Errors
/// [`HarnessError::NoBinary`] where there is none.
pub fn simbind_binary() -> Result<PathBuf, HarnessError> {
    binary("SIMBIND_BIN", "simbind")
}

/// The binary `sim-sim`: what `SIM_SIM_BIN` names, or else the one that was built beside the tests.
///
/// # Errors
/// [`HarnessError::NoBinary`] where there is none.
pub fn sim_sim_binary() -> Result<PathBuf, HarnessError> {
    binary("SIM_SIM_BIN", "sim-sim")
}

fn binary(variable: &str, name: &str) -> Result<PathBuf, HarnessError> {
    let path = match env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => {
            // target/PROFILE/deps/TEST
            let test = env::current_exe()?;
            test.ancestors().nth(2).unwrap_or(&test).join(name)
        }
    };
    if path.is_file() { Ok(path) } else { Err(HarnessError::NoBinary(path)) }
}

/// The Python with gRPC: what `SIMBIND_PYTHON` names, or else the one in `.tools/`; `None` where
/// `cargo xtask test` has not made it yet.
pub fn python() -> Option<PathBuf> {
    if let Some(path) = env::var_os("SIMBIND_PYTHON") {
        return Some(PathBuf::from(path));
    }
    let made = workspace_root().join(".tools/python/bin/python");
    made.is_file().then_some(made)
}
