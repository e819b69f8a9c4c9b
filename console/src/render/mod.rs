//! What is found, as text: tables and timelines for people, one JSON object a line for programs.
//!
//! Invariant: every character of an event passes `escape`; the text holds no colour and no control character
//! but the line break. Place on the path: last, before the binary prints.

mod revealed;
mod table;
mod timeline;

pub use revealed::{revealed, revealed_json};
pub use table::{line, line_head, row_json, table, table_json};
pub use timeline::{timeline, timeline_json};

use crate::keys::Erasure;
use crate::time::day_words;
use crate::{Safe, SafeJson};
use greffier_sinks::{Event, Kid, Stored, day_text};
use std::fmt::Write as _;

/// Written where there is nothing to write.
const NONE: &str = "–";

/// A person as three characters of a key id, which is new every day: enough to tell the people of one table
/// apart, no help in following anyone.
fn person(kid: Option<&Kid>) -> String {
    kid.map_or_else(|| NONE.to_owned(), |kid| format!("●{:02x}{:x}", kid[0], kid[1] >> 4))
}

fn erased_on(erasure: Erasure) -> String {
    match erasure {
        Erasure::On(day) => day_words(day),
        Erasure::Done => "erased".to_owned(),
    }
}

/// What a record is about, on one line: a path, an error, an action.
fn subject(event: &Event<'_>) -> String {
    let first = event.path.as_deref().or(event.exc.as_deref()).or(event.obj.as_deref());
    let text = match (first, event.msg.as_deref()) {
        (Some(first), Some(msg)) => format!("{first}: {msg}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => NONE.to_owned(),
    };
    Safe(&text).to_string()
}

/// What kind of record it is: a method, a level, what somebody did.
fn verb(event: &Event<'_>) -> String {
    let level = event.lvl.as_deref().map(str::to_uppercase);
    let word = event.method.as_deref().or(level.as_deref()).or(event.ev.as_deref());
    Safe(word.unwrap_or(NONE)).to_string()
}

fn number<N: ToString>(number: Option<N>) -> String {
    number.map_or_else(|| NONE.to_owned(), |number| number.to_string())
}

/// At most `width` characters.
fn fit(text: String, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text,
        Some(_) => text.chars().take(width - 1).chain(['…']).collect(),
    }
}

/// The line of one event for programs: its exact fields, and what greffier knows beside them.
fn json_line(out: &mut String, stored: &Stored, erasure: Erasure, more: &str) {
    let erased = match erasure {
        Erasure::On(day) => u16::try_from(day).map(day_text).unwrap_or_default(),
        Erasure::Done => "erased".to_owned(),
    };
    // What is no JSON object is passed on as a string: a line is always JSON.
    let object = serde_json::from_str::<&serde_json::value::RawValue>(&stored.json)
        .map_or_else(|_| serde_json::Value::from(&*stored.json).to_string(), |raw| raw.to_string());
    let (short, json) = (stored.id.short(), SafeJson(&object));
    writeln!(out, r#"{{"short":"{short}","erased_on":"{erased}"{more},"event":{json}}}"#)
        .expect("a String takes everything");
}
