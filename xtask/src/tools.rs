//! What the tasks need beside Rust, put into `.tools/` of the workspace.

use crate::process::{cargo, program, root, run, works};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

const BUF: &str = "@bufbuild/buf@1.75.0";

fn folder() -> PathBuf {
    root().join(".tools")
}

/// rustfmt and clippy, which a minimal Rust lacks.
pub(crate) fn rust_components() -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let mut version = cargo(&[command, "--version"]);
        version.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        if !version.status().is_ok_and(|status| status.success()) {
            run(program("rustup", &["component", "add", component]))?;
        }
    }
    Ok(())
}

/// A Python with the packages of `tests/python/requirements.txt`.
pub(crate) fn python() -> Result<PathBuf> {
    let wanted = fs::read_to_string(root().join("tests/python/requirements.txt"))?;
    let venv = folder().join("python");
    let (python, stamp) = (venv.join("bin/python"), venv.join("requirements.installed"));
    if fs::read_to_string(&stamp).is_ok_and(|has| has == wanted) && works(&python, &["--version"]) {
        return Ok(python);
    }
    if !works("python3", &["-c", "import ensurepip, venv"]) {
        debian(&["python3", "python3-venv"])?;
    }
    let place = venv.to_string_lossy().into_owned();
    run(program("python3", &["-m", "venv", "--clear", &place]))?;
    let requirements = "tests/python/requirements.txt";
    let pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements];
    run(program(&python, &pip))?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

/// The linter of protos.
pub(crate) fn buf() -> Result<PathBuf> {
    let place = folder().join("node");
    let (buf, stamp) = (place.join("node_modules/.bin/buf"), place.join("installed"));
    if fs::read_to_string(&stamp).is_ok_and(|has| has == BUF) && works(&buf, &["--version"]) {
        return Ok(buf);
    }
    if !works("npm", &["--version"]) {
        debian(&["npm"])?;
    }
    fs::create_dir_all(&place)?;
    let prefix = place.to_string_lossy().into_owned();
    let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    let mut install = program("npm", &["install", "--prefix", &prefix, BUF]);
    install.args(quiet);
    run(install)?;
    fs::write(stamp, BUF)?;
    Ok(buf)
}

/// What the agent at card readers is built with, and what its tests run it on: pcscd with a reader
/// that a program can be the card of, and other people's software for cards.
pub(crate) fn card_readers() -> Result<()> {
    let module = format!("/usr/lib/{}-linux-gnu/opensc-pkcs11.so", std::env::consts::ARCH);
    let needs = [
        ("pcscd", "/usr/sbin/pcscd"),
        ("vsmartcard-vpcd", "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
        ("opensc", "/usr/bin/opensc-tool"),
        ("opensc-pkcs11", &module),
        ("openssl", "/usr/bin/openssl"),
        ("iproute2", "/usr/sbin/ip"),
    ];
    let builds = works("pkg-config", &["--exists", "libpcsclite"]);
    if builds && needs.iter().all(|(_, file)| Path::new(file).exists()) {
        return Ok(());
    }
    let mut packages = vec!["libpcsclite-dev", "pkg-config"];
    packages.extend(needs.map(|(package, _)| package));
    debian(&packages)
}

/// Installs packages of Debian, where this may.
fn debian(packages: &[&str]) -> Result<()> {
    let root = std::process::Command::new("id").arg("-u").output();
    let is_root = root.is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    if !is_root || !works("apt-get", &["--version"]) {
        bail!(
            "{} must be installed: run this as root on Debian, or install it",
            packages.join(" ")
        );
    }
    run(program("apt-get", &["-qq", "update"]))?;
    let mut install = program("apt-get", &["-qq", "install", "-y", "--no-install-recommends"]);
    install.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    run(install).context("apt-get")
}
