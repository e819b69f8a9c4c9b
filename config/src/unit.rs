//! Numbers with units: sizes (`"256KiB"`) and durations (`"60s"`).
//!
//! Invariant: a number without a unit is refused, and so is one that does not fit.

use std::time::Duration;

pub(crate) const SIZES: [(&str, u64); 5] =
    [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];
pub(crate) const TIMES: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Bytes of a size such as `"2GiB"`.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    scaled(text, &SIZES)
}

/// A duration such as `"5s"`, `"250ms"`, `"90d"`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    scaled(text, &TIMES).map(Duration::from_millis)
}

/// Days of a duration written in days, `"90d"`.
pub(crate) fn days(text: &str) -> Option<u64> {
    scaled(text, &[("d", 1)])
}

/// The size as one would write it.
pub(crate) fn show_bytes(bytes: u64) -> String {
    show(bytes, &SIZES)
}

/// The duration as one would write it.
pub(crate) fn show_duration(duration: Duration) -> String {
    show(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX), &TIMES)
}

/// What a number with one of these units looks like, as a regular expression.
pub(crate) fn pattern(units: &[(&str, u64)]) -> String {
    let names: Vec<_> = units.iter().map(|(name, _)| *name).collect();
    format!("^[0-9]+({})$", names.join("|"))
}

fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, scale) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*scale)
}

fn show(number: u64, units: &[(&str, u64)]) -> String {
    let whole =
        units.iter().rev().find(|(_, scale)| number >= *scale && number.is_multiple_of(*scale));
    let (unit, scale) = whole.unwrap_or(&units[0]);
    format!("{}{unit}", number / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(bytes("2GiB"), Some(2 << 30));
        assert_eq!(bytes("256KiB"), Some(256 << 10));
        assert_eq!(bytes("0B"), Some(0));
        for wrong in ["", "1", "KiB", "1kb", "1 KiB", "-1KiB", "+1KiB", "1.5KiB", "16777216TiB"] {
            assert_eq!(bytes(wrong), None);
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("90d"), Some(Duration::from_secs(90 * 86_400)));
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        for wrong in ["", "5", "s", "5 s", "5sec", "1h30m", "99999999999999999999d"] {
            assert_eq!(duration(wrong), None);
        }
    }

    #[test]
    fn shown_as_written() {
        for text in ["1B", "256KiB", "2GiB", "1025B"] {
            assert_eq!(bytes(text).map(show_bytes).as_deref(), Some(text));
        }
        for text in ["1ms", "60s", "36h", "2d"] {
            assert_eq!(show_duration(duration(text).unwrap()), text.replace("60s", "1m"));
        }
        assert_eq!(show_duration(Duration::ZERO), "0ms");
    }
}
