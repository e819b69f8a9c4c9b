//! Appends: rows first, then events, each with one write and one fsync.
//!
//! Invariant: an append is either wholly durable or undone. What undoes it is noted *before* the first byte
//! is written, and no later append begins until the undoing is durable, so nothing half-written can ever
//! come to stand before something acknowledged. After a failure the segments are closed: fsync is never
//! trusted twice on one file (the kernel reports a lost page once and forgets it).
//! Place on the path: behind `Spool::append`, under its lock.

use crate::disk::{Disk, DiskFile};
use crate::error::{AppendError, At as _, SpoolError};
use crate::frame::{Encoder, Head, Header, Kind};
use crate::layout::{Layout, Log};
use crate::ledger::PerStream;
use crate::state::Segment;
use greffier_redactor::{RecordId, Stream};
use hashlink::LinkedHashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Source positions remembered; the files least recently written about are forgotten first.
pub(crate) const MAX_POSITIONS: usize = 4_096;
/// A buffer larger than this is given back after the append.
const KEEP_BUFFER: usize = 4 << 20;

/// One event of an append.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventParts<'b> {
    pub(crate) id: RecordId,
    pub(crate) stream: Stream,
    pub(crate) time: i64,
    pub(crate) tenant: &'b str,
    pub(crate) bytes: &'b [u8],
}

impl EventParts<'_> {
    /// The fixed fields of its frame.
    pub(crate) fn head(&self) -> Head {
        let (kind, stream) = (Some(Kind::Event), self.stream.number());
        Head { kind, stream, time: self.time, id: *self.id.as_bytes() }
    }
}

/// Everything of an append: rows as (kind, JSON) in the store's order, events in the order of their ids,
/// and positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'b> {
    pub(crate) rows: &'b [(Kind, String)],
    pub(crate) events: &'b [EventParts<'b>],
    pub(crate) positions: &'b [Vec<u8>],
}

/// What an append left on disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) rows: Option<Segment>,
    pub(crate) events: Option<Segment>,
    /// Events by stream.
    pub(crate) count: PerStream,
    /// Number of the last row since the spool began.
    pub(crate) last_row: u64,
}

/// The latest position of each source file, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Positions(LinkedHashMap<[u8; 16], Vec<u8>>);

impl Positions {
    /// Replaces the position of its file.
    pub(crate) fn remember(&mut self, position: &[u8]) {
        self.0.insert(Self::key(position), position.to_vec());
        if self.0.len() > MAX_POSITIONS {
            self.0.pop_front();
        }
    }

    /// All of them, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.0.values()
    }

    /// Device and inode: the first 16 bytes.
    fn key(position: &[u8]) -> [u8; 16] {
        let mut key = [0; 16];
        let len = position.len().min(16);
        key[..len].copy_from_slice(&position[..len]);
        key
    }
}

/// How to take back what may have been written.
enum Undo {
    Truncate(PathBuf, u64),
    Remove(PathBuf),
}

/// The end of a log: the segment being written, if one is open.
pub(crate) struct Tail {
    log: Log,
    limit: u64,
    next: u64,
    open: Option<(Segment, Box<dyn DiskFile>)>,
}

impl Tail {
    /// Continues the open segment, or begins number `next`.
    pub(crate) fn new(
        log: Log,
        limit: u64,
        next: u64,
        open: Option<(Segment, Box<dyn DiskFile>)>,
    ) -> Self {
        Self { log, limit, next, open }
    }

    /// Closes a segment that has reached its size.
    fn roll(&mut self) {
        self.open.take_if(|(segment, _)| segment.len >= self.limit);
    }

    /// What takes back the next write; a number is never tried twice.
    fn undo(&mut self, layout: &Layout) -> Undo {
        if let Some((segment, _)) = &self.open {
            return Undo::Truncate(layout.segment(self.log, segment.number), segment.len);
        }
        self.next += 1;
        Undo::Remove(layout.segment(self.log, self.next - 1))
    }

    /// Writes one append and makes it durable; a new segment's name too.
    fn write(
        &mut self,
        disk: &dyn Disk,
        layout: &Layout,
        bytes: &[u8],
    ) -> Result<Segment, SpoolError> {
        if let Some((segment, file)) = &mut self.open {
            let path = layout.segment(self.log, segment.number);
            file.write_at(bytes, segment.len).at("write", &path)?;
            file.sync().at("sync", &path)?;
            segment.len += bytes.len() as u64;
            return Ok(*segment);
        }
        let segment = Segment { number: self.next - 1, len: bytes.len() as u64 };
        let (path, dir) = (layout.segment(self.log, segment.number), layout.log(self.log));
        let mut file = disk.create(&path).at("create", &path)?;
        file.write_at(bytes, 0).at("write", &path)?;
        file.sync().at("sync", &path)?;
        disk.sync_dir(&dir).at("sync", &dir)?;
        self.open = Some((segment, file));
        Ok(segment)
    }
}

/// The one writer of a spool.
pub(crate) struct Writer {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) layout: Layout,
    pub(crate) rows: Tail,
    pub(crate) events: Tail,
    pub(crate) last_row: u64,
    pub(crate) last_id: Option<RecordId>,
    pub(crate) positions: Positions,
    undo: Vec<Undo>,
    row_bytes: Vec<u8>,
    event_bytes: Vec<u8>,
}

impl Writer {
    /// A writer at the end of both logs.
    pub(crate) fn new(disk: Arc<dyn Disk>, layout: Layout, rows: Tail, events: Tail) -> Self {
        Self {
            disk,
            layout,
            rows,
            events,
            last_row: 0,
            last_id: None,
            positions: Positions::default(),
            undo: Vec::new(),
            row_bytes: Vec::new(),
            event_bytes: Vec::new(),
        }
    }

    /// Appends all parts, durably, or nothing.
    pub(crate) fn append(&mut self, parts: &Parts<'_>) -> Result<Written, AppendError> {
        self.repair()?;
        let last_row = self.last_row + parts.rows.len() as u64;
        self.encode_rows(parts.rows, last_row)?;
        self.encode_events(parts, last_row)?;
        let count = PerStream::of(parts.events.iter().map(|event| event.stream));
        let written = self.write(count, last_row);
        if written.is_err()
            && let Err(error) = self.repair()
        {
            tracing::warn!(%error, "a failed append cannot be undone yet");
        }
        let written = written?;
        self.undo.clear();
        self.last_row = last_row;
        self.last_id = self.last_id.max(parts.events.iter().map(|event| event.id).max());
        parts.positions.iter().for_each(|position| self.positions.remember(position));
        self.row_bytes.shrink_to(KEEP_BUFFER);
        self.event_bytes.shrink_to(KEEP_BUFFER);
        Ok(written)
    }

    /// Forgets the open row segment, if it is that one, so that it can be removed.
    pub(crate) fn close_rows(&mut self, number: u64) {
        self.rows.open.take_if(|(segment, _)| segment.number == number);
    }

    fn encode_rows(&mut self, rows: &[(Kind, String)], last_row: u64) -> Result<(), AppendError> {
        self.row_bytes.clear();
        if rows.is_empty() {
            return Ok(());
        }
        self.rows.roll();
        if self.rows.open.is_none() {
            Header::write(&mut self.row_bytes, self.last_id);
        }
        let mut encoder = Encoder::new(&mut self.row_bytes);
        for (kind, json) in rows {
            encoder.frame(Head::plain(*kind), "", json.as_bytes())?;
        }
        encoder.commit(last_row)
    }

    fn encode_events(&mut self, parts: &Parts<'_>, last_row: u64) -> Result<(), AppendError> {
        self.event_bytes.clear();
        if parts.events.is_empty() && parts.positions.is_empty() {
            return Ok(());
        }
        self.events.roll();
        let fresh = self.events.open.is_none();
        if fresh {
            Header::write(&mut self.event_bytes, self.last_id);
        }
        let mut encoder = Encoder::new(&mut self.event_bytes);
        // The older segments may be freed any time from now on: the positions move along.
        for position in self.positions.iter().filter(|_| fresh) {
            encoder.frame(Head::plain(Kind::Position), "", position)?;
        }
        for event in parts.events {
            encoder.frame(event.head(), event.tenant, event.bytes)?;
        }
        for position in parts.positions {
            encoder.frame(Head::plain(Kind::Position), "", position)?;
        }
        encoder.commit(last_row)
    }

    /// Rows, then events. How to undo both is noted first.
    fn write(&mut self, count: PerStream, last_row: u64) -> Result<Written, SpoolError> {
        let Self { disk, layout, undo, .. } = self;
        let mut log = |tail: &mut Tail, bytes: &[u8]| {
            if bytes.is_empty() {
                return Ok(None);
            }
            undo.push(tail.undo(layout));
            tail.write(disk.as_ref(), layout, bytes).map(Some)
        };
        let rows = log(&mut self.rows, &self.row_bytes)?;
        let events = log(&mut self.events, &self.event_bytes)?;
        Ok(Written { rows, events, count, last_row })
    }

    /// Takes back what an append that failed (or panicked) may have left, last write first.
    fn repair(&mut self) -> Result<(), SpoolError> {
        if self.undo.is_empty() {
            return Ok(());
        }
        self.rows.open = None;
        self.events.open = None;
        while let Some(undo) = self.undo.last() {
            self.take_back(undo)?;
            self.undo.pop();
        }
        Ok(())
    }

    fn take_back(&self, undo: &Undo) -> Result<(), SpoolError> {
        match undo {
            Undo::Truncate(path, len) => {
                // Gone is fine: the key store has acknowledged these rows in the meantime.
                let Some(mut file) = found(self.disk.open(path)).at("open", path)? else {
                    return Ok(());
                };
                file.truncate(*len).at("truncate", path)?;
                file.sync().at("sync", path)
            }
            Undo::Remove(path) => {
                found(self.disk.remove(path)).at("remove", path)?;
                let dir = path.parent().unwrap_or(path);
                self.disk.sync_dir(dir).at("sync", dir)
            }
        }
    }
}

/// `None` for a file that is not there.
pub(crate) fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_positions_are_remembered_one_per_file() {
        let mut positions = Positions::default();
        for file in 0..5_000_u64 {
            let key = [file.to_le_bytes(), file.to_le_bytes()].concat();
            positions.remember(&[&key[..], b"old"].concat());
            positions.remember(&[&key[..], b"new"].concat());
        }
        assert_eq!(positions.iter().count(), MAX_POSITIONS);
        assert!(positions.iter().all(|position| position.ends_with(b"new")));
        assert!(positions.iter().next().unwrap().starts_with(&904_u64.to_le_bytes()));
    }
}
