use super::{Edge, Methods, StepUpMethod, Verdict};

fn every_verdict() -> Vec<Verdict> {
    let sets = (1u8..16).filter_map(|bits| {
        Methods::new(
            StepUpMethod::ALL
                .into_iter()
                .enumerate()
                .filter_map(|(i, m)| (bits >> i & 1 == 1).then_some(m)),
        )
    });
    [Verdict::Allow, Verdict::Deny].into_iter().chain(sets.map(Verdict::StepUp)).collect()
}

#[test]
fn join_is_a_semilattice_with_allow_below_and_deny_above() {
    let all = every_verdict();
    assert_eq!(all.len(), 17);
    for a in &all {
        assert_eq!(a.join(*a), *a);
        assert_eq!(a.join(Verdict::Allow), *a);
        assert_eq!(a.join(Verdict::Deny), Verdict::Deny);
        for b in &all {
            assert_eq!(a.join(*b), b.join(*a));
            let joined = a.join(*b);
            assert!(joined.severity() >= a.severity() && joined.severity() >= b.severity());
            for c in &all {
                assert_eq!(a.join(*b).join(*c), a.join(b.join(*c)));
            }
        }
    }
}

#[test]
fn two_step_ups_join_to_what_both_accept() {
    use StepUpMethod::{Card, Counter, Sms};
    let card_counter = Verdict::StepUp(Methods::new([Card, Counter]).unwrap());
    let card_sms = Verdict::StepUp(Methods::new([Card, Sms]).unwrap());
    let sms = Verdict::StepUp(Methods::new([Sms]).unwrap());
    assert_eq!(card_counter.join(card_sms), Verdict::StepUp(Methods::new([Card]).unwrap()));
    assert_eq!(card_counter.join(sms), Verdict::Deny);
}

#[test]
fn a_method_on_a_broken_edge_is_not_acceptable() {
    use StepUpMethod::{Card, Counter, Reattest, Sms};
    let all = Verdict::StepUp(Methods::all());
    let rows: [(Edge, &[StepUpMethod]); 4] = [
        (Edge::SimHandset, &[Card, Counter]),
        (Edge::CertificateSim, &[Card, Counter]),
        (Edge::SimLine, &[Card, Counter, Reattest]),
        (Edge::HandsetAttestation, &[Card, Counter, Sms]),
    ];
    for (edge, left) in rows {
        let left = Verdict::StepUp(Methods::new(left.iter().copied()).unwrap());
        assert_eq!(all.without_methods_on(edge), left, "{edge}");
    }
    let sms = Verdict::StepUp(Methods::new([Sms]).unwrap());
    assert_eq!(sms.without_methods_on(Edge::SimLine), Verdict::Deny);
}
