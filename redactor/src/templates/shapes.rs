//! What stays by its form: no name fits into it, and it was made by a machine.
//!
//! Invariant: a shape is a whole one: no letter or digit touches it, and no other number stands near it where its
//! digits could be a part of one. Place on the path: asked at the beginning of each token.

use super::tokens::is_letter;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Hexadecimal digits from which on they are a digest or an id.
const DIGEST: usize = 16;

/// Length of the shape that begins at `at` of `text`.
pub(super) fn len(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    let begins = |char: char| char.is_ascii_hexdigit() || char == ':';
    let touched =
        before.is_some_and(|char| is_letter(char) || matches!(char, '.' | ':' | '%' | '\\'));
    if touched || !rest.starts_with(begins) {
        return None;
    }
    let len =
        network(rest).or_else(|| uuid(rest)).or_else(|| digest(rest)).or_else(|| clock(rest))?;
    let mut after = rest[len..].chars();
    let next = (after.next(), after.next());
    let ends = match next {
        (Some('.' | ':' | '-' | '/'), Some(char)) => !is_letter(char),
        (Some(char), _) => !is_letter(char),
        (None, _) => true,
    };
    ends.then_some(len)
}

/// A network (/24, /48): that is all the detector left of an address.
fn network(rest: &str) -> Option<usize> {
    let len = rest.find(|char: char| !char.is_ascii_hexdigit() && !matches!(char, '.' | ':'))?;
    let (address, suffix) = rest.split_at(len);
    let is_v4 = |ip: Ipv4Addr| ip.octets()[3] == 0 && suffix.starts_with("/24");
    let is_v6 = |ip: Ipv6Addr| {
        ip.segments()[3..].iter().all(|part| *part == 0) && suffix.starts_with("/48")
    };
    (address.parse().is_ok_and(is_v4) || address.parse().is_ok_and(is_v6)).then_some(len + 3)
}

/// RFC 9562.
fn uuid(rest: &str) -> Option<usize> {
    let uuid = rest.as_bytes().get(..36)?;
    let fits = |(n, byte): (usize, &u8)| match n {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    uuid.iter().enumerate().all(fits).then_some(36)
}

/// Digits and letters in lower case; bytes that are no readable text.
fn digest(rest: &str) -> Option<usize> {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let digest = &rest.as_bytes()[..rest.bytes().take_while(|byte| is_part(byte)).count()];
    let value = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0);
    let byte = |pair: &[u8]| value(pair[0]) << 4 | value(pair[1]);
    let odd = digest.chunks_exact(2).filter(|pair| !(0x20..0x7f).contains(&byte(pair))).count();
    let mixed = digest.iter().any(u8::is_ascii_digit) && digest.iter().any(u8::is_ascii_lowercase);
    (digest.len() >= DIGEST && mixed && odd * 8 >= digest.len() / 2).then_some(digest.len())
}

/// A time of the day, with its date before it or not (ISO 8601); a date alone, or at midnight, could be that of a birth.
fn clock(rest: &str) -> Option<usize> {
    let digits = |at: usize, count: usize| {
        let part = rest.as_bytes().get(at..at + count)?;
        part.iter().all(u8::is_ascii_digit).then_some(at + count)
    };
    let sign = |at: usize, sign: &[u8]| sign.contains(rest.as_bytes().get(at)?).then_some(at + 1);
    let date = || sign(digits(sign(digits(sign(digits(0, 4)?, b"-")?, 2)?, b"-")?, 2)?, b"T ");
    let start = date().unwrap_or(0);
    let mut end = digits(sign(digits(sign(digits(start, 2)?, b":")?, 2)?, b":")?, 2)?;
    if start > 0 && &rest[start..end] == "00:00:00" {
        return None; // a date all the same
    }
    if let Some(fraction) = sign(end, b".,") {
        let count = rest[fraction..].bytes().take_while(u8::is_ascii_digit).count();
        end = if (1..=9).contains(&count) { fraction + count } else { return None };
    }
    if let Some(zone) = sign(end, b"Z") {
        end = zone;
    } else if let Some(zone) = sign(end, b"+-").and_then(|at| digits(at, 2)) {
        end = digits(sign(zone, b":").unwrap_or(zone), 2)?;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_shapes_only() {
        for yes in [
            "203.0.113.0/24",
            "2001:db8::/48",
            "a3f2b1c4-0612-4111-8111-a11111111111",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6364188aedf55dd0",
            "20:32:46",
            "2026-11-21T20:32:46.197Z",
            "2026-11-21 20:32:46+01:00",
        ] {
            assert_eq!(len(yes, 0), Some(yes.len()), "{yes}");
            assert_eq!(len(&format!("({yes}). x"), 1), Some(yes.len()), "{yes}");
            assert_eq!(len(&format!("x{yes}"), 1), None, "{yes}");
            assert_eq!(len(&format!("{yes}x"), 0), None, "{yes}");
        }
        for no in [
            "203.0.113.7/24",
            "203.0.113.7",
            "06:12:34:56:78",
            "1985-03-12",
            "0612345678901234",
            "4a65616e204475706f6e74",
            "deadbeef",
            "abcdefabcdefabcdef",
            "20:32",
            "é",
            "",
        ] {
            assert_eq!(len(no, 0), None, "{no}");
        }
    }
}
