//! The carriers' platforms.

use super::{
    check::Checker,
    limits::Ranges,
    model::{Platform, PlatformTls},
    raw::{RawConfig, RawPlatform, Text},
};
use http::Uri;
use simbind_core::{applet::Backoff, ids::CarrierId};
use simbind_service::platform::PlatformTerms;
use std::{collections::BTreeSet, net::IpAddr, time::Duration};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
/// How often what is due is looked for.
pub(super) const LOOK: Duration = Duration::from_millis(500);
/// The most platforms.
const MOST: usize = 256;

pub(super) fn platforms(raw: &RawConfig, checker: &mut Checker<'_>) -> Vec<Platform> {
    let known: BTreeSet<&str> = raw.carrier.iter().map(|c| c.id.get_ref().as_str()).collect();
    let mut seen = BTreeSet::new();
    if let Some(past) = raw.platform.get(MOST) {
        checker.at(&past.carrier, "platform", format!("at most {MOST} platforms are taken"));
    }
    let mut found = Vec::with_capacity(raw.platform.len());
    for (n, each) in raw.platform.iter().enumerate() {
        let (carrier, at) = (&each.carrier, format!("platform[{n}].carrier"));
        if !known.contains(carrier.get_ref().as_str()) {
            checker.at(carrier, &at, format!("there is no carrier `{}`", carrier.get_ref()));
        } else if !seen.insert(carrier.get_ref()) {
            checker.at(carrier, &at, format!("`{}` has a platform already", carrier.get_ref()));
        }
        found.extend(parsed(n, each, checker));
    }
    found
}

fn parsed(n: usize, raw: &RawPlatform, checker: &mut Checker<'_>) -> Option<Platform> {
    let at = |field: &str| format!("platform[{n}].{field}");
    let carrier: Option<CarrierId> = raw.carrier.get_ref().parse().ok();
    let tls = match (&raw.ca, &raw.certificate, &raw.key) {
        (Some(ca), Some(certificate), Some(key)) => Some(PlatformTls {
            ca: checker.existing(&at("ca"), ca),
            certificate: checker.existing(&at("certificate"), certificate),
            key: checker.existing(&at("key"), key),
        }),
        (None, None, None) => None,
        _ => {
            let message = "ca, certificate and key stand together, or none of them";
            checker.at(&raw.url, &at("url"), message);
            None
        }
    };
    let url = url_of(&at("url"), &raw.url, tls.is_some(), checker);
    let mut ranges = Ranges(checker);
    let timeout = raw.timeout.as_ref();
    let timeout =
        ranges.time(&at("timeout"), timeout, Duration::from_millis(100)..=60 * SECOND, 10 * SECOND);
    let retry = raw.retry.as_ref();
    let first = ranges.time(&at("retry"), retry, SECOND..=HOUR, 30 * SECOND);
    let longest = raw.retry_longest.as_ref();
    let longest = ranges.time(&at("retry_longest"), longest, first..=DAY, (6 * HOUR).max(first));
    let patience = raw.patience.as_ref();
    let patience = ranges.time(&at("patience"), patience, SECOND..=30 * DAY, DAY);
    let at_once = ranges.number(&at("at_once"), raw.at_once.as_ref(), 1..=256, 8);
    let retry = Backoff { first, longest };
    Some(Platform {
        terms: PlatformTerms { carrier: carrier?, timeout, retry, patience, at_once },
        url: url?,
        tls,
    })
}

/// Over TLS, but on this machine.
fn url_of(field: &str, text: &Text, tls: bool, checker: &mut Checker<'_>) -> Option<String> {
    let told = match text.get_ref().parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("https") && uri.authority().is_some() => {
            if tls {
                return Some(text.get_ref().clone());
            }
            "ca, certificate and key are needed: the platform must know who orders"
        }
        Ok(uri) if uri.scheme_str() == Some("http") && is_local(&uri) => {
            if !tls {
                return Some(text.get_ref().clone());
            }
            "ca, certificate and key are there: give an https URL"
        }
        Ok(uri) if uri.scheme_str() == Some("http") => {
            "SIMs are named there: give an https URL, with ca, certificate and key"
        }
        _ => "it is no URL like https://tsm.example.jp",
    };
    checker.at(text, field, told);
    None
}

fn is_local(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Overrides};

    fn read(source: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        for file in ["ca.pem", "c.pem", "c.key"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        let text = format!("[[carrier]]\nid = \"d\"\ncaller = \"d\"\n[[platform]]\n{source}");
        let parsed = Config::parse(&text, "test", dir.path(), &Overrides::default());
        parsed.map_err(|problems| problems.to_string())
    }

    const TLS: &str = "ca = \"ca.pem\"\ncertificate = \"c.pem\"\nkey = \"c.key\"\n";

    #[test]
    fn a_platform_is_reached_over_mutual_tls_or_on_this_machine() {
        let config =
            read(&format!("carrier = \"d\"\nurl = \"https://tsm.example\"\n{TLS}")).unwrap();
        let platform = &config.platforms[0];
        assert!(platform.tls.is_some());
        assert_eq!((platform.terms.timeout, platform.terms.at_once), (10 * SECOND, 8));
        let local = read("carrier = \"d\"\nurl = \"http://[::1]:7000\"\nretry = \"2s\"").unwrap();
        assert!(local.platforms[0].tls.is_none());
        assert_eq!(local.platforms[0].terms.retry.first, 2 * SECOND);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let url = "url = \"https://tsm.example\"";
        let cases = [
            (format!("carrier = \"e\"\n{url}\n{TLS}"), "platform[0].carrier: there is no carrier"),
            (
                format!("carrier = \"d\"\n{url}"),
                "platform[0].url: ca, certificate and key are needed",
            ),
            (
                format!("carrier = \"d\"\n{url}\nca = \"ca.pem\""),
                "platform[0].url: ca, certificate and",
            ),
            (
                "carrier = \"d\"\nurl = \"http://tsm.example\"".into(),
                "platform[0].url: SIMs are named",
            ),
            (
                format!("carrier = \"d\"\nurl = \"http://[::1]:7\"\n{TLS}"),
                "platform[0].url: ca, cert",
            ),
            ("carrier = \"d\"\nurl = \"tsm\"".into(), "platform[0].url: it is no URL"),
            (format!("carrier = \"d\"\n{url}\n{TLS}retry = \"9h\""), "platform[0].retry: 32400s"),
            (
                format!("carrier = \"d\"\n{url}\n{TLS}retry = \"1m\"\nretry_longest = \"1s\""),
                "platform[0].retry_longest: 1s",
            ),
            (format!("carrier = \"d\"\n{url}\n{TLS}at_once = 0"), "platform[0].at_once: 0"),
        ];
        for (text, problem) in cases {
            let told = read(&text).unwrap_err();
            assert!(told.contains(problem), "{text}: {told}");
        }
    }
}
