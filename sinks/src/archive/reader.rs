//! Reads the archive: search, one record, one request.
//!
//! Invariant: an answer that leaves something out says so ([`Found::complete`], [`Found::unread`]). Other
//! processes may write, add and remove files meanwhile.

use super::scan::Scan;
use super::{ArchiveError, Days, Query, files};
use crate::Event;
use greffier_spool::{RecordId, Stream};
use rusqlite::types::Value;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::PathBuf;

const MS_PER_DAY: i64 = 86_400_000;

/// The archive, for reading.
#[derive(Debug, Clone)]
pub struct ArchiveReader {
    dir: PathBuf,
}

/// An event of the archive.
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
    /// True when everything in range was looked at, so that `matched` is exact.
    pub complete: bool,
    /// Files that could not be read, and why.
    pub unread: Vec<ArchiveError>,
}

impl ArchiveReader {
    /// The archive in `dir`. A folder that does not exist (yet) is an empty archive.
    #[must_use]
    pub fn open(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The newest `limit` events that match, and how many there are.
    ///
    /// # Errors
    /// When a folder cannot be listed. A damaged file is not an error: the others are searched, and it is
    /// named in the answer.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Found, ArchiveError> {
        let mut found = Found { complete: true, ..Found::default() };
        // An event is sealed when or after it happened (up to a day of a wrong clock): `since` bounds the
        // files, `until` does not, for a line may have waited long for its sealing.
        let first = query.since.map_or(0, |since| day_of(since).saturating_sub(1));
        for (day, stream) in self.files(&query.streams, first..=u16::MAX)? {
            let searched = match Scan::open(&self.dir, stream, day) {
                Ok(None) => Ok(()),
                Ok(Some(scan)) => scan.search(query, limit, &mut found),
                Err(error) => Err(error),
            };
            if let Err(error) = searched {
                found.complete = false;
                found.unread.push(error);
            }
            found.rows.sort_by_key(|row| Reverse((row.ts, row.id)));
            found.rows.truncate(limit);
        }
        Ok(found)
    }

    /// The event of that id.
    ///
    /// # Errors
    /// When a file cannot be read and the event is in none of the others.
    pub fn get(&self, id: RecordId) -> Result<Option<Stored>, ArchiveError> {
        let value = || Value::Blob(id.as_bytes().to_vec());
        Ok(self.collect(&Stream::ALL, id.day()..=id.day(), "id = ?", value)?.pop())
    }

    /// Events whose id ends with these 5 bytes (the short form people read aloud): nearly always one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_short(&self, low: [u8; 5]) -> Result<Vec<Stored>, ArchiveError> {
        let value = || Value::Blob(low.to_vec());
        self.collect(&Stream::ALL, 0..=u16::MAX, "substr(id, 12) = ?", value)
    }

    /// The events of one request in all streams but `access`, in the order of their ids: sealed on `days`,
    /// or ever.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn by_request(&self, req: &str, days: Option<Days>) -> Result<Vec<Stored>, ArchiveError> {
        let streams = [Stream::Requests, Stream::Audit, Stream::Errors, Stream::Events];
        let value = || Value::Text(req.to_owned());
        self.collect(&streams, days.unwrap_or(0..=u16::MAX), "req = ?", value)
    }

    /// Those of these requests of which the `errors` stream kept the context, among what was sealed on `days`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn with_context(
        &self,
        reqs: &BTreeSet<&str>,
        days: Days,
    ) -> Result<BTreeSet<String>, ArchiveError> {
        let array = serde_json::Value::from_iter(reqs.iter().copied()).to_string();
        let mut with = BTreeSet::new();
        for (day, stream) in self.files(&[Stream::Errors], days)? {
            if let Some(scan) = Scan::open(&self.dir, stream, day)? {
                with.extend(scan.requests(&array)?);
            }
        }
        Ok(with)
    }

    /// Everything in these files for which `clause` holds, in the order of ids. A file that cannot be read is
    /// an error only if nothing was found.
    fn collect(
        &self,
        streams: &[Stream],
        days: Days,
        clause: &str,
        value: impl Fn() -> Value,
    ) -> Result<Vec<Stored>, ArchiveError> {
        let (mut all, mut failed) = (Vec::new(), None);
        for (day, stream) in self.files(streams, days)? {
            match Scan::open(&self.dir, stream, day) {
                Ok(None) => {}
                Ok(Some(scan)) => match scan.all(clause, value()) {
                    Ok(mut rows) => all.append(&mut rows),
                    Err(error) => failed = Some(error),
                },
                Err(error) => failed = Some(error),
            }
        }
        all.sort_by_key(|stored| stored.id);
        match failed {
            Some(error) if all.is_empty() => Err(error),
            _ => Ok(all),
        }
    }

    /// The files of these streams and days, newest day first.
    fn files(&self, streams: &[Stream], days: Days) -> Result<Vec<(u16, Stream)>, ArchiveError> {
        let mut list = Vec::new();
        for stream in streams {
            let there = files::days_of(&self.dir, *stream)?;
            list.extend(there.into_iter().filter(|d| days.contains(d)).map(|d| (d, *stream)));
        }
        list.sort_unstable_by_key(|(day, _)| Reverse(*day));
        Ok(list)
    }
}

fn day_of(ms: i64) -> u16 {
    u16::try_from(ms.div_euclid(MS_PER_DAY).max(0)).unwrap_or(u16::MAX)
}
