use super::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

const MARK: TokenMark = TokenMark([1; 16]);
const NEXT: TokenMark = TokenMark([2; 16]);

fn check(n: u8) -> ChallengeId {
    ChallengeId::from_bytes([n; 16])
}

#[test]
fn a_token_is_one_checks_alone_until_it_has_ended() {
    let used = UsedTokens::new(10);
    assert_eq!(used.take(MARK, check(1), at(10), at(0)), TokenUse::Own);
    assert_eq!(used.take(MARK, check(1), at(10), at(0)), TokenUse::Own);
    assert_eq!(used.take(MARK, check(2), at(10), at(10)), TokenUse::Other);
    used.give_back(MARK, check(2));
    assert_eq!(used.take(MARK, check(2), at(10), at(10)), TokenUse::Other);
    used.give_back(MARK, check(1));
    assert_eq!(used.take(MARK, check(2), at(10), at(10)), TokenUse::Own);
}

#[test]
fn used_tokens_are_bounded_and_those_that_ended_make_room() {
    let used = UsedTokens::new(1);
    assert_eq!(used.take(MARK, check(1), at(10), at(0)), TokenUse::Own);
    assert_eq!(used.take(NEXT, check(2), at(20), at(10)), TokenUse::Full);
    assert_eq!(used.take(NEXT, check(2), at(20), at(11)), TokenUse::Own);
    // A clock that went ahead and back frees no token.
    assert_eq!(used.take(MARK, check(3), at(10), at(0)), TokenUse::Other);
}

#[test]
fn a_use_that_was_restored_stands() {
    let used = UsedTokens::new(1);
    used.restore(MARK, check(1), at(10));
    assert_eq!(used.take(MARK, check(2), at(10), at(0)), TokenUse::Other);
    assert_eq!(used.take(MARK, check(1), at(10), at(0)), TokenUse::Own);
}
