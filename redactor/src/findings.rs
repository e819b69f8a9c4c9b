//! What is found in a field, for an explanation: kinds, encodings and rules.
//!
//! Invariant: nothing of the text is in a note; only what the scanner finds by itself, or the record says of its
//! person, is noted. Place on the path: beside it, asked by `explain` only.

use crate::detect::{Encoding, Rule, Scanner};
use crate::explain::Notes;
use crate::known::{self, Sought};
use crate::rules::scalar;
use crate::{secrets, url};
use greffier_record::Value;
use std::borrow::Cow;

/// What stands for the names of a record's person.
const OWN: [&str; 6] = ["<email>", "<name>", "<login>", "<phone>", "<uid>", "<fid>"];

/// Notes what is found in a text: by the scanner, and of `persons`.
pub(crate) fn note(
    notes: &mut Notes,
    scanner: &Scanner,
    persons: &[Sought<'_>],
    field: &str,
    text: &str,
) {
    let text = secrets::without_path_keys(text);
    if matches!(text, Cow::Owned(_)) {
        notes.found(field, url::SECRET, &[], "path segment that is a key");
    }
    let mut found = Vec::new();
    scanner.scan(&text, &mut found);
    for finding in &found {
        let through: Vec<_> = finding.trace.through().collect();
        let placeholder = finding.entity.placeholder();
        notes.found(field, placeholder, &through, finding.trace.rule.name());
    }
    let mut masked = String::new();
    scanner.mask(&text, &mut masked);
    if let Some(after) = known::mask(&masked, persons) {
        for (placeholder, what) in replaced(&masked, &after) {
            let through: Vec<_> = Encoding::in_text(what).into_iter().collect();
            notes.found(field, placeholder, &through, Rule::Known.name());
        }
    }
}

/// What of `before` was replaced in `after`, and by which placeholder.
fn replaced<'t>(before: &'t str, after: &str) -> Vec<(&'static str, &'t str)> {
    let (mut all, mut before, mut after) = (Vec::new(), before, after);
    while before != after {
        let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other);
        let same = after.floor_char_boundary(same.count());
        let Some(own) = OWN.into_iter().find(|own| after[same..].starts_with(own)) else { break };
        after = &after[same + own.len()..];
        let next = OWN.iter().filter_map(|own| after.find(own)).min().unwrap_or(after.len());
        let rest = &before[same..];
        let end = match &after[..next] {
            "" => rest.len(),
            between => rest.find(between).unwrap_or(rest.len()),
        };
        all.push((own, &rest[..end]));
        before = &rest[end..];
    }
    all
}

/// Notes what is found in a posted value or an unnamed field, and in all that is in it.
pub(crate) fn note_value(notes: &mut Notes, scanner: &Scanner, path: &str, value: &Value<'_>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                note_value(notes, scanner, &format!("{path}.{}", key.expose()), value);
            }
        }
        Value::Array(items) => {
            let path = format!("{path}[]");
            items.iter().for_each(|item| note_value(notes, scanner, &path, item));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
            let text = scalar(value).unwrap_or_default();
            note(notes, scanner, &[], path, text);
            let key = path.rsplit('.').next().unwrap_or(path);
            if let Some(entity) = scanner.operator_under(key, text) {
                notes.found(path, entity.placeholder(), &[], Rule::Operator.name());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner::Names;

    fn noted(text: &str) -> Vec<String> {
        let mut notes = Notes::default();
        notes.start();
        let (email, name) = (Some("ada@example.org"), Some("Ada Lovelace"));
        let ada = Sought::new(Names { email, name, ..Names::default() });
        note(&mut notes, &Scanner::new(), &[ada], "msg", text);
        notes.finish().iter().map(|fate| format!("{:?} {}", fate.fate, fate.rule)).collect()
    }

    #[test]
    fn entity_encodings_and_rule_of_each() {
        let own = "the record's own person";
        for (text, expected) in [
            ("mail x@y.fr", &[("<email>", "", "form")][..]),
            ("q=x%40y.fr&ip=203.0.113.7", &[("<email>", "percent", "form"), ("<ip>", "", "form")]),
            ("q=x%2540y.fr", &[("<email>", "percent, percent", "form")]),
            (r"x\u0040y.fr", &[("<email>", "escape", "form")]),
            ("x&#64;y.fr", &[("<email>", "html", "form")]),
            ("mail x=40y.fr", &[("<email>", "quoted-printable", "form")]),
            ("x\u{ff20}y.fr", &[("<email>", "unicode", "form")]),
            ("state=bWFpbD1qZWFuLmR1cG9udEB4LmZyPz4=", &[("<email>", "base64", "form")]),
            ("state=c2VlIGplYW4lNDB4LmZyIG9r", &[("<email>", "base64, percent", "form")]),
            ("pay 4111 1111 1111 1111", &[("<card>", "", "form and check digits")]),
            (r#"{"password":"x"}"#, &[("<secret>", "", "name of the field")]),
            ("%22name%22%3A%22Jean%22", &[("<name>", "percent", "name of the field")]),
            ("siret 732 829 320 00074", &[("<id>", "", "word before it")]),
            ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", &[("<secret>", "", "prefix")]),
            ("/reset/2dfb8cc0448705b5", &[("<secret>", "", "path segment that is a key")]),
            ("x=%252525252540", &[("<sealed>", "", "not examined")]),
            ("LOVELACE was not found", &[("<name>", "", own)]),
            ("no Ada here, lovel%61ce", &[("<name>", "", own), ("<name>", "percent", own)]),
            ("nothing here", &[]),
        ] {
            let shown = |(what, through, rule): &(&str, &str, &str)| {
                let through: Vec<_> = through.split(", ").filter(|one| !one.is_empty()).collect();
                format!("Found {{ as_: {what:?}, through: {through:?} }} {rule}")
            };
            assert_eq!(noted(text), expected.iter().map(shown).collect::<Vec<_>>(), "{text}");
        }
    }
}
