//! Reading one table of a pack: typed values, each with its place, and no key unread.

use toml_edit::{Item, TableLike, Value};

use super::model::{Kinds, Span, Spanned};
use crate::bounds::COUNT;
use crate::diagnostic::Problems;
use crate::reason::ReasonCode;
use crate::suggest::closest;
use crate::verdict::{CheckKind, Methods, Severity, StepUpMethod};

/// One table and the place to name when something is missing from it.
#[derive(Clone, Copy)]
pub(crate) struct Section<'t> {
    pub(crate) table: &'t dyn TableLike,
    at: &'t Item,
    title: &'t str,
}

impl<'t> Section<'t> {
    /// The table in `item`, once its keys are known to be among `keys`.
    pub(crate) fn open(
        item: &'t Item,
        title: &'t str,
        keys: &[&str],
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let Some(table) = item.as_table_like() else {
            problems.add(&span_of(item), format!("`{title}` is a table"));
            return None;
        };
        for (key, value) in table.iter() {
            if !keys.contains(&key) {
                let near = closest(key, keys.iter().copied());
                let message = format!("`{title}` has no `{key}`");
                problems.add_meaning(&key_span(table, key, value), message, near);
            }
        }
        Some(Self { table, at: item, title })
    }

    pub(crate) fn span(&self) -> Span {
        span_of(self.at)
    }

    pub(crate) fn missing(&self, key: &str, problems: &mut Problems<'_>) {
        problems.add(&self.span(), format!("`{}` needs `{key}`", self.title));
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text, if it is there.
    pub(crate) fn text(&self, key: &str, problems: &mut Problems<'_>) -> Option<Spanned<String>> {
        let item = self.table.get(key)?;
        let found = text_of(item);
        if found.is_none() {
            problems.add(&span_of(item), format!("`{key}` is a text in quotes"));
        }
        found
    }

    /// A text that must be there.
    pub(crate) fn need_text(
        &self,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<String>> {
        if !self.has(key) {
            self.missing(key, problems);
        }
        self.text(key, problems)
    }

    /// A text that passes `is_right`, and must be there.
    pub(crate) fn need_name(
        &self,
        key: &str,
        is_right: fn(&str) -> bool,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<String>> {
        let name = self.need_text(key, problems)?;
        check_name(&name, is_right, problems).then_some(name)
    }

    /// One of a list of words, if it is there.
    pub(crate) fn word<T>(
        &self,
        key: &str,
        words: &[&'static str],
        read: fn(&str) -> Option<T>,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<T>> {
        let text = self.text(key, problems)?;
        let found = read(&text.value);
        if found.is_none() {
            let near = closest(&text.value, words.iter().copied());
            problems.add_meaning(
                &text.span,
                format!("`{key}` is one of {}", words.join(", ")),
                near,
            );
        }
        found.map(|value| Spanned { value, span: text.span })
    }

    pub(crate) fn severity(
        &self,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<Severity>> {
        self.word(key, &["allow", "step_up", "deny"], Severity::from_name, problems)
    }

    pub(crate) fn reason(
        &self,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<ReasonCode>> {
        let text = self.text(key, problems)?;
        let found = ReasonCode::from_name(&text.value);
        if found.is_none() {
            let near = closest(&text.value, ReasonCode::all().map(ReasonCode::as_str));
            let message = format!("reason `{}` is not in the catalogue", text.value);
            problems.add_meaning(&text.span, message, near);
        }
        found.map(|value| Spanned { value, span: text.span })
    }

    /// A whole number from 1 to 1,000,000, if it is there.
    pub(crate) fn count(&self, key: &str, problems: &mut Problems<'_>) -> Option<Spanned<u32>> {
        let item = self.table.get(key)?;
        let number = item.as_integer().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (1..=COUNT).contains(number));
        if number.is_none() {
            problems.add(&span_of(item), format!("`{key}` is a whole number from 1 to {COUNT}"));
        }
        number.map(|value| Spanned { value, span: span_of(item) })
    }

    /// A list of texts, if it is there; at most `max`, and no text twice.
    pub(crate) fn texts(
        &self,
        key: &str,
        max: usize,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<Vec<Spanned<String>>>> {
        let item = self.table.get(key)?;
        let texts: Option<Vec<_>> =
            item.as_array().and_then(|list| list.iter().map(value_text).collect());
        let texts = texts.filter(|texts| (1..=max).contains(&texts.len()));
        let Some(texts) = texts else {
            problems.add(&span_of(item), format!("`{key}` is a list of 1 to {max} texts"));
            return None;
        };
        for (at, text) in texts.iter().enumerate() {
            if texts.iter().take(at).any(|before| before.value == text.value) {
                problems.add(&text.span, format!("`{}` stands twice in `{key}`", text.value));
            }
        }
        Some(Spanned { value: texts, span: span_of(item) })
    }

    pub(crate) fn methods(
        &self,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> Option<Spanned<Methods>> {
        let texts = self.texts(key, StepUpMethod::ALL.len(), problems)?;
        let mut methods = Vec::new();
        for text in &texts.value {
            match StepUpMethod::from_name(&text.value) {
                Some(method) => methods.push(method),
                None => {
                    let near = closest(
                        &text.value,
                        StepUpMethod::ALL.into_iter().map(StepUpMethod::as_str),
                    );
                    let message = "a step-up method is one of card, counter, reattest, sms";
                    problems.add_meaning(&text.span, message, near);
                }
            }
        }
        Methods::new(methods).map(|value| Spanned { value, span: texts.span })
    }

    /// `on = ["login", "tap"]`, which must be there; `event` too where `events` says so.
    pub(crate) fn kinds(&self, events: bool, problems: &mut Problems<'_>) -> Option<Kinds> {
        if !self.has("on") {
            self.missing("on", problems);
        }
        let mut kinds = Kinds { login: false, tap: false, event: false };
        for text in self.texts("on", 3, problems)?.value {
            match kind_of(&text.value) {
                Some(CheckKind::Login) => kinds.login = true,
                Some(CheckKind::Tap) => kinds.tap = true,
                None if events && text.value == "event" => kinds.event = true,
                None => problems.add(&text.span, "a check is `login` or `tap`"),
            }
        }
        Some(kinds)
    }
}

pub(crate) fn kind_of(text: &str) -> Option<CheckKind> {
    match text {
        "login" => Some(CheckKind::Login),
        "tap" => Some(CheckKind::Tap),
        _ => None,
    }
}

pub(crate) fn check_name(
    name: &Spanned<String>,
    is_right: fn(&str) -> bool,
    problems: &mut Problems<'_>,
) -> bool {
    let right = is_right(&name.value);
    if !right {
        let message = "a name begins with a lower-case letter and has at most 64 letters, digits \
                       and joints (`-`; `_` for parameters)";
        problems.add(&name.span, message);
    }
    right
}

pub(crate) fn span_of(item: &Item) -> Span {
    item.span().unwrap_or(0..0)
}

pub(crate) fn key_span(table: &dyn TableLike, key: &str, value: &Item) -> Span {
    table.key(key).and_then(toml_edit::Key::span).unwrap_or_else(|| span_of(value))
}

pub(crate) fn text_of(item: &Item) -> Option<Spanned<String>> {
    let value = item.as_str()?.to_owned();
    Some(Spanned { value, span: span_of(item) })
}

fn value_text(value: &Value) -> Option<Spanned<String>> {
    let text = value.as_str()?.to_owned();
    Some(Spanned { value: text, span: value.span().unwrap_or(0..0) })
}
