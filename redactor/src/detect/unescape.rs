//! Undoes one level of every encoding at once: percent (RFC 3986), `%uXXXX`, JSON and C escapes,
//! `\xHH` (nginx, Apache), HTML character references, full-width forms, invisible characters and
//! odd spaces. Quoted-printable is a view of its own: `=41` may also be a key's value.
//!
//! Invariant: a view is never longer than its source, so nesting stays linear. Bytes that are no
//! UTF-8 become U+FFFD.

use super::text::{Text, is_word};
use super::view::{Builder, View};

/// The first bytes of what [`decode`] may decode.
const LEADS: [bool; 256] = {
    let mut leads = [false; 256];
    let (bytes, mut n) = (b"%\\&\xC2\xE2\xE3\xEF", 0);
    while n < bytes.len() {
        leads[bytes[n] as usize] = true;
        n += 1;
    }
    leads
};

/// `text` with one level of escapes undone, if it has any.
pub(super) fn unescape(text: &str) -> Option<View> {
    if text.is_ascii() && memchr::memchr3(b'%', b'\\', b'&', text.as_bytes()).is_none() {
        return None;
    }
    let mut builder = Builder::new(text);
    let text = Text::new(text);
    let mut at = 0;
    while let Some(n) = text.bytes()[at..].iter().position(|byte| LEADS[usize::from(*byte)]) {
        at += n;
        at = match decode(text, at) {
            Some((len, with)) => {
                builder.replace(at..at + len, with);
                at + len
            }
            None => at + 1,
        };
    }
    builder.finish()
}

/// `text` with quoted-printable (RFC 2045 section 6.7) undone, if it has any. Letters and digits
/// are left: no encoder escapes them, but `page=41` looks like it.
pub(super) fn quoted_printable(text: &str) -> Option<View> {
    quoted(text, |_, _| true)
}

/// As [`quoted_printable`], but the `=` behind a key belongs to it: `device=3c=3A84=3A8e`. Only if there is such a key.
pub(super) fn quoted_values(text: &str) -> Option<View> {
    let mut ambiguous = false;
    let view = quoted(text, |text, at| {
        let start = text.run_back(at, 24, |byte| byte.is_ascii_alphabetic() || byte == b'_');
        let border = matches!(
            text.before(start, 1),
            0..=b' ' | b'&' | b'?' | b';' | b',' | b'"' | b'[' | b'(' | b'{'
        );
        let key = at - start >= 2 && border;
        ambiguous |= key;
        !key
    });
    view.filter(|_| ambiguous)
}

/// `text` with the escapes undone that `applies` to.
fn quoted(text: &str, mut applies: impl FnMut(Text<'_>, usize) -> bool) -> Option<View> {
    let mut builder = Builder::new(text);
    let text = Text::new(text);
    for at in memchr::memchr_iter(b'=', text.bytes()) {
        match byte_escape(text, at, b"=") {
            Some((len, char))
                if may_be_quoted(char) && !is_number(text, at) && applies(text, at) =>
            {
                builder.try_replace(at..at + len, char);
            }
            _ => {}
        }
    }
    builder.finish()
}

/// Would an encoder write `char` as `=XX`?
fn may_be_quoted(char: char) -> bool {
    !char.is_ascii_alphanumeric() && !char.is_control() && char != char::REPLACEMENT_CHARACTER
}

/// Is what follows the `=` at `at` the number of a key (`txn=2039114289`, `?page=24&`)?
fn is_number(text: Text<'_>, at: usize) -> bool {
    let end = text.run_within(at + 1, 5, |byte| byte.is_ascii_digit());
    let key = || text.run_back(at, 24, is_word);
    let in_query = || {
        matches!(text.at(end), b'&' | b'#' | 0)
            && matches!(text.before(key(), 1), b'?' | b'&')
            && key() < at
    };
    text.before(at, 1).is_ascii_alphabetic() && (end > at + 3 || end == at + 3 && in_query())
}

/// What is encoded at `at`: how many bytes it takes, and the character (none if invisible).
fn decode(text: Text<'_>, at: usize) -> Option<(usize, Option<char>)> {
    let (len, char) = match text.at(at) {
        b'%' if text.at(at + 1) == b'u' => (6, char_of(hex(text, at + 2, 4)?)),
        b'%' => byte_escape(text, at, b"%")?,
        b'\\' => backslash(text, at)?,
        b'&' => reference(text, at)?,
        _ => return fold(text, at),
    };
    Some((len, Some(char)))
}

/// One character written as escaped bytes of UTF-8: `lead` and two hex digits each.
fn byte_escape(text: Text<'_>, at: usize, lead: &[u8]) -> Option<(usize, char)> {
    let size = lead.len() + 2;
    let byte = |n: usize| {
        let at = at + n * size;
        let value =
            text.bytes().get(at..)?.starts_with(lead).then(|| hex(text, at + lead.len(), 2));
        u8::try_from(value??).ok()
    };
    let first = byte(0)?;
    let len = match first {
        0..0x80 => return Some((size, char::from(first))),
        0xC2..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF5 => 4,
        _ => return Some((size, char::REPLACEMENT_CHARACTER)),
    };
    let mut bytes = [first, 0, 0, 0];
    for (n, slot) in bytes.iter_mut().enumerate().take(len).skip(1) {
        *slot = byte(n).unwrap_or(0);
    }
    let char = std::str::from_utf8(&bytes[..len]).ok().and_then(|text| text.chars().next());
    Some(char.map_or((size, char::REPLACEMENT_CHARACTER), |char| (len * size, char)))
}

/// A backslash escape of JSON or C.
fn backslash(text: Text<'_>, at: usize) -> Option<(usize, char)> {
    Some(match text.at(at + 1) {
        char @ (b'"' | b'\'' | b'\\' | b'/') => (2, char::from(char)),
        b'n' | b'r' => (2, '\n'),
        b't' => (2, '\t'),
        b'x' => byte_escape(text, at, b"\\x")?,
        b'u' => {
            let first = hex(text, at + 2, 4)?;
            if (0xD800..0xDC00).contains(&first)
                && text.at(at + 6) == b'\\'
                && text.at(at + 7) == b'u'
                && let Some(second @ 0xDC00..0xE000) = hex(text, at + 8, 4)
            {
                (12, char_of(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)))
            } else {
                (6, char_of(first))
            }
        }
        _ => return None,
    })
}

/// References by name that matter to a detector.
const REFERENCES: [(&str, char); 19] = [
    ("amp;", '&'),
    ("lt;", '<'),
    ("gt;", '>'),
    ("quot;", '"'),
    ("apos;", '\''),
    ("nbsp;", ' '),
    ("commat;", '@'),
    ("period;", '.'),
    ("plus;", '+'),
    ("colon;", ':'),
    ("equals;", '='),
    ("sol;", '/'),
    ("num;", '#'),
    ("percnt;", '%'),
    ("lowbar;", '_'),
    ("hyphen;", '-'),
    ("dash;", '-'),
    ("Tab;", '\t'),
    ("NewLine;", '\n'),
];

/// An HTML character reference, by name or number; the semicolon of a number may be missing.
fn reference(text: Text<'_>, at: usize) -> Option<(usize, char)> {
    if text.at(at + 1) != b'#' {
        let rest = &text.bytes()[at + 1..];
        let (name, char) = REFERENCES.iter().find(|(name, _)| rest.starts_with(name.as_bytes()))?;
        return Some((1 + name.len(), *char));
    }
    let (from, radix) = if text.at(at + 2) | 0x20 == b'x' { (at + 3, 16) } else { (at + 2, 10) };
    let limit = (from + 7).min(text.len());
    let digits = text.bytes().get(from..limit)?;
    let digits = digits.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let code = u32::from_str_radix(text.slice(from..from + digits), radix).ok()?;
    let end = from + digits;
    Some((end + usize::from(text.at(end) == b';') - at, char_of(code)))
}

/// Full-width ASCII, spaces that are no space, and characters nobody sees.
fn fold(text: Text<'_>, at: usize) -> Option<(usize, Option<char>)> {
    let char = text.slice(at..text.len()).chars().next()?;
    let with = match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2010}'..='\u{2012}' => Some('-'),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{2064}' | '\u{feff}' => None,
        _ => return None,
    };
    Some((char.len_utf8(), with))
}

/// The value of `count` hex digits at `at`.
fn hex(text: Text<'_>, at: usize, count: usize) -> Option<u32> {
    let digits = text.bytes().get(at..at + count)?;
    digits.iter().try_fold(0, |value, byte| Some(value << 4 | char::from(*byte).to_digit(16)?))
}

fn char_of(code: u32) -> char {
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        unescape(text).map_or_else(|| text.into(), |view| view.text().into())
    }

    #[test]
    fn every_encoding_is_undone_by_one_level() {
        for (encoded, plain) in [
            ("jean%40x.fr", "jean@x.fr"),
            ("%2540", "%40"),
            ("%C3%A9t%c3%a9", "été"),
            ("%F0%9F%98%80", "😀"),
            ("%C3x%FF", "\u{fffd}x\u{fffd}"),
            ("%u0040 %u00e9", "@ é"),
            (r"a\u0040b\/\u00e9", "a@b/é"),
            (r"\ud83d\ude00 \ud83d", "😀 \u{fffd}"),
            (r#"\\u0040 \"x\""#, r#"\u0040 "x""#),
            (r"j\x40x \xC3\xA9", "j@x é"),
            ("a&#64;b&#x40;c&commat;d &amp;amp; &#64", "a@b@c@d &amp; @"),
            ("0６1２＠x", "0612@x"),
            ("a\u{200b}b\u{a0}c\u{ad}d\u{202f}e", "ab cd e"),
            ("line\\nend", "line\nend"),
        ] {
            assert_eq!(decoded(encoded), plain);
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in ["100% sure", "%4", "%zz", r"C:\Users\x", "a & b &#; &x;", "été – €", r"\u12"]
        {
            assert_eq!(decoded(text), text);
        }
    }

    #[test]
    fn quoted_printable_spares_values() {
        let view = quoted_printable("q=41&mail=jean=40x.fr =C3=A9").unwrap();
        assert_eq!(view.text(), "q=41&mail=jean@x.fr é");
        assert!(quoted_printable("a=1&page=41&b=zz").is_none());
        assert!(quoted_printable("/x?page=24&size=40").is_none());
        assert_eq!(quoted_printable("?to=ana=40x.fr&n=2C").unwrap().text(), "?to=ana@x.fr&n,");
        assert_eq!(quoted_values("(mac=3c=3A84=3A8e)").unwrap().text(), "(mac=3c:84:8e)");
        assert_eq!(quoted_values("device=3c=3A84=3A8e").unwrap().text(), "device=3c:84:8e");
        assert!(quoted_values("mail of jean.p=40x.fr").is_none());
    }
}
