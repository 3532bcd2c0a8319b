//! The registry of handsets and readers.

use super::{field, time, why};
use simbind_core::{
    ids::ReaderModelId,
    registry::{
        Column, Compatibility as Together, Count, Criterion, HandsetModel, LeftOut as Found,
        Listing, MOST_BYTES, Nfc, Outcome, Problem, Problems, Registry, SecureElement,
    },
    rollout::Why,
};
use simbind_proto::v1::{import_registry_response::Outcome as Told, *};
use simbind_rules::facts::FactEnum as _;
use simbind_service::{
    ServiceError,
    registry::{Extent, Files, ImportOutcome, RegistryVersion as Version, Standing},
};

/// The most readers of a page.
const MOST_READERS: usize = 32;
/// The most criteria of a call, and bytes of one.
const MOST_CRITERIA: (usize, usize) = (16, 1000);

pub(in crate::grpc) fn files(request: ImportRegistryRequest) -> Result<(Files, Why), ServiceError> {
    let ImportRegistryRequest { handsets, readers, trials, why: reason } = request;
    for (name, file) in [("handsets", &handsets), ("readers", &readers), ("trials", &trials)] {
        if file.len() > MOST_BYTES {
            let why = format!("has {} bytes; at most {MOST_BYTES} are taken", file.len());
            return Err(ServiceError::invalid(name, why));
        }
    }
    let why = why(&reason)?;
    let (handsets, readers, trials) = (handsets.into(), readers.into(), trials.into());
    Ok((Files { handsets, readers, trials }, why))
}

fn version(version: &Version) -> RegistryVersion {
    RegistryVersion {
        number: version.number,
        hash: version.hash.to_vec().into(),
        by: version.by.to_string(),
        at: Some(time(version.at)),
        why: version.why.as_str().to_owned(),
    }
}

fn problem(problem: &Problem) -> RegistryProblem {
    let (field, column) = match problem.column {
        Column::Whole => ("", 0),
        Column::Named(name, place) => (name, place),
        Column::Numbered(place) => ("", place),
    };
    RegistryProblem {
        file: problem.table.file().to_owned(),
        line: problem.line,
        column: u32::try_from(column).unwrap_or(u32::MAX),
        field: field.to_owned(),
        what: problem.what.clone(),
    }
}

fn problems(problems: &Problems) -> RegistryProblems {
    RegistryProblems {
        problems: problems.told().iter().map(problem).collect(),
        more: wide(problems.more()),
    }
}

pub(in crate::grpc) fn import_outcome(outcome: ImportOutcome) -> ImportRegistryResponse {
    let told = match outcome {
        ImportOutcome::Imported(imported) => Told::Imported(version(&imported)),
        ImportOutcome::Unchanged(there) => Told::Unchanged(version(&there)),
        ImportOutcome::Refused(found) => Told::Refused(problems(&found)),
    };
    ImportRegistryResponse { outcome: Some(told) }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

pub(in crate::grpc) fn in_force(standing: &Standing) -> GetRegistryResponse {
    let size = standing.registry().size();
    GetRegistryResponse {
        version: standing.version().map(version),
        handsets: wide(size.handsets),
        tacs: wide(size.tacs),
        readers: wide(size.readers),
        trials: wide(size.trials),
    }
}

const fn listing(listing: Listing) -> RegistryListing {
    match listing {
        Listing::Certified => RegistryListing::Certified,
        Listing::Listed => RegistryListing::Listed,
        Listing::Withdrawn => RegistryListing::Withdrawn,
    }
}

pub(in crate::grpc) fn handset_model(model: &HandsetModel) -> GetHandsetModelResponse {
    let types = match model.nfc() {
        Nfc::None => Vec::new(),
        Nfc::Types { a, b, f } => {
            let types = [(a, "A"), (b, "B"), (f, "F")].into_iter();
            types.filter(|(has, _)| *has).map(|(_, name)| name.to_owned()).collect()
        }
    };
    let element = match model.secure_element() {
        SecureElement::None => HandsetSecureElement::None,
        SecureElement::Embedded => HandsetSecureElement::Embedded,
        SecureElement::Sim => HandsetSecureElement::Sim,
    };
    GetHandsetModelResponse {
        model: model.id().to_string(),
        maker: model.maker().to_string(),
        name: model.name().to_string(),
        tacs: model.tacs().iter().map(ToString::to_string).collect(),
        nfc_types: types,
        secure_element: element.into(),
        platform: model.platform().name().to_owned(),
        listing: listing(model.listed().listing).into(),
        since: model.listed().since.to_string(),
    }
}

/// The readers of a page.
pub(in crate::grpc) fn readers_asked(
    registry: &Registry,
    named: &[String],
) -> Result<Vec<ReaderModelId>, ServiceError> {
    if named.is_empty() {
        return Ok(registry.reader_ids().take(MOST_READERS).cloned().collect());
    }
    if named.len() > MOST_READERS {
        let why = format!("are {}; at most {MOST_READERS} are taken", named.len());
        return Err(ServiceError::invalid("readers", why));
    }
    let known = |name: &String| {
        let id: ReaderModelId = field("readers", name)?;
        if registry.reader_lines(&id).is_empty() {
            return Err(ServiceError::invalid("readers", format!("there is no reader `{id}`")));
        }
        Ok(id)
    };
    named.iter().map(known).collect()
}

pub(in crate::grpc) fn compatibility_row(
    registry: &Registry,
    readers: &[ReaderModelId],
    model: &HandsetModel,
) -> CompatibilityRow {
    let cell = |reader: &ReaderModelId| {
        let together = match registry.compatibility(reader, model.id()) {
            Together::Tried(Outcome::Passed) => Compatibility::Passed,
            Together::Tried(Outcome::Partial) => Compatibility::Partial,
            Together::Tried(Outcome::Failed) => Compatibility::Failed,
            Together::Untested => Compatibility::Untested,
        };
        together.into()
    };
    CompatibilityRow {
        model: model.id().to_string(),
        listing: listing(model.listed().listing).into(),
        cells: readers.iter().map(cell).collect(),
    }
}

pub(in crate::grpc) fn criteria(
    texts: &[String],
    registry: &Registry,
) -> Result<Vec<Criterion>, ServiceError> {
    let (most, bytes) = MOST_CRITERIA;
    if texts.is_empty() || texts.len() > most {
        let why = format!("are {}; 1 to {most} are taken", texts.len());
        return Err(ServiceError::invalid("criteria", why));
    }
    let parsed = |text: &String| {
        if text.len() > bytes {
            let why = format!("one has more than {bytes} bytes");
            return Err(ServiceError::invalid("criteria", why));
        }
        let criterion: Criterion = field("criteria", text)?;
        let known = criterion.names_known(registry);
        known.map_err(|error| ServiceError::invalid("criteria", error))?;
        Ok(criterion)
    };
    texts.iter().map(parsed).collect()
}

fn people(people: u64) -> Option<PeopleCount> {
    let about = match Count::of(people) {
        Count::Few => None,
        Count::About(about) => Some(about),
    };
    Some(PeopleCount { about })
}

pub(in crate::grpc) fn counted(
    criteria: Vec<String>,
    found: impl Iterator<Item = Found>,
    extent: Extent,
) -> CountLeftOutResponse {
    let told = |(criterion, found): (String, Found)| LeftOut {
        criterion,
        people: people(found.people),
        served: people(found.served),
        left_out: people(found.left_out),
        unlisted: people(found.unlisted),
        nameless: people(found.nameless),
    };
    CountLeftOutResponse {
        criteria: criteria.into_iter().zip(found).map(told).collect(),
        all: extent == Extent::All,
    }
}
