//! Whole processes from start to end of input: `greffier pipe` beside the plain pipeline, on the same lines.
//!
//! `cargo bench --bench journey`. Wall-clock time of a process on a quiet machine; CPU-seconds, memory and the
//! other tools: `benches/compare`.

use divan::{Bencher, counter::BytesCount, counter::ItemsCount};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// 200 lines of `benches/gen.py --lines 200 --users 80 --seed 7`.
const REQUESTS: &str = include_str!("common/requests.ndjson");

/// Lines of one run: enough that the start of the process is small beside them.
const LINES: usize = 100_000;

fn main() {
    divan::main();
}

fn input() -> Vec<u8> {
    let lines: Vec<_> = REQUESTS.split_inclusive('\n').collect();
    lines.iter().cycle().take(LINES).flat_map(|line| line.bytes()).collect()
}

/// Runs a command to its end over the input; what it prints is thrown away.
fn run(command: &mut Command, input: &[u8]) {
    let quiet = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().expect("the program is built");
    child.stdin.take().expect("piped").write_all(input).expect("it reads to the end");
    assert!(child.wait().expect("it ends").success());
}

fn greffier(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greffier"));
    command.arg("--data").arg(data).args(["pipe", "--format", "json"]);
    command
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn greffier_pipe(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (data, input) = (folder.path().join("data"), input());
    run(&mut greffier(&data), b""); // makes the keys
    let bencher = bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::new(input.len()));
    bencher.bench_local(|| run(&mut greffier(&data), &input));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn plain_pipeline(bencher: Bencher<'_, '_>) {
    let greffier = PathBuf::from(env!("CARGO_BIN_EXE_greffier"));
    let plain = greffier.with_file_name("examples").join("plain");
    let input = input();
    let bencher = bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::new(input.len()));
    bencher.bench_local(|| run(&mut Command::new(&plain), &input));
}
