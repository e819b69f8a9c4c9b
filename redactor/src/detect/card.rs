//! Payment card numbers (ISO/IEC 7812): issuer prefix, length, Luhn.
//!
//! Invariant: a number stands alone; one inside a longer or hyphenated hexadecimal run is none.

use super::checks::luhn;
use super::text::{Text, is_word};
use std::ops::Range;

/// The card number whose first digit is at `start`: in one piece, or in groups with the same
/// separator.
pub(super) fn card(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    if !matches!(text.at(start), b'2'..=b'6') || !begins(text, start) {
        return None;
    }
    let mut digits = Digits::default();
    let mut at = digits.take(text, start)?;
    if digits.len >= 13 {
        return (ends(text, at) && digits.is_card()).then_some(start..at);
    }
    let separator = text.at(at);
    if digits.len != 4 || !matches!(separator, b' ' | b'-' | b'.' | b'+') {
        return None;
    }
    while text.at(at) == separator && text.at(at + 1).is_ascii_digit() {
        let before = digits.len;
        at = digits.take(text, at + 1)?;
        let group = digits.len - before;
        if !(3..=6).contains(&group) {
            return None;
        }
        if digits.len >= 14 && digits.is_card() && ends(text, at) {
            return Some(start..at);
        }
    }
    None
}

#[derive(Default)]
struct Digits {
    digits: [u8; 19],
    len: usize,
}

impl Digits {
    /// Takes the run of digits at `at`; `None` if they are too many.
    fn take(&mut self, text: Text<'_>, mut at: usize) -> Option<usize> {
        while text.at(at).is_ascii_digit() {
            *self.digits.get_mut(self.len)? = text.at(at);
            self.len += 1;
            at += 1;
        }
        Some(at)
    }

    fn is_card(&self) -> bool {
        let digits = &self.digits[..self.len];
        has_issuer(digits) && luhn(digits)
    }
}

fn has_issuer(digits: &[u8]) -> bool {
    let prefix = digits.iter().take(4).fold(0, |n, digit| n * 10 + u16::from(*digit - b'0'));
    match digits.len() {
        14 => matches!(prefix, 3000..=3059 | 3600..=3699 | 3800..=3999),
        15 => matches!(prefix, 3400..=3499 | 3700..=3799),
        16 => {
            matches!(prefix, 4000..=4999 | 5100..=5599 | 2221..=2720 | 6011 | 6440..=6599 | 3528..=3589)
                || matches!(prefix, 5000..=5099 | 5600..=5899 | 6200..=6399 | 6700..=6799)
        }
        17..=18 => matches!(prefix, 6200..=6299),
        19 => matches!(prefix, 4000..=4999 | 6200..=6299),
        _ => false,
    }
}

fn begins(text: Text<'_>, start: usize) -> bool {
    match text.before(start, 1) {
        b'.' | b',' | b'-' => !text.before(start, 2).is_ascii_hexdigit(),
        byte => !is_word(byte),
    }
}

fn ends(text: Text<'_>, end: usize) -> bool {
    match text.at(end) {
        b'.' | b',' => !text.at(end + 1).is_ascii_digit(),
        b'-' => !text.at(end + 1).is_ascii_hexdigit(),
        byte => !is_word(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let start = text.find(|char: char| char.is_ascii_digit())?;
        card(Text::new(text), start).map(|range| &text[range])
    }

    #[test]
    fn cards_in_one_piece_and_in_groups() {
        for (text, number) in [
            ("card 4111111111111111 ok", "4111111111111111"),
            ("4111 1111 1111 1111 200", "4111 1111 1111 1111"),
            ("4111-1111-1111-1111", "4111-1111-1111-1111"),
            ("q=4111+1111+1111+1111&", "4111+1111+1111+1111"),
            ("5555555555554444.", "5555555555554444"),
            ("2221000000000009", "2221000000000009"),
            ("378282246310005", "378282246310005"),
            ("3782 822463 10005", "3782 822463 10005"),
            ("6011111111111117", "6011111111111117"),
            ("30569309025904", "30569309025904"),
        ] {
            assert_eq!(found(text), Some(number));
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "4111111111111112",
            "1711111111111111",
            "41111111111111111111",
            "x4111111111111111",
            "0.4111111111111111",
            "4111111111111111-4a2b",
            "20261121203246",
            "1795293161727",
            "4111 1111 1111 1112",
            "4111-1111 1111-1111",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
