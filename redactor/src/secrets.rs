//! Secrets by name and by place: fields called "password", and keys to an account inside free text (the
//! segment after `/reset-password/`, `/invite/`, …).
//!
//! Invariant: a path that the URL rules would strip is stripped wherever a text quotes it, with plain, JSON
//! (`\/`) or percent (`%2F`) slashes. In prose a segment must look like a key, so that source files such as
//! `Token/AbstractToken.php` stay readable. Place on the path: before the detector, on every text.

use crate::detect::Scanner;
use crate::url::{Keys, SECRET, looks_random};
use aho_corasick::AhoCorasick;
use memchr::memchr2;
use std::borrow::Cow;
use std::sync::LazyLock;

static CUES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(["reset", "confirm", "invit", "magic", "token", "verif", "activat", "reinit"])
        .expect("eight short patterns")
});

/// `text` with every key to an account replaced by `<secret>`.
pub(crate) fn without_path_keys(text: &str) -> Cow<'_, str> {
    // Without a slash, as it is or encoded, there is no path; that is quicker to see.
    if memchr2(b'/', b'%', text.as_bytes()).is_none() || !CUES.is_match(text) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    let mut keys: Option<Keys> = None;
    while at < text.len() {
        if let Some(slash) = slash(&text[at..]) {
            keys.get_or_insert_default();
            at += slash;
            continue;
        }
        let end = at + segment(&text[at..]);
        if end == at {
            keys = None;
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let part = &text[at..end];
        if keys.as_mut().is_some_and(|keys| keys.is_key(part)) && looks_like_key(part) {
            out.push_str(&text[copied..at]);
            out.push_str(SECRET);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// True for a secret's name, also as a part of a dotted path or of PHP's `user[password]`.
pub(crate) fn is_name(name: &str, scanner: &Scanner) -> bool {
    let nested = name.contains(['.', '[']);
    scanner.secret_name(name)
        || nested && name.split(['.', '[', ']']).any(|part| scanner.secret_name(part))
}

fn looks_like_key(segment: &str) -> bool {
    let extension = segment.rsplit_once('.').map(|(_, extension)| extension);
    let file = extension
        .is_some_and(|e| (2..=4).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_lowercase()));
    !file
        && (looks_random(segment)
            || segment.len() >= 6 && segment.bytes().any(|b| b.is_ascii_digit()))
}

/// Length of the slash the text begins with.
fn slash(text: &str) -> Option<usize> {
    ["/", "\\/", "%2F", "%2f"].into_iter().find(|s| text.starts_with(s)).map(str::len)
}

/// Length of the path segment the text begins with.
fn segment(text: &str) -> usize {
    let bytes = text.as_bytes();
    (0..bytes.len())
        .find(|&at| match bytes[at] {
            b'%' => text.get(at..).and_then(slash).is_some(),
            b => !b.is_ascii_alphanumeric() && !b"-._~=+@".contains(&b),
        })
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quoted_paths_lose_their_keys() {
        for (text, expected) in [
            ("GET /reset-password/2dfb8cc0448705b5 failed", "GET /reset-password/<secret> failed"),
            (r#""url":"\/invite\/ab12cd\/x""#, r#""url":"\/invite\/<secret>\/x""#),
            ("next=%2Fmagic%2Fab12cd34&a=1", "next=%2Fmagic%2F<secret>&a=1"),
            (
                "Security/Core/Token/AbstractToken.php:12",
                "Security/Core/Token/AbstractToken.php:12",
            ),
            ("/srv/Token/Php8UserToken12.php", "/srv/Token/Php8UserToken12.php"),
            ("reset/2dfb8cc0448705b5", "reset/2dfb8cc0448705b5"),
            ("/users/2dfb8cc0448705b5", "/users/2dfb8cc0448705b5"),
        ] {
            assert_eq!(without_path_keys(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_passes_and_twice_is_once(text in "([\\PC]|/reset/|%2F|ab12cd34){0,60}") {
            let once = without_path_keys(&text).into_owned();
            prop_assert_eq!(without_path_keys(&once), once.clone());
        }
    }
}
