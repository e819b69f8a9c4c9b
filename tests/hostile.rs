//! Broken lines through the whole binary: each becomes one event that says what was wrong, is counted, and
//! keeps its text to itself.
//!
//! A neighbour on each side shows that one broken line takes nothing else with it.

use crate::support::leaks::Views;
use crate::support::{Greffier, account, events};
use serde_json::Value;

/// Stands in every broken line, and in no word of greffier.
const WORD: &str = "zyklopen";

const FORMATS: [&str; 2] = ["monolog", "json"];

/// A whole line that is an event of its own; `date` and `extra` go into it as they are.
fn line(format: &str, date: &str, extra: &str) -> Vec<u8> {
    let line = match format {
        "monolog" => format!(
            r#"{{"message":"http_request","context":{{"date":"{date}","method":"GET","url":"/{WORD}","user_id":"{WORD}","status":200}}{extra}}}"#
        ),
        _ => format!(
            r#"{{"timestamp":"{date}","method":"GET","url":"/{WORD}","user_id":"{WORD}","status":200{extra}}}"#
        ),
    };
    line.into_bytes()
}

fn good(format: &str) -> Vec<u8> {
    line(format, "2026-11-21T20:32:41.727531Z", "")
}

/// (what `err` must say, the line)
fn broken(format: &str) -> Vec<(&'static str, Vec<u8>)> {
    let date = "2026-11-21T20:32:41.727531Z";
    let with = |extra: &[u8]| {
        let mut line = good(format);
        line.pop();
        [&line, extra, b"}".as_slice()].concat()
    };
    vec![
        ("json", with(format!(r#","a":{WORD}"#).as_bytes())),
        ("utf8", with(&[br#","a":""#, WORD.as_bytes(), b"\xff\xfe\""].concat())),
        ("long", with(&[br#","a":""#.to_vec(), padding(20 << 20), b"\"".to_vec()].concat())),
        ("depth", with(&[br#","a":"#.to_vec(), nested(10_000)].concat())),
        ("nul", with(format!(",\"a\":\"{WORD}\0\"").as_bytes())),
        ("date", line(format, &format!("{WORD} o'clock"), "")),
        ("dup_key", line(format, date, &format!(r#","k":"{WORD}","k":"{WORD}""#))),
    ]
}

fn padding(least: usize) -> Vec<u8> {
    format!("{WORD} ").repeat(least / WORD.len()).into_bytes()
}

fn nested(depth: usize) -> Vec<u8> {
    format!("{}\"{WORD}\"{}", "[".repeat(depth), "]".repeat(depth)).into_bytes()
}

/// What `pipe` makes of the input: its events, after everything that holds for any input was checked.
fn piped(format: &str, what: &str, input: &[u8], lines: u64) -> Vec<Value> {
    let greffier = Greffier::new();
    let ran = greffier.run(&["--log", "debug", "pipe", "--format", format], input);
    assert_eq!(ran.code, 0, "{format}, {what}: {}", ran.stderr);
    assert_eq!(account(&ran.stderr, "received "), lines, "{format}, {what}: every line counts");
    assert_eq!(account(&ran.stderr, "sealed "), lines, "{format}, {what}: every line is sealed");
    for (place, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        assert!(!Views::of(text.as_bytes()).show(WORD), "{format}, {what}: text shows in {place}");
    }
    events(&ran.stdout)
}

fn faults(events: &[Value]) -> Vec<Option<&str>> {
    events.iter().map(|event| event["err"].as_str()).collect()
}

/// Sealed, not thrown away: the event has a blob, and says what could not be kept.
fn assert_sealed(event: &Value, what: &str) {
    let held = ["p", "pu"].iter().any(|part| event[part]["c"].is_string());
    assert!(held, "{what}: the line is sealed");
    if what == "long" {
        assert!(event["cut"].as_u64() > Some(19 << 20), "what was cut is counted");
    }
}

#[test]
fn every_kind_of_broken_line_becomes_one_event_that_says_why() {
    for format in FORMATS {
        for (fault, line) in broken(format) {
            let input = [good(format), line, good(format), Vec::new()].join(&b'\n');
            let events = piped(format, fault, &input, 3);
            assert_eq!(faults(&events), [None, Some(fault), None], "{format}");
            assert_sealed(&events[1], fault);
        }
    }
}

#[test]
fn half_a_line_at_the_end_becomes_one_event_that_says_so() {
    for format in FORMATS {
        let line = good(format);
        for at in [1, line.len() / 2, line.len() - 1] {
            let input = [good(format), line[..at].to_vec()].join(&b'\n');
            let events = piped(format, "half", &input, 2);
            assert_eq!(faults(&events), [None, Some("half")], "{format}");
            assert_sealed(&events[1], "half");
        }
    }
}

#[test]
fn all_of_them_together_are_told_apart() {
    for format in FORMATS {
        let (mut expected, mut lines): (Vec<_>, Vec<_>) = broken(format).into_iter().unzip();
        expected.push("half");
        lines.push(good(format)[..20].to_vec());
        let events = piped(format, "all", &lines.join(&b'\n'), expected.len() as u64);
        let said: Vec<_> = faults(&events).into_iter().flatten().collect();
        assert_eq!(said, expected, "{format}");
    }
}
