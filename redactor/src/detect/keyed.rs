//! Keys with their values: query and form, JSON, XML, cookies, PHP arrays, `key=value` and
//! `key: value` in log text, multipart fields.
//!
//! Invariant: this module only finds the key and where its value begins; `value` finds its end.
//! Escaped forms (JSON in JSON, percent) are found in the decoded views.

use super::names::{Kind, Names};
use super::text::{Text, is_word};
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

/// Bytes of a key that are looked at.
const LONGEST_KEY: usize = 64;

/// The slot whose separator (`=`, `:`, `=>`) begins at `at`.
pub(super) fn after_separator(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    let (byte, next, before) = (text.at(at), text.at(at + 1), text.before(at, 1));
    let double = match byte {
        b':' => {
            next == b':'
                || before == b':'
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
    let key_end =
        text.run_back(at - usize::from(before == b':' && byte == b'='), 2, |byte| byte == b' ');
    let (key, in_sentence) = key(text, key_end, byte == b':' || arrow || key_end < at)?;
    let kind = if in_sentence { kind_in_sentence(key, names) } else { names.kind(key) }?;
    if kind == Kind::Name
        && let Some(slot) = named_field(text, start, names)
    {
        return Some(slot);
    }
    let print_r = arrow && text.before(key_end, 1) == b']' && text.before(key_end, 2) != b'"';
    Some(Slot { kind, start, form: if print_r { Form::Line } else { Form::Plain } })
}

/// What the value behind a sentence is: by its end, or by its last word if that is a field's name (`a passport_number`).
fn kind_in_sentence(sentence: &str, names: &Names) -> Option<Kind> {
    let last = || sentence.rsplit(' ').next().filter(|last| last.contains('_'));
    names.kind_at_end(sentence).or_else(|| names.kind(last()?))
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

/// `name="password"` names a field itself: its value follows as `value="…"`, or in the next part
/// of a multipart body (RFC 7578).
fn named_field(text: Text<'_>, start: usize, names: &Names) -> Option<Slot> {
    let open = text.run(start, |byte| matches!(byte, b' ' | b'\\'));
    let quote = text.at(open);
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let close = text.run(open + 1, |byte| byte != quote && byte != b'\n' && byte != b'\\');
    if close - open > LONGEST_KEY || close == text.len() {
        return None;
    }
    let kind = names.kind(text.slice(open + 1..close))?;
    let gap = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b',' | b';' | b'\t');
    let next = text.run(close, gap);
    let rest = &text.bytes()[next..];
    if rest.starts_with(b"\r\n\r\n") || rest.starts_with(b"\n\n") {
        let start = text.run(next, |byte| matches!(byte, b'\r' | b'\n'));
        return Some(Slot { kind, start, form: Form::Line });
    }
    let after = next + 5;
    if !rest.starts_with(b"value") {
        return None;
    }
    let separator = text.run(after, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '));
    let is_separator = matches!(text.at(separator), b'=' | b':');
    is_separator.then_some(Slot { kind, start: separator + 1, form: Form::Plain })
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
    // Our own placeholders look like tags: they count as such only with an end tag.
    let closed = || {
        let value = text.run(at + 1, |byte| byte != b'<');
        text.bytes()[value..].starts_with(b"</")
            && text.bytes()[value + 2..].starts_with(name.as_bytes())
    };
    if super::entity::is_placeholder(text.slice(start - 1..at + 1)) && !closed() {
        return None;
    }
    names.kind(name).map(|kind| Slot { kind, start: at + 1, form: Form::Element })
}

/// The slot behind the `;` at `at` in PHP's serialisation: `s:8:"password";s:7:"hunter2";`.
pub(super) fn after_serialized_key(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    if text.before(at, 1) != b'"' || text.at(at + 1) != b's' || text.at(at + 2) != b':' {
        return None;
    }
    let (key, _) = key(text, at, false)?;
    let start = text.digits(at + 3);
    let quoted = text.at(start) == b':' && text.at(start + 1) == b'"';
    let kind = quoted.then(|| names.kind(key))??;
    Some(Slot { kind, start: start + 1, form: Form::Plain })
}

/// The slot whose value begins at `at` behind a space: `password "x"`, `passport 12AB34567`.
pub(super) fn after_space(text: Text<'_>, at: usize, names: &Names) -> Option<Slot> {
    let end = at.checked_sub(1)?;
    if text.at(end) != b' ' || !text.before(end, 1).is_ascii_alphabetic() {
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
    let kind = names.kind(last)?;
    Some(Slot { kind, start: at, form: Form::Plain })
}

/// True if `range` could hold a value worth hiding.
pub(super) fn is_value(text: Text<'_>, range: &Range<usize>) -> bool {
    const NOTHING: [&str; 10] =
        ["null", "nil", "none", "true", "false", "undefined", "yes", "no", "array", "object"];
    let value = text.slice(range.clone()).trim();
    let blank = |byte: u8| matches!(byte, b'*' | b'.' | b'-' | b'[' | b']' | b'{' | b'}' | b' ');
    !(value.bytes().all(blank)
        || super::entity::is_placeholder(value)
        || NOTHING.iter().any(|nothing| value.eq_ignore_ascii_case(nothing)))
}
