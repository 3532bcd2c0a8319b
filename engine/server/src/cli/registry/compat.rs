use super::{
    Asking,
    files::{Files, bytes, refused},
    matrix::{Cell, Colours, Matrix, Row},
    share::{Figure, Share},
    show,
};
use crate::cli::{
    CliResult,
    remote::{self, RemoteError},
};
use clap::Args as ClapArgs;
use simbind_core::{
    ids::ReaderModelId,
    registry::{Compatibility as Together, Criterion, Outcome, People, Registry},
};
use simbind_proto::v1::{
    Compatibility, CountLeftOutRequest, GetCompatibilityRequest, LeftOut, PeopleCount,
    registry_service_client::RegistryServiceClient,
};
use std::{
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};
use tonic::transport::Channel;

/// Handsets that are asked for at once.
const PAGE: u32 = 1000;

#[derive(Debug, ClapArgs)]
pub(crate) struct CompatArgs {
    /// What a handset has to be: certified, listed, nfc=type_b, secure-element=sim,
    /// platform=android, trial=passed, or several of them with commas between. Can be repeated.
    #[arg(long, value_name = "CONDITIONS")]
    criterion: Vec<String>,
    /// A model of readers that is shown, and that trial=passed and trial=partial are about; can be
    /// repeated. Without it, all.
    #[arg(long, value_name = "READER")]
    reader: Vec<ReaderModelId>,
    /// Reads handsets.csv, readers.csv and trials.csv of a folder: no server is asked.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How many people have which model: a file in CSV with the columns model and people.
    #[arg(long, value_name = "FILE", requires = "dir")]
    people: Option<PathBuf>,
    #[command(flatten)]
    asking: Asking,
}

impl CompatArgs {
    /// The criteria, with the named readers put into conditions about trials.
    fn criteria(&self) -> Vec<String> {
        let named = |part: &str| match part {
            "trial=passed" | "trial=partial" if !self.reader.is_empty() => {
                let each: Vec<String> =
                    self.reader.iter().map(|reader| format!("{part}@{reader}")).collect();
                each.join(",")
            }
            part => part.to_owned(),
        };
        let whole = |text: &String| {
            let parts: Vec<String> = text.split(',').map(|part| named(part.trim())).collect();
            parts.join(",")
        };
        self.criterion.iter().map(whole).collect()
    }
}

pub(super) fn run(args: CompatArgs) -> CliResult {
    match &args.dir {
        None => remote::run(online(args)),
        Some(folder) => {
            let files = Files::of(folder)?;
            let people = args.people.clone().map(bytes).transpose()?;
            let registry = match files.read() {
                Ok(registry) => registry,
                Err(problems) => {
                    refused(&problems, args.asking.json)?;
                    return Ok(ExitCode::FAILURE);
                }
            };
            Ok(offline(&args, &registry, people.as_deref())?)
        }
    }
}

fn offline(
    args: &CompatArgs,
    registry: &Registry,
    people: Option<&[u8]>,
) -> Result<ExitCode, RemoteError> {
    let wrong = |error: &dyn std::fmt::Display| RemoteError::Request(error.to_string());
    let mut shares = Vec::new();
    if let Some(file) = people {
        let people = match People::read(file, registry) {
            Ok(people) => people,
            Err(problems) => {
                refused(&problems, args.asking.json)?;
                return Ok(ExitCode::FAILURE);
            }
        };
        for text in args.criteria() {
            let criterion: Criterion =
                text.parse().map_err(|error| wrong(&format!("{text}: {error}")))?;
            criterion.names_known(registry).map_err(|error| wrong(&error))?;
            shares.push(Share::exact(&text, &people.left_out(registry, &criterion)));
        }
    } else if !args.criterion.is_empty() {
        return Err(wrong(&"whom a criterion leaves out takes --people FILE, or a server"));
    }
    let known = |reader: &&ReaderModelId| registry.reader_lines(reader).is_empty();
    if let Some(reader) = args.reader.iter().find(known) {
        return Err(wrong(&format!("there is no reader `{reader}` in the registry")));
    }
    let readers: Vec<ReaderModelId> = if args.reader.is_empty() {
        registry.reader_ids().cloned().collect()
    } else {
        args.reader.clone()
    };
    print(&matrix(registry, &readers), &shares, args.asking.json)?;
    Ok(ExitCode::SUCCESS)
}

fn matrix(registry: &Registry, readers: &[ReaderModelId]) -> Matrix {
    let row = |model: &simbind_core::registry::HandsetModel| Row {
        model: model.id().to_string(),
        listing: model.listed().listing.name(),
        cells: readers
            .iter()
            .map(|reader| match registry.compatibility(reader, model.id()) {
                Together::Tried(Outcome::Passed) => Cell::Passed,
                Together::Tried(Outcome::Partial) => Cell::Partial,
                Together::Tried(Outcome::Failed) => Cell::Failed,
                Together::Untested => Cell::Untested,
            })
            .collect(),
    };
    Matrix {
        readers: readers.iter().map(ToString::to_string).collect(),
        rows: registry.handsets().iter().map(row).collect(),
    }
}

async fn online(args: CompatArgs) -> Result<ExitCode, RemoteError> {
    let mut server = args.asking.connect().await?;
    let matrix = fetched(&mut server, &args.reader).await?;
    let criteria = args.criteria();
    let mut shares = Vec::new();
    let mut all = true;
    if !criteria.is_empty() {
        let found = server.count_left_out(CountLeftOutRequest { criteria }).await?.into_inner();
        all = found.all;
        shares = found.criteria.into_iter().map(share).collect();
    }
    print(&matrix, &shares, args.asking.json)?;
    if !all {
        writeln!(io::stderr(), "people are those of a fair sample of the bindings")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn fetched(
    server: &mut RegistryServiceClient<Channel>,
    readers: &[ReaderModelId],
) -> Result<Matrix, RemoteError> {
    let mut matrix = Matrix::default();
    let mut page_token = String::new();
    loop {
        let readers = readers.iter().map(ToString::to_string).collect();
        let request = GetCompatibilityRequest { readers, page_size: PAGE, page_token };
        let page = server.get_compatibility(request).await?.into_inner();
        matrix.readers = page.readers;
        matrix.rows.extend(page.rows.iter().map(|row| Row {
            model: row.model.clone(),
            listing: show::listing(row.listing()),
            cells: row.cells().map(cell).collect(),
        }));
        if page.next_page_token.is_empty() {
            return Ok(matrix);
        }
        page_token = page.next_page_token;
    }
}

const fn cell(cell: Compatibility) -> Cell {
    match cell {
        Compatibility::Passed => Cell::Passed,
        Compatibility::Partial => Cell::Partial,
        Compatibility::Failed => Cell::Failed,
        Compatibility::Untested | Compatibility::Unspecified => Cell::Untested,
    }
}

fn share(found: LeftOut) -> Share {
    let figure = |count: Option<PeopleCount>| {
        count.and_then(|count| count.about).map_or(Figure::Few, Figure::About)
    };
    Share {
        criterion: found.criterion,
        people: figure(found.people),
        served: figure(found.served),
        left_out: figure(found.left_out),
        unlisted: figure(found.unlisted),
        nameless: figure(found.nameless),
    }
}

fn print(matrix: &Matrix, shares: &[Share], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        let shares: Vec<_> = shares.iter().map(Share::value).collect();
        let value = serde_json::json!({ "handsets": matrix.value(), "criteria": shares });
        return writeln!(out, "{value}");
    }
    let colours = if out.is_terminal() { Colours::Shown } else { Colours::Plain };
    write!(out, "{}", matrix.text(colours))?;
    for share in shares {
        write!(out, "{}", share.text())?;
    }
    Ok(())
}
