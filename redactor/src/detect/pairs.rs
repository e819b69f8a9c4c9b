//! Pairs in which one member names the field and another holds its value: `field=phone old="…"`,
//! `{"value": "…", "name": "surname"}`, `"loc": ["body", "dni"] … "input": "…"`, `input#phone … "value"`.
//!
//! Invariant: the name must say for certain what the value is. Place on the path: asked by `keyed` and `examine` for
//! the few keys that hold another field's value.

use super::keyed::{Form, Slot};
use super::names::{Kind, Names};
use super::text::{Text, is_word};
use super::wordlist::WordList;

/// Bytes between the two members.
const GAP: usize = 200;
/// Bytes of a field's name.
const NAME: usize = 48;

/// Keys of values whose field another key names.
static HOLDING: WordList<16> = WordList::new("value text input val answer content");

/// Keys that name the field.
static NAMING: WordList<32> = WordList::new(
    "field column attribute property name key ref label champ campo feld fieldName propertyName id",
);

/// What the value under `old` or `new`, the `key` that ends at `end`, is if `field=…` stands before it; under `date` of a
/// moment that was printed, what the key before it says.
pub(super) fn changed(text: Text<'_>, end: usize, key: &str, names: &Names) -> Option<Kind> {
    let start = end.saturating_sub(key.len());
    if key == "date" {
        return printed(text, start, names);
    }
    const FIELDS: [&str; 6] = ["field", "column", "attribute", "property", "champ", "campo"];
    let before = text.slice(text.ceil(start.saturating_sub(GAP))..start);
    let line = before.rsplit('\n').next()?;
    let at = FIELDS.iter().filter_map(|key| Some(line.rfind(key)? + key.len())).max()?;
    let value = line[at..].trim_start_matches(['"', '\'', ' ', '\\']);
    let value = value.strip_prefix(['=', ':'])?.trim_start_matches(['"', '\'', ' ', '\\']);
    let name =
        value.split(|char: char| !(char.is_alphanumeric() || "_-.".contains(char))).next()?;
    names.kind(name).filter(|kind| kind.is_certain())
}

/// `birthDate: DateTime @… {#7 date: …`, `[birthDate] => DateTime Object ( [date] => …`: kinds of dates only.
fn printed(text: Text<'_>, start: usize, names: &Names) -> Option<Kind> {
    let before = text.slice(text.ceil(start.saturating_sub(GAP / 2))..start);
    let class = before.rfind("DateTime").or_else(|| before.rfind("Carbon"))?;
    let before = before[..class].trim_end_matches("object(");
    let before = before.trim_end_matches(|char: char| !char.is_alphanumeric());
    let before = before.strip_suffix("object").unwrap_or(before);
    let before = before.trim_end_matches(|char: char| !char.is_alphanumeric());
    let name = before.rsplit(|char: char| !(char.is_alphanumeric() || char == '_')).next()?;
    names.kind(name).filter(|kind| *kind == Kind::Birth)
}

/// The slot of the quoted value behind the colon at `colon`, if its key only holds it and another names it.
pub(super) fn named_beside(text: Text<'_>, colon: usize, names: &Names) -> Option<Slot> {
    let quote = text.before(colon, 1);
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let start = text.run_back(colon - 1, 8, |byte| byte.is_ascii_lowercase());
    let key = text.slice(start..colon - 1);
    let open = text.run_within(colon + 1, 1, |byte| byte == b' ');
    if !HOLDING.has(key.as_bytes()) || text.before(start, 1) != quote || text.at(open) != quote {
        return None;
    }
    let kind = match key {
        "input" => location(text, start, names),
        "value" | "val" => behind(text, open, quote, names).or_else(|| element(text, start, names)),
        _ => behind(text, open, quote, names),
    };
    Some(Slot { kind: kind?, start: colon + 1, form: Form::Plain })
}

/// What the member behind the string that opens at `open` says: `"…","name":"surname"`, `"…","field":{"ref":"surname"`.
fn behind(text: Text<'_>, open: usize, quote: u8, names: &Names) -> Option<Kind> {
    let mut at = text.run_within(open + 1, GAP, |byte| byte != quote && byte != b'\n') + 1;
    for _ in 0..3 {
        let key = text.run_within(at, 6, |byte| matches!(byte, b',' | b' ' | b'{')) + 1;
        let end = text.run_within(key, NAME, is_word);
        if text.at(key - 1) != quote || text.at(end) != quote || text.at(end + 1) != b':' {
            return None;
        }
        let value = text.run_within(end + 2, 1, |byte| byte == b' ');
        let naming = NAMING.has(text.slice(key..end).as_bytes());
        if text.at(value) == b'{' && naming {
            at = value;
            continue;
        }
        let close =
            text.run_within(value + 1, NAME, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
        if text.at(value) != quote || text.at(close) != quote {
            return None;
        }
        let kind = naming.then(|| names.kind(text.slice(value + 1..close)));
        if let Some(kind) = kind.flatten().filter(|kind| kind.is_certain()) {
            return Some(kind);
        }
        at = close + 1;
    }
    None
}

/// What the last name of the place says in which a validator found the value: `"loc": ["body", "holder", "dni"]`.
fn location(text: Text<'_>, key: usize, names: &Names) -> Option<Kind> {
    let before = text.slice(text.ceil(key.saturating_sub(GAP + NAME))..key);
    let at = before.rfind("loc\":").or_else(|| before.rfind("loc':"))?;
    let list = before[at + 5..].trim_start().trim_start_matches(['[', '(']);
    let list = list.split([']', ')']).next()?;
    let name = list.rsplit([',', ' ']).next()?.trim_matches(['"', '\'']);
    names.kind(name).filter(|kind| kind.is_certain())
}

/// What the element of a page says that a trace of clicks names: `input#phone`, `input[name="phone"]`.
fn element(text: Text<'_>, key: usize, names: &Names) -> Option<Kind> {
    let before = text.slice(text.ceil(key.saturating_sub(GAP / 2))..key);
    let at = before.rfind("input")?;
    let rest = before[at + 5..].strip_prefix(['#', '[', '.'])?;
    let rest = rest.strip_prefix("name=").or_else(|| rest.strip_prefix("id=")).unwrap_or(rest);
    let rest = rest.trim_start_matches(['\\', '"', '\'']);
    let name = rest.split(|char: char| !(char.is_alphanumeric() || "_-".contains(char))).next()?;
    names.kind(name).filter(|kind| kind.is_certain())
}

/// Is the value at `start` the number of a line: `linea=662 …`, `"ligne": "03…"`? Other lines have no nine digits.
pub(super) fn is_subscriber_line(text: Text<'_>, key: &str, start: usize) -> bool {
    let start = text.run_within(start, 2, |byte| matches!(byte, b' ' | b'"'));
    let end = text.run_within(start, 16, |byte| byte.is_ascii_digit() || byte == b' ');
    let digits = text.bytes()[start..end].iter().filter(|byte| byte.is_ascii_digit()).count();
    matches!(key, "linea" | "línea" | "ligne" | "linha") && (9..=11).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn one_member_names_the_value_of_another() {
        for (text, clear) in [
            (
                r#"audit field=surname old="Xyl" new="Qwer" by=4"#,
                r#"audit field=surname old="<name>" new="<name>" by=4"#,
            ),
            ("titular=x linea=612 345 987 x=1", "titular=x linea=<phone> x=1"),
            (
                "-birthDate: DateTime @-9 {#7 date: 1971-02-03 00:00:00.0 UTC}",
                "-birthDate: <birthdate> @-9 {#7 date: <birthdate>:00:00.0 UTC}",
            ),
            (r#"{"value":"Xyl","field":"surname"}"#, r#"{"value":"<name>","field":"surname"}"#),
            (
                r#"{"text":"Xyl","field":{"id":"a1","ref":"last_name"}}"#,
                r#"{"text":"<name>","field":{"id":"a1","ref":"last_name"}}"#,
            ),
            (
                r#"{"loc":["body","iban"],"msg":"Value error","input":"XX12"}"#,
                r#"{"loc":["body","iban"],"msg":"Value error","input":"<iban>"}"#,
            ),
            (
                r#"{"message":"input#surname","data":{"value":"Xyl"}}"#,
                r#"{"message":"input#surname","data":{"value":"<name>"}}"#,
            ),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn members_that_name_nothing() {
        for text in [
            r#"audit field=status old="Open" new="Closed""#,
            r#"{"value":"blue","field":"color"}"#,
            "linea=12 ligne=125",
            r#"{"text":"Hello","type":"plain"}"#,
            r#"{"loc":["query","page"],"msg":"x","input":"abc"}"#,
            r#"{"message":"input#color","data":{"value":"blue"}}"#,
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
