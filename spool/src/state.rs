//! What the spool knows in memory: segments, the frontier, and where every sink stands.
//!
//! Invariant: everything here describes data that is already durable; the writer applies an append after
//! its last fsync, an acknowledgement only moves forward. `frontier.cleared` never passes an append whose
//! rows the key store has not acknowledged. Place on the path: between the writer and the leases.

use crate::budget::{Limits, Room, Usage};
use crate::cursors::{Cursor, Cursors, Place};
use crate::error::SpoolError;
use crate::ledger::{Done, Ledger, PerStream, SinkLedger};
use crate::writer::Written;
use greffier_redactor::{RecordId, Stream};
use std::collections::VecDeque;
use std::time::Instant;

/// A segment on disk and its committed length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    pub(crate) len: u64,
}

/// A row segment, and the number of its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowSegment {
    pub(crate) at: Segment,
    pub(crate) high: u64,
}

/// How far sinks may read: up to the first append that needs rows the key store has not acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Frontier {
    cleared: Place,
    /// Ends of later appends and the row each needs; neighbours with the same need are one entry.
    waiting: VecDeque<(Place, u64)>,
}

impl Frontier {
    /// Sinks may read to here.
    pub(crate) fn cleared(&self) -> Place {
        self.cleared
    }

    /// An append that needs rows up to `rows` ends at `end`.
    pub(crate) fn push(&mut self, end: Place, rows: u64, acked: u64) {
        match self.waiting.back_mut() {
            None if rows <= acked => self.cleared = end,
            Some((last, need)) if *need == rows => *last = end,
            _ => self.waiting.push_back((end, rows)),
        }
    }

    /// The key store has every row up to `acked`.
    pub(crate) fn advance(&mut self, acked: u64) {
        while let Some((end, _)) = self.waiting.pop_front_if(|(_, need)| *need <= acked) {
            self.cleared = end;
        }
    }
}

/// The key store (sink zero).
#[derive(Debug, Default)]
pub(crate) struct RowSink {
    pub(crate) acked: u64,
    /// Where the first row after `acked` is.
    pub(crate) place: Place,
    pub(crate) leased: bool,
    pub(crate) until: Option<Instant>,
}

/// One sink.
#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) cursor: Cursor,
    pub(crate) leased: bool,
    pub(crate) until: Option<Instant>,
    /// The one stream it is lent, if its name says so.
    pub(crate) only: Option<Stream>,
    /// What became of its events; those after the cursor are its backlog.
    pub(crate) ledger: SinkLedger,
}

impl Sink {
    /// A sink at its cursor. `NAME:STREAM` is lent the events of that stream only: the parts of one sink that
    /// must not wait for each other have a cursor each.
    pub(crate) fn at(cursor: Cursor) -> Self {
        let only = cursor.sink.split_once(':').and_then(|(_, stream)| Stream::from_name(stream));
        Self { cursor, leased: false, until: None, only, ledger: SinkLedger::of(only) }
    }

    /// Whether it is lent events of the stream of that number.
    pub(crate) fn takes(&self, stream: u8) -> bool {
        self.only.is_none_or(|only| only.number() == stream)
    }
}

/// All of it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) limits: Limits,
    /// Oldest first. The last is never freed: it holds the positions of all sources.
    pub(crate) segments: VecDeque<Segment>,
    pub(crate) row_segments: VecDeque<RowSegment>,
    pub(crate) frontier: Frontier,
    pub(crate) last_row: u64,
    pub(crate) rows: RowSink,
    pub(crate) sinks: Vec<Sink>,
    /// Events appended since the spool was opened.
    pub(crate) appended: PerStream,
    pub(crate) rejected: u64,
    pub(crate) rejected_lost: u64,
    pub(crate) skipped_bytes: u64,
}

impl State {
    /// Where the sink of that name is in `sinks`.
    pub(crate) fn index(&self, name: &str) -> Result<usize, SpoolError> {
        let found = self.sinks.iter().position(|sink| sink.cursor.sink == name);
        found.ok_or_else(|| SpoolError::NoSuchSink { name: name.to_owned() })
    }

    /// Takes the sink's lease, if there is something to read: from where, up to where.
    pub(crate) fn claim(&mut self, sink: usize, now: Instant) -> Option<(Place, Place)> {
        let (sink, to) = (&mut self.sinks[sink], self.frontier.cleared());
        let from = sink.cursor.place;
        if sink.leased || from >= to || sink.until.is_some_and(|until| now < until) {
            return None;
        }
        (sink.leased, sink.until) = (true, None);
        Some((from, to))
    }

    /// Takes the key store's lease, if there are rows it does not have: from where.
    pub(crate) fn claim_rows(&mut self, now: Instant) -> Option<Place> {
        let tail = self.row_segments.back()?.at;
        let rows = &mut self.rows;
        let all_read = rows.place >= Place { segment: tail.number, offset: tail.len };
        if rows.leased || all_read || rows.until.is_some_and(|until| now < until) {
            return None;
        }
        (rows.leased, rows.until) = (true, None);
        Some(rows.place)
    }

    /// The oldest row segment, if the key store has all of it.
    pub(crate) fn stored(&self) -> Option<u64> {
        let oldest = self.row_segments.front()?;
        (oldest.high <= self.rows.acked).then_some(oldest.at.number)
    }

    /// Makes a finished append visible.
    pub(crate) fn apply(&mut self, written: &Written) {
        if let Some(at) = written.rows {
            let segment = RowSegment { at, high: written.last_row };
            match self.row_segments.back_mut() {
                Some(last) if last.at.number == at.number => *last = segment,
                _ => self.row_segments.push_back(segment),
            }
        }
        self.last_row = written.last_row;
        if let Some(at) = written.events {
            match self.segments.back_mut() {
                Some(last) if last.number == at.number => *last = at,
                _ => self.segments.push_back(at),
            }
            let end = Place { segment: at.number, offset: at.len };
            self.frontier.push(end, written.last_row, self.rows.acked);
            written.count.iter().for_each(|(stream, count)| self.appended.add(stream, count));
            for sink in &mut self.sinks {
                sink.ledger.append(&written.count);
            }
        }
    }

    /// Moves a sink's cursor forward over what it is done with.
    pub(crate) fn pass(&mut self, sink: usize, to: Place, last: Option<RecordId>, done: &Done) {
        let tail = self.segments.back().map(|s| Place { segment: s.number, offset: s.len });
        let sink = &mut self.sinks[sink];
        sink.cursor.place = sink.cursor.place.max(to);
        sink.cursor.last = last.or(sink.cursor.last);
        // Damage found after recovery counted the events would otherwise stay in the backlog for ever.
        sink.ledger.pass(done, tail.is_none_or(|tail| to >= tail));
    }

    /// The key store has the rows up to `acked`, which end at `place`.
    pub(crate) fn pass_rows(&mut self, acked: u64, place: Place) {
        self.rows.acked = self.rows.acked.max(acked);
        self.rows.place = self.rows.place.max(place);
        self.frontier.advance(self.rows.acked);
    }

    /// Event segments every sink has passed, oldest first; never the last.
    pub(crate) fn passed(&self) -> Vec<u64> {
        let closed = self.segments.len().saturating_sub(1);
        let closed = self.segments.iter().take(closed);
        closed.take_while(|segment| self.is_passed(segment)).map(|segment| segment.number).collect()
    }

    fn is_passed(&self, segment: &Segment) -> bool {
        let end = Place { segment: segment.number, offset: segment.len };
        self.sinks.iter().all(|sink| sink.cursor.place >= end)
    }

    /// What the cursors file should say.
    pub(crate) fn cursors(&self) -> Cursors {
        Cursors {
            last_row: self.last_row,
            rows_acked: self.rows.acked,
            sinks: self.sinks.iter().map(|sink| sink.cursor.clone()).collect(),
        }
    }

    /// Bytes of all segments.
    pub(crate) fn used(&self) -> u64 {
        let events: u64 = self.segments.iter().map(|segment| segment.len).sum();
        let rows: u64 = self.row_segments.iter().map(|segment| segment.at.len).sum();
        events + rows
    }

    /// Who may still enter. A newest segment that is full and passed by all does not count: the next append
    /// begins another, and then it goes. Else one large append could fill the budget for ever.
    pub(crate) fn room(&self) -> Room {
        let full =
            |segment: &&Segment| segment.len >= self.limits.events && self.is_passed(segment);
        let spent = self.segments.back().filter(full).map_or(0, |segment| segment.len);
        self.limits.room(self.used() - spent)
    }

    /// The account at this moment.
    pub(crate) fn ledger(&self) -> Ledger {
        let sink = |sink: &Sink| (sink.cursor.sink.clone(), sink.ledger);
        Ledger { appended: self.appended, sinks: self.sinks.iter().map(sink).collect() }
    }

    /// The numbers for metrics.
    pub(crate) fn usage(&self) -> Usage {
        Usage {
            bytes: self.used(),
            max_bytes: self.limits.max,
            event_segments: self.segments.len(),
            row_segments: self.row_segments.len(),
            rows_waiting: self.last_row.saturating_sub(self.rows.acked),
            rejected: self.rejected,
            rejected_lost: self.rejected_lost,
            skipped_bytes: self.skipped_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontier_waits_for_rows_and_stays_small() {
        let end = |offset| Place { segment: 1, offset };
        let mut frontier = Frontier::default();
        frontier.push(end(10), 0, 0);
        assert_eq!(frontier.cleared(), end(10));
        for offset in 11..1_000 {
            frontier.push(end(offset), 1, 0);
        }
        assert_eq!(frontier.waiting.len(), 1);
        frontier.push(end(1_000), 2, 0);
        assert_eq!(frontier.cleared(), end(10));
        frontier.advance(1);
        assert_eq!(frontier.cleared(), end(999));
        frontier.push(end(1_001), 2, 1);
        frontier.advance(2);
        assert_eq!(frontier.cleared(), end(1_001));
    }
}
