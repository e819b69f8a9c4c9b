//! The reader against a double of CloudWatch: the same answers as from an archive, whatever the service does.

use super::calls::Calls;
use super::double::{Double, Kept};
use super::*;
use crate::names;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::{BehaviorVersion, Config, Credentials, Region};
use std::cmp::Reverse;

/// 2026-11-21T12:00:00Z.
const NOW: i64 = 20_778 * DAY + DAY / 2;
const MIN: i64 = 60_000;
const ADA: &str = "AAECAwQFBgcICQoLDA0ODw";
const REQ: &str = "6364188aedf55dd08449dd8912914d03";

fn settings(endpoint: Option<String>) -> Settings {
    Settings {
        region: "eu-central-1".to_owned(),
        prefix: "/greffier".to_owned(),
        service: "social".to_owned(),
        endpoint,
    }
}

fn reader(double: &Double) -> CloudWatchReader {
    let endpoint = format!("http://{}", double.address);
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKID", "secret", None, None, "test"))
        .retry_config(aws_sdk_cloudwatchlogs::config::retry::RetryConfig::disabled())
        .endpoint_url(&endpoint)
        .build();
    let calls = Calls::new(Client::from_conf(config), settings(Some(endpoint))).without_waiting();
    let scope = Scope { days: 90, tenants: vec!["acme".to_owned()], now_ms: NOW };
    CloudWatchReader::with(runtime().unwrap(), calls, scope)
}

fn id(sealed: i64, n: u8) -> RecordId {
    let mut bytes = [n; 16];
    bytes[..6].copy_from_slice(&sealed.to_be_bytes()[2..]);
    // The version and variant of greffier's own ids.
    bytes[6] = 0x70 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    RecordId::from_bytes(bytes)
}

/// An event that happened when it was sealed; `clear` begins with a comma.
fn event(stream: Stream, at: i64, n: u8, clear: &str) -> Stored {
    let ts = chrono_text(at);
    let (name, id) = (stream.name(), id(at, n));
    let json = format!(r#"{{"v":1,"s":"{name}","id":"{id}","ts":"{ts}"{clear}}}"#);
    Stored::parse(json, stream, 0).unwrap()
}

fn chrono_text(ms: i64) -> String {
    let (day, ms) = (u16::try_from(ms / DAY).unwrap(), ms % DAY);
    let (h, m, s, ms) = (ms / HOUR, ms / MIN % 60, ms / 1000 % 60, ms % 1000);
    format!("{}T{h:02}:{m:02}:{s:02}.{ms:03}Z", day_text(day))
}

/// Requests over three weeks, a failed one with its error.
fn sample() -> Vec<Stored> {
    let mut all: Vec<_> = (0..40u8)
        .map(|n| {
            let at = NOW - i64::from(n) * i64::from(n) * 20 * MIN;
            let (status, person) = (200 + u16::from(n % 4) * 100, if n % 5 == 0 { ADA } else { "" });
            let stream = if n % 3 == 0 { Stream::Audit } else { Stream::Requests };
            let tenant = if n % 2 == 0 { r#","tenant":"acme""# } else { "" };
            let clear = format!(
                r#"{tenant},"src":"app","req":"{n:032x}","method":"POST","path":"/admin/users/{{}}","route":"admin_{n}","status":{status},"ms":{n},"k":"{person}""#
            );
            event(stream, at, n, &clear)
        })
        .collect();
    let clear = format!(r#","req":"{REQ}","lvl":"error","msg":"Délai dépassé pour <email>""#);
    all.push(event(Stream::Errors, NOW - 30 * MIN, 200, &clear));
    let clear = format!(r#","req":"{REQ}","status":500,"src":"proxy""#);
    all.push(event(Stream::Requests, NOW - 30 * MIN - 5, 201, &clear));
    all
}

fn keep(double: &Double, events: &[Stored]) {
    for stored in events {
        let group = names::group("/greffier", "social", stored.stream);
        let kept =
            Kept { at: kept_at(stored.ts, stored.id.millis()), message: stored.json.clone() };
        double.state().groups.entry(group).or_default().push(kept);
    }
}

fn double() -> Double {
    let double = Double::start();
    keep(&double, &sample());
    double
}

fn query(groups: Vec<(bool, Vec<Test>)>) -> Query {
    let groups = groups.into_iter().map(|(not, any)| Group { not, any }).collect();
    Query { groups, max_scanned: 1_000_000, ..Query::new(SHIPPED.to_vec()) }
}

fn one(test: Test) -> Query {
    query(vec![(false, vec![test])])
}

fn ada() -> greffier_sinks::Kid {
    std::array::from_fn(|n| u8::try_from(n).unwrap())
}

fn queries() -> Vec<Query> {
    let many = Test::Keys((0..100).map(|n| [n; 16]).chain([ada()]).collect());
    let bounded = Query { since: Some(NOW - DAY), until: Some(NOW - HOUR), ..query(vec![]) };
    let status = || Test::Status(300..=399);
    vec![
        query(vec![]),
        bounded,
        Query { streams: vec![Stream::Audit], ..query(vec![]) },
        one(status()),
        query(vec![(false, vec![status(), Test::Status(500..=500)])]),
        query(vec![(true, vec![status()])]),
        query(vec![(false, vec![status()]), (false, vec![Test::Took(0..=9)])]),
        one(Test::Method("POST".into())),
        one(Test::Method("PUT".into())),
        one(Test::Route("admin_1*".into())),
        one(Test::Path("/admin/*".into())),
        one(Test::Tenant("acme".into())),
        one(Test::Tenant("-".into())),
        one(Test::Src("proxy".into())),
        one(Test::Req(REQ.into())),
        one(Test::Level(vec!["error", "alert"])),
        one(Test::Text("DÉPASSÉ".into())),
        query(vec![(true, vec![Test::Text("délai".into())])]),
        one(Test::Keys(vec![ada()])),
        query(vec![(false, vec![many]), (true, vec![status()])]),
        query(vec![(true, vec![Test::Keys(vec![ada()])])]),
        one(Test::Keys(vec![])),
    ]
}

#[test]
fn an_answer_is_what_the_query_means_and_every_event_counts_once() {
    let double = double();
    keep(&double, &sample()[..9]); // delivered twice
    let mut all = sample();
    all.sort_by_key(|stored| Reverse((stored.ts, stored.id)));
    for lazy in [false, true] {
        double.state().lazy = lazy;
        for query in queries() {
            let mut meant: Vec<_> = all.iter().filter(|stored| query.matches(stored)).collect();
            let found = reader(&double).search(&query, 9).unwrap();
            assert!(found.complete && found.unread.is_empty());
            assert_eq!(found.matched, meant.len() as u64, "{query:?}");
            meant.truncate(9);
            assert_eq!(found.rows.iter().collect::<Vec<_>>(), meant, "{query:?}");
        }
    }
}

#[test]
fn a_pattern_that_is_not_understood_costs_time_and_no_answer() {
    let double = double();
    double.state().refuses_json = true;
    let found = reader(&double).search(&one(Test::Status(500..=500)), 99).unwrap();
    assert_eq!(found.matched, 11);
}

#[test]
fn what_others_wrote_there_is_counted_and_not_shown() {
    let double = double();
    let group = names::group("/greffier", "social", Stream::Requests);
    let audit = sample().swap_remove(0).json;
    for message in ["START RequestId: 1", "{\"v\":1}", "{\"v\":1,\"s\":\"requests\"", &audit] {
        let kept = Kept { at: NOW, message: message.to_owned() };
        double.state().groups.get_mut(&group).unwrap().push(kept);
    }
    let found = reader(&double).search(&query(vec![]), 99).unwrap();
    assert_eq!((found.skipped, found.matched), (4, sample().len() as u64));
}

#[test]
fn a_record_is_found_by_each_of_its_ids_and_a_request_with_all_its_lines() {
    let double = double();
    for lazy in [false, true] {
        double.state().lazy = lazy;
        let reader = reader(&double);
        for stored in sample() {
            assert_eq!(reader.get(stored.id).unwrap().as_ref(), Some(&stored));
            let low = stored.id.as_bytes()[11..].try_into().unwrap();
            assert_eq!(reader.get_short(low).unwrap(), [stored]);
        }
        let lines = reader.by_request(REQ, None).unwrap();
        assert_eq!(
            lines.iter().map(|l| l.stream).collect::<Vec<_>>(),
            [Stream::Requests, Stream::Errors]
        );
        assert_eq!(reader.by_request(REQ, Some(&lines[1])).unwrap(), lines);
        assert_eq!(reader.get(id(NOW, 250)).unwrap(), None);
        assert_eq!(reader.get(id(7, 250)).unwrap(), None, "an id of 1970");
        assert!(reader.get_short([250; 5]).unwrap().is_empty());
        assert_eq!(reader.with_context(&lines).unwrap(), [REQ.to_owned()].into());
        assert!(reader.with_context(&sample()[..9]).unwrap().is_empty());
    }
}

#[test]
fn a_line_that_waited_long_for_its_sealing_is_found() {
    let double = double();
    let old = event(Stream::Requests, NOW - 40 * DAY, 240, "");
    let late = Stored { id: id(NOW, 240), ..old };
    let json = late.json.replace(&id(NOW - 40 * DAY, 240).to_string(), &late.id.to_string());
    let late = Stored { json, ..late };
    let in_time = Stored { ts: NOW - 12 * DAY, ..event(Stream::Requests, NOW - 12 * DAY, 241, "") };
    keep(&double, &[late.clone(), in_time.clone()]);
    let reader = reader(&double);
    assert_eq!(reader.get(late.id).unwrap(), Some(late.clone()));
    let since = Query { since: Some(NOW - 41 * DAY), ..query(vec![]) };
    let found = reader.search(&since, 999).unwrap().rows;
    assert!(found.contains(&late) && found.contains(&in_time));
}

#[test]
fn nothing_that_somebody_typed_is_sent() {
    let double = double();
    let reader = reader(&double);
    let typed = || "kanari@example.org".to_owned();
    let tests = [
        Test::Text(typed()),
        Test::Path(typed()),
        Test::Route(typed()),
        Test::Req(typed()),
        Test::Tenant(typed()),
        Test::Method(typed()),
        Test::Src(typed()),
    ];
    for test in tests {
        assert_eq!(reader.search(&one(test), 9).unwrap().matched, 0);
    }
    let asked = double.state().asked.len();
    assert!(reader.by_request(&typed(), None).unwrap().is_empty());
    assert_eq!(double.state().asked.len(), asked, "that is no request id: nothing was asked");
    reader.search(&one(Test::Keys(vec![ada()])), 9).unwrap();
    let state = double.state();
    assert!(state.sent.iter().all(|request| !request.contains("kanari")));
    assert_eq!(state.asked.last().unwrap()["filterPattern"], format!("\"{ADA}\""));
}

#[test]
fn a_tenant_on_the_list_is_looked_for_in_its_own_log_streams() {
    let double = double();
    reader(&double).search(&one(Test::Tenant("acme".into())), 9).unwrap();
    reader(&double).search(&query(vec![(true, vec![Test::Tenant("acme".into())])]), 9).unwrap();
    let state = double.state();
    assert_eq!(state.asked[0]["logStreamNamePrefix"], "acme/");
    assert!(state.asked.last().unwrap()["logStreamNamePrefix"].is_null());
}

#[test]
fn what_passes_is_tried_again() {
    let double = double();
    let fault = [(0, ""), (400, "ThrottlingException"), (503, "x"), (500, "InternalFailure")];
    double.state().faults.extend(fault);
    let found = reader(&double).search(&query(vec![]), 9).unwrap();
    assert_eq!((found.matched, found.complete), (sample().len() as u64, true));
}

#[test]
fn what_does_not_pass_is_said_with_its_remedy_and_without_what_was_sent() {
    let double = double();
    let said = |faults: Vec<(u16, &'static str)>| {
        double.state().faults = faults.into();
        let error = reader(&double).search(&query(vec![]), 9).unwrap_err().to_string();
        double.state().faults.clear();
        assert!(!error.contains("kanari"), "{error}");
        error
    };
    assert!(said(vec![(400, "AccessDeniedException")]).contains("logs:FilterLogEvents"));
    assert!(said(vec![(400, "ExpiredTokenException")]).contains("renew"));
    assert!(said(vec![(400, "ThrottlingException"); 9]).contains("try again"));
    assert!(said(vec![(0, ""); 9]).contains("eu-central-1 cannot be reached"));
    assert!(said(vec![(400, "kanari kanari")]).contains("refused to answer (?)"));
    double.state().groups.clear();
    assert!(said(vec![]).contains("no log groups /greffier/social/… in eu-central-1"));
}

#[test]
fn what_fails_later_leaves_what_was_found() {
    let double = double();
    double.state().denied = Some(names::group("/greffier", "social", Stream::Errors));
    let found = reader(&double).search(&query(vec![]), 99).unwrap();
    assert!(!found.complete && found.matched > 0);
    assert!(found.unread[0].to_string().contains("may not read /greffier/social/errors"));
}

#[test]
fn work_is_bounded_and_the_answer_says_so() {
    let double = double();
    double.state().page = 1;
    let events: Vec<_> =
        (0..200u8).map(|n| event(Stream::Requests, NOW - i64::from(n), n, "")).collect();
    keep(&double, &events);
    let found = reader(&double).search(&query(vec![]), 5).unwrap();
    assert!(!found.complete);
    assert_eq!(found.rows, events[..5], "the newest all the same");
    assert!(double.state().asked.len() <= PAGES as usize);
    double.state().asked.clear();
    let nowhere = reader(&double).get_short([251; 5]);
    assert_eq!(nowhere.unwrap(), [], "filtered there: few pages");
    double.state().lazy = true;
    let error = reader(&double).get_short([251; 5]).unwrap_err().to_string();
    assert!(error.contains("older events were not looked at"), "{error}");
}

#[test]
fn a_follower_gets_what_comes_once() {
    let double = double();
    let reader = reader(&double);
    let all = query(vec![]);
    let mut tail = reader.follow(NOW + 1).unwrap();
    assert_eq!(tail.next(&all, 9, NOW + 1).unwrap(), []);
    let new: Vec<_> = (0..90u8)
        .map(|n| event(Stream::Requests, NOW + 2 + i64::from(n) * 1000, n, r#","status":200"#))
        .collect();
    keep(&double, &new[..60]);
    double.state().faults.push_back((400, "AccessDeniedException"));
    assert!(tail.next(&all, 9, NOW + MIN).is_err());
    let mut came = Vec::new();
    // A step reads so many pages; what is left comes with the next.
    for _ in 0..6 {
        came.extend(tail.next(&all, 9, NOW + MIN).unwrap());
    }
    assert_eq!(came, new[..60]);
    // Twenty seconds late, and of an earlier time than what was given already.
    let late = event(Stream::Errors, NOW + 40_000, 100, "");
    keep(&double, std::slice::from_ref(&late));
    keep(&double, &new[60..]);
    let mut came = Vec::new();
    for _ in 0..6 {
        came.extend(tail.next(&all, 9, NOW + MIN + 20_000).unwrap());
    }
    assert_eq!((came.len(), came.contains(&late)), (31, true));
    assert_eq!(tail.next(&one(Test::Keys(vec![])), 9, NOW + 2 * MIN).unwrap(), []);
}
