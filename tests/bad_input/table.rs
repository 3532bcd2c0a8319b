//! Tables of wrong requests, each one wrong field away from a good one.

use std::fmt::Debug;
use tonic::{Code, Status};

struct Row<Q> {
    field: &'static str,
    what: String,
    request: Q,
}

/// A good request, and wrong ones made from it.
pub(crate) struct Table<Q> {
    good: Q,
    rows: Vec<Row<Q>>,
}

impl<Q: Clone> Table<Q> {
    pub(crate) fn of(good: Q) -> Self {
        Self { good, rows: Vec::new() }
    }

    /// One wrong request.
    pub(crate) fn row(mut self, field: &'static str, what: &str, spoil: impl Fn(&mut Q)) -> Self {
        let mut request = self.good.clone();
        spoil(&mut request);
        self.rows.push(Row { field, what: what.to_owned(), request });
        self
    }

    /// One wrong request for each wrong value of a field.
    pub(crate) fn values<T: Debug + Clone>(
        mut self,
        field: &'static str,
        wrong: &[T],
        set: impl Fn(&mut Q, T),
    ) -> Self {
        for value in wrong {
            let shown: String = format!("{value:?}").chars().take(60).collect();
            self = self.row(field, &shown, |request| set(request, value.clone()));
        }
        self
    }

    /// Each wrong request is an INVALID_ARGUMENT that names its field, in a short message; the good one, which comes last, is taken.
    pub(crate) async fn each_is_refused<A: Debug>(
        self,
        call: impl AsyncFn(Q) -> Result<A, Status>,
    ) {
        let mut wrong = Vec::new();
        for Row { field, what, request } in self.rows {
            match call(request).await {
                Err(status) if status.code() == Code::InvalidArgument => {
                    let named = field_of(&status);
                    // A value of 100,000 characters does not come back.
                    if named != field || status.message().len() > 300 {
                        wrong.push(format!("{field} = {what}: names `{named}`: {status:?}"));
                    }
                }
                other => wrong.push(format!("{field} = {what}: {other:?}")),
            }
        }
        if let Err(status) = call(self.good).await {
            wrong.push(format!("the good request: {status:?}"));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// The field that a status names.
pub(crate) fn field_of(status: &Status) -> &str {
    let value = status.metadata().get("simbind-field");
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// What no name is, the empty one aside.
pub(crate) fn wrong_names() -> Vec<String> {
    let mut texts = owned(&["a b", "a\nb", "a\0b", "naïve", "氏名", "a;b", "\u{202e}a", "a\u{7f}"]);
    texts.push("x".repeat(129));
    texts.push("x".repeat(100_000));
    texts
}

/// What no name is.
pub(crate) fn wrong_or_empty_names() -> Vec<String> {
    let mut texts = wrong_names();
    texts.push(String::new());
    texts
}

/// What no ICCID is, the empty one aside. The last has a wrong check digit.
pub(crate) fn wrong_iccids(good: &str) -> Vec<String> {
    let mut texts = owned(&[
        "8",
        "898110000000000000",
        "898110000000000000000",
        "89811000000000A0000",
        "-981100000000000000",
        "8981100000000000 00",
        "７981100000000000000",
        "1234567890123456789",
    ]);
    texts.push("8".repeat(100_000));
    texts.push(with_wrong_check_digit(good));
    texts
}

/// What no IMEI is, the empty one aside. The last has a wrong check digit.
pub(crate) fn wrong_imeis(good: &str) -> Vec<String> {
    let mut texts = owned(&[
        "3",
        "3500000000000",
        "35000000000000000",
        "35_000000_000000",
        "3500000000000X",
        "３50000000000000",
    ]);
    texts.push("3".repeat(100_000));
    texts.push(with_wrong_check_digit(good));
    texts
}

/// What no number in E.164 form is, the empty one aside.
pub(crate) fn wrong_msisdns() -> Vec<String> {
    let texts =
        ["+", "0901234567", "819012345678", "+8190-1234", "+81901234567890123", "+八一", "+0"];
    owned(&texts)
}

/// What no EID is, the empty one aside. The last has a wrong check digit (SGP.02 section 2.2.2).
pub(crate) fn wrong_eids() -> Vec<String> {
    let texts = [
        "8",
        "8904903200000000000000000000000",
        "890490320000000000000000000000000",
        "8904903200000000000000000000000X",
        "89049032000000000000000000000000",
    ];
    owned(&texts)
}

/// What no id of ours is.
pub(crate) fn wrong_ids() -> Vec<String> {
    let mut texts = owned(&["", "x", "a b", "../../etc/passwd", "氏名", "\0"]);
    texts.push("0".repeat(100_000));
    texts
}

/// What no page token is: an empty one asks for the first page.
pub(crate) fn wrong_tokens() -> Vec<String> {
    wrong_ids().split_off(1)
}

/// The number with another last digit.
fn with_wrong_check_digit(good: &str) -> String {
    let (head, last) = good.split_at(good.len() - 1);
    let digit = (last.parse::<u32>().unwrap() + 1) % 10;
    format!("{head}{digit}")
}
