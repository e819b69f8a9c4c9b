//! Writes deliveries into the archive and removes days that are over.
//!
//! Invariant: one transaction per file and delivery, committed with `synchronous=FULL` before the delivery
//! counts; an id that is there already is left alone.

use super::{ArchiveError, files};
use crate::{Event, SinkError};
use greffier_spool::{SpooledEvent, Stream};
use rusqlite::{CachedStatement, Connection, OpenFlags, Transaction, TransactionBehavior};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The `user_version` of a file: raised when the tables change.
pub(super) const VERSION: i64 = 2;
/// How long one process waits for another that writes the same file.
pub(super) const BUSY: Duration = Duration::from_secs(10);
/// Days are few at a time: the six streams of today, and of yesterday around midnight.
const OPEN_FILES: usize = 8;
const RETRY: Duration = Duration::from_secs(5);

/// Pages kept in memory, KiB: the index pages that a delivery of a thousand events touches. With less, pages are
/// written twice.
const CACHE_KIB: i64 = 4096;

/// Pages in the write-ahead log before they are copied back: 16 MiB. Key ids and request ids are random, so every
/// delivery touches the same index pages again; the fewer checkpoints, the fewer copies of each.
const CHECKPOINT_PAGES: i64 = 4096;

pub(super) const TABLES: &str = "
    CREATE TABLE event (
        row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, ts INTEGER NOT NULL, tenant TEXT NOT NULL, inst TEXT,
        src TEXT, req TEXT, method TEXT, route TEXT, path TEXT, status INTEGER, ms INTEGER, event TEXT NOT NULL
    ) STRICT;
    CREATE TABLE event_key (kid BLOB, row INTEGER, PRIMARY KEY (kid, row)) STRICT, WITHOUT ROWID;
    CREATE INDEX event_ts ON event (ts);
    CREATE INDEX event_req ON event (substr(req, -8)) WHERE req IS NOT NULL;
    CREATE INDEX event_status ON event (status, ts) WHERE status >= 400;
    CREATE INDEX event_short ON event (substr(id, 12));";

const INSERT: &str = "INSERT INTO event VALUES (NULL,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)
    ON CONFLICT (id) DO NOTHING";
const INSERT_KEY: &str = "INSERT INTO event_key VALUES (?1, ?2) ON CONFLICT (kid, row) DO NOTHING";

/// The archive, for writing. Clones share the open files.
#[derive(Debug, Clone)]
pub struct Archive {
    files: Arc<Mutex<Files>>,
}

impl Archive {
    /// The archive in `dir`, which is made (mode 0700) if there is none.
    ///
    /// # Errors
    /// When the folder can be neither found nor made.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, ArchiveError> {
        let dir = dir.into();
        files::create_folder(&dir)?;
        Ok(Self { files: Arc::new(Mutex::new(Files { dir, open: Vec::new() })) })
    }

    /// Takes all of `events`, or none as far as the caller is concerned: after an error the same events come
    /// again, and those that had been taken are recognised by their id. Blocks until they are durable.
    ///
    /// # Errors
    /// When the events are not safely there; [`SinkError::retry_after`] says whether and when to deliver them
    /// again.
    pub fn deliver(&self, events: &[SpooledEvent]) -> Result<(), SinkError> {
        self.write(events).map_err(|error| match error {
            // Nothing mends itself: somebody must move the file away.
            ArchiveError::Version { .. } => SinkError::held(RETRY, format!("archive: {error}")),
            error => SinkError::retry(RETRY, format!("archive: {error}")),
        })
    }

    /// Takes all of `events`; blocks until they are durable.
    ///
    /// # Errors
    /// When not all of them are safely in the archive; writing them again is harmless.
    pub fn write(&self, events: &[SpooledEvent]) -> Result<(), ArchiveError> {
        self.files().write(events)
    }

    /// Removes the files of days whose retention is over: of `stream`, every day with
    /// (day + 1 + `days(stream)`) · 86 400 s ≤ now, the moment its keys expire too. Returns how many days went.
    ///
    /// # Errors
    /// When a folder cannot be listed or a file cannot be removed.
    pub fn expire(&self, now_ms: i64, days: impl Fn(Stream) -> u16) -> Result<usize, ArchiveError> {
        let mut removed = 0;
        for stream in Stream::ALL {
            // Named, so that the lock is not held through the loop below.
            let days_there = files::days_of(&self.files().dir, stream)?;
            for day in days_there {
                if (i64::from(day) + 1 + i64::from(days(stream))) * 86_400_000 <= now_ms {
                    self.files().forget(stream, day)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        // A panic in between rolled its transaction back: what the lock guards is whole.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder and its most recently used files, the last used at the end.
#[derive(Debug)]
struct Files {
    dir: PathBuf,
    open: Vec<(Stream, u16, Connection)>,
}

impl Files {
    fn write(&mut self, events: &[SpooledEvent]) -> Result<(), ArchiveError> {
        let mut by_file: BTreeMap<(Stream, u16), Vec<&SpooledEvent>> = BTreeMap::new();
        for event in events {
            by_file.entry((event.stream, event.id.day())).or_default().push(event);
        }
        for ((stream, day), events) in by_file {
            let path = files::path_of(&self.dir, stream, day);
            let written = insert_all(self.connection(stream, day)?, &events);
            if let Err(error) = written {
                // What is wrong with the connection must not outlive it.
                self.open.retain(|(s, d, _)| (*s, *d) != (stream, day));
                return Err(ArchiveError::Sqlite { path, error });
            }
        }
        Ok(())
    }

    fn connection(&mut self, stream: Stream, day: u16) -> Result<&mut Connection, ArchiveError> {
        let known = self.open.iter().position(|(s, d, _)| (*s, *d) == (stream, day));
        let entry = match known {
            Some(at) => self.open.remove(at),
            None => {
                if self.open.len() >= OPEN_FILES {
                    self.open.remove(0);
                }
                (stream, day, self.open_file(stream, day)?)
            }
        };
        Ok(&mut self.open.push_mut(entry).2)
    }

    fn open_file(&self, stream: Stream, day: u16) -> Result<Connection, ArchiveError> {
        let path = files::path_of(&self.dir, stream, day);
        files::create_folder(&self.dir.join(stream.name()))?;
        files::create(&path)?;
        let found = match open_tables(&path) {
            Ok((connection, VERSION)) => return Ok(connection),
            Ok((_, found)) => found,
            Err(error) => return Err(ArchiveError::Sqlite { path, error }),
        };
        Err(ArchiveError::Version { path, found, known: VERSION })
    }

    fn forget(&mut self, stream: Stream, day: u16) -> Result<(), ArchiveError> {
        self.open.retain(|(s, d, _)| (*s, *d) != (stream, day));
        files::remove(&files::path_of(&self.dir, stream, day))
    }
}

/// Opens a file, makes its tables if it is new, and says which version it has.
fn open_tables(path: &std::path::Path) -> rusqlite::Result<(Connection, i64)> {
    // Without CREATE: `files::create` made it, with the right mode.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // The spool forgets what we acknowledge: a commit must survive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    // Another process may be making the tables at this moment: look under the write lock.
    let making = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut version = making.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        making.execute_batch(TABLES)?;
        making.pragma_update(None, "user_version", VERSION)?;
        version = VERSION;
    }
    making.commit()?;
    Ok((connection, version))
}

fn insert_all(connection: &mut Connection, rows: &[&SpooledEvent]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut event = transaction.prepare_cached(INSERT)?;
    let mut key = transaction.prepare_cached(INSERT_KEY)?;
    for row in rows {
        insert(&transaction, &mut event, &mut key, row)?;
    }
    drop((event, key));
    transaction.commit()
}

fn insert(
    transaction: &Transaction<'_>,
    insert: &mut CachedStatement<'_>,
    insert_key: &mut CachedStatement<'_>,
    row: &SpooledEvent,
) -> rusqlite::Result<()> {
    // The whole is looked at first: byte by byte is many times slower, and it is UTF-8 but for damage.
    let json = str::from_utf8(&row.bytes)
        .map_or_else(|_| String::from_utf8_lossy(&row.bytes), Cow::Borrowed);
    // An event we cannot read is kept all the same, found by its id and time: nothing is lost in silence.
    let event = Event::parse(&json).unwrap_or_default();
    let ts = event.ts_ms().unwrap_or(row.time);
    let inserted = insert.execute(rusqlite::params![
        row.id.as_bytes(),
        ts,
        row.tenant,
        event.inst.as_deref(),
        event.src.as_deref(),
        event.req.as_deref(),
        event.method.as_deref(),
        event.route.as_deref(),
        event.path.as_deref(),
        event.status,
        event.ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX)),
        json,
    ])?;
    if inserted == 0 {
        return Ok(()); // it was there, and so are its keys: they came in one transaction
    }
    let number = transaction.last_insert_rowid();
    for (_, kid, _) in event.keys() {
        insert_key.execute(rusqlite::params![kid, number])?;
    }
    Ok(())
}
