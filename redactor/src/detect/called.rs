//! What the bare word `name` names: a product, a container, a queue, rather than a person.
//!
//! Invariant: a value with a given name in it is never a thing; without one it is let go only for its own form, or for
//! the word around it or the keys beside it that persons have not. Place on the path: asked by `keyed` for the value
//! of a bare `name`, and by `form` and `person` for the words of a value.

mod words;

use super::email::is_file_suffix;
use super::given::is_given;
use super::keyed::Slot;
use super::names::{Kind, Names, THINGS};
use super::text::{Text, is_word};
use super::value::value;
use super::wordlist::WordList;
use crate::vocabulary;
use std::ops::Range;
pub(super) use words::{BARE, JOINING};
use words::{BESIDE, CHOSEN, FAMILIES, GOODS, IN_LINE, OF_PERSONS, OF_SOFTWARE, OF_THINGS, WORDS};

/// May the value of the field `key`, in which no given name is, be chosen from a list?
pub(super) fn is_chosen(key: &str, names: &Names) -> bool {
    let thing = thing(key);
    names.last_is_in(thing, &GOODS) || names.last_is_in(thing, &CHOSEN)
}

/// Bytes around a name in which the keys beside it are read.
const AROUND: usize = 96;
/// Bytes of a thing's name.
const LONGEST: usize = 64;

/// Is the value of `slot`, under the bare `key` that ends at `end`, the name of a thing?
pub(super) fn is_thing(
    text: Text<'_>,
    slot: Slot,
    (key, end): (&str, usize),
    names: &Names,
) -> bool {
    let name = key.rsplit([' ', '-']).next().unwrap_or(key);
    if !BARE.has_any_case(name) {
        return false;
    }
    let Some(range) = whole(text, slot) else { return false };
    let value = text.slice(range.clone()).trim();
    if value.is_empty() || value.len() > LONGEST || has_given(value) {
        return false;
    }
    let letter = value.len() == 1 && value.is_ascii();
    let field = || {
        let small = value.starts_with(|char: char| char.is_ascii_lowercase());
        small && is_variable(value) && names.kind_at_end(value).is_some()
    };
    if letter || is_identifier(value) || is_phrase(value) || field() {
        return true;
    }
    if name.len() < key.len() || value.contains([':', '=']) {
        return false; // of a sentence: `last name`; or more than a value
    }
    let inside =
        parent(text, end, key.len()).is_some_and(|parent| names.last_is_in(parent, &GOODS));
    let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\');
    let first = text.run_back(end, 3, quote).saturating_sub(key.len());
    let is_object = text.before(end, 1) == b'"' || matches!(text.before(first, 1), b'{' | b'(');
    let is_slug = is_slug(value);
    let wanted = |word: &str| {
        IN_LINE.has_any_case(word)
            || is_object && BESIDE.has_any_case(word)
            || is_slug && OF_SOFTWARE.has_any_case(word)
    };
    let before = text.slice(text.ceil(first.saturating_sub(AROUND))..first);
    let before = before.rfind(['{', '}', '[', '(']).map_or(before, |open| &before[open..]);
    let behind = text.slice(range.end..text.floor(text.len().min(range.end + AROUND)));
    let behind = behind.find(['{', '}', '[', ')']).map_or(behind, |close| &behind[..close]);
    text.count(before.len() + behind.len());
    let told = || keys(before).chain(keys(behind));
    let typed = || is_object && (has_type(before, names) || has_type(behind, names));
    (inside || told().any(wanted) || typed()) && !told().any(|key| is_of_person(key, names))
}

/// The value of `slot`, if it is short and where it ends is plain.
fn whole(text: Text<'_>, slot: Slot) -> Option<Range<usize>> {
    let start = text.run_within(slot.start, 2, |byte| byte == b' ');
    let slashes = text.run_within(start, 4, |byte| byte == b'\\');
    let quote = text.at(slashes);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return Some(value(text, slot));
    }
    let first = slashes + 1;
    let inside = |byte: u8| byte != quote && byte != b'\\' && byte != b'\n';
    let last = text.run_within(first, LONGEST, inside);
    let end = text.run_within(last, slashes - start, |byte| byte == b'\\');
    let closed = text.at(end) == quote && end - last == slashes - start;
    let next = text.at(end + 1);
    (closed && (next <= b' ' || b",;:.)]}>|\\".contains(&next))).then(|| first..text.floor(last))
}

/// Is the quoted value of `slot` behind the word `key`, which begins at `start`, the name of a thing: `name 'x' is not
/// defined`, `cannot import name 'x'`, `column name 'x'`?
pub(super) fn is_quoted_thing(
    text: Text<'_>,
    slot: Slot,
    key: &str,
    start: usize,
    names: &Names,
) -> bool {
    if !BARE.has_any_case(key) {
        return false;
    }
    let Some(range) = whole(text, slot) else { return false };
    let value = text.slice(range.clone());
    let word = |byte: u8| is_word(byte) || byte == b'-';
    let before = text.slice(text.run_back(start.saturating_sub(1), 24, word)..start).trim_end();
    let said = || matches!(before, "import" | "NameError:");
    let behind = text.slice(range.end..text.floor(text.len().min(range.end + 24)));
    !has_given(value)
        && (is_identifier(value)
            || is_phrase(value)
            || names.last_is_in(before, &THINGS)
            || behind[behind.len().min(1)..].starts_with(" is not defined")
            || said() && is_variable(value))
}

/// Is `value` written as variables are, of more than one word?
fn is_variable(value: &str) -> bool {
    let camel = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    value.bytes().all(is_word) && (value.contains('_') || value.as_bytes().windows(2).any(camel))
}

/// Is the text behind the start tag `<name>`, which begins at `tag` and ends at `end`, the name of a thing: by the tag
/// before it (`<product><name>…`) or by its words?
pub(super) fn is_tagged_thing(text: Text<'_>, tag: usize, end: usize, names: &Names) -> bool {
    let close = text.run_within(end, LONGEST, |byte| byte != b'<');
    let value = text.slice(end..text.floor(close)).trim();
    let last = text.run_back(tag, 16, |byte| byte.is_ascii_whitespace());
    let open = text.run_back(last.saturating_sub(1), 32, |byte| is_word(byte) || byte == b'-');
    let parent = if text.before(last, 1) == b'>' && text.before(open, 1) == b'<' {
        text.slice(open..last - 1)
    } else {
        ""
    };
    let behind = text.slice(text.floor(close)..text.floor(text.len().min(close + AROUND)));
    let of_person = || {
        behind.split('<').any(|tag| {
            let name = tag.split(['>', ' ', '/']).next().unwrap_or("");
            !name.is_empty() && is_of_person(name, names)
        })
    };
    let of_thing = || names.last_is_in(parent, &GOODS) && !of_person();
    text.at(close) == b'<' && !has_given(value) && (is_phrase(value) || of_thing())
}

/// The word before the object or the list of objects in which the key of `len` bytes that ends at `end` stands first.
pub(super) fn parent(text: Text<'_>, end: usize, len: usize) -> Option<&str> {
    let blank = |byte: u8| {
        matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\n' | b'{' | b':' | b']' | b'\r' | b'[')
    };
    let start = text.run_back(end, 2, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
    let start = start.checked_sub(len)?;
    let close = text.run_back(start, 16, blank);
    let open = text.run_back(close, 24, |byte| is_word(byte) || byte == b'-');
    let between = text.slice(close..start);
    let inside = between.contains('{') || between.contains("\n ");
    let joined = inside && between.contains([':', ']']);
    joined.then(|| text.slice(open..close))
}

/// What has the name that the field `key` holds: `app` of `appDisplayName`, `store` of `store_name`; else `key`.
fn thing(key: &str) -> &str {
    const ENDINGS: [&str; 6] = ["DisplayName", "_display_name", "_name", "-name", ".name", "Name"];
    let rest = ENDINGS.iter().find_map(|ending| key.strip_suffix(ending));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(key)
}

/// The keys in `text`, words with a colon or an equals sign behind them, and what follows.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '@');
    let ends = text.char_indices().filter(|(_, char)| matches!(char, ':' | '='));
    ends.filter_map(move |(at, _)| {
        let key = text[..at].trim_end_matches(['"', '\'', '\\', ' ']);
        let start = key.rfind(|char| !part(char)).map_or(0, |border| border + 1);
        let key = key.get(start..)?;
        (key.len() >= 2).then_some((key, &text[at + 1..]))
    })
}

/// The keys in `text`.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    pairs(text).map(|(key, _)| key)
}

/// Does a key in `text` say that the object is a thing: `"__typename":"Product"`, `"@type": "Event"`?
fn has_type(text: &str, names: &Names) -> bool {
    static TYPES: WordList<32> = WordList::new(
        "@type __typename _type entity kind object object_type objecttype resource_type resourcetype type typename",
    );
    pairs(text).filter(|(key, _)| TYPES.has_any_case(key)).any(|(_, behind)| {
        let value = behind.trim_start_matches(['"', '\'', '\\', ' ']);
        let end = value.find(|char: char| !char.is_ascii_alphanumeric() && char != '_');
        names.last_is_in(&value[..end.unwrap_or(value.len())], &GOODS)
    })
}

/// Does the table `name` hold things, and none of the `columns` a person?
pub(super) fn is_table_of_things<'n>(
    name: &str,
    mut columns: impl Iterator<Item = &'n str>,
    names: &Names,
) -> bool {
    names.last_is_in(name, &GOODS) && !columns.any(|column| is_of_person(column.trim(), names))
}

/// Does the field `key` tell something of a person?
fn is_of_person(key: &str, names: &Names) -> bool {
    let told = |kind: Kind| {
        kind.is_certain() && !matches!(kind, Kind::Position | Kind::Network | Kind::Tax)
    };
    OF_PERSONS.has_any_case(key) || !BARE.has_any_case(key) && names.kind(key).is_some_and(told)
}

/// Is one of the words of `value` a given name?
pub(super) fn has_given(value: &str) -> bool {
    let mut words = value.split(|char: char| !(char.is_alphabetic() || char == '-'));
    words.any(|word| is_given(word) || word.split('-').skip(1).any(is_given))
}

/// Is `value`, in which no given name is, written as only names in a program are: `LOG_LEVEL`, `$count`, `@acme/ui-kit`,
/// `#release`, `_SYS1$`, `/orders/{id}`, `Europe/Rome`, `2026.1`?
fn is_identifier(value: &str) -> bool {
    if value.contains(' ') || value.len() < 3 {
        return false;
    }
    let constant = || {
        let mut parts = value.split('_');
        let mut count = 0;
        parts.all(|part| {
            count += 1;
            part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }) && count >= 2
            && value.split('_').any(is_technical)
    };
    let lower = |part: &str| {
        part.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
    };
    let scoped = || {
        let rest = value.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        rest.is_some_and(|(scope, package)| lower(scope) && lower(package))
    };
    let tag = || value.strip_prefix('#').is_some_and(|tag| tag.len() >= 3 && lower(tag));
    let zone = || {
        let areas = ["Europe/", "America/", "Africa/", "Asia/", "Australia/", "Etc/", "Pacific/"];
        areas.iter().any(|area| value.starts_with(area))
    };
    let path = || value.starts_with(['/', '\\']) && value[1..].contains(['/', '\\', '{', ':']);
    let file = || {
        let parts = value.rsplit_once('.');
        parts.is_some_and(|(stem, suffix)| is_file_suffix(suffix) && is_phrase(stem))
    };
    let metric = || ["_total", "_seconds", "_bytes"].iter().any(|end| value.ends_with(end));
    let sign = || value.starts_with('_') && value.contains('$') || value.starts_with('$');
    let version =
        || value.contains('.') && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let event = || {
        let parts = value.split_once(':');
        parts.is_some_and(|(first, rest)| lower(first) && lower(rest) && value.contains('_'))
    };
    version()
        || event()
        || file()
        || metric()
        || constant()
        || scoped()
        || tag()
        || zone()
        || path()
        || sign()
}

/// Is `value` written as identifiers are, small letters and digits with a mark between its parts, with a word for a
/// thing in it?
fn is_slug(value: &str) -> bool {
    let written = value.bytes().all(|byte| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'@' | b':')
    });
    // What an account of a person may end with.
    let of_account = |part: &str| {
        matches!(
            part,
            "admin" | "user" | "test" | "account" | "client" | "member" | "guest" | "demo"
        )
    };
    let mut parts = value.split(['-', '_', '.', '/', '@', ':']);
    written
        && parts.clone().count() >= 2
        && parts.any(|part| part.len() >= 2 && is_technical(part) && !of_account(part))
}

/// Are all words of `value`, up to five, words for things, however they are joined: `nightly`, `Awaiting payment`,
/// `order_created`, `eth0`?
pub(super) fn is_phrase(value: &str) -> bool {
    let border = |char: char| {
        matches!(char, ' ' | '-' | '_' | '.' | '/' | ':' | ',' | '&' | '+' | '#' | '(' | ')')
    };
    let (mut count, mut told) = (0, false);
    let words = value.trim_end_matches(['.', ':']).split(border);
    let all = words.filter(|word| !word.is_empty()).all(|word| {
        count += 1;
        let family = word.starts_with(char::is_uppercase) && FAMILIES.has_any_case(word);
        told |= is_technical(word) && !family && word.contains(char::is_alphabetic);
        count <= 5
            && (is_technical(word) || JOINING.has(word.as_bytes()) || OF_THINGS.has_any_case(word))
    });
    all && told && !has_given(value)
}

/// As [`is_phrase`], all of it in small letters, and no word that is a family's name too.
pub(super) fn is_plain(value: &str) -> bool {
    !value.contains(char::is_uppercase) && !FAMILIES.has(value.as_bytes()) && is_phrase(value)
}

/// Is `word` one for a thing, maybe with a number behind it?
pub(super) fn is_technical(word: &str) -> bool {
    let letters = word.trim_end_matches(|char: char| char.is_ascii_digit());
    let number = letters.is_empty() && word.len() <= 4;
    number || WORDS.has_any_case(letters) || vocabulary::knows(letters)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    #[test]
    fn what_is_called_and_is_no_person() {
        for text in [
            "name=nightly-sync state=passing",
            "- name: nginx",
            "env: - name: RETRY_LIMIT value: 3",
            "name: @acme/forms",
            r##"{"name":"#release","type":"Hashtag"}"##,
            r#"{"name":"order.shipped"}"#,
            r#"{"name":"Awaiting pickup"}"#,
            r#"{"name":"Qwertisoft Xylo","sku":"Q-1"}"#,
            r#"{"id":4,"name":"Qwerto","price":4.5}"#,
            r#"{"plan":{"name":"Qwerto Plus","seats":4}}"#,
            r#"{"products":[{"name":"Qwerto Rack","x":2}]}"#,
            r#"{"company":"Qwerto Xyl","store":"Xyl Qwert"}"#,
            r#"{"name":"qwerto-server","version":"1.2"}"#,
            "name=qwerto sku=Q-1 stock=4",
            "UPDATE flags SET value = 1 WHERE name = 'checkout'",
            "<product><name>Qwerto Xyl</name><price>3</price></product>",
            r#"{"__typename":"Product","name":"Qwerto Xyl"}"#,
            r#"{"name":"user_profile:rebuilt","x":1}"#,
            "name=report.pdf; name=http_failures_total",
            r#"{"author":"Qwerto Xyl SAS"}"#,
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn persons_are_called_too() {
        for (text, clear) in [
            ("name=qwerto status=active", "name=<name> status=active"),
            ("name: jean-nightly", "name: <name>"),
            ("name=qwert-xyl version=2", "name=<name> version=2"),
            ("name=qwert-admin version=2", "name=<name> version=2"),
            (r#"{"name":"Ilse Qwert","sku":"Q-1"}"#, r#"{"name":"<name>","sku":"Q-1"}"#),
            (r#"{"name":"Qwert Ilse","price":3}"#, r#"{"name":"<name>","price":3}"#),
            (
                r#"{"name":"Xyl Qwert","price":3,"phone":"0612345678"}"#,
                r#"{"name":"<name>","price":3,"phone":"<phone>"}"#,
            ),
            (r#"{"name":"Qwerto","cart":{"price":3}}"#, r#"{"name":"<name>","cart":{"price":3}}"#),
            (r#"{"item":{"price":3},"name":"Qwerto"}"#, r#"{"item":{"price":3},"name":"<name>"}"#),
            (r#"{"store":"Ilse Qwert"}"#, r#"{"store":"<name>"}"#),
            ("last name: Qwert sku: 4", "last name: <name> sku: 4"),
            ("checkout name=Qwert price=30", "checkout name=<name> price=30"),
            (r#"{"name":"Qwert Xyl","version":2}"#, r#"{"name":"<name>","version":2}"#),
            ("<user><name>Qwerto Xyl</name></user>", "<user><name><name></name></user>"),
            ("name=qwerto.pdf", "name=<name>"),
            (r#"{"author":"Ilse Qwerto SAS"}"#, r#"{"author":"<name>"}"#),
            ("nom=MacAlister statut=actif", "nom=<name> statut=actif"),
            (r#"{"user":{"name":"Page"}}"#, r#"{"user":{"name":"<name>"}}"#),
            (r#"{"@type":"Person","name":"Qwerto"}"#, r#"{"@type":"Person","name":"<name>"}"#),
            (r#"{"fields":{"name":"Qwerto"}}"#, r#"{"fields":{"name":"<name>"}}"#),
            (r#"{"list":[{"name":"Qwerto"}]}"#, r#"{"list":[{"name":"<name>"}]}"#),
            (
                r#"{"seat":"4C","name":"Qwerto","price":30}"#,
                r#"{"seat":"4C","name":"<name>","price":30}"#,
            ),
            (
                "INSERT INTO x (name, sku) VALUES ('Qwert', 1)",
                "INSERT INTO x (name, sku) VALUES ('<name>', 1)",
            ),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn the_words_for_things_are_nobodys() {
        let words: Vec<_> = WORDS.words().collect();
        assert!(words.is_sorted_by(|a, b| a < b));
        let fits = |word: &&str| **word == word.to_lowercase() && !is_given(word);
        assert_eq!(words.iter().find(|word| !fits(word) || vocabulary::knows(word)), None);
    }
}
