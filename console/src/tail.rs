//! `greffier tail`: what happened a moment ago, then what comes, masked like a search's answer.
//!
//! Invariant: a query that names a person is in the access log once, before anything is looked up; their keys
//! are looked up again at every step, for a person gets a new key every day. Nothing is shown twice, and a
//! step that fails loses nothing.

use crate::Search;
use crate::access::{AccessLog as _, Recorded};
use crate::keys::KeysError;
use crate::reader::{Reader, ReaderError};
use crate::search::{self, Row};
use greffier_sinks::{Follow, Query};
use greffier_spool::RecordId;
use std::collections::BTreeSet;
use std::time::Duration;

/// How far back the first rows may lie, unless the query says `since:`.
const MOMENT_MS: i64 = 10 * 60_000;
/// First rows, as in tail(1).
const FIRST: usize = 10;
/// Rows of one step; the others come with the next.
const STEP: usize = 1_000;

/// A query that goes on.
pub struct Tail {
    reader: Reader,
    search: Search,
    logged: Option<Recorded>,
    follow: Box<dyn Follow>,
    /// What the first rows were.
    shown: BTreeSet<RecordId>,
}

impl Tail {
    /// Logs what must be logged; then the first rows, oldest first.
    pub(crate) fn start(
        mut reader: Reader,
        search: Search,
        now_ms: i64,
    ) -> Result<(Self, Vec<Row>), ReaderError> {
        if search.query.until.is_some() {
            return Err(ReaderError::Until);
        }
        let logged = match (&reader.keys, search.names_person()) {
            (_, false) => None,
            (Err(reason), true) => return Err(ReaderError::NoKeys(reason.clone())),
            (Ok(_), true) => {
                let logged = search::log(&mut reader, "tail", &search, now_ms)?;
                if let Err(error) = reader.log.settle() {
                    reader.notes.push(error.later());
                }
                Some(logged)
            }
        };
        // Before the first rows are looked for, so that nothing falls between.
        let follow = reader.events.follow(now_ms)?;
        let mut tail = Self { reader, search, logged, follow, shown: BTreeSet::new() };
        let since = tail.search.query.since.unwrap_or(now_ms - MOMENT_MS);
        let query = Query { since: Some(since), ..tail.query()? };
        let mut found = tail.reader.events.search(&query, FIRST)?;
        found.rows.reverse();
        tail.shown = found.rows.iter().map(|row| row.id).collect();
        let rows = found.rows.into_iter().map(|stored| search::row(&tail.reader, stored, now_ms));
        let rows = rows.collect();
        Ok((tail, rows))
    }

    /// What came since the last step and was not shown, oldest first.
    ///
    /// # Errors
    /// When it cannot be read at this moment: the next step gives it.
    pub fn next(&mut self, now_ms: i64) -> Result<Vec<Row>, ReaderError> {
        let query = self.query()?;
        let mut came = self.follow.next(&query, STEP, now_ms)?;
        came.retain(|stored| !self.shown.contains(&stored.id));
        Ok(came.into_iter().map(|stored| search::row(&self.reader, stored, now_ms)).collect())
    }

    /// How long to wait before the next step.
    #[must_use]
    pub fn pace(&self) -> Duration {
        self.follow.pace()
    }

    /// What the reader should know, once.
    pub fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.reader.notes)
    }

    /// The query, with the keys that the persons have by now.
    fn query(&mut self) -> Result<Query, KeysError> {
        let mut query = self.search.query.clone();
        if let (Some(logged), Ok(keys)) = (&self.logged, &mut self.reader.keys) {
            if let Some(store) = &self.reader.store {
                keys.absorb(store)?;
            }
            query.groups.extend(search::persons(keys, &self.search, logged)?);
        }
        Ok(query)
    }
}
