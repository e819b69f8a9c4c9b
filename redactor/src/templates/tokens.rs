//! A message cut into clauses and tokens.
//!
//! Invariant: every letter and digit of the text is in exactly one token, and every character that could be part
//! of a word counts as a letter; what lies between tokens is punctuation and space. Place on the path: the
//! first step of `templates`.

use super::{shapes, words};
use std::ops::Range;

/// Digits one number may have, and all numbers next to each other, to say nothing about a person.
const DIGITS: (usize, usize) = (3, 4);
/// Signs between numbers that are near each other.
const GAP: usize = 3;
/// Bytes of the longest placeholder.
const LONGEST: usize = 40;
/// Signs between two clauses.
const BETWEEN: [&str; 7] = ["\n", ";", " | ", " - ", ": ", ". ", " – "];

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the detector put in the place of something: part of the template as it is.
    Placeholder,
    /// A word of the vocabulary: part of the template as it is.
    Known,
    /// What a machine made, by its form: one is as good as another.
    Shape,
    /// A short number: likewise.
    Number,
    /// A word, a run of capitalised words, or a long number.
    Unknown,
}

/// A token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// The clauses of `text`, without the signs between them.
pub(super) fn clauses(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = &text[start..];
        let sign = |at: usize| BETWEEN.iter().find(|sign| rest[at..].starts_with(**sign));
        let next = rest.char_indices().find_map(|(at, _)| Some((at, sign(at)?.len())));
        at = next.map(|(end, len)| start + end + len);
        Some(start..next.map_or(text.len(), |(end, _)| start + end))
    })
}

/// Puts the tokens of the clause at `range` of `text` into `tokens`. `is_placeholder` tells what the detector wrote.
pub(super) fn split(
    text: &str,
    range: Range<usize>,
    is_placeholder: impl Fn(&str) -> bool,
    tokens: &mut Vec<Token>,
) {
    tokens.clear();
    let mut at = range.start;
    while let Some(char) = text[at..range.end].chars().next() {
        let rest = &text[at..range.end];
        let placeholder = || Some((placeholder(rest, &is_placeholder)?, Kind::Placeholder));
        let shape = || Some((shapes::len(&text[..range.end], at)?, Kind::Shape));
        if let Some((len, kind)) = placeholder().or_else(shape) {
            tokens.push(Token { range: at..at + len, kind });
            at += len;
        } else if is_letter(char) {
            let len = rest.find(|char| !is_letter(char)).unwrap_or(rest.len());
            let token = Token { range: at..at + len, kind: kind(&rest[..len]) };
            at += len;
            match tokens.last_mut() {
                Some(last) if joins(text, last, &token) => last.range.end = at,
                _ => tokens.push(token),
            }
        } else {
            at += char.len_utf8();
        }
    }
    for token in tokens.iter_mut().filter(|token| token.kind == Kind::Number) {
        if !is_short(text, &token.range) {
            token.kind = Kind::Unknown;
        }
    }
}

/// A letter, a digit, or a character that a word could hide in: a mark, something invisible, a symbol.
pub(super) fn is_letter(char: char) -> bool {
    match char {
        '\0'..='\x7f' => char.is_ascii_alphanumeric(),
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' => false, // general punctuation
        '€' | '«' | '»' | '·' | '°' | '§' | '→' | '←' => false,
        _ => !char.is_whitespace(),
    }
}

fn kind(word: &str) -> Kind {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        Kind::Number
    } else if words::knows(word) {
        Kind::Known
    } else {
        Kind::Unknown
    }
}

/// Length of the placeholder that `text` begins with.
fn placeholder(text: &str, is_placeholder: impl Fn(&str) -> bool) -> Option<usize> {
    let near = &text[..text.floor_char_boundary(LONGEST)];
    let len = near.starts_with('<').then(|| near.find('>'))?? + 1;
    is_placeholder(&text[..len]).then_some(len)
}

/// Does `next` continue `last`: another number, or another capitalised word, behind one sign?
///
/// A telephone number is one token, and so is `Jean Dupont`: else each part could be known by itself.
fn joins(text: &str, last: &Token, next: &Token) -> bool {
    let mut between = text[last.range.end..next.range.start].chars();
    let (Some(sign), None) = (between.next(), between.next()) else { return false };
    let capital = |range: &Range<usize>| text[range.clone()].starts_with(char::is_uppercase);
    match (last.kind, next.kind) {
        (Kind::Number, Kind::Number) => sign != '|' && sign != '=',
        (Kind::Unknown, Kind::Unknown) => {
            matches!(sign, ' ' | '-' | '\'' | '’' | '.' | '\u{a0}' | '\u{2010}' | '\u{2011}')
                && capital(&last.range)
                && capital(&next.range)
        }
        _ => false,
    }
}

/// Is a run of numbers so short that it says nothing, and no character's code? What stands near it counts too, in
/// whichever clause.
fn is_short(text: &str, range: &Range<usize>) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let numbers = text[range.clone()].split(|char: char| !char.is_ascii_digit());
    let lengths = numbers.map(str::len);
    let (longest, own) = lengths.fold((0, 0), |(longest, all), len| (len.max(longest), all + len));
    let all = own + digits_near(before.chars().rev()) + digits_near(after.chars());
    !before.ends_with(['#', '%', '\\']) && longest <= DIGITS.0 && all <= DIGITS.1
}

/// Digits from here on to the next letter, or until there is nothing near any more.
fn digits_near(chars: impl Iterator<Item = char>) -> usize {
    let (mut digits, mut gap) = (0, 0);
    for char in chars.take_while(|char| char.is_ascii_digit() || !is_letter(*char)) {
        if char.is_ascii_digit() {
            (digits, gap) = (digits + 1, 0);
        } else {
            gap += 1;
        }
        if gap > GAP || digits > DIGITS.1 {
            break;
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        let mut tokens = Vec::new();
        for clause in clauses(text) {
            split(text, clause, |text| matches!(text, "<email>" | "<name>"), &mut tokens);
            all.extend(tokens.iter().map(|token| {
                let sign = match token.kind {
                    Kind::Placeholder => '<',
                    Kind::Shape => '~',
                    Kind::Known => '=',
                    Kind::Number => '#',
                    Kind::Unknown => '?',
                };
                format!("{sign}{}", &text[token.range.clone()])
            }));
        }
        all
    }

    #[test]
    fn what_tokens_are() {
        for (text, tokens) in [
            ("user Jean Dupont not found", "=user ?Jean Dupont =not =found"),
            ("retry 1 of 3 took 0.12 s", "=retry #1 =of #3 =took #0.12 ?s"),
            ("call 06 12 34 56 78", "=call ?06 12 34 56 78"),
            ("user 48213", "=user ?48213"),
            ("06; 12. 34: 56\n78", "?06 ?12 ?34 ?56 ?78"),
            ("(12, 34) /5", "?12 ?34 ?5"),
            ("mail <email> <jean> ok", "=mail <<email> ?jean =ok"),
            ("&#74;&#101;&#97;n", "?74 ?101 ?97 ?n"),
            ("%4A%65", "?4A ?65"),
            ("Je\u{200b}an J\u{301}ean", "?Je\u{200b}an J\u{301}ean"),
            ("Jean-Pierre O’Hara", "?Jean-Pierre O’Hara"),
            ("l'utilisateur Page", "=l =utilisateur ?Page"),
            ("from 203.0.113.0/24, 203.0.113.1/24", "=from ~203.0.113.0/24 ?203.0.113.1/24"),
            ("via 2001:db8::/48:", "=via ~2001:db8::/48"),
            ("\u{1d48}ean €5", "?\u{1d48}ean #5"),
        ] {
            let expected: Vec<_> = tokens.split_inclusive(' ').collect();
            assert_eq!(shown(text).join(" "), expected.concat(), "{text}");
        }
    }

    #[test]
    fn clauses_end_at_signs() {
        let text = "a: b; c | d\ne. f";
        let all: Vec<_> = clauses(text).map(|range| &text[range]).collect();
        assert_eq!(all, ["a", "b", " c", "d", "e", "f"]);
        assert_eq!(clauses("").collect::<Vec<_>>().len(), 1);
    }

    proptest! {
        /// What is in no token is no letter.
        #[test]
        fn every_letter_is_in_a_token(text in "([a-zA-Zé0-9 <>:;.,/|%-]|\\PC){0,60}") {
            let mut outside = String::new();
            let (mut tokens, mut at) = (Vec::new(), 0);
            for clause in clauses(&text) {
                split(&text, clause, |text| text == "<a>", &mut tokens);
                for token in &tokens {
                    prop_assert!(at <= token.range.start);
                    outside.push_str(&text[at..token.range.start]);
                    at = token.range.end;
                }
            }
            outside.push_str(&text[at..]);
            prop_assert!(!outside.contains(is_letter), "{outside}");
        }
    }
}
