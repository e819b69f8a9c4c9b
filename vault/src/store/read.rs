//! The reading side of the key store: rows by id, rows not yet indexed, and deletion.
//!
//! Invariant: a row past its retention is refused even while it is still there; when that is, is
//! recomputed from day and retention (which the wraps are bound to), never read from `expires`.

use super::{KeyStore, StoreError, Wrapped};
use crate::Kid;
use crate::rows::{KeyRow, SessionRow};
use rusqlite::{OptionalExtension as _, Row, Transaction, TransactionBehavior};

const DAY_MS: i64 = 86_400_000;

const KEY: &str =
    "SELECT kid, tenant, ret, day, writer, suite, com, wrapped, ix, claimed, created, expires";

/// A pending row's place in the order: (created, rowid).
pub(crate) type Place = (i64, i64);

impl KeyStore {
    /// The key row of this id; `None` when it was erased, has been deleted, or has not arrived.
    ///
    /// # Errors
    /// When SQLite fails or the row is damaged.
    pub fn key(&self, kid: &Kid) -> Result<Option<KeyRow>, StoreError> {
        let mut query = self.db.prepare_cached(&format!("{KEY} FROM key WHERE kid = ?1"))?;
        let row = query.query_row([&kid[..]], |row| Ok(key_row(row))).optional()?;
        row.transpose()
    }

    /// The session row of this id.
    ///
    /// # Errors
    /// When SQLite fails or the row is damaged.
    pub fn session(&self, ws: &[u8; 12]) -> Result<Option<SessionRow>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT ws, writer, tenant, ret, class, epoch, suite, enc, created, expires
             FROM session WHERE ws = ?1",
        )?;
        let row = query.query_row([&ws[..]], |row| Ok(session_row(row))).optional()?;
        row.transpose()
    }

    /// At most `limit` rows that the index has not taken in, in the order they were made, after `after`.
    ///
    /// # Errors
    /// When SQLite fails. A damaged row is passed over and stays pending.
    pub(crate) fn pending(
        &self,
        after: Place,
        limit: u32,
    ) -> Result<Vec<(Place, KeyRow)>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "{KEY}, rowid FROM key WHERE ix IS NOT NULL AND (created, rowid) > (?1, ?2)
             ORDER BY created, rowid LIMIT ?3"
        ))?;
        let place = |row: &Row<'_>| Ok::<_, rusqlite::Error>((row.get(10)?, row.get(12)?));
        let rows =
            query.query_map((after.0, after.1, limit), |row| Ok((place(row)?, key_row(row))))?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().filter_map(|(at, row)| Some((at, row.ok()?))).collect())
    }

    /// Empties `ix` of rows that the index holds now.
    ///
    /// # Errors
    /// When SQLite fails; doing it again is harmless.
    pub(crate) fn clear_ix(&self, kids: &[Kid]) -> Result<(), StoreError> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mut clear = tx.prepare_cached("UPDATE key SET ix = NULL WHERE kid = ?1")?;
        for kid in kids {
            clear.execute([&kid[..]])?;
        }
        drop(clear);
        Ok(tx.commit()?)
    }

    /// Deletes key rows: what they opened stays closed for ever. Returns how many there were. The deleted
    /// bytes are overwritten in the file, and the write-ahead log is emptied.
    ///
    /// # Errors
    /// When SQLite fails; ask [`KeyStore::has`] what is left.
    pub fn delete(&self, kids: &[Kid]) -> Result<usize, StoreError> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mut delete = tx.prepare_cached("DELETE FROM key WHERE kid = ?1")?;
        let mut deleted = 0;
        for kid in kids {
            deleted += delete.execute([&kid[..]])?;
        }
        drop(delete);
        tx.commit()?;
        self.truncate_wal()?;
        Ok(deleted)
    }

    /// The key rows that are past their retention, for the index to forget before they are deleted.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn expired(&self, now_ms: i64) -> Result<Vec<Kid>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT kid FROM key WHERE day + 1 + ret <= ?1")?;
        let kids = query.query_map([now_ms.div_euclid(DAY_MS)], |row| row.get(0))?;
        Ok(kids.collect::<Result<_, _>>()?)
    }

    /// Deletes key rows and session rows that are past their retention. Returns how many.
    ///
    /// # Errors
    /// When SQLite fails; doing it again is harmless.
    pub fn delete_expired(&self, now_ms: i64) -> Result<usize, StoreError> {
        let today = now_ms.div_euclid(DAY_MS);
        let keys = "DELETE FROM key WHERE day + 1 + ret <= ?1";
        let sessions = "DELETE FROM session WHERE (epoch + 1) * 7 + ret + 3 <= ?1";
        let deleted = self.db.execute(keys, [today])? + self.db.execute(sessions, [today])?;
        if deleted > 0 {
            self.truncate_wal()?;
        }
        Ok(deleted)
    }

    /// Old pages must not outlive a deletion in the write-ahead log. A reader may hold it open: then the
    /// next deletion, or the last closing, does it.
    fn truncate_wal(&self) -> Result<(), StoreError> {
        Ok(self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

fn key_row(row: &Row<'_>) -> Result<KeyRow, StoreError> {
    let com: [u8; 96] = row.get(6)?;
    let wrapped: [u8; 192] = row.get(7)?;
    let (com, wrapped) = (com.as_chunks::<32>().0, wrapped.as_chunks::<64>().0);
    let ix: Option<Vec<u8>> = row.get(8)?;
    let row = KeyRow {
        kid: row.get(0)?,
        tenant: row.get(1)?,
        ret: row.get(2)?,
        day: row.get(3)?,
        writer: row.get(4)?,
        suite: row.get(5)?,
        com: [com[0], com[1], com[2]],
        wrapped: [parse(&wrapped[0])?, parse(&wrapped[1])?, parse(&wrapped[2])?],
        ix: ix.as_deref().map(parse).transpose()?,
        claimed: row.get(9)?,
        created: row.get(10)?,
        expires: row.get(11)?,
    };
    row.checked().map_err(|_| StoreError::Damaged)
}

fn session_row(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    let row = SessionRow {
        ws: row.get(0)?,
        writer: row.get(1)?,
        tenant: row.get(2)?,
        ret: row.get(3)?,
        class: row.get(4)?,
        epoch: row.get(5)?,
        suite: row.get(6)?,
        enc: row.get(7)?,
        created: row.get(8)?,
        expires: row.get(9)?,
    };
    row.checked().map_err(|_| StoreError::Damaged)
}

/// Undoes `column`.
fn parse(column: &[u8]) -> Result<Wrapped, StoreError> {
    let (ws, rest) = column.split_first_chunk().ok_or(StoreError::Damaged)?;
    let (q, bytes) = rest.split_first_chunk().ok_or(StoreError::Damaged)?;
    Ok(Wrapped { ws: *ws, q: u32::from_be_bytes(*q), bytes: bytes.to_vec() })
}
