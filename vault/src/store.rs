//! The key store: session rows and key rows in SQLite, apart from the log and deletable.
//!
//! Invariant: writers only insert, and inserting a row again changes nothing, so a redelivered batch is
//! harmless. Deleting a key row is what erases a person. Several processes may have it open at once.

use crate::rows::{KeyRow, Rows, SessionRow, Wrapped};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

#[cfg(feature = "open")]
mod read;
#[cfg(test)]
mod tests;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS session (
        ws BLOB PRIMARY KEY, writer BLOB NOT NULL, tenant TEXT NOT NULL, ret INTEGER NOT NULL,
        class INTEGER NOT NULL, epoch INTEGER NOT NULL, suite INTEGER NOT NULL, enc BLOB NOT NULL,
        created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS key (
        kid BLOB PRIMARY KEY, tenant TEXT NOT NULL, ret INTEGER NOT NULL, day INTEGER NOT NULL,
        writer BLOB NOT NULL, suite INTEGER NOT NULL, com BLOB NOT NULL, wrapped BLOB NOT NULL, ix BLOB,
        claimed INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS key_pending ON key (created) WHERE ix IS NOT NULL;
    CREATE INDEX IF NOT EXISTS key_over ON key (day + 1 + ret);";

/// Pages kept in memory, KiB: the dirty pages of a transaction of 4096 rows (2.4 MB), and the upper part of the
/// index of key ids. With less, pages are written twice.
const CACHE_KIB: i64 = 4096;

/// Pages in the write-ahead log before they are copied back: 16 MiB. Key ids are random, so every transaction
/// touches the same index pages again; the fewer checkpoints, the fewer copies of each.
const CHECKPOINT_PAGES: i64 = 4096;

/// The key store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite said no: disk full, locked for more than ten seconds, not a database.
    #[error("key store: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be created.
    #[error("key store: {0}")]
    Io(#[from] std::io::Error),
    /// A stored row that this version cannot read.
    #[error("key store: a row is damaged")]
    Damaged,
}

/// How full the store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Session rows.
    pub sessions: u64,
    /// Key rows.
    pub keys: u64,
    /// Key rows that the index has not taken in yet.
    pub pending: u64,
}

/// The key store in one SQLite file (0600).
pub struct KeyStore {
    db: Connection,
}

impl KeyStore {
    /// Opens the store, and makes it if there is none. Its folder must exist.
    ///
    /// # Errors
    /// When the file cannot be made or is no key store.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let db = private_database::<StoreError>(path.as_ref())?;
        db.pragma_update(None, "cache_size", -CACHE_KIB)?;
        db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        db.execute_batch(SCHEMA)?;
        Ok(Self { db })
    }

    /// Stores rows, sessions first, all or none, durable on return. Rows it has already are left as they
    /// are.
    ///
    /// # Errors
    /// When SQLite fails; nothing was stored, try again.
    pub fn insert(&self, rows: &Rows) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        insert_sessions(&tx, &rows.sessions)?;
        insert_keys(&tx, &rows.keys)?;
        Ok(tx.commit()?)
    }

    /// True when the key row is there (and not erased).
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn has(&self, kid: &crate::Kid) -> Result<bool, StoreError> {
        let mut one = self.db.prepare_cached("SELECT 1 FROM key WHERE kid = ?1")?;
        Ok(one.query_row([&kid[..]], |_| Ok(())).optional()?.is_some())
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let count = |sql| self.db.query_row(sql, [], |row| row.get(0).map(i64::cast_unsigned));
        Ok(Counts {
            sessions: count("SELECT count(*) FROM session")?,
            keys: count("SELECT count(*) FROM key")?,
            pending: count("SELECT count(*) FROM key WHERE ix IS NOT NULL")?,
        })
    }
}

/// Opens a database that nobody else may read, whose commits are durable and whose deleted rows are zero. The file is
/// made with mode 0600 before SQLite would with the umask's; its journal files take the same mode.
pub(crate) fn private_database<E>(path: &Path) -> Result<Connection, E>
where
    E: From<std::io::Error> + From<rusqlite::Error>,
{
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(10))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "secure_delete", "ON")?;
    Ok(db)
}

fn insert_sessions(tx: &Transaction<'_>, rows: &[SessionRow]) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
    )?;
    for row in rows {
        insert.execute(params![
            row.ws,
            row.writer,
            row.tenant,
            row.ret,
            row.class,
            row.epoch,
            row.suite,
            row.enc,
            row.created,
            row.expires,
        ])?;
    }
    Ok(())
}

fn insert_keys(tx: &Transaction<'_>, rows: &[KeyRow]) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO key VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING",
    )?;
    let (mut wrapped, mut ix) = (Vec::new(), Vec::new());
    for row in rows {
        wrapped.clear();
        row.wrapped.iter().for_each(|one| column(one, &mut wrapped));
        ix.clear();
        row.ix.iter().for_each(|one| column(one, &mut ix));
        insert.execute(params![
            row.kid,
            row.tenant,
            row.ret,
            row.day,
            row.writer,
            row.suite,
            row.com.as_flattened(),
            wrapped,
            row.ix.as_ref().map(|_| &ix),
            row.claimed,
            row.created,
            row.expires,
        ])?;
    }
    Ok(())
}

/// Appends `ws ‖ u32 q ‖ ciphertext`, as the columns `wrapped` (three of them, 64 bytes each) and `ix` hold it.
fn column(wrapped: &Wrapped, out: &mut Vec<u8>) {
    out.extend_from_slice(&wrapped.ws);
    out.extend_from_slice(&wrapped.q.to_be_bytes());
    out.extend_from_slice(&wrapped.bytes);
}
