//! The shape of what was posted: names and types, never a value.
//!
//! Invariant: a name stays only if it has a name's form and the detector finds nothing in it; a field with a
//! secret's name is gone with everything below it; sizes are powers of two. Place on the path: `post`.

use crate::judge::Judge;
use greffier_record::{Post, Value};
use std::collections::HashMap;

/// Paths at most.
const MOST: usize = 200;
/// Bytes of one path, and of all together.
const LONGEST: usize = 512;
const TOGETHER: usize = 16 * 1024;
/// So many paths need no index to be found again.
const FEW: usize = 16;
/// Path of a body that is not parsed.
const RAW: &str = "(raw)";

/// Type of a posted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The smallest power of two that is at least its UTF-8 bytes; 0 for the empty text.
    Text(usize),
    Number,
    Bool,
    Null,
    File,
}

impl Kind {
    fn text(text: &str) -> Self {
        Self::Text(if text.is_empty() { 0 } else { text.len().next_power_of_two() })
    }

    pub(crate) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Text(size) => {
                out.extend_from_slice(b"\"s");
                out.extend_from_slice(itoa::Buffer::new().format(size).as_bytes());
                out.push(b'"');
            }
            Self::Number => out.extend_from_slice(b"\"n\""),
            Self::Bool => out.extend_from_slice(b"\"b\""),
            Self::Null => out.extend_from_slice(b"\"z\""),
            Self::File => out.extend_from_slice(b"\"f\""),
        }
    }
}

/// Dotted path → type, in source order, each path once.
pub(crate) struct Shape<'s> {
    judge: &'s mut Judge,
    pub(crate) entries: Vec<(String, Kind)>,
    /// Path → place, once there are [`FEW`].
    index: HashMap<String, usize>,
    bytes: usize,
    /// Fields beyond the limits.
    pub(crate) over: u64,
    /// Paths of fields with a secret's name.
    pub(crate) secrets: Vec<String>,
}

impl<'s> Shape<'s> {
    pub(crate) fn of(post: &Post<'_>, judge: &'s mut Judge) -> Self {
        let (entries, index, secrets) = Default::default();
        let mut shape = Self { judge, entries, index, bytes: 0, over: 0, secrets };
        let mut path = String::new();
        if let Some(fields) = &post.fields {
            shape.walk(fields, &mut path);
        }
        if let Some(raw) = &post.raw {
            shape.add(RAW, Kind::text(raw.expose()));
        }
        if let Some(files) = &post.files {
            shape.files(files, &mut path);
        }
        shape
    }

    fn walk(&mut self, value: &Value<'_>, path: &mut String) {
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::Text(text) => Kind::text(text.expose()),
            Value::Array(_) | Value::Object(_) => return self.each(value, path, Self::walk),
        };
        self.add(path, kind);
    }

    /// Uploaded files: an object with a name and a type or size is one file.
    fn files(&mut self, value: &Value<'_>, path: &mut String) {
        let is_file = |members: &[(_, Value<'_>)]| {
            let has = |wanted: &str| members.iter().any(|(key, _)| named(key, wanted));
            has("name") && (has("type") || has("size"))
        };
        match value {
            Value::Object(members) if !is_file(members) => self.each(value, path, Self::files),
            Value::Array(_) => self.each(value, path, Self::files),
            _ => self.add(path, Kind::File),
        }
    }

    fn each(
        &mut self,
        value: &Value<'_>,
        path: &mut String,
        inner: fn(&mut Self, &Value<'_>, &mut String),
    ) {
        let length = path.len();
        match value {
            _ if length > LONGEST => self.over += 1,
            Value::Array(items) => {
                path.push_str("[]");
                items.iter().for_each(|item| inner(self, item, path));
            }
            Value::Object(members) => {
                for (key, value) in members {
                    if self.step(key.expose(), path) {
                        self.secrets.push(path.clone());
                    } else {
                        inner(self, value, path);
                    }
                    path.truncate(length);
                }
            }
            _ => inner(self, value, path),
        }
        path.truncate(length);
    }

    /// Appends a name to the path; true for the name of a secret.
    fn step(&mut self, key: &str, path: &mut String) -> bool {
        let verdict = self.judge.of(key);
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(if verdict.stays_as_name { key } else { "{}" });
        verdict.secret
    }

    /// Place of a path among the entries.
    fn find(&self, path: &str) -> Option<usize> {
        if self.entries.len() < FEW {
            return self.entries.iter().position(|(known, _)| known == path);
        }
        self.index.get(path).copied()
    }

    fn add(&mut self, path: &str, kind: Kind) {
        let path = if path.is_empty() { RAW } else { path };
        if let Some(at) = self.find(path) {
            let known = &mut self.entries[at].1;
            if let (Kind::Text(old), Kind::Text(new)) = (*known, kind) {
                *known = Kind::Text(old.max(new));
            }
        } else if self.entries.len() < MOST && self.bytes + path.len() <= TOGETHER {
            self.bytes += path.len();
            self.entries.push((path.to_owned(), kind));
            if self.entries.len() == FEW {
                let all = self.entries.iter().enumerate();
                self.index = all.map(|(at, (path, _))| (path.clone(), at)).collect();
            } else if self.entries.len() > FEW {
                self.index.insert(path.to_owned(), self.entries.len() - 1);
            }
        } else {
            self.over += 1;
        }
    }
}

fn named(key: &greffier_record::Hot<'_>, wanted: &str) -> bool {
    key.expose() == wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_record::Hot;

    fn text(value: &str) -> Value<'_> {
        Value::Text(Hot::new(value))
    }

    fn object<'a>(members: Vec<(&'a str, Value<'a>)>) -> Value<'a> {
        Value::Object(members.into_iter().map(|(key, value)| (Hot::new(key), value)).collect())
    }

    fn shown(post: Post<'_>) -> String {
        let mut judge = Judge::new();
        let mut out = Vec::new();
        for (path, kind) in Shape::of(&post, &mut judge).entries {
            out.extend_from_slice(path.as_bytes());
            out.push(b'=');
            kind.write(&mut out);
            out.push(b' ');
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn types_sizes_arrays_and_names() {
        let contact = |email| object(vec![("email", text(email)), ("vip", Value::Bool(true))]);
        let fields = object(vec![
            ("a", text("")),
            ("b", text("é")),
            ("c", text("12345")),
            ("n", Value::Number(Hot::new("1"))),
            ("z", Value::Null),
            ("contacts", Value::Array(vec![contact("x@y.fr"), contact("longer.name@y.fr")])),
            ("alice@example.org", text("1")),
            ("user", object(vec![("password", object(vec![("first", text("x"))]))])),
            ("empty", object(vec![])),
        ]);
        assert_eq!(
            shown(Post { fields: Some(fields), ..Post::default() }),
            "a=\"s0\" b=\"s2\" c=\"s8\" n=\"n\" z=\"z\" contacts[].email=\"s16\" \
             contacts[].vip=\"b\" {}=\"s1\" "
        );
    }

    #[test]
    fn bodies_that_are_not_parsed_and_files() {
        let raw = Post { raw: Some(Hot::new("x".repeat(300))), ..Post::default() };
        assert_eq!(shown(raw), "(raw)=\"s512\" ");
        let file =
            || object(vec![("name", text("id.pdf")), ("size", Value::Number(Hot::new("1")))]);
        let files = object(vec![("one", file()), ("more", Value::Array(vec![file(), file()]))]);
        let post = Post { files: Some(files), ..Post::default() };
        assert_eq!(shown(post), "one=\"f\" more[]=\"f\" ");
    }

    #[test]
    fn many_paths_are_each_there_once() {
        let names: Vec<String> = (0..40).map(|n| format!("name{n}")).collect();
        let items = || object(names.iter().map(|name| (name.as_str(), text("é"))).collect());
        let longer = object(vec![("name3", text("long")), ("name30", text("long"))]);
        let many = Value::Array(vec![items(), items(), longer]);
        let shape = shown(Post { fields: Some(many), ..Post::default() });
        assert_eq!(shape.matches("[].name").count(), 40);
        assert!(shape.contains("[].name3=\"s4\" [].name4=\"s2\" "));
        assert!(shape.contains("[].name30=\"s4\" [].name31=\"s2\" "));
    }

    #[test]
    fn limits_hold() {
        let names: Vec<String> = (0..20_000).map(|n| format!("name{n}")).collect();
        let many = object(names.iter().map(|name| (name.as_str(), Value::Null)).collect());
        let post = Post { fields: Some(many), ..Post::default() };
        let mut judge = Judge::new();
        let shape = Shape::of(&post, &mut judge);
        assert_eq!((shape.entries.len(), shape.over), (200, 19_800));
        let deep = (0..100).fold(Value::Null, |inner, _| object(vec![("abcdefghij", inner)]));
        let post = Post { fields: Some(deep), ..Post::default() };
        assert_eq!(Shape::of(&post, &mut judge).over, 1);
    }
}
