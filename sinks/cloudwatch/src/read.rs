//! Reading back from CloudWatch Logs what the sink shipped.
//!
//! Invariant: CloudWatch learns key ids, record and request ids and technical words, never a person or anything
//! somebody typed (`read/pattern.rs`); and what it answers is tested again here, so that the answer is the one
//! the archive would give. Reading commands are blocking: the reader brings a runtime of its own.

mod calls;
#[cfg(test)]
mod double;
mod error;
mod follow;
mod gather;
mod pattern;
mod sweep;
#[cfg(test)]
mod tests;
mod window;

pub use error::ReadError;

use crate::{Settings, connect};
use calls::Calls;
use gather::Gather;
use greffier_sinks::{
    EventStore, Follow, Found, Group, Query, RecordId, StoreError, Stored, Stream, Test, day_text,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use sweep::{Goal, Sweep};
use tokio::runtime::{Builder, Runtime};
use window::{DAY, HOUR, Window, kept_at, newest_first};

/// Pages (of at most 1 MB) that one question may cost.
const PAGES: u32 = 300;
/// Pages that are spent on counting once there are as many rows as asked for.
const PAGES_TO_COUNT: u32 = 60;
/// Pages that are spent on which rows have error context.
const PAGES_FOR_CONTEXT: u32 = 30;

/// Where the lines of a request may be.
const REQUEST: [Stream; 4] = [Stream::Requests, Stream::Audit, Stream::Errors, Stream::Events];
/// What sidecars ship; the access log stays with the reader.
const SHIPPED: [Stream; 5] =
    [Stream::Requests, Stream::Audit, Stream::Errors, Stream::Events, Stream::Sessions];

/// What the plan knows of what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The longest retention of a stream, in days: what is older is not looked for.
    pub days: u16,
    /// The tenants there are; a query for one of them looks into their log streams only.
    pub tenants: Vec<String>,
    /// Now, ms since 1970.
    pub now_ms: i64,
}

/// The log groups of one service.
pub struct CloudWatchReader {
    inner: Arc<Inner>,
}

struct Inner {
    runtime: Runtime,
    calls: Calls,
    scope: Scope,
}

impl CloudWatchReader {
    /// A reader of the groups of `settings`. Nothing is asked of AWS yet.
    ///
    /// # Errors
    /// When the runtime cannot be made.
    pub fn open(settings: Settings, scope: Scope) -> Result<Self, StoreError> {
        let runtime = runtime()?;
        let client = runtime.block_on(connect(&settings));
        Ok(Self::with(runtime, Calls::new(client, settings), scope))
    }

    fn with(runtime: Runtime, calls: Calls, scope: Scope) -> Self {
        Self { inner: Arc::new(Inner { runtime, calls, scope }) }
    }
}

fn runtime() -> Result<Runtime, StoreError> {
    let made = Builder::new_current_thread().enable_all().build();
    made.map_err(|error| ReadError::from(error).into())
}

impl From<ReadError> for StoreError {
    fn from(error: ReadError) -> Self {
        Self::new(error)
    }
}

impl EventStore for CloudWatchReader {
    fn search(&self, query: &Query, limit: usize) -> Result<Found, StoreError> {
        Ok(self.inner.runtime.block_on(self.inner.search(query, limit))?)
    }

    fn get(&self, id: RecordId) -> Result<Option<Stored>, StoreError> {
        Ok(self.inner.runtime.block_on(self.inner.get(id))?)
    }

    /// An id in the newest window in which there is one: another with the same end is most unlikely.
    fn get_short(&self, low: [u8; 5]) -> Result<Vec<Stored>, StoreError> {
        let is_it = |stored: &Stored| stored.id.as_bytes().ends_with(&low);
        let patterns = [Some(pattern::ends_with(low))];
        Ok(self.inner.runtime.block_on(self.inner.newest(&SHIPPED, &patterns, is_it))?)
    }

    fn by_request(&self, req: &str, near: Option<&Stored>) -> Result<Vec<Stored>, StoreError> {
        Ok(self.inner.runtime.block_on(self.inner.by_request(req, near))?)
    }

    fn with_context(&self, rows: &[Stored]) -> Result<BTreeSet<String>, StoreError> {
        Ok(self.inner.runtime.block_on(self.inner.with_context(rows))?)
    }

    fn follow(&self, now_ms: i64) -> Result<Box<dyn Follow>, StoreError> {
        Ok(Box::new(follow::Tail::new(Arc::clone(&self.inner), now_ms)))
    }
}

impl Inner {
    async fn search(&self, query: &Query, limit: usize) -> Result<Found, ReadError> {
        let patterns = pattern::of(query);
        let goal = self.goal(query, &patterns, true);
        let range = window::range(query.since, query.until, self.scope.days, self.scope.now_ms);
        let mut gather = Gather::new(query, limit);
        let mut sweep = Sweep::new(&self.calls, PAGES);
        let mut complete = true;
        for window in newest_first(range).filter(|_| !patterns.is_empty()) {
            let swept =
                sweep.window(&goal, window, |stream, event| gather.take(stream, event)).await;
            match swept {
                Ok(true) if gather.found.scanned < query.max_scanned => {}
                Ok(_) => {
                    complete = false;
                    break;
                }
                Err(error) if sweep.answered => {
                    gather.found.unread.push(error.into());
                    complete = false;
                    break;
                }
                Err(error) => return Err(error),
            }
            if gather.is_full() {
                sweep.pages_left = sweep.pages_left.min(PAGES_TO_COUNT);
            }
        }
        Ok(gather.finish(complete))
    }

    /// What to look for in the windows of a query.
    fn goal<'a>(
        &self,
        query: &'a Query,
        patterns: &'a [Option<String>],
        newest_first: bool,
    ) -> Goal<'a> {
        let tenant = query.groups.iter().find_map(|group| match group {
            Group { not: false, any } => match &any[..] {
                [Test::Tenant(tenant)] if self.scope.tenants.contains(tenant) => Some(&**tenant),
                _ => None,
            },
            Group { not: true, .. } => None,
        });
        Goal { streams: &query.streams, patterns, tenant, newest_first }
    }

    /// An id says when it was sealed, and an event is kept under a time not far from that.
    async fn get(&self, id: RecordId) -> Result<Option<Stored>, ReadError> {
        if !pattern::is_record_id(id, self.scope.now_ms) {
            return Ok(None); // no event has it, and it may be a name of 22 characters
        }
        let patterns = pattern::any_of(vec![id.to_string()]).into_iter().map(Some);
        let patterns: Vec<_> = patterns.collect();
        let sealed = id.millis();
        let near = (sealed - 6 * HOUR, sealed + 3 * HOUR);
        for window in [near, (sealed - 14 * DAY, near.0 - 1)] {
            let found = self.look(&SHIPPED, &patterns, window, |stored| stored.id == id).await?;
            if let Some(stored) = found.into_iter().next() {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    async fn by_request(&self, req: &str, near: Option<&Stored>) -> Result<Vec<Stored>, ReadError> {
        if !pattern::is_request_id(req) {
            return Ok(Vec::new()); // no event has it, and it may name somebody
        }
        let patterns = pattern::any_of(vec![req.to_owned()]).into_iter().map(Some);
        let patterns: Vec<_> = patterns.collect();
        let is_it = |stored: &Stored| stored.event().req.as_deref() == Some(req);
        let near = match near {
            Some(near) => near.clone(),
            None => match self.newest(&REQUEST, &patterns, is_it).await?.pop() {
                Some(newest) => newest,
                None => return Ok(Vec::new()),
            },
        };
        let at = kept_at(near.ts, near.id.millis());
        self.look(&REQUEST, &patterns, (at - DAY, at + DAY), is_it).await
    }

    /// Which requests of these rows have error context: it lies within an hour of them.
    async fn with_context(&self, rows: &[Stored]) -> Result<BTreeSet<String>, ReadError> {
        let mut asked: Vec<_> = rows
            .iter()
            .filter(|row| row.stream != Stream::Errors)
            .filter_map(|row| {
                let req = row.event().req.filter(|req| pattern::is_request_id(req))?.to_string();
                Some((kept_at(row.ts, row.id.millis()), req))
            })
            .collect();
        asked.sort();
        let mut sweep = Sweep::new(&self.calls, PAGES_FOR_CONTEXT);
        let mut with = BTreeSet::new();
        for some in asked.chunks(REQS_A_PATTERN) {
            let reqs: BTreeSet<_> = some.iter().map(|(_, req)| req.clone()).collect();
            let patterns: Vec<_> =
                pattern::any_of(reqs.iter().cloned().collect()).into_iter().map(Some).collect();
            let goal = Goal {
                streams: &[Stream::Errors],
                patterns: &patterns,
                tenant: None,
                newest_first: true,
            };
            let window = (some[0].0 - HOUR, some[some.len() - 1].0 + HOUR);
            let take = |stream, event| {
                let stored = gather::stored(stream, event);
                let req =
                    stored.as_ref().and_then(|stored| stored.event().req.map(|r| r.to_string()));
                with.extend(req.filter(|req| reqs.contains(req)));
            };
            match sweep.window(&goal, window, take).await {
                Ok(true) => {}
                Ok(false) => return Err(unfinished(window.0)),
                Err(ReadError::NoGroups { .. }) => break, // nothing failed ever
                Err(error) => return Err(error),
            }
        }
        Ok(with)
    }

    /// The events of the newest window in which there are any.
    async fn newest(
        &self,
        streams: &[Stream],
        patterns: &[Option<String>],
        is_it: impl Fn(&Stored) -> bool,
    ) -> Result<Vec<Stored>, ReadError> {
        let mut sweep = Sweep::new(&self.calls, PAGES);
        let goal = Goal { streams, patterns, tenant: None, newest_first: true };
        for window in newest_first(window::range(None, None, self.scope.days, self.scope.now_ms)) {
            let found = collect(&mut sweep, &goal, window, &is_it).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The events of one window, in the order of their ids.
    async fn look(
        &self,
        streams: &[Stream],
        patterns: &[Option<String>],
        window: Window,
        is_it: impl Fn(&Stored) -> bool,
    ) -> Result<Vec<Stored>, ReadError> {
        let Some(window) = window::askable(window) else { return Ok(Vec::new()) };
        let goal = Goal { streams, patterns, tenant: None, newest_first: true };
        collect(&mut Sweep::new(&self.calls, PAGES), &goal, window, is_it).await
    }
}

/// Request ids of 36 characters that fit into one pattern.
const REQS_A_PATTERN: usize = 25;

async fn collect(
    sweep: &mut Sweep<'_>,
    goal: &Goal<'_>,
    window: Window,
    is_it: impl Fn(&Stored) -> bool,
) -> Result<Vec<Stored>, ReadError> {
    let mut found = Vec::new();
    let take = |stream, event| found.extend(gather::stored(stream, event).filter(&is_it));
    let whole = sweep.window(goal, window, take).await?;
    found.sort_by_key(|stored| stored.id);
    found.dedup_by_key(|stored| stored.id);
    if !whole && found.is_empty() {
        return Err(unfinished(window.1));
    }
    Ok(found)
}

fn unfinished(newer_than: i64) -> ReadError {
    let day = u16::try_from(newer_than / DAY).map(day_text);
    ReadError::Unfinished(day.unwrap_or_default())
}
