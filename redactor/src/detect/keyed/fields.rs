//! Fields that are named by a value: `name="password"` with `value="…"` behind it, `{"label":"…","value":"…"}`,
//! `"birthDate":{"old":…,"new":…}`.
//!
//! Invariant: the name and the value stand side by side, or one in the other. Place on the path: asked by
//! [`keyed`](super) for the keys that only hold a value or only name a field.

use super::super::names::{Kind, Names};
use super::super::text::{Text, is_word};
use super::super::wordlist::WordList;
use super::{Form, LONGEST_KEY, Slot};

/// Keys of a value whose name stands before it: `{"label":"…","value":"…"}`, `{"question":"…","answer":"…"}`.
pub(super) static ANSWERS: WordList<16> =
    WordList::new("value answer antwort reponse risposta respuesta resposta");

/// What says whose value or which part of it stands behind it: the name of the field is that of the object around.
pub(super) static CHANGES: WordList<64> = WordList::new(
    "old new from to before after was now previous current oldValue newValue old_value new_value date first last middle given family full year month day",
);

/// What the value is in `"birthDate":{"old":null,"new":…`, behind the key of `len` bytes that ends at `end`.
pub(super) fn changed(text: Text<'_>, end: usize, len: usize, names: &Names) -> Option<Kind> {
    let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\');
    let key = text.run_back(end, 8, quote).checked_sub(len)?;
    let open = text.run_back(key, 2 * LONGEST_KEY, |byte| !matches!(byte, b'{' | b'}' | b'\n'));
    let lead = |byte: u8| quote(byte) || matches!(byte, b'{' | b':' | b' ' | b'=' | b'>');
    let close = text.run_back(open, 8, lead);
    let start = text.run_back(close, LONGEST_KEY, |byte| is_word(byte) || byte == b'-');
    let between = text.slice(close..open);
    let is_object = between.ends_with('{') && between.contains([':', '>']);
    let kind = is_object.then(|| names.kind(text.slice(start..close)))??;
    let half = || matches!(text.slice(key..key + len), "first" | "last");
    match kind {
        Kind::Person | Kind::Login if half() => Some(Kind::Name),
        _ => Some(kind).filter(|kind| kind.is_certain()),
    }
}

/// `"path":"name.familyName","value":…`, `"question":"Date of birth","answer":…`: the string before the key of `len`
/// bytes that ends at `end` names the field.
pub(super) fn value_of_pair(
    text: Text<'_>,
    end: usize,
    start: usize,
    names: &Names,
    len: usize,
) -> Option<Slot> {
    let mark = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b',');
    let key = text.run_back(end, 8, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
    let close = text.run_back(key.checked_sub(len)?, 8, mark);
    let inside = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.' | b' ') || byte >= 0x80;
    let open = text.ceil(text.run_back(close, LONGEST_KEY, inside));
    let open = open + text.slice(open..close).len() - text.slice(open..close).trim_start().len();
    let lead = text.run_back(open, 4, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '));
    let is_pair = matches!(text.before(lead, 1), b':' | b'=') && lead < open;
    let kind = is_pair.then(|| names.kind(text.slice(open..close)))??;
    Some(Slot { kind, start, form: Form::Plain })
}

/// `name="password"` names a field itself: its value follows as `value="…"`, in the next line (`value: …`), or in the
/// next part of a multipart body (RFC 7578). `Some(None)` if it names a field with nothing to hide.
pub(super) fn named_field(
    text: Text<'_>,
    start: usize,
    key: &str,
    names: &Names,
) -> Option<Option<Slot>> {
    let open = text.run(start, |byte| matches!(byte, b' ' | b'\\'));
    let quote = text.at(open);
    if !matches!(quote, b'"' | b'\'') {
        return if key.eq_ignore_ascii_case("name") {
            named_in_yaml(text, open, names)
        } else {
            None
        };
    }
    let close = text.run(open + 1, |byte| byte != quote && byte != b'\n' && byte != b'\\');
    if close - open > LONGEST_KEY || close == text.len() {
        return None;
    }
    let name = text.slice(open + 1..close);
    if super::super::entity::is_placeholder(name) {
        return None; // ours, of the round before
    }
    let kind = names.kind(name);
    let gap = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b',' | b';' | b'\t');
    let next = text.run(close, gap);
    let rest = &text.bytes()[next..];
    // `<Data Name="TargetUserName">jdupont</Data>`
    if text.at(close + 1) == b'>'
        && !name.contains(' ')
        && !super::super::entity::is_placeholder(name)
    {
        return Some(kind.map(|kind| Slot { kind, start: close + 2, form: Form::Element }));
    }
    if rest.starts_with(b"\r\n\r\n") || rest.starts_with(b"\n\n") {
        let start = text.run(next, |byte| matches!(byte, b'\r' | b'\n'));
        return kind.map(|kind| Some(Slot { kind, start, form: Form::Line }));
    }
    let separator = text.run(next + 5, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '));
    let value = rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"value"));
    if !value || !matches!(text.at(separator), b'=' | b':') {
        // A field of a form or a schema, without its value: `name="surname" type="xs:string"`.
        let field = key == "name"
            && kind.is_some()
            && name.bytes().all(|byte| is_word(byte) || byte == b'-');
        return (field && is_spaced(rest)).then_some(None);
    }
    let slot = kind.map(|kind| Some(Slot { kind, start: separator + 1, form: Form::Plain }));
    slot.or_else(|| (key.eq_ignore_ascii_case("name") && !name.contains(' ')).then_some(None))
}

/// Does an attribute follow, `type=…`?
fn is_spaced(rest: &[u8]) -> bool {
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    word > 0 && rest.get(word) == Some(&b'=')
}

/// `name: SMTP_PASSWORD` with `value: …` in the next line, as in a container's environment.
fn named_in_yaml(text: Text<'_>, start: usize, names: &Names) -> Option<Option<Slot>> {
    let end =
        text.run_within(start, LONGEST_KEY, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    let next = text.run(end, |byte| byte.is_ascii_whitespace());
    let follows = end > start
        && text.slice(end..next).contains('\n')
        && text.bytes()[next..].starts_with(b"value:");
    let kind = names.kind(text.slice(start..end));
    follows.then(|| kind.map(|kind| Slot { kind, start: next + 6, form: Form::Line }))
}
