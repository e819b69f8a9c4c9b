//! Times as lines state them.
//!
//! Invariant: what comes out lies between 1970 and 9999, in milliseconds, truncated; anything else is no time.
//! Place on the path: under the decoders.

use chrono::{DateTime, NaiveDateTime};

/// 10000-01-01T00:00:00Z in milliseconds.
const END: i64 = 253_402_300_800_000;

/// RFC 3339 with any fraction (also with a blank for the `T`, a comma for the point, or no zone, which means
/// UTC), or a number as [`epoch`] takes it.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return sane(time.timestamp_millis());
    }
    if text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return epoch(text);
    }
    let text = text.replacen(',', ".", 1).replacen('T', " ", 1);
    let zoned = DateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f%#z");
    let millis = zoned.map(|time| time.timestamp_millis()).or_else(|_| {
        NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f")
            .map(|time| time.and_utc().timestamp_millis())
    });
    sane(millis.ok()?)
}

/// The time of the common log format: `21/Nov/2026:20:32:41 +0000`.
pub(crate) fn clf(text: &str) -> Option<i64> {
    let time = DateTime::parse_from_str(text, "%d/%b/%Y:%H:%M:%S %z").ok()?;
    sane(time.timestamp_millis())
}

/// A number since 1970: seconds, milli-, micro- or nanoseconds, told apart by their magnitude (seconds
/// below 10¹¹ reach the year 5138). Exact for plain decimals: no float is involved.
pub(crate) fn epoch(token: &str) -> Option<i64> {
    let (whole, fraction) = token.split_once('.').unwrap_or((token, ""));
    let (Ok(whole), true) = (whole.parse::<i64>(), fraction.bytes().all(|b| b.is_ascii_digit()))
    else {
        let seconds = token.parse::<f64>().ok().filter(|s| (0.0..1e11).contains(s))?;
        return sane((seconds * 1000.0) as i64);
    };
    sane(match whole {
        0..100_000_000_000 => {
            let millis = fraction.bytes().chain(*b"000").take(3);
            millis.fold(whole, |ms, digit| ms * 10 + i64::from(digit - b'0'))
        }
        100_000_000_000..100_000_000_000_000 => whole,
        100_000_000_000_000..100_000_000_000_000_000 => whole / 1000,
        100_000_000_000_000_000.. => whole / 1_000_000,
        _ => return None,
    })
}

fn sane(millis: i64) -> Option<i64> {
    (0..END).contains(&millis).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_moment() {
        let moment = Some(1_795_293_161_727);
        for text in [
            "2026-11-21T20:32:41.727531Z",
            "2026-11-21T21:32:41.727999999999+01:00",
            "2026-11-21T21:32:41.727+0100",
            "2026-11-21 20:32:41.727",
            "2026-11-21 20:32:41,727",
            "2026-11-21T20:32:41.727",
            "1795293161.7275",
            "1795293161727",
        ] {
            assert_eq!(parse(text), moment, "{text}");
        }
        for token in ["1795293161.727", "1795293161727", "1795293161727531", "1795293161727531000"]
        {
            assert_eq!(epoch(token), moment, "{token}");
        }
        assert_eq!(clf("21/Nov/2026:21:32:41 +0100"), Some(1_795_293_161_000));
    }

    #[test]
    fn whole_seconds_and_floats() {
        assert_eq!(parse("2026-11-21 20:32:41"), Some(1_795_293_161_000));
        assert_eq!(epoch("1795293161"), Some(1_795_293_161_000));
        assert_eq!(epoch("1.795293161e9"), Some(1_795_293_161_000));
        assert_eq!(epoch("0"), Some(0));
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "now",
            "2026-13-01T00:00:00Z",
            "2026-02-30 00:00:00",
            "-1",
            "12",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for token in ["-1", "1e300", "-1.5", "1.e"] {
            assert_eq!(epoch(token), None, "{token}");
        }
        assert_eq!(clf("21/Foo/2026:20:32:41 +0000"), None);
    }
}
