//! What SQLite answers is what a query means; and a follower gets everything that comes, once.

use super::testing::event;
use super::*;
use crate::{EventStore as _, Group, Kid, Query, Stored, Test};
use greffier_spool::{SpooledEvent, Stream};
use proptest::prelude::*;
use std::collections::BTreeSet;

const DAY: i64 = 86_400_000;
/// 2026-11-21T12:00:00Z.
const NOON: i64 = 20_778 * DAY + DAY / 2;
const STREAMS: [Stream; 3] = [Stream::Requests, Stream::Audit, Stream::Errors];

fn kid(n: u8) -> Kid {
    [n; 16]
}

fn kid_text(n: u8) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(kid(n))
}

/// A field with a few values, or without one.
fn field(name: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::option::of(proptest::sample::select(values)).prop_map(move |value| {
        value.map_or_else(String::new, |value| format!(r#","{name}":{value}"#))
    })
}

/// What an event may say, after its time.
fn clear() -> impl Strategy<Value = String> {
    let fields = (
        field("method", &[r#""GET""#, r#""POST""#]),
        field("path", &[r#""/admin/users/{}""#, r#""/a*b""#, r#""/[a]?""#]),
        field("route", &[r#""admin_user_edit""#, r#""page""#]),
        field("status", &["200", "404", "500", "599"]),
        field("ms", &["0", "12", "5000"]),
        field("lvl", &[r#""error""#, r#""debug""#]),
        field("msg", &[r#""Délai dépassé""#, r#""timeout""#]),
        field("src", &[r#""app""#, r#""proxy""#]),
        field("req", &[r#""r1""#, r#""r2""#]),
        proptest::option::of(0u8..3),
    );
    fields.prop_map(|(a, b, c, d, e, f, g, h, i, person)| {
        let key = person.map_or_else(String::new, |n| format!(r#","ka":"{}""#, kid_text(n)));
        [a, b, c, d, e, f, g, h, i, key].concat()
    })
}

fn events() -> impl Strategy<Value = Vec<SpooledEvent>> {
    let one = (proptest::sample::select(&STREAMS[..]), -3i64..4, clear());
    proptest::collection::vec(one, 0..12).prop_map(|all| {
        let sealed = all.into_iter().enumerate().map(|(n, (stream, ts, clear))| {
            let ms = NOON + i64::try_from(n).unwrap();
            let at = chrono::DateTime::from_timestamp_millis(NOON + ts).unwrap();
            let at = at.format("%Y-%m-%dT%H:%M:%S%.3fZ");
            event(stream, ms, &format!(r#"{{"v":1,"ts":"{at}"{clear}}}"#))
        });
        sealed.collect()
    })
}

fn test() -> impl Strategy<Value = Test> {
    let text =
        |values: &'static [&'static str]| proptest::sample::select(values).prop_map(str::to_owned);
    prop_oneof![
        (190u16..600, 0u16..400).prop_map(|(low, more)| Test::Status(low..=low + more)),
        (0u32..20, 0u32..6000).prop_map(|(low, more)| Test::Took(low..=low + more)),
        text(&["GET", "PUT"]).prop_map(Test::Method),
        text(&["admin_*", "*", "*g*", "page"]).prop_map(Test::Route),
        text(&["/a*", "/a**b", "/[a]?", "*}"]).prop_map(Test::Path),
        text(&["acme", "-"]).prop_map(Test::Tenant),
        text(&["app", "proxy"]).prop_map(Test::Src),
        text(&["r1", "r3"]).prop_map(Test::Req),
        Just(Test::Level(vec!["error", "alert"])),
        text(&["DÉPASSÉ", "users", "x"]).prop_map(Test::Text),
        proptest::collection::vec((0u8..3).prop_map(kid), 0..3).prop_map(Test::Keys),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let group =
        (any::<bool>(), test(), proptest::option::of(test())).prop_map(|(not, one, two)| {
            let same = |two: &Test| std::mem::discriminant(two) == std::mem::discriminant(&one);
            let any = [Some(one.clone()), two.filter(same)].into_iter().flatten().collect();
            Group { not, any }
        });
    let bound = || proptest::option::of((-4i64..4).prop_map(|ms| NOON + ms));
    let parts = (bound(), bound(), proptest::collection::vec(group, 0..3));
    parts.prop_map(|(since, until, groups)| Query {
        since,
        until,
        groups,
        ..Query::new(STREAMS[..2].to_vec())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn sqlite_chooses_what_the_query_means(
        events in events(),
        queries in proptest::collection::vec(query(), 48),
    ) {
        let dir = tempfile::tempdir().unwrap();
        Archive::open(dir.path()).unwrap().write(&events).unwrap();
        let reader = ArchiveReader::open(dir.path());
        let all = reader.search(&Query::new(Stream::ALL.to_vec()), usize::MAX).unwrap();
        prop_assert_eq!(all.rows.len(), events.len());
        for query in queries {
            let meant: Vec<_> = all.rows.iter().filter(|row| query.matches(row)).collect();
            let found = reader.search(&query, usize::MAX).unwrap();
            prop_assert_eq!(found.rows.iter().collect::<Vec<_>>(), meant, "{:?}", query);
        }
    }
}

#[test]
fn a_follower_gets_what_comes_once_and_late_lines_too() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let line = |n: i64, status: u16| {
        let json = format!(r#"{{"ts":"2026-11-20T12:00:0{}.000Z","status":{status}}}"#, 9 - n);
        event(Stream::Requests, NOON + n, &json)
    };
    archive.write(&[line(0, 200)]).unwrap();
    let mut tail = ArchiveReader::open(dir.path()).follow(NOON).unwrap();
    let query = Query {
        groups: vec![Group { not: false, any: vec![Test::Status(200..=299)] }],
        ..Query::new(vec![Stream::Requests, Stream::Errors])
    };
    let mut next = |limit| tail.next(&query, limit, NOON).unwrap();
    assert_eq!(next(9), [], "what was there before is not news");
    let came = [line(1, 200), line(2, 500), line(3, 200), line(4, 200)];
    archive.write(&came).unwrap();
    let error = event(Stream::Errors, NOON - DAY, r#"{"status":200}"#); // of a file made just now
    archive.write(std::slice::from_ref(&error)).unwrap();
    let first = next(2);
    let ids = |rows: &[Stored]| rows.iter().map(|row| row.id).collect::<BTreeSet<_>>();
    assert!(first.is_sorted_by_key(|row| row.ts));
    assert_eq!(ids(&first), [came[0].id, came[2].id, error.id].into());
    assert_eq!(ids(&next(2)), [came[3].id].into());
    assert_eq!(next(2), []);
}
