//! `pipe` on what real servers wrote: as many events as lines, and nothing of the people in them.

use crate::support::leaks::Views;
use crate::support::{Greffier, account, capture, events};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything personal in the Symfony request lines: taken from the input, so that none is forgotten.
fn planted(lines: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Value = serde_json::from_slice(line).expect("the capture is JSON");
        let context = &line["context"];
        for field in ["user_email", "ip", "impersonator_id"] {
            found.extend(context[field].as_str().map(str::to_owned));
        }
        found.extend(context["ip_chain"].as_array().into_iter().flatten().filter_map(text));
        found.extend(text(&line["extra"]["token"]["user_identifier"]));
        collect(&context["post"], "", &mut found);
    }
    // A full loopback address is no one's; every other value must be long enough to mean something.
    found.retain(|value| value.len() >= 5 && value != "127.0.0.1");
    found
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn collect(value: &Value, key: &str, found: &mut BTreeSet<String>) {
    const PERSONAL: [&str; 16] = [
        "name",
        "firstName",
        "lastName",
        "email",
        "phone",
        "address",
        "birthDate",
        "first",
        "second",
        "iban",
        "card",
        "codiceFiscale",
        "_token",
        "raw",
        "note",
        "body",
    ];
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(value, name, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, found)),
        Value::String(text) if PERSONAL.contains(&key) => {
            found.insert(text.chars().take(200).collect());
        }
        _ => {}
    }
}

fn assert_truncated(events: &[Value]) {
    for event in events {
        if let Some(ip) = event["ip"].as_str() {
            let network = ip.strip_suffix(".0/24").or_else(|| ip.strip_suffix("::/48"));
            assert!(network.is_some() || ip == "::/48", "an address that is not truncated");
        }
    }
}

fn assert_nothing_shows(output: &str, planted: &BTreeSet<String>) {
    let views = Views::of(output.as_bytes());
    let shown: Vec<_> = planted.iter().filter(|value| views.show(value)).collect();
    assert!(
        shown.is_empty(),
        "{} of {} planted values show: {shown:?}",
        shown.len(),
        planted.len()
    );
}

#[test]
fn the_symfony_capture_is_sealed_line_for_line() {
    let input = capture("symfony/http_audit.json.log");
    let planted = planted(&input);
    assert!(planted.len() > 60, "the capture holds people: {}", planted.len());
    let greffier = Greffier::new();
    let ran = greffier.run(&["pipe", "--format", "monolog"], &input);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let events = events(&ran.stdout);
    assert_eq!(events.len(), input.split(|byte| *byte == b'\n').filter(|l| !l.is_empty()).count());
    assert_truncated(&events);
    assert_nothing_shows(&ran.stdout, &planted);
    assert_nothing_shows(&ran.stderr, &planted);
    assert_eq!(account(&ran.stderr, "received "), 175);
    let audit = events.iter().filter(|event| event["s"] == "audit").count();
    assert!(audit >= 73, "every back-office POST is an audit record: {audit}");
}

#[test]
fn nginx_json_lines_become_one_event_each_and_the_invalid_ones_say_why() {
    let input = capture("nginx/access.json_escape_json.log");
    let greffier = Greffier::new();
    let events = events(&greffier.ok(&["pipe", "--format", "nginx-json"], &input));
    assert_eq!(events.len(), 160);
    assert_truncated(&events);
    let broken = events.iter().filter(|event| event["err"] == "utf8").count();
    assert_eq!(broken, 6);
    for event in events.iter().filter(|event| event["err"].is_null()) {
        assert!(
            event["k"].is_null() && event["ku"].is_null(),
            "a proxy line has no key of its own"
        );
    }
}

#[test]
fn nothing_of_the_people_shows_in_proxy_lines() {
    for (file, format, lines) in [
        ("nginx/access.json_escape_json.log", "nginx-json", 160),
        ("nginx/access.combined.log", "combined", 160),
    ] {
        let input = capture(file);
        let greffier = Greffier::new();
        let output = greffier.ok(&["pipe", "--format", format], &input);
        let events = events(&output);
        assert_eq!(events.len(), lines, "{file}");
        assert_truncated(&events);
        let people = [
            "helene.dupre",
            "niccolo.damico",
            "soeren@example",
            "jürgen.müller",
            "jmueller",
            "gbianchi",
            "françois.lefèvre",
            "François Lefèvre",
            "203.0.113.44",
            "o'brien",
            "+33 1 40 20 50 50",
            "8a2e:370:7334",
            "ops@exemple.fr",
            "abs@exemple.fr",
            "1.2.3.4",
        ];
        assert_nothing_shows(&output, &people.map(String::from).into());
    }
}

#[test]
fn the_context_of_a_failed_request_is_released_whole_and_in_order() {
    let (merged, requests) = merged_by_time();
    let greffier = Greffier::new();
    let config = greffier.write("greffier.toml", CONTEXT);
    let config = config.to_str().expect("UTF-8");
    greffier.ok(&["--config", config, "keys", "init"], b"");
    let ran = greffier.run(&["--config", config, "pipe", "--format", "monolog"], &merged);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let events = events(&ran.stdout);

    let mut released: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events.iter().filter(|event| event["s"] == "errors") {
        let req = event["req"].as_str().expect("a request id").to_owned();
        released.entry(req).or_default().push(event["ts"].as_str().expect("a time").to_owned());
    }
    let expected: BTreeMap<_, _> = requests.iter().filter(|(_, r)| r.fails()).collect();
    assert_eq!(released.keys().collect::<Vec<_>>(), expected.keys().copied().collect::<Vec<_>>());
    for (req, request) in &expected {
        assert_eq!(released[*req].len(), request.times.len(), "{req} is released whole");
        assert_eq!(released[*req], request.times, "{req} is released in arrival order");
    }
    let lines: u64 = requests.values().map(|r| r.times.len() as u64).sum();
    let forgotten = account(&ran.stderr, "dropped(context) ");
    let out = account(&ran.stderr, "(errors ");
    assert_eq!(out + forgotten, lines, "released + forgotten = lines");
    assert_eq!(lines, 669);
    assert_eq!(requests.values().filter(|r| r.error).count(), 21);
    assert_eq!((expected.len(), out), (RELEASED_REQUESTS, RELEASED_LINES));
    assert_eq!(account(&ran.stderr, "received "), 669 + 175);
}

/// Requests of the capture that fail by the rule below: level ≥ error, 5xx or an end by shutdown, but not 404 or
/// 405, except
/// where a line is critical or worse.
const RELEASED_REQUESTS: usize = 15;
const RELEASED_LINES: u64 = 185;

const CONTEXT: &str = r#"
version = 1
[service]
name = "social"
instance = "web-1"
[[source]]
type = "stdin"
format = "monolog"
[context]
trigger = { level = "error", status = "5xx" }
exclude_status = [404, 405]
"#;

#[derive(Default)]
struct Request {
    times: Vec<String>,
    error: bool,
    critical: bool,
    shutdown: bool,
    status: u64,
}

impl Request {
    fn fails(&self) -> bool {
        let excluded = matches!(self.status, 404 | 405);
        self.critical || (self.error || self.shutdown || self.status >= 500) && !excluded
    }
}

/// Both Symfony captures in the order in which their lines were written, and what each request did.
fn merged_by_time() -> (Vec<u8>, BTreeMap<String, Request>) {
    let mut lines = Vec::new();
    for file in ["symfony/monolog_json_all_levels.json.log", "symfony/http_audit.json.log"] {
        for line in String::from_utf8(capture(file)).expect("UTF-8").lines() {
            let record: Value = serde_json::from_str(line).expect("JSON");
            let written = record["datetime"].as_str().expect("a time");
            let written = chrono::DateTime::parse_from_rfc3339(written).expect("RFC 3339");
            lines.push((written.to_utc(), record, line.to_owned()));
        }
    }
    lines.sort_by_key(|(written, ..)| *written);
    let mut requests: BTreeMap<String, Request> = BTreeMap::new();
    let mut merged = String::new();
    for (written, record, line) in lines {
        let id = record["extra"]["request_id"].as_str().expect("an id").to_owned();
        let request = requests.entry(id).or_default();
        if record["message"] == "http_request" {
            request.status = record["context"]["status"].as_u64().unwrap_or(0);
            request.shutdown = record["context"]["end"] == "shutdown";
        } else {
            request.times.push(written.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
            let level = record["level"].as_u64().unwrap_or(0);
            request.error |= level >= 400;
            request.critical |= level >= 500;
        }
        merged.push_str(&line);
        merged.push('\n');
    }
    requests.retain(|_, request| !request.times.is_empty());
    (merged.into_bytes(), requests)
}
