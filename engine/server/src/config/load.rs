use super::{
    check::{self, Checker},
    defaults,
    model::Config,
    problem::{Problems, from_toml},
    raw::RawConfig,
};
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// What the command line says instead of the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Where gRPC listens.
    pub listen: Option<SocketAddr>,
    /// The data folder.
    pub data: Option<PathBuf>,
    /// Anchors of user certificates, beside those of the file.
    pub trust: Vec<PathBuf>,
    /// Roots of handset attestation, beside those of the file.
    pub attestation_roots: Vec<PathBuf>,
    /// Roots of App Attest, beside those of the file.
    pub apple_roots: Vec<PathBuf>,
}

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is wrong.
    #[error(transparent)]
    Wrong(#[from] Problems),
}

impl Config {
    /// Reads and checks a configuration; without a file, that of a loopback server.
    ///
    /// # Errors
    /// [`LoadError`]: the file cannot be read, or all that is wrong with it.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, LoadError> {
        let Some(path) = file else {
            return Ok(Self::parse("", "command line", Path::new(""), overrides)?);
        };
        let source = std::fs::read_to_string(path)
            .map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
        let base = path.parent().unwrap_or(Path::new(""));
        Ok(Self::parse(&source, &path.display().to_string(), base, overrides)?)
    }

    /// Checks a configuration's text. Paths in it are relative to `base`; `name` stands before
    /// each problem.
    ///
    /// # Errors
    /// [`Problems`]: all that is wrong with it.
    pub fn parse(
        source: &str,
        name: &str,
        base: &Path,
        overrides: &Overrides,
    ) -> Result<Self, Problems> {
        let raw: RawConfig = toml::from_str(source)
            .map_err(|error| Problems::new(name, vec![from_toml(source, &error)]))?;
        let mut checker = Checker::new(source, base.to_owned());
        let mut config = check::config(&raw, &mut checker);
        if config.tls.is_none() {
            defaults::fill(&mut config, &raw);
        }
        apply(&mut config, overrides, &mut checker);
        if let Some(message) = open_without_tls(&config) {
            match raw.listen.grpc.as_ref().filter(|_| overrides.listen.is_none()) {
                Some(grpc) => checker.at(grpc, "listen.grpc", message),
                None => checker.push(None, "--listen", message),
            }
        }
        checker.finish(name)?;
        Ok(config)
    }
}

fn apply(config: &mut Config, overrides: &Overrides, checker: &mut Checker<'_>) {
    if let Some(listen) = overrides.listen {
        config.listen.grpc = listen;
    }
    if let Some(data) = &overrides.data {
        config.data.clone_from(data);
    }
    for (field, files) in [
        ("--trust", &overrides.trust),
        ("--attestation-roots", &overrides.attestation_roots),
        ("--apple-roots", &overrides.apple_roots),
    ] {
        for file in files.iter().filter(|file| !file.exists()) {
            checker.push(None, field, format!("there is no `{}`", file.display()));
        }
    }
    config.trust.certificates.extend(overrides.trust.iter().cloned());
    config.trust.attestation_roots.extend(overrides.attestation_roots.iter().cloned());
    config.trust.apple_roots.extend(overrides.apple_roots.iter().cloned());
}

/// Without TLS every caller has every role, so nobody but this machine may reach the server.
fn open_without_tls(config: &Config) -> Option<String> {
    let open = config.tls.is_none() && !config.listen.grpc.ip().is_loopback();
    open.then(|| {
        format!(
            "OPEN_WITHOUT_TLS: {} can be reached from other machines, and without [tls] every \
             caller has every role; add [tls] (`simbind admin dev-certs` makes a set) or listen \
             on 127.0.0.1",
            config.listen.grpc
        )
    })
}

/// The usual parties and apps; a test holds that they are valid.
pub(super) fn parties() -> Option<Config> {
    let source = [defaults::PARTIES, defaults::DEFAULT_APPS].concat();
    let raw: RawConfig = toml::from_str(&source).ok()?;
    let mut checker = Checker::new(&source, PathBuf::new());
    let config = check::config(&raw, &mut checker);
    checker.finish("defaults").ok().map(|()| config)
}
