//! Times on the wire: RFC 3339, UTC, three decimals.

use chrono::{DateTime, Datelike, Utc};
use greffier_record::Time;

/// 9999-12-31T23:59:59.999Z: beyond it there is no four-digit year.
const LAST: i64 = 253_402_300_799_999;

const DAY: i64 = 86_400_000;

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

/// Writes times; knows the date of the last one.
pub(crate) struct Stamps {
    /// Days since 1970.
    day: i64,
    /// `2026-11-21T`
    date: [u8; 11],
}

impl Stamps {
    pub(crate) const fn new() -> Self {
        Self { day: 0, date: *b"1970-01-01T" }
    }

    /// `2026-11-21T20:32:46.679Z`.
    pub(crate) fn text(&mut self, ms: i64) -> [u8; 24] {
        let (day, ms) = (ms.div_euclid(DAY), ms.rem_euclid(DAY));
        if day != self.day {
            let date: DateTime<Utc> =
                DateTime::from_timestamp_millis(day * DAY).unwrap_or_default();
            self.day = day;
            digits(&mut self.date[..4], date.year().unsigned_abs());
            digits(&mut self.date[5..7], date.month());
            digits(&mut self.date[8..10], date.day());
        }
        let ms = u32::try_from(ms).expect("a day has fewer than 2^32 milliseconds");
        let mut out = *b"0000-00-00T00:00:00.000Z";
        out[..11].copy_from_slice(&self.date);
        digits(&mut out[11..13], ms / 3_600_000);
        digits(&mut out[14..16], ms / 60_000 % 60);
        digits(&mut out[17..19], ms / 1000 % 60);
        digits(&mut out[20..23], ms % 1000);
        out
    }
}

/// Fills `place` with the last decimal digits of `number`.
fn digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b"0123456789"[(number % 10) as usize];
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_decimals_and_z() {
        let mut stamps = Stamps::new();
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_293_166_679, "2026-11-21T20:32:46.679Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (LAST, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(std::str::from_utf8(&stamps.text(ms)), Ok(expected));
        }
    }

    proptest! {
        #[test]
        fn every_time_is_what_chrono_says(all in prop::collection::vec(-LAST / 10..=LAST, 1..4)) {
            let mut stamps = Stamps::new();
            for ms in all {
                let time = DateTime::from_timestamp_millis(ms).unwrap();
                let expected = time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
                prop_assert_eq!(&stamps.text(ms)[..], expected.as_bytes());
            }
        }
    }

    #[test]
    fn what_cannot_be_shown_is_wrong() {
        assert!(of(&Time::At(i64::MAX), 5).wrong && of(&Time::At(i64::MIN), 5).at == 5);
        assert!(!of(&Time::Absent, -5).wrong);
    }
}
