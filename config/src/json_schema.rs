//! The shape of the file as a JSON Schema (draft 2020-12), for editors.
//!
//! Invariant: there is one truth, the reader. Tables and keys come from `schema.rs`; what a key takes is
//! found by asking the reader: it is given a value of each type, and a wrong word, and what it says about
//! them is written down. A key that the reader learns is in the schema at once. On no path of a record.

use crate::schema::{self, Keys};
use crate::unit;
use crate::{Layout, Problem};
use serde_json::{Map, Value, json};

/// A value of each type: its name in JSON Schema, and how it stands in the file.
const TYPES: [(&str, &str); 6] = [
    ("string", "\"?\""),
    ("integer", "-9223372036854775807"),
    ("number", "7.5"),
    ("boolean", "true"),
    ("array", "[]"),
    ("object", "{}"),
];

/// The schema of `greffier.toml`.
#[must_use]
pub fn json_schema() -> Value {
    let tables = schema::ALL.iter().filter(|keys| !keys.place.is_empty());
    let mut defs: Map<_, _> = tables.map(|keys| (definition(keys), table(keys))).collect();
    defs.insert("reference".into(), reference());
    let mut root = table(&schema::ROOT);
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    root["title"] = "greffier's configuration".into();
    root["$defs"] = defs.into();
    root
}

/// `{ env = "NAME" }` or `{ file = "/path" }`.
fn reference() -> Value {
    let one = |name: &str| {
        json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name],
            "additionalProperties": false })
    };
    json!({ "oneOf": [one("env"), one("file")] })
}

/// What a table is called in `$defs`: `source`, `service.tenant`.
fn definition(keys: &Keys) -> String {
    let plain: String = keys.place.chars().filter(|c| !"[]".contains(*c)).collect();
    plain.replace(' ', ".")
}

fn table(keys: &'static Keys) -> Value {
    let asked = Asked::new(keys);
    let properties: Map<_, _> =
        keys.known.iter().map(|key| ((*key).to_owned(), asked.property(key))).collect();
    let mut table =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let required = asked.required();
    if !required.is_empty() {
        table["required"] = required.into();
    }
    table
}

/// A table about which the reader is asked.
struct Asked {
    keys: &'static Keys,
    /// Lines that may stand beside a key: which keys a table reads can depend on its `type`, or on the `type` of
    /// the table it is in.
    beside: Vec<String>,
}

/// The two parts of a place like `[[source]] tls`.
fn within(keys: &Keys) -> Option<(&'static str, &'static str)> {
    keys.place.split_once("]] ").map(|(table, inner)| (&table[2..], inner))
}

impl Asked {
    fn new(keys: &'static Keys) -> Self {
        let mut asked = Self { keys, beside: vec![String::new()] };
        if let Some((table, _)) = within(keys) {
            let outer = format!("[[{table}]]");
            let outer = schema::ALL.into_iter().find(|keys| keys.place == outer);
            asked.beside.extend(outer.map(|outer| Self::new(outer).beside).unwrap_or_default());
        } else if keys.known.contains(&"type") {
            let words = asked.word_list("type", "\"?\"", "");
            let lines = words.iter().map(|word| format!("type = \"{word}\""));
            asked.beside.extend(lines);
        }
        asked
    }

    /// What the reader says about lines in this table.
    fn problems(&self, beside: &str, lines: &str) -> Vec<Problem> {
        let (place, table) = (self.keys.place, within(self.keys));
        let heading = match (table, place.split_once("] ")) {
            (Some((table, inner)), _) => format!("[[{table}]]\n{beside}\n[{table}.{inner}]"),
            (None, Some((table, inner))) => format!("{table}.{inner}]"),
            (None, None) => place.to_owned(),
        };
        let beside = if table.is_some() { "" } else { beside };
        let version = if lines.starts_with("version") { "" } else { "version = 1" };
        let beside = if lines.starts_with("type ") { "" } else { beside };
        let text = format!("{version}\n{heading}\n{beside}\n{lines}\n");
        let layout = Layout::new("/var/lib/greffier");
        let read = crate::parse("greffier.toml", text.as_bytes(), &layout, "host", &|_| None);
        read.err().map(|problems| problems.iter().cloned().collect()).unwrap_or_default()
    }

    /// What it says about one value, at `place` behind the key's own.
    fn says(&self, beside: &str, key: &str, value: &str, behind: &str) -> Option<Problem> {
        let place = match self.keys.place {
            "" => format!("{key}{behind}"),
            table if table.ends_with(']') => format!("{table} {key}{behind}"),
            table => format!("{table}.{key}{behind}"),
        };
        let problems = self.problems(beside, &format!("{key} = {value}"));
        problems.into_iter().find(|problem| problem.place == place)
    }

    /// The first thing it says about a value, whatever stands beside it.
    fn says_ever(&self, key: &str, value: &str, behind: &str) -> Option<Problem> {
        let read = self.beside.iter().filter(|beside| self.reads(beside, key));
        read.into_iter().find_map(|beside| self.says(beside, key, value, behind))
    }

    /// Whether the key is read there: no key takes `true`.
    fn reads(&self, beside: &str, key: &str) -> bool {
        let said = self.says(beside, key, "true", "");
        said.is_some_and(|problem| !problem.what.contains("has no such key"))
    }

    /// Whether a value of that type is one the key takes.
    fn takes(&self, key: &str, value: &str, behind: &str) -> bool {
        self.beside.iter().filter(|beside| self.reads(beside, key)).any(|beside| {
            let said = self.says(beside, key, value, behind);
            said.is_none_or(|problem| !problem.what.starts_with("wrong type"))
        })
    }

    /// The words it asks for when it is given another.
    fn word_list(&self, key: &str, value: &str, behind: &str) -> Vec<String> {
        let Some(problem) = self.says_ever(key, value, behind) else { return Vec::new() };
        if !problem.what.starts_with("unknown ") {
            return Vec::new();
        }
        let quoted = problem.advice.split('"').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    }

    /// Keys that are missed, whatever stands in the table.
    fn required(&self) -> Vec<String> {
        let missing = |beside: &String| -> Vec<String> {
            let problems = self.problems(beside, "");
            let missing = problems.iter().filter(|problem| problem.what == "missing");
            let key = |place: &str| place.rsplit([' ', '.']).next().unwrap_or(place).to_owned();
            let own = |problem: &&Problem| problem.place.starts_with(self.keys.place);
            missing.filter(own).map(|problem| key(&problem.place)).collect()
        };
        if self.keys.place.is_empty() {
            return vec!["version".to_owned()];
        }
        let mut all = self.beside.iter();
        let first = all.next().map(missing).unwrap_or_default();
        let others: Vec<_> = all.map(missing).collect();
        let always = |key: &String| key == "type" || others.iter().all(|keys| keys.contains(key));
        let known = |key: &String| self.keys.known.contains(&key.as_str());
        first.into_iter().filter(|key| known(key) && always(key)).collect()
    }

    /// The schema of one key.
    fn property(&self, key: &'static str) -> Value {
        if key == "version" {
            return json!({ "const": 1 });
        }
        let table = self.table_of(key);
        if let Some(keys) = table.filter(|keys| keys.place.starts_with("[[")) {
            return json!({ "type": "array", "items": { "$ref": pointer(keys) } });
        }
        let mut kinds: Vec<Value> = Vec::new();
        for (kind, value) in TYPES {
            match (kind, table) {
                ("object", Some(keys)) => kinds.push(json!({ "$ref": pointer(keys) })),
                // A table may have no keys at all, and then nothing to say about other types.
                _ if table.is_some_and(|_| kind == "array") => {}
                _ if self.takes(key, value, "") => kinds.push(self.kind(key, kind, value, "")),
                _ => {}
            }
        }
        let mut property = match kinds.len() {
            1 => kinds.swap_remove(0),
            _ => json!({ "anyOf": kinds }),
        };
        let advice = self.says_ever(key, "true", "").map(|problem| problem.advice);
        let advice = advice.as_deref().and_then(|advice| advice.strip_prefix("write "));
        if let Some(advice) = advice.filter(|_| table.is_none()) {
            property["description"] = advice.into();
        }
        property
    }

    /// The schema of one type that a key takes.
    fn kind(&self, key: &str, kind: &str, value: &str, behind: &str) -> Value {
        match kind {
            "array" if behind.is_empty() => json!({ "type": "array", "items": self.items(key) }),
            "object" => match self.says_ever(key, value, behind) {
                Some(problem) if problem.what == "not a reference" => {
                    json!({ "$ref": "#/$defs/reference" })
                }
                _ => json!({ "type": "object" }),
            },
            _ => self.scalar(key, kind, value, behind),
        }
    }

    fn items(&self, key: &str) -> Value {
        let behind = " item 1";
        let list = |value: &str| format!("[{value}]");
        let taken = TYPES.iter().filter(|(_, value)| self.takes(key, &list(value), behind));
        let kinds: Vec<Value> =
            taken.map(|(kind, value)| self.kind(key, kind, &list(value), behind)).collect();
        json!({ "anyOf": kinds })
    }

    fn scalar(&self, key: &str, kind: &str, value: &str, behind: &str) -> Value {
        let mut schema = json!({ "type": kind });
        let words = self.word_list(key, value, behind);
        if !words.is_empty() {
            schema["enum"] = words.into();
        }
        let problem = self.says_ever(key, value, behind);
        match problem.as_ref().map(|problem| problem.what.as_str()) {
            Some("not a size") => schema["pattern"] = unit::pattern(&unit::SIZES).into(),
            Some("not a duration") => schema["pattern"] = unit::pattern(&unit::TIMES).into(),
            Some("out of bounds") if kind == "integer" => {
                let advice = problem.map(|problem| problem.advice).unwrap_or_default();
                let numbers: Vec<i64> =
                    advice.split(' ').filter_map(|word| word.parse().ok()).collect();
                if let [low, high] = numbers[..] {
                    (schema["minimum"], schema["maximum"]) = (low.into(), high.into());
                }
            }
            _ => {}
        }
        schema
    }

    /// The table of its own that a key has.
    fn table_of(&self, key: &str) -> Option<&'static Keys> {
        let inside = self.keys.place.trim_matches(['[', ']']);
        let places = if inside.is_empty() {
            [format!("[{key}]"), format!("[[{key}]]"), String::from("-")]
        } else {
            [
                format!("[{inside}] {key}"),
                format!("[{inside}.{key}]"),
                format!("[[{inside}.{key}]]"),
            ]
        };
        schema::ALL.into_iter().find(|keys| places.iter().any(|place| place == keys.place))
    }
}

fn pointer(keys: &Keys) -> String {
    format!("#/$defs/{}", definition(keys))
}
