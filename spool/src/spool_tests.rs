//! What the spool promises when nothing crashes, and what damage costs.

use crate::frame::{Kind, VERSION};
use crate::layout::{Layout, Log};
use crate::quarantine::rejected_on;
use crate::spool::{Spool, forget_sink_on, lock};
use crate::testing::FaultDisk;
use crate::writer::{EventParts, Parts};
use crate::{AppendError, Disk as _, Options, RealDisk, Recovered, Room, SinkLedger, SpoolError};
use greffier_redactor::{RecordId, SealedBatch, Stream};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn options(max_bytes: u64, segment_bytes: u64) -> Options {
    Options { dir: "/spool".into(), max_bytes, segment_bytes }
}

fn open(disk: &FaultDisk, sinks: &[&str]) -> Result<(Spool, Recovered), SpoolError> {
    Spool::open(options(1 << 20, 1_000), disk.clone(), sinks)
}

fn id(n: u64) -> RecordId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    RecordId::from_bytes(bytes)
}

fn body(n: u64) -> String {
    format!("{{\"v\":1,\"s\":\"requests\",\"n\":{n:050}}}")
}

/// Appends one event, with `rows` rows and a position.
fn append(spool: &Spool, n: u64, stream: Stream, rows: usize) -> Result<(), AppendError> {
    let body = body(n);
    let event = EventParts { id: id(n), stream, time: 7, tenant: "-", bytes: body.as_bytes() };
    let row = |row| (Kind::KeyRow, format!("{{\"row\":\"{n}.{row}\"}}"));
    let rows: Vec<_> = (0..rows).map(row).collect();
    let position = [&[1; 16][..], &n.to_le_bytes()].concat();
    spool.append_parts(&Parts { rows: &rows, events: &[event], positions: &[position] })
}

fn fill(spool: &Spool, range: std::ops::Range<u64>) {
    range.for_each(|n| append(spool, n, Stream::Requests, 0).unwrap());
}

/// Acknowledges everything there is for a sink; numbers of the events, in order.
fn drain(spool: &Spool, sink: &str) -> Vec<RecordId> {
    let mut seen = Vec::new();
    while let Some(lease) = spool.lease(sink, 300).unwrap() {
        seen.extend(lease.events().iter().map(|event| event.id));
        lease.ack().unwrap();
    }
    seen
}

fn ids(range: std::ops::Range<u64>) -> Vec<RecordId> {
    range.map(id).collect()
}

/// What became of the events at the first sink; the account must balance.
fn balanced(spool: &Spool) -> SinkLedger {
    let (ledger, ()) = spool.ledger(|| ());
    let (_, sink) = ledger.sinks[0].clone();
    assert!(sink.balances(&ledger.appended), "{ledger:?}");
    sink
}

fn segments(disk: &FaultDisk) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = disk.files();
    files.retain(|path, _| path.parent() == Some(Path::new("/spool/events")));
    files
}

#[test]
fn events_wait_for_their_rows_and_rows_do_not_stay() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    let changed = spool.changed();
    append(&spool, 1, Stream::Requests, 0).unwrap();
    append(&spool, 2, Stream::Requests, 2).unwrap();
    append(&spool, 3, Stream::Requests, 0).unwrap();
    assert!(changed.has_changed().unwrap());
    assert_eq!((drain(&spool, "archive"), spool.backlog("archive")), (ids(1..2), 2));
    assert_eq!(spool.usage().rows_waiting, 2);

    drop(spool.lease_rows().unwrap().unwrap());
    let lease = spool.lease_rows().unwrap().unwrap();
    assert!(spool.lease_rows().unwrap().is_none());
    assert!(drain(&spool, "archive").is_empty());
    lease.ack().unwrap();
    assert_eq!((spool.usage().rows_waiting, spool.usage().row_segments), (0, 0));
    assert!(!disk.files().keys().any(|path| path.starts_with("/spool/rows")));
    assert_eq!((drain(&spool, "archive"), spool.backlog("archive")), (ids(2..4), 0));
}

#[test]
fn row_numbers_go_on_after_everything_is_gone() {
    let disk = FaultDisk::new();
    for n in 1..4 {
        let (spool, _) = open(&disk, &["archive"]).unwrap();
        append(&spool, n, Stream::Requests, 5).unwrap();
        assert_eq!(lock(&spool.inner.state).last_row, 5 * n);
        spool.lease_rows().unwrap().unwrap().ack().unwrap();
        drain(&spool, "archive");
    }
    disk.files().keys().for_each(|path| assert!(!path.starts_with("/spool/rows")));
}

#[test]
fn row_numbers_of_rows_alone_are_remembered_by_the_cursors() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    let rows = [(Kind::KeyRow, "{}".to_owned())];
    spool.append_parts(&Parts { rows: &rows, events: &[], positions: &[] }).unwrap();
    spool.lease_rows().unwrap().unwrap().ack().unwrap();
    drop(spool);
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    append(&spool, 1, Stream::Requests, 1).unwrap();
    drop(spool);
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    assert_eq!(spool.usage().rows_waiting, 1);
    assert!(drain(&spool, "archive").is_empty());
}

#[test]
fn a_cursor_beyond_the_end_does_not_hide_what_comes() {
    for lost in [false, true] {
        let disk = FaultDisk::new();
        let (spool, _) = open(&disk, &["archive"]).unwrap();
        fill(&spool, 0..9);
        assert_eq!(drain(&spool, "archive"), ids(0..9));
        drop(spool);
        let (path, bytes) = segments(&disk).pop_last().unwrap();
        if lost {
            disk.remove(&path).unwrap();
        } else {
            disk.flip(&path, bytes.len() - 60, 0);
        }
        let (spool, report) = open(&disk, &["archive"]).unwrap();
        assert_eq!(report.cut == 0, lost);
        assert_eq!(report.last, Some(id(8)));
        fill(&spool, 9..11);
        assert_eq!(drain(&spool, "archive"), ids(9..11));
    }
}

#[test]
fn rows_come_back_until_the_store_has_them_even_without_cursors() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    append(&spool, 1, Stream::Requests, 1).unwrap();
    append(&spool, 2, Stream::Requests, 1).unwrap();
    drop(spool);
    let lost = FaultDisk::new();
    for (path, bytes) in disk.files() {
        if !path.ends_with("cursors") {
            lost.put(path, &bytes);
        }
    }
    let (spool, report) = open(&lost, &["archive"]).unwrap();
    assert!(report.cursors_lost);
    assert!(drain(&spool, "archive").is_empty());
    let (claim, batch) = spool.raw_rows().unwrap().unwrap();
    assert_eq!((batch.items.0.len(), batch.items.1), (2, 2));
    drop(claim);
    spool.lease_rows().unwrap().unwrap().ack().unwrap();
    assert_eq!(drain(&spool, "archive"), ids(1..3));
}

#[test]
fn a_dropped_lease_is_lent_again_and_a_deferred_one_later() {
    let disk = Arc::new(FaultDisk::new());
    let clock = Arc::new(Mutex::new(Instant::now()));
    let now = clock.clone();
    let now = Box::new(move || *lock(&now));
    let (spool, _) = Spool::open_with(&options(1 << 20, 1_000), disk, &["archive"], now).unwrap();
    fill(&spool, 1..3);
    let first = spool.lease("archive", 1).unwrap().unwrap();
    assert_eq!(first.events().len(), 1);
    assert!(spool.lease("archive", 1).unwrap().is_none());
    drop(first);
    let again = spool.lease("archive", 1).unwrap().unwrap();
    assert_eq!(again.events()[0].id, id(1));
    again.defer(Duration::from_secs(5));
    assert!(spool.lease("archive", 1).unwrap().is_none());
    assert_eq!(spool.deferred("archive"), Some(Duration::from_secs(5)));
    *lock(&clock) += Duration::from_secs(5);
    assert_eq!(spool.deferred("archive"), None);
    assert_eq!(drain(&spool, "archive"), ids(1..3));
}

#[test]
fn leases_are_as_large_as_asked_and_hold_one_event_at_least() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    fill(&spool, 0..100);
    let size = body(0).len();
    for (max_bytes, events) in [(0, 1), (size, 1), (3 * size, 3), (3 * size + 1, 3), (1 << 20, 100)]
    {
        let lease = spool.lease("archive", max_bytes).unwrap().unwrap();
        assert_eq!(lease.events().len(), events);
    }
    assert!(matches!(spool.lease("stdout", 1), Err(SpoolError::NoSuchSink { .. })));
}

#[test]
fn a_segment_is_freed_when_every_sink_has_passed_it_and_positions_stay() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive", "cloudwatch"]).unwrap();
    fill(&spool, 0..30);
    let all = segments(&disk).len();
    assert!(all > 4);
    assert_eq!(drain(&spool, "archive"), ids(0..30));
    assert_eq!(segments(&disk).len(), all);
    assert_eq!(drain(&spool, "cloudwatch"), ids(0..30));
    assert_eq!((segments(&disk).len(), spool.usage().event_segments), (1, 1));
    drop(spool);
    let (spool, report) = open(&disk, &["archive", "cloudwatch"]).unwrap();
    assert_eq!(report.positions, [[&[1; 16][..], &29_u64.to_le_bytes()].concat()]);
    assert_eq!(report.last, Some(id(29)));
    assert!(drain(&spool, "archive").is_empty());
}

#[test]
fn rejected_events_are_set_aside_with_the_reason() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["cloudwatch"]).unwrap();
    fill(&spool, 0..12);
    let lease = spool.lease("cloudwatch", 3 * body(0).len()).unwrap().unwrap();
    lease.set_aside(|event| event.id == id(1), "too old").unwrap();
    lease.ack().unwrap();
    let lease = spool.lease("cloudwatch", 1).unwrap().unwrap();
    let event = lease.events()[0].clone();
    lease.reject("not JSON").unwrap();
    let rejected = rejected_on(&disk, Path::new("/spool"), "cloudwatch").unwrap();
    assert_eq!(rejected.len(), 2);
    assert_eq!((rejected[0].events[0].id, &*rejected[0].reason), (id(1), "too old"));
    assert_eq!((&rejected[1].events, &*rejected[1].reason), (&vec![event], "not JSON"));
    assert_eq!(spool.usage().rejected, 2);
    // The quarantine is as large as a segment; after that, rejected events are counted as lost.
    spool.lease("cloudwatch", 1 << 20).unwrap().unwrap().reject("too old").unwrap();
    assert_eq!((spool.usage().rejected, spool.usage().rejected_lost), (10, 8));
    let ledger = balanced(&spool);
    let counts = [ledger.shipped, ledger.set_aside, ledger.lost, ledger.backlog];
    assert_eq!(counts.map(|count| count.total()), [2, 2, 8, 0]);
}

#[test]
fn the_last_quarter_is_for_audit_and_access() {
    let disk = FaultDisk::new();
    let (spool, _) = Spool::open(options(16_000, 1_000), disk, &["archive"]).unwrap();
    let mut n = 0;
    let mut fill = |stream| loop {
        let room = spool.room();
        match append(&spool, n, stream, 0) {
            Ok(()) => assert!(room.admits(stream)),
            Err(AppendError::Full { room: told }) => {
                assert!(!room.admits(stream) && told == room);
                return room;
            }
            Err(error) => panic!("{error}"),
        }
        n += 1;
    };
    assert_eq!(fill(Stream::Requests), Room { open: false, audit: true });
    assert_eq!(fill(Stream::Audit), Room { open: false, audit: false });
    assert!((16_000..17_000).contains(&spool.usage().bytes));
    assert_eq!(drain(&spool, "archive"), ids(0..n));
    assert_eq!(spool.room(), Room { open: true, audit: true });
}

#[test]
fn an_append_larger_than_the_budget_does_not_fill_it_for_ever() {
    let disk = FaultDisk::new();
    let (spool, _) = Spool::open(options(4_000, 1_000), disk.clone(), &["archive"]).unwrap();
    let body = "x".repeat(5_000);
    let event = EventParts {
        id: id(1),
        stream: Stream::Audit,
        time: 0,
        tenant: "-",
        bytes: body.as_bytes(),
    };
    spool.append_parts(&Parts { rows: &[], events: &[event], positions: &[] }).unwrap();
    assert_eq!(spool.room(), Room { open: false, audit: false });
    drain(&spool, "archive");
    assert_eq!(spool.room(), Room { open: true, audit: true });
    fill(&spool, 2..3);
    assert_eq!(drain(&spool, "archive"), ids(2..3));
    assert!(segments(&disk).len() == 1 && spool.usage().bytes < 1_000);
}

#[test]
fn appends_without_events_keep_positions_and_nothing_else() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    let none = Parts { rows: &[], events: &[], positions: &[] };
    spool.append_parts(&none).unwrap();
    assert!(segments(&disk).is_empty());
    spool.append(&SealedBatch::default(), &[vec![3; 40]]).unwrap();
    assert!(spool.lease("archive", 1).unwrap().is_none());
    drop(spool);
    assert_eq!(open(&disk, &["archive"]).unwrap().1.positions, [vec![3; 40]]);
}

#[test]
fn an_oversize_record_is_refused_and_leaves_nothing() {
    let (spool, _) = open(&FaultDisk::new(), &["archive"]).unwrap();
    let huge = vec![b' '; 17 << 20];
    let event =
        EventParts { id: id(1), stream: Stream::Requests, time: 0, tenant: "-", bytes: &huge };
    let parts = Parts { rows: &[], events: &[event], positions: &[] };
    let error = spool.append_parts(&parts).unwrap_err();
    assert!(matches!(error, AppendError::Oversize) && !error.is_retryable());
    fill(&spool, 2..3);
    assert_eq!(drain(&spool, "archive"), ids(2..3));
}

#[test]
fn only_a_lock_a_newer_format_and_a_removed_sink_refuse_a_start() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive", "stdout"]).unwrap();
    assert!(matches!(open(&disk, &["archive", "stdout"]), Err(SpoolError::Locked { .. })));
    fill(&spool, 0..1);
    drop(spool);

    let Err(error) = open(&disk, &["archive"]) else { panic!("the sink was not missed") };
    assert!(error.to_string().contains("greffier spool forget-sink stdout"));
    assert!(forget_sink_on(&disk, Path::new("/spool"), "stdout").unwrap());
    assert!(!forget_sink_on(&disk, Path::new("/spool"), "stdout").unwrap());
    drop(open(&disk, &["archive"]).unwrap());

    let path = Layout::new(Path::new("/spool")).segment(Log::Events, 1);
    let mut newer = disk.files()[&path][..30].to_vec();
    newer[8] = VERSION.to_le_bytes()[0] + 1;
    newer.extend_from_slice(&crc32c::crc32c(&newer).to_le_bytes());
    newer.extend_from_slice(b"whatever it is");
    disk.put(&path, &newer);
    assert!(matches!(open(&disk, &["archive"]), Err(SpoolError::Newer { version: 2, .. })));
    assert_eq!(disk.files()[&path], newer);
}

#[test]
fn a_flipped_byte_costs_one_event() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    fill(&spool, 0..20);
    drop(spool);
    let path = segments(&disk).into_keys().next().unwrap();
    disk.flip(&path, 34 + 60, 3);
    let (spool, report) = open(&disk, &["archive"]).unwrap();
    assert_eq!((report.skipped.len(), report.cut), (1, 0));
    assert_eq!((&report.skipped[0].path, report.skipped[0].from), (&path, 34));
    assert_eq!(spool.backlog("archive"), 19);
    assert_eq!(spool.oldest("archive").unwrap(), Some(id(1)));
    assert_eq!(drain(&spool, "archive"), ids(1..20));
    assert_eq!(spool.oldest("archive").unwrap(), None);
    assert_eq!(balanced(&spool).recovered.total(), 19);
    assert!(spool.usage().skipped_bytes > 0);
}

#[test]
fn damage_that_comes_while_it_runs_is_passed_over() {
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    fill(&spool, 0..20);
    let path = segments(&disk).into_keys().nth(1).unwrap();
    disk.flip(&path, 34 + 60, 3);
    let read = drain(&spool, "archive").len() as u64;
    assert!(read >= 19);
    let ledger = balanced(&spool);
    assert_eq!((ledger.shipped.total(), ledger.lost.total()), (read, 20 - read));
}

#[test]
fn empty_files_partial_headers_and_strangers_are_no_obstacle() {
    for tail in [&b""[..], b"GRSP", &[0; 100], b"{\"not\":\"a segment\"}"] {
        let disk = FaultDisk::new();
        let (spool, _) = open(&disk, &["archive"]).unwrap();
        fill(&spool, 0..1);
        drop(spool);
        disk.put("/spool/events/00000000000000000002.seg", tail);
        disk.put("/spool/rows/00000000000000000009.seg", tail);
        disk.put("/spool/events/notes.txt", b"stay");
        let (spool, report) = open(&disk, &["archive"]).unwrap();
        assert_eq!(report.cut, 2 * tail.len() as u64);
        append(&spool, 1, Stream::Requests, 1).unwrap();
        spool.lease_rows().unwrap().unwrap().ack().unwrap();
        assert_eq!(drain(&spool, "archive"), ids(0..2));
        assert!(disk.files().contains_key(Path::new("/spool/events/notes.txt")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens to the bytes: it opens, what is delivered is what was written, and it goes on.
    #[test]
    fn damage_anywhere_costs_only_what_is_damaged(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..8), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let disk = FaultDisk::new();
        let (spool, _) = open(&disk, &["archive"]).unwrap();
        (0..15).for_each(|n| append(&spool, n, Stream::Audit, usize::from(n % 4 == 0)).unwrap());
        drop(spool);
        let files: Vec<_> = disk.files().into_iter().collect();
        for (file, offset, bit) in flips {
            let (path, bytes) = file.get(&files);
            disk.flip(path, offset.index(bytes.len()), bit);
        }
        if let Some(cut) = cut {
            let (path, bytes) = cut.get(&files);
            disk.put(path, &bytes[..cut.index(bytes.len())]);
        }
        let (spool, _) = open(&disk, &["archive"]).unwrap();
        append(&spool, 99, Stream::Audit, 1).unwrap();
        while let Some(lease) = spool.lease_rows().unwrap() {
            lease.ack().unwrap();
        }
        let mut last = None;
        while let Some(lease) = spool.lease("archive", 500).unwrap() {
            for event in lease.events() {
                prop_assert!(last < Some(event.id));
                last = Some(event.id);
                let n = u64::from_be_bytes(event.id.as_bytes()[8..].try_into().unwrap());
                prop_assert_eq!(&event.bytes[..], &body(n).into_bytes()[..]);
            }
            lease.ack().unwrap();
        }
        prop_assert_eq!(last, Some(id(99)));
        prop_assert_eq!((spool.backlog("archive"), spool.usage().rows_waiting), (0, 0));
    }
}

#[test]
fn handles_and_leases_travel_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<(Spool, crate::Lease, crate::RowLease)>();
}

#[test]
fn a_real_disk_keeps_it_private_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("spool");
    let options = Options { segment_bytes: 1_000, ..Options::at(&root) };
    let (spool, _) = Spool::open(options.clone(), RealDisk, &["archive"]).unwrap();
    let again = Spool::open(options.clone(), RealDisk, &["archive"]);
    assert!(matches!(again, Err(SpoolError::Locked { .. })));
    // One writer, one reader, one store, at the same time.
    std::thread::scope(|scope| {
        scope.spawn(|| (0..200).for_each(|n| append(&spool, n, Stream::Audit, 1).unwrap()));
        scope.spawn(|| {
            while spool.usage().rows_waiting > 0 || lock(&spool.inner.state).last_row < 200 {
                if let Some(lease) = spool.lease_rows().unwrap() {
                    lease.ack().unwrap();
                }
            }
        });
        let mut seen = Vec::new();
        while seen.len() < 100 {
            seen.append(&mut drain(&spool, "archive"));
        }
        assert_eq!(seen, ids(0..seen.len() as u64));
    });
    drain(&spool, "archive");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&root), mode(&root.join("events"))), (0o700, 0o700));
    assert_eq!((mode(&root.join("cursors")), mode(&root.join("lock"))), (0o600, 0o600));
    append(&spool, 200, Stream::Audit, 0).unwrap();
    drop(spool);
    let report = crate::check(&root).unwrap();
    assert!(report.iter().all(|segment| segment.damage.is_empty() && mode(&segment.path) == 0o600));
    assert_eq!(report.last().and_then(|segment| segment.ids).map(|ids| ids.1), Some(id(200)));
    let (spool, report) = Spool::open(options, RealDisk, &["archive"]).unwrap();
    assert_eq!((report.last, report.cut, report.skipped.len()), (Some(id(200)), 0, 0));
    assert_eq!(drain(&spool, "archive"), ids(200..201));
}

/// Rows of 16 bytes, as `hexdump -C` prints them.
fn hexdump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (n, line) in bytes.chunks(16).enumerate() {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = |byte: &u8| if (32..127).contains(byte) { char::from(*byte) } else { '.' };
        let text: String = line.iter().map(text).collect();
        let (left, right) = hex.split_at(hex.len().min(8));
        let hex = format!("{:<23}  {:<23}", left.join(" "), right.join(" "));
        out += &format!("{:08x}  {hex}  |{text}|\n", n * 16);
    }
    out
}

#[test]
fn the_format_page_shows_what_is_written() {
    let page = include_str!("../../docs/formats/spool.md").replace("\n    ", "\n");
    let shows = |dump: &str| page.contains(dump);
    let disk = FaultDisk::new();
    let (spool, _) = open(&disk, &["archive"]).unwrap();
    let event = EventParts {
        id: RecordId::parse("AZqmBwAfcAAAAAAAAAAAAQ").unwrap(),
        stream: Stream::Requests,
        time: 1_763_757_166_197,
        tenant: "acme",
        bytes: br#"{"v":1,"s":"requests"}"#,
    };
    let rows = [(Kind::SessionRow, "{}".to_owned())];
    let position: Vec<u8> = (0..16).chain([0x10, 0x27]).collect();
    spool.append_parts(&Parts { rows: &rows, events: &[event], positions: &[position] }).unwrap();
    let files = disk.files();
    for log in ["rows", "events"] {
        let dump = hexdump(&files[&PathBuf::from(format!("/spool/{log}/{:020}.seg", 1))]);
        assert!(shows(&dump), "docs/formats/spool.md should show:\n{dump}");
    }
    spool.lease_rows().unwrap().unwrap().ack().unwrap();
    drain(&spool, "archive");
    let dump = hexdump(&disk.files()[Path::new("/spool/cursors")]);
    assert!(shows(&dump), "docs/formats/spool.md should show:\n{dump}");
}

#[test]
fn a_part_of_a_sink_is_lent_its_stream_only_and_waits_for_no_other() {
    let disk = FaultDisk::new();
    let sinks = ["cw:audit", "cw:requests", "whole"];
    let streams = [Stream::Requests, Stream::Audit, Stream::Errors];
    let (spool, _) = open(&disk, &sinks).unwrap();
    for n in 0..30 {
        append(&spool, n, streams[n as usize % 3], 0).unwrap();
    }
    let behind = |spool: &Spool| sinks.map(|sink| spool.backlog(sink));
    assert_eq!(behind(&spool), [10, 10, 30]);
    assert_eq!(drain(&spool, "cw:audit"), (0..10).map(|n| id(3 * n + 1)).collect::<Vec<_>>());
    assert_eq!(drain(&spool, "whole"), ids(0..30));
    assert_eq!(behind(&spool), [0, 10, 0]);
    let kept = spool.usage().event_segments;
    drop(spool);

    let (spool, _) = open(&disk, &sinks).unwrap();
    assert_eq!(behind(&spool), [0, 10, 0], "also after a start");
    assert_eq!(drain(&spool, "cw:requests"), (0..10).map(|n| id(3 * n)).collect::<Vec<_>>());
    // Behind the last request there are only other streams: passed over, and the segments are free.
    assert!(spool.lease("cw:requests", 300).unwrap().is_none());
    assert!(spool.usage().event_segments < kept);
    drop(spool);
    let removed = open(&disk, &["whole"]).err().unwrap();
    assert!(matches!(removed, SpoolError::RemovedSink { name } if name == "cw"));
    assert!(forget_sink_on(&disk, Path::new("/spool"), "cw").unwrap(), "both parts at once");
    open(&disk, &["whole"]).unwrap();
}
