//! The schema says what the reader says: the examples are valid, what the reader refuses by shape is not.

use super::{folder, read};
use crate::{json_schema, schema};
use serde_json::{Value, json};
use std::fs;
use toml_span::value::ValueInner;

/// A TOML value as JSON.
fn as_json(value: &toml_span::Value<'_>) -> Value {
    match value.as_ref() {
        ValueInner::String(text) => json!(text),
        ValueInner::Integer(number) => json!(number),
        ValueInner::Float(number) => json!(number),
        ValueInner::Boolean(truth) => json!(truth),
        ValueInner::Array(items) => items.iter().map(as_json).collect(),
        ValueInner::Table(table) => {
            let pair = |(key, value): (&toml_span::value::Key<'_>, _)| {
                (key.name.to_string(), as_json(value))
            };
            Value::Object(table.iter().map(pair).collect())
        }
    }
}

fn document(text: &str) -> Value {
    as_json(&toml_span::parse(text).unwrap())
}

/// Enough of JSON Schema for what we write; a keyword it does not know is a failure.
fn valid(root: &Value, schema: &Value, value: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(keyword, says)| match keyword.as_str() {
        "$schema" | "$defs" | "title" | "description" => true,
        "$ref" => {
            let pointer = says.as_str().unwrap().strip_prefix('#').unwrap();
            valid(root, root.pointer(pointer).unwrap(), value)
        }
        "const" => says == value,
        "enum" => says.as_array().unwrap().contains(value),
        "type" => match says.as_str().unwrap() {
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other}"),
        },
        "pattern" => value.as_str().is_none_or(|text| unit_fits(says.as_str().unwrap(), text)),
        "minimum" => value.as_i64().is_none_or(|number| number >= says.as_i64().unwrap()),
        "maximum" => value.as_i64().is_none_or(|number| number <= says.as_i64().unwrap()),
        "anyOf" => says.as_array().unwrap().iter().any(|one| valid(root, one, value)),
        "oneOf" => {
            says.as_array().unwrap().iter().filter(|one| valid(root, one, value)).count() == 1
        }
        "items" => {
            value.as_array().is_none_or(|items| items.iter().all(|item| valid(root, says, item)))
        }
        "required" => says.as_array().unwrap().iter().all(|key| {
            value.as_object().is_none_or(|table| table.contains_key(key.as_str().unwrap()))
        }),
        "properties" => value.as_object().is_none_or(|table| {
            table
                .iter()
                .all(|(key, value)| says.get(key).is_none_or(|schema| valid(root, schema, value)))
        }),
        "additionalProperties" => value
            .as_object()
            .is_none_or(|table| table.keys().all(|key| schema["properties"].get(key).is_some())),
        other => panic!("a keyword this test does not know: {other}"),
    })
}

/// The one kind of pattern there is: digits, then one of some units.
fn unit_fits(pattern: &str, text: &str) -> bool {
    let units = pattern.strip_prefix("^[0-9]+(").unwrap().strip_suffix(")$").unwrap();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < text.len() && units.split('|').any(|known| known == unit)
}

#[test]
fn the_examples_and_the_page_are_valid() {
    let root = json_schema();
    for example in ["default.toml", "social.toml", "webinar.toml"] {
        let text = fs::read_to_string(folder("examples").join(example)).unwrap();
        assert!(valid(&root, &root, &document(&text)), "{example}");
    }
    let page = fs::read_to_string(folder("../docs/configuration.md")).unwrap();
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let text: String = blocks.collect();
    // The other tests see to it that these examples hold every key.
    assert!(valid(&root, &root, &document(&text)));
}

#[test]
fn every_key_has_a_shape() {
    let root = json_schema();
    for keys in schema::ALL {
        let place: String = keys.place.chars().filter(|c| !"[]".contains(*c)).collect();
        let table = match place.as_str() {
            "" => &root,
            place => &root["$defs"][place.replace(' ', ".")],
        };
        for key in keys.known {
            let shape = &table["properties"][key];
            let some = ["type", "$ref", "const"].iter().any(|word| shape.get(word).is_some());
            let any = shape["anyOf"].as_array().is_some_and(|kinds| !kinds.is_empty());
            assert!(some || any, "{} {key}: {shape}", keys.place);
        }
    }
}

#[test]
fn what_has_the_wrong_shape_is_not_valid_for_either() {
    let root = json_schema();
    for text in [
        "",
        "version = 2",
        "version = 1\nservise = {}",
        "version = 1\n[service]\nname = 3",
        "version = 1\n[service]\nname = { env = \"A\", file = \"/b\" }",
        "version = 1\n[[source]]\nformat = \"json\"",
        "version = 1\n[[source]]\ntype = \"tape\"\nformat = \"json\"",
        "version = 1\n[source]\ntype = \"stdin\"\nformat = \"json\"",
        "version = 1\n[spool]\nmax = \"2GB\"",
        "version = 1\n[spool]\nmax = 2",
        "version = 1\n[context]\nidle = \"60\"",
        "version = 1\n[context]\nexclude_status = [\"404\"]",
        "version = 1\n[privacy]\nclaimed_per_hour = -1",
        "version = 1\n[sink.stdout]\nx = 1",
        "version = 1\n[metrics]\nlisten = 4381",
    ] {
        assert!(read(text.as_bytes()).is_err(), "{text}");
        assert!(!valid(&root, &root, &document(text)), "{text}");
    }
}
