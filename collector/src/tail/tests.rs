//! What `tail` promises, by example.

use super::*;
use crate::framing::KEPT;
use crate::testing::{origin, texts};
use greffier_record::{Fault, Format};
use proptest::prelude::*;
use std::collections::HashMap;
use std::io::Write;
use tempfile::TempDir;
use tokio::sync::mpsc::{self, Receiver};

/// A folder with `access.log`, a tail of it, and a spool that remembers what was committed.
struct World {
    folder: TempDir,
    tail: Tail,
    tx: Sender<Chunk>,
    rx: Receiver<Chunk>,
    stop: Stop,
    lines: Vec<String>,
    positions: HashMap<Vec<u8>, Vec<u8>>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tail = Self::tail(&folder, &[]);
        let (tx, rx) = mpsc::channel(4);
        let (lines, positions) = (Vec::new(), HashMap::new());
        Self { folder, tail, tx, rx, stop: Stop::new(), lines, positions }
    }

    fn tail(folder: &TempDir, positions: &[Vec<u8>]) -> Tail {
        let origin = Arc::new(origin(Format::Combined));
        Tail::new(&[folder.path().join("access.log")], origin, [7; 32], positions)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("access.log")
    }

    fn append(&self, bytes: impl AsRef<[u8]>) {
        let mut file = File::options().create(true).append(true).open(self.path()).unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    fn rotate(&self, to: &str) {
        fs::rename(self.path(), self.folder.path().join(to)).unwrap();
    }

    fn pass(&mut self) -> bool {
        self.tail.pass(&self.tx, &self.stop).expect("somebody receives")
    }

    /// Makes the chunks that have been sent durable.
    fn commit(&mut self) {
        while let Ok(chunk) = self.rx.try_recv() {
            self.lines.extend(texts(&chunk));
            if let Some(position) = chunk.position {
                self.positions.insert(position.0[..16].to_vec(), position.0);
            }
            chunk.receipt.commit();
        }
    }

    /// Loses them.
    fn fail(&mut self) {
        while self.rx.try_recv().is_ok() {}
    }

    fn restart(&mut self) {
        self.fail();
        let positions: Vec<_> = self.positions.values().cloned().collect();
        self.tail = Self::tail(&self.folder, &positions);
    }

    /// Passes and commits until nothing has happened for longer than a rotated file is kept.
    fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 2 * LINGER + 2 {
            quiet = if self.pass() { 0 } else { quiet + 1 };
            self.commit();
        }
    }

    fn settled(&mut self) -> Vec<String> {
        self.settle();
        std::mem::take(&mut self.lines)
    }
}

#[test]
fn a_file_may_come_later_and_grow_and_a_half_line_waits() {
    let mut world = World::new();
    assert!(!world.pass());
    world.append("one\ntw");
    assert_eq!(world.settled(), ["one"]);
    world.append("o\nthree\n");
    assert_eq!(world.settled(), ["two", "three"]);
}

#[test]
fn a_rotated_file_is_finished_before_its_successor_is_read() {
    let mut world = World::new();
    world.append("a\n");
    world.settle();
    world.append("b\nhal");
    world.rotate("access.log.1");
    world.append("c\n");
    assert_eq!(world.settled(), ["a", "b", "c", "hal"]);
    assert_eq!(world.tail.counts().rotated.load(Ordering::Relaxed), 1);
    assert_eq!(world.tail.files[0].readers.len(), 1);
}

#[test]
fn a_late_writer_of_a_rotated_file_is_heard() {
    let mut world = World::new();
    world.append("a\n");
    world.pass();
    let mut late = File::options().append(true).open(world.path()).unwrap();
    world.rotate("access.log.1");
    world.append("b\n");
    world.pass();
    world.pass();
    late.write_all(b"late\n").unwrap();
    assert_eq!(world.settled(), ["a", "b", "late"]);
}

#[test]
fn the_half_line_of_a_rotated_file_says_so() {
    let mut world = World::new();
    world.append("half");
    world.pass();
    world.rotate("access.log.1");
    world.append("new\n");
    let mut faults = Vec::new();
    while faults.len() < 2 {
        world.pass();
        while let Ok(chunk) = world.rx.try_recv() {
            faults.extend(chunk.frames.iter().map(|frame| frame.fault));
            chunk.receipt.commit();
        }
    }
    assert_eq!(faults, [None, Some(Fault::Half)]);
}

#[test]
fn a_truncated_file_begins_again() {
    let mut world = World::new();
    world.append("one\ntwo\nha");
    world.settle();
    File::create(world.path()).unwrap();
    world.append("three\n");
    assert_eq!(world.settled(), ["one", "two", "ha", "three"]);
    assert_eq!(world.tail.counts().truncated.load(Ordering::Relaxed), 1);
    // Longer than before, but not the same file: only its beginning tells.
    fs::write(world.path(), "copied away, truncated, and written on\n").unwrap();
    assert_eq!(world.settled(), ["copied away, truncated, and written on"]);
    assert_eq!(world.tail.counts().truncated.load(Ordering::Relaxed), 2);
}

#[test]
fn what_came_before_a_file_was_emptied_is_read_from_the_copy() {
    let mut world = World::new();
    world.append("one\nhal");
    world.settle();
    world.append("f\ntwo\n");
    fs::write(world.folder.path().join("access.log.2"), "another's\n").unwrap();
    fs::copy(world.path(), world.folder.path().join("access.log.1")).unwrap();
    File::options().write(true).open(world.path()).unwrap().set_len(0).unwrap();
    world.append("three\n");
    assert_eq!(world.settled(), ["one", "half", "two", "three"]);
    world.restart();
    assert!(world.settled().is_empty());
}

#[test]
fn what_was_lost_is_read_again_and_nothing_else() {
    let mut world = World::new();
    world.append("a\n");
    world.settle();
    world.append("b\n");
    world.pass();
    world.append("c\n");
    world.pass();
    world.fail();
    assert_eq!(world.settled(), ["a", "b", "c"]);
}

#[test]
fn reading_pauses_until_every_chunk_has_answered() {
    let mut world = World::new();
    for line in ["a\n", "b\n"] {
        world.append(line);
        world.pass();
    }
    let (first, second) = (world.rx.try_recv().unwrap(), world.rx.try_recv().unwrap());
    drop(first);
    assert!(!world.pass());
    assert!(world.rx.try_recv().is_err());
    drop(second);
    assert_eq!(world.settled(), ["a", "b"]);
}

#[test]
fn a_full_channel_and_too_many_chunks_hold_the_reading() {
    let mut world = World::new();
    let mut held = Vec::new();
    for line in 0..40 {
        world.append(format!("{line}\n"));
        world.pass();
        if line == 10 {
            assert_eq!(world.rx.len(), 4);
        }
        if line > 10 {
            held.extend(world.rx.try_recv());
        }
    }
    assert_eq!(held.len(), 8);
    for chunk in held {
        world.lines.extend(texts(&chunk));
        chunk.receipt.commit();
    }
    let expected: Vec<_> = (0..40).map(|line| line.to_string()).collect();
    assert_eq!(world.settled(), expected);
}

#[test]
fn a_restart_goes_on_where_the_spool_says() {
    let mut world = World::new();
    world.append("a\n");
    world.settle();
    world.append("b\n");
    world.pass();
    world.restart();
    world.append("c\n");
    world.rotate("access.log-20261121");
    world.append("d\n");
    world.restart();
    assert_eq!(world.settled(), ["a", "b", "c", "d"]);
}

/// Makes a file the last one that was written.
fn touch(world: &World, name: &str, seconds: u64) {
    let file = File::options().append(true).open(world.folder.path().join(name)).unwrap();
    let time = std::time::UNIX_EPOCH + Duration::from_secs(2_000_000_000 + seconds);
    file.set_modified(time).unwrap();
}

#[test]
fn files_that_came_and_were_rotated_away_while_nobody_ran_are_read() {
    let mut world = World::new();
    world.append("before any position\n");
    world.rotate("access.log-20260101");
    world.append("a\n");
    assert_eq!(world.settled(), ["a"]);
    world.append("b\n");
    world.rotate("access.log.3");
    world.append("c\n");
    world.rotate("access.log.2");
    world.append("d\n");
    world.rotate("access.log.1");
    for (seconds, name) in ["access.log-20260101", "access.log.3", "access.log.2", "access.log.1"]
        .into_iter()
        .enumerate()
    {
        touch(&world, name, seconds as u64);
    }
    fs::write(world.folder.path().join("access.log.1.gz"), "packed\n").unwrap();
    fs::write(world.folder.path().join("access.log.orig"), "another's\n").unwrap();
    world.append("e\n");
    world.restart();
    assert_eq!(world.settled(), ["b", "c", "d", "e"]);
    world.restart();
    assert!(world.settled().is_empty());
}

#[test]
fn a_pipe_or_a_link_beside_the_file_is_not_opened() {
    let mut world = World::new();
    world.append("a\n");
    world.settle();
    let beside = |name: &str| world.folder.path().join(name);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        beside("access.log.1"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    fs::write(beside("secret"), "not a log\n").unwrap();
    std::os::unix::fs::symlink(beside("secret"), beside("access.log.2")).unwrap();
    world.rotate("access.log.3");
    world.append("b\n");
    world.restart();
    assert_eq!(world.settled(), ["a", "b"]);
}

#[test]
fn a_copy_made_before_the_file_was_cut_while_nobody_ran_is_read_on() {
    let mut world = World::new();
    world.append("a\n");
    world.settled();
    world.append("b\n");
    fs::copy(world.path(), world.folder.path().join("access.log.1")).unwrap();
    File::options().write(true).open(world.path()).unwrap().set_len(0).unwrap();
    world.append("c\n");
    world.restart();
    assert_eq!(world.settled(), ["b", "c"]);
    world.restart();
    assert!(world.settled().is_empty());
}

#[test]
fn an_inode_that_is_used_again_is_another_file() {
    let mut world = World::new();
    world.append("a\nb\n");
    world.settle();
    let old = std::mem::take(&mut world.positions);
    fs::write(world.path(), "x\ny\nz\n").unwrap(); // same inode, other content
    world.positions = old;
    world.restart();
    assert_eq!(world.settled(), ["a", "b", "x", "y", "z"]);
}

#[test]
fn a_line_of_twenty_megabytes() {
    let mut world = World::new();
    world.append(vec![b'x'; 20 << 20]);
    world.append("\nafter\n");
    let lines = world.settled();
    let lengths: Vec<_> = lines.iter().map(String::len).collect();
    assert_eq!(lengths, [KEPT, 5]);
}

#[test]
fn lines_of_exactly_one_chunk_do_not_stall() {
    let mut world = World::new();
    for extra in [0, 1, 2] {
        world.append(vec![b'x'; (1 << 20) + extra]);
        world.settle();
        world.append("\n");
    }
    assert_eq!(world.settled().len(), 3);
}

#[test]
fn a_folder_is_no_file_and_says_so_once() {
    let mut world = World::new();
    fs::create_dir(world.path()).unwrap();
    assert!(!world.pass());
    assert_eq!(world.tail.files[0].failed, Some(io::ErrorKind::InvalidInput));
}

#[test]
fn it_runs_until_the_stop_or_until_nobody_receives() {
    let mut world = World::new();
    world.append("a\n");
    let (tail, tx, stop) = (world.tail, world.tx, world.stop.clone());
    let thread = std::thread::spawn(move || tail.run(&tx, &stop));
    let chunk = world.rx.blocking_recv().expect("a chunk");
    assert_eq!(texts(&chunk), ["a"]);
    world.stop.stop();
    thread.join().unwrap();

    let mut world = World::new();
    world.append("a\n");
    world.rx.close();
    world.tail.run(&world.tx, &world.stop);
}

#[derive(Debug, Clone)]
enum Event {
    Append(String),
    Rotate,
    Pass,
    Commit,
    Fail,
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => "[a-z]{1,3}\n?".prop_map(Event::Append),
        1 => Just(Event::Rotate),
        4 => Just(Event::Pass),
        2 => Just(Event::Commit),
        1 => Just(Event::Fail),
        1 => Just(Event::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever happens to file, spool and process, every line arrives exactly once.
    #[test]
    fn no_line_is_lost_or_doubled(events in prop::collection::vec(event(), 0..40)) {
        let mut world = World::new();
        let (mut written, mut rotations) = (String::new(), 0);
        for event in events {
            match event {
                Event::Append(text) => {
                    // Numbered, so that a line that is doubled is not taken for another one.
                    let text = format!("{}{text}", written.len());
                    world.append(&text);
                    written.push_str(&text);
                }
                Event::Rotate if written.is_empty() => {}
                Event::Rotate => {
                    // A file of which the spool knows nothing cannot be recognised under another name.
                    world.append("|\n");
                    written.push_str("|\n");
                    world.settle();
                    world.append("end");
                    rotations += 1;
                    world.rotate(&format!("access.log.{rotations}"));
                    written.push_str("end\n");
                    world.append("|\n");
                    written.push_str("|\n");
                    world.pass();
                }
                Event::Pass => drop(world.pass()),
                Event::Commit => world.commit(),
                Event::Fail => world.fail(),
                Event::Restart => world.restart(),
            }
        }
        world.append("\n");
        let mut expected: Vec<_> = written.lines().collect();
        let mut lines = world.settled();
        expected.sort_unstable();
        lines.sort_unstable();
        prop_assert_eq!(lines, expected);
    }
}
