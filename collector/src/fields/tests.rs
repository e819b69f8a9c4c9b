//! What `fields` promises, by example.

use crate::testing::*;
use greffier_record::{Body, Fault, Format, Level, Time};

fn json(line: &str) -> Body<'_> {
    decode(Format::Json, line.as_bytes())
}

#[test]
fn the_documented_request_log() {
    let line = request(json(
        r#"{"timestamp":"2026-01-01T00:00:00.017Z","method":"GET","url":"/api/v2/orders/1?page=2","route":"api.v2.lamp.show","user_id":"usr_0a","email":"a.b1@web.de","role":"user","client_ip":"9.8.7.6","user_agent":"okhttp/4.12.1","status":200,"latency_ms":12.345,"request_id":"00ff","error":"login failed for x@y.de"}"#,
    ));
    assert!(matches!(line.time, Time::At(1_767_225_600_017)));
    assert_eq!((see(&line.method), see(&line.url)), (Some("GET"), Some("/api/v2/orders/1?page=2")));
    assert_eq!((see(&line.route), see(&line.ip)), (Some("api.v2.lamp.show"), Some("9.8.7.6")));
    assert_eq!(who(&line.subject), ["uid=usr_0a", "email=a.b1@web.de"]);
    assert_eq!((see(&line.req), line.roles.len()), (Some("00ff"), 1));
    assert_eq!(see(&line.user_agent), Some("okhttp/4.12.1"));
    assert_eq!((line.status, line.duration_ms), (Some(200), Some(12.345)));
    assert_eq!(see(&line.message), Some("login failed for x@y.de"));
    assert_eq!(rest(&line), Vec::<String>::new());
}

#[test]
fn real_libraries_write_request_lines() {
    for (line, url, status) in [
        // pino-http
        (
            r#"{"level":30,"time":1795293389184,"pid":1,"hostname":"vm","req":{"id":1,"method":"GET","url":"/s?q=1","headers":{"user-agent":"M","x-forwarded-for":"203.0.113.7"},"remoteAddress":"127.0.0.1"},"res":{"statusCode":200},"responseTime":47,"msg":"request completed"}"#,
            "/s?q=1",
            Some(200),
        ),
        // ecs-logging
        (
            r#"{"@timestamp":"2026-11-21T20:36:24.348Z","log.level":"info","client":{"ip":"203.0.113.7"},"http":{"request":{"method":"POST"}},"url":{"full":"https://www.exemple.fr/admin"},"user":{"id":"1003"},"user_agent":{"original":"M"}}"#,
            "https://www.exemple.fr/admin",
            None,
        ),
        // winston
        (
            r#"{"ip":"203.0.113.7","level":"info","message":"request","method":"GET","status":200,"timestamp":"2026-11-21T20:36:29.201Z","url":"/s","userAgent":"M"}"#,
            "/s",
            Some(200),
        ),
        // structlog under Django
        (
            r#"{"request":"POST /admin/user?x=1","user_agent":"M","event":"request_started","request_id":"2a28","ip":"203.0.113.7","level":"info","timestamp":"2026-11-21T20:37:38.167369Z"}"#,
            "/admin/user?x=1",
            None,
        ),
    ] {
        let request = request(json(line));
        assert_eq!((see(&request.url), request.status), (Some(url), status));
        assert_eq!(see(&request.user_agent), Some("M"));
        assert_eq!(request.level, Some(Level::Info));
        assert!(request.ip.is_some() && matches!(request.time, Time::At(_)));
        assert!(rest(&request).iter().all(|path| !path.contains("203")), "{:?}", rest(&request));
    }
}

#[test]
fn several_names_for_one_role() {
    let line =
        request(json(r#"{"path":"/a","url":"/b","method":"GET","user":{"id":1,"pet":"cat"}}"#));
    assert_eq!(see(&line.url), Some("/b"));
    assert_eq!(who(&line.subject), ["uid=1"]);
    assert_eq!(rest(&line), [r#"path="/a""#, r#"user.pet="cat""#]);
}

#[test]
fn a_line_without_url_is_text() {
    let line = r#"{"level":50,"time":1795293389184,"pid":7,"hostname":"vm","msg":"boom","reqId":"r1","err":{"type":"TypeError","stack":"…"}}"#;
    let record = text_record(json(line));
    assert_eq!((record.level, see(&record.message)), (Some(Level::Error), Some("boom")));
    assert_eq!((see(&record.exception), see(&record.req)), (Some("TypeError"), Some("r1")));
    assert_eq!((see(&record.place), show(&record.line)), (Some("7@vm"), line.to_owned()));
    assert!(matches!(json(r#"{"url":"/x"}"#), Body::Text(_)));
    assert!(matches!(json(r#"{"url":"/x","status":200}"#), Body::Request(_)));
}

#[test]
fn units_of_a_duration() {
    for (field, ms) in [
        (r#""duration":0.25"#, 250.0),
        (r#""event.duration":250000000"#, 250.0),
        (r#""ms":"250""#, 250.0),
    ] {
        let line = format!(r#"{{"url":"/","status":200,{field}}}"#);
        assert_eq!(request(json(&line)).duration_ms, Some(ms));
    }
    let line = request(json(r#"{"url":"/","status":200,"duration_ms":"long"}"#));
    assert_eq!((line.duration_ms, rest(&line)), (None, vec![r#"duration_ms="long""#.into()]));
}

#[test]
fn a_wrong_date_is_kept_and_no_date_is_none() {
    let line = request(json(r#"{"url":"/","status":200,"time":"soon"}"#));
    assert!(matches!(line.time, Time::Wrong(text) if show(&text) == "soon"));
    let line = request(json(r#"{"url":"/","status":200,"time":null}"#));
    assert!(matches!(line.time, Time::Absent));
    let line = request(json(r#"{"url":"/","status":200,"time":[1]}"#));
    assert!(matches!(line.time, Time::Absent));
    assert_eq!(rest(&line), ["time=[1]"]);
}

#[test]
fn the_field_map_comes_first() {
    let line = br#"{"url":"/","status":200,"cust":{"no":9},"user_id":1,"email":"a@b.c"}"#;
    let fields = [("user_id", "cust.no"), ("tenant", "email")];
    let line = request(mapped(Format::Json, line, &fields));
    assert_eq!(who(&line.subject), ["uid=9"]);
    assert_eq!((see(&line.tenant), rest(&line)), (Some("a@b.c"), vec!["user_id=1".into()]));
}

#[test]
fn what_makes_no_record() {
    for line in ["{}", "[]", "\"text\"", "12", "null"] {
        assert_eq!(fault(Format::Json, line.as_bytes()), Fault::Form);
    }
}
