//! What each kind of line becomes, byte for byte.

use super::*;
use crate::{
    AccessEvent, Count, IpRule, Matcher, ObjectRule, RecordId, RouteRule, Selector, Stream,
    TenantRule,
};
use greffier_record::{Broken, Fault, Level, Side};
use insta::assert_snapshot;

/// Line 15 of the capture of the Symfony subscriber.
fn line_15<'a>() -> RequestLine<'a> {
    RequestLine {
        time: Time::At(1_795_293_166_679),
        instance: hot("ip-10-0-3-17"),
        req: hot("6364188aedf55dd08449dd8912914d03"),
        place: hot("25032"),
        method: hot("POST"),
        url: hot("http://www.exemple.fr/admin/alarm"),
        route: hot("alarm_raise"),
        status: Some(202),
        duration_ms: Some(123.735),
        roles: vec![Hot::new("ROLE_ADMIN")],
        ip: hot("2001:db8::5"),
        user_agent: hot(r#"ua "quoted" \back\slash"#),
        subject: Identity {
            uid: hot("1003"),
            email: hot("jürgen.müller@beispiel.de"),
            login: hot("jmueller"),
            ..Identity::default()
        },
        post: fields(&[
            ("code", text("GRV-001")),
            ("severity", number("1")),
            ("text", text("Capteur n°1 hors seuil\nappeler 0039 06 69812345")),
            ("email", text("zoe@例え.jp")),
        ]),
        ..RequestLine::default()
    }
}

fn person_at(route: &str, select: Selector) -> Policy {
    let on = Matcher::Route(route.into());
    let mut policy = policy();
    policy.audit.objects = vec![ObjectRule { on, kind: "person".into(), select }];
    policy
}

fn proxied<'a>() -> RequestLine<'a> {
    RequestLine {
        host: hot("www.exemple.fr"),
        subject: Identity { login: hot("basic-ada"), claimed: true, ..Identity::default() },
        rest: vec![(Hot::new("bytes"), number("27")), (Hot::new("referer"), text("/page/bob"))],
        ..view()
    }
}

#[test]
fn worked_example() {
    assert_snapshot!(requested(policy(), line_15()).0);
}

#[test]
fn page_view_of_a_person() {
    assert_snapshot!(requested(policy(), RequestLine { subject: ada(), ..view() }).0);
}

#[test]
fn anonymous_get() {
    assert_snapshot!(requested(policy(), view()).0);
}

#[test]
fn anonymous_without_anything_personal_has_no_key() {
    let line = RequestLine { user_agent: None, url: hot("/search?page=1"), ..view() };
    assert_snapshot!(requested(policy(), line).0);
}

#[test]
fn anonymous_audit() {
    let line = RequestLine { subject: Identity::default(), ..line_15() };
    assert_snapshot!(requested(policy(), line).0);
}

#[test]
fn impersonation() {
    let line = RequestLine { subject: ada(), impersonator: Some(boss()), ..line_15() };
    assert_snapshot!(requested(policy(), line).0);
}

#[test]
fn switch_user() {
    let url = hot("http://www.exemple.fr/admin?_switch_user=hdupre");
    let route = hot("admin_dashboard");
    let line = RequestLine { subject: ada(), impersonator: Some(boss()), url, route, ..view() };
    assert_snapshot!(requested(policy(), line).0);
}

fn boss<'a>() -> Identity<'a> {
    Identity { login: hot("o'brien"), claimed: true, ..Identity::default() }
}

#[test]
fn target_by_route_parameter() {
    let line = RequestLine {
        url: hot("/admin/user/5"),
        route: hot("admin_user_edit"),
        route_params: vec![(Hot::new("id"), number("5"))],
        ..line_15()
    };
    let policy = person_at("admin_user_*", Selector::RouteParam("id".into()));
    assert_snapshot!(requested(policy, line).0);
}

#[test]
fn target_by_email_even_if_it_is_the_actor() {
    let post = fields(&[
        ("email", text("jürgen.müller@beispiel.de")),
        ("plainPassword", text("hunter2")),
        ("user", object(&[("firstName", text("Jürgen")), ("_token", text("x"))])),
    ]);
    let line = RequestLine { post, route: hot("admin_user_create"), ..line_15() };
    let mut gate = gate(person_at("admin_user_*", Selector::PostEmail(vec!["email".into()])));
    let text = with_line(Format::Monolog, line, |raw| {
        shown(&mut gate, |gate| drop(gate.request(raw, NOW).expect("there is a key")))
    });
    assert_snapshot!(text);
    assert_eq!(gate.tally().get(Count::Secret), 2);
}

#[test]
fn target_by_path_without_a_body() {
    let line = RequestLine {
        method: hot("DELETE"),
        url: hot("/admin/user/5"),
        route: None,
        post: None,
        ..line_15()
    };
    let (template, name) = ("/admin/user/{id}".into(), "id".into());
    let mut policy = person_at("x", Selector::PathSegment { template, name });
    policy.audit.objects[0].on = Matcher::Path("/admin/user/*".into());
    assert_snapshot!(requested(policy, line).0);
}

#[test]
fn content_and_action() {
    let mut policy = person_at("admin_content_*", Selector::RouteParam("id".into()));
    policy.audit.objects[0].kind = "content".into();
    policy.audit.actions = vec![("admin_content_*".into(), "content.edit".into())];
    let line = RequestLine {
        url: hot("/admin/content/812/publish"),
        route: hot("admin_content_publish"),
        route_params: vec![(Hot::new("id"), text("812"))],
        ..line_15()
    };
    assert_snapshot!(requested(policy, line).0);
}

#[test]
fn nginx_with_and_without_a_person() {
    let (_, attribution) = requested(policy(), RequestLine { subject: ada(), ..view() });
    let mut gate = gate(policy());
    let text = with_line(Format::NginxJson, proxied(), |raw| {
        shown(&mut gate, |gate| {
            gate.proxy(raw, Some(&attribution), NOW).expect("there is a key");
            gate.proxy(raw, None, NOW).expect("nothing is sealed");
        })
    });
    assert_snapshot!(text);
    assert_eq!(gate.tally().get(Count::NoPerson), 5);
}

#[test]
fn combined() {
    let line = RequestLine { req: None, instance: None, ..proxied() };
    let text = with_line(Format::Combined, line, |raw| {
        assert_eq!(raw.origin.format.side(), Side::Proxy);
        shown(&mut gate(policy()), |gate| gate.proxy(raw, None, NOW).expect("nothing is sealed"))
    });
    assert_snapshot!(text);
}

#[test]
fn broken() {
    let origin = origin(Format::NginxJson);
    let line = Hot::new("{\"uri\":\"/\\xE9\" from 203.0.113.7 ada@example.org 4111111111111111");
    let body = Body::Broken(Broken { fault: Fault::Utf8, line, cut: 17 });
    let raw = Raw { origin: &origin, observed: NOW, body };
    let text = shown(&mut gate(policy()), |gate| gate.broken(&raw, NOW).expect("there is a key"));
    assert_snapshot!(text);
}

#[test]
fn wrong_date() {
    let time = Time::Wrong(Hot::new("yesterday, ada"));
    assert_snapshot!(requested(policy(), RequestLine { time, subject: ada(), ..view() }).0);
}

#[test]
fn dropped_person() {
    let mut policy = policy();
    let on = Matcher::Path("/page/**".into());
    policy.routes = vec![RouteRule { on, drop_person: true }];
    let rest = vec![(Hot::new("note"), text("Ada"))];
    let (event, attribution) =
        requested(policy.clone(), RequestLine { subject: ada(), rest, ..view() });
    let mut gate = gate(policy);
    let error = with_text(failed(), |raw| {
        shown(&mut gate, |gate| {
            gate.text(raw, Stream::Errors, Some(&attribution), 0, NOW).expect("nothing is sealed");
        })
    });
    assert_eq!(gate.tally().get(Count::PersonDropped), 1);
    assert_snapshot!(format!("{event}\n{error}"));
}

#[test]
fn no_key() {
    let line = || RequestLine { subject: ada(), ..view() };
    let mut gate = gate(policy());
    let text = shown(&mut gate, |gate| {
        with_line(Format::Monolog, line(), |raw| gate.request(raw, NEVER).map(drop)).expect("px");
        with_text(failed(), |raw| gate.text(raw, Stream::Errors, None, 0, NEVER)).expect("px");
        let audit = with_line(Format::Monolog, line_15(), |raw| gate.request(raw, NEVER).map(drop));
        assert!(audit.is_err(), "an audit record waits for its key");
        let access = AccessEvent { action: "reveal", user: "dora", ..AccessEvent::default() };
        assert!(gate.access(&access, NEVER).is_err(), "nothing is shown without a record");
    });
    assert_snapshot!(text);
    assert_eq!(gate.tally().get(Count::NoKey), 2);
    assert!(gate.take().is_empty());
}

#[test]
fn json_line() {
    let line = RequestLine {
        time: Time::At(1_767_225_600_012),
        req: hot("1f2e3d4c5b6a79880716253443526170"),
        method: hot("POST"),
        url: hot("/api/v2/orders/123/items?page=3&size=50"),
        route: hot("api.v2.lamp.show"),
        status: Some(503),
        duration_ms: Some(12.499),
        roles: vec![Hot::new("user")],
        ip: hot("198.51.100.77"),
        user_agent: hot("okhttp/4.12.3"),
        subject: Identity {
            uid: hot("usr_0123456789abcdef0123"),
            email: hot("anna.weber7@posteo.net"),
            ..Identity::default()
        },
        message: hot("login failed for anna.weber7@posteo.net from 198.51.100.77: wrong password"),
        ..RequestLine::default()
    };
    let text = with_line(Format::Json, line, |raw| {
        shown(&mut gate(policy()), |gate| drop(gate.request(raw, NOW).expect("there is a key")))
    });
    assert_snapshot!(text);
}

fn failed<'a>() -> TextRecord<'a> {
    TextRecord {
        time: Time::At(1_795_293_166_700),
        req: hot("6364188aedf55dd08449dd8912914d03"),
        level: Some(Level::Error),
        channel: hot("app"),
        message: hot("no mail to ada@example.org (Ada) from 203.0.113.7"),
        exception: hot("App\\Mail\\Refused"),
        line: Hot::new(r#"{"message":"no mail to ada@example.org from 203.0.113.7"}"#),
        ..TextRecord::default()
    }
}

#[test]
fn errors_belong_to_the_person_of_their_request() {
    let mut policy = policy();
    (policy.tenant, policy.tenants) = (TenantRule::Field, vec!["acme".into()]);
    let (req, tenant) = (hot("chosen-by-client"), hot("acme"));
    let line = RequestLine { subject: ada(), req: req.clone(), tenant, ..view() };
    let mut gate = gate(policy);
    let text = shown(&mut gate, |gate| {
        let of = with_line(Format::Monolog, line, |raw| gate.request(raw, NOW)).expect("a key");
        let own = with_text(TextRecord { req, ..failed() }, |raw| {
            gate.text(raw, Stream::Errors, Some(&of), 0, NOW + 3_600_000)
        });
        own.expect("there is a key");
        with_text(failed(), |raw| gate.text(raw, Stream::Events, None, 0, NOW)).expect("a key");
    });
    let replaced = regex::Regex::new(r#""req":"[0-9a-f]{32}""#).unwrap();
    let ids: Vec<_> = replaced.find_iter(&text).map(|id| id.as_str()).collect();
    assert_eq!(ids[0], ids[1]);
    assert_snapshot!(text.replace(ids[0], "\"req\":\"[keyed]\""));
}

#[test]
fn full_addresses_and_kept_fields() {
    let mut policy = policy();
    policy.ip = IpRule::TruncateAndSeal;
    policy.keep = ["build", "ok", "who", "host.name"].map(String::from).to_vec();
    let rest = [
        ("build", number("1.50")),
        ("ok", Value::Bool(false)),
        ("who", text("ada@example.org from 203.0.113.7")),
        ("host.name", text("x")),
        ("session.token", text("s3cret")),
        ("other", object(&[("a", Value::Null), ("password", text("p"))])),
    ];
    let rest = rest.into_iter().map(|(path, value)| (Hot::new(path), value)).collect();
    assert_snapshot!(requested(policy, RequestLine { subject: ada(), rest, ..view() }).0);
}

#[test]
fn odd_values_of_every_field() {
    let line = RequestLine {
        instance: hot("Web One"),
        method: hot("get\r\n"),
        url: hot("www.exemple.fr:443"),
        route: hot("page show"),
        status: None,
        duration_ms: Some(f64::NAN),
        end: hot("vanished"),
        exception: hot("fatal: no mail to ada@example.org"),
        roles: vec![Hot::new("ROLE_USER"), Hot::new("ada@example.org")],
        ip: hot("unknown"),
        user_agent: hot("agent of ada@example.org"),
        channel: hot("a channel"),
        level: Some(Level::Warning),
        message: hot("see /reset-password/2dfb8cc0448705b5"),
        subject: ada(),
        ..view()
    };
    assert_snapshot!(requested(policy(), line).0);
}

#[test]
fn claimed_identities_over_the_limit_are_unattributed() {
    let mut policy = policy();
    policy.claimed_per_hour = 1;
    let claim = |login| Identity { login: hot(login), claimed: true, ..Identity::default() };
    let mut gate = gate(policy);
    let text = shown(&mut gate, |gate| {
        for login in ["one", "two"] {
            let line = RequestLine { subject: claim(login), ..view() };
            with_line(Format::Monolog, line, |raw| gate.request(raw, NOW)).expect("a key");
        }
    });
    assert_snapshot!(text);
    assert_eq!(gate.tally().get(Count::Claimed), 1);
}

#[test]
fn access() {
    let mut gate = gate(policy());
    let of = RecordId::parse("AZqm3l8zcAC6mJ4dU0xQ7w");
    let text = shown(&mut gate, |gate| {
        let event = AccessEvent {
            action: "reveal",
            user: "dora",
            of,
            query: Some("user:ada@example.org"),
            reason: Some("ticket 4711"),
            opened: &["identity", "content"],
        };
        gate.access(&event, NOW).expect("there is a key");
        let birth = AccessEvent { action: "birth", ..AccessEvent::default() };
        gate.access(&birth, NOW).expect("there is nothing to seal");
    });
    assert_snapshot!(text);
}
