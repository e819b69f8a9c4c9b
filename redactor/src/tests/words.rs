//! `text = "known"` and operator's entities at the gate: who counts, and what is sealed.

use super::*;
use crate::{OperatorEntity, Stream, TextRule};

fn known() -> Policy {
    Policy { text: TextRule::Known { after: 2 }, ..policy() }
}

/// The clear form of `message` in a record of the request `of`.
fn message(gate: &mut Redactor, of: Option<&Attribution>, message: &str) -> String {
    let record = TextRecord { message: hot(message), ..TextRecord::default() };
    with_text(record, |raw| gate.text(raw, Stream::Errors, of, 0, NOW).expect("px"));
    let batch = gate.take();
    let event = batch.events().next().expect("one event").bytes.to_vec();
    let event: serde_json::Value = serde_json::from_slice(&event).expect("an event is JSON");
    event["msg"].as_str().unwrap_or_default().to_owned()
}

fn request(gate: &mut Redactor, uid: &str, impersonator: Option<&str>) -> Attribution {
    let identity = |uid| Identity { uid: Some(Hot::new(uid)), ..Identity::default() };
    let (subject, impersonator) = (identity(uid), impersonator.map(identity));
    let line = RequestLine { subject, impersonator, ..view() };
    let of = with_line(Format::Monolog, line, |raw| gate.request(raw, NOW).expect("a key"));
    gate.take();
    of
}

#[test]
fn only_persons_of_their_own_count() {
    let mut gate = gate(known());
    let text = "Sandwich ready";
    let (one, two) = (request(&mut gate, "1", None), request(&mut gate, "2", None));
    let played = request(&mut gate, "3", Some("1"));
    for of in [None, Some(&one), Some(&one), Some(&played), None] {
        assert_eq!(message(&mut gate, of, text), "<…> ready");
    }
    let record = TextRecord { message: hot(text), ..TextRecord::default() };
    with_text(record, |raw| gate.explain(raw));
    assert_eq!(message(&mut gate, Some(&one), text), "<…> ready", "an explanation learns nothing");
    assert_eq!(message(&mut gate, Some(&two), text), text);
    gate.reload(known());
    assert_eq!(message(&mut gate, None, text), text, "the same rule goes on");
    gate.reload(Policy { text: TextRule::Known { after: 3 }, ..policy() });
    assert_eq!(message(&mut gate, None, text), "<…> ready", "another begins closed");
    gate.reload(policy());
    assert_eq!(message(&mut gate, None, text), text);
}

#[test]
fn what_the_operator_drops_is_not_sealed() {
    let cues = ["badge".to_owned()];
    let badge = OperatorEntity::new("badge", r"\b[0-9]{6}\b", None, &cues, true);
    let entities = vec![badge.expect("a good entity")];
    let line = RequestLine {
        subject: ada(),
        message: hot("badge 204117"),
        post: fields(&[("badge", text("204117")), ("order", text("311052"))]),
        ..view()
    };
    let (shown, _) = requested(Policy { entities, ..policy() }, line);
    assert!(!shown.contains("204117") && shown.contains("badge <badge>"), "{shown}");
    assert!(shown.contains("311052"), "what is not the operator's is sealed: {shown}");
}
