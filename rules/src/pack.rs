//! Packs as they are written: TOML read into typed parts, each with its place.

mod feed;
mod life;
mod model;
mod names;
mod read;
mod rules;
mod section;
mod tests_section;

pub(crate) use model::{
    AdjustDoc, Applies, BaseDoc, FeedDoc, FeedSection, Kinds, LimitDoc, PackDoc, ParamDoc,
    ParamType, RuleDoc, SetDoc, Softer, Span, Spanned, TestDoc, Unknown,
};
pub use model::{LimitKey, PackSource};
pub(crate) use read::read_pack;
