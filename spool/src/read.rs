//! Reads events and rows for leases.
//!
//! Invariant: reads with file handles of its own and without any lock, only below the committed lengths it
//! is given; damage is passed over and counted, never delivered. Place on the path: under `Spool::lease`.

use crate::cursors::Place;
use crate::disk::Disk;
use crate::error::{At as _, SpoolError};
use crate::frame::{Frame, Kind};
use crate::layout::{Layout, Log};
use crate::lease::SpooledEvent;
use crate::scan::{Item, Scanner};
use crate::state::{RowSegment, Segment};
use crate::writer::found;
use bytes::Bytes;
use greffier_redactor::{RecordId, Stream};
use greffier_vault::{KeyRow, Rows, SessionRow};
use std::borrow::Cow;
use std::ops::Range;

/// Rows of a lease, roughly: one transaction of the store.
const ROW_LEASE: usize = 1 << 20;

/// What was read, and where reading goes on.
#[derive(Debug)]
pub(crate) struct Batch<T> {
    pub(crate) items: T,
    pub(crate) end: Place,
    /// Bytes passed over.
    pub(crate) damaged: u64,
}

/// Events whose bytes are still ranges of one buffer.
#[derive(Default)]
pub(crate) struct Gathered {
    buffer: Vec<u8>,
    events: Vec<(SpooledEvent, Range<usize>)>,
}

impl Gathered {
    /// Adds an event; false when it would be one too many.
    pub(crate) fn add(&mut self, frame: &Frame<'_>, max_bytes: usize) -> bool {
        // No release writes a stream it does not know: passed over like a frame of unknown kind.
        let Some(stream) = Stream::from_number(frame.head.stream) else { return true };
        let start = self.buffer.len();
        if start > 0 && start + frame.body.len() > max_bytes {
            return false;
        }
        self.buffer.extend_from_slice(frame.body);
        let event = SpooledEvent {
            id: RecordId::from_bytes(frame.head.id),
            stream,
            time: frame.head.time,
            tenant: frame.tenant.to_owned(),
            bytes: Bytes::new(),
        };
        self.events.push((event, start..self.buffer.len()));
        true
    }

    pub(crate) fn finish(self) -> Vec<SpooledEvent> {
        let buffer = Bytes::from(self.buffer);
        let events = self.events.into_iter();
        events.map(|(event, range)| SpooledEvent { bytes: buffer.slice(range), ..event }).collect()
    }
}

/// Reads events (`only` those of one stream) from `from` up to `to`: at most `max_bytes` of them, but one at
/// least. Events of other streams are passed over.
pub(crate) fn events(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &[Segment],
    (from, to): (Place, Place),
    only: Option<Stream>,
    max_bytes: usize,
) -> Result<Batch<Vec<SpooledEvent>>, SpoolError> {
    let mut gathered = Gathered::default();
    let (mut end, mut damaged) = (from, 0);
    'segments: for segment in segments {
        let path = layout.segment(Log::Events, segment.number);
        let limit = if segment.number == to.segment { to.offset } else { segment.len };
        let offset = if segment.number == from.segment { from.offset } else { 0 };
        let Some(file) = found(disk.open(&path)).at("open", &path)? else {
            tracing::error!(path = %path.display(), "a segment is gone: its events are lost");
            damaged += limit.saturating_sub(offset);
            end = Place { segment: segment.number, offset: limit };
            continue;
        };
        let mut scanner = Scanner::new(file.as_ref(), offset, limit);
        loop {
            let before = scanner.at();
            match scanner.next_item().at("read", &path)? {
                None => break,
                Some(Item::Frame(_, frame)) if frame.head.kind == Some(Kind::Event) => {
                    let wanted = only.is_none_or(|only| only.number() == frame.head.stream);
                    if wanted && !gathered.add(&frame, max_bytes) {
                        end = Place { segment: segment.number, offset: before };
                        break 'segments;
                    }
                }
                Some(Item::Damage { from }) => damaged += scanner.at() - from,
                Some(_) => {}
            }
        }
        end = Place { segment: segment.number, offset: limit };
    }
    Ok(Batch { items: gathered.finish(), end, damaged })
}

/// The first event at or after `from`; `None` when its segment has been freed meanwhile.
pub(crate) fn first(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &[Segment],
    from: Place,
) -> Result<Option<RecordId>, SpoolError> {
    for segment in segments {
        let path = layout.segment(Log::Events, segment.number);
        let offset = if segment.number == from.segment { from.offset } else { 0 };
        let Some(file) = found(disk.open(&path)).at("open", &path)? else { continue };
        let mut scanner = Scanner::new(file.as_ref(), offset, segment.len);
        while let Some(item) = scanner.next_item().at("read", &path)? {
            if let Item::Frame(_, frame) = item
                && frame.head.kind == Some(Kind::Event)
            {
                return Ok(Some(RecordId::from_bytes(frame.head.id)));
            }
        }
    }
    Ok(None)
}

/// Rows as frames hold them.
pub(crate) type RawRows = Vec<(Kind, String)>;

/// Rows, and the number of the last.
pub(crate) type RowBatch = Batch<(RawRows, u64)>;

/// Reads whole appends of rows from `from` on.
pub(crate) fn rows(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &[RowSegment],
    from: Place,
) -> Result<RowBatch, SpoolError> {
    let (mut rows, mut through, mut bytes) = (Vec::new(), 0, 0);
    let (mut end, mut damaged) = (from, 0);
    'segments: for segment in segments {
        let number = segment.at.number;
        let path = layout.segment(Log::Rows, number);
        let offset = if number == from.segment { from.offset } else { 0 };
        if let Some(file) = found(disk.open(&path)).at("open", &path)? {
            let mut scanner = Scanner::new(file.as_ref(), offset, segment.at.len);
            while let Some(item) = scanner.next_item().at("read", &path)? {
                match item {
                    Item::Commit { rows, .. } => {
                        through = through.max(rows);
                        end = Place { segment: number, offset: scanner.at() };
                        if bytes >= ROW_LEASE {
                            break 'segments;
                        }
                    }
                    Item::Frame(_, frame) => {
                        bytes += frame.body.len();
                        let text = text(frame.body).into_owned();
                        rows.extend(frame.head.kind.map(|kind| (kind, text)));
                    }
                    Item::Damage { from } => damaged += scanner.at() - from,
                }
            }
        }
        through = through.max(segment.high);
        end = Place { segment: number, offset: segment.at.len };
    }
    Ok(Batch { items: (rows, through), end, damaged })
}

/// UTF-8 as it is; damage shows. Looked at as a whole first, which is many times faster.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The rows as the store takes them; what cannot be read as a row is passed over and counted.
pub(crate) fn parse(raw: &[(Kind, String)]) -> (Rows, u64) {
    let (mut rows, mut damaged) = (Rows::default(), 0);
    for (kind, text) in raw {
        let read = match kind {
            Kind::SessionRow => {
                SessionRow::from_json(text).map(|row| rows.sessions.push(row)).is_ok()
            }
            Kind::KeyRow => KeyRow::from_json(text).map(|row| rows.keys.push(row)).is_ok(),
            _ => true,
        };
        damaged += if read { 0 } else { text.len() as u64 };
    }
    (rows, damaged)
}
