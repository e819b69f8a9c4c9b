//! One archive file, read-only.
//!
//! Invariant: reading changes nothing and never makes a file. A file that is just being made, or was just
//! removed because its day is over, is an empty one.

use super::writer::{BUSY, VERSION};
use super::{ArchiveError, files};
use crate::{Event, Found, Query, Stored};
use greffier_spool::{RecordId, Stream};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use std::path::{Path, PathBuf};

/// Columns of [`stored`]. The others can be recomputed from the event.
const COLUMNS: &str = "id, ts, tenant, event";

/// Rows are numbered in the order they came.
const LAST_ROW: &str = "SELECT coalesce(max(row), 0) FROM event";

/// Events of the requests in a JSON array; the first condition is for the index.
pub(super) const OF_REQUESTS: &str =
    "substr(req, -8) IN (SELECT substr(value, -8) FROM json_each(?1))
    AND req IN (SELECT value FROM json_each(?1))";

/// An open file.
pub(super) struct Scan {
    connection: Connection,
    path: PathBuf,
    stream: Stream,
}

impl Scan {
    /// Opens the file of a stream and day; `None` when there is nothing in it or it is not there.
    pub(super) fn open(dir: &Path, stream: Stream, day: u16) -> Result<Option<Self>, ArchiveError> {
        let path = files::path_of(dir, stream, day);
        match open_read_only(&path) {
            Ok((_, 0)) => Ok(None),
            Ok((connection, VERSION)) => Ok(Some(Self { connection, path, stream })),
            Ok((_, found)) => Err(ArchiveError::Version { path, found, known: VERSION }),
            Err(_) if !path.exists() => Ok(None),
            Err(error) => Err(ArchiveError::Sqlite { path, error }),
        }
    }

    /// Adds what `query` finds here to `found`, newest first, at most `limit` rows; all are counted.
    pub(super) fn search(
        &self,
        query: &Query,
        limit: usize,
        found: &mut Found,
    ) -> Result<(), ArchiveError> {
        self.try_search(query, limit, found).map_err(|error| self.failed(error))
    }

    fn try_search(&self, query: &Query, limit: usize, found: &mut Found) -> rusqlite::Result<()> {
        let (clause, values) = query.sql();
        let text = format!("SELECT {COLUMNS} FROM event WHERE {clause} ORDER BY ts DESC, id DESC");
        let mut statement = self.connection.prepare(&text)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut taken = 0;
        while let Some(row) = rows.next()? {
            if found.scanned >= query.max_scanned {
                found.complete = false;
                break;
            }
            found.scanned += 1;
            if !keeps(query, row)? {
                continue;
            }
            found.matched += 1;
            if taken < limit {
                taken += 1;
                found.rows.push(stored(self.stream, row)?);
            }
        }
        Ok(())
    }

    /// Events for which `clause` (with one parameter) holds, in the order of their ids.
    pub(super) fn all(&self, clause: &str, value: Value) -> Result<Vec<Stored>, ArchiveError> {
        let read = || -> rusqlite::Result<Vec<Stored>> {
            let text = format!("SELECT {COLUMNS} FROM event WHERE {clause} ORDER BY id");
            let mut statement = self.connection.prepare(&text)?;
            statement.query_map([&value], |row| stored(self.stream, row))?.collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// Those of the request ids in `array` (JSON) that have an event here.
    pub(super) fn requests(&self, array: &str) -> Result<Vec<String>, ArchiveError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self
                .connection
                .prepare(&format!("SELECT DISTINCT req FROM event WHERE {OF_REQUESTS}"))?;
            statement.query_map([array], |row| row.get(0))?.collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// The number of the last row; 0 when there is none.
    pub(super) fn last_row(&self) -> Result<i64, ArchiveError> {
        let read = self.connection.query_row(LAST_ROW, [], |row| row.get(0));
        read.map_err(|error| self.failed(error))
    }

    /// At most `limit` events that match and came after the row `after`, in the order they came, and the row
    /// up to which these are all.
    pub(super) fn after(
        &self,
        after: i64,
        query: &Query,
        limit: usize,
    ) -> Result<(Vec<Stored>, i64), ArchiveError> {
        self.try_after(after, query, limit).map_err(|error| self.failed(error))
    }

    fn try_after(
        &self,
        after: i64,
        query: &Query,
        limit: usize,
    ) -> rusqlite::Result<(Vec<Stored>, i64)> {
        let (clause, values) = query.sql();
        let text =
            format!("SELECT {COLUMNS}, row FROM event WHERE {clause} AND row > ? ORDER BY row");
        let mut up_to: i64 = self.connection.query_row(LAST_ROW, [], |row| row.get(0))?;
        let mut statement = self.connection.prepare(&text)?;
        let values = values.into_iter().chain([Value::Integer(after)]);
        let mut rows = statement.query(params_from_iter(values))?;
        let mut came = Vec::new();
        while let Some(row) = rows.next()? {
            let at: i64 = row.get(4)?;
            if keeps(query, row)? {
                came.push(stored(self.stream, row)?);
            }
            if came.len() >= limit {
                return Ok((came, at));
            }
            up_to = up_to.max(at); // it may have come since the line above
        }
        Ok((came, up_to))
    }

    fn failed(&self, error: rusqlite::Error) -> ArchiveError {
        ArchiveError::Sqlite { path: self.path.clone(), error }
    }
}

/// What of the query SQLite could not check.
fn keeps(query: &Query, row: &Row<'_>) -> rusqlite::Result<bool> {
    let holds = |json| query.keeps(&Event::parse(json).unwrap_or_default());
    Ok(query.is_sql() || holds(row.get_ref(3)?.as_str()?))
}

fn stored(stream: Stream, row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        id: RecordId::from_bytes(row.get(0)?),
        stream,
        ts: row.get(1)?,
        tenant: row.get(2)?,
        json: row.get(3)?,
    })
}

/// A connection that cannot write, and the file's version.
fn open_read_only(path: &Path) -> rusqlite::Result<(Connection, i64)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let version = |connection: &Connection| {
        connection.busy_timeout(BUSY)?;
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
    };
    let connection = Connection::open_with_flags(path, flags)?;
    let failed = match version(&connection) {
        Ok(version) => return Ok((connection, version)),
        Err(error) => error,
    };
    // A copy on a read-only disk, or in a folder of another user: SQLite cannot make the shared-memory file
    // there. Without a write-ahead log there is nothing else to read, so the file may be taken as it is.
    let wal = files::side_file(path, files::SIDE_FILES[0]);
    if std::fs::metadata(wal).is_ok_and(|wal| wal.len() > 0) {
        return Err(failed);
    }
    let connection = Connection::open_with_flags(immutable_uri(path), flags)?;
    let version = version(&connection)?;
    Ok((connection, version))
}

/// `file:` URI of a database nobody writes (<https://www.sqlite.org/uri.html>).
fn immutable_uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_immutable_file_opens_under_any_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("50% of #1?.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
        let connection = Connection::open_with_flags(
            immutable_uri(&path),
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
        );
        let version =
            connection.unwrap().pragma_query_value(None, "user_version", |row| row.get(0));
        assert_eq!(version, Ok(7));
    }
}
