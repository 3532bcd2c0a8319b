//! From sources to a book of rules.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::checks;
use super::explain::Changes;
use super::feed::{self, FeedState};
use super::forge::forge;
use super::layers::LayerState;
use super::life;
use super::ready::{ReadyTests, add_bases, make_ready};
use super::{Chain, ChainId, Layer, PackInfo, PackTests, PacksHash, RuleBook, RuleInfo};
use crate::bounds::PACKS;
use crate::condition::check_apart;
use crate::diagnostic::{Diagnostic, Problems, place};
use crate::pack::{Applies, BaseDoc, PackDoc, PackSource, read_pack};
use crate::reason;
use crate::suggest::closest;

/// Packs on each other: after as many rounds every pack has met the one above it.
const LAYERS: usize = 3;

impl RuleBook {
    /// Compiles packs into a book. A pack may come before the one that it extends.
    ///
    /// What is merely doubtful is kept in [`RuleBook::warnings`].
    ///
    /// # Errors
    /// Everything that is wrong with any pack, each with its place, and what is doubtful.
    pub fn compile(sources: &[PackSource]) -> Result<Self, Vec<Diagnostic>> {
        build(sources, checks::check)
    }

    /// Compiles packs and does not look for rules that can never speak or that another covers: for
    /// packs that were found good before, by a compiler that may have looked for less.
    ///
    /// # Errors
    /// Everything else that [`RuleBook::compile`] finds.
    pub fn compile_unchecked(sources: &[PackSource]) -> Result<Self, Vec<Diagnostic>> {
        build(sources, |_, _, _| {})
    }
}

/// What looks at a book that is otherwise in order.
type Checks = fn(&RuleBook, &[Option<PackDoc>], &mut [Problems<'_>]);

fn build(sources: &[PackSource], checks: Checks) -> Result<RuleBook, Vec<Diagnostic>> {
    if sources.is_empty() || sources.len() > PACKS {
        let mut problems = Problems::new("", "");
        problems.add(&(0..0), format!("a book has 1 to {PACKS} packs"));
        return Err(problems.into_found());
    }
    if let Err(error) = reason::check_catalogue() {
        let mut problems = Problems::new("reasons.toml", "");
        problems.add(&(0..0), error.to_string());
        return Err(problems.into_found());
    }
    let mut problems: Vec<_> =
        sources.iter().map(|source| Problems::new(&source.name, &source.text)).collect();
    let docs: Vec<_> =
        sources.iter().zip(&mut problems).map(|(source, p)| read_pack(source, p)).collect();
    let book = assemble(sources, &docs, &mut problems);
    if let Some(book) = &book
        && !problems.iter().any(Problems::has_errors)
    {
        checks(book, &docs, &mut problems);
    }
    let refused = problems.iter().any(Problems::has_errors);
    let found: Vec<_> = problems.into_iter().flat_map(Problems::into_found).collect();
    match book {
        Some(book) if !refused => Ok(RuleBook { warnings: found, ..book }),
        _ => Err(found),
    }
}

fn hash(sources: &[PackSource]) -> PacksHash {
    let mut hasher = Sha256::new();
    hasher.update(b"simbind packs 1\0");
    let mut part = |text: &str| {
        hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    part(reason::CATALOGUE);
    for source in sources {
        part(&source.name);
        part(&source.text);
    }
    PacksHash(hasher.finalize().into())
}

/// What is known of a pack once the packs above it are applied.
#[derive(Default)]
struct Built {
    state: LayerState,
    bases: BTreeMap<String, BaseDoc>,
    tests: ReadyTests,
}

fn assemble(
    sources: &[PackSource],
    docs: &[Option<PackDoc>],
    problems: &mut [Problems<'_>],
) -> Option<RuleBook> {
    let parents = link(docs, problems);
    let mut built: Vec<Option<Built>> = docs.iter().map(|_| None).collect();
    let mut infos: Vec<Option<Vec<RuleInfo>>> = docs.iter().map(|_| None).collect();
    let first_rules = number_rules(docs);
    for _ in 0..LAYERS {
        for (at, doc) in docs.iter().enumerate() {
            let (Some(doc), Some(parent)) = (doc, parents.get(at).copied().flatten()) else {
                continue;
            };
            if built.get(at).is_none_or(Option::is_some) {
                continue;
            }
            let nothing = Built::default();
            let above = match parent {
                Parent::Root => &nothing,
                Parent::Pack(above) => match built.get(above).and_then(Option::as_ref) {
                    Some(above) => above,
                    None => continue,
                },
            };
            let (mut state, mut bases) = (above.state.clone(), above.bases.clone());
            let Some(own) = problems.get_mut(at) else { continue };
            let first = first_rules.get(at).copied().unwrap_or_default();
            state.apply(doc, first, own);
            feed::apply(doc, &above.state, &mut state, own);
            life::apply(doc, &mut state.life, own);
            add_bases(doc, &mut bases, own);
            let tests = make_ready(doc, &state, &bases, own);
            if let Some(slot) = infos.get_mut(at) {
                *slot = Some(describe(doc, at, first, &state, own.source()));
            }
            if let Some(slot) = built.get_mut(at) {
                *slot = Some(Built { state, bases, tests });
            }
        }
    }
    for ((doc, built), problems) in docs.iter().zip(&built).zip(problems) {
        if let (Some(doc), None) = (doc, built) {
            check_apart(&doc.rules, &doc.broken, &doc.params, problems);
        }
    }
    finish(sources, docs, &parents, built, infos)
}

/// What a pack stands on.
#[derive(Clone, Copy)]
enum Parent {
    Root,
    Pack(usize),
}

fn layer_of(doc: &PackDoc) -> Layer {
    match doc.applies {
        Applies::Country(_) => Layer::Nation,
        Applies::Carrier(_) => Layer::Carrier,
        Applies::Mvno { .. } => Layer::Mvno,
    }
}

/// Finds the pack that each extends, and checks who may extend whom.
fn link(docs: &[Option<PackDoc>], problems: &mut [Problems<'_>]) -> Vec<Option<Parent>> {
    let mut root = None;
    let mut parents = Vec::with_capacity(docs.len());
    for (at, (doc, problems)) in docs.iter().zip(problems).enumerate() {
        let Some(doc) = doc else {
            parents.push(None);
            continue;
        };
        let earlier = docs.iter().take(at).flatten();
        if earlier.clone().any(|other| other.id.value == doc.id.value) {
            problems.add(&doc.id.span, "another pack has this id");
        }
        if earlier.clone().any(|other| same_place(&other.applies, &doc.applies)) {
            problems.add(&doc.id.span, "another pack applies to the same");
        }
        if layer_of(doc) == Layer::Nation {
            if let Some(extends) = &doc.extends {
                problems.add(&extends.span, "the nation's pack extends none");
            }
            if root.replace(at).is_some() {
                problems.add(&doc.id.span, "a book has one nation's pack");
            }
            parents.push(Some(Parent::Root));
            continue;
        }
        parents.push(find_parent(doc, docs, problems));
    }
    parents
}

/// Whether two packs would both stand for the same lines.
fn same_place(a: &Applies, b: &Applies) -> bool {
    let (a, b) = (line_of(a), line_of(b));
    a.is_some() && a == b
}

fn line_of(applies: &Applies) -> Option<&str> {
    match applies {
        Applies::Country(_) => None,
        Applies::Carrier(name) | Applies::Mvno { mvno: name, .. } => Some(name),
    }
}

fn find_parent(
    doc: &PackDoc,
    docs: &[Option<PackDoc>],
    problems: &mut Problems<'_>,
) -> Option<Parent> {
    let Some(extends) = &doc.extends else {
        problems.add(&doc.id.span, "a pack below the nation's names the one that it `extends`");
        return None;
    };
    let above = docs
        .iter()
        .position(|other| other.as_ref().is_some_and(|other| other.id.value == extends.value));
    let Some((at, above)) = above.and_then(|at| Some((at, docs.get(at)?.as_ref()?))) else {
        if docs.iter().any(Option::is_none) {
            // It may be one that cannot be read, of which that is told.
            return None;
        }
        let near = closest(&extends.value, docs.iter().flatten().map(|doc| doc.id.value.as_str()));
        problems.add_meaning(&extends.span, "there is no such pack", near);
        return None;
    };
    let right = match (&doc.applies, &above.applies) {
        (Applies::Carrier(_), Applies::Country(_)) => true,
        (Applies::Mvno { own_core, .. }, Applies::Country(_)) => *own_core,
        (Applies::Mvno { host, .. }, Applies::Carrier(carrier)) => host == carrier,
        _ => false,
    };
    if !right {
        let message = "a carrier extends the nation's pack, an MVNO its host's (or the nation's, \
                       with `own_core = true`)";
        problems.add(&extends.span, message);
        return None;
    }
    Some(Parent::Pack(at))
}

fn number_rules(docs: &[Option<PackDoc>]) -> Vec<u32> {
    let mut next = 0;
    let mut firsts = Vec::with_capacity(docs.len());
    for doc in docs {
        firsts.push(next);
        let own = doc.as_ref().map_or(0, |doc| doc.rules.len());
        next += u32::try_from(own).unwrap_or_default();
    }
    firsts
}

fn describe(
    doc: &PackDoc,
    pack: usize,
    first: u32,
    state: &LayerState,
    text: &str,
) -> Vec<RuleInfo> {
    let numbered = doc.rules.iter().zip(first..);
    numbered
        .map(|(rule, number)| {
            let built = state.rules.iter().find(|built| built.rule().0 == number);
            RuleInfo {
                id: rule.id.value.clone(),
                pack,
                on: rule.on,
                when: rule.when.value.clone(),
                facts: built.map(|built| built.facts()).unwrap_or_default(),
                tuned: built.map(|built| built.tuned()).unwrap_or_default(),
                line: place(text, rule.id.span.start).0,
                comparisons: built.map(|built| built.cond().comparisons()).unwrap_or_default(),
            }
        })
        .collect()
}

fn finish(
    sources: &[PackSource],
    docs: &[Option<PackDoc>],
    parents: &[Option<Parent>],
    built: Vec<Option<Built>>,
    infos: Vec<Option<Vec<RuleInfo>>>,
) -> Option<RuleBook> {
    let docs: Vec<&PackDoc> = docs.iter().map(Option::as_ref).collect::<Option<_>>()?;
    let built: Vec<Built> = built.into_iter().collect::<Option<_>>()?;
    let rules = infos.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let mut book = RuleBook {
        hash: hash(sources),
        warnings: Vec::new(),
        packs: Vec::new(),
        changes: docs.iter().map(|doc| Changes::of(doc)).collect(),
        rules,
        chains: Vec::new(),
        tests: Vec::new(),
        root: ChainId(0),
        carriers: BTreeMap::new(),
        mvnos: BTreeMap::new(),
    };
    book.chains = forge_all(&built, parents)?;
    let parts = sources.iter().zip(&docs).zip(parents).zip(built).enumerate();
    for (at, (((source, doc), parent), built)) in parts {
        let chain = ChainId(u16::try_from(at).ok()?);
        match &doc.applies {
            Applies::Country(_) => book.root = chain,
            Applies::Carrier(carrier) => {
                book.carriers.insert(carrier.clone(), chain);
            }
            Applies::Mvno { mvno, host, own_core } => {
                book.mvnos.insert(mvno.clone(), (host.clone(), chain));
                if *own_core {
                    book.carriers.insert(mvno.clone(), chain);
                }
            }
        }
        let extends = match parent {
            Some(Parent::Pack(above)) => docs.get(*above).map(|above| above.id.value.clone()),
            _ => None,
        };
        book.packs.push(PackInfo {
            id: doc.id.value.clone(),
            source: source.name.clone(),
            extends,
            layer: layer_of(doc),
            feed: built.state.feed.as_ref().map(FeedState::declared),
            rules: doc.rules.len(),
            limits: doc.limits.len(),
            tests: doc.tests.len(),
        });
        let ReadyTests { tests, settings } = built.tests;
        let own = doc.params.iter().map(|param| &param.name.value);
        let params = own.chain(doc.sets.iter().map(|set| &set.param.value)).cloned().collect();
        book.tests.push(PackTests { chain, tests, settings, params });
    }
    book.packs.iter().any(|pack| pack.layer == Layer::Nation).then_some(book)
}

/// The chains of all packs, each after the one that it extends.
fn forge_all(built: &[Built], parents: &[Option<Parent>]) -> Option<Vec<Chain>> {
    let mut chains: Vec<Option<Chain>> = built.iter().map(|_| None).collect();
    for _ in 0..LAYERS {
        for (at, (built_here, parent)) in built.iter().zip(parents).enumerate() {
            if chains.get(at)?.is_some() {
                continue;
            }
            let chain = match (*parent)? {
                Parent::Root => forge(&built_here.state, None)?,
                Parent::Pack(above) => match chains.get(above)? {
                    Some(chain) => {
                        forge(&built_here.state, Some((&built.get(above)?.state, chain)))?
                    }
                    None => continue,
                },
            };
            *chains.get_mut(at)? = Some(chain);
        }
    }
    chains.into_iter().collect()
}
