//! Where a person or a machine is: a pair of geographic coordinates, a hardware address.
//!
//! Invariant: a pair has at least four decimals on both sides (about ten metres) and lies on the globe; a
//! hardware address has six pairs of hexadecimal digits, or three groups of four, with one mark.

use super::text::{Text, is_word};
use std::ops::Range;

/// Decimals from which on a coordinate tells a house.
const DECIMALS: usize = 4;

/// The pair whose first digit is at `start`: `48.85661, 2.35222`.
pub(super) fn position(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let (latitude, end) = decimal(text, start)?;
    let signed = start - usize::from(matches!(text.before(start, 1), b'-' | b'+'));
    let before = text.before(signed, 1);
    if is_word(before) || matches!(before, b'.' | b'-') || latitude > 90 {
        return None;
    }
    let marks = text.run_within(end, 2, |byte| matches!(byte, b',' | b';' | b' ' | b'+' | b'/'));
    let second = marks + usize::from(text.at(marks) == b'-');
    let (longitude, end_of_both) = decimal(text, second)?;
    // Two shares of one (`0.1234, 0.5678`) are more often ratios.
    let on_globe = marks > end && longitude <= 180 && (latitude > 0 || longitude > 0);
    on_globe.then_some(signed..end_of_both)
}

/// Degrees, minutes and seconds of both coordinates, from the degrees that end at `end` on: `47°45'44.4"N 2°33'45.7"E`.
pub(super) fn sexagesimal(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let one = |at: usize| {
        let degrees = text.run_within(at, 3, |byte| byte.is_ascii_digit());
        let rest = text.slice(degrees..text.len()).strip_prefix('°')?;
        let part = |char: char| char.is_ascii_digit() || ". '’′\"”″\\".contains(char);
        let len: usize =
            rest.chars().take(24).take_while(|char| part(*char)).map(char::len_utf8).sum();
        let digits = rest[..len].bytes().filter(u8::is_ascii_digit).count();
        let wind = rest[len..].starts_with(['N', 'S', 'E', 'W', 'O']);
        (digits >= 3 && wind).then_some(degrees + '°'.len_utf8() + len + 1)
    };
    if text.at(end) != 0xc2 || is_word(text.before(start, 1)) {
        return None;
    }
    let first = one(start)?;
    let second = text.run_within(first, 3, |byte| matches!(byte, b' ' | b',' | b'/'));
    Some(start..one(second)?)
}

/// A number with enough decimals at `at`: its whole part, and where it ends.
fn decimal(text: Text<'_>, at: usize) -> Option<(u32, usize)> {
    let point = text.run_within(at, 4, |byte| byte.is_ascii_digit());
    if point == at
        || point > at + 3
        || text.at(point) != b'.'
        || !text.at(point + DECIMALS).is_ascii_digit()
    {
        return None;
    }
    let end = text.run_within(point + 1, 18, |byte| byte.is_ascii_digit());
    let next = text.at(end);
    let longer = is_word(next) || (next == b'.' && text.at(end + 1).is_ascii_digit());
    let whole = text.slice(at..point).parse().ok()?;
    (end - point > DECIMALS && !longer).then_some((whole, end))
}

/// Does a dash or dot stand where a group around the digit at `at` could end? Most digits fail here.
pub(super) fn may_be_hardware(text: Text<'_>, at: usize) -> bool {
    let (one, two, four) = (text.at(at + 1), text.at(at + 2), text.at(at + 4));
    one == b'-' && text.before(at, 1).is_ascii_hexdigit()
        || two == b'-' && one.is_ascii_hexdigit()
        || four == b'.' && (text.at(at + 9) == b'.' || text.before(at, 1) == b'.')
        || in_third(text, at)
}

/// Does the digit at `at` stand in the third of three groups of four, with dots between them?
fn in_third(text: Text<'_>, at: usize) -> bool {
    let start = text.run_back(at, 3, |byte| byte.is_ascii_hexdigit());
    text.before(start, 1) == b'.' && text.before(start, 6) == b'.'
}

/// As [`hardware`] around the digit at `at`, if its group has the right size.
pub(super) fn dashed(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let start = text.run_back(at, 4, |byte| byte.is_ascii_hexdigit());
    let end = text.run_within(at, 4, |byte| byte.is_ascii_hexdigit());
    let near = |mark: u8| text.at(end) == mark || text.before(start, 1) == mark;
    let may = (end - start == 2 && near(b'-')) || (end - start == 4 && near(b'.'));
    may.then(|| hardware(text, at))?
}

/// The hardware address (IEEE 802) that the byte at `at` is part of.
pub(super) fn hardware(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.');
    let start = text.run_back(at, 17, is_part);
    let end = text.run_within(start, 18, is_part);
    let end = start + text.slice(start..end).trim_end_matches([':', '-', '.']).len();
    let bytes = &text.bytes()[start..end];
    let size = match bytes.len() {
        17 => 2,
        14 => 4,
        _ => return None,
    };
    let mark = bytes[size];
    let marks = if size == 2 { b":-".as_slice() } else { b".".as_slice() };
    let fits = |(n, byte): (usize, &u8)| {
        if n % (size + 1) == size { *byte == mark } else { byte.is_ascii_hexdigit() }
    };
    let one_byte = bytes.iter().all(|byte| *byte == bytes[0] || *byte == mark);
    let more = |mark: u8, hex: u8| mark == b':' && hex.is_ascii_hexdigit(); // a serial number
    let free = !is_word(text.before(start, 1))
        && !is_word(text.at(end))
        && !more(text.at(end), text.at(end + 1))
        && !more(text.before(start, 1), text.before(start, 2));
    let stands = free && marks.contains(&mark) && bytes.iter().enumerate().all(fits);
    (stands && !one_byte).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_digit(text: &str, find: fn(Text<'_>, usize) -> Option<Range<usize>>) -> Option<&str> {
        let at = text.find(|char: char| char.is_ascii_digit())?;
        find(Text::new(text), at).map(|range| &text[range])
    }

    #[test]
    fn pairs_of_coordinates() {
        for (text, pair) in [
            ("geo=48.85661,2.35222&x", "48.85661,2.35222"),
            ("at 41.9028, 12.4964.", "41.9028, 12.4964"),
            ("(-33.86880;151.20930)", "-33.86880;151.20930"),
            ("ll=51.5074+-0.1278", "51.5074+-0.1278"),
        ] {
            assert_eq!(at_digit(text, position), Some(pair), "{text}");
        }
        for text in [
            "0.1234,0.5678",
            "12.34,56.78",
            "took 12.345678 s",
            "91.00001,2.00002",
            "1.2.3456,1.23456",
        ] {
            assert_eq!(at_digit(text, position), None, "{text}");
        }
    }

    #[test]
    fn degrees_minutes_and_seconds() {
        let found = |text: &'static str| {
            let (at, view) = (text.find(|char: char| char.is_ascii_digit())?, Text::new(text));
            sexagesimal(view, at, view.digits(at)).map(|range| &text[range])
        };
        let place = "47°45'44.4\"N 2°33'45.7\"E";
        assert_eq!(found("at 47°45'44.4\"N 2°33'45.7\"E, x"), Some(place));
        for text in ["at 47° N", "20°C 30°F", "47°45'44.4\"N alone"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn hardware_addresses() {
        for (text, address) in [
            ("mac 3c:22:fb:0a:11:9e ok", "3c:22:fb:0a:11:9e"),
            ("[3C-22-FB-0A-11-9E]", "3C-22-FB-0A-11-9E"),
            ("aabb.cc01.0203", "aabb.cc01.0203"),
            ("from aa:bb:cc:dd:ee:0f:", "aa:bb:cc:dd:ee:0f"),
        ] {
            assert_eq!(at_digit(text, hardware), Some(address), "{text}");
        }
        for text in [
            "12:34:56",
            "00:00:00:00:00:00",
            "2026-11-21",
            "a3f2b1c4-0612-4111",
            "x3c:22:fb:0a:11:9e",
        ] {
            assert_eq!(at_digit(text, hardware), None, "{text}");
        }
    }
}
