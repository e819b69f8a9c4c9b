//! Times on the wire: RFC 3339, UTC, three decimals.

use chrono::{DateTime, Datelike, Timelike, Utc};
use greffier_record::Time;

/// 9999-12-31T23:59:59.999Z: beyond it there is no four-digit year.
const LAST: i64 = 253_402_300_799_999;

/// When an event happened, and what was wrong with the line's own statement.
pub(crate) struct When<'a> {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// The line named a time that is none.
    pub(crate) wrong: bool,
    /// What it named instead.
    pub(crate) original: Option<&'a str>,
}

/// The line's time, or the observed one where it states none that can be shown.
pub(crate) fn of<'a>(stated: &'a Time<'_>, observed: i64) -> When<'a> {
    let observed = observed.clamp(0, LAST);
    match stated {
        Time::At(ms) if (-LAST / 10..=LAST).contains(ms) => {
            When { at: *ms, wrong: false, original: None }
        }
        Time::At(_) => When { at: observed, wrong: true, original: None },
        Time::Wrong(text) => When { at: observed, wrong: true, original: Some(text.expose()) },
        Time::Absent => When { at: observed, wrong: false, original: None },
    }
}

/// `2026-11-21T20:32:46.679Z`.
pub(crate) fn text(ms: i64) -> String {
    let t: DateTime<Utc> = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    let mut out = String::with_capacity(24);
    for (number, digits, after) in [
        (t.year().unsigned_abs(), 4, '-'),
        (t.month(), 2, '-'),
        (t.day(), 2, 'T'),
        (t.hour(), 2, ':'),
        (t.minute(), 2, ':'),
        (t.second(), 2, '.'),
        (t.timestamp_subsec_millis(), 3, 'Z'),
    ] {
        let mut digit = 10u32.pow(digits);
        while digit > 1 {
            digit /= 10;
            out.extend(char::from_digit(number / digit % 10, 10));
        }
        out.push(after);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_decimals_and_z() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(1_795_293_166_679), "2026-11-21T20:32:46.679Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(text(LAST), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_cannot_be_shown_is_wrong() {
        assert!(of(&Time::At(i64::MAX), 5).wrong && of(&Time::At(i64::MIN), 5).at == 5);
        assert!(!of(&Time::Absent, -5).wrong);
    }
}
