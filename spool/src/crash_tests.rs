//! Random workloads, cut off at every operation, on a disk that forgets what was not synced.
//!
//! The model beside the spool knows what was acknowledged; after each crash it checks the invariants 1 to 5
//! of `lib.rs`. A failure names its seed and operation.

use crate::error::AppendError;
use crate::frame::Kind;
use crate::spool::Spool;
use crate::testing::{Dice, Fault, FaultDisk};
use crate::writer::{EventParts, Parts};
use crate::{Options, Recovered, SpoolError};
use greffier_redactor::{RecordId, RecordIds, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const SINKS: [&str; 2] = ["archive", "cloudwatch"];

#[derive(Debug, Clone)]
struct Append {
    events: Vec<(RecordId, Vec<u8>)>,
    rows: Vec<(Kind, String)>,
    /// The source file it was read from; `None` for rows alone.
    file: Option<u8>,
    /// Number of the append, as the position in that file.
    number: u64,
}

impl Append {
    fn position(&self) -> Option<Vec<u8>> {
        Some([&[self.file?; 16][..], &self.number.to_le_bytes()].concat())
    }
}

/// One event of the log as it must be: its id and bytes, and how many rows it needs.
#[derive(Debug)]
struct Expected {
    id: RecordId,
    bytes: Vec<u8>,
    rows: usize,
}

/// Where a sink may stand after a crash.
#[derive(Debug, Default, Clone, Copy)]
struct Standing {
    /// Events acknowledged with success: never to be seen again.
    sure: usize,
    /// Events acknowledged at all: those after it must be seen.
    tried: usize,
    /// The next event, once it is known.
    next: Option<usize>,
}

/// Everything that was promised.
struct World {
    disk: FaultDisk,
    dice: Dice,
    ids: RecordIds,
    log: Vec<Expected>,
    /// Rows of acknowledged appends, in order.
    rows: Vec<String>,
    /// Rows the key store has.
    stored: BTreeSet<String>,
    /// Last append that was acknowledged, by file.
    positions: BTreeMap<u8, u64>,
    made: u64,
    /// The append that failed and will be tried again.
    failed: Option<Append>,
    sinks: [Standing; 2],
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            disk: FaultDisk::new(),
            dice: Dice(seed),
            ids: RecordIds::after(None),
            log: Vec::new(),
            rows: Vec::new(),
            stored: BTreeSet::new(),
            positions: BTreeMap::new(),
            made: 0,
            failed: None,
            sinks: [Standing::default(); 2],
        }
    }

    fn open(&self) -> Result<(Spool, Recovered), SpoolError> {
        // Segments of a few appends, so that they roll and are freed all the time.
        let options = Options { dir: "/spool".into(), max_bytes: 1 << 20, segment_bytes: 1_500 };
        let disk = Arc::new(self.disk.clone());
        Spool::open_with(&options, disk, &SINKS, Box::new(Instant::now))
    }

    /// Invariants 1 and 2 as far as the start can tell; then what was uncertain is decided.
    fn recovered(&mut self, report: &Recovered) {
        assert!(report.skipped.is_empty(), "damage without damage: {:?}", report.skipped);
        let position =
            |bytes: &Vec<u8>| (bytes[0], u64::from_le_bytes(bytes[16..].try_into().unwrap()));
        let found: BTreeMap<u8, u64> = report.positions.iter().map(position).collect();
        if let Some(failed) = self.failed.take()
            && failed.file.is_some_and(|file| found.get(&file) == Some(&failed.number))
        {
            self.acknowledged(&failed);
        }
        assert_eq!(found, self.positions, "positions are not those of the appends that are there");
        assert!(report.last >= self.log.last().map(|event| event.id), "ids could go backwards");
        self.sinks.iter_mut().for_each(|sink| sink.next = None);
    }

    fn acknowledged(&mut self, append: &Append) {
        self.rows.extend(append.rows.iter().map(|(_, row)| row.clone()));
        let rows = self.rows.len();
        let events = append.events.iter().cloned();
        self.log.extend(events.map(|(id, bytes)| Expected { id, bytes, rows }));
        self.positions.extend(append.file.map(|file| (file, append.number)));
    }

    fn make(&mut self) -> Append {
        self.made += 1;
        let number = self.made;
        let mut events = Vec::new();
        for _ in 0..self.dice.roll(4) {
            let id = self.ids.next(1_000 + i64::try_from(number).unwrap(), [self.made as u8; 8]);
            events.push((id, format!("{{\"n\":\"{:>1$}\"}}", number, self.dice.roll(200)).into()));
        }
        let kind = |n| if n == 0 { Kind::SessionRow } else { Kind::KeyRow };
        let rows = self.dice.roll(8).saturating_sub(5);
        let rows: Vec<_> =
            (0..rows).map(|n| (kind(n), format!("{{\"row\":\"{number}.{n}\"}}"))).collect();
        let alone = events.is_empty() && !rows.is_empty();
        // The first file is read once in a while only: its position must survive in the snapshots.
        let file = [0, 1, 2, 2, 2, 2, 2, 2][self.dice.roll(8)];
        Append { events, rows, file: (!alone).then_some(file), number }
    }

    fn append(&mut self, spool: &Spool) {
        let append = self.failed.take().unwrap_or_else(|| self.make());
        let stream = Stream::Requests;
        let event = |id, bytes| EventParts { id, stream, time: 5, tenant: "acme", bytes };
        let events: Vec<_> = append.events.iter().map(|(id, bytes)| event(*id, bytes)).collect();
        let positions: Vec<_> = append.position().into_iter().collect();
        let parts = Parts { rows: &append.rows, events: &events, positions: &positions };
        match spool.append_parts(&parts) {
            Ok(()) => self.acknowledged(&append),
            Err(AppendError::Disk(_)) => self.failed = Some(append),
            Err(error) => panic!("{error}"),
        }
    }

    /// Invariant 4 and the first half of 3. False when there is nothing to lend.
    fn store_rows(&mut self, spool: &Spool) -> bool {
        let Ok(Some((claim, batch))) = spool.raw_rows() else { return false };
        let ((rows, through), end) = (batch.items, batch.end);
        self.stored.extend(rows.into_iter().map(|(_, row)| row));
        if self.dice.roll(4) == 0 {
            return true; // dropped: lent again
        }
        let acked = claim.inner.acknowledge_rows(through, end);
        drop(claim);
        if acked.is_ok() && spool.usage().rows_waiting == 0 {
            let disk = self.disk.after_power_cut(self.dice.roll(1_000) as u64);
            let left =
                disk.files().keys().any(|path| path.parent() == Some(Path::new("/spool/rows")));
            assert!(!left, "stored rows are still on the disk");
        }
        true
    }

    /// Invariants 2, 3 and 5. False when there is nothing to lend.
    fn deliver(&mut self, spool: &Spool, index: usize) -> bool {
        let max_bytes = 1 + self.dice.roll(600);
        let Ok(Some(lease)) = spool.lease(SINKS[index], max_bytes) else { return false };
        let sink = &mut self.sinks[index];
        let first = lease.events()[0].id;
        let at = self.log.iter().position(|event| event.id == first).expect("an unknown event");
        match sink.next {
            Some(next) => assert_eq!(at, next, "out of order"),
            None => assert!((sink.sure..=sink.tried).contains(&at), "{at} is not in {sink:?}"),
        }
        sink.next = Some(at);
        for (event, expected) in lease.events().iter().zip(&self.log[at..]) {
            assert_eq!((event.id, &event.bytes[..]), (expected.id, &expected.bytes[..]));
            assert_eq!((event.stream, event.time, &*event.tenant), (Stream::Requests, 5, "acme"));
            let rows = &self.rows[..expected.rows];
            assert!(rows.iter().all(|row| self.stored.contains(row)), "an event before its rows");
        }
        let end = at + lease.events().len();
        assert!(spool.lease(SINKS[index], 1).unwrap().is_none(), "a second lease");
        if self.dice.roll(4) == 0 {
            return true; // dropped: lent again
        }
        sink.tried = sink.tried.max(end);
        sink.next = Some(end);
        if lease.ack().is_ok() {
            sink.sure = end;
        }
        true
    }

    fn work(&mut self, spool: &Spool, steps: usize) {
        for _ in 0..steps {
            if self.disk.is_dead() {
                return;
            }
            match self.dice.roll(7) {
                0..=2 => self.append(spool),
                3 => _ = self.store_rows(spool),
                n => _ = self.deliver(spool, n % 2),
            }
        }
    }

    /// Delivers everything: nothing may be missing, nothing may be left.
    fn drain(&mut self, spool: &Spool) {
        while self.failed.is_some() {
            self.append(spool);
        }
        while self.store_rows(spool) {}
        for (index, name) in SINKS.iter().enumerate() {
            while self.deliver(spool, index) {}
            let sink = self.sinks[index];
            let at = sink.next.unwrap_or(sink.tried);
            assert_eq!(at, self.log.len(), "events are missing");
            assert_eq!(spool.backlog(name), 0);
            let (ledger, ()) = spool.ledger(|| ());
            assert!(ledger.sinks.iter().all(|(_, sink)| sink.balances(&ledger.appended)));
        }
        assert!(self.rows.iter().all(|row| self.stored.contains(row)), "rows are missing");
        assert_eq!(spool.usage().rows_waiting, 0);
    }

    /// What a new process finds.
    fn crash(&mut self, seed: u64) {
        self.disk = match seed % 3 {
            0 => self.disk.after_kill(),
            _ => self.disk.after_power_cut(seed),
        };
    }

    /// Opens after a crash, perhaps crashing again while it does.
    fn reopen(&mut self) -> Spool {
        for _ in 0..3 {
            let at = self.dice.roll(20) as u64;
            self.disk.plan(Fault::PowerAt(at));
            let opened = self.open();
            let survived = !self.disk.is_dead();
            if let (Ok((spool, report)), true) = (opened, survived) {
                self.disk.plan(Fault::None);
                self.recovered(&report);
                return spool;
            }
            let seed = self.dice.roll(1_000) as u64;
            self.crash(seed);
        }
        self.disk.plan(Fault::None);
        let (spool, report) = self.open().unwrap();
        self.recovered(&report);
        spool
    }
}

/// Operations of a workload without faults.
fn length(seed: u64, steps: usize) -> u64 {
    let mut world = World::new(seed);
    let (spool, _) = world.open().unwrap();
    world.disk.plan(Fault::None);
    world.work(&spool, steps);
    world.disk.ops()
}

#[test]
fn a_power_cut_at_every_operation_keeps_every_promise() {
    for seed in 0..4 {
        for at in 0..length(seed, 60) {
            let mut world = World::new(seed);
            let (spool, _) = world.open().unwrap();
            world.disk.plan(Fault::PowerAt(at));
            world.work(&spool, 60);
            drop(spool);
            world.crash(at + seed);
            let spool = world.reopen();
            world.work(&spool, 10);
            world.drain(&spool);
        }
    }
}

#[test]
fn a_disk_that_fails_for_a_while_at_every_operation_keeps_every_promise() {
    for seed in 10..13 {
        for at in 0..length(seed, 60) {
            for errors in [1, 2, 7] {
                let mut world = World::new(seed);
                let (spool, _) = world.open().unwrap();
                world.disk.plan(Fault::Errors(at..at + errors));
                world.work(&spool, 60);
                if at % 2 == 0 {
                    world.drain(&spool);
                }
                drop(spool);
                world.crash(at + seed);
                let spool = world.reopen();
                world.drain(&spool);
            }
        }
    }
}

#[test]
fn many_crashes_in_a_row_keep_every_promise() {
    for seed in 100..180 {
        let mut world = World::new(seed);
        let (mut spool, _) = world.open().unwrap();
        for _ in 0..8 {
            let at = world.dice.roll(60) as u64;
            let errors = at..at + world.dice.roll(6) as u64;
            let power = world.dice.roll(2) == 0;
            world.disk.plan(if power { Fault::PowerAt(at) } else { Fault::Errors(errors) });
            world.work(&spool, 30);
            drop(spool);
            let seed = world.dice.roll(1_000) as u64;
            world.crash(seed);
            spool = world.reopen();
        }
        world.drain(&spool);
    }
}
