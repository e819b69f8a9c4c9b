//! Reads the archive: an [`EventStore`].
//!
//! Invariant: an answer that leaves something out says so ([`Found::complete`], [`Found::unread`]). Other
//! processes may write, add and remove files meanwhile.

use super::follow::Tail;
use super::scan::Scan;
use super::{ArchiveError, Days, files};
use crate::{EventStore, Follow, Found, Query, StoreError, Stored};
use greffier_spool::{RecordId, Stream};
use rusqlite::types::Value;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::PathBuf;

const MS_PER_DAY: i64 = 86_400_000;

/// Events of one request; the first condition is for the index.
pub(super) const OF_REQUEST: &str = "substr(req, -8) = substr(?1, -8) AND req = ?1";

/// The archive, for reading.
#[derive(Debug, Clone)]
pub struct ArchiveReader {
    pub(super) dir: PathBuf,
}

impl EventStore for ArchiveReader {
    /// A damaged file is no error: the others are searched, and it is named in the answer.
    fn search(&self, query: &Query, limit: usize) -> Result<Found, StoreError> {
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
                found.unread.push(error.into());
            }
            found.keep_newest(limit);
        }
        Ok(found)
    }

    fn get(&self, id: RecordId) -> Result<Option<Stored>, StoreError> {
        let value = || Value::Blob(id.as_bytes().to_vec());
        Ok(self.collect(&Stream::ALL, id.day()..=id.day(), "id = ?", value)?.pop())
    }

    fn get_short(&self, low: [u8; 5]) -> Result<Vec<Stored>, StoreError> {
        let value = || Value::Blob(low.to_vec());
        Ok(self.collect(&Stream::ALL, 0..=u16::MAX, "substr(id, 12) = ?", value)?)
    }

    fn by_request(&self, req: &str, near: Option<&Stored>) -> Result<Vec<Stored>, StoreError> {
        let streams = [Stream::Requests, Stream::Audit, Stream::Errors, Stream::Events];
        let value = || Value::Text(req.to_owned());
        // Lines of one request are sealed within a day of each other.
        let days = near.map_or(0..=u16::MAX, |near| around(near.id.day(), near.id.day()));
        Ok(self.collect(&streams, days, OF_REQUEST, value)?)
    }

    fn with_context(&self, rows: &[Stored]) -> Result<BTreeSet<String>, StoreError> {
        let days = rows.iter().map(|row| row.id.day());
        let (Some(first), Some(last)) = (days.clone().min(), days.max()) else {
            return Ok(BTreeSet::new());
        };
        let events: Vec<_> = rows.iter().map(Stored::event).collect();
        let reqs: BTreeSet<&str> = events.iter().filter_map(|event| event.req.as_deref()).collect();
        let array = serde_json::Value::from_iter(reqs).to_string();
        let mut with = BTreeSet::new();
        for (day, stream) in self.files(&[Stream::Errors], around(first, last))? {
            if let Some(scan) = Scan::open(&self.dir, stream, day)? {
                with.extend(scan.requests(&array)?);
            }
        }
        Ok(with)
    }

    fn follow(&self, now_ms: i64) -> Result<Box<dyn Follow>, StoreError> {
        Ok(Box::new(Tail::at_the_end(self.clone(), now_ms)?))
    }
}

impl ArchiveReader {
    /// The archive in `dir`. A folder that does not exist (yet) is an empty archive.
    #[must_use]
    pub fn open(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
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
    pub(super) fn files(
        &self,
        streams: &[Stream],
        days: Days,
    ) -> Result<Vec<(u16, Stream)>, ArchiveError> {
        let mut list = Vec::new();
        for stream in streams {
            let there = files::days_of(&self.dir, *stream)?;
            list.extend(there.into_iter().filter(|d| days.contains(d)).map(|d| (d, *stream)));
        }
        list.sort_unstable_by_key(|(day, _)| Reverse(*day));
        Ok(list)
    }
}

/// These days, and the one before and after.
fn around(first: u16, last: u16) -> Days {
    first.saturating_sub(1)..=last.saturating_add(1)
}

pub(super) fn day_of(ms: i64) -> u16 {
    u16::try_from(ms.div_euclid(MS_PER_DAY).max(0)).unwrap_or(u16::MAX)
}
