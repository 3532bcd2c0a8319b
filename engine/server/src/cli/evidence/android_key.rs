//! `simbind evidence android-key`.

mod fields;
mod lines;
mod policy;
mod weakness;

use super::{
    args::AndroidKeyArgs,
    files,
    moment::Moment,
    outcome::{Outcome, Unreadable, Verdict},
    summary::Described,
};
use policy::Policy;
use simbind_core::time::Timestamp;
use simbind_evidence::android::{
    AttestationError, AttestationRoots, ExpectedAttestation, KeyAttestation, KeyDescription,
    StatusList, Weakness, verify,
};
use std::path::PathBuf;

/// A chain with all that is known of it.
struct Examined {
    chain: Described,
    roots: AttestationRoots,
    at: Timestamp,
    challenge: Option<Vec<u8>>,
    policy: Policy,
    verified: Result<KeyAttestation, AttestationError>,
    /// What the first key description of the chain says, verified or not.
    description: Option<KeyDescription>,
}

impl Examined {
    /// All that is weak, the worst first.
    fn weaknesses(&self) -> Vec<Weakness> {
        let Ok(read) = &self.verified else { return Vec::new() };
        let asked =
            |weakness: &Weakness| self.challenge.is_some() || *weakness != Weakness::WrongChallenge;
        read.weaknesses(&self.policy.demands).filter(asked).collect()
    }

    fn verdict(&self) -> Verdict {
        match &self.verified {
            Err(error) => Verdict::refused(error.word(), error),
            Ok(_) => match self.weaknesses().first() {
                None => Verdict::Accepted,
                Some(worst) => Verdict::refused(worst.word(), weakness::sentence(*worst)),
            },
        }
    }
}

pub(super) fn examine(args: &AndroidKeyArgs) -> Result<Outcome, Unreadable> {
    let chain = Described::read(&args.files)?;
    let roots = roots(&args.common.roots)?;
    let status = match &args.status {
        None => StatusList::default(),
        Some(path) => StatusList::from_json(&files::read(path)?)
            .map_err(|error| Unreadable::new(path, &error))?,
    };
    let policy = args.policy.as_deref().map(Policy::read).transpose()?.unwrap_or_default();
    let challenge = args.challenge.as_ref().map(|challenge| challenge.0.clone());
    let at = args.common.at.unwrap_or_else(Moment::now).0;
    let expected = ExpectedAttestation {
        challenge: challenge.as_deref().unwrap_or_default(),
        apps: &policy.apps,
    };
    let verified = verify(&chain.ders, &roots, &status, &expected, at);
    let described = chain.summaries.iter().flat_map(|summary| &summary.key_descriptions).next();
    let description = described.and_then(|der| KeyDescription::from_der(der).ok());
    let examined = Examined { chain, roots, at, challenge, policy, verified, description };
    Ok(Outcome {
        verdict: examined.verdict(),
        fields: fields::of(&examined),
        tree: lines::of(&examined),
    })
}

fn roots(paths: &[PathBuf]) -> Result<AttestationRoots, Unreadable> {
    AttestationRoots::from_der(files::certificates(paths)?)
        .map_err(|error| Unreadable::because(format!("--roots: {error}")))
}
