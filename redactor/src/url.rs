//! A request target taken apart (RFC 9112, section 3.2), and put together again without its secrets.
//!
//! Invariant: any text can be split; what has no path stays whole in `odd` and never reaches the clear part.
//! A path segment that follows "reset", "confirm", "invite", "magic" or "token" is a key to an account: it
//! exists nowhere after this point. Place on the path: before `path` and `query`.

use crate::judge::Judge;
use crate::query;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// What stands where a secret was.
pub(crate) const SECRET: &str = "<secret>";

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
        let (rest, fragment) = split(rest, '#');
        let (path, query) = split(rest, '?');
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
        percent_decode_str(self.path).decode_utf8_lossy()
    }

    /// The URL as received, without segments and parameters that are secrets. `params` names further
    /// segments by value. Returns how many were left out.
    pub(crate) fn without_secrets(
        &self,
        judge: &mut Judge,
        params: &[&str],
        out: &mut String,
    ) -> u64 {
        let mut left_out = 0;
        out.push_str(self.odd);
        out.push_str(self.prefix);
        let mut keys = Keys::default();
        for (n, segment) in self.path.split('/').enumerate() {
            if n > 0 {
                out.push('/');
            }
            let plain = percent_decode_str(segment).decode_utf8_lossy();
            if keys.is_key(&plain) || !plain.is_empty() && params.contains(&&*plain) {
                out.push_str(SECRET);
                left_out += 1;
            } else {
                out.push_str(segment);
            }
        }
        if let Some(query) = self.query {
            out.push('?');
            left_out += query::without_secrets(query, judge, out);
        }
        if let Some(fragment) = self.fragment {
            out.push('#');
            left_out += query::without_secrets(fragment, judge, out);
        }
        left_out
    }
}

/// Host without its port, brackets kept.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
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
    words(segment).any(|word| {
        let word = word.as_bytes();
        let stems: &[&str] = match word.first().map(u8::to_ascii_lowercase) {
            Some(b'a') => &["activat"],
            Some(b'c') => &["confirm"],
            Some(b'i') => &["invit"],
            Some(b'm') => &["magic"],
            Some(b'r') => &["reset", "reinit"],
            Some(b't') => &["token"],
            Some(b'v') => &["verif"],
            _ => &[],
        };
        let is = |part: Option<&[u8]>, stem: &str| {
            part.is_some_and(|part| part.eq_ignore_ascii_case(stem.as_bytes()))
        };
        let end = word.len().checked_sub(5).and_then(|from| word.get(from..));
        stems.iter().any(|stem| is(word.get(..stem.len()), stem))
            || is(end, "reset")
            || is(end, "token")
    })
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
        Url::split(url).without_secrets(&mut Judge::new(), &[], &mut out);
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
    fn words_of_identifiers() {
        let all: Vec<_> = words("resetPassword_v2.showAll").collect();
        assert_eq!(all, ["reset", "Password", "v2", "show", "All"]);
    }

    proptest! {
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
