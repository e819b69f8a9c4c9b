//! What holds for every line: valid JSON, keys once and in order, and no planted word in clear.

use super::*;
use crate::event::Key;
use crate::seal::EVENT_MAX;
use crate::{IpRule, Matcher, ObjectRule, RouteRule, Selector, Stream};
use greffier_record::{Broken, Fault, Level};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// A word that no vocabulary holds.
const CANARY: &str = "zqxcanary";

/// The keys of an object, in order.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Keys;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        input.deserialize_map(Collect)
    }
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    prop_assert!(bytes.len() <= EVENT_MAX);
    let Keys(keys) = serde_json::from_slice(bytes).expect("an event is one JSON object");
    let places: Option<Vec<_>> =
        keys.iter().map(|key| Key::NAMES.iter().position(|name| name == key)).collect();
    prop_assert!(places.is_some_and(|places| places.is_sorted_by(|a, b| a < b)));
    let event: serde_json::Value = serde_json::from_slice(bytes).expect("checked above");
    for inner in ["post", "x"] {
        if let Some(object) = event.get(inner) {
            let Keys(mut keys) = serde_json::from_str(&object.to_string()).expect("an object");
            let all = keys.len();
            keys.dedup();
            prop_assert_eq!(all, keys.len());
        }
    }
    Ok(())
}

fn any_text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "\\PC{0,40}",
        2 => any::<String>(),
        2 => "[a-z/_.:-]{0,40}",
        1 => Just("ada@example.org 203.0.113.7 4111111111111111".to_owned()),
        1 => "/(reset|token|admin|%[0-9a-f]{2}|\\?|#|&|=|/){0,20}",
    ]
    .boxed()
}

fn any_hot() -> BoxedStrategy<Option<Hot<'static>>> {
    prop::option::of(any_text().prop_map(Hot::new)).boxed()
}

fn any_value() -> BoxedStrategy<Value<'static>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any_text().prop_map(|token| Value::Number(Hot::new(token))),
        any_text().prop_map(|text| Value::Text(Hot::new(text))),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let member = (any_text().prop_map(Hot::new), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::Array),
            prop::collection::vec(member, 0..4).prop_map(Value::Object),
        ]
    })
    .boxed()
}

fn any_members() -> BoxedStrategy<Vec<(Hot<'static>, Value<'static>)>> {
    prop::collection::vec((any_text().prop_map(Hot::new), any_value()), 0..4).boxed()
}

prop_compose! {
    fn any_identity()(parts in prop::array::uniform6(any_hot()), claimed: bool) -> Identity<'static> {
        let [uid, email, login, name, fid, phone] = parts;
        Identity { uid, email, login, name, fid, phone, claimed }
    }
}

prop_compose! {
    fn any_post()(fields in prop::option::of(any_value()), raw in any_hot(),
        files in prop::option::of(any_value())) -> Post<'static> {
        Post { fields, raw, files }
    }
}

fn any_time() -> impl Strategy<Value = Time<'static>> {
    prop_oneof![
        any::<i64>().prop_map(Time::At),
        any_text().prop_map(|text| Time::Wrong(Hot::new(text))),
        Just(Time::Absent),
    ]
}

prop_compose! {
    fn any_line()(
        time in any_time(),
        a in prop::array::uniform6(any_hot()),
        b in prop::array::uniform6(any_hot()),
        status: Option<u16>, duration_ms: Option<f64>,
        subject in any_identity().boxed(),
        impersonator in prop::option::of(any_identity()).boxed(),
        post in prop::option::of(any_post()).boxed(),
        rest in any_members(), route_params in any_members(),
        roles in prop::collection::vec(any_text().prop_map(Hot::new), 0..3),
        message in any_hot(),
    ) -> RequestLine<'static> {
        let [instance, tenant, host, req, place, method] = a;
        let [url, route, end, exception, ip, user_agent] = b;
        RequestLine {
            time, instance, tenant, host, req, place, method, url, route, route_params, status,
            duration_ms, end, exception, roles, ip, user_agent, subject, impersonator, post,
            level: Some(Level::Notice), channel: message.clone(), message, rest,
        }
    }
}

fn odd_policy(seal: bool, drop: bool) -> Policy {
    let mut policy = policy();
    policy.ip = if seal { IpRule::TruncateAndSeal } else { IpRule::Truncate };
    policy.keep = vec!["a".into(), "b".into(), String::new()];
    policy.path_keep = vec!["/admin/{x}".into()];
    let on = || Matcher::Path("/admin/**".into());
    policy.routes = vec![RouteRule { on: on(), drop_person: drop }];
    let select = Selector::PathSegment { template: "/admin/{x}".into(), name: "x".into() };
    policy.audit.objects = vec![
        ObjectRule { on: on(), kind: "person".into(), select },
        ObjectRule {
            on: Matcher::Route("**".into()),
            kind: "content".into(),
            select: Selector::PostId(vec![String::new()]),
        },
    ];
    policy
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_line_becomes_one_event(
        line in any_line().boxed(), other in any_line().boxed(), fault in 0usize..3, seal: bool, drop: bool,
    ) {
        let mut gate = gate(odd_policy(seal, drop));
        let broken = Broken {
            fault: [Fault::Json, Fault::DupKey, Fault::Form][fault],
            line: other.message.clone().unwrap_or_default(),
            cut: 3,
        };
        let record = TextRecord {
            time: other.time.clone(),
            instance: other.instance.clone(),
            req: other.req.clone(),
            exception: other.exception.clone(),
            message: other.message.clone(),
            line: other.url.clone().unwrap_or_default(),
            ..TextRecord::default()
        };
        with_line(Format::Monolog, line, |raw| {
            let of = gate.request(raw, NOW).expect("there is a key");
            with_line(Format::NginxJson, other, |raw| {
                gate.proxy(raw, Some(&of), NOW).expect("there is a key");
                gate.proxy(raw, None, NEVER).expect("nothing is sealed");
            });
            with_text(record, |raw| gate.text(raw, Stream::Events, Some(&of), 0, NOW)).expect("a key");
            gate.explain(raw);
        });
        let origin = origin(Format::Json);
        let raw = Raw { origin: &origin, observed: i64::MAX, body: Body::Broken(broken) };
        gate.broken(&raw, NOW).expect("there is a key");
        let batch = gate.take();
        prop_assert_eq!(batch.len(), 5);
        for event in batch.events() {
            check(event.bytes)?;
        }
    }

    #[test]
    fn no_planted_word_stays_in_clear(
        before in "[a-z/.@ ]{0,6}", after in "[a-z/.@ ]{0,6}", escaped: bool,
    ) {
        let word = if escaped { "zq%78canary" } else { CANARY };
        let bad = format!("{before}{word}{after}");
        let url = format!("http://{bad}/admin/{bad}/reset/{bad}?q={bad}&{bad}[]={bad}&page=1#{bad}");
        let who = || Identity {
            uid: hot(&bad), email: hot(&bad), login: hot(&bad), name: hot(&bad), fid: hot(&bad),
            phone: hot(&bad), claimed: false,
        };
        let line = RequestLine {
            time: Time::Wrong(Hot::new(bad.as_str())),
            tenant: hot(&bad), host: hot(&bad), req: hot(&bad), place: hot(&bad), method: hot(&bad),
            url: hot(&url), end: hot(&bad), ip: hot(&bad), user_agent: hot(&bad),
            route_params: vec![(Hot::new("p"), text(&bad))],
            subject: who(), impersonator: Some(who()),
            post: fields(&[("a", text(&bad)), ("b", Value::Array(vec![text(&bad)]))]),
            rest: vec![(Hot::new("r"), text(&bad)), (Hot::new(bad.as_str()), text(&bad))],
            ..RequestLine::default()
        };
        let mut gate = gate(policy());
        with_line(Format::Monolog, line, |raw| gate.request(raw, NOW)).expect("there is a key");
        for event in gate.take().events() {
            let clear = hidden(std::str::from_utf8(event.bytes).expect("UTF-8"));
            prop_assert!(!clear.contains(CANARY) && !clear.contains("zq%78"), "{}", clear);
        }
    }
}
