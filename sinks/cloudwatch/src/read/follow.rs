//! Follows what comes into CloudWatch.
//!
//! Invariant: every step asks again for the last half minute, because CloudWatch shows events in the order they
//! became visible, not in that of their time; ids tell what was given before. What a step could not finish, the
//! next one goes on with.

use super::sweep::{Goal, Sweep};
use super::window::HOUR;
use super::{Inner, ReadError, gather, pattern};
use greffier_sinks::{Follow, Query, RecordId, StoreError, Stored, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How much later than its time an event may become visible and still be given.
const LATE: i64 = 30_000;
/// Pages of one stream in one step.
const PAGES: u32 = 5;
/// A step is a call a stream, of which the account has as few as 5 a second.
const PACE: Duration = Duration::from_secs(3);

/// How far each stream was read.
pub(super) struct Tail {
    inner: Arc<Inner>,
    start: i64,
    streams: BTreeMap<Stream, Cursor>,
}

#[derive(Clone)]
struct Cursor {
    from: i64,
    /// What was given, with its time; what is before `from` does not come again.
    given: BTreeSet<(i64, RecordId)>,
}

impl Tail {
    pub(super) fn new(inner: Arc<Inner>, now_ms: i64) -> Self {
        Self { inner, start: now_ms, streams: BTreeMap::new() }
    }

    async fn step(
        &self,
        query: &Query,
        now_ms: i64,
    ) -> Result<(Vec<Stored>, BTreeMap<Stream, Cursor>), ReadError> {
        let patterns = pattern::of(query);
        let (mut all, mut cursors) = (Vec::new(), BTreeMap::new());
        for stream in query.streams.iter().filter(|_| !patterns.is_empty()) {
            let new = || Cursor { from: self.start, given: BTreeSet::new() };
            let mut cursor = self.streams.get(stream).cloned().unwrap_or_else(new);
            let goal = Goal { streams: &[*stream], ..self.inner.goal(query, &patterns, false) };
            let mut sweep = Sweep::new(&self.inner.calls, PAGES);
            let mut last = cursor.from;
            let take = |stream, event: aws_sdk_cloudwatchlogs::types::FilteredLogEvent| {
                let at = event.timestamp.unwrap_or(now_ms);
                last = last.max(at);
                let stored = gather::stored(stream, event).filter(|stored| query.matches(stored));
                all.extend(stored.filter(|stored| cursor.given.insert((at, stored.id))));
            };
            let window = (cursor.from, now_ms + 2 * HOUR);
            match sweep.window(&goal, window, take).await {
                Ok(true) => cursor.from = cursor.from.max(now_ms - LATE),
                Ok(false) if patterns.len() == 1 => cursor.from = last,
                // The group may come yet; of several patterns nobody knows how far each got.
                Ok(false) | Err(ReadError::NoGroups { .. }) => {}
                Err(error) => return Err(error),
            }
            cursor.given.retain(|(at, _)| *at >= cursor.from);
            cursors.insert(*stream, cursor);
        }
        all.sort_by_key(|stored| (stored.ts, stored.id));
        Ok((all, cursors))
    }
}

impl Follow for Tail {
    /// `limit` is not needed: a step reads a few pages at most.
    fn next(
        &mut self,
        query: &Query,
        _limit: usize,
        now_ms: i64,
    ) -> Result<Vec<Stored>, StoreError> {
        let (came, cursors) = self.inner.runtime.block_on(self.step(query, now_ms))?;
        self.streams.extend(cursors);
        Ok(came)
    }

    fn pace(&self) -> Duration {
        PACE
    }
}
