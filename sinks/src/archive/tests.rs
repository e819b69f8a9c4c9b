//! The archive as a whole: what is delivered is found again, once, and goes when its time is over.

use super::testing::event;
use super::*;
use crate::{EventStore as _, Found, Group, Query, Test};
use greffier_spool::{SpooledEvent, Stream};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const DAY: i64 = 86_400_000;
/// 2026-11-21T12:00:00Z.
const NOON: i64 = 20_778 * DAY + DAY / 2;

fn request(ms: i64, req: &str, status: u16, kid: &str) -> SpooledEvent {
    let ts = chrono::DateTime::from_timestamp_millis(ms).unwrap().format("%Y-%m-%dT%H:%M:%S%.3fZ");
    let json = format!(
        r#"{{"v":1,"s":"requests","ts":"{ts}","src":"app","req":"{req}","method":"GET","path":"/admin/users/{{}}","route":"admin_user_edit","status":{status},"ms":12,"k":"{kid}","p":{{"i":"AA"}}}}"#
    );
    event(Stream::Requests, ms, &json)
}

const ADA: &str = "AAECAwQFBgcICQoLDA0ODw";
const BOB: &str = "EBESExQVFhcYGRobHB0eHw";

fn archive(dir: &Path) -> Archive {
    let archive = Archive::open(dir.join("archive")).unwrap();
    let events = [
        request(NOON - 2 * DAY, "r1", 200, ADA),
        request(NOON - 1, "r2", 500, BOB),
        request(NOON, "r2x", 404, ADA),
        event(Stream::Errors, NOON + 1, r#"{"req":"r2","lvl":"error","msg":"Délai dépassé"}"#),
    ];
    archive.write(&events).unwrap();
    archive
}

fn find(dir: &Path, groups: Vec<Group>, limit: usize) -> Found {
    let streams = vec![Stream::Requests, Stream::Errors];
    let query = Query { groups, ..Query::new(streams) };
    ArchiveReader::open(dir.join("archive")).search(&query, limit).unwrap()
}

fn times(found: &Found) -> Vec<i64> {
    found.rows.iter().map(|row| row.ts - NOON).collect()
}

fn only(test: Test) -> Vec<Group> {
    vec![Group { not: false, any: vec![test] }]
}

fn without(test: Test) -> Vec<Group> {
    vec![Group { not: true, any: vec![test] }]
}

#[test]
fn the_documented_tables_are_the_tables() {
    let page = include_str!("../../../docs/formats/archive.md");
    let documented = page.split("```sql").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let words = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(documented), words(writer::TABLES));
}

#[test]
fn what_is_looked_up_has_an_index() {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    db.execute_batch(writer::TABLES).unwrap();
    let plan = |clause: &str| {
        let explain = format!("EXPLAIN QUERY PLAN SELECT event FROM event WHERE {clause}");
        let mut statement = db.prepare(&explain).unwrap();
        let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3));
        steps.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    };
    let of = |test| Query { groups: only(test), ..Query::new(vec![]) }.sql().0;
    for (clause, index) in [
        (of(Test::Status(500..=599)), "event_status"),
        (of(Test::Req("r".into())), "event_req"),
        (of(Test::Keys(vec![])), "INTEGER PRIMARY KEY"),
        (reader::OF_REQUEST.to_owned(), "event_req"),
        (scan::OF_REQUESTS.to_owned(), "event_req"),
        ("substr(id, 12) = ?".to_owned(), "event_short"),
        ("ts >= ? AND ts < ?".to_owned(), "event_ts"),
    ] {
        let steps = plan(&clause);
        assert!(
            steps.starts_with("SEARCH event USING") && steps.contains(index),
            "{clause}: {steps}"
        );
    }
}

#[test]
fn every_condition_finds_what_it_names() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    let find = |groups| times(&find(dir.path(), groups, 10));
    let ada: [u8; 16] = std::array::from_fn(|n| u8::try_from(n).unwrap());
    assert_eq!(find(vec![]), [1, 0, -1, -2 * DAY]);
    assert_eq!(find(only(Test::Status(500..=599))), [-1]);
    assert_eq!(find(only(Test::Keys(vec![ada]))), [0, -2 * DAY]);
    assert_eq!(find(only(Test::Keys(vec![]))), [0; 0]);
    assert_eq!(find(only(Test::Route("admin_*".into()))), [0, -1, -2 * DAY]);
    assert_eq!(find(only(Test::Route("admin_?ser*".into()))), [0; 0]);
    assert_eq!(find(only(Test::Path("/admin/users/{}".into()))), [0, -1, -2 * DAY]);
    assert_eq!(find(only(Test::Req("r2".into()))), [1, -1]);
    assert_eq!(find(only(Test::Text("DÉLAI".into()))), [1]);
    assert_eq!(find(only(Test::Level(vec!["error", "alert"]))), [1]);
    assert_eq!(find(only(Test::Took(12..=12))), [0, -1, -2 * DAY]);
    let any = vec![Test::Status(404..=404), Test::Status(200..=200)];
    assert_eq!(find(vec![Group { not: false, any }]), [0, -2 * DAY]);
}

#[test]
fn a_negated_condition_keeps_events_without_that_field() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    let find = |groups| times(&find(dir.path(), groups, 10));
    assert_eq!(find(without(Test::Status(400..=599))), [1, -2 * DAY]);
    assert_eq!(find(without(Test::Text("délai".into()))), [0, -1, -2 * DAY]);
    assert_eq!(find(without(Test::Level(vec!["error"]))), [0, -1, -2 * DAY]);
}

#[test]
fn a_search_says_how_many_there_are_beyond_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    let found = find(dir.path(), vec![], 2);
    assert_eq!((times(&found), found.matched, found.complete), (vec![1, 0], 4, true));

    let query = Query { max_scanned: 3, ..Query::new(Stream::ALL.to_vec()) };
    let found = ArchiveReader::open(dir.path().join("archive")).search(&query, 9).unwrap();
    assert_eq!((found.scanned, found.complete), (3, false));
}

#[test]
fn since_and_until_bound_the_time_it_happened_not_the_time_it_was_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    // Happened on the 18th, was sealed three days later.
    archive.write(&[event(Stream::Events, NOON, r#"{"ts":"2026-11-18T12:00:00.000Z"}"#)]).unwrap();
    let query = Query {
        since: Some(NOON - 4 * DAY),
        until: Some(NOON - 2 * DAY),
        ..Query::new(Stream::ALL.to_vec())
    };
    let found = ArchiveReader::open(dir.path().join("archive")).search(&query, 9).unwrap();
    assert_eq!(times(&found), [-3 * DAY]);
}

#[test]
fn delivering_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    archive(dir.path());
    assert_eq!(find(dir.path(), vec![], 10).matched, 4);
}

#[test]
fn a_record_and_a_request_are_found_by_their_ids() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    let reader = ArchiveReader::open(dir.path().join("archive"));
    let [first, second] = &*reader.by_request("r2", None).unwrap() else { panic!("two events") };
    assert_eq!((first.stream, second.stream), (Stream::Requests, Stream::Errors));
    assert_eq!(reader.get(first.id).unwrap().as_ref(), Some(first));
    assert_eq!(reader.get_short([1; 5]).unwrap().len(), 3);
    assert_eq!(reader.get_short([3; 5]).unwrap(), std::slice::from_ref(second));
    let other = &find(dir.path(), only(Test::Req("r1".into())), 1).rows[0];
    assert_eq!(reader.by_request("r2", Some(first)).unwrap().len(), 2);
    assert!(reader.by_request("r2", Some(other)).unwrap().is_empty(), "two days apart");
    let rows = [other.clone(), first.clone()];
    assert_eq!(reader.with_context(&rows).unwrap(), ["r2".to_owned()].into());
    assert!(reader.with_context(&rows[..1]).unwrap().is_empty());
}

#[test]
fn the_exact_bytes_come_back_even_of_what_is_no_event() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    let odd = event(Stream::Events, NOON + 9, "not json at all");
    archive.write(std::slice::from_ref(&odd)).unwrap();
    let reader = ArchiveReader::open(dir.path().join("archive"));
    let stored = reader.get(odd.id).unwrap().unwrap();
    assert_eq!((&*stored.json, stored.ts, &*stored.tenant), ("not json at all", NOON + 9, "acme"));
}

#[test]
fn a_day_goes_when_its_keys_expire_and_not_before() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    // Sealed on day 20 776, kept 90 days: gone from the start of day 20 867.
    let over = (20_776 + 1 + 90) * DAY;
    assert_eq!(archive.expire(over - 1, |_| 90).unwrap(), 0);
    assert_eq!(archive.expire(over, |_| 90).unwrap(), 1);
    let left: Vec<_> = fs::read_dir(dir.path().join("archive/requests")).unwrap().collect();
    assert!(
        left.iter().all(|e| *e.as_ref().unwrap().file_name().to_string_lossy() > *"2026-11-20")
    );
    assert_eq!(find(dir.path(), vec![], 10).matched, 3);
}

#[test]
fn files_are_for_their_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let _archive = archive(dir.path());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = dir.path().join("archive/requests");
    assert_eq!((mode(&dir.path().join("archive")), mode(&folder)), (0o700, 0o700));
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 2, "databases and their side files");
    assert!(files.iter().all(|file| mode(file) == 0o600));
}

#[test]
fn no_archive_is_an_empty_archive_and_reading_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    assert!(find(dir.path(), vec![], 10).complete);
    assert!(!dir.path().join("archive").exists());
}

#[test]
fn a_damaged_or_newer_file_is_named_and_the_others_are_searched() {
    let dir = tempfile::tempdir().unwrap();
    drop(archive(dir.path()));
    let folder = dir.path().join("archive/requests");
    fs::write(folder.join("2026-11-20.db"), [7; 8192]).unwrap();
    let newer = rusqlite::Connection::open(folder.join("2026-11-18.db")).unwrap();
    newer.pragma_update(None, "user_version", 9).unwrap();
    let found = find(dir.path(), vec![], 10);
    assert_eq!((found.matched, found.complete, found.unread.len()), (4, false, 2));
    assert!(found.unread[0].to_string().contains("2026-11-20.db"));
    assert!(found.unread[1].to_string().contains("archive format 9"));
}

#[test]
fn a_copy_in_a_read_only_folder_can_be_searched() {
    let dir = tempfile::tempdir().unwrap();
    drop(archive(dir.path()));
    let folder = dir.path().join("archive/requests");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    let found = find(dir.path(), vec![], 10);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((found.matched, found.complete), (4, true), "{:?}", found.unread);
}

#[test]
fn more_days_than_open_files_are_all_written() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path().join("archive")).unwrap();
    let events: Vec<_> = (0..20).map(|n| request(NOON - n * DAY, "r", 200, ADA)).collect();
    archive.write(&events).unwrap();
    archive.write(&events).unwrap();
    assert_eq!(find(dir.path(), vec![], 99).matched, 20);
}

#[test]
fn two_readers_and_a_writer_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path().join("archive")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut seen = 0;
                while seen < 200 {
                    let found = find(dir.path(), only(Test::Status(200..=200)), 5);
                    assert!(found.complete, "{:?}", found.unread);
                    assert!(
                        found.matched >= seen && found.matched.is_multiple_of(10),
                        "whole deliveries"
                    );
                    seen = found.matched;
                }
            });
        }
        for batch in 0..20 {
            let row = |n| request(NOON + batch * 10 + n, "r", 200, ADA);
            archive.write(&(0..10).map(row).collect::<Vec<_>>()).unwrap();
        }
    });
}

#[tokio::test]
async fn delivery_waits_for_the_disk_and_says_when_to_try_again() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path().join("archive")).unwrap();
    archive.deliver(&[request(NOON, "r", 200, ADA)]).unwrap();
    assert_eq!(find(dir.path(), vec![], 10).matched, 1);
    fs::remove_dir_all(dir.path().join("archive")).unwrap();
    fs::write(dir.path().join("archive"), "in the way").unwrap();
    let error = archive.deliver(&[request(NOON - DAY, "r", 200, ADA)]).unwrap_err();
    assert!(error.retry_after().is_some());
}
