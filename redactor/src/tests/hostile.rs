//! What a hostile or careless sender tried, each of which once worked.

use super::{ada, hot, object, policy, requested, text, view};
use greffier_record::{Hot, RequestLine};

fn line(changed: RequestLine<'_>) -> (String, serde_json::Value) {
    let shown = requested(policy(), changed).0;
    let event = shown.lines().find(|line| line.starts_with('{')).expect("an event");
    let event = serde_json::from_str(event).expect("JSON");
    (shown, event)
}

/// The plaintext sealed as `part`, or nothing.
fn sealed<'s>(shown: &'s str, part: &str) -> &'s str {
    let head = format!("{part} = ");
    shown.lines().find_map(|line| line.strip_prefix(&head)).unwrap_or_default()
}

/// A body that a decoder does not know as one is posted all the same: not the actor's.
#[test]
fn a_body_among_unnamed_fields_is_not_sealed_for_the_actor() {
    let body = object(&[("email", text("bob@example.net"))]);
    let rest = vec![
        (Hot::new("request.body"), body),
        (Hot::new("form_data.name"), text("Bob Builder")),
        (Hot::new("cluster"), text("green meadow")),
    ];
    let (shown, _) = line(RequestLine {
        method: hot("POST"),
        url: hot("/admin/users"),
        subject: ada(),
        rest,
        ..view()
    });
    let (actor, nobody) = (sealed(&shown, "pa.c"), sealed(&shown, "pu.c"));
    assert!(actor.contains("green meadow") && !actor.contains("ob"), "{shown}");
    assert!(nobody.contains("bob@example.net") && nobody.contains("Bob Builder"), "{shown}");
}

#[test]
fn an_address_is_no_name_of_an_instance() {
    for address in ["203.0.113.9", "2001:db8::9"] {
        let (shown, event) = line(RequestLine { instance: hot(address), ..view() });
        assert!(event["from"].is_null() && !shown.contains(address), "{shown}");
    }
}

/// An address that cannot be truncated is not sealed whole either.
#[test]
fn an_address_in_a_form_nobody_knows_is_dropped() {
    for address in ["3405803853", "0xCB00714D", "203.0.113.77.5555"] {
        let (shown, event) = line(RequestLine { ip: hot(address), ..view() });
        assert!(event["ip"].is_null() && !shown.contains(address), "{shown}");
    }
}

#[test]
fn a_request_id_that_spells_a_name_is_replaced() {
    let spelled = "6164612e6c6f76656c61636540657861";
    let (_, event) = line(RequestLine { req: hot(spelled), ..view() });
    assert!(event["req"].is_string() && event["req"] != spelled);
}

#[test]
fn a_key_in_the_place_of_a_parameter_name_is_none() {
    let key = "a3f4aa00ffee11223344556677889900";
    let url = format!("/?{key}&page=2");
    let (_, event) = line(RequestLine { url: hot(&url), ..view() });
    assert_eq!(event["query"], "{}&page=2");
}
