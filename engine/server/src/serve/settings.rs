//! Configuration to the engine's settings: files are read and parsed here.

use super::ServeError;
use crate::config::{Config, PackOrigin, Trust as TrustFiles};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use simbind_core::{ids::CallerId, line::FeedTerms, rollout::Origin};
use simbind_evidence::{
    android::AttestationRoots,
    apple::AppAttestRoots,
    certificate::{Authority, ChainPolicy, TrustAnchors},
};
use simbind_rules::{PackSource, RuleBook};
use simbind_service::{
    attestation_status::AttestationList,
    bundle::Bundle,
    packs::Configured,
    settings::{Bounds, CarrierTerms, Settings, Trust},
    status::{IssuerTerms, SourceTerms, StatusTerms},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn fault(path: &Path, why: impl ToString) -> ServeError {
    ServeError::File { path: path.display().to_string(), why: why.to_string() }
}

fn read(path: &Path) -> Result<Vec<u8>, ServeError> {
    fs::read(path).map_err(|error| fault(path, error))
}

/// Files of PEM blocks, one after the other.
fn read_all(paths: &[PathBuf]) -> Result<Vec<u8>, ServeError> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(read(path)?);
        all.push(b'\n');
    }
    Ok(all)
}

fn trust(config: &Config, attestation_list: AttestationList) -> Result<Trust, ServeError> {
    let TrustFiles {
        certificates,
        attestation_roots,
        apple_roots,
        attestation_status: _,
        attestation_status_every: _,
        attestation_status_max_age,
        required_policies,
        certificate_profile,
        certificate_longest: _,
    } = &config.trust;
    let first = |paths: &[PathBuf]| paths.first().cloned().unwrap_or_default();
    let anchors = if certificates.is_empty() {
        Ok(TrustAnchors::none())
    } else {
        TrustAnchors::from_pem(&read_all(certificates)?)
    };
    let roots = if attestation_roots.is_empty() {
        Ok(AttestationRoots::none())
    } else {
        AttestationRoots::from_pem(&read_all(attestation_roots)?)
    };
    let apple = if apple_roots.is_empty() {
        Ok(AppAttestRoots::none())
    } else {
        AppAttestRoots::from_pem(&read_all(apple_roots)?)
    };
    Ok(Trust {
        anchors: anchors.map_err(|error| fault(&first(certificates), error))?,
        policy: ChainPolicy {
            policies: required_policies.clone(),
            profile: *certificate_profile,
            ..ChainPolicy::default()
        },
        attestation_roots: roots.map_err(|error| fault(&first(attestation_roots), error))?,
        attestation_list,
        attestation_list_age: *attestation_status_max_age,
        apple_roots: apple.map_err(|error| fault(&first(apple_roots), error))?,
        apps: config.apps.clone(),
    })
}

/// The engine's settings. `anyone` is the caller's name where nobody is told apart.
pub(super) fn settings(
    config: &Config,
    attestation_list: AttestationList,
    anyone: &CallerId,
) -> Result<Settings, ServeError> {
    let limits = &config.limits;
    let terms = |carrier: &crate::config::Carrier| CarrierTerms {
        host: carrier.host.clone(),
        feed: FeedTerms {
            lag: carrier.lag,
            max_silence: carrier.max_silence,
            horizon: carrier.horizon,
        },
    };
    Ok(Settings {
        trust: trust(config, attestation_list)?,
        readers: config
            .readers
            .iter()
            .filter_map(|reader| Some((reader.id.clone(), reader.build.clone()?)))
            .collect(),
        carriers: config.carriers.iter().map(|each| (each.id.clone(), terms(each))).collect(),
        bounds: Bounds {
            challenge_lifetime: limits.challenge_lifetime,
            enrolment_lifetime: limits.enrolment_challenge_lifetime,
            checks_in_flight: limits.checks_in_flight,
            step_up_lifetime: limits.step_up_lifetime,
            used_challenges: limits.used_challenges,
            used_tokens: limits.used_tokens,
            token_skew: limits.token_skew,
            hot_bindings: limits.hot_bindings,
            verified_chains: limits.verified_chains,
            support_code_life: limits.support_code_life,
            wrong_codes: limits.wrong_codes,
            limit_keys: limits.limit_keys,
            refusals: config.refusals,
            certificate_validity: config.trust.certificate_longest,
            ..Bounds::default()
        },
        packs: config.packs.terms.clone(),
        status: status_terms(config, anyone)?,
        counter: config.counter.clone(),
        platforms: config.platforms.iter().map(|each| each.terms.clone()).collect(),
    })
}

/// The issuers that are known, by their sources or as anchors, and their sources.
fn status_terms(config: &Config, anyone: &CallerId) -> Result<StatusTerms, ServeError> {
    let mut terms = StatusTerms::default();
    // Without TLS whoever calls is every party of the configuration.
    let all: BTreeSet<CallerId> =
        config.tls.is_none().then(|| anyone.clone()).into_iter().collect();
    for source in &config.status {
        let crate::config::StatusSource { issuer, kind, place, every, timeout, caller } = source;
        let authority =
            Authority::from_pem(&read(issuer)?).map_err(|error| fault(issuer, error))?;
        terms.sources.push(SourceTerms {
            issuer: authority.id(),
            kind: *kind,
            place: place.clone(),
            every: *every,
            timeout: *timeout,
        });
        let speakers = caller.iter().chain(&all).cloned().collect();
        terms.issuers.push(IssuerTerms { authority, speakers });
    }
    // What an anchor signed of its own certificates may be brought; one whose key we do not verify
    // with cannot say anything.
    for path in &config.trust.certificates {
        let pem = read(path)?;
        let anchors = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
        let known = anchors.filter_map(|der| Authority::from_der(&der).ok());
        terms
            .issuers
            .extend(known.map(|authority| IssuerTerms { authority, speakers: all.clone() }));
    }
    Ok(terms)
}

/// The packs that are in service first.
pub(super) fn sources(config: &Config) -> Result<Configured, ServeError> {
    match &config.packs.origin {
        PackOrigin::Shipped => Ok(RuleBook::shipped_sources().into()),
        PackOrigin::Folder(dir) => folder(dir).map(Into::into),
        PackOrigin::Bundle(file) => {
            let opened = Bundle::open(&read(file)?, &config.packs.terms.keys);
            let contents = opened.map_err(|error| fault(file, error))?.into_contents();
            let origin = Origin::Bundle(contents.version().get());
            Ok(Configured { sources: contents.into_packs(), origin })
        }
    }
}

/// The packs of a folder, by name.
fn folder(dir: &Path) -> Result<Vec<PackSource>, ServeError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| fault(dir, error))? {
        let path = entry.map_err(|error| fault(dir, error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let source = |path: &PathBuf| {
        let text = String::from_utf8(read(path)?).map_err(|error| fault(path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(PackSource { name, text })
    };
    paths.iter().map(source).collect()
}

#[cfg(test)]
mod tests;
