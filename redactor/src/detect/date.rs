//! Dates a person can be born on, as people and programs write them; and moments, at which only things happen.
//!
//! Invariant: day, month and year of a date are within their ranges; whether it is a birth date, a cue decides.

use super::text::{Text, is_word};
use std::ops::Range;

/// First three bytes of the months' names in English, French, Italian and German.
const MONTHS: [&[u8; 3]; 32] = [
    b"jan",
    b"gen",
    b"fev",
    b"feb",
    b"mar",
    b"mrz",
    b"apr",
    b"avr",
    b"mag",
    b"mai",
    b"may",
    b"jun",
    b"jui",
    b"giu",
    b"jul",
    b"lug",
    b"aou",
    b"aug",
    b"ago",
    b"sep",
    b"set",
    b"oct",
    b"okt",
    b"ott",
    b"nov",
    b"dec",
    b"dez",
    b"dic",
    b"f\xc3\xa9",
    b"m\xc3\xa4",
    b"ao\xc3",
    b"d\xc3\xa9",
];

/// The date at `start`, where digits stand free.
pub(super) fn date(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = text.digits(start);
    let date = match end - start {
        8 => compact(text.slice(start..end)).then_some(start..end),
        1 | 2 => parts(text, start, false).or_else(|| in_words(text, start, end)),
        4 => parts(text, start, true),
        _ => None,
    }?;
    let free = !is_word(text.before(start, 1)) && !text.at(date.end).is_ascii_alphanumeric();
    free.then_some(date)
}

/// The end of the moment at `start`, as programs write when something happened: `2026-09-01T00:00:00.702Z`, `2026-09-01
/// 00:00:00+02:00` (RFC 3339).
pub(super) fn moment(text: Text<'_>, start: usize) -> Option<usize> {
    let digit = |at: usize| text.at(at).is_ascii_digit();
    let two = |at: usize| digit(at) && digit(at + 1);
    let pairs = |at: usize, marks: [u8; 2]| {
        [at, at + 3].iter().zip(marks).all(|(at, mark)| text.at(*at) == mark && two(at + 1))
    };
    let day = two(start) && two(start + 2) && pairs(start + 4, *b"--");
    let between = matches!(text.at(start + 10), b'T' | b' ') && two(start + 11);
    if !(day && between && pairs(start + 13, *b"::")) || is_word(text.before(start, 1)) {
        return None;
    }
    let seconds = start + "2026-09-01T00:00:00".len();
    let fraction = text.digits(seconds + 1);
    let places = fraction - (seconds + 1).min(fraction);
    let end = match text.at(seconds) {
        b'.' if (1..=9).contains(&places) => fraction,
        b',' if matches!(places, 3 | 6) => fraction,
        b'.' | b',' if places > 0 => return None, // an address, a number of its own
        _ => seconds,
    };
    if matches!(text.at(end), b'.' | b',') && digit(end + 1) && end > seconds {
        return None;
    }
    let end = match text.at(end) {
        b'Z' => end + 1,
        b'+' | b'-' if two(end + 1) && text.at(end + 3) == b':' && two(end + 4) => end + 6,
        b'+' | b'-' if two(end + 1) && two(end + 3) => end + 5,
        _ => end,
    };
    (!text.at(end).is_ascii_alphanumeric()).then_some(end)
}

/// Does a moment begin with `range`: `Tue Mar` before ` 3 08:11`?
pub(super) fn is_moment(text: Text<'_>, range: &Range<usize>) -> bool {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let Some((day, month)) = text.slice(range.clone()).split_once(' ') else { return false };
    let next = text.run_within(range.end, 2, |byte| byte == b' ');
    DAYS.contains(&day)
        && month.len() == 3
        && is_month(month)
        && next > range.end
        && text.at(next).is_ascii_digit()
}

/// `19800312`, `12031980`.
fn compact(digits: &str) -> bool {
    let part = |range: Range<usize>| digits[range].parse().unwrap_or(0);
    is_date(part(0..4), part(4..6), part(6..8)) || is_date(part(4..8), part(2..4), part(0..2))
}

/// Three numbers with the same mark between them.
fn parts(text: Text<'_>, start: usize, year_first: bool) -> Option<Range<usize>> {
    let first = text.digits(start);
    let mark = text.at(first);
    if !matches!(mark, b'-' | b'/' | b'.' | b' ' | b'+') {
        return None;
    }
    let second = text.run_within(first + 1, 3, |byte| byte.is_ascii_digit());
    if text.at(second) != mark {
        return None;
    }
    let third = text.run_within(second + 1, 5, |byte| byte.is_ascii_digit());
    let number = |from: usize, to: usize| text.slice(from..to).parse::<u32>().ok();
    let (a, b, c) = (number(start, first)?, number(first + 1, second)?, number(second + 1, third)?);
    let fits = if year_first {
        is_date(a, b, c)
    } else {
        let year = if third - second == 3 { 1900 + c } else { c };
        is_date(year, b, a) || is_date(year, a, b)
    };
    // A fourth number makes it a version.
    let longer = mark == b'.'
        && third - second <= 3
        && text.at(third) == mark
        && text.at(third + 1).is_ascii_digit();
    (fits && !longer).then_some(start..third)
}

/// `3 May 1980`, `1er mars 1980`, `12. März 1980`, `May 3, 1980`.
fn in_words(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let gap = |byte: u8| matches!(byte, b' ' | b'.' | b',' | b'-');
    let year = |at: usize| {
        let at = text.run_within(at, 2, gap);
        let end = text.run_within(at, 5, |byte| byte.is_ascii_digit());
        let number = text.slice(at..end).parse::<u32>().ok()?;
        (1900..2100).contains(&number).then_some(end)
    };
    let ordinal = text.run_within(end, 2, is_letter);
    let end = if text.at(ordinal) == b' ' { ordinal } else { end };
    let month = text.run_within(end, 2, gap);
    let month = if text.bytes()[month..].starts_with(b"de ") { month + 3 } else { month };
    let month_end = text.floor(text.run_within(month, 12, is_letter));
    if is_month(text.slice(text.floor(month)..month_end)) {
        return year(month_end).map(|end| start..end);
    }
    let before = text.run_back(start, 1, gap);
    let word = text.run_back(before, 12, is_letter);
    let word = text.ceil(word);
    if before < start && is_month(text.slice(word..before)) {
        return year(end).map(|end| word..end);
    }
    None
}

fn is_month(word: &str) -> bool {
    let Some(head) = word.as_bytes().first_chunk::<3>() else { return false };
    MONTHS.contains(&&head.map(|byte| byte.to_ascii_lowercase()))
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_ends_behind_its_zone() {
        for text in [
            "2026-09-01T00:00:00",
            "2026-09-01 23:59:59.702",
            "2026-09-01T00:00:00,702Z",
            "2026-09-01T00:00:00+02:00",
            "2026-09-01T00:00:00.123456-0330",
        ] {
            let behind = format!("{text} 06 12 34 56 78");
            assert_eq!(moment(Text::new(&behind), 0), Some(text.len()), "{text}");
        }
        for text in [
            "2026-09-01",
            "2026-09-01 06 12 34 56 78",
            "2026-09-01T00:00:001",
            "2026-09-01 00:00",
            "2026-09-01 10:00:00,192.0.2.55",
            "2026-09-01 10:00:00.4111111111111111",
            "2026-09-01 10:00:00,10.20.30.40",
        ] {
            assert_eq!(moment(Text::new(text), 0), None, "{text}");
        }
    }

    #[test]
    fn in_every_writing() {
        for text in [
            "1980-03-12",
            "12/03/1980",
            "12.03.1980",
            "1.2.80",
            "19800312",
            "12031980",
            "3 May 1980",
            "1er mars 1980",
            "12. März 1980",
            "5 août 1990",
            "03/12/1980",
            "2 de mayo 1980",
            "3rd June 1971",
        ] {
            assert_eq!(date(Text::new(text), 0), Some(0..text.len()), "{text}");
        }
        assert_eq!(date(Text::new("on May 3, 1980."), 7), Some(3..14));
        // The twelfth byte behind the number is in the middle of a character.
        assert_eq!(date(Text::new("27 declinedé…: 51"), 0), None);
        for text in
            ["12345678", "1980", "12:30", "99/99/1999", "3 months 2020", "2026-13-01", "1.2.3.4"]
        {
            assert_eq!(date(Text::new(text), 0), None, "{text}");
        }
    }
}
