//! `[privacy]` as an operator meets it: entities of their own, words that are known, and what `explain` says.

use crate::support::{Greffier, events};

/// A number of the operator's own kind, with its check digit; nothing of it may show.
const CANARY: &str = "CUST-00000018";

const ENTITIES: &str = r#"version = 1
[privacy]
keep = ["ref", "badge"]
query_keep = ["ref", "page"]
[[privacy.entity]]
name = "customer"
pattern = '\bCUST-([0-9]{8})\b'
check = "luhn"
examples = ["CUST-00000018"]
counter_examples = ["CUST-00000019"]
[[privacy.entity]]
name = "badge"
pattern = '\b[0-9]{6}\b'
cue = ["badge"]
original = "drop"
examples = ["204117"]
"#;

#[test]
fn an_operators_entity_is_found_wherever_text_stays() {
    let greffier = Greffier::new();
    let file = greffier.configure(ENTITIES);
    let line = r#"{"method":"GET","url":"/a?ref=CUST%2D00000018&page=2","message":"order 204117 of CUST-00000018 and CUST%2D00000018, badge 204117","ref":"of CUST-00000018","badge":"204117","user_id":"7","status":200}"#;
    let said = greffier.ok(&["pipe", "--format", "json", "--config", &file], line.as_bytes());
    assert!(!said.contains("00000018"), "{said}");
    let event = &events(&said)[0];
    assert_eq!(event["msg"], "order 204117 of <customer> and <customer>, badge <badge>");
    assert_eq!(event["query"], "ref=&page=2");
    assert!(event["x"].is_null(), "neither a value with one nor one under its cue stays: {event}");

    let ran = greffier.run(&["redact", "--config", &file], line.as_bytes());
    assert!(ran.stdout.contains("<customer> and <customer>, badge <badge>"), "{}", ran.stdout);
    assert!(ran.stdout.contains(r#""badge":"<badge>""#) && !ran.stdout.contains("00000018"));
    let without = greffier.ok(&["redact"], line.as_bytes());
    assert!(without.contains(CANARY), "greffier does not know it by itself");
}

#[test]
fn examples_that_do_not_fit_stop_the_start_and_are_not_repeated() {
    let greffier = Greffier::new();
    let wrong = ENTITIES.replace("CUST-00000019\"]", "an order of CUST-00000018\"]");
    let file = greffier.write("greffier.toml", wrong);
    let file = file.to_str().expect("UTF-8");
    for command in [&["check"][..], &["run"], &["pipe", "--format", "json"]] {
        let ran = greffier.run(&[command, &["--config", file]].concat(), b"");
        assert_eq!(ran.code, 78, "{}", ran.stderr);
        assert!(ran.stderr.contains("counter_examples item 1: this counter-example is found"));
        assert!(!ran.stderr.contains("CUST"), "{}", ran.stderr);
    }
}
