//! Where the value of a key ends.
//!
//! Invariant: a secret's value is rather taken too long than too short; every function looks at
//! each byte of the value once.

use super::keyed::{Form, Slot};
use super::names::Kind;
use super::nested::{self, Closed};
use super::text::{Text, is_word};
use std::ops::Range;

/// Bytes of a postal address that has no end mark.
const LONGEST_ADDRESS: usize = 256;

/// The value of `slot`, without its quotes.
pub(super) fn value(text: Text<'_>, slot: Slot) -> Range<usize> {
    if slot.form == Form::Element {
        return element(text, slot.start);
    }
    let start = lead(text, slot.start);
    let slashes = text.run(start, |byte| byte == b'\\');
    match text.at(slashes) {
        quote @ (b'"' | b'\'' | b'`') => return quoted(text, slashes + 1, quote, slashes - start),
        b'[' | b'{' if slashes == start => {
            let operand = operand(text, start).filter(|_| !slot.kind.is_secret());
            let whole = || match nested::bracketed(text, start, slot.kind.is_secret()) {
                Closed::At(end) => start..end,
                Closed::Never => start..text.len(),
                Closed::Nested => start..start,
                Closed::GoesOn(_) => trim(text, start..bare(text, start, slot.kind)),
            };
            return operand.unwrap_or_else(whole);
        }
        _ => {}
    }
    if text.at(start) == b'<' && matches!(slot.kind, Kind::Name | Kind::Login | Kind::Person) {
        let end = text.floor(text.run_within(start + 1, 64, |byte| byte > b' ' && byte != b'>'));
        let whole = text.slice(start..text.len().min(end + 1));
        if text.at(end) == b'>'
            && !whole[1..].contains('<')
            && !super::entity::is_placeholder(whole)
        {
            return start + 1..end; // `user=<jdupont>`
        }
    }
    let end = if slot.form == Form::Line {
        property_end(text, start)
    } else {
        bare(text, start, slot.kind)
    };
    let person = matches!(slot.kind, Kind::Name | Kind::Person | Kind::Login);
    let colon = person && text.before(end, 1) == b':' && end > start + 1; // `user: jdupont: denied`
    trim(text, start..end - usize::from(colon))
}

/// The end of the line, or where the next key of an array begins in it: `[x] => a b [y:protected] => c )`.
fn property_end(text: Text<'_>, start: usize) -> usize {
    let name = |byte: u8| is_word(byte) || byte >= 0x80 || matches!(byte, b':' | b'\\');
    let mut at = start;
    loop {
        at = text.run(at, |byte| !matches!(byte, b'\r' | b'\n' | b'['));
        if text.at(at) != b'[' {
            return at;
        }
        let end = text.run_within(at + 1, 64, name);
        let key = text.bytes()[end..].starts_with(b"] => ") && end > at + 1;
        if key && text.before(at, 1) == b' ' {
            return at - 1;
        }
        at += 1;
    }
}

/// Skips what may stand between a separator and its value: spaces, `string(5) ` of `var_dump`.
fn lead(text: Text<'_>, start: usize) -> usize {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t');
    let mut at = text.run(start, blank);
    if text.at(at) == b'\n' && text.before(start, 1) == b'>' {
        at = text.run(at, |byte| byte.is_ascii_whitespace());
    }
    for word in [&b"value \""[..], b"valeur \"", b"Wert \"", b"valore \""] {
        if text.bytes()[at..].starts_with(word) {
            at += word.len() - 1;
        }
    }
    for call in [&b"ISODate("[..], b"new Date(", b"Date(", b"date("] {
        if text.bytes()[at..].starts_with(call) && matches!(text.at(at + call.len()), b'"' | b'\'')
        {
            at += call.len();
        }
    }
    if text.bytes()[at..].starts_with(b"string(") {
        let close = text.digits(at + 7);
        if text.at(close) == b')' {
            at = text.run(close + 1, blank);
        }
    }
    at
}

/// Bytes behind the first quote that could close in which a better one is looked for.
const LONGEST_DOUBT: usize = 256;

/// To the closing quote: one behind an even number of backslashes, or behind as many as the opening
/// one (a string inside a string), that something closing follows (`'d'Alice'`); failing that the
/// first, failing that the end of the text.
pub(super) fn quoted(text: Text<'_>, start: usize, quote: u8, slashes: usize) -> Range<usize> {
    let (mut run, mut first) = (0, None);
    for (at, byte) in text.bytes().iter().enumerate().skip(start) {
        if *byte == quote && (run == slashes || (slashes == 0 && run % 2 == 0)) {
            let end = at - run.min(slashes);
            if closes(text, at + 1) {
                return start..end;
            }
            first = first.or(Some(end));
        }
        if first.is_some_and(|first| at > first + LONGEST_DOUBT) {
            break;
        }
        run = if *byte == b'\\' { run + 1 } else { 0 };
    }
    start..first.unwrap_or(text.len())
}

/// The value in `{"query": "…"}`, `{"$eq": "…"}`: of a condition on the field.
fn operand(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    const OPERATORS: [&str; 12] = [
        "query",
        "value",
        "eq",
        "ne",
        "like",
        "ilike",
        "contains",
        "equals",
        "is",
        "term",
        "prefix",
        "starts_with",
    ];
    if text.at(start) != b'{' || text.at(start + 1) != b'"' {
        return None;
    }
    let end = text.run_within(start + 2, 24, |byte| is_word(byte) || byte == b'$');
    let name = text.slice(start + 2..end).trim_start_matches(['$', '_']);
    let value = text.run(end + 2, |byte| byte == b' ');
    let opens = text.at(end) == b'"' && text.at(end + 1) == b':' && text.at(value) == b'"';
    (opens && OPERATORS.contains(&name)).then(|| quoted(text, value + 1, b'"', 0))
}

/// The list or object that is the value of `slot`, if its strings are to be judged one by one. Counts the bytes that it
/// looks at in `looked`.
pub(super) fn list(text: Text<'_>, slot: Slot, looked: &mut usize) -> Option<Range<usize>> {
    if slot.form == Form::Element || matches!(slot.kind, Kind::Part | Kind::Position) {
        return None;
    }
    let start = lead(text, slot.start);
    if !matches!(text.at(start), b'[' | b'{')
        || (!slot.kind.is_secret() && operand(text, start).is_some())
    {
        return None;
    }
    let (end, closed) = match nested::bracketed(text, start, slot.kind.is_secret()) {
        Closed::At(end) => (end, true),
        Closed::GoesOn(end) => (end, false),
        Closed::Never | Closed::Nested => return None,
    };
    *looked += end - start;
    closed.then_some(start..end)
}

/// The content of an XML element, also as CDATA.
fn element(text: Text<'_>, start: usize) -> Range<usize> {
    if text.bytes()[start..].starts_with(b"<![CDATA[") {
        let rest = text.slice(start + 9..text.len());
        return start + 9..rest.find("]]>").map_or(text.len(), |n| start + 9 + n);
    }
    start..text.run(start, |byte| byte != b'<')
}

/// End of a value without quotes.
fn bare(text: Text<'_>, start: usize, kind: Kind) -> usize {
    match kind {
        Kind::Secret if is_in_connection(text, start) => connection_end(text, start),
        Kind::Secret | Kind::Session => match secret_end(text, start) {
            // A card number, a PIN: digits in groups.
            end if end > start && text.digits(start) == end => number_end(text, start),
            end => end,
        },
        Kind::Authorization => authorization_end(text, start),
        Kind::Cookie => cookie_end(text, start),
        Kind::Name | Kind::Part | Kind::Town => family_first(text, start, name_end(text, start)),
        Kind::Person | Kind::Login => match super::person::full_name_end(text, start) {
            end if end > start => end,
            _ => word_end(text, start),
        },
        Kind::Address => address_end(text, start),
        Kind::Link => word_end(text, start),
        _ if is_in_query(text, start) => word_end(text, start),
        Kind::Phone => phone_end(text, start),
        _ => number_end(text, start),
    }
}

/// Does the value at `start` belong to a parameter of a URL, which no space is in?
fn is_in_query(text: Text<'_>, start: usize) -> bool {
    let part = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'[' | b']' | b'.');
    let key = text.run_back(start.saturating_sub(1), 32, part);
    text.before(start, 1) == b'=' && matches!(text.before(key, 1), b'?' | b'&')
}

/// To white space, the next parameter, or a quote that closes what the whole pair stands in.
fn secret_end(text: Text<'_>, start: usize) -> usize {
    let mut at = start;
    loop {
        at = text
            .run(at, |byte| !matches!(byte, 0..=b' ' | b'&' | b'"' | b'\'' | b'`' | b'<' | b'?'));
        match text.at(at) {
            b'?' if !begins_query(text, at) => at += 1,
            b'"' | b'\'' | b'`' if !closes(text, at + 1) => at += 1,
            b'<' if text.at(at + 1) != b'/' => at += 1,
            _ => return at,
        }
    }
}

/// Does the key whose value begins at `start` stand in a connection string, behind another pair: `Host=db;Password=…`?
fn is_in_connection(text: Text<'_>, start: usize) -> bool {
    let name = |byte: u8| is_word(byte) || byte == b' ';
    let key = text.run_back(start.saturating_sub(1), 24, name);
    text.before(start, 1) == b'=' && text.before(key, 1) == b';' && key + 1 < start
}

/// As [`secret_end`], but a semicolon before the next pair ends it: there a value that holds one is quoted.
fn connection_end(text: Text<'_>, start: usize) -> usize {
    let end = secret_end(text, start);
    let pair = |at: &usize| {
        let key = text.run_within(at + 1, 24, |byte| is_word(byte) || byte == b' ');
        text.at(*at) == b';'
            && key > at + 2
            && text.at(key) == b'='
            && text.at(at + 1).is_ascii_uppercase()
    };
    (start..end).find(pair).unwrap_or(end)
}

/// A path parameter (`;jsessionid=…`) ends where the query begins.
fn begins_query(text: Text<'_>, at: usize) -> bool {
    let name = text.run((at + 1).min(text.len()), is_word);
    name > at + 1 && text.at(name) == b'='
}

/// Does a quote before `at` close something, rather than belong to a value?
fn closes(text: Text<'_>, at: usize) -> bool {
    let closing = b",;:.!?)]}>|&\"'\\";
    text.at(at) <= b' ' || closing.contains(&text.at(at))
}

/// A scheme, its token, and parameters with commas between them.
fn authorization_end(text: Text<'_>, start: usize) -> usize {
    let mut end = secret_end(text, start);
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let mut more = text.run(start, is_scheme) == end && end - start <= 20;
    while more && text.at(end) == b' ' && text.at(end + 1) > b' ' {
        end = secret_end(text, end + 1);
        more = text.before(end, 1) == b',';
    }
    end
}

/// `name=value` pairs with semicolons between them (RFC 6265).
fn cookie_end(text: Text<'_>, start: usize) -> usize {
    let mut end = secret_end(text, start);
    while text.before(end, 1) == b';' && text.at(end) == b' ' {
        let next = secret_end(text, end + 1);
        if !text.bytes()[end + 1..next].contains(&b'=') {
            break;
        }
        end = next;
    }
    end
}

const fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        0..=b' '
            | b'&'
            | b','
            | b';'
            | b'|'
            | b'<'
            | b'>'
            | b'"'
            | b'('
            | b')'
            | b']'
            | b'}'
            | b'{'
    )
}

fn word_end(text: Text<'_>, start: usize) -> usize {
    let mut at = start;
    loop {
        at = text.run(at, |byte| !ends_word(byte) && byte != b'\'' && byte != b'\\');
        let inside = match text.at(at) {
            b'\'' => !closes(text, at + 1),
            b'\\' => !matches!(text.at(at + 1), b'"' | b'\'' | b'n' | b'r' | b't'),
            _ => false,
        };
        if !inside {
            return at;
        }
        at += 1;
    }
}

/// A name goes on over capitalised words, initials and particles.
pub(super) fn name_end(text: Text<'_>, start: usize) -> usize {
    let (mut end, mut at) = (word_end(text, start), start);
    for _ in 0..6 {
        at = end.max(at);
        if text.at(at) != b' ' {
            break;
        }
        let next = word_end(text, at + 1);
        let mailto = text
            .slice(at + 1..next)
            .split_once(":mailto")
            .or_else(|| text.slice(at + 1..next).split_once(":MAILTO"))
            .map(|(name, _)| name);
        if let Some(name) = mailto {
            return at + 1 + name.len(); // `CN=Jean Dupont:mailto:…` (RFC 5545)
        }
        let word = text.slice(at + 1..next);
        if is_key_of_two(text, word, next) {
            break;
        }
        if super::person::is_capitalised(word) && !word.contains(['=', ':']) {
            end = next;
        } else if !super::person::is_particle(word) {
            break;
        }
        at = next;
    }
    end
}

/// `Account Domain:`: does the next key begin with `word`, which ends at `end`?
fn is_key_of_two(text: Text<'_>, word: &str, end: usize) -> bool {
    let next = text.run_within(end + 1, 24, |byte| byte.is_ascii_alphabetic());
    text.at(end) == b' '
        && text.at(next) == b':'
        && next > end + 2
        && crate::vocabulary::knows(word)
}

/// `Dupont, Jean;`: the first name behind the comma, where a field ends.
fn family_first(text: Text<'_>, start: usize, end: usize) -> usize {
    let alone = text.slice(start..end).split(' ').count() <= 2;
    if !alone || text.at(end) != b',' || text.at(end + 1) != b' ' {
        return end;
    }
    let next = word_end(text, end + 2);
    let first = text.slice(end + 2..next);
    let ends =
        matches!(text.at(next), b';' | b'\n' | b'|') && !text.slice(start..end).contains(' ');
    if (ends || super::given::is_given(first))
        && super::person::is_name_word(text.slice(end + 2..next))
    {
        next
    } else {
        end
    }
}

/// An address goes on to the end of the line, a mark that no address has, or the next key.
fn address_end(text: Text<'_>, start: usize) -> usize {
    let stops = |byte: u8| {
        matches!(byte, 0..=0x1f | b'"' | b'<' | b'>' | b'&' | b'|' | b';' | b')' | b']' | b'}')
    };
    let end = text.floor(text.run_within(start, LONGEST_ADDRESS, |byte| !stops(byte)));
    let pair = |at: &usize| match text.at(*at) {
        b'=' => true,
        b':' => text.at(at + 1) == b' ',
        _ => false,
    };
    let end = start + super::street::clause(text.slice(start..end));
    let key = (start..end).find(pair).map(|at| text.run_back(at, at - start, |byte| byte != b' '));
    key.filter(|key| *key > start).unwrap_or(end)
}

/// A telephone number that is written without spaces is whole: `tel=0612345678 404 12ms`.
fn phone_end(text: Text<'_>, start: usize) -> usize {
    let digits = text.digits(start + usize::from(text.at(start) == b'+'));
    if digits >= start + COMPACT && text.at(digits) == b' ' {
        digits
    } else {
        number_end(text, start)
    }
}

/// Digits of the shortest telephone numbers that are written so.
const COMPACT: usize = 9;

/// A number goes on over groups that hold a digit, or a few capitals (a plate, a BIC).
pub(super) fn number_end(text: Text<'_>, start: usize) -> usize {
    let mut end = word_end(text, start);
    if text.bytes()[start..end].iter().any(|byte| matches!(byte, b'%'))
        || is_form_encoded(text.slice(start..end))
    {
        return end; // a space inside it would be encoded too
    }
    for _ in 0..9 {
        let next = text.run(end + usize::from(text.at(end) == b' '), |byte| {
            is_word(byte) || matches!(byte, b'-' | b'.' | b'/' | b'(' | b')' | b'+')
        });
        let group = text.slice(end..next).trim_start();
        let short = group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_uppercase());
        let numeric = group.len() <= 12
            && group.bytes().any(|byte| byte.is_ascii_digit())
            && !group.bytes().any(|byte| byte.is_ascii_lowercase())
            && !(group.contains('/') && group.bytes().any(|byte| byte.is_ascii_uppercase())); // HTTP/1.1
        if text.at(end) != b' ' || group.is_empty() || !(short || numeric) {
            break;
        }
        end = next;
    }
    end
}

/// `LF+594+WG`: groups that a form joins with the plus sign.
fn is_form_encoded(word: &str) -> bool {
    word.trim_start_matches('+').contains('+')
}

/// Without what ends a clause rather than a value.
fn trim(text: Text<'_>, range: Range<usize>) -> Range<usize> {
    let ends = |byte: &u8| matches!(byte, b';' | b',' | b' ' | b'\\');
    let tail = text.bytes()[range.clone()].iter().rev().take_while(|byte| ends(byte)).count();
    range.start..range.end - tail
}

#[cfg(test)]
mod tests;
