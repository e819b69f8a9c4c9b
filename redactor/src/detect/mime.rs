//! Words of mail headers in other character sets (RFC 2047): `=?utf-8?Q?J=C3=B6rg?=`.
//!
//! Invariant: a word is decoded whole, and whatever is found in it takes all of it away; the view is no longer than its
//! source. Place on the path: a view of its own, where there are such words.

use super::view::{Builder, View};
use base64::Engine as _;
use std::ops::Range;

/// Bytes of an encoded word; RFC 2047 allows 75.
const LONGEST: usize = 128;

/// `text` with its encoded words decoded, and what stands between two of them left out, if there are any.
pub(super) fn encoded_words(text: &str) -> Option<View> {
    let mut builder = Builder::new(text);
    let mut end = None;
    let mut copied = 0;
    for start in memchr::memmem::find_iter(text.as_bytes(), b"=?") {
        if start < copied {
            continue;
        }
        let Some((word, plain)) = encoded_word(text, start) else { continue };
        if let Some(end) = end.filter(|end| *end < start && is_blank(&text[*end..start])) {
            builder.replace(end..start, None);
        }
        (end, copied) = (Some(word.end), word.end);
        builder.replace_by(word, &plain);
    }
    builder.finish()
}

fn is_blank(between: &str) -> bool {
    between.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// The encoded word at `start`, and what it says.
fn encoded_word(text: &str, start: usize) -> Option<(Range<usize>, String)> {
    let rest = &text[start + 2..text.floor_char_boundary(text.len().min(start + LONGEST))];
    let mut parts = rest.splitn(3, '?');
    let (charset, encoding, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*');
    if charset.is_empty() || !charset.bytes().all(name) {
        return None;
    }
    let encoded = &encoded[..encoded.find("?=")?];
    let bytes = match encoding {
        "q" | "Q" => quoted(encoded),
        "b" | "B" => super::packed::LENIENT.decode(encoded).ok()?,
        _ => return None,
    };
    let plain = text_of(charset, &bytes);
    let len = 2 + charset.len() + 3 + encoded.len() + 2;
    (plain.len() <= len).then(|| (start..start + len, plain))
}

/// The encoding "Q": as quoted-printable, with the underscore for a space.
fn quoted(encoded: &str) -> Vec<u8> {
    let bytes = encoded.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let escaped = hex(at + 1).zip(hex(at + 2)).filter(|_| *byte == b'=');
        let code = escaped.and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
        at += if code.is_some() { 3 } else { 1 };
        out.push(code.unwrap_or(if *byte == b'_' { b' ' } else { *byte }));
    }
    out
}

/// Bytes of UTF-8 as text; those of another set as Latin-1, which has the letters of most.
fn text_of(charset: &str, bytes: &[u8]) -> String {
    let utf8 = charset.len() >= 5 && charset.as_bytes()[..5].eq_ignore_ascii_case(b"utf-8");
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        encoded_words(text).map(|view| view.text().to_owned())
    }

    #[test]
    fn words_are_decoded_and_joined() {
        for (text, plain) in [
            ("x =?UTF-8?q?Bj=C3=B6rn_Ahl?= y", "x Björn Ahl y"),
            ("=?iso-8859-1?Q?Zo=EB?=", "Zoë"),
            ("=?utf-8?B?QsO2c3M=?=", "Böss"),
            ("=?utf-8?B?QsO2c3M?=", "Böss"),
            ("=?utf-8?Q?a?=\r\n =?utf-8?Q?_b?= =c", "a b =c"),
            ("=?us-ascii*en?Q?a=zz=4?=", "a=zz=4"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(plain), "{text}");
        }
        for text in ["a=?b", "=?utf-8?Q?open", "=?utf-8?X?a?=", "=??Q?a?=", "=?a b?Q?x?=", "é=?é?"]
        {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    #[test]
    fn names_and_addresses_in_headers_go() {
        for (text, clear) in [
            ("Subject: =?utf-8?Q?Bj=C3=B6rn_Ahl?= wrote", "Subject: <name> wrote"),
            ("Cc: =?utf-8?Q?zo=C3=AB=40x.example?=, y", "Cc: <email>, y"),
            ("To: =?utf-8?Q?Bj=C3=B6rn?=\n =?utf-8?Q?_Ahl?= x", "To: <name> x"),
            ("Subject: =?utf-8?Q?Votre_num=C3=A9ro_06_12_34_56_78?=", "Subject: <phone>"),
        ] {
            assert_eq!(masked(text), clear);
        }
        for text in [
            "Subject: =?utf-8?Q?Votre_commande_exp=C3=A9di=C3=A9e?=",
            "Subject: =?UTF-8?B?UmVjaG51bmcgZsO8ciBNw6Ryeg==?=",
            "a =?= b",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
