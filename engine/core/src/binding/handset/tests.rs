use super::*;
use crate::ids::ImeiSet;

const OWN: &str = "490154203237518";

fn imeis(texts: &[&str]) -> ImeiSet {
    ImeiSet::new(texts.iter().map(|text| text.parse().unwrap())).unwrap()
}

fn vouched(spki: u8, app: &str) -> HandsetKey {
    HandsetKey::AppAttest(AppAttestKey {
        spki: vec![spki],
        app: app.parse().unwrap(),
        environment: AppleEnvironment::Production,
        verified_at: Timestamp::EPOCH,
    })
}

fn android(spki: u8) -> HandsetKey {
    HandsetKey::Attested(AttestedKey {
        spki: vec![spki],
        level: KeyLevel::Tee,
        boot: None,
        patch: None,
        apps: Vec::new(),
        signers: Vec::new(),
        imeis: ImeiSet::default(),
        issuers: Vec::new(),
        verified_at: Timestamp::EPOCH,
    })
}

fn iphone(spki: u8) -> Handset {
    of(&[], Platform::Ios, vouched(spki, "ABCDE12345.jp.example.login"))
}

fn of(shown: &[&str], platform: Platform, key: HandsetKey) -> Handset {
    Handset::new(imeis(shown), platform, key, Timestamp::EPOCH).unwrap()
}

#[test]
fn a_key_belongs_to_a_platform_that_attests_it() {
    let app = || vouched(1, "ABCDE12345.jp.example.login");
    let made = |platform, key| Handset::new(imeis(&[]), platform, key, Timestamp::EPOCH).is_ok();
    assert!(made(Platform::Ios, app()));
    assert!(!made(Platform::Android, app()));
    assert!(!made(Platform::Other, app()));
    assert!(made(Platform::Android, android(1)));
    assert!(made(Platform::Other, android(1)));
    assert!(!made(Platform::Ios, android(1)));
    for platform in [Platform::Android, Platform::Ios, Platform::Other] {
        assert!(made(platform, HandsetKey::None));
    }
}

#[test]
fn an_iphone_without_a_key_does_not_stand_beside_one_with_a_key() {
    let mut own = Handsets::new(iphone(1));
    let bare = of(&[], Platform::Ios, HandsetKey::None);
    assert_eq!(own.add(bare.clone()), Err(HandsetsError::Mixed));
    assert_eq!(own.add(of(&[OWN], Platform::Android, android(2))), Ok(()));
    let mut bare = Handsets::new(bare);
    assert_eq!(bare.add(iphone(1)), Err(HandsetsError::Mixed));
}

#[test]
fn another_iphone_is_one_more_and_never_takes_a_place_by_itself() {
    let mut own = Handsets::new(iphone(1));
    assert_eq!(own.add(iphone(2)), Ok(()));
    assert_eq!(own.count(), 2);
    assert_eq!(own.first(), &iphone(1));
    assert_eq!(own.add(iphone(2)), Err(HandsetsError::Repeated));
}

#[test]
fn an_app_installed_anew_takes_the_place_that_is_named_and_no_other() {
    let mut own = Handsets::new(iphone(1));
    own.add(iphone(2)).unwrap();
    own.add(of(&[OWN], Platform::Android, android(3))).unwrap();
    assert_eq!(own.reinstall(0, iphone(4)), Ok(()));
    let keys: Vec<_> = own.iter().map(|own| own.key().spki().unwrap().to_vec()).collect();
    assert_eq!(keys, [[4], [2], [3]]);
    let other = vouched(5, "ABCDE12345.jp.example.other");
    let other = of(&[], Platform::Ios, other);
    let renumbered = of(&[OWN], Platform::Ios, vouched(5, "ABCDE12345.jp.example.login"));
    let refused = [
        (0, iphone(2), HandsetsError::Repeated),
        (0, iphone(4), HandsetsError::Repeated),
        (0, other, HandsetsError::NotReinstalled),
        (0, renumbered, HandsetsError::NotReinstalled),
        (0, of(&[], Platform::Ios, HandsetKey::None), HandsetsError::NotReinstalled),
        (0, of(&[OWN], Platform::Android, android(5)), HandsetsError::NotReinstalled),
        (2, iphone(5), HandsetsError::NotReinstalled),
        (3, iphone(5), HandsetsError::NoSuchPlace),
    ];
    for (place, handset, why) in refused {
        assert_eq!(own.reinstall(place, handset), Err(why), "{place} {why}");
    }
}

#[test]
fn an_app_installed_anew_keeps_the_imeis_that_were_told() {
    let key = |spki| vouched(spki, "ABCDE12345.jp.example.login");
    let mut own = Handsets::new(of(&[OWN], Platform::Ios, key(1)));
    own.reinstall(0, iphone(2)).unwrap();
    assert_eq!(own.first(), &of(&[OWN], Platform::Ios, key(2)));
    own.reinstall(0, of(&[OWN], Platform::Ios, key(3))).unwrap();
    assert_eq!(own.first(), &of(&[OWN], Platform::Ios, key(3)));
}
