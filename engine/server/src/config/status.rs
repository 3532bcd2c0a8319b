//! Sources of certificates' status.

use super::{
    check::Checker,
    model::StatusSource,
    raw::{RawStatus, RawStatusSource, Text},
};
use http::Uri;
use simbind_service::{ports::status::Place, status::SourceKind};
use std::{ops::RangeInclusive, time::Duration};

/// How often a list is fetched.
const LISTS: Duration = Duration::from_secs(3600);
/// How often a responder is asked about a certificate.
const RESPONDERS: Duration = Duration::from_secs(600);
const EVERY: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(7 * 86_400);
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(300);
/// The most sources.
const MOST: usize = 64;

pub(super) fn sources(raw: &RawStatus, checker: &mut Checker<'_>) -> Vec<StatusSource> {
    if let Some(past) = raw.source.get(MOST) {
        checker.at(past, "status.source", format!("at most {MOST} sources are taken"));
    }
    let each = raw.source.iter().enumerate();
    each.filter_map(|(n, source)| parsed(n, source.get_ref(), checker)).collect()
}

fn parsed(n: usize, raw: &RawStatusSource, checker: &mut Checker<'_>) -> Option<StatusSource> {
    let at = |field: &str| format!("status.source[{n}].{field}");
    let issuer = checker.existing(&at("issuer"), &raw.issuer);
    let kind = match raw.kind.get_ref().as_str() {
        "crl" => Some(SourceKind::List),
        "ocsp" => Some(SourceKind::Responder),
        other => {
            checker.at(&raw.kind, &at("kind"), format!("`{other}` is none of crl, ocsp"));
            None
        }
    };
    if let (Some(SourceKind::Responder), Some(file)) = (kind, &raw.file) {
        let message = "a responder is asked about one certificate at a time; give its url";
        checker.at(file, &at("file"), message);
    }
    let place = match (&raw.url, &raw.file) {
        (None, None) => None,
        (Some(url), file) => {
            if let Some(file) = file {
                checker.at(file, &at("file"), "url is there too; one of them can be");
            }
            place_of(&at("url"), url, checker)
        }
        (None, Some(file)) => Some(Place::File(checker.joined(file))),
    };
    for (field, text) in [("every", &raw.every), ("timeout", &raw.timeout)] {
        if let (Some(text), None, None) = (text, &raw.url, &raw.file) {
            checker.at(text, &at(field), "there is neither url nor file: nothing is fetched");
        }
    }
    let usual = if kind == Some(SourceKind::List) { LISTS } else { RESPONDERS };
    let every = time(&at("every"), raw.every.as_ref(), EVERY, usual, checker);
    let timeout = time(&at("timeout"), raw.timeout.as_ref(), TIMEOUTS, TIMEOUT, checker);
    let caller = raw.caller.as_ref().and_then(|caller| checker.parse(&at("caller"), caller));
    kind.map(|kind| StatusSource { issuer, kind, place, every, timeout, caller })
}

fn place_of(field: &str, text: &Text, checker: &mut Checker<'_>) -> Option<Place> {
    let told = match text.get_ref().parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("https") => {
            "answers are signed by the issuer and verified: give a plain http URL"
        }
        Ok(uri) if uri.scheme_str() == Some("http") && uri.authority().is_some() => {
            return Some(Place::Url(text.get_ref().clone()));
        }
        _ => "it is no URL like http://crl.example.jp/user.crl",
    };
    checker.at(text, field, told);
    None
}

fn time(
    field: &str,
    text: Option<&Text>,
    range: RangeInclusive<Duration>,
    usual: Duration,
    checker: &mut Checker<'_>,
) -> Duration {
    let Some(text) = text else { return usual };
    match checker.duration(field, text) {
        Some(time) if !range.contains(&time) => {
            let (from, to) = range.into_inner();
            checker.at(text, field, format!("{time:?} is not within {from:?} and {to:?}"));
            usual
        }
        Some(time) => time,
        None => usual,
    }
}
