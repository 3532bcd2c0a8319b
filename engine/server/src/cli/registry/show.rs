use super::Asking;
use crate::cli::remote::{RemoteError, hex, moment, since};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use simbind_proto::v1::{
    GetHandsetModelRequest, GetHandsetModelResponse, GetRegistryRequest, GetRegistryResponse,
    HandsetSecureElement, RegistryListing, RegistryVersion,
};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct ShowArgs {
    /// Shows the model of handsets that has this TAC: the first 8 digits of an IMEI.
    #[arg(long, value_name = "TAC")]
    tac: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn run(args: ShowArgs) -> Result<ExitCode, RemoteError> {
    let mut server = args.asking.connect().await?;
    let mut out = io::stdout().lock();
    match args.tac {
        Some(tac) => {
            let model =
                server.get_handset_model(GetHandsetModelRequest { tac }).await?.into_inner();
            if args.asking.json {
                writeln!(out, "{}", model_value(&model))?;
            } else {
                write!(out, "{}", model_text(&model))?;
            }
        }
        None => {
            let registry = server.get_registry(GetRegistryRequest {}).await?.into_inner();
            if args.asking.json {
                writeln!(out, "{}", registry_value(&registry))?;
            } else {
                write!(out, "{}", registry_text(&registry))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn version(version: &RegistryVersion) -> Value {
    json!({
        "number": version.number,
        "hash": hex(&version.hash),
        "by": version.by,
        "at": moment(version.at.as_ref()),
        "why": version.why,
    })
}

fn registry_value(registry: &GetRegistryResponse) -> Value {
    json!({
        "version": registry.version.as_ref().map(version),
        "handsets": registry.handsets,
        "tacs": registry.tacs,
        "readers": registry.readers,
        "trials": registry.trials,
    })
}

fn registry_text(registry: &GetRegistryResponse) -> String {
    let GetRegistryResponse { version, handsets, tacs, readers, trials } = registry;
    let Some(RegistryVersion { number, hash, by, at, why }) = version else {
        return "no registry was imported\n".to_owned();
    };
    let (at, hash) = (since(at.as_ref()), hex(hash));
    format!(
        "registry  {number}, since {at} by {by}: {why}\nhash      {hash}\n\
         handsets  {handsets} models with {tacs} TACs\nreaders   {readers} lines\ntrials    {trials}\n"
    )
}

pub(super) const fn listing(listing: RegistryListing) -> &'static str {
    match listing {
        RegistryListing::Unspecified => "unknown",
        RegistryListing::Certified => "certified",
        RegistryListing::Listed => "listed",
        RegistryListing::Withdrawn => "withdrawn",
    }
}

const fn element(element: HandsetSecureElement) -> &'static str {
    match element {
        HandsetSecureElement::Unspecified => "unknown",
        HandsetSecureElement::None => "none",
        HandsetSecureElement::Embedded => "embedded",
        HandsetSecureElement::Sim => "sim",
    }
}

fn model_value(model: &GetHandsetModelResponse) -> Value {
    json!({
        "model": model.model,
        "maker": model.maker,
        "name": model.name,
        "tacs": model.tacs,
        "nfc_types": model.nfc_types,
        "secure_element": element(model.secure_element()),
        "platform": model.platform,
        "listing": listing(model.listing()),
        "since": model.since,
    })
}

fn model_text(model: &GetHandsetModelResponse) -> String {
    let nfc =
        if model.nfc_types.is_empty() { "none".to_owned() } else { model.nfc_types.join(", ") };
    format!(
        "{}  {} {}\nlisting         {} since {}\nNFC             {nfc}\nsecure element  {}\n\
         platform        {}\nTACs            {}\n",
        model.model,
        model.maker,
        model.name,
        listing(model.listing()),
        model.since,
        element(model.secure_element()),
        model.platform,
        model.tacs.join(", "),
    )
}
