//! Times as lines state them.
//!
//! Invariant: what comes out lies between 1970 and 9999, in milliseconds, truncated; anything else is no time.
//! Place on the path: under the decoders.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// 10000-01-01T00:00:00Z in milliseconds.
const END: i64 = 253_402_300_800_000;

/// RFC 3339 with any fraction (also with a blank for the `T`, a comma for the point, or no zone, which means
/// UTC), or a number as [`epoch`] takes it.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(millis) = common(text) {
        return sane(millis);
    }
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

/// The form nearly every line has, read without the generality of the others: `2026-11-21T20:32:41`, a fraction
/// or none, and `Z` or `+01:00`. `None` for anything else, and for a leap second.
fn common(text: &str) -> Option<i64> {
    let (head, tail) = text.as_bytes().split_at_checked(19)?;
    let number = |bytes: &[u8]| {
        let digit = |sum: u32, byte: &u8| Some(sum * 10 + char::from(*byte).to_digit(10)?);
        bytes.iter().try_fold(0, digit)
    };
    let &[y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b'T', h1, h2, b':', mi1, mi2, b':', s1, s2] =
        head
    else {
        return None;
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&[mo1, mo2])?, number(&[d1, d2])?)?;
    let time = date.and_hms_opt(number(&[h1, h2])?, number(&[mi1, mi2])?, number(&[s1, s2])?)?;
    let fraction = tail.strip_prefix(b".").unwrap_or_default();
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let zone = match (tail.first(), digits) {
        (Some(b'.'), 1..=9) => &fraction[digits..],
        (Some(b'.'), _) => return None,
        _ => tail,
    };
    let offset = match *zone {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            let east = (hours < 24 && minutes < 60).then_some(i64::from(hours * 60 + minutes))?;
            if sign == b'+' { east } else { -east }
        }
        _ => return None,
    };
    let millis = fraction[..digits].iter().chain(b"000").take(3);
    let millis = millis.fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    Some(time.and_utc().timestamp() * 1_000 + millis - offset * 60_000)
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn the_common_form_means_what_it_means_to_chrono(
            text in "(19|20|99)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,10})?(Z|z|[+-][0-2][0-9]:[0-6][0-9]|)"
        ) {
            if let Some(millis) = common(&text) {
                let theirs = DateTime::parse_from_rfc3339(&text);
                prop_assert_eq!(theirs.map(|time| time.timestamp_millis()), Ok(millis));
            }
        }
    }

    #[test]
    fn the_common_form_is_read_in_the_short_way() {
        for text in ["2026-01-01T00:00:00.028Z", "2026-11-21T21:32:41.947759+01:00"] {
            assert!(common(text).is_some());
        }
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
