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
const MOST: usize = 4096;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        callers::Role,
        config::{Config, Overrides},
    };

    fn read(source: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), "").unwrap();
        let text = format!("[[status.source]]\n{source}");
        let parsed = Config::parse(&text, "test", dir.path(), &Overrides::default());
        parsed.map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_source_is_fetched_or_pushed_and_its_caller_is_an_issuer() {
        let config = read(
            "issuer = \"ca.pem\"\nkind = \"crl\"\nurl = \"http://crl.example/a\"\ncaller = \"j\"\n\
             [[caller]]\nname = \"other\"\nroles = [\"counter\"]",
        );
        let config = config.unwrap();
        let source = &config.status[0];
        assert_eq!(source.place, Some(Place::Url("http://crl.example/a".into())));
        assert_eq!((source.every, source.timeout), (LISTS, TIMEOUT));
        let caller = config.callers.iter().find(|caller| caller.name.as_str() == "j").unwrap();
        assert!(caller.roles.contains(&Role::Issuer));
        let pushed = read("issuer = \"ca.pem\"\nkind = \"ocsp\"").unwrap();
        assert_eq!((&pushed.status[0].place, pushed.status[0].every), (&None, RESPONDERS));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let cases = [
            ("kind = \"delta\"", "status.source[0].kind: `delta`"),
            ("kind = \"crl\"\nurl = \"https://a/\"", "status.source[0].url: answers are signed"),
            ("kind = \"crl\"\nurl = \"crl\"", "status.source[0].url: it is no URL"),
            ("kind = \"crl\"\nurl = \"http://a/\"\nfile = \"b\"", "status.source[0].file: url is"),
            ("kind = \"ocsp\"\nfile = \"b\"", "status.source[0].file: a responder"),
            ("kind = \"crl\"\nevery = \"1h\"", "status.source[0].every: there is neither"),
            ("kind = \"crl\"\nfile = \"b\"\nevery = \"9d\"", "status.source[0].every: 777600s"),
        ];
        for (text, problem) in cases {
            let told = read(&format!("issuer = \"ca.pem\"\n{text}")).unwrap_err();
            assert!(told.contains(problem), "{text}: {told}");
        }
        let missing = read("issuer = \"no.pem\"\nkind = \"crl\"").unwrap_err();
        assert!(missing.contains("status.source[0].issuer: there is no"), "{missing}");
    }
}
