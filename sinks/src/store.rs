//! Where sealed events are read back from: what every store of them can be asked.
//!
//! Invariant: the answer is the same whichever store gives it, for it is defined by [`Query::matches`], not by
//! what a store can index; and an answer that leaves something out says so ([`Found::complete`]). Place on the
//! path: after it, below the console; reading commands are blocking, so is this.

use crate::{Event, Query};
use greffier_spool::{RecordId, Stream};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

/// A store could not be read. The message says what to do, and nothing of an event or a query.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError(Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// What a store says went wrong.
    pub fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

/// Sealed events, for reading.
pub trait EventStore: Send {
    /// The newest `limit` events that match, and how many there are.
    ///
    /// # Errors
    /// When nothing of it can be read. What failed later, or in part, is named in the answer.
    fn search(&self, query: &Query, limit: usize) -> Result<Found, StoreError>;

    /// The event of that id.
    ///
    /// # Errors
    /// When it was not found and not everything could be looked at.
    fn get(&self, id: RecordId) -> Result<Option<Stored>, StoreError>;

    /// Events whose id ends with these 5 bytes (the short form people read aloud): nearly always one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn get_short(&self, low: [u8; 5]) -> Result<Vec<Stored>, StoreError>;

    /// The events of one request in all streams but `access`, in the order of their ids: those within a day
    /// of `near`, or whenever they were.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn by_request(&self, req: &str, near: Option<&Stored>) -> Result<Vec<Stored>, StoreError>;

    /// Of the requests of these events, those of which the `errors` stream kept the context.
    ///
    /// # Errors
    /// When not everything could be looked at.
    fn with_context(&self, rows: &[Stored]) -> Result<BTreeSet<String>, StoreError>;

    /// Follows what comes in from now on.
    ///
    /// # Errors
    /// When it cannot be read.
    fn follow(&self, now_ms: i64) -> Result<Box<dyn Follow>, StoreError>;
}

/// A store that is being followed.
pub trait Follow: Send {
    /// About `limit` of the events that came since the last call and match, oldest first, each once; what is
    /// left comes with the next call. A failure loses none: the next call gives them.
    ///
    /// # Errors
    /// When the store cannot be read at this moment.
    fn next(&mut self, query: &Query, limit: usize, now_ms: i64)
    -> Result<Vec<Stored>, StoreError>;

    /// How long to wait between two calls.
    fn pace(&self) -> Duration;
}

/// An event of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: RecordId,
    /// Its stream.
    pub stream: Stream,
    /// When it happened (`ts`), ms since 1970.
    pub ts: i64,
    /// Tenant, `-` when there is none.
    pub tenant: String,
    /// The event's exact bytes.
    pub json: String,
}

impl Stored {
    /// What a store without columns of its own knows of an event of `stream`; `None` for what is none of ours
    /// or is damaged. `kept_at` stands in for a time that the event does not say.
    #[must_use]
    pub fn parse(json: String, stream: Stream, kept_at: i64) -> Option<Self> {
        let event = Event::parse(&json)?;
        let ours = event.v > 0 && event.s.as_deref() == Some(stream.name());
        let id = RecordId::parse(event.id.as_deref().filter(|_| ours)?)?;
        let ts = event.ts_ms().unwrap_or(kept_at);
        let tenant = event.tenant.as_deref().unwrap_or("-").to_owned();
        Some(Self { id, stream, ts, tenant, json })
    }

    /// Its fields; an event that cannot be read has none.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        Event::parse(&self.json).unwrap_or_default()
    }
}

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// The newest of them, newest first by `ts`, at most as many as asked for.
    pub rows: Vec<Stored>,
    /// How many match in all: more than `rows` when the limit cut.
    pub matched: u64,
    /// How many were looked at.
    pub scanned: u64,
    /// How many of those are no events of ours, or are damaged.
    pub skipped: u64,
    /// True when everything in range was looked at, so that `matched` is exact.
    pub complete: bool,
    /// What could not be read, and why.
    pub unread: Vec<StoreError>,
}

impl Found {
    /// Keeps the newest `limit` rows, newest first.
    pub fn keep_newest(&mut self, limit: usize) {
        self.rows.sort_by_key(|row| Reverse((row.ts, row.id)));
        self.rows.truncate(limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AZqmABEiMwQAgAABAgMEBQ";

    #[test]
    fn an_event_says_itself_what_a_store_needs_to_know() {
        let json = format!(
            r#"{{"v":1,"s":"audit","id":"{ID}","ts":"2026-11-21T20:32:46.197Z","tenant":"acme"}}"#
        );
        let stored = Stored::parse(json.clone(), Stream::Audit, 7).unwrap();
        assert_eq!((stored.ts, &*stored.tenant), (1_795_293_166_197, "acme"));
        assert_eq!((stored.id.to_string(), &stored.json), (ID.to_owned(), &json));
        let bare = Stored::parse(format!(r#"{{"v":1,"s":"audit","id":"{ID}"}}"#), Stream::Audit, 7);
        let bare = bare.unwrap();
        assert_eq!((bare.ts, &*bare.tenant), (7, "-"));
    }

    #[test]
    fn what_is_not_ours_or_is_damaged_is_no_event() {
        for other in [
            "START RequestId: 6de1",
            "{}",
            r#"{"v":1,"s":"audit","id":"short"}"#,
            &format!(r#"{{"s":"audit","id":"{ID}"}}"#),
            &format!(r#"{{"v":1,"s":"requests","id":"{ID}"}}"#),
            &format!(r#"{{"v":1,"s":"audit","id":"{ID}","#),
        ] {
            assert_eq!(Stored::parse(other.to_owned(), Stream::Audit, 7), None, "{other}");
        }
    }
}
