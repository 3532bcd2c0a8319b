//! From CEL's syntax tree to a typed condition.

use std::collections::BTreeMap;

use cel::IdedExpr;
use cel::common::ast::{Expr, LiteralValue, SourceInfo, operators};
use cel::parser::Parser;

use super::place::{nesting, text_start};
use super::syntax::syntax_problem;
use super::tree::Op;
use super::typed::{Amount, Typed};
use crate::bounds::{CONDITION, DEPTH, LIST};
use crate::diagnostic::Problems;
use crate::facts::{EnumType, Fact, FactType};
use crate::pack::{ParamType, Span, Spanned};
use crate::suggest::closest;
use crate::time::parse_duration;

/// The parameters that a condition may name, with their types.
pub(crate) type ParamKinds = BTreeMap<String, ParamType>;

/// Types a condition. What is wrong is noted at its place, all of it at once.
pub(crate) fn compile(
    source: &Spanned<String>,
    params: &ParamKinds,
    problems: &mut Problems<'_>,
) -> Option<Typed> {
    if source.value.len() > CONDITION {
        problems.add(&source.span, format!("a condition has at most {CONDITION} characters"));
        return None;
    }
    // CEL allows other letters only in texts and comments, where a look-alike would mislead.
    if !source.value.is_ascii() {
        problems.add(&source.span, "a condition is written in ASCII");
        return None;
    }
    if nesting(&source.value) > usize::from(DEPTH) {
        problems.add(&source.span, format!("a condition is nested at most {DEPTH} deep"));
        return None;
    }
    let base = text_start(source, problems.source());
    let parser = Parser::new().max_recursion_depth(4 * DEPTH).error_recovery_limit(1);
    match parser.parse_with_source_info(&source.value) {
        Ok((tree, places)) => {
            let mut lowering = Lowering { source, base, places, params, problems };
            lowering.condition(&tree, 0)
        }
        Err(errors) => {
            let found = syntax_problem(&source.value, &errors);
            let span = base.map(|base| base + found.at.start..base + found.at.end);
            let span = span.filter(|span| !span.is_empty()).unwrap_or_else(|| source.span.clone());
            problems.add_meaning(&span, found.message, found.meant);
            None
        }
    }
}

/// One side of a comparison.
enum Side {
    Fact(Fact),
    Param(String, ParamType),
    Text(String),
    Int(i64),
    Duration(i64),
    Bool(bool),
}

struct Lowering<'c, 'p, 't> {
    source: &'c Spanned<String>,
    base: Option<usize>,
    places: SourceInfo,
    params: &'c ParamKinds,
    problems: &'p mut Problems<'t>,
}

impl Lowering<'_, '_, '_> {
    fn span(&self, node: &IdedExpr) -> Span {
        let place = self.places.offset_for(leftmost(node).id).zip(self.base);
        let Some(((start, _), base)) = place else { return self.source.span.clone() };
        let mut start = usize::try_from(start).unwrap_or(0);
        // `cel` places a call at its bracket; its name stands before.
        if self.source.value.as_bytes().get(start) == Some(&b'(') {
            let before = self.source.value.bytes().take(start).collect::<Vec<_>>();
            start -= before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        }
        // A span runs to the end of the word: `cel` gives the end of the first token only.
        let rest = self.source.value.get(start..).unwrap_or_default();
        let word = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"._'\"".contains(b));
        base + start..base + start + word.count().max(1)
    }

    fn refuse<T>(&mut self, node: &IdedExpr, message: impl Into<String>) -> Option<T> {
        let span = self.span(node);
        self.problems.add(&span, message);
        None
    }

    fn refuse_meaning<T>(
        &mut self,
        node: &IdedExpr,
        message: String,
        near: Option<&str>,
    ) -> Option<T> {
        let span = self.span(node);
        self.problems.add_meaning(&span, message, near);
        None
    }

    fn condition(&mut self, node: &IdedExpr, depth: u16) -> Option<Typed> {
        if depth > DEPTH * 2 {
            return self.refuse(node, "this condition is nested too deep");
        }
        match &node.expr {
            Expr::Call(call) if call.target.is_none() => {
                match (call.func_name.as_str(), &*call.args) {
                    (operators::LOGICAL_NOT, [part]) => {
                        Some(Typed::Not(Box::new(self.condition(part, depth + 1)?)))
                    }
                    (name @ (operators::LOGICAL_AND | operators::LOGICAL_OR), _) => {
                        let mut flat = Vec::new();
                        flatten(node, name, &mut flat);
                        // Every part is looked at, so that all problems show at once.
                        let parts: Vec<_> =
                            flat.iter().map(|part| self.condition(part, depth + 1)).collect();
                        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
                        let and = name == operators::LOGICAL_AND;
                        Some(if and { Typed::And(parts) } else { Typed::Or(parts) })
                    }
                    (operators::IN, [fact, list]) => self.among(fact, list),
                    (name, [left, right]) => match comparison(name) {
                        Some(op) => self.compare(left, op, right),
                        None => self.refuse(node, no_operator(name)),
                    },
                    (name, _) => self.refuse(node, no_operator(name)),
                }
            }
            Expr::Ident(_) | Expr::Select(_) => match self.side(node)? {
                Side::Fact(fact) if fact.ty() == FactType::Bool => {
                    Some(Typed::Among { fact, mask: 0b10 })
                }
                Side::Fact(fact) => {
                    let message =
                        format!("`{}` is {}, not a condition", fact.name(), fact.ty().name());
                    self.refuse(node, message)
                }
                _ => self.refuse(node, "a parameter is not a condition"),
            },
            Expr::Literal(_) => self.refuse(node, "a condition reads facts; this one is constant"),
            _ => {
                self.refuse(node, "a condition has no lists, maps, structures or macros of its own")
            }
        }
    }

    fn compare(&mut self, left: &IdedExpr, op: Op, right: &IdedExpr) -> Option<Typed> {
        let (a, b) = (self.side(left), self.side(right));
        match (a?, b?) {
            (Side::Fact(a), Side::Fact(b)) => {
                let ordered = matches!(a.ty(), FactType::Duration | FactType::Int);
                if a.ty() != b.ty() {
                    let message =
                        format!("`{}` and `{}` are of different types", a.name(), b.name());
                    return self.refuse(left, message);
                }
                if a == b {
                    return self.refuse(left, "a fact compared with itself says nothing");
                }
                if !ordered && !matches!(op, Op::Eq | Op::Ne) {
                    return self.refuse(left, unordered(a));
                }
                Some(Typed::Facts { left: a, op, right: b })
            }
            (Side::Fact(fact), value) => self.compare_value(left, fact, op, right, value),
            (value, Side::Fact(fact)) => {
                self.compare_value(right, fact, op.mirrored(), left, value)
            }
            _ => self.refuse(left, "a comparison has a fact on one side"),
        }
    }

    fn compare_value(
        &mut self,
        at: &IdedExpr,
        fact: Fact,
        op: Op,
        value_at: &IdedExpr,
        value: Side,
    ) -> Option<Typed> {
        match (fact.ty(), value) {
            (FactType::Enum(_) | FactType::Bool, value) => {
                if !matches!(op, Op::Eq | Op::Ne) {
                    return self.refuse(at, unordered(fact));
                }
                let (bit, all) = self.bit(fact, value_at, value)?;
                let mask = if op == Op::Eq { bit } else { all & !bit };
                Some(Typed::Among { fact, mask })
            }
            (FactType::Duration, Side::Duration(value)) | (FactType::Int, Side::Int(value)) => {
                Some(Typed::Number { fact, op, amount: Amount::Literal(value) })
            }
            (FactType::Duration, Side::Param(name, ParamType::Duration))
            | (FactType::Int, Side::Param(name, ParamType::Int)) => {
                if matches!(op, Op::Eq | Op::Ne) {
                    return self.refuse(value_at, "a parameter is compared by <, <=, > or >=");
                }
                let span = self.span(value_at);
                Some(Typed::Number { fact, op, amount: Amount::Param { name, span } })
            }
            (FactType::Duration, Side::Int(_)) => self.refuse(
                value_at,
                format!("`{}` is a duration: write duration('72h')", fact.name()),
            ),
            (FactType::Duration, Side::Text(text)) => {
                let message = format!("`{}` is a duration: write duration('72h')", fact.name());
                let meant = parse_duration(&text).ok().map(|_| format!("duration('{text}')"));
                self.refuse_meaning(value_at, message, meant.as_deref())
            }
            (ty, _) => self.refuse(value_at, format!("`{}` is of type {}", fact.name(), ty.name())),
        }
    }

    /// The bit of a value of an enum or a bool, and the bits of all its values.
    fn bit(&mut self, fact: Fact, at: &IdedExpr, value: Side) -> Option<(u64, u64)> {
        match (fact.ty(), value) {
            (FactType::Enum(of), Side::Text(text)) => {
                let Some(index) = of.index_of(&text) else {
                    let message = format!("`{}` is never '{text}'", fact.name());
                    let near = closest(&text, of.variants.iter().copied());
                    return self.refuse_meaning(at, message, near);
                };
                Some((1 << index, every_bit(of)))
            }
            (FactType::Bool, Side::Bool(truth)) => Some((if truth { 0b10 } else { 0b01 }, 0b11)),
            (FactType::Enum(of), _) => {
                let values = of.variants.join("', '");
                self.refuse(at, format!("`{}` is one of '{values}', in quotes", fact.name()))
            }
            (ty, _) => self.refuse(at, format!("`{}` is of type {}", fact.name(), ty.name())),
        }
    }

    fn among(&mut self, fact_at: &IdedExpr, list_at: &IdedExpr) -> Option<Typed> {
        let fact = self.side(fact_at);
        let Expr::List(list) = &list_at.expr else {
            return self.refuse(list_at, "`in` takes a list of values in brackets");
        };
        if !(1..=LIST).contains(&list.elements.len()) || !list.optional_indices.is_empty() {
            return self.refuse(list_at, format!("a list has 1 to {LIST} values"));
        }
        let Side::Fact(fact) = fact? else {
            return self.refuse(fact_at, "`in` has a fact on its left");
        };
        if !matches!(fact.ty(), FactType::Enum(_) | FactType::Int) {
            let message =
                format!("`in` takes an enum or an int; `{}` is {}", fact.name(), fact.ty().name());
            return self.refuse(fact_at, message);
        }
        let mut mask = 0;
        let mut numbers = Vec::new();
        for element in &list.elements {
            match (fact.ty(), self.side(element)?) {
                (FactType::Int, Side::Int(value)) => {
                    numbers.push(Typed::Number { fact, op: Op::Eq, amount: Amount::Literal(value) })
                }
                (_, value) => mask |= self.bit(fact, element, value)?.0,
            }
        }
        Some(if numbers.is_empty() { Typed::Among { fact, mask } } else { Typed::Or(numbers) })
    }

    fn side(&mut self, node: &IdedExpr) -> Option<Side> {
        match &node.expr {
            Expr::Literal(LiteralValue::String(text)) => Some(Side::Text(text.inner().to_owned())),
            Expr::Literal(LiteralValue::Boolean(truth)) => Some(Side::Bool(*truth.inner())),
            Expr::Literal(LiteralValue::Int(number)) => match u32::try_from(*number.inner()) {
                Ok(number) => Some(Side::Int(i64::from(number))),
                Err(_) => self.refuse(node, "a number is from 0 to 4294967295"),
            },
            Expr::Ident(_) | Expr::Select(_) => self.name(node),
            Expr::Call(call) if call.target.is_none() && call.func_name == "duration" => {
                let [argument] = call.args.as_slice() else {
                    return self.refuse(node, "duration takes one text, like duration('72h')");
                };
                let Expr::Literal(LiteralValue::String(text)) = &argument.expr else {
                    return self.refuse(node, "duration takes one text, like duration('72h')");
                };
                match parse_duration(text.inner()) {
                    Ok(ms) => Some(Side::Duration(ms)),
                    Err(error) => self.refuse(argument, error.to_string()),
                }
            }
            Expr::Call(call) => self.refuse(node, no_operator(&call.func_name)),
            _ => self
                .refuse(node, "a comparison takes facts, parameters, texts, numbers and durations"),
        }
    }

    fn name(&mut self, node: &IdedExpr) -> Option<Side> {
        let Some(name) = dotted(node) else {
            return self.refuse(node, "this is no name of a fact or parameter");
        };
        if let Some(param) = name.strip_prefix("param.") {
            if let Some(ty) = self.params.get(param) {
                return Some(Side::Param(param.to_owned(), *ty));
            }
            let near = closest(param, self.params.keys().map(String::as_str)).map(str::to_owned);
            let near = near.map(|near| format!("param.{near}"));
            return self.refuse_meaning(node, format!("there is no `{name}`"), near.as_deref());
        }
        match Fact::from_name(&name) {
            Some(fact) => Some(Side::Fact(fact)),
            None => {
                let near = closest(&name, Fact::ALL.iter().map(|fact| fact.name()));
                self.refuse_meaning(node, format!("there is no fact `{name}`"), near)
            }
        }
    }
}

fn every_bit(of: EnumType) -> u64 {
    (1_u64 << of.variants.len()) - 1
}

fn comparison(name: &str) -> Option<Op> {
    Some(match name {
        operators::EQUALS => Op::Eq,
        operators::NOT_EQUALS => Op::Ne,
        operators::LESS => Op::Lt,
        operators::LESS_EQUALS => Op::Le,
        operators::GREATER => Op::Gt,
        operators::GREATER_EQUALS => Op::Ge,
        _ => return None,
    })
}

fn no_operator(name: &str) -> String {
    let name = name.trim_matches(['_', '@']);
    format!("a condition has no `{name}`: it has && || ! == != < <= > >= in duration('72h')")
}

fn unordered(fact: Fact) -> String {
    format!("`{}` has no order: compare it by == or != or in", fact.name())
}

fn flatten<'e>(node: &'e IdedExpr, name: &str, into: &mut Vec<&'e IdedExpr>) {
    match &node.expr {
        Expr::Call(call) if call.target.is_none() && call.func_name == name => {
            for part in &call.args {
                flatten(part, name, into);
            }
        }
        _ => into.push(node),
    }
}

/// The node whose place is the beginning of the expression's text.
fn leftmost(node: &IdedExpr) -> &IdedExpr {
    match &node.expr {
        Expr::Select(select) => leftmost(&select.operand),
        _ => node,
    }
}

/// The dotted name that a node spells.
fn dotted(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", dotted(&select.operand)?, select.field))
        }
        _ => None,
    }
}
