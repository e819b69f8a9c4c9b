//! Recovery of a spool whose files somebody or something has changed.

use super::scene::{NOW, gate, with_record};
use greffier_record::Format;
use greffier_redactor::{Redactor, SealedBatch};
use greffier_spool::testing::FaultDisk;
use greffier_spool::{Options, Recovered, Spool, SpoolError};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

const SINK: &str = "archive";
const LINE: &[u8] =
    br#"{"message":"http_request","context":{"method":"GET","url":"/","status":200,"user_id":7}}"#;

/// The files of a spool with a few appends, and a batch to append.
struct Scene {
    files: BTreeMap<PathBuf, Vec<u8>>,
    batch: SealedBatch,
}

thread_local! {
    static SCENE: OnceCell<Scene> = const { OnceCell::new() };
}

impl Scene {
    fn new() -> Self {
        let (mut gate, disk) = (gate(), FaultDisk::new());
        let (spool, _) = open(&disk).expect("an empty disk");
        for n in 0..3_u8 {
            spool.append(&batch(&mut gate, 1 + n), &[vec![n; 24]]).expect("there is room");
        }
        Self { files: disk.files(), batch: batch(&mut gate, 1) }
    }
}

fn batch(gate: &mut Redactor, events: u8) -> SealedBatch {
    for _ in 0..events {
        let sealed = with_record(Format::Monolog, LINE, |raw| gate.request(raw, NOW).map(drop));
        sealed.expect("there is a key");
    }
    gate.take()
}

fn open(disk: &FaultDisk) -> Result<(Spool, Recovered), SpoolError> {
    Spool::open(Options::at("/spool"), disk.clone(), &[SINK])
}

/// The first byte picks a file, or all; what follows replaces its end from a given place, or changes it, four
/// bytes at a time (what, where, by which bits). The spool starts for all that, takes an append, lends it after
/// what is left, and finds the same when it is opened again.
pub fn spool(data: &[u8]) {
    SCENE.with(|scene| recover(scene.get_or_init(Scene::new), data));
}

fn recover(scene: &Scene, data: &[u8]) {
    let disk = FaultDisk::new();
    for (path, bytes) in damaged(&scene.files, data) {
        disk.put(path, &bytes);
    }
    let opened = open(&disk);
    if matches!(opened, Err(SpoolError::Newer { .. } | SpoolError::RemovedSink { .. })) {
        return;
    }
    let (spool, _) = opened.expect("damage refuses no start");
    spool.append(&scene.batch, &[]).expect("there is room");
    let left = lent(&spool);
    assert!(left.ends_with(&events(&scene.batch)), "what was acknowledged is there");
    drop(spool);
    let (spool, found) = open(&disk).expect("it has just been repaired");
    assert_eq!(found.cut, 0, "an append that was acknowledged is cut");
    assert!(lent(&spool) == left, "opened again, it holds something else");
}

fn events(batch: &SealedBatch) -> Vec<Vec<u8>> {
    batch.events().map(|event| event.bytes.to_vec()).collect()
}

/// Every event that the sink is lent, once the rows are stored. Nothing is acknowledged.
fn lent(spool: &Spool) -> Vec<Vec<u8>> {
    while let Some(rows) = spool.lease_rows().expect("a disk that works") {
        rows.ack().expect("a disk that works");
    }
    let lease = spool.lease(SINK, usize::MAX).expect("a disk that works");
    let events = lease.iter().flat_map(|lease| lease.events());
    events.map(|event| event.bytes.to_vec()).collect()
}

fn damaged(files: &BTreeMap<PathBuf, Vec<u8>>, data: &[u8]) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = files.clone();
    let Some((pick, rest)) = data.split_first() else { return files };
    let count = files.len();
    let Some(bytes) = files.values_mut().nth(usize::from(pick >> 1) % count) else { return files };
    if pick & 1 == 0 {
        let Some((at, tail)) = rest.split_first() else { return files };
        bytes.truncate(usize::from(*at) * 8);
        bytes.extend_from_slice(tail);
        return files;
    }
    for change in rest.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % (bytes.len() + 1);
        match change[0] % 4 {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, change[3]),
            2 => bytes.extend_from_within(at..),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= change[3];
                }
            }
        }
    }
    files
}
