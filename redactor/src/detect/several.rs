//! Names of several secrets: `api_keys`, `secrets`, `tokens`. And what a field's name says of the strings in the list
//! or object that is its value, for records that are walked member by member.
//!
//! Invariant: a number of secrets (`"tokens":1532`) and the words a parser cuts a text into are none. Place on the path:
//! asked by `examine` for the value of such a name, and by [`Scanner::placeholder_in`](super::Scanner::placeholder_in).

use super::examine::{entity, looks_like};
use super::names::{Kind, Names};
use super::text::Text;
use super::{keyed, link, nested};
use std::ops::Range;

/// A name whose list or object holds secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Container(Kind);

impl Container {
    /// What the field `name` holds, if that is secrets.
    pub(super) fn of(name: &str, names: &Names) -> Option<Self> {
        names.kind(name).filter(|kind| kind.is_secret() && *kind != Kind::Cookie).map(Self)
    }

    /// What stands instead of `value` under `key` in it: nothing if it only describes the secret.
    pub(super) fn placeholder(self, key: &str, value: &str, names: &Names) -> Option<&'static str> {
        let Self(kind) = self;
        let quoted = zeroize::Zeroizing::new(format!("\"{value}\""));
        let (text, range) = (Text::new(&quoted), 1..quoted.len() - 1);
        let hidden = nested::is_hidden(kind, key, value, names)
            && keyed::is_value(text, &range, kind)
            && looks_like(text, &range, kind);
        hidden.then(|| entity(kind))?.map(super::Entity::placeholder)
    }
}

/// Is the value at `range` one of several secrets of this `kind`, rather than their number or a word about them?
pub(super) fn is_one(text: Text<'_>, range: &Range<usize>, kind: Kind) -> bool {
    let value = text.slice(range.clone());
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let before = text.run_back(range.start, 2, |byte| byte == b' ');
    let quoted = matches!(text.before(range.start, 1), b'"' | b'\'');
    let listed = quoted || matches!(text.before(before, 1), b'[' | b',' | b'-');
    match kind {
        Kind::Tokens => value.len() >= 8 && digits >= 2 && letters && !value.contains(' '),
        _ if digits == value.len() => digits >= 6,
        _ => listed || link::is_random(value),
    }
}

/// Lines of a list that are looked at.
const MOST: usize = 64;
/// Bytes of one of them.
const LONGEST: usize = 512;

/// Calls `each` with every item of the list of YAML that begins with the line end at `start`.
pub(super) fn each_in_block(text: Text<'_>, start: usize, mut each: impl FnMut(Range<usize>)) {
    let mut at = start;
    for _ in 0..MOST {
        let dash = text.run_within(at + 1, 32, |byte| byte == b' ');
        if text.at(at) != b'\n' || text.at(dash) != b'-' || text.at(dash + 1) != b' ' {
            return;
        }
        let end = text.run_within(dash + 2, LONGEST, |byte| byte != b'\n');
        let end = text.floor(end);
        let item = text.slice(dash + 2..end);
        let inside = item.trim().trim_matches(['"', '\'']);
        let from = dash + 2 + item.find(inside).unwrap_or(0);
        // A key of its own: what is below it is looked at from there.
        if inside.contains(": ") || item.ends_with([':', '=', '>']) {
            return;
        }
        each(from..from + inside.len());
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    #[test]
    fn several_secrets_go() {
        for (text, clear) in [
            (
                r#"{"tokens":["q7xx-p0z","zz9k1wqq"],"n":2}"#,
                r#"{"tokens":["<secret>","<secret>"],"n":2}"#,
            ),
            (r#"{"api_keys":["erle","ulme"]}"#, r#"{"api_keys":["<secret>","<secret>"]}"#),
            (r#"{"recoveryCodes":[48151623]}"#, r#"{"recoveryCodes":[<secret>]}"#),
            (
                r#"{"secrets":{"db":"erle","count":3,"rotated_at":"2026-01-01"}}"#,
                r#"{"secrets":{"db":"<secret>","count":3,"rotated_at":"2026-01-01"}}"#,
            ),
            (
                r#"{"tokens":{"access":"q7xx-p0zz","expires_in":3600,"token_type":"Bearer"}}"#,
                r#"{"tokens":{"access":"<secret>","expires_in":3600,"token_type":"Bearer"}}"#,
            ),
            ("passwords = ['erle', \"ulme\"]", "passwords = ['<secret>', \"<secret>\"]"),
            (
                "api_keys:\n  - 9f1c7ae04b2d4c55\n  - \"erle\"\nretries: 3",
                "api_keys:\n  - <secret>\n  - \"<secret>\"\nretries: 3",
            ),
            (
                r#"{"secrets":{"linkedIn":"ulme4","createdAt":"erle"}}"#,
                r#"{"secrets":{"linkedIn":"<secret>","createdAt":"<secret>"}}"#,
            ),
            ("passwords: sesame", "passwords: <secret>"),
            ("surname:\n- Ilse Ott\n- x", "surname:\n- <name>\n- x"),
            ("emails:\n- ott (work)\n- x: 1", "emails:\n- <email>\n- x: 1"),
        ] {
            assert_eq!(masked(text), clear);
            assert_eq!(masked(clear), clear);
        }
    }

    #[test]
    fn their_number_and_words_about_them_stay() {
        for text in [
            r#"{"usage":{"total_tokens":1532,"prompt_tokens":120,"tokens":4096}}"#,
            r#"{"tokens":["the","x86_64","sat"],"parser":{"tokens":["IF","LPAREN"]}}"#,
            "tokens: 4096, secrets: forbidden, api_keys: 12",
            "secrets \"db-creds\" is forbidden",
            r#"{"tokens":[],"secrets":{},"api_keys":null}"#,
            "token_count=88&max_tokens=4096",
            "steps:\n  - uses: build\n  - run: make",
            "login:\n  - form\n  - sso",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_container_hides_what_is_secret_in_it() {
        let names = Names::new();
        let hidden = |name: &str, key: &str, value: &str| {
            Container::of(name, &names).and_then(|it| it.placeholder(key, value, &names))
        };
        for (name, key, value) in [
            ("auth", "basic", "ott:sesame"),
            ("tokens", "", "q7xx-p0zz"),
            ("api_keys", "main", "erle"),
            ("session", "id", "erle"),
            ("session", "x", "k29zz81jk44hjs0q"),
        ] {
            assert_eq!(hidden(name, key, value), Some("<secret>"), "{name} {key}");
        }
        for (name, key, value) in [
            ("auth", "method", "ldap"),
            ("auth", "users", "12"),
            ("tokens", "", "cat"),
            ("secrets", "expires_in", "3600"),
            ("secrets", "db", "<secret>"),
            ("session", "driver", "redis"),
            ("page", "basic", "ott:sesame"),
        ] {
            assert_eq!(hidden(name, key, value), None, "{name} {key}");
        }
    }
}
