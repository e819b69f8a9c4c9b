//! What `combined` promises, by example.

use crate::testing::*;
use greffier_record::{Fault, Format, RequestLine, Time};
use proptest::prelude::*;

fn combined(line: &str) -> RequestLine<'_> {
    request(decode(Format::Combined, line.as_bytes()))
}

#[test]
fn every_captured_line_says_what_it_says() {
    let bytes = capture("nginx/access.combined.log");
    let mut lines = 0;
    for line in captured(&bytes) {
        // No quote and no blank of a client is left bare by nginx, so cutting there reads the line too.
        let text = std::str::from_utf8(line).unwrap();
        let parts: Vec<_> = text.split('"').collect();
        let line = request(decode(Format::Combined, line));
        let status = parts[2].trim().split(' ').next().unwrap();
        assert_eq!(line.status.unwrap().to_string(), status);
        assert_eq!(see(&line.ip), parts[0].split(' ').next());
        assert_eq!(line.user_agent.is_some(), parts[5] != "-");
        let words: Vec<_> = parts[1].split(' ').collect();
        let garbage = words.len() < 3;
        assert_eq!(rest(&line).len(), usize::from(parts[3] != "-") + usize::from(garbage));
        assert_eq!(line.subject.login.is_some(), !parts[0].contains("- - ["));
        if !garbage && !parts[1].contains('\\') {
            assert_eq!((see(&line.method), see(&line.url)), (Some(words[0]), Some(words[1])));
        }
        assert!(matches!(line.time, Time::At(ms) if ms % 1000 == 0));
        lines += 1;
    }
    assert_eq!(lines, 160);
}

#[test]
fn escapes_become_what_they_stand_for() {
    let line = combined(
        r#"1.2.3.4 - fran\xC3\xA7ois [21/Nov/2026:20:32:41 +0000] "GET /\x22 HTTP/1.1" 200 2 "-" "\"q\" \\b\\ \xFF\xFE \xC3( \t\xZZ \q""#,
    );
    assert_eq!(who(&line.subject), ["login=françois", "claimed"]);
    assert_eq!(see(&line.url), Some("/\""));
    assert_eq!(see(&line.user_agent), Some("\"q\" \\b\\ \\xFF\\xFE \\xC3( \t\\xZZ \\q"));
}

#[test]
fn garbage_instead_of_a_request_is_still_a_request_line() {
    for (sent, kept) in [
        (r"\x16\x03\x01", vec![r#"request="\u0016\u0003\u0001""#]),
        ("-", vec![]),
        ("", vec![]),
        ("hello", vec![r#"request="hello""#]),
    ] {
        let line = format!(r#"::1 - - [21/Nov/2026:20:32:41 +0000] "{sent}" 400 0 "-" "-""#);
        let line = combined(&line);
        assert_eq!((line.status, see(&line.ip)), (Some(400), Some("::1")));
        assert!(line.method.is_none() && line.url.is_none() && line.user_agent.is_none());
        assert_eq!(rest(&line), kept);
    }
}

#[test]
fn relatives_of_the_format() {
    let common = combined(r#"1.2.3.4 - - [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 200 2"#);
    assert_eq!((common.status, rest(&common)), (Some(200), vec![]));
    let vhost = combined(
        r#"www.exemple.fr:443 ::1 - John Doe [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 200 2 "-" "x" 0.01 "y""#,
    );
    assert_eq!((see(&vhost.host), see(&vhost.ip)), (Some("www.exemple.fr"), Some("::1")));
    assert_eq!(who(&vhost.subject), ["login=John Doe", "claimed"]);
    assert_eq!(rest(&vhost), [r#"trailing="0.01 \"y\"""#]);
    let blank =
        combined(r#"::1 - John [x] Doe [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 200 -"#);
    assert_eq!(who(&blank.subject), ["login=John [x] Doe", "claimed"]);
    let old = combined(r#"::1 - - [21/Nov/2026:20:32:41 +0000] "GET /old" 200 2"#);
    assert_eq!(see(&old.url), Some("/old"));
}

#[test]
fn a_wrong_date_keeps_the_record() {
    let line = combined(r#"1.2.3.4 - - [yesterday] "GET / HTTP/1.1" 200 2 "-" "-""#);
    assert!(matches!(line.time, Time::Wrong(text) if show(&text) == "yesterday"));
}

#[test]
fn what_is_no_line_of_this_format() {
    for line in [
        "hello",
        r#"1.2.3.4 - - [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" - 2"#,
        r#"1.2.3.4 - - [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 20"#,
        r#"1.2.3.4 - - [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1\" 200 2"#,
        r#"1.2.3.4 - - [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 200 2 "-" "half"#,
        r#"- [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 200 2"#,
        r#"{"a":1}"#,
    ] {
        assert_eq!(fault(Format::Combined, line.as_bytes()), Fault::Form, "{line}");
    }
}

proptest! {
    #[test]
    fn never_panics(line in r#"[0-9a:. "\[\]x\\é-]{0,40}"#, any: Vec<u8>) {
        drop(decode(Format::Combined, line.as_bytes()));
        drop(decode(Format::Combined, &any));
    }

    #[test]
    fn whatever_a_client_sends_stays_inside_its_quotes(agent: Vec<u8>) {
        let escaped: String = agent.iter().map(|b| format!("\\x{b:02X}")).collect();
        let line = format!(r#"1.2.3.4 - - [21/Nov/2026:20:32:41 +0000] "GET / HTTP/1.1" 200 2 "-" "{escaped}""#);
        let line = combined(&line);
        let expected = super::super::decoder::lossy(&agent);
        prop_assert_eq!(see(&line.user_agent).unwrap_or_default(), if expected == "-" { "" } else { &expected });
        prop_assert!(line.rest.is_empty());
    }
}
