//! The variants of issue side by side, each played once against a server.

use super::{
    booth::Booth,
    durations::{Durations, Steal},
};
use crate::{
    clock::SimClock,
    connections::Connections,
    play::{actor::ActError, calls::Calls},
    world::{
        World, WorldError,
        apps::Suite,
        attestation::Soundness,
        authority::Branch,
        carrier::Carrier,
        handset::Model,
        key::Curve,
        person::{Person, Traits},
        sim::Applet,
    },
};
use comfy_table::{ContentArrangement, Table, presets::ASCII_MARKDOWN};
use serde::Serialize;
use simbind_proto::v1::{CounterVariant, Platform};
use thiserror::Error;

/// Why there is no comparison.
#[derive(Debug, Error)]
pub enum CompareError {
    /// The world cannot be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The server did not do a step.
    #[error("{variant} with {phone}: {why}")]
    Played {
        /// The variant.
        variant: &'static str,
        /// The phone.
        phone: &'static str,
        /// What was said.
        why: String,
    },
    /// The durations cannot be read.
    #[error("the durations: {0}")]
    Durations(String),
}

/// One variant with one sort of phone.
#[derive(Clone, Debug, Serialize)]
struct Row {
    variant: &'static str,
    phone: &'static str,
    steps: u32,
    codes_typed: u32,
    characters: u32,
    minutes: f64,
    must_steal: String,
}

/// The variants side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    rows: Vec<Row>,
}

impl Compared {
    /// One line of JSON.
    pub fn to_json(&self) -> String {
        serde_json::json!({ "variants": self.rows }).to_string()
    }

    /// A table in Markdown.
    pub fn to_table(&self) -> String {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header([
            "variant",
            "phone",
            "steps",
            "codes to type",
            "characters",
            "minutes",
            "what an attacker must steal",
        ]);
        for row in &self.rows {
            table.add_row([
                row.variant.to_owned(),
                row.phone.to_owned(),
                row.steps.to_string(),
                row.codes_typed.to_string(),
                row.characters.to_string(),
                format!("{:.1}", row.minutes),
                row.must_steal.clone(),
            ]);
        }
        table.to_string()
    }
}

const VARIANTS: [(CounterVariant, &str); 3] = [
    (CounterVariant::TwoCodes, "two_codes"),
    (CounterVariant::OneCode, "one_code"),
    (CounterVariant::Terminal, "terminal"),
];

/// Issues a phone in each variant, an Android and an iPhone, at one counter.
///
/// # Errors
/// Where the world cannot be made, or the server does not do a step.
pub async fn compare(
    world: &World,
    connections: &Connections,
    clock: &dyn SimClock,
) -> Result<Compared, CompareError> {
    let calls = Calls::new(connections);
    let told = Durations::assumed().map_err(|e| CompareError::Durations(e.to_string()))?;
    let mut rows = Vec::with_capacity(6);
    // Persons of their own for each run, so that it can be repeated against one server.
    let begun = u64::try_from(clock.now().as_millis()).unwrap_or(0) % 1_000_000_000;
    for (number, (variant, name)) in VARIANTS.into_iter().enumerate() {
        for (place, phone) in ["Android", "iPhone"].into_iter().enumerate() {
            let number = begun * 8 + u64::try_from(number * 2 + place).unwrap_or(0);
            let played = one(world, &calls, clock, (variant, phone), number).await;
            let booth = played.map_err(|error| CompareError::Played {
                variant: name,
                phone,
                why: error.to_string(),
            })?;
            rows.push(Row {
                variant: name,
                phone,
                steps: booth.tally.steps(),
                codes_typed: booth.tally.codes,
                characters: booth.tally.characters,
                minutes: (told.seconds(&booth.tally) / 6.0).round() / 10.0,
                must_steal: must_steal(variant, told.steal()),
            });
        }
    }
    Ok(Compared { rows })
}

fn must_steal(variant: CounterVariant, steal: &Steal) -> String {
    match variant {
        CounterVariant::Terminal => &steal.terminal,
        CounterVariant::OneCode => &steal.one_code,
        CounterVariant::TwoCodes | CounterVariant::Unspecified => &steal.two_codes,
    }
    .clone()
}

/// What the people of a comparison have.
pub(super) fn traits(platform: Platform) -> Traits {
    let android = Model { soundness: Soundness::Sound, suite: Suite::One, ..Model::android(1) };
    Traits {
        carrier: Carrier::Docomo,
        applet: Applet { counts: false, learns_imei: false, curve: Curve::P256 },
        model: if platform == Platform::Ios { Model::IPHONE } else { android },
        branch: Branch::Prompt,
    }
}

async fn one<'a>(
    world: &'a World,
    calls: &'a Calls,
    clock: &'a dyn SimClock,
    (variant, phone): (CounterVariant, &str),
    number: u64,
) -> Result<Booth<'a>, ActError> {
    let platform = if phone == "iPhone" { Platform::Ios } else { Platform::Android };
    let mut person = Person::make(world, number, traits(platform))?;
    let request = format!("compare-{}", person.reference);
    let mut booth = Booth::of((calls, world, clock), &person, request);
    booth.open(variant).await?;
    let secret = booth.join(0, number).await?;
    booth.see_sim(&person).await?;
    booth.load(&secret, &person.sim).await?;
    booth.write(&secret, &mut person.sim, &person.handsets.bound).await?;
    booth.set_pin(&secret, &person.sim).await?;
    booth.attest(&secret, &person.handsets.bound).await?;
    booth.activate(&secret, &person.sim, &mut person.handsets.bound).await?;
    Ok(booth)
}
