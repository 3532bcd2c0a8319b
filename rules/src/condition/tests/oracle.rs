//! What the `cel` interpreter says, and how many comparisons with it a run makes.

use super::dice::{Dice, number};
use super::expr::{Expr, Values};
use super::sample::variables;
use crate::facts::Facts;

const USUAL_COMPARISONS: u64 = 40_000;

/// Whether the interpreter says that a condition holds.
pub(crate) fn holds(program: &cel::Program, expr: &Expr, facts: &Facts, values: &Values) -> bool {
    match program.execute(&variables(expr, facts, values)) {
        Ok(cel::Value::Bool(truth)) => truth,
        other => panic!("{other:?}"),
    }
}

/// The number of comparisons of a run, and its chance; both are printed.
pub(crate) fn run(name: &str, usual_seed: u64) -> (u64, Dice) {
    let comparisons = number("SIMBIND_COMPARISONS", USUAL_COMPARISONS);
    let seed = number("SIMBIND_SEED", usual_seed);
    println!("{name}: SIMBIND_COMPARISONS={comparisons} SIMBIND_SEED={seed}");
    (comparisons, Dice::new(seed))
}
