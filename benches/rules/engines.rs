//! The engines: each makes its input of a check's facts and says which rules hold.

use crate::{
    facts::{ENUMS, SPANS, Sample},
    policy::{self, Ask, Rule},
};
use cedar_policy::{
    Authorizer, Context, Entities, EntityUid, PolicySet, Request, RestrictedExpression,
};
use cel::{
    common::{
        types::{CelInt, CelString},
        value::CowVal,
    },
    context::VariableResolver,
};
use regorus::{Rc, Value, languages::rego::compiler::Compiler, rvm::vm::RegoVM};
use simbind_rules::{ChainId, CheckKind, Outcome, PackSource, RuleBook, Severity};
use std::{collections::BTreeMap, str::FromStr as _};

/// An engine with the policy loaded.
pub trait Decider {
    /// As the table names it.
    fn name(&self) -> &str;

    /// Makes the input, decides, and joins what the rules ask for. This is what is timed.
    fn decide(&mut self, sample: &Sample) -> Ask;

    /// The rules that hold, in order.
    fn fired(&mut self, sample: &Sample) -> Vec<usize>;
}

/// Our name in the tables.
pub const OURS: &str = "simbind";

/// All engines with one policy.
pub fn all(rules: &[Rule]) -> Vec<Box<dyn Decider>> {
    vec![
        Box::new(Ours::new(rules)),
        Box::new(Cel::new(rules)),
        Box::new(Vm::new(rules)),
        Box::new(Interpreter::new(rules)),
        Box::new(Cedar::new(rules)),
    ]
}

fn join(asks: &[Ask], fired: impl Iterator<Item = usize>) -> Ask {
    fired.map(|number| asks[number]).max().unwrap_or(Ask::Allow)
}

fn asks(rules: &[Rule]) -> Vec<Ask> {
    rules.iter().map(|rule| rule.ask).collect()
}

/// What an outcome asks for.
pub fn ask(outcome: &Outcome) -> Ask {
    match outcome.verdict.severity() {
        Severity::Allow => Ask::Allow,
        Severity::StepUp => Ask::StepUp,
        Severity::Deny => Ask::Deny,
    }
}

/// Our engine.
pub fn ours(rules: &[Rule]) -> Box<dyn Decider> {
    Box::new(Ours::new(rules))
}

struct Ours {
    book: RuleBook,
    chain: ChainId,
}

impl Ours {
    fn new(rules: &[Rule]) -> Self {
        let source = PackSource { name: "bench".into(), text: policy::pack(rules) };
        let book = RuleBook::compile_unchecked(&[source]).expect("the pack compiles");
        let chain = book.chain(None, None);
        Self { book, chain }
    }
}

impl Decider for Ours {
    fn name(&self) -> &str {
        OURS
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        ask(&self.book.evaluate(self.chain, CheckKind::Login, &sample.facts()))
    }

    fn fired(&mut self, sample: &Sample) -> Vec<usize> {
        let outcome = self.book.evaluate(self.chain, CheckKind::Login, &sample.facts());
        let name = |rule| self.book.rule_name(rule);
        let number = |name: String| name.rsplit('r').next()?.parse().ok();
        outcome.fired.iter().filter_map(|fired| number(name(fired.rule))).collect()
    }
}

/// The `cel` interpreter, asked for flat names out of values that stand ready.
struct Cel {
    programs: Vec<(cel::Program, Ask)>,
}

struct Flat {
    words: [CelString<'static>; ENUMS.len()],
    spans: [CelInt; SPANS.len()],
}

impl Flat {
    fn new(sample: &Sample) -> Self {
        let places = sample.places();
        Self {
            words: std::array::from_fn(|at| ENUMS[at].2[usize::from(places[at])].into()),
            spans: sample.spans().map(CelInt::from),
        }
    }
}

impl VariableResolver for Flat {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        if let Some(at) = ENUMS.iter().position(|(flat, ..)| *flat == name) {
            return Some(CowVal::Borrowed(&self.words[at]));
        }
        let at = SPANS.iter().position(|(flat, _)| *flat == name)?;
        Some(CowVal::Borrowed(&self.spans[at]))
    }
}

impl Cel {
    fn new(rules: &[Rule]) -> Self {
        let compile = |rule: &Rule| {
            (cel::Program::compile(&rule.cel()).expect("the condition compiles"), rule.ask)
        };
        Self { programs: rules.iter().map(compile).collect() }
    }

    fn holding(&self, sample: &Sample, mut hit: impl FnMut(usize, Ask)) {
        let flat = Flat::new(sample);
        let mut context = cel::Context::empty();
        context.set_variable_resolver(&flat);
        for (number, (program, ask)) in self.programs.iter().enumerate() {
            match program.execute(&context) {
                Ok(cel::Value::Bool(true)) => hit(number, *ask),
                Ok(cel::Value::Bool(false)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

impl Decider for Cel {
    fn name(&self) -> &str {
        "cel interpreter"
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        let mut most = Ask::Allow;
        self.holding(sample, |_, ask| most = most.max(ask));
        most
    }

    fn fired(&mut self, sample: &Sample) -> Vec<usize> {
        let mut fired = Vec::new();
        self.holding(sample, |number, _| fired.push(number));
        fired
    }
}

/// Rego values that stand ready: names of facts, and their words.
struct Ready {
    names: Vec<Value>,
    words: Vec<Vec<Value>>,
    spans: Vec<Value>,
}

impl Ready {
    fn new() -> Self {
        let words = |(_, _, words): &(&str, &str, &[&str])| {
            words.iter().map(|word| Value::from(*word)).collect()
        };
        Self {
            names: ENUMS.iter().map(|(flat, ..)| Value::from(*flat)).collect(),
            words: ENUMS.iter().map(words).collect(),
            spans: SPANS.iter().map(|(flat, _)| Value::from(*flat)).collect(),
        }
    }

    fn input(&self, sample: &Sample) -> Value {
        let mut input = BTreeMap::new();
        for ((name, words), place) in self.names.iter().zip(&self.words).zip(sample.places()) {
            input.insert(name.clone(), words[usize::from(place)].clone());
        }
        for (name, span) in self.spans.iter().zip(sample.spans()) {
            input.insert(name.clone(), Value::from(span));
        }
        Value::from(input)
    }
}

fn numbers(answer: &Value) -> impl Iterator<Item = usize> {
    let set = answer.as_set().expect("the answer is a set");
    set.iter().map(|number| number.as_u64().expect("a rule's number") as usize)
}

const ENTRY: &str = "data.bench.fired";

fn loaded(rules: &[Rule]) -> regorus::Engine {
    let mut engine = regorus::Engine::new();
    engine.add_policy("bench.rego".into(), policy::rego(rules)).expect("the policy parses");
    engine
}

/// regorus' virtual machine, kept between decisions.
struct Vm {
    vm: RegoVM,
    ready: Ready,
    asks: Vec<Ask>,
}

impl Vm {
    fn new(rules: &[Rule]) -> Self {
        let entry: Rc<str> = ENTRY.into();
        let compiled = loaded(rules).compile_with_entrypoint(&entry).expect("the policy compiles");
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).expect("it lowers");
        let mut vm = RegoVM::new();
        vm.set_max_instructions(usize::MAX);
        vm.load_program(program);
        Self { vm, ready: Ready::new(), asks: asks(rules) }
    }

    fn answer(&mut self, sample: &Sample) -> Value {
        self.vm.set_input(self.ready.input(sample));
        self.vm.execute().expect("it runs")
    }
}

impl Decider for Vm {
    fn name(&self) -> &str {
        "regorus VM"
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        let answer = self.answer(sample);
        join(&self.asks, numbers(&answer))
    }

    fn fired(&mut self, sample: &Sample) -> Vec<usize> {
        numbers(&self.answer(sample)).collect()
    }
}

/// regorus' interpreter.
struct Interpreter {
    engine: regorus::Engine,
    ready: Ready,
    asks: Vec<Ask>,
}

impl Interpreter {
    fn new(rules: &[Rule]) -> Self {
        Self { engine: loaded(rules), ready: Ready::new(), asks: asks(rules) }
    }

    fn answer(&mut self, sample: &Sample) -> Value {
        self.engine.set_input(self.ready.input(sample));
        self.engine.eval_rule(ENTRY.into()).expect("it runs")
    }
}

impl Decider for Interpreter {
    fn name(&self) -> &str {
        "regorus interpreter"
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        let answer = self.answer(sample);
        join(&self.asks, numbers(&answer))
    }

    fn fired(&mut self, sample: &Sample) -> Vec<usize> {
        numbers(&self.answer(sample)).collect()
    }
}

struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    anyone: EntityUid,
    words: Vec<Vec<RestrictedExpression>>,
    asks: Vec<Ask>,
}

impl Cedar {
    fn new(rules: &[Rule]) -> Self {
        let words = |(_, _, words): &(&str, &str, &[&str])| {
            words.iter().map(|w| RestrictedExpression::new_string((*w).to_owned())).collect()
        };
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(&policy::cedar(rules)).expect("the policies parse"),
            entities: Entities::empty(),
            anyone: "Check::\"one\"".parse().expect("an entity"),
            words: ENUMS.iter().map(words).collect(),
            asks: asks(rules),
        }
    }

    fn holding(&self, sample: &Sample) -> Vec<usize> {
        let words = ENUMS.iter().zip(&self.words).zip(sample.places()).map(
            |(((flat, ..), words), place)| ((*flat).to_owned(), words[usize::from(place)].clone()),
        );
        let spans = SPANS.iter().zip(sample.spans());
        let spans =
            spans.map(|((flat, _), ms)| ((*flat).to_owned(), RestrictedExpression::new_long(ms)));
        let context = Context::from_pairs(words.chain(spans)).expect("a context");
        let anyone = || self.anyone.clone();
        let request = Request::new(anyone(), anyone(), anyone(), context, None).expect("a request");
        let answer = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        assert_eq!(answer.diagnostics().errors().count(), 0, "no policy errs");
        let number = |id: &cedar_policy::PolicyId| {
            let id: &str = id.as_ref();
            id.strip_prefix("policy")?.parse().ok()
        };
        answer.diagnostics().reason().filter_map(number).collect()
    }
}

impl Decider for Cedar {
    fn name(&self) -> &str {
        "cedar-policy"
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        join(&self.asks, self.holding(sample).into_iter())
    }

    fn fired(&mut self, sample: &Sample) -> Vec<usize> {
        let mut fired = self.holding(sample);
        fired.sort_unstable();
        fired
    }
}
