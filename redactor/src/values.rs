//! Posted values and unnamed fields: the shape or the permitted scalars in clear, the rest for sealing.
//!
//! Invariant: a posted value never stays in clear; an unnamed one only if `keep` names it, it is a scalar and
//! the detector finds nothing in it. Place on the path: the end of the clear part.

use crate::compose::{Composer, text};
use crate::content::Item;
use crate::event::Key;
use crate::plain::is_dropped;
use crate::post::Shape;
use crate::rules::scalar;
use crate::tally::Count;
use crate::{findings, json};
use greffier_record::{Hot, Post, Value};

/// Bytes of all kept fields in clear.
const KEPT: usize = 4096;

impl<'a> Composer<'_, 'a> {
    /// `post`: the shape in clear, the values for sealing.
    pub(crate) fn post(&mut self, post: &'a Post<'_>) {
        if self.notes.wanted() {
            let scanner = &self.judge.scanner;
            if let Some(fields) = &post.fields {
                findings::note_value(self.notes, scanner, "post", fields);
            }
            if let Some(raw) = text(&post.raw) {
                findings::note(self.notes, scanner, &[], "post.(raw)", raw);
            }
        }
        let shape = Shape::of(post, self.judge);
        self.event.object(
            Key::Post,
            shape.entries.iter().map(|(path, kind)| (path, *kind)),
            |kind, out| kind.write(out),
        );
        self.tally.add(Count::OverLimit, shape.over);
        if self.notes.wanted() {
            for (path, _) in &shape.entries {
                self.notes.clear(&format!("post.{path}"), "post", "name and type");
            }
            for path in &shape.secrets {
                self.notes.dropped(&format!("post.{path}"), "secret", "always dropped");
            }
        }
        self.lost.files = post.files.as_ref();
        match (&post.fields, text(&post.raw)) {
            (Some(fields), raw) => {
                (self.lost.post, self.lost.raw) = (Some(Item::Value(fields)), raw);
            }
            (None, Some(raw)) => self.lost.post = Some(Item::Text(raw)),
            (None, None) => {}
        }
    }

    /// `x`: unnamed fields that `keep` allows and the detector finds clean; the others are lost.
    pub(crate) fn rest(&mut self, rest: &'a [(Hot<'_>, Value<'_>)]) {
        let mut kept: Vec<(&str, &Value<'_>)> = Vec::new();
        let mut bytes = 0;
        for (path, value) in rest {
            let path = path.expose();
            if self.judge.of(path).secret || is_dropped(path, value, &self.judge.scanner) {
                self.tally.add(Count::Secret, 1);
                self.notes.dropped(path, "secret", "always dropped");
                continue;
            }
            if self.notes.wanted() {
                findings::note_value(self.notes, &self.judge.scanner, path, value);
            }
            let size = path.len() + scalar(value).map_or(5, str::len);
            let fresh = kept.iter().all(|(known, _)| *known != path);
            if fresh && bytes + size <= KEPT && self.may_stay(path, value) {
                bytes += size;
                kept.push((path, value));
                self.notes.clear(path, "x", "keep");
            } else {
                self.lose(path, Item::Value(value));
            }
        }
        self.event.object(Key::X, kept, write_scalar);
    }

    fn may_stay(&self, path: &str, value: &Value<'_>) -> bool {
        let named = self.rules.policy.keep.iter().any(|kept| kept == path);
        let clean = match value {
            Value::Bool(_) => true,
            Value::Text(text) => self.judge.scanner.is_clean(text.expose()),
            Value::Number(token) => {
                json::is_number(token.expose()) && self.judge.scanner.is_clean(token.expose())
            }
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        };
        let scanner = &self.judge.scanner;
        let cued = || scalar(value).and_then(|text| scanner.operator_under(path, text)).is_some();
        named
            && clean
            && !cued()
            && !path.split('.').any(|part| self.judge.scanner.personal_name(part))
    }
}

fn write_scalar(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(token) => out.extend_from_slice(token.expose().as_bytes()),
        Value::Text(text) => json::text(text.expose(), out),
        Value::Null | Value::Array(_) | Value::Object(_) => out.extend_from_slice(b"null"),
    }
}
