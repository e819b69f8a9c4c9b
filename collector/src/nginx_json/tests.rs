//! What `nginx_json` promises, by example.

use crate::testing::*;
use greffier_record::{Body, Fault, Format, Time};
use serde_json::Value as Oracle;

fn nginx(line: &str) -> greffier_record::RequestLine<'_> {
    request(decode(Format::NginxJson, line.as_bytes()))
}

#[test]
fn every_captured_line_is_a_request_line_or_says_utf8() {
    let bytes = capture("nginx/access.json_escape_json.log");
    let (mut requests, mut invalid) = (0, 0);
    for line in captured(&bytes) {
        let request = match decode(Format::NginxJson, line) {
            Body::Request(request) => request,
            Body::Broken(broken) => {
                assert_eq!(broken.fault, Fault::Utf8);
                assert!(show(&broken.line).contains("\\x"));
                invalid += 1;
                continue;
            }
            Body::Text(_) => panic!("a proxy writes request lines only"),
        };
        let oracle: Oracle = serde_json::from_slice(line).unwrap();
        let field = |name: &str| oracle[name].as_str().filter(|text| !text.is_empty());
        assert_eq!(see(&request.method), field("method"));
        assert_eq!(see(&request.url), field("uri"));
        assert_eq!(see(&request.host), field("host"));
        assert_eq!(see(&request.req), field("request_id"));
        assert_eq!(see(&request.ip), field("remote_addr"));
        assert_eq!(see(&request.user_agent), field("user_agent"));
        assert_eq!(see(&request.subject.login), field("remote_user"));
        assert_eq!(request.subject.claimed, request.subject.login.is_some());
        assert_eq!(request.status.map(u64::from), oracle["status"].as_u64());
        assert!(request.route.is_none());
        let ended = (oracle["msec"].as_f64().unwrap() * 1e3).round();
        let took = (oracle["request_time"].as_f64().unwrap() * 1e3).round();
        assert!(matches!(request.time, Time::At(ms) if ms as f64 == ended - took));
        assert_eq!(request.duration_ms.map(f64::round), Some(took));
        let expected = field("referer").map(|r| format!("referer={}", serde_json::json!(r)));
        assert_eq!(rest(&request), Vec::from_iter(expected));
        requests += 1;
    }
    assert_eq!((requests, invalid), (154, 6));
}

#[test]
fn the_application_s_id_stands_in_for_a_missing_one() {
    let line =
        nginx(r#"{"uri":"/","status":"200","request_id":"","route":"6de1","remote_user":"-"}"#);
    assert_eq!(see(&line.req), Some("6de1"));
    assert_eq!(line.status, Some(200));
    assert!(line.subject.is_empty() && !line.subject.claimed && line.route.is_none());
}

#[test]
fn method_and_url_may_come_in_one() {
    let line = nginx(r#"{"time":"2026-11-21T20:32:41+00:00","request":"GET /a b?c HTTP/1.1"}"#);
    assert_eq!((see(&line.method), see(&line.url)), (Some("GET"), Some("/a b?c")));
    assert!(matches!(line.time, Time::At(1_795_293_161_000)));
    let line = nginx(r#"{"request":"\u0016\u0003\u0001","status":400}"#);
    assert_eq!(rest(&line), [r#"request="\u0016\u0003\u0001""#]);
}

#[test]
fn what_makes_no_record() {
    for line in ["{}", "[1]", r#"{"time":"2026-11-21T20:32:41+00:00"}"#] {
        assert_eq!(fault(Format::NginxJson, line.as_bytes()), Fault::Form);
    }
}
