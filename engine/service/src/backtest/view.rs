//! A recorded decision, read without copying it: the fields that deciding again needs, borrowed
//! from the entry's bytes. What is not needed is stepped over, not checked.

use crate::{
    ledger::{SNOOZED, TOKEN, VERSION},
    ports::store::ProjectionError,
};
use simbind_core::time::Timestamp;
use simbind_rules::{CheckKind, Methods, StepUpMethod, Verdict};

/// What a `DecisionEntry` was decided by, and what came of it.
#[derive(Debug)]
pub(super) struct DecisionView<'a> {
    pub(super) id: [u8; 16],
    pub(super) kind: CheckKind,
    pub(super) audience: &'a str,
    pub(super) carrier: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    pub(super) facts: &'a [u8],
    /// The reason of the limit that was reached.
    pub(super) limit: Option<&'a str>,
    pub(super) proved: Option<StepUpMethod>,
    pub(super) verdict: Verdict,
    pub(super) decided_at: Timestamp,
    /// The rules, as `pack/rule`, that were snoozed.
    pub(super) snoozed: Vec<&'a str>,
}

impl<'a> DecisionView<'a> {
    /// The decision in an entry's bytes.
    ///
    /// # Errors
    /// Where they are of a newer format, or damaged.
    pub(super) fn read(entry: &'a [u8]) -> Result<Self, ProjectionError> {
        match entry {
            [version @ (VERSION | SNOOZED | TOKEN), rest @ ..] => {
                Self::fields(*version, Cursor(rest))
            }
            _ => None,
        }
        .ok_or(ProjectionError { what: "a decision" })
    }

    /// The fields in their order. Each line is one of the entry.
    fn fields(version: u8, mut at: Cursor<'a>) -> Option<Self> {
        let id = *at.raw::<16>()?;
        at.option(Cursor::raw::<16>)?;
        let kind = at.kind()?;
        at.bytes()?;
        let audience = at.text()?;
        at.bytes()?;
        at.raw::<32>()?;
        at.option(Cursor::raw::<16>)?;
        at.option(Cursor::raw::<16>)?;
        let carrier = at.option(Cursor::text)?;
        let host = at.option(Cursor::text)?;
        let facts = at.bytes()?;
        let limit = at.option(|at| {
            let reason = at.text()?;
            at.integer()?;
            Some(reason)
        })?;
        let proved = at.option(Cursor::method)?;
        let verdict = at.verdict()?;
        at.list(|at| at.bytes().map(|_| ()))?;
        at.option(Cursor::integer)?;
        at.list(|at| {
            at.bytes()?;
            at.bytes()?;
            at.byte().map(|_| ())
        })?;
        at.raw::<32>()?;
        let decided_at = at.time()?;
        at.integer()?;
        let mut snoozed = Vec::new();
        if matches!(version, SNOOZED | TOKEN) {
            at.list(|at| at.text().map(|name| snoozed.push(name)))?;
        }
        if version == TOKEN {
            at.raw::<16>()?;
        }
        Some(Self {
            id,
            kind,
            audience,
            carrier,
            host,
            facts,
            limit,
            proved,
            verdict,
            decided_at,
            snoozed,
        })
    }
}

/// A place in bytes of the ledger's encoding: integers as unsigned LEB128, signed ones in zigzag,
/// texts and lists behind their length, a variant as its number, an option behind 0 or 1.
#[derive(Debug)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    #[inline]
    fn raw<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(head)
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (head, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*head)
    }

    #[inline]
    fn integer(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first & 0x80 == 0 {
            return Some(u64::from(first));
        }
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn time(&mut self) -> Option<Timestamp> {
        let zigzag = self.integer()?;
        let millis = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
        Some(Timestamp::from_millis(millis))
    }

    #[inline]
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.integer()?).ok()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    #[inline]
    fn option<T>(&mut self, some: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.byte()? {
            0 => Some(None),
            1 => some(self).map(Some),
            _ => None,
        }
    }

    #[inline]
    fn list(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        for _ in 0..self.integer()? {
            each(self)?;
        }
        Some(())
    }

    fn kind(&mut self) -> Option<CheckKind> {
        match self.integer()? {
            0 => Some(CheckKind::Login),
            1 => Some(CheckKind::Tap),
            _ => None,
        }
    }

    fn method(&mut self) -> Option<StepUpMethod> {
        let variant = usize::try_from(self.integer()?).ok()?;
        StepUpMethod::ALL.get(variant).copied()
    }

    fn verdict(&mut self) -> Option<Verdict> {
        match self.integer()? {
            0 => Some(Verdict::Allow),
            1 => {
                let mut methods: Option<Methods> = None;
                self.list(|at| {
                    let methods_so_far = methods.into_iter().flat_map(Methods::iter);
                    methods = Methods::new(methods_so_far.chain([at.method()?]));
                    Some(())
                })?;
                methods.map(Verdict::StepUp)
            }
            2 => Some(Verdict::Deny),
            _ => None,
        }
    }
}
