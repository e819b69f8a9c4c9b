//! Query strings: names stay, values only where the configuration lists them and the detector finds nothing.
//!
//! Invariant: a parameter with a secret's name leaves neither its value nor its name. Place on the path:
//! `query` of the event, and the query inside the sealed URL.

use crate::judge::Judge;
use crate::url::{Cleared, cut, pieces};
use crate::wipe;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use std::borrow::Cow;

/// Bytes of query that stay in clear at most.
const LONGEST: usize = 4096;
/// Values that stay are percent-encoded again, but for RFC 3986's unreserved characters.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Query parameters whose values may stay: names, or prefixes that ended in `*`.
#[derive(Debug, Clone)]
pub(crate) struct Keep(Vec<(String, bool)>);

impl Keep {
    pub(crate) fn new(names: &[String]) -> Self {
        let split = |name: &String| match name.strip_suffix('*') {
            Some(prefix) => (prefix.to_owned(), true),
            None => (name.clone(), false),
        };
        Self(names.iter().map(split).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|(kept, prefix)| name == kept || *prefix && name.starts_with(kept.as_str()))
    }
}

/// Appends the clear form of `query` to `out`.
pub(crate) fn clear(query: &str, keep: &Keep, judge: &mut Judge, out: &mut String) -> Cleared {
    let start = out.len();
    let (mut lost, mut no_secrets) = (false, true);
    for pair in pieces(query, b'&').filter(|pair| !pair.is_empty()) {
        let (name, value) = cut(pair, b'=');
        let decoded = decode(name).map(|name| (judge.of(&name), name));
        if decoded.as_ref().is_some_and(|(verdict, _)| verdict.secret) {
            no_secrets = false;
            continue;
        }
        if out.len() - start > LONGEST - 64 * 2 {
            return Cleared { lost: true, no_secrets: false };
        }
        if out.len() > start {
            out.push('&');
        }
        let known = decoded.filter(|(verdict, _)| verdict.stays_as_name);
        out.push_str(known.as_ref().map_or("{}", |(_, name)| name));
        lost |= known.is_none();
        let Some(value) = value else { continue };
        out.push('=');
        let kept = known.filter(|(verdict, name)| keep.has(name) && !verdict.personal);
        let fits = |value: &Cow<'_, str>| {
            let cued = |(_, name): &(_, Cow<'_, str>)| judge.scanner.operator_under(name, value);
            value.len() <= 256
                && judge.scanner.is_clean(value)
                && kept.as_ref().and_then(cued).is_none()
        };
        match Some(value).filter(|_| kept.is_some()).and_then(decode).filter(fits) {
            Some(value) if out.len() - start + 3 * value.len() <= LONGEST => {
                let before = out.len();
                out.extend(utf8_percent_encode(&value, &RESERVED));
                // Encoded again it is one level deeper, and perhaps too deep to be looked through.
                if out.len() - before > value.len() && !judge.scanner.is_clean(&out[before..]) {
                    out.truncate(before);
                    lost = true;
                }
            }
            _ => lost |= !value.is_empty(),
        }
    }
    Cleared { lost, no_secrets }
}

/// Appends `query` as received, but for its secret parameters. Returns how many were left out.
pub(crate) fn without_secrets(query: &str, judge: &mut Judge, out: &mut String) -> u64 {
    let (mut left_out, mut first) = (0, true);
    for pair in pieces(query, b'&') {
        let (name, _value) = cut(pair, b'=');
        if decode(name).is_some_and(|name| judge.of(&name).secret) {
            left_out += 1;
            continue;
        }
        if !std::mem::take(&mut first) {
            wipe::push(out, "&");
        }
        wipe::push(out, pair);
    }
    left_out
}

/// Form decoding: `+` is a space before the percent escapes are undone. `None` for what is no UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|b| b == b'+' || b == b'%') {
        return Some(Cow::Borrowed(text));
    }
    let spaces: Vec<u8> = text.bytes().map(|b| if b == b'+' { b' ' } else { b }).collect();
    percent_decode(&spaces).decode_utf8().ok().map(|text| Cow::Owned(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(query: &str) -> (String, bool) {
        let keep = Keep::new(&["page", "sort", "utm_*", "email"].map(String::from));
        let mut out = String::new();
        let cleared = clear(query, &keep, &mut Judge::new(), &mut out);
        (out, cleared.lost)
    }

    #[test]
    fn names_stay_and_values_only_by_permission() {
        for (query, expected, lost) in [
            ("page=2&q=", "page=2&q=", false),
            ("q=alice", "q=", true),
            ("page=%32&debug", "page=2&debug", false),
            ("utm_source=news+letter", "utm_source=news%20letter", false),
            ("page=alice%40example.org", "page=", true),
            // Clean as it is, and four encodings deep as it would be written.
            (r"page=\\\\\\\\1", "page=", true),
            ("email=1", "email=", true),
            ("b=2&a=1&b=3", "b=&a=&b=", true),
            ("c[]=&d[k]=v", "{}=&{}=", true),
            ("password=x&_token=y", "", false),
            ("a=&user[password]=x&b=", "a=&b=", false),
            ("%E9=", "{}=", true),
            ("page=%E9", "page=", true),
            ("alice@example.org", "{}", true),
            ("", "", false),
            ("&&a=&", "a=", false),
        ] {
            assert_eq!(shown(query), (expected.to_owned(), lost), "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_query_becomes_short_ascii(query in "[\\PC&=%+\\[\\]a-z]{0,4000}") {
            let (out, _) = shown(&query);
            prop_assert!(out.len() <= LONGEST && out.bytes().all(|b| (0x21..0x7f).contains(&b)));
        }

        #[test]
        fn without_secret_names_nothing_is_left_out(query in "[ab&=%+]{0,40}") {
            let mut out = String::new();
            prop_assert_eq!(without_secrets(&query, &mut Judge::new(), &mut out), 0);
            prop_assert_eq!(out, query);
        }
    }
}
