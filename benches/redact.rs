//! From a line to a sealed event, beside what `serde_json`, five expressions and one key cost on the same lines.
//!
//! `cargo bench --bench redact`. An item is a line; the lines repeat, so persons are known after the first round.

mod common;
mod plain;

use common::Gate;
use divan::{Bencher, black_box, counter::BytesCount, counter::ItemsCount};
use greffier_record::HotBuf;
use plain::Plain;

fn main() {
    divan::main();
}

fn hot() -> Vec<HotBuf> {
    common::lines().into_iter().map(|line| HotBuf::new(line.as_bytes().to_vec())).collect()
}

fn counted<'a, 'b>(bencher: Bencher<'a, 'b>) -> Bencher<'a, 'b> {
    let lines = common::lines();
    bencher.counter(ItemsCount::new(lines.len())).counter(BytesCount::new(common::REQUESTS.len()))
}

/// Lines to records that borrow from them.
#[divan::bench]
fn greffier_decode(bencher: Bencher<'_, '_>) {
    let (mut gate, lines) = (Gate::new(), hot());
    counted(bencher).bench_local(|| {
        for line in &lines {
            gate.decode(line, |_, raw| black_box(raw.observed));
        }
    });
}

/// Lines to sealed events: decode, rules, scan, seal, write.
#[divan::bench]
fn greffier_seal(bencher: Bencher<'_, '_>) {
    let (mut gate, lines) = (Gate::new(), hot());
    counted(bencher).bench_local(|| {
        lines.iter().for_each(|line| gate.seal(line));
        black_box(gate.redactor.take().byte_len())
    });
}

/// Parse, one seal, five expressions over the message, write.
#[divan::bench]
fn plain_pipeline(bencher: Bencher<'_, '_>) {
    let (mut plain, lines) = (Plain::new(), common::lines());
    let mut out = Vec::new();
    counted(bencher).bench_local(|| {
        out.clear();
        for line in &lines {
            plain.line(line.as_bytes(), &mut out).expect("a line of the workload");
        }
        black_box(out.len())
    });
}
