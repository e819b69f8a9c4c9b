//! Reads the frames of a segment in order, past damage.
//!
//! Invariant: every item is a frame with a right checksum, or a stretch of damage; the stretches and the
//! frames cover the file without a gap. A commit is `whole` only if the frames right before it are exactly
//! the ones it counts. Place on the path: under recovery, leases and `check`.

use crate::disk::DiskFile;
use crate::frame::{self, Commit, Frame, HEADER, Kind, PREFIX, SUFFIX, SYNC};
use std::io;

const READ_AHEAD: usize = 256 << 10;

/// One thing found in a segment.
#[derive(Debug)]
pub(crate) enum Item<'s> {
    /// A frame that is no commit, at this offset.
    Frame(u64, Frame<'s>),
    /// The end of an append.
    Commit {
        /// Rows it needs, or brings, in a row segment.
        rows: u64,
        /// False when frames of the append are missing or damaged.
        whole: bool,
    },
    /// Bytes that are no frame, up to the next one.
    Damage {
        /// Offset of the first.
        from: u64,
    },
}

/// A reader of one segment with a window of its own.
pub(crate) struct Scanner<'f> {
    file: &'f dyn DiskFile,
    limit: u64,
    at: u64,
    base: u64,
    window: Vec<u8>,
    run: Run,
}

/// Frames in a row since the last commit or damage.
#[derive(Default)]
struct Run {
    frames: u32,
    crc: u32,
}

impl<'f> Scanner<'f> {
    /// Reads from `offset` (a place in the header means the first frame) up to `limit`.
    pub(crate) fn new(file: &'f dyn DiskFile, offset: u64, limit: u64) -> Self {
        let at = offset.max(HEADER);
        Self { file, limit, at, base: at, window: Vec::new(), run: Run::default() }
    }

    /// Offset after the last item.
    pub(crate) fn at(&self) -> u64 {
        self.at.min(self.limit)
    }

    /// The next item; `None` at the limit.
    pub(crate) fn next_item(&mut self) -> io::Result<Option<Item<'_>>> {
        if self.at >= self.limit {
            return Ok(None);
        }
        let from = self.at;
        let Some(size) = self.frame_size()? else {
            self.resync()?;
            self.run = Run::default();
            return Ok(Some(Item::Damage { from }));
        };
        self.at += size as u64;
        let start = (from - self.base) as usize;
        let bytes = &self.window[start..start + size];
        let Some(frame) = Frame::view(bytes) else { return Ok(Some(Item::Damage { from })) };
        if frame.head.kind == Some(Kind::Commit) {
            let run = std::mem::take(&mut self.run);
            let commit = Commit::read(frame.body);
            let whole = commit.is_some_and(|c| (c.frames, c.crc) == (run.frames, run.crc));
            return Ok(Some(Item::Commit { rows: commit.map_or(0, |c| c.rows), whole }));
        }
        self.run.frames += 1;
        self.run.crc = crc32c::crc32c_append(self.run.crc, bytes);
        Ok(Some(Item::Frame(from, frame)))
    }

    /// Size of the whole, undamaged frame at `at`, which is then in the window.
    fn frame_size(&mut self) -> io::Result<Option<usize>> {
        if !self.fill(PREFIX)? {
            return Ok(None);
        }
        let Some(counted) = frame::counted(self.rest()) else { return Ok(None) };
        let size = PREFIX + counted + SUFFIX;
        if !self.fill(size)? {
            return Ok(None);
        }
        Ok(Frame::read(&self.rest()[..size]).map(|_| size))
    }

    /// Moves to the next undamaged frame, or to the limit.
    fn resync(&mut self) -> io::Result<()> {
        loop {
            self.at += 1;
            if !self.fill(SYNC.len())? {
                self.at = self.limit;
                return Ok(());
            }
            let rest = self.rest();
            match rest.windows(SYNC.len()).position(|bytes| bytes == SYNC) {
                None => self.at += (rest.len() - SYNC.len()) as u64,
                Some(skip) => {
                    self.at += skip as u64;
                    if self.frame_size()?.is_some() {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.window.get((self.at - self.base) as usize..).unwrap_or_default()
    }

    /// Has at least `need` bytes from `at` on in the window; false when the limit comes first.
    fn fill(&mut self, need: usize) -> io::Result<bool> {
        if self.at + need as u64 > self.limit {
            return Ok(false);
        }
        if self.rest().len() >= need {
            return Ok(true);
        }
        let passed = self.window.len().min((self.at - self.base) as usize);
        self.window.drain(..passed);
        self.base = self.at;
        let left = usize::try_from(self.limit - self.base).unwrap_or(usize::MAX);
        let mut filled = self.window.len();
        self.window.resize(need.max(READ_AHEAD).min(left), 0);
        while filled < need {
            match self.file.read_at(&mut self.window[filled..], self.base + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) => {
                    self.window.truncate(filled);
                    return Err(error);
                }
            }
        }
        self.window.truncate(filled);
        Ok(filled >= need)
    }
}
