//! Telephone numbers (ITU-T E.164), international and French; other national ones need a cue.
//!
//! Invariant: a number ends on a group border, at its country's greatest length at the latest.

use super::date;
use super::names::{Kind, Names, PHONING};
use super::prose;
use super::text::{Text, is_word};
use std::ops::Range;

/// Country code, least and greatest number of digits behind it.
const PLANS: [(&str, usize, usize); 26] = [
    ("1", 10, 10),
    ("30", 10, 10),
    ("31", 9, 9),
    ("32", 8, 9),
    ("33", 9, 9),
    ("34", 9, 9),
    ("351", 9, 9),
    ("352", 6, 11),
    ("353", 7, 10),
    ("356", 8, 8),
    ("358", 6, 11),
    ("36", 8, 9),
    ("377", 8, 9),
    ("385", 8, 9),
    ("386", 8, 8),
    ("39", 6, 11),
    ("40", 9, 9),
    ("41", 9, 12),
    ("420", 9, 9),
    ("43", 7, 12),
    ("44", 9, 10),
    ("45", 8, 8),
    ("46", 7, 12),
    ("47", 5, 8),
    ("48", 9, 9),
    ("49", 6, 11),
];

/// The international number that begins with the `+` at `plus`.
pub(super) fn international(text: Text<'_>, plus: usize) -> Option<Range<usize>> {
    if text.before(plus, 1).is_ascii_digit() || !matches!(text.at(plus + 1), b'1'..=b'9') {
        return None;
    }
    let number = Groups::read(text, plus + 1);
    if text.bytes()[text.digits(plus + 1)..].starts_with(b":EN") {
        return None; // the number of an article (EDIFACT, data element 7143)
    }
    // Some islands have numbers of four digits.
    let (least, most) = number.plan().unwrap_or((7, 15));
    Some(plus..number.end(text, least, most)?)
}

/// The number whose first digit is at `start`, where digits stand free.
/// `may_be_cued` tells whether a word near it may say so.
pub(super) fn national(
    text: Text<'_>,
    start: usize,
    names: &Names,
    may_be_cued: impl FnOnce() -> bool,
) -> Option<Range<usize>> {
    let number = any_national(text, start, names, may_be_cued)?;
    (!is_measure(text, start)).then_some(number)
}

fn any_national(
    text: Text<'_>,
    start: usize,
    names: &Names,
    may_be_cued: impl FnOnce() -> bool,
) -> Option<Range<usize>> {
    if is_word(text.before(start, 1)) || is_decimal(text, start) {
        return None;
    }
    if text.at(start) == b'0' && has_digits(text, start, 40) {
        let number = Groups::read(text, start);
        if number.digits.starts_with(b"00") && !number.ends[0].1 {
            let (least, most) = number.plan()?;
            return Some(start..number.end(text, least, most)?);
        }
        if let Some(end) = number.french(text).or_else(|| number.mobile(text)) {
            return Some(start..end);
        }
    }
    if let Some(number) = area(text, start) {
        return Some(number);
    }
    if !has_digits(text, start, 12) || !may_be_cued() {
        return None;
    }
    let cued = follows_cue(text, start, names) || is_told(text, start, names);
    let grouped = || {
        let end = text.digits(start);
        end - start == 3 && text.at(end) == b' ' && text.digits(end + 1) == end + 4
    };
    let usual = matches!(text.at(start), b'0' | b'3');
    if !(cued || usual || matches!(text.at(start), b'6'..=b'9') && grouped()) {
        return None;
    }
    let end = Groups::read(text, start).end(text, 7, 13)?;
    let phoning = || {
        names.tells(prose::sentence(text, start), &PHONING)
            || names.tells(prose::next_word(text, end), &PHONING)
    };
    (cued || phoning()).then(|| start - usize::from(text.before(start, 1) == b'(')..end)
}

/// The number at `start`, which a sentence says to be one: `my number is …`.
pub(super) fn dictated(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    if !text.at(start).is_ascii_digit() || is_decimal(text, start) || is_measure(text, start) {
        return None;
    }
    Some(start..Groups::read(text, start).end(text, 7, 13)?)
}

/// Numbers whose area stands apart, as in North America, the United Kingdom, Germany, Austria and the Netherlands:
/// `(415) 555-0183`, `(0117) 496 0696`, `0351 / 9265713`, `020 7946 0402`, `06-30225389`.
fn area(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let national = text.at(start) == b'0' && text.at(start + 1) != b'0';
    let bracket = text.before(start, 1) == b'(';
    if !(bracket || national) {
        return None;
    }
    let end = text.digits(start);
    let bracket = bracket && text.at(end) == b')';
    if end - start > 5 || !(bracket || national) {
        return None;
    }
    let first =
        text.run_within(end + usize::from(bracket), 3, |byte| matches!(byte, b' ' | b'/' | b'-'));
    let between = text.slice(end + usize::from(bracket)..first);
    let group = text.digits(first);
    let next =
        usize::from(matches!(text.at(group), b' ' | b'-') && text.at(group + 1).is_ascii_digit());
    let last = if next == 1 { text.digits(group + 1) } else { group };
    let (area, group, rest) = (end - start, group - first, last - group - next);
    let fits = match (area, group, rest) {
        (3, 3, 4) => bracket && between == " ",
        (4, 3, 4) | (5, 5 | 6, 0) | (3, 4, 4) if national => bracket || between == " ",
        (3..=5, 5..=8, 0) if national => bracket || between.contains('/'),
        (2, 8, 0) if national => between == "-" && text.at(start + 1) == b'6',
        _ => false,
    };
    let joined = matches!(text.at(last), b'-' | b'/' | b'.') && is_word(text.at(last + 1));
    (fits && !joined && !is_word(text.at(last))).then(|| start - usize::from(bracket)..last)
}

/// `1.0612345678`, `12-0612345678`: part of something longer.
fn is_decimal(text: Text<'_>, start: usize) -> bool {
    matches!(text.before(start, 1), b'.' | b'-' | b',' | b'/')
        && text.before(start, 2).is_ascii_digit()
}

/// `0.000412`, `2026-11-30`: a share or a day, whatever is said of telephones beside it.
fn is_measure(text: Text<'_>, start: usize) -> bool {
    let share = || {
        let end = text.digits(start + 2);
        end > start + 5 && !text.at(end + 1).is_ascii_digit()
    };
    match text.at(start + 1) {
        b'.' => text.at(start) == b'0' && share(),
        _ => date::date(text, start).is_some_and(|date| text.slice(date).len() == 10),
    }
}

/// Could a number of seven digits begin at `start`, in so many bytes? Most runs of digits fail here.
fn has_digits(text: Text<'_>, start: usize, within: usize) -> bool {
    let bytes = &text.bytes()[start..text.len().min(start + within)];
    let mut digits = 0;
    for byte in bytes {
        match byte {
            b'0'..=b'9' if digits == 6 => return true,
            b'0'..=b'9' => digits += 1,
            b' ' | b'.' | b'-' | b'/' | b'(' | b')' | b'+' => {}
            _ => break,
        }
    }
    false
}

/// Is the word before `start`, or the one before a filler (`tel. n.`, `phone number is`), one for
/// telephone?
fn follows_cue(text: Text<'_>, start: usize, names: &Names) -> bool {
    const FILLERS: [&str; 9] = ["n", "no", "nr", "num", "number", "numero", "is", "at", "to"];
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let (mut at, mut numbered) = (start, false);
    for _ in 0..3 {
        let end = text.run_back(at, 4, |byte| !is_letter(byte) && !byte.is_ascii_digit());
        at = text.run_back(end, 24, is_letter);
        let word = text.slice(text.ceil(at)..end);
        if word.is_empty() || names.kind(word) == Some(Kind::Phone) {
            return !word.is_empty();
        }
        // `al numero`, `unter der Nummer`: a number one calls or is called from.
        if numbered && matches!(word, "al" | "au" | "der" | "op" | "pod" | "sul" | "dal") {
            return true;
        }
        numbered = matches!(word, "numero" | "número" | "numéro" | "Nummer" | "nummer" | "numerem");
        if !numbered && !FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler)) {
            return false;
        }
    }
    false
}

/// Does the sentence say so, a word or two before: `teléfono de contacto 652 662 879`?
fn is_told(text: Text<'_>, start: usize, names: &Names) -> bool {
    let before = prose::sentence(text, start);
    let told = names.kind_before(before, |kind| kind == Kind::Phone);
    told.is_some_and(|(_, between)| between <= 2) && !before.contains(['=', '/'])
}

/// Digits with what separates them: `0612345678`, `06 12 34 56 78`, `+33 (0)6-12…`.
struct Groups {
    digits: [u8; Groups::MOST],
    len: usize,
    /// Behind each digit: where it ends in the text, and whether a group ends with it.
    ends: [(usize, bool); Groups::MOST],
    separator: u8,
    pairs: bool,
}

impl Groups {
    /// Digits looked at: `00`, a country code and 15 more.
    const MOST: usize = 20;
    /// Bytes they may spread over.
    const FARTHEST: usize = 64;

    fn read(text: Text<'_>, start: usize) -> Self {
        let mut groups = Self {
            digits: [0; Self::MOST],
            len: 0,
            ends: [(0, true); Self::MOST],
            separator: 0,
            pairs: true,
        };
        let bytes = &text.bytes()[start..(start + Self::FARTHEST).min(text.len())];
        let digit = |at: usize| bytes.get(at).copied().filter(u8::is_ascii_digit);
        let mut at = 0;
        while let Some(byte) = digit(at).filter(|_| groups.len < Self::MOST) {
            at += 1;
            groups.digits[groups.len] = byte;
            groups.ends[groups.len] = (start + at, digit(at).is_none());
            groups.len += 1;
            let gap = gap(&bytes[at..]);
            if gap > 0 && digit(at + gap).is_some() {
                groups.note_separator(bytes[at], gap);
                at += gap;
            }
        }
        text.count(at);
        groups
    }

    /// Remembers whether all groups are pairs with the same separator.
    fn note_separator(&mut self, separator: u8, len: usize) {
        if self.len <= 10 {
            self.pairs &= len == 1 && self.len.is_multiple_of(2);
            self.pairs &= self.separator == 0 || self.separator == separator;
        }
        self.separator = if self.separator == 0 { separator } else { self.separator };
    }

    /// Least and greatest length, including the country code (and `00`), if the country is known.
    fn plan(&self) -> Option<(usize, usize)> {
        let digits = &self.digits[..self.len];
        let zeros = if digits.starts_with(b"00") { 2 } else { 0 };
        let known =
            |(code, ..): &&(&str, usize, usize)| digits[zeros..].starts_with(code.as_bytes());
        let (code, least, most) = PLANS.iter().find(known)?;
        let prefix = zeros + code.len();
        Some((prefix + least, prefix + most))
    }

    /// Where the longest number of `least` to `most` digits ends: on a group border, with nothing
    /// glued to it. A last group that is too long is still a (mistyped) number.
    fn end(&self, text: Text<'_>, least: usize, most: usize) -> Option<usize> {
        let most = most.min(self.len);
        let fit = (least..=most).rev().find(|n| self.ends[n - 1].1);
        let over =
            || (most + 1..=self.len.min(most + 2)).find(|n| self.ends[n - 1].1 && *n >= least);
        let (end, _) = self.ends[fit.or_else(over)? - 1];
        (!is_word(text.at(end))).then_some(end)
    }

    /// End of a French number: `0X` and four pairs, or a mobile number in one piece.
    fn french(&self, text: Text<'_>) -> Option<usize> {
        if self.len < 10 || self.digits[0] != b'0' || self.digits[1] == b'0' {
            return None;
        }
        let (end, border) = self.ends[9];
        let single = self.ends[..9].iter().all(|(_, border)| !border);
        let pairs = self.pairs
            && matches!(self.separator, b' ' | b'.' | b'-' | b'+' | b'/')
            && self.ends[1].1
            && self.ends[3].1
            && self.ends[5].1
            && self.ends[7].1;
        let mobile = single && matches!(self.digits[1], b'6' | b'7');
        let next = text.at(end + 1);
        let joined = matches!(text.at(end), b'.' | b'-' | b',') && next.is_ascii_digit()
            || text.at(end) == b'-' && next.is_ascii_alphanumeric();
        (border && (pairs || mobile) && !is_word(text.at(end)) && !joined).then_some(end)
    }

    /// End of a British (`07700 900 123`) or German (`0151/2345678`) mobile number, written in groups.
    fn mobile(&self, text: Text<'_>) -> Option<usize> {
        let first = self.ends[..self.len].iter().position(|(_, border)| *border)? + 1;
        let fits = match (&self.digits[..3], first) {
            (b"074" | b"075" | b"077" | b"078" | b"079", 5) => self.len == 11,
            (b"015" | b"016" | b"017", 4) => matches!(self.len, 11 | 12),
            _ => false,
        };
        let (end, border) = *self.ends.get(self.len.checked_sub(1)?)?;
        let joined = matches!(text.at(end), b'.' | b'-' | b'/' | b':') && is_word(text.at(end + 1));
        (fits && border && !is_word(text.at(end)) && !joined).then_some(end)
    }
}

/// Length of what may stand between two groups: at most two marks, and `(0)`, the national prefix
/// that is not dialled from abroad.
fn gap(bytes: &[u8]) -> usize {
    let prefix = if bytes.starts_with(b"(0)") || bytes.starts_with(b" (0)") {
        3 + usize::from(bytes[0] == b' ')
    } else {
        0
    };
    let is_mark = |byte: &&u8| matches!(byte, b' ' | b'.' | b'-' | b'/' | b'(' | b')' | b'+');
    prefix + bytes[prefix..].iter().take(2).take_while(is_mark).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let (names, view) = (Names::new(), Text::new(text));
        let free =
            |at: &usize| view.at(*at).is_ascii_digit() && !view.before(*at, 1).is_ascii_digit();
        let at = |at: usize| match view.at(at) {
            b'+' => international(view, at),
            _ => Some(at).filter(free).and_then(|at| national(view, at, &names, || true)),
        };
        (0..text.len()).find_map(at).map(|range| &text[range])
    }

    #[test]
    fn international_and_french_numbers_stand_alone() {
        for (text, number) in [
            ("call +33612345678 now", "+33612345678"),
            ("+33 6 12 34 56 78 200 ms", "+33 6 12 34 56 78"),
            ("+33 (0)6 12 34 56 78", "+33 (0)6 12 34 56 78"),
            ("q=+39+347+1234567&", "+39+347+1234567"),
            ("+49 151 12345678,", "+49 151 12345678"),
            ("+44 7700 123456", "+44 7700 123456"),
            ("+971 50 123 4567", "+971 50 123 4567"),
            ("0033612345678", "0033612345678"),
            ("0039 347 1234567", "0039 347 1234567"),
            ("06 12 34 56 78.", "06 12 34 56 78"),
            ("01.42.34.56.78", "01.42.34.56.78"),
            ("(0612345678)", "0612345678"),
            ("+690 3186, +47 02029", "+690 3186"),
            ("+47 02029.", "+47 02029"),
            ("+336123456789 typo", "+336123456789"),
            ("an 0151/2345678 ok", "0151/2345678"),
            ("0176 54321098", "0176 54321098"),
            ("07700 900 123.", "07700 900 123"),
            ("07700 123456", "07700 123456"),
            ("by (415) 555-0183 in", "(415) 555-0183"),
            ("ring (0117) 496 0696.", "(0117) 496 0696"),
            ("unter (0441) 59231 (", "(0441) 59231"),
            ("unter 0351 / 9265713 (", "0351 / 9265713"),
            ("on 020 7946 0402, x", "020 7946 0402"),
            ("op 06-30225389. R", "06-30225389"),
            ("07/43/22/07/36", "07/43/22/07/36"),
        ] {
            assert_eq!(found(text), Some(number), "{text}");
        }
    }

    #[test]
    fn other_national_numbers_need_a_cue() {
        for (text, number) in [
            ("Tel. 02 12345678", "02 12345678"),
            ("cellulare: 347 1234567", "347 1234567"),
            ("telefono n. 347-1234567", "347-1234567"),
        ] {
            assert_eq!(found(text), Some(number), "{text}");
            let bare = &text[text.find(|char: char| char.is_ascii_digit()).unwrap()..];
            assert_eq!(found(&format!("row {bare}")), None, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "order 12345678",
            "0123456789",
            "20261121203246",
            "+0200",
            "1+12345678901",
            "0000012345",
            "1.0612345678",
            "x0612345678",
            "06123456789",
            "07700123456",
            "f(415) 555",
            "(404) 12 ms",
            "lines (100) 200-300",
            "0123/45",
            "0100 200 300",
            "05-12345678",
            "0151 23",
            "015123/45678",
            "12:34:56",
            "a3f2-061234567890",
            "2026-11-21",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
