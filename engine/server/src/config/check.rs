use super::{
    apps, counter, defaults,
    duration::parse_duration,
    limits,
    model::{Carrier, Config, Listen, Reader, RelyingParty, TlsFiles, Trust},
    packs, platform,
    problem::{Problem, Problems, line_of},
    raw::{Path, RawCarrier, RawConfig, RawListen, RawReader, RawRelyingParty, RawTrust, Text},
    refusals, relations, status,
};
use simbind_core::{binding::Longest, registry::ReaderBuild};
use simbind_evidence::{certificate::Profile, oid::OidError};
use simbind_rules::facts::{FactEnum, ReaderProfile, Sensitivity};
use simbind_service::attestation_status::ListAge;
use std::{
    fmt::Display,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};
use toml::Spanned;

/// The port of `simbind serve` without configuration.
const DEFAULT_GRPC: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 50443);

const DAY: Duration = Duration::from_secs(86_400);

/// Collects what is wrong, with the line of each problem.
pub(super) struct Checker<'s> {
    source: &'s str,
    /// The folder that paths in the file are relative to.
    base: PathBuf,
    problems: Vec<Problem>,
}

impl<'s> Checker<'s> {
    pub(super) fn new(source: &'s str, base: PathBuf) -> Self {
        Self { source, base, problems: Vec::new() }
    }

    pub(super) fn at<T>(&mut self, place: &Spanned<T>, field: &str, message: impl Display) {
        let line = Some(line_of(self.source, place.span().start));
        self.push(line, field, message);
    }

    pub(super) fn push(&mut self, line: Option<usize>, field: &str, message: impl Display) {
        let (field, message) = (field.to_owned(), message.to_string());
        self.problems.push(Problem { line, field, message });
    }

    pub(super) fn parse<T: FromStr<Err: Display>>(
        &mut self,
        field: &str,
        text: &Text,
    ) -> Option<T> {
        text.get_ref().parse().map_err(|e| self.at(text, field, e)).ok()
    }

    pub(super) fn duration(&mut self, field: &str, text: &Text) -> Option<Duration> {
        parse_duration(text.get_ref()).map_err(|e| self.at(text, field, e)).ok()
    }

    fn one_of<T: FactEnum>(&mut self, field: &str, text: &Text) -> Option<T> {
        let found = T::from_name(text.get_ref());
        if found.is_none() {
            let expected = T::VARIANTS.join(", ");
            self.at(text, field, format!("`{}` is none of {expected}", text.get_ref()));
        }
        found
    }

    pub(super) fn existing(&mut self, field: &str, path: &Path) -> PathBuf {
        let full = self.base.join(path.get_ref());
        if !full.exists() {
            self.at(path, field, format!("there is no `{}`", full.display()));
        }
        full
    }

    /// A path of the file, whether there is something or not.
    pub(super) fn joined(&self, path: &Path) -> PathBuf {
        self.base.join(path.get_ref())
    }

    pub(super) fn finish(mut self, name: &str) -> Result<(), Problems> {
        if self.problems.is_empty() {
            return Ok(());
        }
        self.problems.sort_by_key(|p| p.line.unwrap_or(usize::MAX));
        Err(Problems::new(name, self.problems))
    }
}

pub(super) fn config(raw: &RawConfig, checker: &mut Checker<'_>) -> Config {
    let tls = raw.tls.as_ref().map(|tls| TlsFiles {
        certificate: checker.existing("tls.certificate", &tls.get_ref().certificate),
        key: checker.existing("tls.key", &tls.get_ref().key),
        client_ca: checker.existing("tls.client_ca", &tls.get_ref().client_ca),
    });
    let config = Config {
        listen: listen(&raw.listen, checker),
        data: raw.store.dir.as_ref().map_or_else(defaults::data, |d| checker.base.join(d)),
        trust: trust(&raw.trust, checker),
        apps: apps::apps(raw.apps.as_deref().unwrap_or_default(), &raw.carrier, checker),
        relying_parties: relying_parties(&raw.relying_party, checker),
        readers: readers(&raw.reader, checker),
        carriers: carriers(&raw.carrier, checker),
        callers: relations::callers(raw, checker),
        limits: limits::limits(&raw.limits, checker),
        refusals: refusals::refusals(&raw.refusals, checker),
        status: status::sources(&raw.status, checker),
        platforms: platform::platforms(raw, checker),
        platform_look: platform::LOOK,
        counter: counter::counter(&raw.counter, &raw.caller, checker),
        packs: packs::packs(&raw.packs, checker),
        store: limits::store(&raw.store, checker),
        tls,
    };
    relations::unique(raw, checker);
    config
}

fn listen(raw: &RawListen, checker: &mut Checker<'_>) -> Listen {
    let mut address = |field, text: &Option<Text>| {
        text.as_ref().and_then(|t| {
            let parsed = t.get_ref().parse::<SocketAddr>();
            let told = |_| "it is no address like 127.0.0.1:50443 or [::1]:50443";
            parsed.map_err(|e| checker.at(t, field, told(e))).ok()
        })
    };
    Listen {
        grpc: address("listen.grpc", &raw.grpc).unwrap_or(DEFAULT_GRPC),
        metrics: address("listen.metrics", &raw.metrics),
    }
}

fn trust(raw: &RawTrust, checker: &mut Checker<'_>) -> Trust {
    let mut files = |field: &str, paths: &[Path]| {
        let each = paths.iter().enumerate();
        each.map(|(n, path)| checker.existing(&format!("trust.{field}[{n}]"), path)).collect()
    };
    let certificates = files("certificates", &raw.certificates);
    let attestation_roots = files("attestation_roots", &raw.attestation_roots);
    let apple_roots = files("apple_roots", &raw.apple_roots);
    let status = raw.attestation_status.as_ref();
    let (attestation_status_every, attestation_status_max_age) = list_times(raw, checker);
    let policies = raw.required_policies.iter().enumerate();
    Trust {
        certificates,
        attestation_roots,
        apple_roots,
        attestation_status: status.map(|p| checker.existing("trust.attestation_status", p)),
        attestation_status_every,
        attestation_status_max_age,
        required_policies: policies
            .filter_map(|(n, text)| {
                let field = format!("trust.required_policies[{n}]");
                let told = "it is no object identifier like 1.2.392.100495.1";
                text.get_ref().parse().map_err(|OidError| checker.at(text, &field, told)).ok()
            })
            .collect(),
        certificate_profile: profile(raw.certificate_profile.as_ref(), checker),
        certificate_longest: longest(raw.certificate_longest.as_ref(), checker),
    }
}

/// How long a certificate that is to be bound may be valid. Nothing said: as its issuer says.
fn longest(text: Option<&Text>, checker: &mut Checker<'_>) -> Longest {
    const FIELD: &str = "trust.certificate_longest";
    let Some(text) = text else { return Longest::AsIssued };
    let Some(time) = checker.duration(FIELD, text) else { return Longest::AsIssued };
    if time < DAY {
        checker.at(text, FIELD, "it is not within 1d and 36500d");
    }
    Longest::For(time)
}

fn profile(text: Option<&Text>, checker: &mut Checker<'_>) -> Profile {
    match text.map(|text| (text, text.get_ref().as_str())) {
        None | Some((_, "path")) => Profile::Path,
        Some((_, "strict")) => Profile::Strict,
        Some((text, _)) => {
            checker.at(text, "trust.certificate_profile", "it is one of path, strict");
            Profile::Path
        }
    }
}

/// How often the status list of attestation keys is looked at, and how old it may be.
fn list_times(raw: &RawTrust, checker: &mut Checker<'_>) -> (Duration, ListAge) {
    const EVERY: &str = "trust.attestation_status_every";
    const MAX_AGE: &str = "trust.attestation_status_max_age";
    let every = raw.attestation_status_every.as_ref().and_then(|text| {
        let within = Duration::from_secs(1)..=Duration::from_secs(86_400);
        let time = checker.duration(EVERY, text)?;
        if !within.contains(&time) {
            checker.at(text, EVERY, "it is not within 1s and 1d");
        }
        Some(time)
    });
    let max_age = raw.attestation_status_max_age.as_ref();
    if let (Some(text), None) = (max_age, &raw.attestation_status) {
        checker.at(text, MAX_AGE, "no trust.attestation_status is named whose age it is");
    }
    let max_age = max_age.and_then(|text| checker.duration(MAX_AGE, text));
    (
        every.unwrap_or(defaults::ATTESTATION_STATUS_EVERY),
        max_age.map_or(ListAge::Any, ListAge::AtMost),
    )
}

fn relying_parties(
    raw: &[Spanned<RawRelyingParty>],
    checker: &mut Checker<'_>,
) -> Vec<RelyingParty> {
    let mut parsed = Vec::new();
    for (n, spanned) in raw.iter().enumerate() {
        let raw = spanned.get_ref();
        let at = |field: &str| format!("relying_party[{n}].{field}");
        if raw.operations.is_empty() {
            checker.at(spanned, &at("operations"), "at least one operation is needed");
        }
        let mut operations = std::collections::BTreeMap::new();
        for (name, text) in &raw.operations {
            let sensitivity =
                checker.one_of::<Sensitivity>(&at(&format!("operations.{name}")), text);
            operations.extend(sensitivity.map(|s| (name.clone(), s)));
        }
        let id = checker.parse(&at("id"), &raw.id);
        let caller = checker.parse(&at("caller"), &raw.caller);
        let pair = id.zip(caller);
        parsed.extend(pair.map(|(id, caller)| RelyingParty { id, caller, operations }));
    }
    parsed
}

fn readers(raw: &[RawReader], checker: &mut Checker<'_>) -> Vec<Reader> {
    let mut parsed = Vec::new();
    for (n, raw) in raw.iter().enumerate() {
        let at = |field: &str| format!("reader[{n}].{field}");
        let id = checker.parse(&at("id"), &raw.id);
        let caller = checker.parse(&at("caller"), &raw.caller);
        let profile = checker.one_of::<ReaderProfile>(&at("profile"), &raw.profile);
        let sensitivity = checker.one_of::<Sensitivity>(&at("sensitivity"), &raw.sensitivity);
        let build = reader_build(raw, &at, checker);
        let offline = refusals::offline(raw, profile, &at("offline"), checker);
        let all = id.zip(caller).zip(profile.zip(sensitivity));
        parsed.extend(all.map(|((id, caller), (profile, sensitivity))| Reader {
            id,
            caller,
            profile,
            sensitivity,
            build,
            offline,
        }));
    }
    parsed
}

/// A reader's model and firmware: both, or neither.
fn reader_build(
    raw: &RawReader,
    at: &impl Fn(&str) -> String,
    checker: &mut Checker<'_>,
) -> Option<ReaderBuild> {
    match (&raw.model, &raw.firmware) {
        (Some(model), Some(firmware)) => {
            let model = checker.parse(&at("model"), model);
            let firmware = checker.parse(&at("firmware"), firmware);
            model.zip(firmware).map(|(model, firmware)| ReaderBuild { model, firmware })
        }
        (Some(model), None) => {
            checker.at(model, &at("firmware"), "a reader with a model has a firmware");
            None
        }
        (None, Some(firmware)) => {
            checker.at(firmware, &at("model"), "a reader with a firmware has a model");
            None
        }
        (None, None) => None,
    }
}

fn carriers(raw: &[RawCarrier], checker: &mut Checker<'_>) -> Vec<Carrier> {
    let mut parsed = Vec::new();
    for (n, raw) in raw.iter().enumerate() {
        let at = |field: &str| format!("carrier[{n}].{field}");
        let id = checker.parse(&at("id"), &raw.id);
        let caller = checker.parse(&at("caller"), &raw.caller);
        let host = raw.host.as_ref().and_then(|host| checker.parse(&at("host"), host));
        let mvnos = raw.mvnos.iter().enumerate();
        let mvnos = mvnos
            .filter_map(|(m, name)| checker.parse(&at(&format!("mvnos[{m}]")), name))
            .collect();
        let days = raw.horizon_days.as_ref().and_then(|days| {
            let valid = (1..=3650).contains(days.get_ref());
            if !valid {
                checker.at(days, &at("horizon_days"), "it is not within 1 and 3650");
            }
            valid.then_some(*days.get_ref())
        });
        let mut time = |field: &str, text: &Option<Text>| {
            text.as_ref().and_then(|text| checker.duration(&at(field), text))
        };
        let max_silence = time("max_silence", &raw.max_silence);
        let lag = time("lag", &raw.lag);
        parsed.extend(id.zip(caller).map(|(id, caller)| Carrier {
            id,
            caller,
            host,
            mvnos,
            horizon: days.map_or(defaults::HORIZON, |d| Duration::from_secs(d * 86_400)),
            max_silence: max_silence.unwrap_or(defaults::MAX_SILENCE),
            lag: lag.unwrap_or(defaults::LAG),
        }));
    }
    parsed
}
