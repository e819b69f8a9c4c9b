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

#[test]
fn only_known_words_stay_and_one_person_makes_none_known() {
    let greffier = Greffier::new();
    let known = "version = 1\n[privacy]\ntext = \"known\"\nknown_after = 3\n";
    let file = greffier.configure(known);
    let line = |user: &str, message: &str| {
        format!(
            r#"{{"method":"GET","url":"/a","message":"{message}","user_id":"{user}","status":200}}"#
        )
    };
    let lines = [
        line("1", "could not reach Kanari Dupont in Frühling webinar"),
        line("1", "could not reach Kanari Dupont in Frühling webinar"),
        line("1", "could not reach Kanari Dupont in Frühling webinar"),
        line("2", "could not reach Zorbo Martin in Frühling webinar"),
        line("3", "could not reach Kanaro Curie in Frühling webinar"),
        line("1", "could not reach Kanari Dupont in Frühling webinar"),
    ];
    let said =
        greffier.ok(&["pipe", "--format", "json", "--config", &file], lines.join("\n").as_bytes());
    let shown: Vec<_> = events(&said).iter().map(|event| event["msg"].clone()).collect();
    assert_eq!(shown[..4], vec!["could not <…> in <…> webinar"; 4]);
    assert_eq!(shown[4..], vec!["could not reach <…> in Frühling webinar"; 2], "for all");
    assert!(!said.contains("Kanari") && !said.contains("Dupont"));
    assert!(
        events(&said).iter().all(|event| event["p"]["c"].is_string()),
        "the original is sealed"
    );
}

#[test]
fn explain_says_what_was_found_through_what_and_by_which_rule() {
    let greffier = Greffier::new();
    let file = greffier.configure(ENTITIES);
    let line = r#"{"method":"GET","url":"/a?q=kanari%40example.org","message":"CUST%2D00000018 of kanari@example.org, KANARI left, state=c2VlIGthbmFyaSU0MGV4YW1wbGUub3JnIG9r","email":"kanari@example.org","user_id":"7","status":200}"#;
    let explain = ["--json", "explain", "--format", "json", "--config", &file];
    let said = greffier.ok(&explain, line.as_bytes());
    assert!(!said.to_lowercase().contains("kanari") && !said.contains("00000018"), "{said}");
    let found: Vec<_> = events(&said).into_iter().filter(|fate| fate["fate"] == "found").collect();
    let rows: Vec<_> = found
        .iter()
        .map(|fate| {
            format!("{} {} {} {}", fate["field"], fate["as"], fate["through"], fate["rule"])
        })
        .collect();
    assert_eq!(
        rows,
        [
            r#""url" "<email>" ["percent"] "form""#,
            r#""message" "<customer>" ["percent"] "[[privacy.entity]]""#,
            r#""message" "<email>" [] "form""#,
            r#""message" "<email>" ["base64","percent"] "form""#,
            r#""message" "<email>" [] "the record's own person""#,
        ]
    );
}
