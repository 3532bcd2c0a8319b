//! Compiles the protos with protox, so that no protoc is needed.

use prost::Message as _;
use std::{env, error::Error, fs, path::PathBuf};

const FILES: &[&str] = &[
    "simbind/v1/common.proto",
    "simbind/v1/binding.proto",
    "simbind/v1/check.proto",
    "simbind/v1/counter.proto",
    "simbind/v1/decision.proto",
    "simbind/v1/sim_event.proto",
    "simbind/v1/rule.proto",
    "simbind/v1/rollout.proto",
    "simbind/v1/status.proto",
    "simbind/v1/owner.proto",
    "simbind/v1/pin.proto",
    "simbind/v1/registry.proto",
    "simbind/v1/succession.proto",
    "simbind/v1/platform.proto",
    "simbind/v1/reader.proto",
    "simbind/v1/help.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    for file in FILES {
        println!("cargo::rerun-if-changed={file}");
    }
    let descriptors = protox::compile(FILES, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("simbind.v1.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().bytes(".").compile_fds(descriptors)?;
    Ok(())
}
