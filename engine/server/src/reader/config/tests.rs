use super::*;
use std::path::Path;

fn checked(text: &str) -> Result<ReaderConfig, ReaderConfigError> {
    toml::from_str::<ReaderFile>(text).unwrap().checked()
}

#[test]
fn what_is_left_out_is_as_a_server_without_configuration_expects() {
    let config = checked("").unwrap();
    assert_eq!((config.id.as_str(), config.pin), ("local-door", PinFrom::Terminal));
    assert_eq!((config.reader, config.offline), (None, Offline::Closed));
    assert_eq!(config.engine_time, Duration::from_secs(3));
}

#[test]
fn a_value_that_is_none_is_told_by_its_name() {
    for (text, field) in [
        ("id = ''", "id"),
        ("id = 'door 1'", "id"),
        ("pin = '1234'", "pin"),
        ("pin = 'fd:x'", "pin"),
        ("token = 'yes'", "token"),
        ("pin_time = '1h'", "pin_time"),
        ("answer_time = '10ms'", "answer_time"),
        ("card_time = '10m'", "card_time"),
        ("engine_time = 'soon'", "engine_time"),
        ("cards = 10001", "cards"),
        ("offline = 'open'", "offline"),
    ] {
        let told = checked(text).unwrap_err().to_string();
        assert!(told.starts_with(&format!("{field}: ")), "{text}: {told}");
        assert!(!told.contains("1234"), "what is no word may be a PIN: {told}");
    }
    assert!(toml::from_str::<ReaderFile>("pinn = 'stdin'").is_err());
}

#[test]
fn pins_come_from_where_it_says() {
    for (text, from) in [
        ("terminal", PinFrom::Terminal),
        ("stdin", PinFrom::Stdin),
        ("fd:3", PinFrom::Descriptor(3)),
        ("never", PinFrom::Never),
    ] {
        assert_eq!(text.parse(), Ok(from));
    }
}

#[test]
fn the_sample_is_valid_and_says_what_stands_where_nothing_is_written() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("reader.example.toml");
    let mut sample = ReaderFile::read(&file).unwrap();
    assert_eq!(sample.certs.as_deref(), Some(file.parent().unwrap().join("certs").as_path()));
    let ReaderConfig { id, reader, .. } = sample.checked().unwrap();
    assert_eq!((id.as_str(), reader.as_deref()), ("door-1", Some("Virtual PCD 00 00")));
    (sample.id, sample.reader) = (None, None);
    assert_eq!(sample.checked().unwrap(), checked("").unwrap());
}
