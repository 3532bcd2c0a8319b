use super::*;

/// Reads the selected certificate as OpenSC does: its head, then steps of 256, the last Le exact.
fn read_certificate(card: &mut VirtualSim) -> Vec<u8> {
    let head = send(card, "00B0000004").data.to_vec();
    assert_eq!(&head[..2], [0x30, 0x82]);
    let size = usize::from(u16::from_be_bytes([head[2], head[3]])) + 4;
    let mut der = Vec::new();
    while der.len() < size {
        let step = (size - der.len()).min(256);
        let command = format!("00B0{:04X}{:02X}", der.len(), step % 256);
        let answer = send(card, &command);
        assert_eq!((answer.status, answer.data.len()), (Status::OK, step));
        der.extend_from_slice(&answer.data);
    }
    der
}

fn sign(card: &mut VirtualSim, input: &[u8]) -> Response {
    send(card, &format!("802A0080{:02X}{}00", input.len(), hex(input)))
}

#[test]
fn a_whole_card_signs_after_its_pin_with_the_key_of_its_certificate() {
    for algorithm in [Algorithm::P256, Algorithm::P384] {
        let mut card = testing::card(algorithm);
        select_applet(&mut card);
        all_done(&mut card, &["00A4020C02000A"]);
        let der = read_certificate(&mut card);
        all_done(&mut card, &["00A4020C020018", "002000800431323334", "00A4020C020017"]);
        let digest = vec![7; if algorithm == Algorithm::P256 { 32 } else { 48 }];
        let answer = sign(&mut card, &digest);
        assert_eq!(answer.status, Status::OK);
        let (_, certificate) = X509Certificate::from_der(&der).unwrap();
        let point = certificate.public_key().subject_public_key.as_ref();
        verify_ecdsa(algorithm, point, &digest, &answer.data);
    }
}

fn verify_ecdsa(algorithm: Algorithm, point: &[u8], digest: &[u8], value: &[u8]) {
    use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
    if algorithm == Algorithm::P256 {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
        key.verify_prehash(digest, &p256::ecdsa::Signature::from_der(value).unwrap()).unwrap();
    } else {
        let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
        key.verify_prehash(digest, &p384::ecdsa::Signature::from_der(value).unwrap()).unwrap();
    }
}

#[test]
fn an_rsa_card_pads_a_digest_info_and_signs_it() {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use sha2::{Digest as _, Sha256};
    let mut card = testing::card(Algorithm::Rsa2048);
    select_applet(&mut card);
    all_done(&mut card, &["00A4020C020018", "002000800431323334", "00A4020C020017"]);
    let mut info = octets("3031300D060960864801650304020105000420");
    info.extend(Sha256::digest(b"message"));
    let answer = sign(&mut card, &info);
    assert_eq!((answer.status, answer.data.len()), (Status::OK, 256));
    let public = testing::key(Algorithm::Rsa2048, super::super::Role::User).public_key().unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public.bits())
        .verify(b"message", &answer.data)
        .unwrap();
}

#[test]
fn the_state_is_read_as_it_was_written() {
    for algorithm in [Algorithm::Rsa2048, Algorithm::P256, Algorithm::P384] {
        let card = testing::card(algorithm);
        let bytes = card.state().to_bytes().unwrap();
        assert_eq!(State::from_bytes(&bytes).unwrap().to_bytes().unwrap(), bytes);
    }
}

#[test]
fn wrong_pins_count_down_and_block_until_after_a_reset() {
    let mut card = testing::card(Algorithm::P256);
    select_applet(&mut card);
    all_done(&mut card, &["00A4020C020018"]);
    let wrong = "002000800430303030";
    let statuses = [wrong; 4].map(|command| status(&mut card, command));
    assert_eq!(statuses, [0x63C2, 0x63C1, 0x63C0, 0x6983]);
    card.reset();
    select_applet(&mut card);
    all_done(&mut card, &["00A4020C020018"]);
    assert_eq!(status(&mut card, "00200080"), 0x63C0);
    assert_eq!(status(&mut card, "002000800431323334"), 0x6983);
}
