//! What a decision should cost, and whether it does.

use crate::{Measured, TENANTS, engines};

/// A ratio with its bound.
pub struct Target {
    what: String,
    ratio: f64,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    Most(f64),
    Least(f64),
}

/// Growth that is told from noise, in a run beside which others run.
const NO_GROWTH: f64 = 1.25;

/// The targets: the first size against the peers, the next against it, and the tenants.
pub fn all(sizes: &[Measured], growth: f64) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut add = |what: String, ratio: Option<f64>, bound| {
        let ratio = ratio.unwrap_or(f64::NAN);
        targets.push(Target { what, ratio, bound });
    };
    let ours = |size: &Measured| size.nanos(engines::OURS);
    if let [small, ..] = sizes {
        let over = |engine: &str| Some(small.nanos(engine)? / ours(small)?);
        let by_hand = over("written by hand").map(f64::recip);
        add("20 rules, over the function written by hand".into(), by_hand, Bound::Most(10.0));
        add("regorus VM over ours at 20 rules".into(), over("regorus VM"), Bound::Least(30.0));
        add("cedar-policy over ours at 20 rules".into(), over("cedar-policy"), Bound::Least(100.0));
        add("200 rules over 20".into(), Some(growth), Bound::Most(3.0));
    }
    for size in sizes {
        let one = size.nanos("simbind, 1 tenant");
        for tenants in TENANTS.iter().skip(1) {
            let many = size.nanos(&format!("simbind, {tenants} tenants"));
            let growth = many.zip(one).map(|(many, one)| many / one);
            let what = format!("{tenants} tenants over 1 at {} rules", size.rules);
            add(what, growth, Bound::Most(NO_GROWTH));
        }
    }
    targets
}

/// The table of all.
pub fn table(targets: &[Target]) -> String {
    let row = |target: &Target| {
        let bound = match target.bound {
            Bound::Most(bound) => format!("at most {bound}"),
            Bound::Least(bound) => format!("at least {bound}"),
        };
        let met = if target.met() { "met" } else { "NOT MET" };
        vec![target.what.clone(), format!("{:.2}", target.ratio), bound, met.to_owned()]
    };
    let rows: Vec<_> = targets.iter().map(row).collect();
    simbind_benches::table("Targets", &["ratio", "measured", "target", ""], &rows)
}

impl Target {
    fn met(&self) -> bool {
        match self.bound {
            Bound::Most(bound) => self.ratio <= bound,
            Bound::Least(bound) => self.ratio >= bound,
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "ratio": self.what, "measured": self.ratio, "met": self.met() })
    }
}
