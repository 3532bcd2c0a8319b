use std::time::Duration;

/// Parses a whole number and a unit (`ms`, `s`, `m`, `h` or `d`), as in `30m`. At most 100 years.
///
/// # Errors
/// A sentence for the person who wrote the text.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let malformed = || format!("`{text}` is no duration like 250ms, 10s, 30m, 72h or 10d");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(malformed)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(malformed()),
    };
    let number: u64 = number.parse().map_err(|_| malformed())?;
    number
        .checked_mul(millis)
        .map(Duration::from_millis)
        .filter(|d| *d <= Duration::from_secs(100 * 365 * 86_400))
        .ok_or_else(|| format!("`{text}` is longer than 100 years"))
}
