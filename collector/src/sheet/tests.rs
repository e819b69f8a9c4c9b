//! What `sheet` promises, by example.

use super::*;
use crate::testing::{decode, request, rest, show};
use greffier_record::Format;

#[test]
fn a_long_path_is_taken_apart_no_further() {
    let key = "k".repeat(LONGEST_PATH + 1);
    let line =
        format!(r#"{{"url":"/","status":200,"{key}":{{"a":{{"b":1}}}},"c":{{"d":{{"e":1}}}}}}"#);
    let line = request(decode(Format::Json, line.as_bytes()));
    assert_eq!(rest(&line), [format!(r#"{key}={{"a":{{"b":1}}}}"#), "c.d.e=1".to_owned()]);
}

#[test]
fn nesting_to_the_limit_is_laid_out() {
    let line =
        format!(r#"{{"url":"/","status":200,"x":{}1{}}}"#, "{\"n\":".repeat(126), "}".repeat(126));
    let line = request(decode(Format::Json, line.as_bytes()));
    assert_eq!(line.rest.len(), 1);
    assert!(show(&line.rest[0].0).starts_with("x.n.n."));
}

#[test]
fn levels_by_number_and_by_name() {
    for (value, level) in [
        ("10", Level::Debug),
        ("30", Level::Info),
        ("60", Level::Critical),
        ("250", Level::Notice),
        ("\"WARN\"", Level::Warning),
        ("\"50\"", Level::Error),
    ] {
        let line = format!(r#"{{"url":"/","status":200,"level":{value}}}"#);
        assert_eq!(request(decode(Format::Json, line.as_bytes())).level, Some(level));
    }
    let line = br#"{"url":"/","status":200,"level":"verbose"}"#;
    assert_eq!(rest(&request(decode(Format::Json, line))), ["level=\"verbose\""]);
}
