//! A disk in memory that fails on demand and forgets at a power cut.
//!
//! Invariant: it promises what POSIX promises and no more. Contents are durable after a sync that
//! succeeded, names after a sync of their folder; everything else may be kept, kept in part, torn or lost,
//! as the seed of the power cut decides. After a sync that failed the bytes may be durable all the same, or
//! gone for good, even if the next sync succeeds. On no path: for tests, of this crate and of those above it.

use crate::disk::{Disk, DiskFile};
use crate::{RecordId, SpooledEvent, Stream};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An event as a spool would hand it out, for the tests of sinks and readers.
#[must_use]
pub fn spooled(id: RecordId, stream: Stream, time: i64, tenant: &str, json: &str) -> SpooledEvent {
    let bytes = bytes::Bytes::copy_from_slice(json.as_bytes());
    SpooledEvent { id, stream, time, tenant: tenant.to_owned(), bytes }
}

/// What happens at the n-th operation that changes something (a write, sync, creation, …).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The operations of this range fail; a write may have written half.
    Errors(Range<u64>),
    /// From this operation on nothing works any more; a write may have written half.
    PowerAt(u64),
}

#[derive(Debug, Clone, Default)]
struct Inode {
    now: Vec<u8>,
    safe: Vec<u8>,
    /// Bytes that a failed sync has dropped: in the cache, never on the disk.
    dropped: Option<Range<usize>>,
}

#[derive(Debug, Default)]
struct Model {
    inodes: Vec<Inode>,
    now: BTreeMap<PathBuf, usize>,
    safe: BTreeMap<PathBuf, usize>,
    ops: u64,
    fault: Fault,
    dead: bool,
    locked: bool,
}

/// The disk. Clones are handles on the same one.
#[derive(Debug, Clone, Default)]
pub struct FaultDisk {
    model: Arc<Mutex<Model>>,
}

impl FaultDisk {
    /// An empty disk without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what goes wrong; operations are counted from now on.
    pub fn plan(&self, fault: Fault) {
        let mut model = self.model();
        (model.ops, model.fault) = (0, fault);
    }

    /// Operations since the last plan.
    #[must_use]
    pub fn ops(&self) -> u64 {
        self.model().ops
    }

    /// True once the planned power cut has come.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.model().dead
    }

    /// The disk a process finds that is started after `kill -9`: nothing is lost, nothing is synced.
    #[must_use]
    pub fn after_kill(&self) -> Self {
        let model = self.model();
        let (inodes, now, safe) = (model.inodes.clone(), model.now.clone(), model.safe.clone());
        Self::of(Model { inodes, now, safe, ..Model::default() })
    }

    /// The disk after a power cut.
    #[must_use]
    pub fn after_power_cut(&self, seed: u64) -> Self {
        let model = self.model();
        let mut dice = Dice(seed | 1);
        let mut names = model.safe.clone();
        for path in model.safe.keys().chain(model.now.keys()) {
            if dice.roll(2) == 0 {
                match model.now.get(path) {
                    Some(inode) => names.insert(path.clone(), *inode),
                    None => names.remove(path),
                };
            }
        }
        let inodes: Vec<Inode> = model.inodes.iter().map(|inode| inode.cut(&mut dice)).collect();
        Self::of(Model { inodes, now: names.clone(), safe: names, ..Model::default() })
    }

    /// Flips one bit of a file.
    pub fn flip(&self, path: &Path, offset: usize, bit: u8) {
        let mut model = self.model();
        if let Some(inode) = model.now.get(path).copied() {
            let inode = &mut model.inodes[inode];
            if let Some(byte) = inode.now.get_mut(offset) {
                *byte ^= 1 << (bit % 8);
            }
            inode.safe = inode.now.clone();
        }
    }

    /// The contents of every file, as a process sees them.
    #[must_use]
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let model = self.model();
        let files = model.now.iter();
        files.map(|(path, inode)| (path.clone(), model.inodes[*inode].now.clone())).collect()
    }

    /// Puts a file there, durably.
    pub fn put(&self, path: impl Into<PathBuf>, bytes: &[u8]) {
        let mut model = self.model();
        let (path, inode) = (path.into(), model.inodes.len());
        let (now, safe) = (bytes.to_vec(), bytes.to_vec());
        model.inodes.push(Inode { now, safe, dropped: None });
        model.safe.insert(path.clone(), inode);
        model.now.insert(path, inode);
    }

    fn of(model: Model) -> Self {
        Self { model: Arc::new(Mutex::new(model)) }
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an operation; the model, or the error it meets.
    fn step(&self) -> (MutexGuard<'_, Model>, io::Result<()>) {
        let mut model = self.model();
        let op = model.ops;
        model.ops += 1;
        let failed = match &model.fault {
            Fault::None => false,
            Fault::Errors(range) => range.contains(&op),
            Fault::PowerAt(at) => op >= *at,
        };
        let was_dead = model.dead;
        model.dead |= failed && matches!(model.fault, Fault::PowerAt(_));
        let answer = match (was_dead, model.dead, failed) {
            (true, ..) => Err(io::Error::other("no power")),
            (_, true, _) => Err(io::ErrorKind::TimedOut.into()),
            (.., true) => Err(io::ErrorKind::StorageFull.into()),
            (.., false) => Ok(()),
        };
        (model, answer)
    }

    fn alive(&self) -> io::Result<MutexGuard<'_, Model>> {
        let model = self.model();
        if model.dead { Err(io::Error::other("no power")) } else { Ok(model) }
    }
}

impl Inode {
    /// What is left after a power cut.
    fn cut(&self, dice: &mut Dice) -> Self {
        let mut bytes = if self.now.starts_with(&self.safe) {
            let fresh = self.now.len() - self.safe.len();
            let kept = [fresh, dice.roll(fresh + 1)][dice.roll(2)] + self.safe.len();
            let mut bytes = self.now[..kept].to_vec();
            // Blocks reach the disk in any order: some may be missing in the middle.
            if kept > self.safe.len() && dice.roll(2) == 0 {
                let from = self.safe.len() + dice.roll(kept - self.safe.len());
                let to = from + dice.roll(kept - from + 1);
                bytes[from..to].fill(0);
            }
            bytes
        } else if dice.roll(2) == 0 {
            self.now.clone()
        } else {
            self.safe.clone()
        };
        self.forget(&mut bytes);
        Self { now: bytes.clone(), safe: bytes, dropped: None }
    }

    fn forget(&self, bytes: &mut [u8]) {
        if let Some(range) = &self.dropped {
            let end = range.end.min(bytes.len());
            bytes[range.start.min(end)..end].fill(0);
        }
    }
}

/// A small generator, so that a seed names a run.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`; 0 for none.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if sides == 0 { 0 } else { (self.0 >> 33) as usize % sides }
    }
}

impl Disk for FaultDisk {
    fn make_dir(&self, _path: &Path) -> io::Result<()> {
        self.step().1
    }

    fn lock(&self, _path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        let mut model = self.alive()?;
        if std::mem::replace(&mut model.locked, true) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Unlock(self.clone())))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let (mut model, answer) = self.step();
        answer?;
        if model.now.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = model.inodes.len();
        model.inodes.push(Inode::default());
        model.now.insert(path.to_path_buf(), inode);
        Ok(Box::new(FaultFile { disk: self.clone(), inode }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let model = self.alive()?;
        let inode = *model.now.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(FaultFile { disk: self.clone(), inode }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut model, answer) = self.step();
        answer?;
        let inode = model.now.remove(from).ok_or(io::ErrorKind::NotFound)?;
        model.now.insert(to.to_path_buf(), inode);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (mut model, answer) = self.step();
        answer?;
        model.now.remove(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let model = self.alive()?;
        let inside = model.now.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let (mut model, answer) = self.step();
        answer?;
        let model = &mut *model;
        let inside = |path: &PathBuf| path.parent() == Some(dir);
        model.safe.retain(|path, _| !inside(path));
        let names = model.now.iter().filter(|(path, _)| inside(path));
        model.safe.extend(names.map(|(path, inode)| (path.clone(), *inode)));
        Ok(())
    }
}

struct Unlock(FaultDisk);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.model().locked = false;
    }
}

struct FaultFile {
    disk: FaultDisk,
    inode: usize,
}

impl DiskFile for FaultFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let (mut model, answer) = self.disk.step();
        let written = match &answer {
            Ok(()) => bytes.len(),
            Err(error) if error.kind() == io::ErrorKind::Other => 0,
            Err(_) => bytes.len() / 2,
        };
        let inode = &mut model.inodes[self.inode];
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let end = start + written;
        if inode.now.len() < end {
            inode.now.resize(end, 0);
        }
        inode.now[start..end].copy_from_slice(&bytes[..written]);
        // Written anew, the pages are dirty again.
        inode.dropped.take_if(|lost| start <= lost.start && lost.end <= end);
        answer
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let model = self.disk.alive()?;
        let bytes = &model.inodes[self.inode].now;
        let rest = &bytes[usize::try_from(offset).unwrap_or(bytes.len()).min(bytes.len())..];
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.alive()?.inodes[self.inode].now.len() as u64)
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let (mut model, answer) = self.disk.step();
        answer?;
        let inode = &mut model.inodes[self.inode];
        inode.now.truncate(usize::try_from(len).unwrap_or(usize::MAX));
        let len = inode.now.len();
        inode.dropped = inode.dropped.take().filter(|range| range.start < len);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let (mut model, answer) = self.disk.step();
        let reached = model.ops.is_multiple_of(2);
        let inode = &mut model.inodes[self.inode];
        if let Err(error) = answer {
            if error.kind() != io::ErrorKind::StorageFull {
                return Err(error);
            }
            if reached {
                inode.safe.clone_from(&inode.now);
            } else if inode.now.len() > inode.safe.len() {
                let from = inode.dropped.as_ref().map_or(inode.safe.len(), |range| range.start);
                inode.dropped = Some(from..inode.now.len());
            }
            return Err(error);
        }
        let mut bytes = inode.now.clone();
        inode.forget(&mut bytes);
        inode.safe = bytes;
        Ok(())
    }
}
