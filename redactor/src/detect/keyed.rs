//! Keys with their values: query and form, JSON, XML, cookies, PHP arrays, `key=value` and
//! `key: value` in log text, multipart fields.
//!
//! Invariant: this module only finds the key and where its value begins; `value` finds its end.
//! Escaped forms (JSON in JSON, percent) are found in the decoded views.

mod fields;
mod software;

use super::names::{Kind, LINKS, Names, THINGS};
use super::text::{Text, is_word};
use super::{called, form, pairs, statement, town, validator};
use fields::{ANSWERS, CHANGES, changed, named_field, value_of_pair};
use std::ops::Range;

/// A key that says what its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) kind: Kind,
    /// Where the value (or what leads to it) begins.
    pub(super) start: usize,
    pub(super) form: Form,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Quoted, bracketed or bare, behind a separator.
    Plain,
    /// `[key] => the rest of the line` (`print_r`).
    Line,
    /// The content of an XML element.
    Element,
}

/// Spaces between a key and its separator, where keys of several lines are aligned.
const ALIGNED: usize = 24;

/// Bytes of a key that are looked at.
const LONGEST_KEY: usize = 64;

/// The slot whose separator (`=`, `:`, `=>`) begins at `at`.
pub(super) fn after_separator(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    let (byte, next, before) = (text.at(at), text.at(at + 1), text.before(at, 1));
    let double = match byte {
        b':' => {
            next == b':'
                || (before == b':' && !is_ldif(text, at))
                || next == b'='
                || (next == b'/' && text.at(at + 2) == b'/')
        }
        _ => next == b'=' || matches!(before, b'=' | b'!' | b'<' | b'>' | b'~'),
    };
    if double || (byte == b':' && is_visibility(text, at)) {
        return None;
    }
    let arrow = byte == b'=' && next == b'>';
    let start = at + 1 + usize::from(arrow);
    let joined = usize::from(before == b':');
    let key_end = text.run_back(at - joined, ALIGNED, |byte| byte == b' ');
    let key_end = text.run_back(key_end, 2, |byte| byte == b'*'); // **Client** : …
    let key_end = without_ending(text, key_end);
    let (key, in_sentence) = key(text, key_end, byte == b':' || arrow || key_end < at)?;
    if super::entity::is_placeholder(key) {
        return None; // ours, of the round before
    }
    if ANSWERS.has_any_case(key) {
        return value_of_pair(text, key_end, start, names, key.len());
    }
    let last = key.rsplit(' ').next().unwrap_or(key).trim_matches(['[', ']', '"', '\'']);
    if CHANGES.has(last.as_bytes())
        && let Some(kind) = changed(text, key_end, last.len(), names)
            .or_else(|| pairs::changed(text, key_end, last, names))
    {
        return Some(Slot { kind, start, form: Form::Plain });
    }
    if software::is_of_software(text, key, at, start) {
        return None;
    }
    if byte == b':' && software::is_class(key) && form::begins_words(text, start + 1) {
        return None;
    }
    if software::is_empty_parameter(text, at, key) || software::is_field_number(text, at) {
        return None;
    }
    let kind = if in_sentence {
        names.kind_at_end(key).or_else(|| names.kind(identifier(key)?))
    } else {
        names.kind(key).or_else(|| other_kind(key, byte)).or_else(|| {
            let address = town::is_line(text, key, key_end, start).then_some(Kind::Address);
            address.or_else(|| pairs::is_subscriber_line(text, key, start).then_some(Kind::Phone))
        })
    }?;
    if byte == b':' && validator::begins(text, start, kind.is_secret()) {
        return None;
    }
    let kind = if is_name_of_thing(text, key_end, key, names) { Kind::Person } else { kind };
    if kind == Kind::Name
        && let Some(named) = named_field(text, start, key.trim_matches([' ', '-']), names)
    {
        return named;
    }
    let bare = key.trim_start_matches([' ', '-']);
    if matches!(kind, Kind::Name | Kind::Person)
        && called::is_thing(text, Slot { kind, start, form: Form::Plain }, (bare, key_end), names)
    {
        return None;
    }
    let print_r = arrow && text.before(key_end, 1) == b']' && text.before(key_end, 2) != b'"';
    Some(Slot { kind, start, form: if print_r { Form::Line } else { Form::Plain } })
}

/// Names that say something by their digits, or in a link only.
fn other_kind(key: &str, separator: u8) -> Option<Kind> {
    let line = key.strip_suffix(['1', '2', '3']).unwrap_or("").to_ascii_lowercase();
    let line = line.trim_end_matches('_');
    let address = ["line", "ligne", "linea", "zeile", "addr"].iter().any(|end| line.ends_with(end));
    let link = || (separator == b'=' && LINKS.has_any_case(key)).then_some(Kind::Link);
    if address { Some(Kind::Address) } else { link() }
}

/// Where the word ends whose other endings stand in brackets before `end`: `Prénom(s)`, `Versicherte(n)`.
fn without_ending(text: Text<'_>, end: usize) -> usize {
    if text.before(end, 1) != b')' {
        return end;
    }
    let open = text.run_back(end - 1, 3, |byte| byte.is_ascii_lowercase());
    if text.before(open, 1) == b'(' && open < end - 1 { open - 1 } else { end }
}

/// Is `key`, which ends at `end`, the bare name of a thing: `"service":{"name":…`, `metadata:` with `name: …` below,
/// `[package]` with `name = …`?
fn is_name_of_thing(text: Text<'_>, end: usize, key: &str, names: &Names) -> bool {
    let key = key.trim_start_matches([' ', '-']);
    if !matches!(key, "name" | "full_name" | "fullName" | "display_name" | "displayName") {
        return false;
    }
    called::parent(text, end, key.len()).is_some_and(|parent| names.last_is_in(parent, &THINGS))
}

/// `cn:: …` at the beginning of a line: the value is in base64 (RFC 2849).
fn is_ldif(text: Text<'_>, at: usize) -> bool {
    let start = text.run_back(at - 1, LONGEST_KEY, |byte| is_word(byte) || byte == b'-');
    text.at(at + 1) == b' ' && matches!(text.before(start, 1), 0 | b'\n' | b' ')
}

/// The key that ends at `end`, and whether it is the end of a sentence rather than a field's name.
fn key(text: Text<'_>, end: usize, sentence: bool) -> Option<(&str, bool)> {
    let last = text.before(end, 1);
    if matches!(last, b'"' | b'\'' | b'`') {
        let start = text.run_back(end - 1, LONGEST_KEY, |byte| byte != last && byte != b'\n');
        let opened = text.before(start, 1) == last;
        return opened.then(|| (text.slice(start..end - 1), false));
    }
    if last == b']'
        && let Some(key) = property(text, end)
    {
        return Some((key, false));
    }
    if !(is_word(last) || last >= 0x80 || last == b']') {
        return None;
    }
    let quotes = last == b']'; // user["password"], ["key"]=>
    let inside = |byte: u8| {
        is_word(byte)
            || byte >= 0x80
            || matches!(byte, b'-' | b'.' | b'[' | b']' | b'%' | b'$')
            || (quotes && matches!(byte, b'"' | b'\''))
    };
    let start = text.run_back(end, LONGEST_KEY, inside);
    if sentence && text.before(start, 1) == b' ' {
        let word = |byte: u8| is_word(byte) || byte >= 0x80 || matches!(byte, b' ' | b'-' | b'\'');
        let start = text.run_back(start, LONGEST_KEY / 2, word);
        return Some((text.slice(text.ceil(start)..end), true));
    }
    let key = text.slice(text.ceil(start)..end);
    (!is_packed(key)).then_some((key, false))
}

/// The last word of a sentence, if it is written as only names of fields are: `passport_number`, `birthPlace`.
fn identifier(sentence: &str) -> Option<&str> {
    let last = sentence.rsplit(' ').next()?;
    let camel = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    (last.contains('_') || last.as_bytes().windows(2).any(camel)).then_some(last)
}

/// A token of base64 before its padding, in which any short word may stand.
fn is_packed(key: &str) -> bool {
    let has = |is: fn(&u8) -> bool| key.bytes().any(|byte| is(&byte));
    key.len() >= 20
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

/// The name in `["name":protected]` (`var_dump`) or `[name:User:private]` (`print_r`) that ends at `end`.
fn property(text: Text<'_>, end: usize) -> Option<&str> {
    let start = text.run_back(end - 1, LONGEST_KEY, |byte| !matches!(byte, b'[' | b'\n'));
    let inside = text.slice(text.ceil(start)..end - 1);
    let (name, visibility) = inside.split_once(':')?;
    let is_property = visibility.ends_with("protected") || visibility.ends_with("private");
    is_property.then(|| name.trim_matches(['"', '\'', '\\']))
}

/// Does the colon at `at` stand inside such a name?
fn is_visibility(text: Text<'_>, at: usize) -> bool {
    let rest = &text.bytes()[at + 1..];
    let close = memchr::memchr(b']', &rest[..rest.len().min(LONGEST_KEY)]);
    close.is_some_and(|n| rest[..n].ends_with(b"protected") || rest[..n].ends_with(b"private"))
}

/// The slot of the quoted value at `at` behind its quoted name in a list: `["surname", "Dupont"]`.
pub(super) fn after_comma(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    let quote = text.at(at);
    let comma = at.checked_sub(1 + usize::from(text.before(at, 1) == b' '))?;
    if text.at(comma) != b',' || text.before(comma, 1) != quote {
        return None;
    }
    let open = text.run_back(comma - 1, LONGEST_KEY, |byte| is_word(byte) || byte == b'-');
    let close = text.run_within(at + 1, 2 * LONGEST_KEY, |byte| byte != quote && byte != b'\n');
    let is_pair = text.before(open, 1) == quote
        && matches!((text.before(open, 2), text.at(close + 1)), (b'[', b']') | (b'(', b')'));
    let kind = is_pair.then(|| names.kind(text.slice(open..comma - 1)))??;
    let second = text.slice(at + 1..text.floor(close));
    let columns = (text.at(text.floor(close) + 1) == b')'
        || second.contains('_')
        || !kind.is_secret() && second.starts_with(|char: char| char.is_ascii_lowercase()))
        && names.kind(second).is_some();
    (!columns).then_some(Slot { kind, start: at, form: Form::Plain })
}

/// The slot of the XML element whose start tag ends with the `>` at `at`.
pub(super) fn after_tag(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    if matches!(text.before(at, 1), b'/' | b'=' | b'-' | b'?') {
        return None;
    }
    let start = text.run_back(at, 2 * LONGEST_KEY, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
    let is_name = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.' | b':');
    if text.before(start, 1) != b'<' || !text.at(start).is_ascii_alphabetic() {
        return None;
    }
    let name_end = text.run(start, is_name).min(at);
    let name = text.slice(start..name_end);
    if name.ends_with(':') {
        return None; // `<User: Ann Ott>`, an object printed
    }
    let local = name.rsplit(':').next().unwrap_or(name); // `<cbc:Name>`
    // Our own placeholders look like tags: they count as such only with an end tag.
    let closed = || {
        let value = text.run(at + 1, |byte| byte != b'<');
        text.bytes()[value..].starts_with(b"</")
            && text.bytes()[value + 2..].starts_with(name.as_bytes())
    };
    if super::entity::is_placeholder(text.slice(start - 1..at + 1)) && !closed() {
        return None;
    }
    let kind = names.kind(local).or_else(|| attribute(text, start, name, names));
    if kind == Some(Kind::Name)
        && called::BARE.has_any_case(local)
        && called::is_tagged_thing(text, start - 1, at + 1, names)
    {
        return None;
    }
    kind.map(|kind| Slot { kind, start: at + 1, form: Form::Element })
}

/// What the attributes of the tag before say of the element `name` at `start`: `<Attribute Name="mail"><AttributeValue>`.
fn attribute(text: Text<'_>, start: usize, name: &str, names: &Names) -> Option<Kind> {
    let end = start.checked_sub(2)?;
    if !name.ends_with("alue") || text.at(end) != b'>' {
        return None;
    }
    let open = text.ceil(text.run_back(end, 2 * LONGEST_KEY, |byte| !matches!(byte, b'<' | b'>')));
    let values = text.slice(open..end).split(['"', '\'']).skip(1).step_by(2);
    values.filter_map(|value| names.kind(value)).last()
}

/// The slot behind the `;` at `at` in PHP's serialisation: `s:8:"password";s:7:"hunter2";`.
pub(super) fn after_serialized_key(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    if text.before(at, 1) != b'"' || text.at(at + 1) != b's' || text.at(at + 2) != b':' {
        return None;
    }
    let (key, _) = key(text, at, false)?;
    if !key.bytes().all(|byte| {
        is_word(byte) || byte >= 0x80 || matches!(byte, b'-' | b'.' | b'[' | b']' | b'\\' | 0)
    }) {
        return None; // a value, ours or theirs
    }
    let start = text.digits(at + 3);
    let quoted = text.at(start) == b':' && text.at(start + 1) == b'"';
    let kind = quoted.then(|| names.kind(key))??;
    Some(Slot { kind, start: start + 1, form: Form::Plain })
}

/// The slot whose value begins at `at` behind a space: `password "x"`, `passport 12AB34567`.
pub(super) fn after_space(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    let end = at.checked_sub(1)?;
    let quote = text.at(at);
    let quoted = matches!(quote, b'"' | b'\'') && text.before(end, 1) == quote; // "surname" "Dupont"
    let (space, end) = (end, end - usize::from(quoted));
    if text.at(space) != b' ' || !text.before(end, 1).is_ascii_alphabetic() {
        return None;
    }
    let word = |byte: u8| is_word(byte) || byte >= 0x80 || byte == b'-';
    let mut start = text.ceil(text.run_back(end, LONGEST_KEY / 2, word));
    let mut last = text.slice(start..end);
    if ["LIKE", "like", "ILIKE", "IN", "is", "was"].contains(&last) {
        let end = text.run_back(start, 3, |byte| matches!(byte, b' ' | b')' | b'`'));
        start = text.ceil(text.run_back(end, LONGEST_KEY / 2, word));
        last = text.slice(start..end.max(start));
    }
    let kind = names.kind(last).filter(|kind| !kind.is_several())?;
    if kind.is_secret() && is_spoken_of(text, start, at) {
        return None;
    }
    let slot = Slot { kind, start: at, form: Form::Plain };
    let of_thing = kind == Kind::Name && called::is_quoted_thing(text, slot, last, start, names);
    (!of_thing).then_some(slot)
}

/// Does a parser name a token (`Unexpected token 'x'`), or a cluster a secret (`secret "x" not found`)?
fn is_spoken_of(text: Text<'_>, word: usize, quote: usize) -> bool {
    let before = text.slice(text.ceil(word.saturating_sub(11))..word);
    let end = text.run_within(quote + 1, LONGEST_KEY, |byte| byte != text.at(quote));
    let behind = &text.bytes()[end.min(text.len())..];
    let request = || {
        ["GET /", "POST /", "HEAD /", "PUT /", "GET http", "OPTIONS /", "PATCH /", "DELETE /"]
            .iter()
            .any(|line| text.bytes()[quote + 1..].starts_with(line.as_bytes()))
            && text.slice(text.ceil(end.saturating_sub(10))..text.floor(end)).contains(" HTTP/")
    };
    before.ends_with("nexpected ")
        || request() // `pass "GET /x HTTP/1.1"`, as Varnish says what it does with it
        || before.ends_with("nvalid ") && end <= quote + 3
        || behind.get(1..).is_some_and(|rest| rest.starts_with(b" not found in namespace"))
}

/// `$1`, `$1 LIMIT …`: a parameter's place in a statement, and no value.
fn is_parameter(value: &str) -> bool {
    let (first, rest) = value.split_once(' ').unwrap_or((value, ""));
    let keyword = rest.split(' ').next().unwrap_or("");
    let goes_on = keyword.len() >= 2 && keyword.bytes().all(|byte| byte.is_ascii_uppercase());
    statement::is_numbered(first.trim_end_matches(',')) && (rest.is_empty() || goes_on)
}

/// True if `range` could hold a value of this `kind` worth hiding.
pub(super) fn is_value(text: Text<'_>, range: &Range<usize>, kind: Kind) -> bool {
    let value = text.slice(range.clone()).trim().trim_end_matches([')', ']', '}']);
    let blank = |byte: u8| b"*.-,[]{} ".contains(&byte);
    // What somebody chose may be any word, and in quotes it is no sentence.
    let chosen = || kind.is_secret() && matches!(text.before(range.start, 1), b'"' | b'\'');
    !(value.bytes().all(blank)
        || value.starts_with("? ") // a bound parameter
        || super::entity::is_placeholder(value)
        || is_parameter(value)
        || form::is_nothing(value)
        || form::is_masked(text.slice(range.clone()))
        || validator::is_sentence(value, kind.is_secret())
        || !chosen() && (form::is_state(value) || validator::is_code(value)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn keys_that_mean_something_of_the_software() {
        for text in [
            "sudo: x ; PWD=/srv/app ; USER=root",
            "Lib, Version=1.2.0.0, PublicKeyToken=b77a5c561934e089",
            "AccountName=shopfiles;AccountKey=<secret>",
            "lib/token.rs:77: stale cache",
            "WARN x.y.PasswordEncoder: deprecated algorithm in use",
            "Access denied (using password: NO)",
            "tests: pass=12 fail=0",
            "SyntaxError: Unexpected token 'export'",
            "secret \"db-main\" not found in namespace \"prod\"",
            "SELECT id FROM users WHERE last_name = $1 LIMIT $2",
            "token: expired, password: incorrect, iban: invalid",
            "x.y.UserPasswordFilter: Set the context",
            r#"{"repository":{"full_name":"Acme-Corp/Shop"}}"#,
            r#"[{"Name":"UserAgent","Value":"curl"}]"#,
        ] {
            assert_eq!(masked(text), text);
        }
        for (text, clear) in [
            ("PWD=sesame; x", "PWD=<secret>; x"),
            ("UID=sa;PWD=/k9Zq;DATABASE=x", "UID=sa;PWD=<secret>;DATABASE=x"),
            ("x.FullName: Chidinma Okonkwo", "x.FullName: <name>"),
            ("login bob pass=483921 failed", "login bob pass=<secret> failed"),
            (r#"{"password":"$1 sesame"}"#, r#"{"password":"<secret>"}"#),
            (r#"{"password":"changed"}"#, r#"{"password":"<secret>"}"#),
            (r#"{"password":"$20242024"}"#, r#"{"password":"<secret>"}"#),
            (r#"{"pin":"int 4821"}"#, r#"{"pin":"<secret>"}"#),
            (r#"{"email":"zoe@x.fr Zoe Q"}"#, r#"{"email":"<email>"}"#),
            ("email=zoe@x.fr 200 OK", "email=<email> 200 OK"),
            (r#"{"password":[{"type":"a"},"k9x2"]}"#, r#"{"password":[{"type":"a"},"<secret>"]}"#),
            ("AccountName=ott; x", "AccountName=<name>; x"),
            ("x.y.LoginPassword: sesame", "x.y.LoginPassword: <secret>"),
            (r#"[{"Name":"Surname","Value":"ott"}]"#, r#"[{"Name":"Surname","Value":"<name>"}]"#),
        ] {
            assert_eq!(masked(text), clear);
        }
    }
}
