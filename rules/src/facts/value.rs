//! How a fact's value stands in a slot: every type maps to one `i64`.

use std::fmt::Debug;
use std::time::Duration;

/// The type of a fact, as rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// One of a closed list of names.
    Enum(EnumType),
    /// A span of time, kept in milliseconds.
    Duration,
    /// A whole number from 0 to 4,294,967,295.
    Int,
    /// `true` or `false`.
    Bool,
}

impl FactType {
    /// The type's name as it stands in documents and diagnostics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Enum(of) => of.name,
            Self::Duration => "duration",
            Self::Int => "int",
            Self::Bool => "bool",
        }
    }
}

/// A closed list of names that a fact can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The name of the list.
    pub name: &'static str,
    /// The names, in the order of their stable indexes; a new one is put at the end.
    pub variants: &'static [&'static str],
}

impl EnumType {
    /// The index of `name` in the list.
    pub fn index_of(&self, name: &str) -> Option<i64> {
        let at = self.variants.iter().position(|variant| *variant == name)?;
        i64::try_from(at).ok()
    }

    /// The name at `index`.
    pub fn name_at(&self, index: i64) -> Option<&'static str> {
        self.variants.get(usize::try_from(index).ok()?).copied()
    }
}

/// An enum whose variants are the values of a fact.
pub trait FactEnum: Copy + Eq + Debug + Sized + 'static {
    /// The variants' names in `snake_case`, in declaration order.
    const VARIANTS: &'static [&'static str];

    /// Position of this variant in [`FactEnum::VARIANTS`]; stable, since it is recorded.
    fn index(self) -> u8;

    /// The variant at a position.
    fn from_index(index: u8) -> Option<Self>;

    /// The name that rules use for this variant.
    fn name(self) -> &'static str;

    /// The variant of that name.
    fn from_name(name: &str) -> Option<Self>;
}

/// A Rust type that a fact can hold.
pub trait FactValue: Copy + 'static {
    /// The type that rules see.
    const TYPE: FactType;

    /// The slot's value.
    fn into_slot(self) -> i64;

    /// The value out of a slot; `None` if no value of this type has that slot.
    fn from_slot(slot: i64) -> Option<Self>;
}

impl FactValue for Duration {
    const TYPE: FactType = FactType::Duration;

    /// Whole milliseconds, rounded down; what does not fit becomes `i64::MAX`.
    #[inline]
    fn into_slot(self) -> i64 {
        let ms = i64::try_from(self.as_secs()).ok().and_then(|secs| secs.checked_mul(1_000));
        ms.and_then(|ms| ms.checked_add(i64::from(self.subsec_millis()))).unwrap_or(i64::MAX)
    }

    fn from_slot(slot: i64) -> Option<Self> {
        if slot == i64::MAX {
            return Some(Self::MAX);
        }
        u64::try_from(slot).ok().map(Self::from_millis)
    }
}

impl FactValue for u32 {
    const TYPE: FactType = FactType::Int;

    #[inline]
    fn into_slot(self) -> i64 {
        i64::from(self)
    }

    fn from_slot(slot: i64) -> Option<Self> {
        Self::try_from(slot).ok()
    }
}

impl FactValue for bool {
    const TYPE: FactType = FactType::Bool;

    #[inline]
    fn into_slot(self) -> i64 {
        i64::from(self)
    }

    fn from_slot(slot: i64) -> Option<Self> {
        match slot {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}
