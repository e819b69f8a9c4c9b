//! Appends with their fsync, beside one plain write and fdatasync of the same bytes; and reading back.
//!
//! `cargo bench --bench spool`. Most of it is the disk: compare the two, not either with another machine.

mod common;

use common::Gate;
use divan::{Bencher, black_box, counter::BytesCount};
use greffier_record::HotBuf;
use greffier_redactor::SealedBatch;
use greffier_spool::{Options, RealDisk, Spool};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

fn main() {
    divan::main();
}

/// Bytes of events in one append.
const APPENDS: [usize; 3] = [4 << 10, 64 << 10, 1 << 20];

/// A batch of at least `bytes`, without key rows: they go into segments of their own.
fn batch(bytes: usize) -> SealedBatch {
    let mut gate = Gate::new();
    let lines: Vec<_> =
        common::lines().into_iter().map(|line| HotBuf::new(line.as_bytes().to_vec())).collect();
    lines.iter().for_each(|line| gate.seal(line));
    drop(gate.redactor.take());
    let mut sealed = 0;
    for line in lines.iter().cycle() {
        gate.seal(line);
        sealed += line.len() * 3 / 2;
        if sealed >= bytes {
            break;
        }
    }
    gate.redactor.take()
}

fn spool(dir: &Path) -> Spool {
    let options = Options { dir: dir.to_owned(), max_bytes: 64 << 30, segment_bytes: 64 << 20 };
    Spool::open(options, RealDisk, &["bench"]).expect("a temporary folder").0
}

#[divan::bench(args = APPENDS)]
fn greffier_append(bencher: Bencher<'_, '_>, bytes: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (spool, batch) = (spool(folder.path()), batch(bytes));
    bencher.counter(BytesCount::new(batch.byte_len())).bench_local(|| {
        spool.append(&batch, &[]).expect("there is room");
        // What is read is freed, so that the bench does not fill the disk.
        while let Some(lease) = spool.lease("bench", 8 << 20).expect("a whole spool") {
            lease.ack().expect("a writable folder");
        }
    });
}

#[divan::bench(args = APPENDS)]
fn plain_write_and_fdatasync(bencher: Bencher<'_, '_>, bytes: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut file = File::create(folder.path().join("log")).expect("a temporary folder");
    let bytes = vec![b'x'; batch(bytes).byte_len()];
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| {
        file.write_all(black_box(&bytes)).expect("there is room");
        file.sync_data().expect("a disk that answers");
    });
}
