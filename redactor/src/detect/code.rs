//! Numbers given to persons that their own form gives away: social security, tax, health, company; in one piece
//! or in groups.
//!
//! Invariant: without a cue only what has a check of its own and a form that few other numbers have is found;
//! a code begins and ends at a border.

use super::checks::{codice_fiscale, german_document, luhn, nir, steuer_id, svnr, vat};
use super::text::{Text, is_word};
use std::ops::Range;

/// Characters of a code that are read: the longest here has sixteen.
const MOST: usize = 20;

/// Letters and digits with at most one mark between them, in upper case.
pub(super) struct Code {
    chars: [u8; MOST],
    len: usize,
    start: usize,
    /// How far behind the start each character ends.
    ends: [u8; MOST],
    /// A bit for each character that ends a group.
    borders: u32,
}

impl Code {
    #[allow(clippy::cast_possible_truncation, reason = "at most two bytes a character")]
    pub(super) fn read(text: Text<'_>, start: usize) -> Self {
        let mut code = Self { chars: [0; MOST], len: 0, start, ends: [0; MOST], borders: 0 };
        let bytes = text.bytes();
        let alnum = |at: usize| bytes.get(at).copied().filter(u8::is_ascii_alphanumeric);
        let mut at = start;
        while let Some(byte) = alnum(at).filter(|_| code.len < MOST) {
            at += 1;
            code.chars[code.len] = byte.to_ascii_uppercase();
            code.ends[code.len] = (at - start) as u8;
            if alnum(at).is_none() {
                code.borders |= 1 << code.len;
                let mark = bytes.get(at).is_some_and(|byte| is_mark(*byte));
                at += usize::from(mark && alnum(at + 1).is_some());
            }
            code.len += 1;
        }
        text.count(at - start);
        code
    }

    /// The first `len` characters and where they end, if a group ends there.
    fn first(&self, len: usize) -> Option<(&[u8], usize)> {
        let last = len.checked_sub(1)?;
        let end = self.start + usize::from(*self.ends.get(last)?);
        (self.borders >> last & 1 != 0).then(|| (&self.chars[..len], end))
    }

    fn digit(&self, n: usize) -> bool {
        self.chars[n].is_ascii_digit()
    }
}

/// Characters of a UUID (RFC 9562).
pub(super) const UUID: usize = 36;

/// Does a UUID stand at `at`? Its groups of digits are no numbers of anybody.
pub(super) fn is_uuid(text: Text<'_>, at: usize) -> bool {
    let dash = |n: usize| text.at(at + n) == b'-';
    dash(8)
        && dash(13)
        && dash(18)
        && dash(23)
        && text
            .bytes()
            .get(at..at + UUID)
            .is_some_and(|uuid| uuid.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-'))
        && !is_word(text.before(at, 1))
        && !is_word(text.at(at + UUID))
}

/// Does a UUID end at `end`?
pub(super) fn ends_uuid(text: Text<'_>, end: usize) -> bool {
    end.checked_sub(UUID).is_some_and(|start| is_uuid(text, start))
}

/// The Swiss insurance number at `start`, in its groups: `756.9217.0769.85` (eCH-0044; its check digit is EAN-13's).
pub(super) fn swiss(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let code = Code::read(text, start);
    let (digits, end) = code.first(13)?;
    let sum = |weight: usize| {
        digits.iter().skip(weight / 2).step_by(2).map(|digit| u32::from(digit - b'0'))
    };
    let grouped = end - start == 16 && digits.iter().all(u8::is_ascii_digit);
    let check = || (sum(1).sum::<u32>() + 3 * sum(3).sum::<u32>()).is_multiple_of(10);
    (grouped && check() && begins(text, start) && ends(text, end)).then_some(start..end)
}

/// The code whose first digits, with no letter before them, are `start..run`.
pub(super) fn numbered(text: Text<'_>, start: usize, run: usize) -> Option<Range<usize>> {
    let grouped = || is_mark(text.at(run)) && text.at(run + 1).is_ascii_alphanumeric();
    let fits = match run - start {
        6 | 8 | 13 | 15 => true,
        1..=4 => grouped(),
        _ => false,
    };
    if !fits || !begins(text, start) || !is_long(text, start) {
        return None;
    }
    let code = Code::read(text, start);
    let social = |len: usize, fits: fn(&[u8]) -> bool| {
        code.first(len).filter(|(chars, _)| fits(chars)).map(|(_, end)| end)
    };
    let end = if code.len >= 15 && (code.digit(6) || matches!(code.chars[6], b'A' | b'B')) {
        social(15, nir)
    } else {
        None
    };
    let german = || if code.len >= 12 && !code.digit(8) { social(12, svnr) } else { None };
    end.or_else(german).filter(|end| ends(text, *end)).map(|end| start..end)
}

/// Do nine digits begin at `start`, or eight or six with a letter behind them? Most numbers fail here.
fn is_long(text: Text<'_>, start: usize) -> bool {
    let (mut digits, mut at) = (0, start);
    loop {
        match text.at(at) {
            b'0'..=b'9' => digits += 1,
            b'A' | b'B' | b'a' | b'b' => return digits == 6 || digits == 8,
            mark if is_mark(mark) && text.at(at + 1).is_ascii_alphanumeric() => {}
            _ => return digits == 8 && text.at(at).is_ascii_alphabetic(),
        }
        if digits >= 9 {
            return true;
        }
        at += 1;
    }
}

/// As [`lettered`] with a mark between letters and digits: `RSS MRA 85T10 A562S`, `FR 40 303 265 045`.
pub(super) fn spaced(text: Text<'_>, digits: usize) -> Option<Range<usize>> {
    let spaced = is_mark(text.before(digits, 1)) && text.before(digits, 2).is_ascii_uppercase();
    spaced.then(|| lettered(text, digits))?
}

/// The code in whose middle the digits at `digits` stand: a codice fiscale, a VAT number with its country.
pub(super) fn lettered(text: Text<'_>, digits: usize) -> Option<Range<usize>> {
    let fiscal = || {
        let start = letters_back(text, digits, 6)?;
        let code = Code::read(text, start);
        let (chars, end) = code.first(16)?;
        let joined = text.at(end) == b'-' && !is_word(text.before(start, 1)); // a key of two columns
        (codice_fiscale(chars) && (ends(text, end) || joined)).then_some(start..end)
    };
    let company = || {
        // The country, and up to two letters of a French key.
        let start = (2..=4).find_map(|letters| letters_back(text, digits, letters))?;
        let code = Code::read(text, start);
        let lengths = match code.chars[..2] {
            [b'B', b'E'] => 12,
            [b'D', b'E'] => 11,
            [b'F', b'R'] | [b'I', b'T'] => 13,
            _ => return None,
        };
        let (chars, end) = code.first(lengths)?;
        (vat(chars) && ends(text, end)).then_some(start..end)
    };
    fiscal().or_else(company)
}

/// After a cue: a code at `start` of eleven digits or more with the right check digit, or a document's number.
pub(super) fn cued(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let code = Code::read(text, start);
    let lengths = [16, 15, 14, 12, 11, 10];
    let end = lengths.into_iter().find_map(|len| {
        let (chars, end) = code.first(len)?;
        let fits = match len {
            16 => codice_fiscale(chars),
            15 => nir(chars) || luhn(chars),
            14 => luhn(chars),
            12 => svnr(chars),
            11 => luhn(chars) || steuer_id(chars),
            _ => german_document(chars),
        };
        fits.then_some(end)
    })?;
    ends(text, end).then_some(start..end)
}

/// Where `count` letters begin that stand before `at`, single marks between them left out.
fn letters_back(text: Text<'_>, at: usize, count: usize) -> Option<usize> {
    let (mut start, mut letters, mut marks) = (at, 0, 0);
    while letters < count {
        match text.before(start, 1) {
            byte if byte.is_ascii_alphabetic() => (letters, marks) = (letters + 1, 0),
            b' ' | b'-' | b'.' | b'+' if marks == 0 => marks = 1,
            _ => return None,
        }
        start -= 1;
    }
    (marks == 0 && begins(text, start)).then_some(start)
}

/// What may stand between two groups.
const fn is_mark(byte: u8) -> bool {
    matches!(byte, b' ' | b'.' | b'-' | b'/' | b'+')
}

/// Is `start` not in the middle of something longer?
fn begins(text: Text<'_>, start: usize) -> bool {
    let (before, farther) = (text.before(start, 1), text.before(start, 2));
    let joined = matches!(before, b'.' | b'-' | b',') && farther.is_ascii_alphanumeric();
    !(before.is_ascii_alphanumeric() || before == b'_' || joined)
}

/// Does something end at `end`?
fn ends(text: Text<'_>, end: usize) -> bool {
    let joined = matches!(text.at(end), b'-' | b'.' | b',') && text.at(end + 1).is_ascii_digit();
    !(text.at(end).is_ascii_alphanumeric() || text.at(end) == b'_' || joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let view = Text::new(text);
        let at = text.find(|char: char| char.is_ascii_digit())?;
        let range = lettered(view, at).or_else(|| numbered(view, at, view.digits(at)));
        range.map(|range| &text[range])
    }

    #[test]
    fn codes_with_a_check_of_their_own_need_no_cue() {
        for (text, code) in [
            ("user 255081416802538 not found", "255081416802538"),
            ("le 2 95 10 99 126 111 93.", "2 95 10 99 126 111 93"),
            ("'253072b07300470'", "253072b07300470"),
            ("q=RCCMNL83S18D969H&x", "RCCMNL83S18D969H"),
            ("vat FRK7399859412.", "FRK7399859412"),
            ("(rccmnl83s18d969h)", "rccmnl83s18d969h"),
            ("RCC MNL 83S18 D969H", "RCC MNL 83S18 D969H"),
            ("der 15070649C103 hat", "15070649C103"),
            ("15 070649 C 103", "15 070649 C 103"),
            ("DE136695976", "DE136695976"),
            ("FR 40 303 265 045", "FR 40 303 265 045"),
            ("IT00743110157,", "IT00743110157"),
        ] {
            assert_eq!(found(text), Some(code), "{text}");
        }
    }

    #[test]
    fn a_swiss_number_has_groups_and_a_check_digit() {
        let found = |text| swiss(Text::new(text), 0).map(|range| range.len());
        assert_eq!(found("756.9217.0769.85"), Some(16));
        assert_eq!(found("756.9217.0769.84"), None);
        assert_eq!(found("7569217076985"), None);
        assert_eq!(found("756.9217.0769.85.1"), None);
    }

    #[test]
    fn other_codes_are_none() {
        for text in [
            "span 255081416802539 ns",
            "2550814168025380",
            "x255081416802538",
            "RCCMNL83S18D969I",
            "RCCMNL83S18D969H1",
            "DE136695978",
            "order 15070649C104",
            "00743110157",
            "1.255081416802538",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_cue_lets_a_check_digit_suffice() {
        for text in
            ["00743110157", "732 829 320 00074", "36 574 261 809", "490154203237518", "T220001293"]
        {
            assert_eq!(cued(Text::new(text), 0), Some(0..text.len()), "{text}");
        }
        assert_eq!(cued(Text::new("12345678901"), 0), None);
    }
}
