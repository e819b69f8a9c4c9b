//! A request target taken apart (RFC 9112, section 3.2), and put together again without its secrets.
//!
//! Invariant: any text can be split; what has no path stays whole in `odd` and never reaches the clear part.
//! A path segment that follows "reset", "confirm", "invite", "magic" or "token" is a key to an account: it
//! exists nowhere after this point. Place on the path: before `path` and `query`.

use crate::judge::Judge;
use crate::{query, wipe};
use memchr::memchr;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// What stands where a secret was.
pub(crate) const SECRET: &str = "<secret>";

/// Which parts of a target hold no secret, as far as that is known before.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NoSecrets {
    pub(crate) path: bool,
    pub(crate) query: bool,
}

/// What became of a part of a target on its way into the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cleared {
    /// Something got lost that is no secret.
    pub(crate) lost: bool,
    /// All of it was seen, and nothing in it is a secret.
    pub(crate) no_secrets: bool,
}

/// The parts of a request target, as received.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Url<'a> {
    /// `https://user@host:8443` of the absolute form.
    pub(crate) prefix: &'a str,
    /// From the first slash to the query; `*` for the asterisk form.
    pub(crate) path: &'a str,
    /// Between `?` and `#`.
    pub(crate) query: Option<&'a str>,
    /// After `#`.
    pub(crate) fragment: Option<&'a str>,
    /// A target without a path: `host:443` of CONNECT, or no target at all.
    pub(crate) odd: &'a str,
}

impl<'a> Url<'a> {
    pub(crate) fn split(url: &'a str) -> Self {
        let (prefix, rest) = url.split_at(prefix_len(url));
        if prefix.is_empty() && !rest.starts_with(['/', '?']) && rest != "*" {
            return Self { odd: url, ..Self::default() };
        }
        let (rest, fragment) = cut_long(rest, b'#');
        let (path, query) = cut_long(rest, b'?');
        Self { prefix, path, query, fragment, odd: "" }
    }

    /// The host of the absolute form, without user and port.
    pub(crate) fn host(&self) -> Option<&'a str> {
        let (_scheme, authority) = self.prefix.split_once("://")?;
        let host = authority.rsplit_once('@').map_or(authority, |(_user, host)| host);
        Some(without_port(host))
    }

    /// The path with its escapes undone, for rules of the configuration.
    pub(crate) fn decoded_path(&self) -> Cow<'a, str> {
        decoded(self.path)
    }

    /// The URL as received, without segments and parameters that are secrets. `params` names further
    /// segments by value; `known` spares a second look. Returns how many were left out.
    pub(crate) fn without_secrets(
        &self,
        judge: &mut Judge,
        params: &[&str],
        known: NoSecrets,
        out: &mut String,
    ) -> u64 {
        let mut left_out = 0;
        wipe::push(out, self.odd);
        wipe::push(out, self.prefix);
        if known.path && params.is_empty() {
            wipe::push(out, self.path);
        } else {
            left_out += self.path_without_secrets(params, out);
        }
        if let Some(query) = self.query {
            wipe::push(out, "?");
            if known.query {
                wipe::push(out, query);
            } else {
                left_out += query::without_secrets(query, judge, out);
            }
        }
        if let Some(fragment) = self.fragment {
            wipe::push(out, "#");
            left_out += query::without_secrets(fragment, judge, out);
        }
        left_out
    }

    fn path_without_secrets(&self, params: &[&str], out: &mut String) -> u64 {
        let mut left_out = 0;
        let mut keys = Keys::default();
        for (n, segment) in pieces(self.path, b'/').enumerate() {
            if n > 0 {
                wipe::push(out, "/");
            }
            let plain = decoded(segment);
            if keys.is_key(&plain) || !plain.is_empty() && params.contains(&&*plain) {
                wipe::push(out, SECRET);
                left_out += 1;
            } else {
                wipe::push(out, segment);
            }
        }
        left_out
    }
}

/// Escapes undone, whatever they stand for.
fn decoded(text: &str) -> Cow<'_, str> {
    if memchr(b'%', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text).decode_utf8_lossy()
}

/// As [`str::split`] at an ASCII character, but quick for texts of a few bytes.
pub(crate) fn pieces(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (piece, after) = cut(rest?, at);
        rest = after;
        Some(piece)
    })
}

/// Host without its port, brackets kept.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// As [`cut`], but quick for longer texts.
fn cut_long(text: &str, at: u8) -> (&str, Option<&str>) {
    match memchr(at, text.as_bytes()) {
        Some(end) => (&text[..end], Some(&text[end + 1..])),
        None => (text, None),
    }
}

/// What stands before the first `at`, an ASCII character, and after it.
pub(crate) fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == at) {
        Some(end) => (&text[..end], Some(&text[end + 1..])),
        None => (text, None),
    }
}

/// Length of `scheme://authority`, 0 when there is none.
fn prefix_len(url: &str) -> usize {
    if url.starts_with('/') {
        return 0;
    }
    let Some(colon) = url.find("://") else { return 0 };
    let scheme = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
    if colon == 0 || !url[..colon].chars().all(scheme) {
        return 0;
    }
    let authority = colon + 3;
    url[authority..].find(['/', '?', '#']).map_or(url.len(), |end| authority + end)
}

/// Walks the segments of one path and says which are keys to an account.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    next: bool,
    later: bool,
}

impl Keys {
    /// True when `segment`, the next one of the path, is a key.
    pub(crate) fn is_key(&mut self, segment: &str) -> bool {
        if segment.is_empty() {
            return false;
        }
        let key = self.next || self.later && looks_random(segment);
        self.next = announces(segment);
        self.later |= self.next;
        key
    }
}

/// True when a segment announces a key: one of its words is reset, confirm, invite, magic, token or alike.
pub(crate) fn announces(segment: &str) -> bool {
    let begins = |text: &[u8], stem: &str| {
        text.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem.as_bytes()))
    };
    let any = |text: &[u8]| stems(text).iter().any(|stem| begins(text, stem));
    segment.len() >= SHORTEST
        && segment.as_bytes().windows(2).any(may_begin)
        && words(segment).any(|word| {
            let end = word.as_bytes().get(word.len().saturating_sub(5)..).unwrap_or_default();
            any(word.as_bytes()) || begins(end, "reset") || begins(end, "token")
        })
}

/// Length of the shortest stem.
const SHORTEST: usize = 5;

/// Most segments hold no stem's first two letters anywhere: then their words need not be told apart.
fn may_begin(pair: &[u8]) -> bool {
    let second = match pair[0] | 0x20 {
        b'a' => b'c',
        b'c' | b't' => b'o',
        b'i' => b'n',
        b'm' => b'a',
        b'r' | b'v' => b'e',
        _ => return false,
    };
    pair[1] | 0x20 == second
}

/// The stems of announcing words that may begin here.
fn stems(text: &[u8]) -> &'static [&'static str] {
    match text.first() {
        Some(b'a' | b'A') => &["activat"],
        Some(b'c' | b'C') => &["confirm"],
        Some(b'i' | b'I') => &["invit"],
        Some(b'm' | b'M') => &["magic"],
        Some(b'r' | b'R') => &["reset", "reinit"],
        Some(b't' | b'T') => &["token"],
        Some(b'v' | b'V') => &["verif"],
        _ => &[],
    }
}

/// At least 16 characters of an id's alphabet with a digit, or 32 without.
pub(crate) fn looks_random(segment: &str) -> bool {
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || b"_-~.=".contains(&b);
    segment.len() >= 16
        && segment.bytes().all(alphabet)
        && (segment.len() >= 32 || segment.bytes().any(|b| b.is_ascii_digit()))
}

/// Words of an identifier: split at anything but letters and digits, and before a capital (`resetPassword`).
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let camel = rest
                .as_bytes()
                .windows(2)
                .position(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
            let (word, after) = rest.split_at(camel.map_or(rest.len(), |at| at + 1));
            rest = after;
            Some(word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(url: &str) -> String {
        let mut out = String::new();
        Url::split(url).without_secrets(&mut Judge::new(), &[], NoSecrets::default(), &mut out);
        out
    }

    #[test]
    fn every_form_of_a_target() {
        let parts = |url| {
            let url = Url::split(url);
            (url.host(), url.path, url.query, url.odd)
        };
        assert_eq!(
            parts("http://a:1@www.ex.fr:80/p?q#f"),
            (Some("www.ex.fr"), "/p", Some("q"), "")
        );
        assert_eq!(parts("//double//slash"), (None, "//double//slash", None, ""));
        assert_eq!(parts("invalid-host:///x"), (Some(""), "/x", None, ""));
        assert_eq!(parts("https://h?x"), (Some("h"), "", Some("x"), ""));
        assert_eq!(parts("http://[::1]:8080/"), (Some("[::1]"), "/", None, ""));
        assert_eq!(parts("*"), (None, "*", None, ""));
        assert_eq!(parts("host:443"), (None, "", None, "host:443"));
        assert_eq!(parts(""), (None, "", None, ""));
        assert_eq!(parts("/a://b"), (None, "/a://b", None, ""));
    }

    #[test]
    fn keys_to_an_account_are_left_out() {
        for (url, expected) in [
            ("/reset-password/2dfb8cc0448705b5e9aba82e", "/reset-password/<secret>"),
            ("/password/reset/confirm/x/edit", "/password/reset/<secret>/<secret>/edit"),
            ("/en/invite/accept/2dfb8cc0448705b5", "/en/invite/<secret>/<secret>"),
            ("/magicLink/abc?a=1", "/magicLink/<secret>?a=1"),
            ("/%72eset/abc", "/%72eset/<secret>"),
            ("/reset//abc", "/reset//<secret>"),
            ("/a?b=1&password=x&c=2", "/a?b=1&c=2"),
            ("/a?user[password]=x", "/a?"),
            ("/cb#token=x&state=1", "/cb#state=1"),
            ("/presets/5", "/presets/5"),
        ] {
            assert_eq!(clean(url), expected);
        }
    }

    #[test]
    fn what_announces_a_key() {
        for yes in
            ["reset", "passwordReset", "presets/reset", "myToken", "x-CONFIRMATION", "verify"]
        {
            assert!(announces(yes), "{yes}");
        }
        for no in ["", "presets", "resultset", "betokened", "tok", "activ", "é"] {
            assert!(!announces(no), "{no}");
        }
    }

    #[test]
    fn words_of_identifiers() {
        let all: Vec<_> = words("resetPassword_v2.showAll").collect();
        assert_eq!(all, ["reset", "Password", "v2", "show", "All"]);
    }

    proptest! {
        #[test]
        fn pieces_are_what_split_finds(text in "(é|[/ab]){0,9}") {
            prop_assert!(pieces(&text, b'/').eq(text.split('/')));
        }

        #[test]
        fn any_text_splits_and_joins(url in "(\\PC*|[a-z]*://)?[/a-z:@%?#&=.\\u{80}-\\u{90}]*") {
            let parts = Url::split(&url);
            let mut joined = format!("{}{}{}", parts.odd, parts.prefix, parts.path);
            for (mark, part) in [('?', parts.query), ('#', parts.fragment)] {
                if let Some(part) = part {
                    joined.push(mark);
                    joined.push_str(part);
                }
            }
            prop_assert_eq!(joined, url.clone());
            clean(&url);
        }
    }
}
