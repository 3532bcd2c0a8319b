//! The file as it is written. Values that need more than their type keep their place, so that a
//! problem found later can name it.

use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};
use toml::Spanned;

pub(super) type Text = Spanned<String>;
pub(super) type Number = Spanned<u64>;
pub(super) type Path = Spanned<PathBuf>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawConfig {
    pub(super) listen: RawListen,
    pub(super) tls: Option<Spanned<RawTls>>,
    pub(super) trust: RawTrust,
    pub(super) apps: Option<Vec<Spanned<RawApp>>>,
    pub(super) relying_party: Vec<Spanned<RawRelyingParty>>,
    pub(super) reader: Vec<RawReader>,
    pub(super) carrier: Vec<RawCarrier>,
    pub(super) platform: Vec<RawPlatform>,
    pub(super) caller: Vec<RawCaller>,
    pub(super) limits: RawLimits,
    pub(super) refusals: RawRefusals,
    pub(super) status: RawStatus,
    pub(super) counter: RawCounter,
    pub(super) packs: RawPacks,
    pub(super) store: RawStore,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawListen {
    pub(super) grpc: Option<Text>,
    pub(super) metrics: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTls {
    pub(super) certificate: Path,
    pub(super) key: Path,
    pub(super) client_ca: Path,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawTrust {
    pub(super) certificates: Vec<Path>,
    pub(super) attestation_roots: Vec<Path>,
    pub(super) apple_roots: Vec<Path>,
    pub(super) attestation_status: Option<Path>,
    pub(super) attestation_status_every: Option<Text>,
    pub(super) attestation_status_max_age: Option<Text>,
    pub(super) required_policies: Vec<Text>,
    pub(super) certificate_profile: Option<Text>,
    pub(super) certificate_longest: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawApp {
    pub(super) id: Text,
    pub(super) role: Option<Text>,
    #[serde(default)]
    pub(super) signer_sha256: Vec<Text>,
    #[serde(default)]
    pub(super) carrier_privilege: Vec<Text>,
    pub(super) environment: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRelyingParty {
    pub(super) id: Text,
    pub(super) caller: Text,
    pub(super) operations: BTreeMap<String, Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReader {
    pub(super) id: Text,
    pub(super) caller: Text,
    pub(super) profile: Text,
    pub(super) sensitivity: Text,
    pub(super) model: Option<Text>,
    pub(super) firmware: Option<Text>,
    pub(super) offline: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRefusals {
    pub(super) life: Option<Text>,
    pub(super) every: Option<Text>,
    pub(super) most: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCarrier {
    pub(super) id: Text,
    pub(super) caller: Text,
    pub(super) host: Option<Text>,
    #[serde(default)]
    pub(super) mvnos: Vec<Text>,
    pub(super) horizon_days: Option<Number>,
    pub(super) max_silence: Option<Text>,
    pub(super) lag: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlatform {
    pub(super) carrier: Text,
    pub(super) url: Text,
    pub(super) ca: Option<Path>,
    pub(super) certificate: Option<Path>,
    pub(super) key: Option<Path>,
    pub(super) timeout: Option<Text>,
    pub(super) retry: Option<Text>,
    pub(super) retry_longest: Option<Text>,
    pub(super) patience: Option<Text>,
    pub(super) at_once: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCaller {
    pub(super) name: Text,
    pub(super) roles: Spanned<Vec<Text>>,
    pub(super) office: Option<Text>,
    pub(super) place: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLimits {
    pub(super) message_bytes: Option<Number>,
    pub(super) streams_per_connection: Option<Number>,
    pub(super) checks_in_flight: Option<Number>,
    pub(super) stream_in_flight: Option<Number>,
    pub(super) ledger_queue: Option<Number>,
    pub(super) batch_events: Option<Number>,
    pub(super) request_timeout: Option<Text>,
    pub(super) drain: Option<Text>,
    pub(super) challenge_lifetime: Option<Text>,
    pub(super) enrolment_challenge_lifetime: Option<Text>,
    pub(super) step_up_lifetime: Option<Text>,
    pub(super) used_challenges: Option<Number>,
    pub(super) used_tokens: Option<Number>,
    pub(super) token_skew: Option<Text>,
    pub(super) hot_bindings: Option<Number>,
    pub(super) verified_chains: Option<Number>,
    pub(super) support_code_life: Option<Text>,
    pub(super) wrong_codes: Option<Number>,
    pub(super) limit_keys: Option<Number>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawCounter {
    pub(super) variant: Option<Text>,
    pub(super) choices: Vec<Text>,
    pub(super) ticket_lifetime: Option<Text>,
    pub(super) open_tickets: Option<Number>,
    pub(super) wrong_codes: Option<Number>,
    pub(super) office_wrong_codes: Option<Number>,
    pub(super) office: Vec<RawOffice>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOffice {
    pub(super) id: Text,
    pub(super) variant: Option<Text>,
    #[serde(default)]
    pub(super) resumed_by: Vec<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStatus {
    pub(super) source: Vec<Spanned<RawStatusSource>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatusSource {
    pub(super) issuer: Path,
    pub(super) kind: Text,
    pub(super) url: Option<Text>,
    pub(super) file: Option<Path>,
    pub(super) every: Option<Text>,
    pub(super) timeout: Option<Text>,
    pub(super) caller: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPacks {
    pub(super) dir: Option<Path>,
    pub(super) bundle: Option<Path>,
    pub(super) keys: Vec<RawPackKey>,
    pub(super) signed_only: Option<Spanned<bool>>,
    pub(super) national_approval: Option<Text>,
    pub(super) recover: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPackKey {
    pub(super) public: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStore {
    pub(super) dir: Option<PathBuf>,
    pub(super) cache_bytes: Option<Number>,
    pub(super) segment_bytes: Option<Number>,
    pub(super) snapshot_entries: Option<Number>,
}
