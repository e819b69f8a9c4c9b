//! Moments as people write and read them.
//!
//! Invariant: nothing here reads the clock; "1h30m ago" is counted from the moment the caller passes.

use chrono::{DateTime, Local, NaiveDate, Utc};

/// In which zone times are shown. They are stored in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// UTC.
    Utc,
    /// The zone of this machine.
    Local,
}

impl Zone {
    /// Its name in a table's head.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            Self::Local => "local",
        }
    }

    /// `ms` since 1970 in this zone, in chrono's `format`.
    #[must_use]
    pub fn show(self, ms: i64, format: &str) -> String {
        let Some(moment) = DateTime::from_timestamp_millis(ms) else { return "?".to_owned() };
        match self {
            Self::Utc => moment.format(format).to_string(),
            Self::Local => moment.with_timezone(&Local).format(format).to_string(),
        }
    }
}

/// A day since 1970 as people read it: `19 Feb 27`.
#[must_use]
pub fn day_words(day: u32) -> String {
    Zone::Utc.show(i64::from(day) * 86_400_000, "%-d %b %y")
}

/// A moment of the query grammar, in ms since 1970: RFC 3339, a date (its first moment, UTC), or how long ago
/// (`1h30m`, `7d`).
pub(crate) fn parse_moment(text: &str, now_ms: i64) -> Option<i64> {
    if let Some(ago) = parse_duration(text) {
        return now_ms.checked_sub(ago);
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis());
    }
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    Some(moment.with_timezone(&Utc).timestamp_millis())
}

/// A duration in ms: `500ms`, `1h30m`, `7d`, `2w`. Every number needs its unit.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let (mut rest, mut total) = (text, 0i64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 7 * 86_400_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments() {
        let now = 1_795_293_161_727; // 2026-11-21T20:32:41.727Z
        assert_eq!(parse_moment("1h30m", now), Some(now - 5_400_000));
        assert_eq!(parse_moment("2026-11-21", now), Some(1_795_219_200_000));
        assert_eq!(parse_moment("2026-11-21T21:32:41.727+01:00", now), Some(now));
        for wrong in ["", "5", "h", "-1h", "1h30", "1y", "2026-13-01", "99999999999999999999d"] {
            assert_eq!(parse_moment(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn days_read_as_words() {
        assert_eq!(day_words(20_778 + 90), "19 Feb 27");
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_or_none(text in any::<String>(), now: i64) {
            let _moment = parse_moment(&text, now);
        }
    }
}
