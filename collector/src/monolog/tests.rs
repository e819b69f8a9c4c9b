//! What `monolog` promises, by example.

use crate::testing::*;
use greffier_record::{Body, Fault, Format, Level, Time};
use serde_json::Value as Oracle;

const FILE: &str = "symfony/http_audit.json.log";

fn monolog(line: &str) -> Body<'_> {
    decode(Format::Monolog, line.as_bytes())
}

/// What another reader sees at a path, as text.
fn at(oracle: &Oracle, pointer: &str) -> Option<String> {
    match oracle.pointer(pointer)? {
        Oracle::String(text) if !text.is_empty() => Some(text.clone()),
        Oracle::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[test]
fn every_captured_request_line_says_what_it_says() {
    let bytes = capture(FILE);
    let mut lines = 0;
    for line in captured(&bytes) {
        let oracle: Oracle = serde_json::from_slice(line).unwrap();
        let request = request(decode(Format::Monolog, line));
        let context = |name: &str| at(&oracle, &format!("/context/{name}"));
        let same = |hot, name| assert_eq!(see(hot).map(str::to_owned), context(name), "{name}");
        same(&request.instance, "instance");
        same(&request.req, "request_id");
        same(&request.method, "method");
        same(&request.url, "url");
        same(&request.route, "route");
        same(&request.end, "end");
        same(&request.exception, "exception");
        same(&request.ip, "ip");
        same(&request.user_agent, "user_agent");
        same(&request.subject.uid, "user_id");
        same(&request.subject.email, "user_email");
        let login = at(&oracle, "/extra/token/user_identifier");
        assert_eq!(see(&request.subject.login).map(str::to_owned), login);
        assert_eq!(request.status.map(|s| s.to_string()), context("status"));
        assert_eq!(request.duration_ms, oracle["context"]["duration_ms"].as_f64());
        assert_eq!(request.roles.len(), oracle["context"]["user_roles"].as_array().unwrap().len());
        assert_eq!(request.post.is_some(), oracle["context"]["post"].is_object());
        assert!(matches!(request.time, Time::At(ms) if ms / 100_000_000 == 17_952));
        let rest: Vec<_> = request.rest.iter().map(|(path, _)| show(path)).collect();
        assert!(rest.iter().all(|path| path == "extra.requests"), "{rest:?}");
        lines += 1;
    }
    assert_eq!(lines, 175);
}

#[test]
fn the_worked_example() {
    let bytes = capture(FILE);
    let line = request(decode(Format::Monolog, captured(&bytes).nth(14).unwrap()));
    assert!(matches!(line.time, Time::At(1_795_293_166_679)));
    assert_eq!(see(&line.place), Some("25032@vm"));
    assert_eq!(line.duration_ms.map(f64::round), Some(124.0));
    assert_eq!(line.roles.iter().map(show).collect::<Vec<_>>(), ["ROLE_ADMIN"]);
    let person = ["uid=1003", "email=jürgen.müller@beispiel.de", "login=jmueller"];
    assert_eq!(who(&line.subject), person);
    let post = line.post.expect("a post");
    assert!(post.raw.is_none() && post.files.is_none());
    let fields = compact(&post.fields.expect("fields"));
    assert!(fields.starts_with(r#"{"code":"GRV-001","severity":1,"text":"#));
}

#[test]
fn every_other_captured_record_is_text_and_whole() {
    let bytes = capture("symfony/monolog_json_all_levels.json.log");
    let mut exceptions = 0;
    for line in captured(&bytes) {
        let oracle: Oracle = serde_json::from_slice(line).unwrap();
        let record = text_record(decode(Format::Monolog, line));
        assert_eq!(record.line.len(), line.len());
        assert_eq!(see(&record.message), oracle["message"].as_str());
        assert_eq!(see(&record.channel), oracle["channel"].as_str());
        assert_eq!(see(&record.req), oracle["extra"]["request_id"].as_str());
        let level = record.level.expect("a level").name().to_uppercase();
        assert_eq!(Some(&*level), oracle["level_name"].as_str());
        let class = oracle["context"]["exception"]["class"].as_str();
        assert_eq!(see(&record.exception), class);
        assert!(record.place.is_some() && matches!(record.time, Time::At(_)));
        exceptions += usize::from(class.is_some());
    }
    assert_eq!(exceptions, 96);
}

#[test]
fn what_no_rule_names_goes_to_the_rest_by_its_path() {
    let line = request(monolog(
        r#"{"message":"http_request","context":{"method":"GET","url":"/","foo":{"bar":1.50,"b":[1,{"c":null}]},
        "status":"soon","user_id":{"id":7},"nothing":null,"exception":{"class":"A\\B","message":"m"}},
        "extra":{"requests":[{"x":true}],"memory_usage":"2 MB","file":"f","token":{"roles":["R"],"more":"é"}}}"#,
    ));
    assert_eq!(see(&line.exception), Some("A\\B"));
    assert_eq!(
        rest(&line),
        [
            "context.foo.bar=1.50",
            r#"context.foo.b=[1,{"c":null}]"#,
            "context.user_id.id=7",
            r#"extra.requests=[{"x":true}]"#,
            r#"extra.token.more="é""#,
            r#"context.status="soon""#,
            r#"context.exception.message="m""#,
        ]
    );
}

#[test]
fn an_impersonator_by_login_is_claimed_and_one_by_number_is_not() {
    let line = |id: &str| {
        format!(
            r#"{{"message":"http_request","context":{{"method":"GET","url":"/","impersonator_id":{id}}}}}"#
        )
    };
    let by_login = line("\"o'brien\"");
    let by_id = line("12");
    let who_is = |line| who(&request(monolog(line)).impersonator.expect("somebody"));
    assert_eq!(who_is(&by_login), ["login=o'brien", "claimed"]);
    assert_eq!(who_is(&by_id), ["uid=12"]);
}

#[test]
fn posts() {
    let post = |post: &str| {
        let line = format!(
            r#"{{"message":"http_request","context":{{"method":"POST","url":"/","post":{post}}}}}"#
        );
        let line = request(monolog(&line));
        let post = line.post.as_ref().expect("a post");
        let value = |value: &Option<_>| value.as_ref().map(compact);
        (value(&post.fields), see(&post.raw).map(str::to_owned), value(&post.files), rest(&line))
    };
    let nothing = (None, None, None, vec![]);
    assert_eq!(post(r#"{"content_type":"x/y","length":null,"truncated":false,"raw":""}"#), nothing);
    assert_eq!(post(r#"{"content_type":"x/y","length":"0","fields":[]}"#), nothing);
    let fields = Some(r#"{"a":"1","b":["x"]}"#.to_owned());
    assert_eq!(post(r#"{"fields":{"a":"1","b":["x"]}}"#), (fields, None, None, vec![]));
    let files = Some(r#"{"f":{"name":"n"}}"#.to_owned());
    assert_eq!(post(r#"{"files":{"f":{"name":"n"}},"fields":[]}"#), (None, None, files, vec![]));
    let raw = || Some("r".to_owned());
    assert_eq!(post(r#"{"json":[1],"raw":"r"}"#), (Some("[1]".into()), raw(), None, vec![]));
}

/// What was posted stays posted, whatever its form: the rest is sealed for the actor.
#[test]
fn posts_that_the_subscriber_does_not_write() {
    for (post, expected, raw) in [
        (r#""a=1&b=2""#, None, Some("a=1&b=2")),
        (r#"["x"]"#, Some(r#"["x"]"#), None),
        (r#"{"body":"b","fields":{"a":1}}"#, Some(r#"{"a":1,"(post)":{"body":"b"}}"#), None),
        (r#"{"json":[1],"more":2}"#, Some(r#"{"fields":[1],"(post)":{"more":2}}"#), None),
        (r#"{"raw":["r"]}"#, Some(r#"{"(post)":{"raw":["r"]}}"#), None),
    ] {
        let line = format!(
            r#"{{"message":"http_request","context":{{"method":"POST","url":"/","post":{post}}}}}"#
        );
        let line = request(monolog(&line));
        assert!(rest(&line).is_empty(), "{post}");
        let post = line.post.as_ref().expect("a post");
        assert_eq!(post.fields.as_ref().map(compact).as_deref(), expected);
        assert_eq!(see(&post.raw), raw);
    }
}

#[test]
fn roles_in_every_shape_php_gives_them() {
    for roles in [r#"["A","B"]"#, r#"{"0":"A","2":"B"}"#] {
        let line = format!(
            r#"{{"message":"http_request","context":{{"method":"GET","url":"/","user_roles":{roles}}}}}"#
        );
        let roles: Vec<_> = request(monolog(&line)).roles.iter().map(show).collect();
        assert_eq!(roles, ["A", "B"]);
    }
}

#[test]
fn an_incomplete_request_line_is_a_text_record() {
    for line in [
        r#"{"message":"http_request","context":{"method":"GET"}}"#,
        r#"{"message":"http_request","context":{"method":"GET","url":null}}"#,
        r#"{"message":"other","context":{"method":"GET","url":"/"}}"#,
        r#"{"message":""}"#,
    ] {
        assert_eq!(show(&text_record(monolog(line)).line), line);
    }
    for line in ["{}", "[]", "1", r#"{"message":1}"#, r#"{"msg":"x"}"#] {
        assert_eq!(fault(Format::Monolog, line.as_bytes()), Fault::Form, "{line}");
    }
}

#[test]
fn the_field_map_is_relative_to_the_context_and_comes_first() {
    let line = br#"{"message":"http_request","context":{"method":"GET","url":"/","user_id":1,
        "community":"acme","account":{"no":"77"},"host":"h"},"extra":{"shard":"s-1"}}"#;
    let fields = [
        ("tenant", "community"),
        ("user_id", "missing"),
        ("user_id", "account.no"),
        ("instance", "extra.shard"),
    ];
    let line = request(mapped(Format::Monolog, line, &fields));
    assert_eq!(see(&line.tenant), Some("acme"));
    assert_eq!(who(&line.subject), ["uid=77"]);
    assert_eq!(see(&line.instance), Some("s-1"));
    assert_eq!(rest(&line), ["context.user_id=1", "context.host=\"h\""]);
}

#[test]
fn text_records_know_level_and_class() {
    let line = r#"{"message":"m","level":550,"context":{"exception":"[object] (App\\Gone(code: 1): boom)"}}"#;
    let record = text_record(monolog(line));
    assert_eq!(record.level, Some(Level::Alert));
    assert_eq!(see(&record.exception), Some("App\\Gone"));
    let line =
        r#"{"message":"m","level_name":"WARNING","context":{"exception":"App\\Late: too late"}}"#;
    let record = text_record(monolog(line));
    assert_eq!(record.level, Some(Level::Warning));
    assert_eq!(see(&record.exception), Some("App\\Late"));
}

#[test]
fn the_context_of_another_record_is_the_applications_own() {
    let line = r#"{"message":"born","context":{"date":"1985-03-12T00:00:00+01:00","instance":"x"},"level":100,"level_name":"DEBUG","channel":"app","datetime":"2026-11-21T21:32:47.599+01:00","extra":{}}"#;
    let Body::Text(record) = monolog(line) else { panic!("a record") };
    assert!(matches!(record.time, Time::At(1_795_293_167_599)));
    assert!(record.instance.is_none());
}
