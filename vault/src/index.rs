//! The reading side's search index: from an identifier to the key ids of a person's rows.
//!
//! Invariant: it holds keyed 128-bit hashes and key ids, no identifier. A row's `ix` is cleared only after
//! its entries are durable here. `docs/formats/seal.md`, "Search index".

use crate::custody::{Custody, CustodyError};
use crate::opener::OpenError;
use crate::primitives::{first, h, unpad};
use crate::rows::KeyRow;
use crate::store::{KeyStore, StoreError, private_database};
use crate::unwrap::Unwrapper;
use crate::{Class, Kid, normal};
use rusqlite::Connection;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS bi (
        bi BLOB NOT NULL, kid BLOB NOT NULL, tenant TEXT NOT NULL, PRIMARY KEY (bi, kid)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS bi_kid ON bi (kid);
    CREATE INDEX IF NOT EXISTS bi_tenant ON bi (tenant);";

/// Rows taken in at a time.
const PAGE: u32 = 1000;

/// The index failed.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// SQLite said no.
    #[error("search index: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be made.
    #[error("search index: {0}")]
    Io(#[from] std::io::Error),
    /// The key store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index key does not open.
    #[error(transparent)]
    Custody(#[from] CustodyError),
}

/// What to look for.
#[derive(Clone, Copy)]
pub enum Lookup<'a> {
    /// A user id.
    Uid(&'a str),
    /// An e-mail address.
    Email(&'a str),
    /// A telephone number.
    Phone(&'a str),
    /// A full name.
    Name(&'a str),
    /// A front-end id.
    Fid(&'a str),
    /// A login.
    Login(&'a str),
}

impl Lookup<'_> {
    /// `H(K_bi[tenant], "SEAL1 bi" ‖ type ‖ 0x00 ‖ normalised)[0..16]`; `None` when nothing is left of it.
    pub(crate) fn hash(&self, key: &[u8; 32]) -> Option<[u8; 16]> {
        let (kind, normalised) = self.normalised();
        let hash = || first(&h(key, &[b"SEAL1 bi", kind.as_bytes(), &[0], normalised.as_bytes()]));
        (!normalised.is_empty()).then(hash)
    }

    /// Type and normal form.
    pub(crate) fn normalised(&self) -> (&'static str, Zeroizing<String>) {
        match self {
            Self::Uid(text) => ("uid", normal::id(text)),
            Self::Email(text) => ("email", normal::email(text)),
            Self::Phone(text) => ("phone", normal::phone(text)),
            Self::Name(text) => ("name", normal::name(text)),
            Self::Fid(text) => ("fid", normal::id(text)),
            Self::Login(text) => ("login", normal::id(text)),
        }
    }
}

/// The plaintext of `ix`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    uid: Vec<Zeroized>,
    email: Vec<Zeroized>,
    phone: Vec<Zeroized>,
    name: Vec<Zeroized>,
    fid: Vec<Zeroized>,
    login: Vec<Zeroized>,
}

/// Text that is overwritten when dropped.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Zeroized(Zeroizing<String>);

impl From<String> for Zeroized {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Entry {
    fn lookups(&self) -> impl Iterator<Item = Lookup<'_>> {
        fn each<'a>(
            ids: &'a [Zeroized],
            kind: fn(&'a str) -> Lookup<'a>,
        ) -> impl Iterator<Item = Lookup<'a>> {
            ids.iter().map(move |id| kind(&id.0))
        }
        each(&self.uid, Lookup::Uid)
            .chain(each(&self.email, Lookup::Email))
            .chain(each(&self.phone, Lookup::Phone))
            .chain(each(&self.name, Lookup::Name))
            .chain(each(&self.fid, Lookup::Fid))
            .chain(each(&self.login, Lookup::Login))
    }
}

/// The index in one SQLite file (0600).
pub struct Index {
    db: Connection,
}

impl Index {
    /// Opens the index, and makes it if there is none.
    ///
    /// # Errors
    /// When the file cannot be made or is no index.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IndexError> {
        let db = private_database::<IndexError>(path.as_ref())?;
        db.execute_batch(SCHEMA)?;
        Ok(Self { db })
    }

    /// Takes in the rows that the store has got since: opens their identifiers, writes hash → key id, clears
    /// `ix`. Returns how many. A row that does not open stays pending (`KeyStore::counts` shows it).
    ///
    /// # Errors
    /// When a file fails; doing it again is harmless.
    pub fn absorb(&mut self, store: &KeyStore, custody: &Custody) -> Result<usize, IndexError> {
        let unwrapper = Unwrapper::new(custody, store);
        let mut keys = HashMap::new();
        let (mut taken, mut after) = (0, (i64::MIN, i64::MIN));
        loop {
            let page = store.pending(after, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(taken) };
            after = *last;
            let tx = self.db.transaction()?;
            let mut kids = Vec::new();
            for (_, row) in &page {
                let Ok(entry) = read_entry(&unwrapper, row) else { continue };
                if !keys.contains_key(&row.tenant) {
                    keys.insert(row.tenant.clone(), custody.bi_key(&row.tenant)?);
                }
                put(&tx, row, &entry, &keys[&row.tenant])?;
                kids.push(row.kid);
            }
            tx.commit()?;
            store.clear_ix(&kids)?;
            taken += kids.len();
        }
    }

    /// Key ids of the rows that hold this identifier, in one tenant or (`None`) in all.
    ///
    /// # Errors
    /// When the index fails.
    pub fn find(
        &self,
        custody: &Custody,
        tenant: Option<&str>,
        what: &Lookup<'_>,
    ) -> Result<Vec<Kid>, IndexError> {
        let tenants = match tenant {
            Some(tenant) => vec![tenant.to_owned()],
            None => self.tenants()?,
        };
        let mut find =
            self.db.prepare_cached("SELECT kid FROM bi WHERE bi = ?1 AND tenant = ?2")?;
        let mut found = Vec::new();
        for tenant in tenants {
            let Some(bi) = what.hash(&*custody.bi_key(&tenant)?) else { break };
            for kid in find.query_map((bi, &tenant), |row| row.get(0))? {
                found.push(kid?);
            }
        }
        Ok(found)
    }

    /// Deletes all entries of these rows. Returns how many entries there were.
    ///
    /// # Errors
    /// When the index fails; doing it again is harmless.
    pub fn forget(&mut self, kids: &[Kid]) -> Result<usize, IndexError> {
        let tx = self.db.transaction()?;
        let mut forgotten = 0;
        for kid in kids {
            forgotten += tx.prepare_cached("DELETE FROM bi WHERE kid = ?1")?.execute([&kid[..]])?;
        }
        tx.commit()?;
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(forgotten)
    }

    fn tenants(&self) -> Result<Vec<String>, IndexError> {
        let mut query = self.db.prepare_cached("SELECT DISTINCT tenant FROM bi ORDER BY tenant")?;
        let tenants = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(tenants)
    }
}

/// Opens the identifiers of a pending row.
fn read_entry(unwrapper: &Unwrapper<'_>, row: &KeyRow) -> Result<Entry, OpenError> {
    let ix = row.ix.as_ref().ok_or(OpenError::NoRow)?;
    let plain = unwrapper.unwrap(row, Class::Index, ix)?;
    let json = unpad(&plain).ok_or(OpenError::Padding)?;
    serde_json::from_slice(json).map_err(|_| OpenError::Format)
}

fn put(db: &Connection, row: &KeyRow, entry: &Entry, key: &[u8; 32]) -> Result<(), IndexError> {
    let mut put = db.prepare_cached("INSERT INTO bi VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for bi in entry.lookups().filter_map(|lookup| lookup.hash(key)) {
        put.execute((bi, row.kid, &row.tenant))?;
    }
    Ok(())
}
