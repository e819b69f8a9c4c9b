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

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_sinks::Archive;
    use greffier_spool::testing::spooled;

    const NOW: i64 = 20_778 * 86_400_000;

    fn archive(dir: &std::path::Path, marks: u8) -> ArchiveReader {
        let event = |(stream, n): (Stream, i64)| {
            let mut id = [marks; 16];
            id[..6].copy_from_slice(&(NOW + n).to_be_bytes()[2..]);
            spooled(RecordId::from_bytes(id), stream, NOW + n, "-", r#"{"req":"r1"}"#)
        };
        let events = [(Stream::Requests, 1), (Stream::Access, 2)].map(event);
        Archive::open(dir).unwrap().write(&events).unwrap();
        ArchiveReader::open(dir)
    }

    #[test]
    fn the_access_log_is_read_here_and_all_else_elsewhere() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (local, elsewhere) = (archive(here.path(), 1), archive(there.path(), 2));
        let both = WithAccessLog::new(Box::new(elsewhere), local);
        let found = both.search(&Query::new(Stream::ALL.to_vec()), 9).unwrap();
        let marks: Vec<_> = found.rows.iter().map(|r| (r.stream, r.id.as_bytes()[15])).collect();
        assert_eq!(marks, [(Stream::Access, 1), (Stream::Requests, 2)]);
        assert_eq!((found.matched, found.complete), (2, true));
        for row in &found.rows {
            assert_eq!(both.get(row.id).unwrap().as_ref(), Some(row));
            let low = row.id.as_bytes()[11..].try_into().unwrap();
            assert!(both.get_short(low).unwrap().contains(row));
        }
        let only = both.search(&Query::new(vec![Stream::Access]), 9).unwrap();
        assert_eq!(only.matched, 1);
    }
}
