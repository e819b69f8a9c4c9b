//! What `explain`, `always_keeps` and the batch say.

use super::*;
use crate::{EventRule, Stream};
use greffier_record::Level;

#[test]
fn an_explanation_names_every_field_and_no_value() {
    let line = RequestLine {
        subject: ada(),
        rest: vec![
            (Hot::new("ada@example.org"), text("canary")),
            (Hot::new("password"), text("canary")),
        ],
        post: fields(&[("title", text("canary")), ("user", object(&[("password", text("c"))]))]),
        ..view()
    };
    let mut gate = gate(policy());
    let fates = with_line(Format::Monolog, line, |raw| gate.explain(raw));
    let told: Vec<String> =
        fates.iter().map(|f| format!("{}: {:?} ({})", f.field, f.fate, f.rule)).collect();
    assert!(!told.concat().contains("canary") && !told.concat().contains("ada@"));
    assert!(gate.take().is_empty(), "an explanation writes nothing");
    assert_eq!(gate.tally(), crate::Tally::default());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn event_rules() {
    let mut policy = policy();
    policy.events = vec![
        EventRule { channel: Some("alarm".into()), level: None },
        EventRule { channel: None, level: Some(Level::Critical) },
    ];
    let gate = gate(policy);
    let kept = |channel, level| {
        let record = TextRecord { channel: hot(channel), level: Some(level), ..Default::default() };
        with_text(record, |raw| gate.always_keeps(raw))
    };
    assert!(kept("alarm", Level::Debug) && kept("app", Level::Alert));
    assert!(!kept("app", Level::Error));
    assert!(!with_line(Format::Monolog, view(), |raw| gate.always_keeps(raw)));
}

#[test]
fn a_record_in_the_wrong_hands_still_becomes_one_event() {
    let mut gate = gate(policy());
    with_text(TextRecord::default(), |raw| {
        gate.request(raw, NOW).expect("px");
        gate.broken(raw, NOW).expect("px");
        gate.proxy(raw, None, NOW).expect("px");
    });
    with_line(Format::Combined, view(), |raw| {
        gate.request(raw, NOW).expect("px");
        gate.text(raw, Stream::Errors, None, 0, NOW).expect("px");
    });
    assert_eq!(gate.take().len(), 5);
}

#[test]
fn ids_and_rows_come_with_the_batch() {
    let mut gate = gate(policy());
    with_line(Format::Monolog, RequestLine { subject: ada(), ..view() }, |raw| {
        for back in [0, 1000] {
            gate.request(raw, NOW - back).expect("there is a key");
        }
    });
    let batch = gate.take();
    assert!(!batch.rows().is_empty());
    let ids: Vec<_> = batch.events().map(|event| event.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b));
    let event = batch.events().next().expect("two events");
    assert_eq!(
        (event.time, event.tenant, event.stream),
        (1_795_293_166_197, "-", Stream::Requests)
    );
    assert!(gate.take().is_empty());
}
