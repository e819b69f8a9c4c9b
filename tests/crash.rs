//! kill -9 at any moment: every request line is in the archive exactly once, under an id that stays.

use crate::support::{Greffier, account, archived, files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

fn line(number: usize) -> String {
    format!(
        "{{\"timestamp\":\"2026-11-21T20:00:00.{:03}Z\",\"method\":\"GET\",\"url\":\"/page/{number}?q=canary{number}\",\
         \"user_id\":\"user-{}\",\"email\":\"canary.{number}@example.org\",\"client_ip\":\"203.0.113.77\",\
         \"status\":200,\"request_id\":\"{number:032x}\"}}\n",
        number % 1000,
        number % 50,
    )
}

/// Appends lines to the log and rotates it by rename now and then, as logrotate does.
struct Writer {
    log: std::path::PathBuf,
    next: usize,
    rotations: usize,
}

impl Writer {
    fn write(&mut self, lines: usize) {
        let mut file =
            OpenOptions::new().create(true).append(true).open(&self.log).expect("a writable log");
        for _ in 0..lines {
            file.write_all(line(self.next).as_bytes()).expect("a writable log");
            self.next += 1;
        }
    }

    /// What the sidecar says when all of the current file is durable.
    fn caught_up(&self) -> String {
        let length = fs::metadata(&self.log).expect("a log").len();
        format!("caught up source=\"file\" offset={length}")
    }

    fn rotate(&mut self) {
        self.rotations += 1;
        fs::rename(&self.log, self.log.with_extension(format!("{}", self.rotations)))
            .expect("a rename");
    }
}

impl Writer {
    /// Copies the log away and empties it in place, as logrotate's `copytruncate` does; nobody writes meanwhile.
    fn copytruncate(&mut self) {
        self.rotations += 1;
        fs::copy(&self.log, format!("{}.{}", self.log.display(), self.rotations)).expect("a copy");
        OpenOptions::new().write(true).truncate(true).open(&self.log).expect("an empty log");
    }
}

/// A small generator of its own: the moments differ, the run can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[test]
fn a_tailed_file_that_grows_and_rotates_survives_twenty_kills() {
    let greffier = Greffier::new();
    let log = greffier.folder().join("app.log");
    let config = greffier.write("greffier.toml", config(&log));
    let config = config.to_str().expect("UTF-8");
    greffier.ok(&["--config", config, "keys", "init"], b"");
    let mut writer = Writer { log, next: 0, rotations: 0 };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut ids: BTreeMap<String, String> = BTreeMap::new();

    for round in 0..20 {
        writer.write(20 + dice.roll(200) as usize);
        let mut running = greffier.start(&["--config", config]);
        for _ in 0..dice.roll(3) {
            writer.write(1 + dice.roll(300) as usize);
            if dice.roll(2) == 0 {
                running.until(&writer.caught_up());
                writer.rotate();
                writer.write(1);
            }
        }
        let moments = ["appended", "caught up", "shipped", "appended"];
        writer.write(1);
        running.until(moments[dice.roll(4) as usize]);
        running.kill();
        assert_clean(&greffier.data(), round);
        remember(&greffier.data(), &mut ids);
    }

    let mut running = greffier.start(&["--config", config]);
    running.until(&writer.caught_up());
    let said = running.stop();
    account(&said, "received ");
    remember(&greffier.data(), &mut ids);

    let events = archived(&greffier.data());
    let requests: BTreeSet<_> = events.iter().map(|(_, event)| event["req"].to_string()).collect();
    assert_eq!(events.len(), writer.next, "every line once");
    assert_eq!(requests.len(), writer.next, "no line twice");
    assert_clean(&greffier.data(), 20);
    let rows: Vec<_> = files(&greffier.data().join("spool/rows"));
    assert!(rows.is_empty(), "row segments go as soon as the key store has them: {rows:?}");
}

#[test]
fn a_tailed_file_that_is_copied_and_truncated_in_place_loses_and_doubles_nothing_it_had_read() {
    let greffier = Greffier::new();
    let log = greffier.folder().join("app.log");
    let config = greffier.configure(&config(&log));
    let mut writer = Writer { log, next: 0, rotations: 0 };
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..8 {
        writer.write(20 + dice.roll(200) as usize);
        let mut running = greffier.start(&["--config", &config]);
        for _ in 0..=dice.roll(3) {
            // The new content is shorter than the old, or longer: both must be told from growth.
            writer.write(1 + dice.roll(300) as usize);
            running.until(&writer.caught_up());
            writer.copytruncate();
            writer.write(1 + dice.roll(600) as usize);
        }
        if dice.roll(2) == 0 {
            running.until(&writer.caught_up());
            running.kill();
            writer.copytruncate(); // while nobody looks
        } else {
            running.until("appended");
            running.kill();
        }
    }
    writer.write(1);
    let mut running = greffier.start(&["--config", &config]);
    running.until(&writer.caught_up());
    running.stop();
    let events = archived(&greffier.data());
    let requests: BTreeSet<_> = events.iter().map(|(_, event)| event["req"].to_string()).collect();
    assert_eq!((events.len(), requests.len()), (writer.next, writer.next), "every line once");
}

/// An id that was seen once in the archive stays the id of its line.
fn remember(data: &Path, ids: &mut BTreeMap<String, String>) {
    for (_, event) in archived(data) {
        let (req, id) = (event["req"].to_string(), event["id"].to_string());
        let known = ids.entry(req).or_insert_with(|| id.clone());
        assert_eq!(*known, id, "a redelivered event keeps its id");
    }
}

/// No planted value and no full address in any file, at this moment.
fn assert_clean(data: &Path, round: usize) {
    for file in files(data) {
        let bytes = fs::read(&file).expect("a readable file");
        for planted in ["canary", "203.0.113.77", "example.org"] {
            let found = bytes.windows(planted.len()).any(|window| window == planted.as_bytes());
            assert!(!found, "round {round}: {planted} in {}", file.display());
        }
    }
}

fn config(log: &Path) -> String {
    format!(
        "version = 1\n[service]\nname = \"shop\"\ninstance = \"web-1\"\n\
         [[source]]\ntype = \"file\"\npaths = [\"{}\"]\nformat = \"json\"\n[sink.archive]\n",
        log.display()
    )
}
