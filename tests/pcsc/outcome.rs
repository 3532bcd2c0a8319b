use super::ReaderStack;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What a stack needs: a program or file, and the Debian package that has it.
const NEEDS: [(&str, &str); 5] = [
    ("/usr/sbin/pcscd", "pcscd"),
    ("/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "vsmartcard-vpcd"),
    ("/usr/bin/opensc-tool", "opensc"),
    ("/usr/bin/unshare", "util-linux"),
    ("/usr/sbin/ip", "iproute2"),
];

/// A stack, or why there can be none here.
#[derive(Debug)]
pub enum Stacked {
    /// It runs.
    Running(Box<ReaderStack>),
    /// It cannot run on this machine: what is missing, in words.
    Skipped(String),
}

/// Why no stack can run here: a package that is missing, or a right.
pub fn no_reader_stack() -> Option<String> {
    let missing = |(path, _): &&(&str, &str)| !has(Path::new(path));
    let packages: Vec<_> = NEEDS.iter().filter(missing).map(|(_, package)| *package).collect();
    if !packages.is_empty() {
        return Some(format!("install {} (Debian's names)", packages.join(" ")));
    }
    let spaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "true"];
    let may = Command::new("unshare").args(spaces).output();
    match may {
        Ok(output) if output.status.success() => None,
        _ => Some("it takes root, and a system that gives root namespaces of its own".to_owned()),
    }
}

/// Where /usr is merged, a program can stand under either path.
fn has(path: &Path) -> bool {
    let other = path.strip_prefix("/usr").map(|rest| PathBuf::from("/").join(rest));
    path.exists() || other.is_ok_and(|other| other.exists())
}
