//! What a reveal opened.
//!
//! Invariant: the only text of this crate that holds personal data; it is wiped when dropped.

use crate::{Opened, Revealed, Safe, SafeJson, class_name};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// Room for escapes, so that the text does not move while it grows and leave copies behind.
const GROWTH: usize = 8;

/// Role and class, then a line for each field; text as text, everything else as JSON.
#[must_use]
pub fn revealed(revealed: &Revealed) -> Zeroizing<String> {
    let mut out = room(revealed);
    for opened in &revealed.opened {
        write_blob(&mut out, opened).expect("a String takes everything");
    }
    for note in &revealed.notes {
        writeln!(out, "note: {}", Safe(note)).expect("a String takes everything");
    }
    out
}

/// One JSON object a line: `{"role":…,"class":…,"opened":{…}}`, or `"error"` for what stayed closed.
#[must_use]
pub fn revealed_json(revealed: &Revealed) -> Zeroizing<String> {
    let mut out = room(revealed);
    for opened in &revealed.opened {
        let (role, class) = (opened.role.name(), class_name(opened.class));
        let json = opened.json.as_ref().ok().and_then(|json| std::str::from_utf8(json).ok());
        let valid = json.filter(|json| serde_json::from_str::<&RawValue>(json).is_ok());
        let written = match (valid, &opened.json) {
            (Some(json), _) => {
                let json = SafeJson(json);
                writeln!(out, r#"{{"role":"{role}","class":"{class}","opened":{json}}}"#)
            }
            (None, Ok(_)) => {
                writeln!(out, r#"{{"role":"{role}","class":"{class}","error":"not JSON"}}"#)
            }
            (None, Err(error)) => {
                let error = serde_json::Value::from(error.to_string());
                writeln!(out, r#"{{"role":"{role}","class":"{class}","error":{error}}}"#)
            }
        };
        written.expect("a String takes everything");
    }
    out
}

fn room(revealed: &Revealed) -> Zeroizing<String> {
    let sealed: usize =
        revealed.opened.iter().filter_map(|o| Some(o.json.as_ref().ok()?.len())).sum();
    Zeroizing::new(String::with_capacity(4096 + sealed * GROWTH))
}

fn write_blob(out: &mut String, opened: &Opened) -> std::fmt::Result {
    writeln!(out, "{} · {}", opened.role.name(), class_name(opened.class))?;
    let json = match &opened.json {
        Ok(json) => json,
        Err(error) => return writeln!(out, "  stays closed: {}", Safe(&error.to_string())),
    };
    match serde_json::from_slice::<BTreeMap<&str, &RawValue>>(json) {
        Ok(fields) => {
            let width = fields.keys().map(|name| name.chars().count()).max().unwrap_or(0);
            fields.iter().try_for_each(|(name, value)| write_field(out, name, width, value))
        }
        Err(_) => writeln!(out, "  {}", Safe(&String::from_utf8_lossy(json))),
    }
}

fn write_field(out: &mut String, name: &str, width: usize, value: &RawValue) -> std::fmt::Result {
    write!(out, "  {:<width$}  ", Safe(name).to_string())?;
    match serde_json::from_str::<String>(value.get()).map(Zeroizing::new) {
        Ok(text) => writeln!(out, "{}", Safe(&text)),
        Err(_) => writeln!(out, "{}", SafeJson(value.get())),
    }
}
