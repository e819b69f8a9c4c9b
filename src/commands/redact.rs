//! `greffier redact`: standard input to standard output with typed placeholders, line by line.
//!
//! A line that is JSON keeps its shape: names, order and every value that is clean stay as they are. Any other
//! line is text. Invariant: as many lines come out as went in, and none of them is kept.

use super::{layout, plan};
use crate::cli::{Common, End};
use anyhow::{Context as _, Result};
use greffier_redactor::{Container, Filter, Known};
use serde_json::Value;
use std::io::{BufRead as _, BufWriter, Write as _, stdin, stdout};

/// Redacts until the input ends. Of a configuration, only `[[privacy.entity]]` counts.
pub(super) fn redact(common: &Common) -> Result<End> {
    let filter = match &common.config {
        Some(_) => Filter::with(&plan(common, &layout(common))?.policy.entities),
        None => Filter::default(),
    };
    let mut input = stdin().lock();
    let mut output = BufWriter::new(stdout().lock());
    let (mut line, mut out) = (Vec::new(), String::new());
    loop {
        line.clear();
        out.clear();
        if input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0 {
            break;
        }
        let ended = line.last() == Some(&b'\n');
        let text = String::from_utf8_lossy(&line[..line.len() - usize::from(ended)]);
        redact_line(&filter, &text, &mut out);
        out.push_str(if ended { "\n" } else { "" });
        output.write_all(out.as_bytes()).context("cannot write standard output")?;
    }
    output.flush().context("cannot write standard output")?;
    Ok(End::Ok)
}

/// Appends `line` with placeholders.
fn redact_line(filter: &Filter, line: &str, out: &mut String) {
    let mut known = Known::default();
    match serde_json::from_str::<Value>(line) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            learn("", &value, filter, &mut known);
            // The line is looked at whole too: of a name that stands twice the value holds the last only.
            let whole = filter.text(line, &known, &mut String::new());
            if mask(Place::default(), &mut value, filter, &known) || whole {
                out.push_str(&value.to_string());
            } else {
                out.push_str(line);
            }
        }
        _ => {
            filter.text(line, &known, out);
        }
    }
}

/// Collects what the record says of its person.
fn learn(key: &str, value: &Value, filter: &Filter, known: &mut Known) {
    match value {
        Value::String(text) if filter.placeholder(key).is_some() && !filter.stays(key, text) => {
            known.learn(key, text);
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| learn(&path(key, name), value, filter, known));
        }
        Value::Array(values) => values.iter().for_each(|value| learn(key, value, filter, known)),
        _ => {}
    }
}

/// Where a value stands: its dotted path, and the list or object of secrets around it with the member's name in that.
#[derive(Clone, Copy, Default)]
struct Place<'p> {
    path: &'p str,
    within: Option<(Container, &'p str)>,
}

/// Replaces what is personal in `value`; true if anything was.
fn mask(place: Place<'_>, value: &mut Value, filter: &Filter, known: &Known) -> bool {
    match value {
        Value::Object(members) => {
            let mut masked = false;
            for (name, mut value) in std::mem::take(members) {
                let path = path(place.path, &name);
                let within = match place.within {
                    Some((container, _)) => Some((container, name.as_str())),
                    None => filter.container(&name).map(|container| (container, "")),
                };
                masked |= mask(Place { path: &path, within }, &mut value, filter, known);
                let mut shown = String::new();
                masked |= filter.text(&name, known, &mut shown);
                // Two names may become one.
                while members.contains_key(&shown) {
                    shown.push('_');
                }
                members.insert(shown, value);
            }
            masked
        }
        Value::Array(values) => {
            let masked = values.iter_mut().map(|value| mask(place, value, filter, known));
            masked.fold(false, |any, one| any | one)
        }
        Value::Null | Value::Bool(_) => false,
        Value::String(text) if text.is_empty() => false,
        Value::String(_) | Value::Number(_) => scalar(place, value, filter, known),
    }
}

/// Replaces a text or number: whole if its name says so, else what is found in it.
fn scalar(place: Place<'_>, value: &mut Value, filter: &Filter, known: &Known) -> bool {
    let key = place.path;
    if let Some(placeholder) = filter.placeholder(key)
        && !value.as_str().is_some_and(|text| filter.stays(key, text))
    {
        *value = placeholder.into();
        return true;
    }
    let text = match *value {
        Value::String(ref mut text) => std::mem::take(text),
        ref other => other.to_string(),
    };
    if key.to_ascii_lowercase().ends_with("cookie") && !text.contains('=') {
        *value = "<secret>".into(); // no pair whose name could say what it is
        return true;
    }
    let contained = || place.within.and_then(|(it, name)| filter.contained(it, name, &text));
    if let Some(placeholder) = filter.cued(key, &text).or_else(contained) {
        *value = placeholder.into();
        return true;
    }
    let mut out = String::with_capacity(text.len());
    let changed = filter.text(&text, known, &mut out);
    if changed || value.is_string() {
        *value = out.into();
    }
    changed
}

/// The dotted path of a member.
fn path(key: &str, name: &str) -> String {
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_shape() {
        let filter = Filter::default();
        let redacted = |line: &str| {
            let mut out = String::new();
            redact_line(&filter, line, &mut out);
            out
        };
        for (line, expected) in [
            (r#"{"a": 1.50, "b": [true, "ok"]}"#, r#"{"a": 1.50, "b": [true, "ok"]}"#),
            (
                r#"{"user":{"name":"Jean Dupont","phone":612345678},"msg":"no DUPONT","ip":"203.0.113.9"}"#,
                r#"{"user":{"name":"<name>","phone":"<phone>"},"msg":"no <name>","ip":"203.0.113.0/24"}"#,
            ),
            (r#"{"msg":"jean@x.fr","msg":"ok"}"#, r#"{"msg":"ok"}"#),
            (r#"{"to":{"jean@x.fr":1}}"#, r#"{"to":{"<email>":1}}"#),
            (
                r#"[{"name":"Jean Dupont","msg":"no Dupont"}]"#,
                r#"[{"name":"<name>","msg":"no <name>"}]"#,
            ),
            (
                r#"{"auth":{"basic":"ott:sesame","method":"ldap"},"tokens":["q7xx-p0zz"],"n":[1]}"#,
                r#"{"auth":{"basic":"<secret>","method":"ldap"},"tokens":["<secret>"],"n":[1]}"#,
            ),
            (
                r#"{"usage":{"tokens":1532},"secrets":{"db":["erle"],"ttl":60}}"#,
                r#"{"usage":{"tokens":1532},"secrets":{"db":["<secret>"],"ttl":60}}"#,
            ),
            (r#"{"auth_cookie":"abc"}"#, r#"{"auth_cookie":"<secret>"}"#),
            ("login of jean@x.fr failed", "login of <email> failed"),
            (r#"{"broken": "jean@x.fr""#, r#"{"broken": "<email>""#),
            ("", ""),
        ] {
            assert_eq!(redacted(line), expected);
        }
    }
}
