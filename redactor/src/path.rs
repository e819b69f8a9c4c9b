//! Paths: the shape of the software stays, what names a thing or a person does not.
//!
//! Invariant: a segment stays only if a template of the configuration says so or every word of it is a word
//! of the matched route's name or of the shipped vocabulary; the value of a route parameter becomes its
//! name; anything else is `{}`. Place on the path: `path` of the event, and path templates of rules.

use crate::url::{Cleared, Keys, pieces, words};
use crate::{charset, vocabulary};
use memchr::memchr;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Bytes of path that stay in clear at most.
const LONGEST: usize = 1024;

/// `/page/{slug}` of the configuration.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Literal(String),
    Name(String),
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        let piece =
            |segment: &str| match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'))
            {
                Some(name) => Piece::Name(name.to_owned()),
                None => Piece::Literal(segment.to_owned()),
            };
        Self(text.split('/').map(piece).collect())
    }

    fn matches(&self, path: &str) -> bool {
        let mut segments = path.split('/').map(decode);
        let mut pieces = self.0.iter();
        loop {
            match (pieces.next(), segments.next()) {
                (None, None) => return true,
                (Some(Piece::Literal(word)), Some(Some(segment))) if *word == segment => {}
                (Some(Piece::Name(_)), Some(segment)) if segment.as_deref() != Some("") => {}
                _ => return false,
            }
        }
    }

    /// The decoded segment of `path` at `{name}`, when the template matches.
    pub(crate) fn find<'p>(&self, path: &'p str, name: &str) -> Option<Cow<'p, str>> {
        let wanted = |piece: &Piece| matches!(piece, Piece::Name(given) if given == name);
        let at = self.0.iter().position(wanted).filter(|_| self.matches(path))?;
        path.split('/').nth(at).and_then(decode)
    }
}

/// What the clear form of a path may draw on.
pub(crate) struct Known<'a> {
    /// Templates of the configuration.
    pub(crate) keep: &'a [Template],
    /// Name of the matched route, when that stays in clear itself.
    pub(crate) route: Option<&'a str>,
    /// Parameters of the route: (name, value).
    pub(crate) params: &'a [(&'a str, &'a str)],
}

/// Appends the clear form of `path` to `out`.
pub(crate) fn clear(path: &str, known: &Known<'_>, out: &mut String) -> Cleared {
    if path == "*" {
        out.push('*');
        return Cleared { lost: false, no_secrets: true };
    }
    let template = known.keep.iter().find(|template| template.matches(path));
    let (start, mut lost) = (out.len(), false);
    let encoded = memchr(b'%', path.as_bytes()).is_some();
    // Segments that are no UTF-8 are judged again, as well as they can be read.
    let mut no_secrets = !encoded;
    let mut keys = Keys::default();
    let mut values = Values::new(known.params);
    for (n, received) in pieces(path, b'/').enumerate() {
        if out.len() - start > LONGEST - 80 {
            return Cleared { lost: true, no_secrets: false };
        }
        if n > 0 {
            out.push('/');
        }
        if received.is_empty() {
            continue;
        }
        let segment = if encoded { decode(received) } else { Some(Cow::Borrowed(received)) };
        let key = segment.as_deref().is_some_and(|segment| keys.is_key(segment));
        let before = out.len();
        let replaced = match template.and_then(|template| template.0.get(n)) {
            Some(Piece::Name(name)) => Some(name.as_str()),
            Some(Piece::Literal(_)) => None,
            None => values.name(path, n, segment.as_deref()),
        };
        match (&segment, replaced) {
            (_, Some(name)) => placeholder(name, out),
            (Some(word), None) if !key && (template.is_some() || is_known(word, known.route)) => {
                out.push_str(word);
                lost |= matches!(word, Cow::Owned(_)) && *received != out[before..];
                continue;
            }
            _ => out.push_str("{}"),
        }
        lost |= !key && *received != out[before..];
        no_secrets &= !key;
    }
    Cleared { lost, no_secrets }
}

/// Which segments hold the value of a route parameter.
struct Values<'a> {
    params: &'a [(&'a str, &'a str)],
    /// A value with slashes in it covers the segments up to here.
    until: usize,
    name: &'a str,
}

impl<'a> Values<'a> {
    fn new(params: &'a [(&'a str, &'a str)]) -> Self {
        Self { params, until: 0, name: "" }
    }

    fn name(&mut self, path: &str, n: usize, segment: Option<&str>) -> Option<&'a str> {
        if n < self.until {
            return Some(self.name);
        }
        let segment = segment?;
        self.params.iter().find_map(|(name, value)| {
            let value = value.trim_matches('/');
            let first = value.split('/').next().unwrap_or(value);
            if value.is_empty() || first != segment {
                return None;
            }
            let covered = value.split('/').count();
            let here = path.split('/').skip(n).take(covered).map(decode);
            if !here.eq(value.split('/').map(|part| Some(Cow::Borrowed(part)))) {
                return None;
            }
            (self.until, self.name) = (n + covered, *name);
            Some(*name)
        })
    }
}

/// Appends `{name}`, or `{}` for a name that is none.
fn placeholder(name: &str, out: &mut String) {
    out.push('{');
    out.push_str(if charset::name(name) { name } else { "" });
    out.push('}');
}

/// True when every word of the segment is one of the route's or of the vocabulary.
fn is_known(segment: &str, route: Option<&str>) -> bool {
    let segment = segment.strip_prefix('.').unwrap_or(segment);
    let known =
        |word: &str| vocabulary::knows(word) || route.is_some_and(|route| is_word_of(route, word));
    // No word of the vocabulary or of a route is without a letter: numbers are done here.
    if segment.len() > 64 || !segment.bytes().any(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    if segment.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return known(segment);
    }
    segment.split(['-', '_', '.']).all(|word| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()) && known(word)
    })
}

fn is_word_of(route: &str, word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_alphabetic())
        && words(route).any(|known| known.eq_ignore_ascii_case(word))
}

fn decode(segment: &str) -> Option<Cow<'_, str>> {
    if !segment.as_bytes().contains(&b'%') {
        return Some(Cow::Borrowed(segment));
    }
    percent_decode_str(segment).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(path: &str, route: Option<&str>, params: &[(&str, &str)]) -> (String, bool) {
        let keep = ["/page/{slug}", "/intern/x"].map(Template::new);
        let mut out = String::new();
        let cleared = clear(path, &Known { keep: &keep, route, params }, &mut out);
        (out, cleared.lost)
    }

    #[test]
    fn words_stay_and_names_do_not() {
        for (path, expected, lost) in [
            ("/", "/", false),
            ("", "", false),
            ("*", "*", false),
            ("/admin/alarm", "/admin/alarm", false),
            ("/admin/alice", "/admin/{}", true),
            ("/api/v2/orders/123/items", "/api/v2/orders/{}/items", true),
            ("//double//slash", "//{}//{}", true),
            ("/wp-login.php", "/wp-login.php", false),
            ("/.env", "/.env", false),
            ("/.git/config", "/.git/config", false),
            ("/../x", "/{}/{}", true),
            ("/%61dmin", "/admin", true),
            ("/page/%E9t%E9", "/page/{slug}", true),
            ("/page/alice", "/page/{slug}", true),
            ("/page/", "/page/", false),
            ("/intern/x", "/intern/x", false),
            ("/reset-password/2dfb8cc0448705b5", "/reset-password/{}", false),
            ("/invite/admin", "/invite/{}", false),
            ("/static/app.1f2e3d4c.js", "/static/{}", true),
            ("/page/a%2Fadmin", "/page/{slug}", true),
        ] {
            assert_eq!(shown(path, None, &[]), (expected.to_owned(), lost), "{path}");
        }
    }

    #[test]
    fn words_of_the_route_and_its_parameters() {
        let route = Some("app_customerCard_edit");
        assert_eq!(shown("/customer/card/7", route, &[]).0, "/customer/card/{}");
        assert_eq!(shown("/customer/card/7", route, &[("id", "7")]).0, "/customer/card/{id}");
        assert_eq!(shown("/admin/admin", route, &[("who", "admin")]).0, "/{who}/{who}");
        assert_eq!(shown("/f/a/b/c", route, &[("path", "a/b")]).0, "/{}/{path}/{path}/{}");
        assert_eq!(shown("/f/%C3%A9", route, &[("x y", "é")]).0, "/{}/{}");
        assert_eq!(shown("/7", Some("page_7"), &[]).0, "/{}");
    }

    #[test]
    fn a_template_finds_its_segment() {
        let template = Template::new("/admin/content/{id}");
        assert_eq!(template.find("/admin/content/812", "id").as_deref(), Some("812"));
        assert_eq!(template.find("/admin/content/", "id"), None);
        assert_eq!(template.find("/admin/content/1/2", "id"), None);
        assert_eq!(template.find("/admin/content/812", "no"), None);
    }

    proptest! {
        #[test]
        fn no_path_panics_or_grows(path in "[/\\PC%]{0,3000}", value: String) {
            let (out, _) = shown(&path, Some("a_b"), &[("n", &value)]);
            prop_assert!(out.len() <= LONGEST && out.bytes().all(|b| (0x21..0x7f).contains(&b)));
        }
    }

    #[test]
    fn a_path_of_slashes_is_cut() {
        let (out, lost) = shown(&"/".repeat(30_000), None, &[]);
        assert!(lost && out.len() <= LONGEST);
    }
}
