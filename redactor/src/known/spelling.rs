//! How a name or a telephone number may be written elsewhere than in its own field.
//!
//! Invariant: spellings have no accents where Latin letters can do without; the text is searched as it stands and
//! without accents, so one spelling serves for all.

use crate::detect::without_accent;
use crate::vocabulary;
use std::borrow::Cow;
use std::ops::Range;
use zeroize::Zeroizing;

/// Digits of a telephone number that tell it from others.
const TELLING: usize = 8;
/// Letters a name must have to be looked for inside longer words.
const GLUED: usize = 4;

/// One spelling of a known name.
pub(super) struct Word<'n> {
    text: Spelled<'n>,
    placeholder: &'static str,
    /// May stand in a longer word, with an initial, a number or another name.
    glues: bool,
    /// Also a word of the software (`Page`): a name only where it has a capital.
    common: bool,
}

enum Spelled<'n> {
    Own(&'n str),
    Other(Zeroizing<String>),
}

impl<'n> Word<'n> {
    /// Appends the spellings of `text`.
    pub(super) fn spell(
        text: &'n str,
        placeholder: &'static str,
        glues: bool,
        words: &mut Vec<Self>,
    ) {
        let common = vocabulary::knows(text);
        let mut other = |text: String| {
            let text = Spelled::Other(Zeroizing::new(text));
            words.push(Self { text, placeholder, glues, common });
        };
        if text.is_ascii() {
            if let Cow::Owned(short) = without_transliteration(text) {
                other(short);
            }
            words.push(Self { text: Spelled::Own(text), placeholder, glues, common });
            return;
        }
        let plain: String = text.chars().filter_map(without_accent).collect();
        let long = transliterated(text);
        if long != plain {
            other(long.chars().filter_map(without_accent).collect());
        }
        if !plain.is_ascii() {
            other(plain.to_lowercase());
            other(plain.to_uppercase());
        }
        other(plain);
    }

    pub(super) fn text(&self) -> &str {
        match &self.text {
            Spelled::Own(text) => text,
            Spelled::Other(text) => text,
        }
    }

    /// Appends where the word stands in `text`. `words` and their `initials` may be glued to it.
    pub(super) fn find(
        &self,
        text: &str,
        words: &[Self],
        initials: u32,
        found: &mut Vec<(Range<usize>, &'static str)>,
    ) {
        let name = self.text();
        let Some(first) = name.as_bytes().first() else { return };
        let both = [first.to_ascii_lowercase(), first.to_ascii_uppercase()];
        let mut from = 0;
        for at in memchr::memchr2_iter(both[0], both[1], text.as_bytes()) {
            let end = at + name.len();
            let same = text.get(at..end).is_some_and(|here| here.eq_ignore_ascii_case(name));
            let common = self.common && text.as_bytes()[at].is_ascii_lowercase();
            if at < from || !same || common {
                continue;
            }
            let range = around(text, at..end);
            let whole = range == (at..end);
            let glued = || {
                self.glues
                    && name.len() >= GLUED
                    && belongs(&text[range.start..at], &text[end..range.end], words, initials)
            };
            if whole || glued() {
                from = range.end;
                found.push((range, self.placeholder));
            }
        }
    }
}

/// The word that `range` is part of: letters and digits.
fn around(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text[..range.start].trim_end_matches(char::is_alphanumeric).len();
    let after = text[range.end..].trim_start_matches(char::is_alphanumeric).len();
    before..text.len() - after
}

/// Are the letters before and after a name in the same word an initial, a number, or another name?
fn belongs(before: &str, after: &str, words: &[Word<'_>], initials: u32) -> bool {
    let digits = |char: char| char.is_ascii_digit();
    let rest = [before.trim_start_matches(digits), after.trim_end_matches(digits)];
    rest.into_iter().all(|rest| {
        rest.is_empty()
            || (rest.len() == 1 && initial(rest) & initials != 0)
            || words.iter().any(|word| word.text().eq_ignore_ascii_case(rest))
    })
}

/// The first letter as one of 32 bits.
pub(super) fn initial(name: &str) -> u32 {
    let first = name.bytes().next().filter(u8::is_ascii_alphabetic);
    first.map_or(0, |letter| 1 << (letter & 31))
}

/// `ä` as `ae`, as German and Scandinavian names are written where there are no umlauts.
fn transliterated(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for char in text.chars() {
        match char {
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'Ä' | 'Æ' => out.push_str("Ae"),
            'Ö' | 'Œ' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'ß' => out.push_str("ss"),
            'å' => out.push_str("aa"),
            _ => out.push(char),
        }
    }
    out
}

/// `Mueller` as `Muller`: what `Müller` is without its mark.
fn without_transliteration(text: &str) -> Cow<'_, str> {
    let pair =
        |pair: &[u8]| matches!(pair.to_ascii_lowercase().as_slice(), b"ae" | b"oe" | b"ue" | b"ss");
    if !text.as_bytes().windows(2).any(pair) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut skip = false;
    for (at, char) in text.char_indices() {
        if !std::mem::take(&mut skip) {
            out.push(char);
            skip = text.as_bytes().get(at..at + 2).is_some_and(pair);
        }
    }
    Cow::Owned(out)
}

/// The digits of a telephone number behind country code and trunk prefix, if they tell it from others.
pub(super) fn national(phone: &str) -> Option<Zeroizing<String>> {
    let phone = phone.replace("(0)", "");
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let international = phone.trim_start().starts_with('+') || digits.starts_with("00");
    let digits = Zeroizing::new(digits);
    let significant = digits.trim_start_matches('0');
    let tail = if international { significant.get(2..)? } else { significant };
    (tail.len() >= TELLING).then(|| Zeroizing::new(tail.to_owned()))
}

/// Has `text` digits enough for a telephone number?
pub(super) fn has_phone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= TELLING
}

/// Appends where a number stands that ends with `tail`, whatever its marks and prefix.
pub(super) fn find_phone(text: &str, tail: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(n) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + n;
        let (mut digits, mut len, mut end) = ([0; 24], 0, start);
        // What stands behind a mark may be another number: `347 7896715 (3 attempts)`.
        let mut number = None;
        let is_whole = |digits: &[u8; 24], len: usize| {
            let all = digits.get(..len).unwrap_or_default();
            len <= tail.len() + 5 && all.ends_with(tail.as_bytes())
        };
        for (n, byte) in bytes[start..].iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    digits[len % digits.len()] = *byte;
                    len += 1;
                    end = start + n + 1;
                }
                b' ' | b'.' | b'-' | b'/' | b'(' | b')' | b'+' if start + n < end + 2 => {
                    if start + n == end && is_whole(&digits, len) {
                        number = Some(end);
                    }
                }
                _ => break,
            }
        }
        at = end;
        if is_whole(&digits, len) {
            number = Some(end);
        }
        if let Some(end) = number {
            let plus = text[..start].ends_with('+');
            found.push((start - usize::from(plus)..end, "<phone>"));
        }
    }
}
