//! Follows the archive: what comes into it from now on.
//!
//! Invariant: by the order in which events came, not by their time, so that a line that waited long for its
//! sealing is not missed. Only the files of the last days are watched: events of earlier sealing days do not
//! come any more, unless a sidecar was stopped for as long.

use super::reader::day_of;
use super::scan::Scan;
use super::{ArchiveError, ArchiveReader};
use crate::{Follow, Query, StoreError, Stored};
use greffier_spool::Stream;
use std::collections::BTreeMap;
use std::time::Duration;

/// Days of sealing before today whose files are watched.
const DAYS: u16 = 7;
const PACE: Duration = Duration::from_millis(500);

/// How far each file was read.
pub(super) struct Tail {
    archive: ArchiveReader,
    rows: BTreeMap<(Stream, u16), i64>,
}

impl Tail {
    /// Begins after what is there now.
    pub(super) fn at_the_end(archive: ArchiveReader, now_ms: i64) -> Result<Self, ArchiveError> {
        let mut rows = BTreeMap::new();
        for (day, stream) in files(&archive, &Stream::ALL, now_ms)? {
            if let Some(scan) = Scan::open(&archive.dir, stream, day)? {
                rows.insert((stream, day), scan.last_row()?);
            }
        }
        Ok(Self { archive, rows })
    }
}

impl Follow for Tail {
    fn next(
        &mut self,
        query: &Query,
        limit: usize,
        now_ms: i64,
    ) -> Result<Vec<Stored>, StoreError> {
        let (mut all, mut rows) = (Vec::new(), Vec::new());
        for (day, stream) in files(&self.archive, &query.streams, now_ms)? {
            let after = self.rows.get(&(stream, day)).copied().unwrap_or(0);
            if let Some(scan) = Scan::open(&self.archive.dir, stream, day)? {
                let (mut came, up_to) = scan.after(after, query, limit)?;
                all.append(&mut came);
                rows.push(((stream, day), up_to));
            }
        }
        self.rows.extend(rows); // only now: what a failure above cut off comes again
        all.sort_by_key(|stored| (stored.ts, stored.id));
        Ok(all)
    }

    fn pace(&self) -> Duration {
        PACE
    }
}

fn files(
    archive: &ArchiveReader,
    streams: &[Stream],
    now_ms: i64,
) -> Result<Vec<(u16, Stream)>, ArchiveError> {
    archive.files(streams, day_of(now_ms).saturating_sub(DAYS)..=u16::MAX)
}
