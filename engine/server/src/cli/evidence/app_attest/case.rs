//! An object of App Attest with what it is judged by: from arguments, or from a case as JSON.

use super::super::{
    args::{AppAttestArgs, AskedEnvironment},
    files::{self, Base64, Hex},
    moment::Moment,
    outcome::Unreadable,
};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use simbind_core::time::Timestamp;
use simbind_evidence::apple::Environment;

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Object {
    Attestation,
    Assertion,
    Receipt,
}

/// An object and what it is judged by.
pub(super) struct Case {
    pub(super) object: Object,
    pub(super) bytes: Vec<u8>,
    pub(super) at: Timestamp,
    pub(super) app_id: Option<String>,
    pub(super) key_id: Option<Vec<u8>>,
    /// None: either.
    pub(super) environment: Option<Environment>,
    pub(super) client_data_hash: Option<Vec<u8>>,
    pub(super) public_key: Option<Vec<u8>>,
    pub(super) counter: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    kind: Option<Object>,
    attestation_base64: Option<String>,
    assertion_base64: Option<String>,
    receipt_base64: Option<String>,
    app_id: Option<String>,
    key_id_base64: Option<String>,
    client_data_hash_hex: Option<String>,
    client_data_base64: Option<String>,
    environment: Option<String>,
    policy_environment: Option<String>,
    public_key_spki_base64: Option<String>,
    previous_counter: Option<u32>,
    verify_at: Option<String>,
}

fn base64(field: &str, text: Option<&str>) -> Result<Option<Vec<u8>>, Unreadable> {
    let why = |why| Unreadable::because(format!("{field}: {why}"));
    text.map(|text| text.parse::<Base64>().map(|bytes| bytes.0).map_err(why)).transpose()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

impl Case {
    pub(super) fn read(args: &AppAttestArgs) -> Result<Self, Unreadable> {
        let bytes = files::read(&args.file)?;
        let (written, bytes) = match opened(args, bytes)? {
            File::Case(written) => (*written, None),
            File::Object(bytes) => (Written::default(), Some(bytes)),
        };
        let object = written.kind.unwrap_or(match args.public_key {
            Some(_) => Object::Assertion,
            None => Object::Attestation,
        });
        let (field, text) = match object {
            Object::Attestation => ("attestation_base64", &written.attestation_base64),
            Object::Assertion => ("assertion_base64", &written.assertion_base64),
            Object::Receipt => ("receipt_base64", &written.receipt_base64),
        };
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => base64(field, text.as_deref())?
                .ok_or_else(|| Unreadable::new(&args.file, &format!("it has no {field}")))?,
        };
        let asked = |asked: &AskedEnvironment| match asked {
            AskedEnvironment::Production => Environment::Production,
            AskedEnvironment::Development => Environment::Development,
        };
        Ok(Self {
            object,
            bytes,
            at: time(args, &written)?,
            app_id: args.app_id.clone().or_else(|| written.app_id.clone()),
            key_id: match &args.key_id {
                Some(key_id) => Some(key_id.0.clone()),
                None => base64("key_id_base64", written.key_id_base64.as_deref())?,
            },
            environment: match &args.environment {
                Some(environment) => Some(asked(environment)),
                None => environment(&written)?,
            },
            client_data_hash: client_data_hash(args, &written)?,
            public_key: match &args.public_key {
                Some(key) => Some(key.0.clone()),
                None => {
                    base64("public_key_spki_base64", written.public_key_spki_base64.as_deref())?
                }
            },
            counter: args.counter.or(written.previous_counter).unwrap_or(0),
        })
    }

    pub(super) fn client_data_hash(&self) -> Result<&[u8], Unreadable> {
        let why = "one of --challenge, --client-data and --client-data-hash is needed";
        self.client_data_hash.as_deref().ok_or_else(|| Unreadable::because(why))
    }

    pub(super) fn app_id(&self) -> Result<&str, Unreadable> {
        self.app_id.as_deref().ok_or_else(|| Unreadable::because("--app-id is needed"))
    }
}

/// What a file holds.
enum File {
    Case(Box<Written>),
    Object(Vec<u8>),
}

/// A case begins with a brace, an object with a map of CBOR; what is text otherwise is base64.
fn opened(args: &AppAttestArgs, bytes: Vec<u8>) -> Result<File, Unreadable> {
    const NEITHER: &str =
        "it is no object of App Attest: no map of CBOR, no base64 of one, no case";
    let unreadable = |why: &dyn std::fmt::Display| Unreadable::new(&args.file, why);
    let text = std::str::from_utf8(&bytes).map(str::trim_ascii_start);
    if let Ok(text) = text
        && text.starts_with('{')
    {
        let written = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        return Ok(File::Case(Box::new(written)));
    }
    let is_map = |bytes: &[u8]| bytes.first().is_some_and(|first| first >> 5 == 5);
    if is_map(&bytes) {
        return Ok(File::Object(bytes));
    }
    let decoded = text.ok().and_then(|text| text.parse::<Base64>().ok());
    let decoded = decoded.filter(|decoded| is_map(&decoded.0));
    decoded.map(|decoded| File::Object(decoded.0)).ok_or_else(|| unreadable(&NEITHER))
}

fn time(args: &AppAttestArgs, written: &Written) -> Result<Timestamp, Unreadable> {
    if let Some(at) = args.at {
        return Ok(at.0);
    }
    let why = |why| Unreadable::because(format!("verify_at: {why}"));
    let at = written.verify_at.as_deref().map(|text| text.parse::<Moment>().map_err(why));
    Ok(at.transpose()?.unwrap_or_else(Moment::now).0)
}

/// A case says what the verifier runs for, or else what it is itself.
fn environment(written: &Written) -> Result<Option<Environment>, Unreadable> {
    let text = written.policy_environment.as_ref().or(written.environment.as_ref());
    match text.map(String::as_str) {
        None => Ok(None),
        Some("production") => Ok(Some(Environment::Production)),
        Some("development") => Ok(Some(Environment::Development)),
        Some(other) => Err(Unreadable::because(format!("{other:?} is no environment"))),
    }
}

fn client_data_hash(
    args: &AppAttestArgs,
    written: &Written,
) -> Result<Option<Vec<u8>>, Unreadable> {
    if let Some(hash) = &args.client_data_hash {
        return Ok(Some(hash.0.clone()));
    }
    if let Some(challenge) = &args.challenge {
        return Ok(Some(sha256(&challenge.0)));
    }
    if let Some(path) = &args.client_data {
        return Ok(Some(sha256(&files::read(path)?)));
    }
    if let Some(text) = &written.client_data_hash_hex {
        let why = |why| Unreadable::because(format!("client_data_hash_hex: {why}"));
        return text.parse::<Hex>().map(|hash| Some(hash.0)).map_err(why);
    }
    let data = base64("client_data_base64", written.client_data_base64.as_deref())?;
    Ok(data.map(|data| sha256(&data)))
}
