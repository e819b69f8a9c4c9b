//! Base64 tokens (RFC 4648, both alphabets) and the text inside.
//!
//! Invariant: a token is decoded at most three times (whole, between slashes, between all marks),
//! and no further than its beginning if that is no text. Whatever is found inside, the whole piece
//! is the finding.

use super::shape::{Kind, Shape};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::ops::Range;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
/// The standard alphabet, with or without padding.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// Characters a token must have at least, without padding: nine bytes.
pub(super) const SHORTEST: usize = 12;
/// The same where only what is known is looked for: six bytes.
pub(super) const SHORTEST_KNOWN: usize = 6;
/// Characters that tell whether a token holds text: 48 bytes.
const PROBE: usize = 64;

/// Calls `each` with every token, padding included, and the text it holds. `known` tells which
/// tokens need no look; `shortest` is their least length.
pub(super) fn each_text(
    text: &str,
    shape: &Shape,
    shortest: usize,
    known: impl Fn(Range<usize>) -> bool,
    mut each: impl FnMut(Range<usize>, &str),
) {
    for token in tokens(text, shape, shortest) {
        if !is_mixed(&text.as_bytes()[token.clone()]) || known(token.clone()) {
            continue;
        }
        let whole = std::iter::once(token.clone());
        if decode_pieces(text, whole, shortest, &mut each) {
            continue;
        }
        for marks in [b"/".as_slice(), b"/+-_"] {
            let cut = text.as_bytes()[token.clone()].iter().any(|byte| marks.contains(byte));
            let pieces = pieces(text.as_bytes(), token.clone(), marks);
            if cut && decode_pieces(text, pieces, shortest, &mut each) {
                break;
            }
        }
    }
}

/// Decodes each piece that is long enough; true if one held text.
fn decode_pieces(
    text: &str,
    pieces: impl Iterator<Item = Range<usize>>,
    shortest: usize,
    each: &mut impl FnMut(Range<usize>, &str),
) -> bool {
    let mut any = false;
    for piece in pieces.filter(|piece| piece.len() >= shortest) {
        if let Some(inside) = decode(&text.as_bytes()[piece.clone()]) {
            any = true;
            let padding = text.as_bytes()[piece.end..].iter().take_while(|byte| **byte == b'=');
            each(piece.start..piece.end + padding.take(2).count(), &inside);
        }
    }
    any
}

/// Runs of at least `shortest` characters of either alphabet.
fn tokens(text: &str, shape: &Shape, shortest: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(start) = shape.next(Kind::Base64, at..text.len()) {
            at = shape.end(Kind::Base64, start);
            if at - start >= shortest {
                return Some(start..at);
            }
        }
        None
    })
}

/// The parts of `token` between `marks`.
fn pieces(bytes: &[u8], token: Range<usize>, marks: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = token.start;
    std::iter::from_fn(move || {
        (at < token.end).then(|| {
            let part = &bytes[at..token.end];
            let len = part.iter().position(|byte| marks.contains(byte)).unwrap_or(part.len());
            let piece = at..at + len;
            at += len + 1;
            piece
        })
    })
}

/// Text in base64 has capitals, and small letters or digits too; most digests, ids and paths have not.
fn is_mixed(token: &[u8]) -> bool {
    let other = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    token.iter().any(u8::is_ascii_uppercase) && token.iter().any(other)
}

/// The text in `token`, if it is text.
fn decode(token: &[u8]) -> Option<String> {
    if !may_be_text(&token[..token.len().min(PROBE)]) {
        return None;
    }
    let url_safe = token.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe { &URL_SAFE } else { &LENIENT };
    // A last character that encodes no whole byte: the token was cut.
    let token = &token[..token.len() - usize::from(token.len() % 4 == 1)];
    let mut probe = [0; PROBE];
    let len = engine.decode_slice(&token[..token.len().min(PROBE)], &mut probe).ok()?;
    if !is_text(&probe[..len]) {
        return None;
    }
    let bytes = engine.decode(token).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Could the bytes in `token` be text? Counts bytes that cannot: of each four characters the first is
/// the upper six bits of a byte, and the third tells whether the byte before the next is ASCII. Most
/// words and ids fail here.
fn may_be_text(token: &[u8]) -> bool {
    let most = token.len() * 3 / 4 / 8;
    let (mut odd, mut ascii) = (0, true);
    for quad in token.chunks(4) {
        odd += match SEXTETS[usize::from(quad[0])] {
            0 | 1 | 4..8 => 1,    // a control character
            32..48 if ascii => 1, // continues no character
            _ => 0,
        };
        if odd > most {
            return false;
        }
        ascii = quad.get(2).is_none_or(|third| SEXTETS[usize::from(*third)] & 2 == 0);
    }
    true
}

/// What a character of either alphabet stands for.
const SEXTETS: [u8; 256] = {
    let mut sextets = [63; 256];
    let (mut n, bytes) = (0, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+");
    while n < bytes.len() {
        sextets[bytes[n] as usize] = n as u8;
        n += 1;
    }
    sextets[b'-' as usize] = 62;
    sextets
};

/// Nearly all bytes are UTF-8 and no rare control characters.
fn is_text(bytes: &[u8]) -> bool {
    let odd = |char: &char| char.is_control() && !char.is_ascii_whitespace();
    let chunks = bytes.utf8_chunks();
    let odd = chunks.map(|chunk| chunk.valid().chars().filter(odd).count() + chunk.invalid().len());
    odd.sum::<usize>() * 8 <= bytes.len()
}

/// Is `byte` a character of either alphabet?
pub(super) const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, String)> {
        let mut found = Vec::new();
        each_text(
            text,
            &Shape::of(text),
            SHORTEST,
            |_| false,
            |range, inside| found.push((&text[range], inside.to_owned())),
        );
        found
    }

    #[test]
    fn tokens_are_found_between_anything() {
        let plain = "mail=jean.dupont@x.fr?>";
        let token = "bWFpbD1qZWFuLmR1cG9udEB4LmZyPz4=";
        assert_eq!(LENIENT.decode(token).unwrap(), plain.as_bytes());
        for text in [
            token.to_owned(),
            format!("state={token}&x"),
            format!("/api/callback/{token}/x"),
            format!("\"{token}\""),
            format!("id-{token}"),
            format!("a {token} b"),
        ] {
            assert_eq!(found(&text), [(token, plain.to_owned())], "{text}");
        }
        let cut = &token[..token.len() - 3];
        assert_eq!(found(cut)[0].0, cut);
        let safe = URL_SAFE.encode("x?>?>?>?>jean@x.fr");
        assert!(safe.contains('_') || safe.contains('-'));
        assert_eq!(found(&safe).len(), 1);
    }

    #[test]
    fn other_runs_hold_no_text() {
        for text in [
            "d41d8cd98f00b204e9800998ecf8427e",
            "short",
            "OrderServiceControllerTest",
            "/api/v2/orders/something/else",
            "a3f2b1c4-0612-4111-8111-a11111111111",
            "4111111111111111",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
