//! Opening a spool, whatever state a crash or the disk left it in.
//!
//! Invariant: after this, what is visible is durable (the last append of both logs is written and synced
//! again: a killed process may have left it in the page cache only), the logs end at a whole commit,
//! and every acknowledged append is still there. Damage never refuses a start; only a lock, a newer format,
//! a sink that was removed, or a disk that does not answer do. Place on the path: once, before the first
//! append.

use crate::budget::Limits;
use crate::cursors::{Cursor, Cursors, Loaded, Place};
use crate::disk::{Disk, DiskFile, read_range};
use crate::error::{At as _, SpoolError};
use crate::frame::{self, HEADER, Header, Kind, VERSION};
use crate::layout::{Layout, Log};
use crate::ledger::PerStream;
use crate::scan::{Item, Scanner};
use crate::state::{Frontier, RowSegment, RowSink, Segment, Sink, State};
use crate::writer::{Positions, Tail, Writer};
use greffier_redactor::{RecordId, Stream};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What opening a spool found.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The last id ever written: ids go on after it.
    pub last: Option<RecordId>,
    /// The latest position of each source file, oldest first; exactly those of the events that are here.
    pub positions: Vec<Vec<u8>>,
    /// Bytes of unfinished appends that were cut off; nobody was told they were durable.
    pub cut: u64,
    /// Damage that was passed over.
    pub skipped: Vec<Skipped>,
    /// True when there were segments but no readable cursors: every sink starts again at the oldest event.
    pub cursors_lost: bool,
}

/// A stretch of a segment that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The segment.
    pub path: PathBuf,
    /// Offset of its first byte.
    pub from: u64,
    /// Offset after its last byte.
    pub to: u64,
}

/// A spool that is ready for the first append.
pub(crate) struct Opened {
    pub(crate) state: State,
    pub(crate) writer: Writer,
    pub(crate) report: Recovered,
    /// True when the cursors file does not name all sinks yet.
    pub(crate) new_sinks: bool,
}

/// Creates the folders, durably.
pub(crate) fn prepare(disk: &dyn Disk, layout: &Layout) -> Result<(), SpoolError> {
    for dir in [layout.log(Log::Events), layout.log(Log::Rows), layout.quarantines()] {
        disk.make_dir(&dir).at("create", &dir)?;
    }
    disk.sync_dir(layout.root()).at("sync", layout.root())?;
    if let Some(parent) = layout.root().parent().filter(|parent| !parent.as_os_str().is_empty())
        && let Err(error) = disk.sync_dir(parent)
    {
        tracing::debug!(%error, "the folder above the spool cannot be synced");
    }
    Ok(())
}

/// Reads everything that is there and makes it consistent.
pub(crate) fn recover(
    disk: &Arc<dyn Disk>,
    layout: &Layout,
    limits: Limits,
    sinks: &[&str],
) -> Result<Opened, SpoolError> {
    for log in [Log::Rows, Log::Events] {
        refuse_newer(disk.as_ref(), layout, log)?;
    }
    let loaded = Cursors::load(disk.as_ref(), layout)?;
    let lost = !matches!(loaded, Loaded::Whole(_));
    let cursors = if let Loaded::Whole(cursors) = loaded { cursors } else { Cursors::default() };
    if let Some(cursor) = cursors.sinks.iter().find(|c| !sinks.contains(&c.sink.as_str())) {
        let name = cursor.sink.split(':').next().unwrap_or_default().to_owned();
        return Err(SpoolError::RemovedSink { name });
    }
    let mut report = Recovered::default();
    let rows = settle(disk.as_ref(), layout, Log::Rows, limits.rows, 0, &mut report)?;
    let after = cursors.sinks.iter().map(|c| c.place.segment).max().unwrap_or(0);
    let events = settle(disk.as_ref(), layout, Log::Events, limits.events, after, &mut report)?;
    report.cursors_lost = lost && !(rows.segments.is_empty() && events.segments.is_empty());

    let found_rows = read_rows(disk.as_ref(), layout, &rows.segments, &cursors, &mut report)?;
    let mut state = State {
        limits,
        segments: events.segments.iter().copied().collect(),
        row_segments: found_rows.segments.into(),
        frontier: Frontier::default(),
        last_row: found_rows.last.max(cursors.last_row),
        rows: RowSink::default(),
        sinks: place_sinks(sinks, &cursors, &events.segments),
        appended: PerStream::default(),
        rejected: 0,
        rejected_lost: 0,
        skipped_bytes: 0,
    };
    report.last = cursors.sinks.iter().filter_map(|cursor| cursor.last).max();
    let found = read_events(disk.as_ref(), layout, &mut state, &mut report)?;
    state.last_row = state.last_row.max(found.last_row);
    // Row segments go away only after the store has them: rows that are nowhere are acknowledged.
    let (place, acked) = found_rows.pending.unwrap_or((Place::default(), state.last_row));
    state.pass_rows(acked, place);
    for (end, need) in found.appends {
        state.frontier.push(end, need.unwrap_or(state.last_row), acked);
    }

    let mut writer = Writer::new(disk.clone(), layout.clone(), rows.tail, events.tail);
    (writer.last_row, writer.last_id) = (state.last_row, report.last);
    report.positions = found.positions.iter().cloned().collect();
    writer.positions = found.positions;
    let new_sinks = cursors.sinks.len() < sinks.len();
    Ok(Opened { state, writer, report, new_sinks })
}

/// Nothing may be changed before every file is known to be of a format this program knows.
fn refuse_newer(disk: &dyn Disk, layout: &Layout, log: Log) -> Result<(), SpoolError> {
    for number in layout.segments(disk, log)? {
        let path = layout.segment(log, number);
        let file = disk.open(&path).at("open", &path)?;
        if let Header::Newer(version) = read_header(file.as_ref(), &path)? {
            return Err(SpoolError::Newer { path, version, known: VERSION });
        }
    }
    Ok(())
}

/// The header of a segment.
pub(crate) fn read_header(file: &dyn DiskFile, path: &Path) -> Result<Header, SpoolError> {
    // A newer header may be longer; its checksum must be in reach to tell it from damage.
    let bytes = read_range(file, 0..256).at("read", path)?;
    Ok(Header::read(&bytes))
}

/// A log that ends at a whole commit, durably.
struct Settled {
    segments: Vec<Segment>,
    tail: Tail,
}

/// Cuts the torn tail. Only the last segment can have one: the next is begun after the last append of a
/// segment was synced or undone.
fn settle(
    disk: &dyn Disk,
    layout: &Layout,
    log: Log,
    limit: u64,
    after: u64,
    report: &mut Recovered,
) -> Result<Settled, SpoolError> {
    let mut segments = Vec::new();
    for number in layout.segments(disk, log)? {
        let path = layout.segment(log, number);
        let len = disk.open(&path).at("open", &path)?.size().at("read", &path)?;
        segments.push(Segment { number, len });
    }
    let next = segments.last().map_or(1, |last| last.number + 1).max(after + 1);
    let mut open = None;
    if let Some(last) = segments.last_mut() {
        let path = layout.segment(log, last.number);
        let mut file = disk.open(&path).at("open", &path)?;
        let whole = last_append(file.as_ref(), last.len).at("read", &path)?;
        report.cut += last.len - whole.as_ref().map_or(0, |append| append.end);
        if let Some(append) = whole {
            last.len = append.end;
            rewrite(file.as_mut(), append).at("write", &path)?;
            open = Some((*last, file));
        } else {
            disk.remove(&path).at("remove", &path)?;
            segments.pop();
        }
    }
    disk.sync_dir(&layout.log(log)).at("sync", &layout.log(log))?;
    Ok(Settled { segments, tail: Tail::new(log, limit, next, open) })
}

/// Where the last append is that is whole; with the header if it is the first.
fn last_append(file: &dyn DiskFile, size: u64) -> io::Result<Option<Range<u64>>> {
    let mut scanner = Scanner::new(file, 0, size);
    let (mut start, mut last) = (0, None);
    while let Some(item) = scanner.next_item()? {
        let Item::Commit { whole, .. } = item else { continue };
        let end = scanner.at();
        if whole {
            last = Some(start..end);
        }
        start = end;
    }
    Ok(last)
}

/// Cuts what follows the last append, and makes that append durable. A sync alone would not: if the one
/// before the crash failed, its bytes may be in the page cache, clean, and never reach the disk.
fn rewrite(file: &mut dyn DiskFile, append: Range<u64>) -> io::Result<()> {
    if file.size()? > append.end {
        file.truncate(append.end)?;
    }
    let bytes = read_range(file, append.clone())?;
    file.write_at(&bytes, append.start)?;
    file.sync()
}

fn place_sinks(names: &[&str], cursors: &Cursors, segments: &[Segment]) -> Vec<Sink> {
    let oldest = segments.first().map_or(0, |segment| segment.number);
    let tail = segments.last().map(|last| Place { segment: last.number, offset: last.len });
    let placed = |name: &&str| {
        let known = cursors.sinks.iter().find(|cursor| cursor.sink == **name).cloned();
        let new = || Cursor { sink: (*name).to_owned(), place: Place::default(), last: None };
        let mut cursor = known.unwrap_or_else(new);
        cursor.place = cursor.place.max(Place { segment: oldest, offset: 0 });
        // Beyond the end there is only what was cut off: it must not hide what comes in its place.
        if let Some(tail) = tail.filter(|tail| tail.segment == cursor.place.segment) {
            cursor.place = cursor.place.min(tail);
        }
        Sink::at(cursor)
    };
    names.iter().map(placed).collect()
}

struct FoundRows {
    segments: Vec<RowSegment>,
    last: u64,
    /// Where the first row is that the store may not have, and the last number it has for sure.
    pending: Option<(Place, u64)>,
}

impl FoundRows {
    /// Rows up to `high` start at `place`.
    fn add(&mut self, place: Place, high: u64, cursors: &Cursors) {
        if high > cursors.rows_acked && self.pending.is_none() {
            self.pending = Some((place, self.last.max(cursors.rows_acked)));
        }
        self.last = self.last.max(high);
    }
}

fn read_rows(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &[Segment],
    cursors: &Cursors,
    report: &mut Recovered,
) -> Result<FoundRows, SpoolError> {
    let mut found = FoundRows { segments: Vec::new(), last: 0, pending: None };
    for at in segments {
        let path = layout.segment(Log::Rows, at.number);
        let file = disk.open(&path).at("open", &path)?;
        let mut scanner = Scanner::new(file.as_ref(), 0, at.len);
        let (mut start, mut open) = (scanner.at(), false);
        while let Some(item) = scanner.next_item().at("read", &path)? {
            match item {
                Item::Commit { rows, .. } => {
                    open = false;
                    found.add(Place { segment: at.number, offset: start }, rows, cursors);
                    start = scanner.at();
                }
                Item::Frame(..) => open = true,
                Item::Damage { from } => {
                    let to = scanner.at();
                    report.skipped.push(Skipped { path: path.clone(), from, to });
                }
            }
        }
        if open {
            // The commit that numbers these rows is damaged: they have one number at least.
            found.add(Place { segment: at.number, offset: start }, found.last + 1, cursors);
        }
        found.segments.push(RowSegment { at: *at, high: found.last });
    }
    Ok(found)
}

struct FoundEvents {
    positions: Positions,
    last_row: u64,
    /// Ends of appends and what they need; `None` when the commit that says so is damaged.
    appends: Vec<(Place, Option<u64>)>,
}

/// Reads every event segment; counts what each sink has before it.
fn read_events(
    disk: &dyn Disk,
    layout: &Layout,
    state: &mut State,
    report: &mut Recovered,
) -> Result<FoundEvents, SpoolError> {
    let mut found =
        FoundEvents { positions: Positions::default(), last_row: 0, appends: Vec::new() };
    for segment in state.segments.clone() {
        let path = layout.segment(Log::Events, segment.number);
        let file = disk.open(&path).at("open", &path)?;
        match read_header(file.as_ref(), &path)? {
            Header::Good(last) => report.last = report.last.max(last),
            _ => report.skipped.push(Skipped { path: path.clone(), from: 0, to: HEADER }),
        }
        let mut scanner = Scanner::new(file.as_ref(), 0, segment.len);
        while let Some(item) = scanner.next_item().at("read", &path)? {
            match item {
                Item::Frame(offset, frame) if frame.head.kind == Some(Kind::Event) => {
                    report.last = report.last.max(frame::id(frame.head.id));
                    let place = Place { segment: segment.number, offset };
                    // A stream of a later release is passed over by leases, so it is nobody's backlog.
                    let stream = Stream::from_number(frame.head.stream);
                    let ahead = state.sinks.iter_mut().filter(|s| s.cursor.place <= place);
                    for sink in ahead.filter(|sink| sink.takes(frame.head.stream)) {
                        stream.iter().for_each(|stream| sink.ledger.recover(*stream));
                    }
                }
                Item::Frame(_, frame) if frame.head.kind == Some(Kind::Position) => {
                    found.positions.remember(frame.body);
                }
                Item::Frame(..) => {}
                Item::Commit { rows, .. } => {
                    found.last_row = found.last_row.max(rows);
                    let end = Place { segment: segment.number, offset: scanner.at() };
                    merge(&mut found.appends, end, Some(rows));
                }
                Item::Damage { from } => {
                    let to = scanner.at();
                    report.skipped.push(Skipped { path: path.clone(), from, to });
                }
            }
        }
        merge_tail(&mut found.appends, segment);
    }
    Ok(found)
}

/// Neighbours with the same need are one entry: the list stays as short as the frontier's.
fn merge(appends: &mut Vec<(Place, Option<u64>)>, end: Place, need: Option<u64>) {
    match appends.last_mut() {
        Some((last, same)) if *same == need => *last = end,
        _ => appends.push((end, need)),
    }
}

/// Events after the last commit of a damaged segment: what they need is not known.
fn merge_tail(appends: &mut Vec<(Place, Option<u64>)>, segment: Segment) {
    let end = Place { segment: segment.number, offset: segment.len };
    if appends.last().is_none_or(|(last, _)| *last < end) {
        appends.push((end, None));
    }
}
