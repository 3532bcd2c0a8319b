//! `simbind inquiry`: what a support code stands for, and who asked for codes.

mod print;

use super::{
    CliResult,
    remote::{self, MOST_BYTES, RemoteArgs, RemoteError},
};
use clap::Args as ClapArgs;
use simbind_proto::v1::{
    InquireRequest, ListInquiriesRequest, help_service_client::HelpServiceClient,
};
use std::process::ExitCode;

#[derive(Debug, ClapArgs)]
pub(crate) struct InquiryArgs {
    /// The code that the person reads out; hyphens, spaces and case do not matter.
    #[arg(value_name = "CODE", required_unless_present = "list", conflicts_with = "list")]
    code: Vec<String>,
    /// Lists who asked for codes, newest first, for auditors.
    #[arg(long)]
    list: bool,
    /// The most look-ups that are listed.
    #[arg(long, value_name = "N", requires = "list", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    most: u32,
    #[command(flatten)]
    server: RemoteArgs,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &InquiryArgs) -> CliResult {
    remote::run(ask(args))
}

async fn ask(args: &InquiryArgs) -> Result<ExitCode, RemoteError> {
    let client = HelpServiceClient::new(args.server.connect().await?);
    let mut client = client.max_decoding_message_size(MOST_BYTES);
    let text = if args.list {
        let request = ListInquiriesRequest { page_size: args.most, page_token: String::new() };
        let page = client.list_inquiries(request).await?.into_inner();
        if args.json { print::look_ups_json(&page) } else { print::look_ups(&page) }
    } else {
        // A code that is read out with a pause comes as two words.
        let request = InquireRequest { code: args.code.concat() };
        let found = client.inquire(request).await?.into_inner();
        if args.json { print::json(&found) } else { print::text(&found) }
    };
    print::out(&text).map_err(|error| RemoteError::Request(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
