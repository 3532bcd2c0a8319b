use super::*;
use crate::testca::Party;
use rcgen::DnType;

#[test]
fn a_certificate_is_described_by_its_own_words() {
    let root = Party::authority("the root", 0xA001);
    let mut leaf = Party::leaf("the leaf", 0x00FE);
    leaf.params.distinguished_name.push(DnType::OrganizationName, "An, Organisation\u{7}");
    let summary = CertificateSummary::from_der(&root.issue(&leaf)).unwrap();
    assert_eq!(summary.subject, "Organization: An, Organisation\u{FFFD}; Common Name: the leaf");
    assert_eq!(summary.issuer, "Common Name: the root");
    assert_eq!((summary.serial_hex.as_str(), summary.authority), ("fe", Marked::EndEntity));
    assert_eq!(summary.key, Ok(KeyType::EcP256));
    assert!(summary.key_descriptions.is_empty());
    let summary = CertificateSummary::from_der(&root.self_signed()).unwrap();
    assert_eq!((summary.authority, summary.key), (Marked::Authority, Ok(KeyType::EcP384)));
}

#[test]
fn names_that_end_with_the_country_are_turned_round() {
    let mut party = Party::leaf("name", 1);
    party.params.distinguished_name.push(DnType::OrganizationalUnitName, "unit");
    party.params.distinguished_name.push(DnType::CountryName, "JP");
    let summary = CertificateSummary::from_der(&party.self_signed()).unwrap();
    assert_eq!(summary.subject, "Common Name: name, Organizational Unit: unit, Country: JP");
}

#[test]
fn what_is_not_one_certificate_is_unreadable() {
    let whole = Party::leaf("name", 1).self_signed();
    let longer = [whole.as_slice(), &[0]].concat();
    for der in [&whole[..whole.len() - 1], &longer, &[], &[0x30, 0]] {
        assert_eq!(CertificateSummary::from_der(der), None);
    }
}

#[test]
fn serials_are_numbers() {
    for (octets, text) in
        [(&[0, 0x0A][..], "a"), (&[0], "0"), (&[], "0"), (&[0x10, 0], "1000"), (&[0xCC], "cc")]
    {
        assert_eq!(serial_hex(octets), text);
    }
}
