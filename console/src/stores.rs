//! Events from elsewhere (CloudWatch), and greffier's own access log from this machine, as one store.
//!
//! Invariant: the access log is written by the reading side, into its archive; it is looked for there and
//! nowhere else. Every other stream is looked for elsewhere and not in the archive: an answer has one origin.

use greffier_sinks::{ArchiveReader, EventStore, Follow, Found, Query, StoreError, Stored};
use greffier_spool::{RecordId, Stream};
use std::collections::BTreeSet;
use std::time::Duration;

/// Both.
pub(crate) struct WithAccessLog {
    events: Box<dyn EventStore>,
    access: ArchiveReader,
}

impl WithAccessLog {
    pub(crate) fn new(events: Box<dyn EventStore>, access: ArchiveReader) -> Self {
        Self { events, access }
    }
}

/// The query for the access log, and the one for elsewhere; `None` where nothing is asked.
fn split(query: &Query) -> (Option<Query>, Option<Query>) {
    let part = |chosen: fn(&Stream) -> bool| {
        let streams: Vec<_> = query.streams.iter().copied().filter(chosen).collect();
        (!streams.is_empty()).then(|| Query { streams, ..query.clone() })
    };
    (part(is_access), part(|stream| !is_access(stream)))
}

fn is_access(stream: &Stream) -> bool {
    *stream == Stream::Access
}

fn only_access(rows: Vec<Stored>) -> impl Iterator<Item = Stored> {
    rows.into_iter().filter(|stored| is_access(&stored.stream))
}

impl EventStore for WithAccessLog {
    fn search(&self, query: &Query, limit: usize) -> Result<Found, StoreError> {
        let (access, events) = split(query);
        let mut found = match events {
            Some(query) => self.events.search(&query, limit)?,
            None => Found { complete: true, ..Found::default() },
        };
        if let Some(query) = access {
            let more = self.access.search(&query, limit)?;
            found.rows.extend(more.rows);
            found.matched += more.matched;
            found.scanned += more.scanned;
            found.complete &= more.complete;
            found.unread.extend(more.unread);
            found.keep_newest(limit);
        }
        Ok(found)
    }

    /// The access log first: it is at hand.
    fn get(&self, id: RecordId) -> Result<Option<Stored>, StoreError> {
        match self.access.get(id)?.filter(|stored| is_access(&stored.stream)) {
            Some(stored) => Ok(Some(stored)),
            None => self.events.get(id),
        }
    }

    fn get_short(&self, low: [u8; 5]) -> Result<Vec<Stored>, StoreError> {
        let mut rows: Vec<_> = only_access(self.access.get_short(low)?).collect();
        if rows.is_empty() {
            rows = self.events.get_short(low)?;
        }
        Ok(rows)
    }

    fn by_request(&self, req: &str, near: Option<&Stored>) -> Result<Vec<Stored>, StoreError> {
        self.events.by_request(req, near)
    }

    fn with_context(&self, rows: &[Stored]) -> Result<BTreeSet<String>, StoreError> {
        self.events.with_context(rows)
    }

    fn follow(&self, now_ms: i64) -> Result<Box<dyn Follow>, StoreError> {
        let (events, access) = (self.events.follow(now_ms)?, self.access.follow(now_ms)?);
        Ok(Box::new(Both { events, access, waiting: Vec::new() }))
    }
}

struct Both {
    events: Box<dyn Follow>,
    access: Box<dyn Follow>,
    /// Of the access log, when the other could not be read then.
    waiting: Vec<Stored>,
}

impl Follow for Both {
    fn next(
        &mut self,
        query: &Query,
        limit: usize,
        now_ms: i64,
    ) -> Result<Vec<Stored>, StoreError> {
        let (access, events) = split(query);
        if let Some(query) = access {
            self.waiting.extend(self.access.next(&query, limit, now_ms)?);
        }
        let came = match events {
            Some(query) => self.events.next(&query, limit, now_ms)?,
            None => Vec::new(),
        };
        let mut rows = std::mem::take(&mut self.waiting);
        rows.extend(came);
        rows.sort_by_key(|row| (row.ts, row.id));
        Ok(rows)
    }

    fn pace(&self) -> Duration {
        self.events.pace()
    }
}
