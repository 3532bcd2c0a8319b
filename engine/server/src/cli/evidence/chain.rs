//! `simbind evidence chain`.

mod answer;
mod words;

use super::{
    args::ChainArgs,
    files, moment,
    moment::Moment,
    outcome::{Outcome, Unreadable, Verdict},
    summary::{self, Described, Names},
    tree::{Mark, Node},
};
use answer::AnswerFault;
use serde_json::{Map, Value, json};
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::{
        ChainPolicy, KeyUsageRule, RevocationError, TrustAnchors, Unrevoked, VerifiedPath,
        verify_path,
    },
    status::{CertStatus, StatusError, VerifiedOcsp, read_crl, read_ocsp},
};
use std::path::Path;

/// What came of the files that say whether the certificate still counts.
struct Status {
    /// None: no list was given.
    lists: Option<Result<Unrevoked, RevocationError>>,
    /// None: no answer was given.
    answer: Option<Result<VerifiedOcsp, AnswerFault>>,
}

pub(super) fn examine(args: &ChainArgs) -> Result<Outcome, Unreadable> {
    let chain = Described::read(&args.files)?;
    let anchors = TrustAnchors::from_der(files::certificates(&args.common.roots)?)
        .map_err(|error| Unreadable::because(format!("--roots: {error}")))?;
    let lists = lists(args)?;
    let answer = args.ocsp.as_deref().map(read_answer).transpose()?;
    let at = args.common.at.unwrap_or_else(Moment::now).0;
    let policy = ChainPolicy {
        policies: args.policy_oid.clone(),
        key_usage: if args.any_key_usage { KeyUsageRule::Any } else { KeyUsageRule::default() },
        ..ChainPolicy::default()
    };
    let path = verify_path(&chain.ders, &anchors, &policy, at);
    let status = path.as_ref().map_or(Status { lists: None, answer: None }, |path| Status {
        lists: (!lists.is_empty()).then(|| path.check_revocation(&lists, at)),
        answer: answer.as_ref().map(|answer| answer::verified(path, answer, &lists, at)),
    });
    let names = if args.names { Names::Shown } else { Names::Hidden };
    let verdict = match &path {
        Err(error) => Verdict::refused(words::chain(error), error),
        Ok(_) => status.verdict(),
    };
    Ok(Outcome {
        fields: fields(&chain, &path, &status, (names, at)),
        tree: lines(&chain, &path, &status, (names, at)),
        verdict,
    })
}

/// The revocation lists, each of which must be one.
fn lists(args: &ChainArgs) -> Result<Vec<Vec<u8>>, Unreadable> {
    let mut all = Vec::new();
    for path in &args.crl {
        for list in files::lists(path)? {
            if let Err(error @ StatusError::Malformed(_)) = read_crl(&list) {
                return Err(Unreadable::new(path, &error));
            }
            all.push(list);
        }
    }
    Ok(all)
}

/// The answer, which must be one.
fn read_answer(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let bytes = files::read(path)?;
    match read_ocsp(&bytes) {
        Err(error @ StatusError::Malformed(_)) => Err(Unreadable::new(path, &error)),
        _ => Ok(bytes),
    }
}

impl Status {
    fn verdict(&self) -> Verdict {
        if let Some(Err(error)) = &self.lists {
            return Verdict::refused(words::revocation(error), error);
        }
        match &self.answer {
            None => Verdict::Accepted,
            Some(Err(error)) => Verdict::refused(words::STATUS_UNKNOWN, error),
            Some(Ok(answer)) => match answer.status() {
                CertStatus::Good => Verdict::Accepted,
                CertStatus::Held { since } => {
                    let why = format!("the certificate is on hold since {}", moment::shown(since));
                    Verdict::refused(words::HELD, why)
                }
                CertStatus::Revoked { since, reason } => {
                    let since = moment::shown(since);
                    let why = format!("the certificate is revoked since {since} ({reason:?})");
                    Verdict::refused(words::REVOKED, why)
                }
                CertStatus::Unknown => {
                    Verdict::refused(words::STATUS_UNKNOWN, "the responder does not know it")
                }
            },
        }
    }

    fn of_lists(&self) -> Option<&'static str> {
        self.lists.as_ref().map(|lists| match lists {
            Ok(_) => words::GOOD,
            Err(error) => words::revocation(error),
        })
    }

    fn of_answer(&self) -> Option<&'static str> {
        self.answer.as_ref().map(|answer| match answer.as_ref().map(VerifiedOcsp::status) {
            Ok(CertStatus::Good) => words::GOOD,
            Ok(CertStatus::Held { .. }) => words::HELD,
            Ok(CertStatus::Revoked { .. }) => words::REVOKED,
            Ok(CertStatus::Unknown) | Err(_) => words::STATUS_UNKNOWN,
        })
    }
}

type Verified = Result<VerifiedPath, simbind_evidence::certificate::ChainError>;

fn fields(
    chain: &Described,
    path: &Verified,
    status: &Status,
    (names, at): (Names, Timestamp),
) -> Map<String, Value> {
    let (from, until) = chain.validity();
    let certificates: Vec<_> = chain
        .summaries
        .iter()
        .enumerate()
        .map(|(at, each)| summary::json(each, if at == 0 { names } else { Names::Shown }))
        .collect();
    let verified = path.as_ref().ok().map(VerifiedPath::certificate);
    let fields = [
        ("verify_at", json!(moment::shown(at))),
        ("certificates", json!(certificates)),
        ("all_valid_from", json!(from.map(moment::shown))),
        ("all_valid_until", json!(until.map(moment::shown))),
        ("chain", json!(if path.is_ok() { "accept" } else { "reject" })),
        ("authorities", json!(path.as_ref().ok().map(|path| path.authorities().count()))),
        ("path_valid_until", json!(verified.map(|read| moment::last_before(read.valid_until())))),
        ("crl_status", json!(status.of_lists())),
        ("ocsp_status", json!(status.of_answer())),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn lines(
    chain: &Described,
    path: &Verified,
    status: &Status,
    (names, at): (Names, Timestamp),
) -> Vec<Node> {
    let text = match path {
        Ok(path) => {
            let above = path.authorities().count();
            format!("a path leads to a trusted root; authorities on it: {above}")
        }
        Err(error) => error.to_string(),
    };
    let certificates = chain.summaries.iter().enumerate().map(|(place, each)| {
        let names = if place == 0 { names } else { Names::Shown };
        let mark = if place == 0 { Mark::of(path.is_ok()) } else { Mark::Plain };
        summary::node(place, each, names, mark, at)
    });
    let mut lines = vec![Node::new(Mark::of(path.is_ok()), text).with(certificates)];
    lines.extend(status.lists.as_ref().map(|lists| match lists {
        Ok(lists) => {
            let until = moment::shown(lists.until());
            let text = format!("lists speak for every certificate and hold none, until {until}");
            Node::new(Mark::Good, text)
        }
        Err(error) => Node::new(Mark::Bad, format!("revocation lists: {error}")),
    }));
    lines.extend(status.answer.as_ref().map(|answer| match answer {
        Ok(answer) => {
            let said = moment::shown(answer.this_update());
            let good = answer.status() == CertStatus::Good;
            let word = status.of_answer().unwrap_or_default();
            Node::new(Mark::of(good), format!("the responder said {word} at {said}"))
        }
        Err(error) => Node::new(Mark::Bad, format!("OCSP answer: {error}")),
    }));
    if status.lists.is_none() && status.answer.is_none() {
        lines.push(Node::plain("whether it was revoked was not asked"));
    }
    lines
}
