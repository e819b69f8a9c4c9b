//! Values in brackets: which of the strings in a list or an object under a telling key are to be hidden.
//!
//! Invariant: brackets, keys and what stands outside the strings stay as they are; under a key that says "secret"
//! every string goes, unless its own key only describes it (`token_ttl`, `scope`). Place on the path: asked by
//! `examine` for a value that begins with a bracket.

use super::names::{Kind, Names};
use super::text::{Text, is_word};
use super::validator;
use super::value::quoted;
use super::wordlist::WordList;
use std::ops::Range;

/// Keys in an object under a secret's key whose values describe the secret.
static DESCRIBING: WordList<128> = WordList::new(
    "type ttl expires expiry expiration exp expired lifetime duration iat nbf created issued updated scope scopes policies roles \
    role format version algorithm alg length size count status enabled active provider method kind valid renewable",
);

/// Keys in an object under a word for a part of software (`session`, `auth`) whose values are the secret itself.
static ITSELF: WordList<64> = WordList::new(
    "id value key data ticket handle hash cookie raw basic bearer uuid guid uid jti sess code",
);

/// How a list or an object ends.
pub(super) enum Closed {
    /// Behind its closing bracket.
    At(usize),
    /// Behind its closing bracket, where no list ends: `{abc}def`.
    GoesOn(usize),
    /// There is another in it, which has keys of its own.
    Nested,
    /// Not before the text.
    Never,
}

/// The end of the list or object that opens at `open`; unless it may be `deep`, of a list without further brackets.
pub(super) fn bracketed(text: Text<'_>, open: usize, deep: bool) -> Closed {
    let (mut depth, mut string, mut escaped) = (0u32, false, false);
    for (n, byte) in text.bytes()[open..].iter().enumerate() {
        match byte {
            b'"' if !escaped => string = !string,
            b'[' | b'{' if !string => {
                depth += 1;
                if !deep && (depth > 1 || *byte == b'{') {
                    return Closed::Nested;
                }
            }
            b']' | b'}' if !string => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = *byte == b'\\' && !escaped;
        if depth == 0 {
            let end = open + n + 1;
            let next = text.at(end);
            return if is_word(next) || next >= 0x80 {
                Closed::GoesOn(end)
            } else {
                Closed::At(end)
            };
        }
    }
    Closed::Never
}

/// Calls `each` with every value in `whole`, a list or an object, and the key before it.
pub(super) fn each(text: Text<'_>, whole: Range<usize>, mut each: impl FnMut(&str, Range<usize>)) {
    // Of the brackets around `at` the innermost is the lowest bit, set for an object.
    let (mut objects, mut keyed, mut key, mut at) = (0u64, false, 0..0, whole.start);
    while at < whole.end {
        let start = text.run(at, |byte| byte == b'\\').min(whole.end);
        let byte = text.at(start);
        let (value, end) = match byte {
            b'[' | b'{' => {
                objects = objects << 1 | u64::from(byte == b'{');
                (keyed, at) = (false, start + 1);
                continue;
            }
            b']' | b'}' => {
                objects >>= 1;
                // What follows has no key of its own, or one that is still to come.
                (key, keyed, at) = (0..0, false, start + 1);
                continue;
            }
            0..=b' ' | b',' | b':' | b'>' | b'=' => {
                if byte == b',' && objects & 1 == 1 {
                    key = 0..0;
                }
                (keyed, at) = (keyed && byte != b',', start + 1);
                continue;
            }
            b'"' | b'\'' => {
                let value = quoted(text, start + 1, byte, start - at);
                let value = value.start..value.end.min(whole.end);
                let end = value.end + (start - at) + 1;
                (value, end)
            }
            _ => {
                let key = objects & 1 == 1 && !keyed;
                let end = text.run(start, |byte| !ends_bare(byte, key)).min(whole.end);
                let end = end.max(text.ceil(start + 1));
                (start..start + text.slice(start..end).trim_end().len(), end)
            }
        };
        let quotes = matches!(byte, b'"' | b'\'');
        if !keyed && (quotes || objects & 1 == 1) && ends_key(text, end) {
            (key, keyed) = (value, true);
        } else {
            each(text.slice(key.clone()), value);
        }
        at = end;
    }
}

const fn ends_bare(byte: u8, key: bool) -> bool {
    matches!(byte, b',' | b']' | b'}' | b'\n' | b'"') || key && matches!(byte, b':' | b'=')
}

/// Does a separator follow at `at`?
fn ends_key(text: Text<'_>, at: usize) -> bool {
    let next = text.run(at, |byte| byte.is_ascii_whitespace());
    matches!(text.at(next), b':' | b'=')
}

/// Is `value`, under `key` in a list or an object whose own key is of this `kind`, one to hide?
pub(super) fn is_hidden(kind: Kind, key: &str, value: &str, names: &Names) -> bool {
    match kind {
        Kind::Session => {
            let itself = names.last_is_in(key, &ITSELF) && !is_id_of_other(key, names);
            key.is_empty() || itself || is_token(value)
        }
        _ => {
            !names.last_is_in(key, &DESCRIBING)
                && !is_moment(key, value)
                && !validator::is_sentence(value, kind.is_secret())
        }
    }
}

/// `entity_id`, `requestId`: of something else than the session.
fn is_id_of_other(key: &str, names: &Names) -> bool {
    let whose = key.strip_suffix("_id").or_else(|| key.strip_suffix("Id"));
    whose.is_some_and(|whose| !whose.is_empty() && names.kind(whose).is_none())
}

/// `rotated_at`, `expiresIn`: when something was done to a secret, or for how long it holds.
fn is_moment(key: &str, value: &str) -> bool {
    let named = key.ends_with("_at") || key.ends_with("At") || key.starts_with("expir");
    let part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'T' | b'Z');
    let date = value.len() >= 10 && value.bytes().filter(|byte| *byte == b'-').count() == 2;
    let number = value.bytes().all(|byte| byte.is_ascii_digit());
    let counted = number && (value.len() <= 4 || matches!(value.len(), 10 | 13)); // an hour, seconds since 1970
    key.len() > 4 && named && value.bytes().all(part) && (date || counted)
}

/// Letters and digits mixed, as no word is, and no UUID.
fn is_token(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    let uuid = super::code::is_uuid(Text::new(value), 0);
    value.len() >= 16
        && !value.contains(' ')
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !uuid
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn only_the_strings_in_brackets_go() {
        for (text, clear) in [
            (
                r#"{"Authorization":["Bearer x9kk2"],"Dnt":["1"]}"#,
                r#"{"Authorization":["<authorization>"],"Dnt":["1"]}"#,
            ),
            (
                r#"{"token":{"A\\B":"x(y)"},"zone":"main"}"#,
                r#"{"token":{"A\\B":"<secret>"},"zone":"main"}"#,
            ),
            (
                r#"{"password":["a",{"b":"]x"}],"x":1}"#,
                r#"{"password":["<secret>",{"b":"<secret>"}],"x":1}"#,
            ),
            (
                r#"{"secret":{"db":1234,"ttl":60,"a":{"type":"kv"}}}"#,
                r#"{"secret":{"db":<secret>,"ttl":60,"a":{"type":"kv"}}}"#,
            ),
            (
                r#"x {\"token\":[\"k9\",\"k8\"]} y"#,
                r#"x {\"token\":[\"<secret>\",\"<secret>\"]} y"#,
            ),
            (
                "{:token=>{:a=>\"x\", :b=>nil}, :c=>1}",
                "{:token=>{:a=>\"<secret>\", :b=>nil}, :c=>1}",
            ),
            ("secret: [one, two: 3] end", "secret: [<secret>, <secret>] end"),
            (r#"{"emails":["a@x.fr","b@x.fr"]}"#, r#"{"emails":["<email>","<email>"]}"#),
            (r#"{"surname":["Ott","Kahn"]}"#, r#"{"surname":["<name>","<name>"]}"#),
        ] {
            assert_eq!(masked(text), clear);
            assert_eq!(masked(clear), clear);
        }
    }

    #[test]
    fn what_is_no_list_goes_as_a_whole() {
        for (text, clear) in [
            ("password=[abc next", "password=<secret>"),
            ("password={ab}cd9 next", "password=<secret> next"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn a_session_is_told_by_the_keys_in_it() {
        for (text, clear) in [
            (
                r#"{"auth":{"client_token":"k2","policies":["web"],"lease":60}}"#,
                r#"{"auth":{"client_token":"<secret>","policies":["web"],"lease":60}}"#,
            ),
            (
                r#"{"session":{"id":"k2","locale":"fr"}}"#,
                r#"{"session":{"id":"<secret>","locale":"fr"}}"#,
            ),
            (r#"{"session":{"x":"k29zz81jk44hjs0q"}}"#, r#"{"session":{"x":"<secret>"}}"#),
            (r#"{"sess":["k2"]}"#, r#"{"sess":["<secret>"]}"#),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn a_sentence_with_somebodys_word_goes() {
        for (text, clear) in [
            (r#"{"surname":["ott is not valid"]}"#, r#"{"surname":["<name>"]}"#),
            (r#"{"phone":["the number 0441 89741 is invalid"]}"#, r#"{"phone":["<phone>"]}"#),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn what_a_validator_says_stays() {
        for text in [
            r#"{"errors":{"password":["The password field is required."]}}"#,
            r#"{"errors":{"email":["has already been taken"],"last_name":["can't be blank"]}}"#,
            r#"{"pin":["doit être valide."]}"#,
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
