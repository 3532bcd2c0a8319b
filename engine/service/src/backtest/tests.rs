use super::view::DecisionView;
use crate::ledger::{DecisionEntry, FiredEntry, LimitEntry, encode_decision};
use proptest::prelude::*;
use simbind_core::{
    ids::{BindingId, CarrierId, DecisionId},
    time::Timestamp,
};
use simbind_rules::{CheckKind, Edge, Methods, StepUpMethod, Verdict};

fn maybe<T: Clone + std::fmt::Debug>(some: T) -> impl Strategy<Value = Option<T>> {
    prop_oneof![Just(None), Just(Some(some))]
}

fn carrier() -> impl Strategy<Value = Option<CarrierId>> {
    prop::option::of("[a-z]{1,12}".prop_map(|name| name.parse().unwrap()))
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let methods = prop::sample::subsequence(&StepUpMethod::ALL[..], 1..=4);
    prop_oneof![
        Just(Verdict::Allow),
        Just(Verdict::Deny),
        methods.prop_map(|methods| Verdict::StepUp(Methods::new(methods).unwrap())),
    ]
}

fn fired() -> impl Strategy<Value = Vec<FiredEntry>> {
    let one = ("[a-z-]{1,9}", "[a-z-]{1,9}", any::<bool>());
    let one = one.prop_map(|(pack, rule, held)| FiredEntry { pack, rule, held });
    prop::collection::vec(one, 0..4)
}

fn limit() -> impl Strategy<Value = Option<LimitEntry>> {
    let one = ("[A-Z_]{1,20}", any::<i64>());
    prop::option::of(
        one.prop_map(|(reason, at)| LimitEntry { reason, retry_at: Timestamp::from_millis(at) }),
    )
}

prop_compose! {
    fn entry()(
        id in any::<[u8; 16]>(),
        parent in prop::option::of(any::<[u8; 16]>()),
        kind in prop_oneof![Just(CheckKind::Login), Just(CheckKind::Tap)],
        audience in "rp:[a-z]{1,9}",
        digest in any::<[u8; 32]>(),
        challenge in prop::option::of(any::<[u8; 16]>()),
    )(
        carrier in carrier(),
        host in carrier(),
        facts in prop::collection::vec(any::<u8>(), 0..200),
        limit in limit(),
        proved in maybe(StepUpMethod::Counter),
        verdict in verdict(),
        reasons in prop::collection::vec("[A-Z_]{1,20}", 0..4),
        edge in maybe(Edge::SimLine),
        fired in fired(),
        (at, position) in any::<(i64, u64)>(),
        id in Just(id), parent in Just(parent), kind in Just(kind), audience in Just(audience),
        digest in Just(digest), challenge in Just(challenge),
        snoozed in prop::collection::vec("[a-z]{1,9}/[a-z]{1,9}", 0..3),
        token in prop::option::of(any::<[u8; 16]>()),
    ) -> DecisionEntry {
        DecisionEntry {
            id: DecisionId::from_bytes(id),
            parent: parent.map(DecisionId::from_bytes),
            kind,
            caller: "bank".parse().unwrap(),
            audience,
            request: "r-1".parse().unwrap(),
            digest,
            challenge,
            binding: challenge.map(BindingId::from_bytes),
            carrier,
            host,
            facts,
            limit,
            proved,
            verdict,
            reasons,
            edge,
            fired,
            packs: digest,
            decided_at: Timestamp::from_millis(at),
            position,
            snoozed,
            token,
        }
    }
}

/// Whether the view shows what was written. A field that is added to the entry must be named here,
/// so that somebody thinks of the view.
fn shows(view: &DecisionView<'_>, entry: &DecisionEntry) -> bool {
    let DecisionEntry {
        id,
        parent: _,
        kind,
        caller: _,
        audience,
        request: _,
        digest: _,
        challenge: _,
        binding: _,
        carrier,
        host,
        facts,
        limit,
        proved,
        verdict,
        reasons: _,
        edge: _,
        fired: _,
        packs: _,
        decided_at,
        position: _,
        snoozed,
        token: _,
    } = entry;
    view.id == *id.as_bytes()
        && view.kind == *kind
        && view.audience == audience
        && view.carrier == carrier.as_ref().map(CarrierId::as_str)
        && view.host == host.as_ref().map(CarrierId::as_str)
        && view.facts == facts
        && view.limit == limit.as_ref().map(|l| &*l.reason)
        && view.proved == *proved
        && view.verdict == *verdict
        && view.decided_at == *decided_at
        && view.snoozed == *snoozed
}

proptest! {
    #[test]
    fn the_view_shows_what_was_written(entry in entry()) {
        let bytes = encode_decision(&entry).unwrap();
        let view = DecisionView::read(&bytes).unwrap();
        prop_assert!(shows(&view, &entry), "{view:?}\n{entry:?}");
    }

    #[test]
    fn what_is_cut_short_is_not_read(entry in entry(), cut in any::<prop::sample::Index>()) {
        let bytes = encode_decision(&entry).unwrap();
        let cut = cut.index(bytes.len());
        prop_assert!(DecisionView::read(&bytes[..cut]).is_err());
    }
}
