use super::*;

#[test]
fn iccids_of_both_lengths_are_read_and_the_filler_is_dropped() {
    for text in [
        "8981100000000000010",
        "8981300000000000018",
        "8981200000000000019",
        "8981030000000000015",
        "8981090000000000012",
        "89450421180216254864",
        "8981100000000000010F",
    ] {
        let iccid: Iccid = text.parse().unwrap();
        assert_eq!(iccid.check_digit(), CheckDigit::Good, "{text}");
        assert_eq!(iccid.to_digits(), text.trim_end_matches('F'));
    }
}

#[test]
fn an_iccid_of_a_known_issuer_with_a_wrong_check_digit_is_refused_and_of_an_unknown_one_flagged() {
    assert_eq!("8981100000000000011".parse::<Iccid>(), Err(IdError::CheckDigit("ICCID")));
    let unlisted: Iccid = "8999900000000000011".parse().unwrap();
    assert_eq!(unlisted.check_digit(), CheckDigit::Unverified);
}

#[test]
fn ef_iccid_is_nibble_swapped_and_filled() {
    let iccid: Iccid = "8981100000000000010".parse().unwrap();
    assert_eq!(iccid.to_ef(), [0x98, 0x18, 0x01, 0, 0, 0, 0, 0, 0x10, 0xF0]);
}

#[test]
fn an_imei_is_the_same_with_check_digit_without_and_as_imeisv() {
    let imei: Imei = "490154203237518".parse().unwrap();
    for text in ["49015420323751", "490154203237510", "49015420323751F", "4901542032375199"] {
        assert_eq!(text.parse::<Imei>().unwrap(), imei, "{text}");
    }
    assert_eq!("35-209900-176148-1".parse::<Imei>().unwrap().to_digits(), "35209900176148");
    let computed = "26053179311383".parse::<Imei>().unwrap().to_digits_with_check();
    assert_eq!(computed, "260531793113837");
    assert_eq!("490154203237511".parse::<Imei>(), Err(IdError::CheckDigit("IMEI")));
}

#[test]
fn eids_are_checked_modulo_97() {
    for text in [
        "89034011560010000000000000000121",
        "89001012012341234012345678901224",
        "89044011112233441122334411223321",
    ] {
        assert_eq!(String::from(text.parse::<Eid>().unwrap()), text);
    }
    let wrong = "89034011560010000000000000000122".parse::<Eid>();
    assert_eq!(wrong, Err(IdError::CheckDigit("EID")));
}

#[test]
fn an_app_of_apple_is_known_by_its_team() {
    let apple = |id: &str| id.parse::<AppId>().unwrap().is_apple();
    assert!(apple("ABCDE12345.jp.example.login"));
    for other in
        ["jp.example.login", "ABCDE12345", "ABCDE12345.", "abcde12345.jp", "ABCDE1234.jp", "A.b"]
    {
        assert!(!apple(other), "{other}");
    }
}

#[test]
fn personal_identifiers_show_nothing_in_debug() {
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        "8981100000000000010".parse::<Iccid>().unwrap(),
        "490154203237518".parse::<Imei>().unwrap(),
        "+819012345678".parse::<Msisdn>().unwrap(),
        "person-17".parse::<PersonRef>().unwrap(),
    );
    assert_eq!(shown, "Iccid(898110…) Imei(49015420…) Msisdn(…) PersonRef(…)");
}

#[test]
fn a_support_code_survives_being_read_aloud() {
    let decision = DecisionId::from_bytes([7; 16]);
    let code = SupportCode::of(decision);
    let spoken = code.to_string().to_lowercase().replace('0', "o").replace('1', "l");
    assert_eq!(spoken.parse::<SupportCode>().unwrap(), code);
    assert_eq!(decision.to_string().parse::<DecisionId>().unwrap(), decision);
}
