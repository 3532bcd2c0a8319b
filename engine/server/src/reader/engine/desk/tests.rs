use super::*;
use simbind_proto::v1::decision::Verdict;
use simbind_proto::v1::{Allow, Deny};
use std::sync::mpsc::{Receiver, sync_channel};

const BARE: Channel = Channel::TapBare;
const CLOCK: Timestamp = Timestamp::from_secs(1_790_000_000);

fn desk() -> Desk {
    Desk::new("door-1".to_owned(), &[BARE], Duration::from_secs(3))
}

fn issued(lives: i64, byte: u8) -> Answer {
    let expires_at = prost_types::Timestamp { seconds: CLOCK.as_secs() + lives, nanos: 0 };
    Answer::Challenge(IssueChallengeResponse {
        challenge: vec![byte].into(),
        expires_at: Some(expires_at),
        audience: "reader:door-1".to_owned(),
    })
}

fn fault(code: tonic::Code) -> Answer {
    let code = u32::try_from(i32::from(code)).unwrap();
    Answer::Fault(CheckFault { code, message: "no such reader".into(), field: String::new() })
}

fn decision(verdict: Verdict) -> Answer {
    Answer::Decision(Decision { verdict: Some(verdict), ..Decision::default() })
}

/// The numbers of the challenges that were asked for.
fn draws(desk: &mut Desk) -> Vec<u64> {
    let sent = desk.outgoing().into_iter();
    sent.filter(|message| matches!(message.check, Some(Check::Challenge(_))))
        .map(|message| message.correlation_id)
        .collect()
}

/// The taps that were sent: their numbers on the stream and their own.
fn taps(desk: &mut Desk) -> Vec<(u64, String)> {
    let sent = desk.outgoing().into_iter();
    sent.filter_map(|message| match message.check {
        Some(Check::Tap(tap)) => Some((message.correlation_id, tap.request_id)),
        _ => None,
    })
    .collect()
}

fn answer(desk: &mut Desk, number: u64, answer: Answer, now: Instant) {
    let answer = StreamChecksResponse { correlation_id: number, answer: Some(answer) };
    desk.answer(answer, now, CLOCK);
}

fn take(desk: &mut Desk, now: Instant) -> Receiver<Result<Challenge, EngineFault>> {
    let (reply, got) = sync_channel(1);
    desk.ask(Question::Challenge(BARE, reply), now);
    got
}

fn tap(desk: &mut Desk, name: &str, now: Instant) -> Receiver<Result<Decision, EngineFault>> {
    let (reply, got) = sync_channel(1);
    let tap = CheckTapRequest { request_id: name.into(), ..CheckTapRequest::default() };
    desk.ask(Question::Tap(Box::new(tap), reply), now);
    got
}

#[test]
fn a_challenge_is_at_hand_and_given_out_once() {
    let (mut desk, now) = (desk(), Instant::now());
    desk.begin(now);
    let [first] = *draws(&mut desk) else { panic!("one is drawn ahead") };
    answer(&mut desk, first, issued(120, 1), now);
    assert_eq!(*take(&mut desk, now).recv().unwrap().unwrap().bytes, [1]);
    // The next is drawn at once; who asks before it is there waits for it.
    let [second] = *draws(&mut desk) else { panic!() };
    let waits = take(&mut desk, now);
    assert!(waits.try_recv().is_err() && draws(&mut desk).is_empty());
    answer(&mut desk, second, issued(120, 2), now);
    assert_eq!(*waits.recv().unwrap().unwrap().bytes, [2]);
}

#[test]
fn a_challenge_is_renewed_before_it_ends_whatever_the_clocks_say() {
    for (lives, kept) in [(30, 20), (120, 40), (86_400, 40), (-500, 3)] {
        let (mut desk, now) = (desk(), Instant::now());
        desk.begin(now);
        let [first] = *draws(&mut desk) else { panic!() };
        answer(&mut desk, first, issued(lives, 1), now);
        let at = desk.draw_at().unwrap();
        assert_eq!((at - now).as_secs(), kept, "{lives}");
        desk.draw(at - Duration::from_millis(1));
        assert!(draws(&mut desk).is_empty());
        desk.draw(at);
        let [second] = *draws(&mut desk) else { panic!("{lives}") };
        // The old one is not given out any more.
        let waits = take(&mut desk, at);
        answer(&mut desk, second, issued(lives, 2), at);
        assert_eq!(*waits.recv().unwrap().unwrap().bytes, [2]);
    }
}

#[test]
fn a_refusal_to_give_a_challenge_is_told_and_asked_again_later() {
    let (mut desk, now) = (desk(), Instant::now());
    desk.begin(now);
    let [first] = *draws(&mut desk) else { panic!() };
    let waits = take(&mut desk, now);
    answer(&mut desk, first, fault(tonic::Code::NotFound), now);
    let told = waits.recv().unwrap().unwrap_err();
    assert_eq!(told, EngineFault::Fault("no such reader".to_owned()));
    assert!(draws(&mut desk).is_empty(), "not at once");
    desk.draw(desk.draw_at().unwrap());
    assert_eq!(draws(&mut desk).len(), 1);
}

#[test]
fn a_tap_is_asked_again_under_its_own_number_when_the_stream_broke() {
    let (mut desk, now) = (desk(), Instant::now());
    desk.begin(now);
    let waits = tap(&mut desk, "tap-1", now);
    let sent = taps(&mut desk);
    desk.away("gone", now);
    assert!(waits.try_recv().is_err(), "it may be decided already");
    desk.begin(now);
    let again = taps(&mut desk);
    assert_eq!((again.len(), &again[0].1), (1, &sent[0].1));
    assert_ne!(again[0].0, sent[0].0);
    // What comes late for the number of before is nobody's.
    answer(&mut desk, sent[0].0, decision(Verdict::Allow(Allow {})), now);
    answer(&mut desk, again[0].0, decision(Verdict::Deny(Deny::default())), now);
    let decided = waits.recv().unwrap().unwrap();
    assert!(matches!(decided.verdict, Some(Verdict::Deny(_))));
}

#[test]
fn a_tap_that_nobody_waits_for_any_more_is_not_asked_again() {
    let (mut desk, now) = (desk(), Instant::now());
    desk.begin(now);
    let _waits = tap(&mut desk, "tap-1", now);
    assert_eq!(taps(&mut desk).len(), 1);
    desk.begin(now + Duration::from_secs(4));
    assert!(taps(&mut desk).is_empty());
}

#[test]
fn who_waits_for_a_challenge_is_told_at_once_that_the_engine_is_away() {
    let (mut desk, now) = (desk(), Instant::now());
    desk.begin(now);
    let [first] = *draws(&mut desk) else { panic!() };
    answer(&mut desk, first, issued(120, 1), now);
    desk.away("gone", now);
    let waits = take(&mut desk, now);
    desk.away("gone", now);
    assert_eq!(waits.recv().unwrap(), Err(EngineFault::Away("gone".to_owned())));
    // A challenge of the stream before is not given out on the next.
    desk.begin(now);
    assert!(take(&mut desk, now).try_recv().is_err());
}

#[test]
fn what_waits_is_bounded() {
    let (mut desk, now) = (desk(), Instant::now());
    desk.begin(now);
    let waits: Vec<_> = (0..200).map(|_| take(&mut desk, now)).collect();
    let taps: Vec<_> = (0..200).map(|n| tap(&mut desk, &format!("tap-{n}"), now)).collect();
    let refused = |told: bool| usize::from(told);
    let draws: usize = waits.iter().map(|wait| refused(wait.try_recv().is_ok())).sum();
    let taps: usize = taps.iter().map(|wait| refused(wait.try_recv().is_ok())).sum();
    assert_eq!((draws, taps), (200 - WAITING, 200 - WAITING));
}

#[test]
fn an_engine_that_gives_no_challenge_in_time_is_silent() {
    let (mut desk, now) = (desk(), Instant::now());
    assert_eq!(desk.silent_at(), None, "it was asked nothing");
    desk.begin(now);
    assert_eq!(desk.silent_at(), now.checked_add(Duration::from_secs(3)));
    let [first] = *draws(&mut desk) else { panic!() };
    answer(&mut desk, first, issued(120, 1), now);
    assert_eq!(desk.silent_at(), None);
    let later = now + Duration::from_secs(10);
    let _ = take(&mut desk, later);
    assert_eq!(desk.silent_at(), later.checked_add(Duration::from_secs(3)));
    desk.begin(later + Duration::from_secs(5));
    assert_eq!(desk.silent_at(), later.checked_add(Duration::from_secs(8)), "of the new stream");
}
