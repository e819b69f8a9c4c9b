//! No line makes an event longer than 700 kB.

use super::*;
use crate::seal::EVENT_MAX;
use crate::{IpRule, Stream};

fn lengths(line: RequestLine<'_>) -> (Vec<usize>, String) {
    let mut policy = policy();
    policy.ip = IpRule::TruncateAndSeal;
    policy.keep = vec!["kept".into()];
    with_line(Format::Monolog, line, |raw| {
        let mut gate = gate(policy);
        gate.request(raw, NOW).expect("there is a key");
        let batch = gate.take();
        let text = batch.events().map(|e| String::from_utf8(e.bytes.to_vec()).unwrap()).collect();
        (batch.events().map(|event| event.bytes.len()).collect(), text)
    })
}

#[test]
fn a_mebibyte_posted() {
    for body in ["a".repeat(1 << 20), "\u{1}".repeat(1 << 20), "é\"".repeat(1 << 18)] {
        let line = RequestLine { post: fields(&[("body", text(&body))]), ..view() };
        let (lengths, event) = lengths(line);
        assert!(lengths[0] <= EVENT_MAX && lengths[0] > 400_000, "{lengths:?}");
        let parsed: serde_json::Value = serde_json::from_str(&event).expect("valid JSON");
        assert!(parsed["cut"].as_u64() > Some(100_000));
    }
}

#[test]
fn twenty_thousand_paths() {
    let names: Vec<String> = (0..20_000).map(|n| format!("a_rather_long_name_{n:040}")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), number("1"))).collect();
    let (lengths, event) = lengths(RequestLine { post: fields(&members), ..view() });
    assert!(lengths[0] <= EVENT_MAX);
    let parsed: serde_json::Value = serde_json::from_str(&event).expect("valid JSON");
    assert_eq!(parsed["post"].as_object().map(serde_json::Map::len), Some(200));
}

#[test]
fn everything_at_its_worst() {
    let bad = "\u{1}".repeat(100_000);
    let url = format!("/{bad}?{bad}#{bad}");
    let worst =
        || Identity { uid: hot(&bad), email: hot(&bad), name: hot(&bad), ..Identity::default() };
    let line = RequestLine {
        instance: hot(&bad),
        req: hot(&bad),
        method: hot(&bad),
        url: hot(&url),
        route: hot(&bad),
        exception: hot(&bad),
        roles: (0..100).map(|n| Hot::new(format!("{n:0128}"))).collect(),
        ip: hot(&bad),
        user_agent: hot(&bad),
        subject: worst(),
        impersonator: Some(worst()),
        message: hot(&bad),
        channel: hot(&bad),
        post: fields(&[(&bad, text(&bad)), ("n", number(&bad))]),
        rest: vec![(Hot::new("kept"), text(&bad[..4000])), (Hot::new(bad.as_str()), text(&bad))],
        ..view()
    };
    let (lengths, event) = lengths(line);
    assert!(lengths[0] <= EVENT_MAX, "{lengths:?}");
    serde_json::from_str::<serde_json::Value>(&event).expect("valid JSON");
}

#[test]
fn a_long_line_of_text() {
    let bad = "\u{1}\"".repeat(1 << 19);
    let record = TextRecord { message: hot(&bad), line: Hot::new(&*bad), ..TextRecord::default() };
    let mut gate = gate(policy());
    with_text(record, |raw| gate.text(raw, Stream::Errors, None, 0, NOW)).expect("there is a key");
    let batch = gate.take();
    assert!(batch.byte_len() <= EVENT_MAX && batch.byte_len() > 400_000);
}

#[test]
fn a_deep_value() {
    let deep = (0..1000).fold(Value::Null, |inner, _| object(&[("a", inner)]));
    let (_, event) = lengths(RequestLine { post: fields(&[("deep", deep)]), ..view() });
    serde_json::from_str::<serde_json::Value>(&event).expect("valid JSON");
}
