//! Files that grow and rotate.
//!
//! Invariant: no byte is lost and none is doubled, over rotation by rename, over truncation as far as a copy lies
//! beside the file, and over a restart: positions are committed with the lines they stand behind. A file that
//! was rotated away is read to its end before its successor. Place on the path: first; runs on a thread of
//! its own.
//!
//! Whoever receives the chunks must not commit a later chunk of a file after having let go of an earlier one:
//! its position would cover lines that are not durable.

mod position;
mod reader;
mod rotated;

use crate::{Chunk, Stop};
use greffier_record::Origin;
use position::{Inode, Key, Mark};
use reader::{Reader, Shared, Step};
use rotated::{copy_of, rotated};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// Time between two looks at files that do not grow.
const POLL: Duration = Duration::from_millis(250);
/// Looks at the end of a rotated file until it counts as finished: writers reopen late (10 s).
const LINGER: u32 = 40;

/// What happened to the files of a source.
#[derive(Debug, Default)]
pub struct TailCounts {
    /// Files that had become shorter or were written anew in place; what had not been read of them is read from
    /// the copy beside it, or gone.
    pub truncated: AtomicU64,
    /// Files that were replaced by another of the same name.
    pub rotated: AtomicU64,
}

/// Reads the files of one source.
pub struct Tail {
    origin: Arc<Origin>,
    key: Key,
    saved: Vec<Mark>,
    files: Vec<Watched>,
    counts: Arc<TailCounts>,
}

/// A path, and the files that it leads or has led to, oldest first.
struct Watched {
    path: PathBuf,
    readers: Vec<Reader>,
    /// The last failure, so that each is reported once.
    failed: Option<io::ErrorKind>,
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tail").field("source", &self.origin.name).finish_non_exhaustive()
    }
}

impl Tail {
    /// Files to read, from where the spool's `positions` (of any source) say they were left. `key` is the
    /// local random key of the fingerprints; with another key every file is read from its beginning.
    #[must_use]
    pub fn new(
        paths: &[PathBuf],
        origin: Arc<Origin>,
        key: [u8; 32],
        positions: &[Vec<u8>],
    ) -> Self {
        let saved: Vec<_> = positions.iter().filter_map(|bytes| Mark::decode(bytes)).collect();
        let files = paths
            .iter()
            .map(|path| {
                let readers = rotated(path, &saved, &key);
                Watched { path: path.clone(), readers, failed: None }
            })
            .collect();
        Self { origin, key, saved, files, counts: Arc::default() }
    }

    /// Counts that go on while it runs.
    #[must_use]
    pub fn counts(&self) -> Arc<TailCounts> {
        Arc::clone(&self.counts)
    }

    /// Reads until the stop, or until nobody receives. What is not committed then is read by the next start.
    pub fn run(mut self, tx: &Sender<Chunk>, stop: &Stop) {
        let mut behind = true;
        loop {
            let seen = stop.rings();
            let Some(moved) = self.pass(tx, stop) else { return };
            behind |= moved;
            if behind && !moved && self.is_durable() {
                behind = false;
                tracing::debug!(source = self.origin.name, offset = self.offset(), "caught up");
            }
            let pause = if moved { Duration::ZERO } else { POLL };
            if stop.wait(seen, pause) {
                return;
            }
        }
    }

    /// Whether everything that has been read is durable.
    fn is_durable(&mut self) -> bool {
        self.files.iter_mut().flat_map(|file| &mut file.readers).all(Reader::is_durable)
    }

    /// Durable bytes of the files that the paths lead to now.
    fn offset(&self) -> u64 {
        self.files.iter().filter_map(|file| file.readers.last()).map(Reader::committed).sum()
    }

    /// One look at every file. `None` when nobody receives; else whether anything was read.
    fn pass(&mut self, tx: &Sender<Chunk>, stop: &Stop) -> Option<bool> {
        let shared = Shared { origin: &self.origin, key: &self.key, tx, stop };
        let mut moved = false;
        for file in &mut self.files {
            match file.pass(&shared, &self.saved, &self.counts) {
                Ok(None) => return None,
                Ok(Some(step)) => {
                    moved |= step;
                    file.failed = None;
                }
                Err(error) => file.report(&error, &self.origin.name),
            }
        }
        Some(moved)
    }
}

impl Watched {
    /// Reads the files in order, a later one only when the earlier are at their end.
    fn pass(
        &mut self,
        shared: &Shared<'_>,
        saved: &[Mark],
        counts: &TailCounts,
    ) -> io::Result<Option<bool>> {
        // What is wrong with the path keeps nobody from what is already open.
        let followed = self.follow(shared, saved, counts);
        let (mut moved, last) = (false, self.readers.len().saturating_sub(1));
        let mut copied = None;
        for (at, reader) in self.readers.iter_mut().enumerate() {
            let mut step = reader.pass(shared)?;
            if step == Step::AtEnd && (at < last || reader.is_unlinked()) {
                reader.idle += 1;
                if reader.idle >= LINGER {
                    step = reader.finish(shared)?;
                }
            }
            match step {
                Step::AtEnd => continue,
                Step::Closed => return Ok(None),
                Step::Waiting => break,
                Step::Moved => reader.idle = 0,
                Step::Truncated => {
                    counts.truncated.fetch_add(1, Ordering::Relaxed);
                    let copy = copy_of(&self.path, &reader.mark(), shared.key);
                    reader.restart(shared, copy.is_some())?;
                    copied = copy.map(|copy| (at, copy));
                }
            }
            moved = true;
            break;
        }
        if let Some((at, copy)) = copied {
            self.readers.insert(at, copy); // read before what is new
        }
        self.readers.retain(|reader| reader.idle < LINGER || !reader.is_settled());
        followed.map(|()| Some(moved))
    }

    /// Opens the file that the path leads to now, if it is another one than before.
    fn follow(
        &mut self,
        shared: &Shared<'_>,
        saved: &[Mark],
        counts: &TailCounts,
    ) -> io::Result<()> {
        let Some(inode) = inode_of(&self.path)? else { return Ok(()) };
        if self.readers.iter().any(|reader| reader.inode == inode) {
            return Ok(());
        }
        let reader = Reader::open(File::open(&self.path)?, saved, shared.key)?;
        if !self.readers.is_empty() {
            counts.rotated.fetch_add(1, Ordering::Relaxed);
        }
        self.readers.push(reader);
        Ok(())
    }

    fn report(&mut self, error: &io::Error, source: &str) {
        if self.failed.replace(error.kind()) != Some(error.kind()) {
            tracing::warn!(source, path = %self.path.display(), %error, "cannot read on");
        }
    }
}

/// Device and inode of a regular file; `None` when there is no file (yet). A pipe or a folder is an error.
fn inode_of(path: &Path) -> io::Result<Option<Inode>> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_file() => Ok(Some(Inode { device: meta.dev(), number: meta.ino() })),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
