//! What a search found so far.
//!
//! Invariant: an event counts once, however often it was delivered; and only if the query matches it, whatever
//! CloudWatch's filter thought of it.

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use greffier_sinks::{Found, Query, RecordId, Stored, Stream};
use std::collections::HashSet;

/// Rows are cut to the limit when there are so many more of them.
const SPARE: usize = 4096;

pub(super) struct Gather<'q> {
    query: &'q Query,
    limit: usize,
    pub(super) found: Found,
    matched: HashSet<RecordId>,
}

impl<'q> Gather<'q> {
    pub(super) fn new(query: &'q Query, limit: usize) -> Self {
        Self { query, limit, found: Found::default(), matched: HashSet::new() }
    }

    pub(super) fn take(&mut self, stream: Stream, event: FilteredLogEvent) {
        self.found.scanned += 1;
        match stored(stream, event) {
            None => self.found.skipped += 1,
            Some(stored) if self.query.matches(&stored) && self.matched.insert(stored.id) => {
                self.found.rows.push(stored);
                if self.found.rows.len() >= self.limit.saturating_add(SPARE) {
                    self.found.keep_newest(self.limit);
                }
            }
            Some(_) => {}
        }
    }

    /// Whether there are as many as asked for.
    pub(super) fn is_full(&self) -> bool {
        self.matched.len() >= self.limit
    }

    pub(super) fn finish(mut self, complete: bool) -> Found {
        self.found.keep_newest(self.limit);
        self.found.matched = self.matched.len() as u64;
        self.found.complete = complete;
        self.found
    }
}

/// An event of ours; `None` for what somebody else wrote there, or what is damaged.
pub(super) fn stored(stream: Stream, event: FilteredLogEvent) -> Option<Stored> {
    Stored::parse(event.message?, stream, event.timestamp.unwrap_or_default())
}
