//! Stand-in for the vault while it is written: the interface, without any cryptography.
#![allow(missing_docs, reason = "stand-in")]

use crate::{KeyRow, Rows};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::Path;
use zeroize::Zeroizing;

pub type Kid = [u8; 16];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Identity = 1,
    Network = 2,
    Content = 3,
    Index = 15,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Subject = 0,
    Actor = 1,
    Target = 2,
    Unattributed = 3,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StubError(String);

pub type NoKey = StubError;

fn failed(error: impl std::fmt::Display) -> StubError {
    StubError(error.to_string())
}

#[derive(Debug, Clone)]
pub struct RootKey(());

impl RootKey {
    pub fn parse(_text: &str) -> Result<Self, StubError> {
        Ok(Self(()))
    }
}

#[derive(Debug, Clone)]
pub struct Manifest(());

impl Manifest {
    pub fn parse(text: &str, _root: &RootKey, _seen: Option<u64>) -> Result<Self, StubError> {
        text.starts_with("greffier recipients v1")
            .then_some(Self(()))
            .ok_or(StubError("bad".into()))
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    pub tenant: &'a str,
    pub retention: u16,
    pub who: Who<'a>,
}

#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    Person { ids: &'a Identifiers<'a>, claimed: bool },
    Unattributed,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Identifiers<'a> {
    pub uid: Option<&'a str>,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub name: Option<&'a str>,
    pub fid: Option<&'a str>,
    pub login: Option<&'a str>,
}

pub struct Writer {
    rows: Rows,
}

impl Writer {
    #[must_use]
    pub fn new(_manifest: Manifest) -> Self {
        Self { rows: Rows::default() }
    }

    pub fn chain(&mut self, owner: &Owner<'_>, now_ms: i64) -> Result<Chain<'_>, NoKey> {
        let mut kid = [0; 16];
        getrandom::fill(&mut kid).map_err(failed)?;
        let ids = match owner.who {
            Who::Person { ids, .. } => format!(
                "\nu{}\ne{}\np{}\nn{}\nf{}\nl{}\n",
                ids.uid.unwrap_or(""),
                ids.email.unwrap_or(""),
                ids.phone.unwrap_or(""),
                ids.name.unwrap_or(""),
                ids.fid.unwrap_or(""),
                ids.login.unwrap_or("")
            ),
            Who::Unattributed => String::new(),
        };
        let day = u16::try_from(now_ms / 86_400_000).unwrap_or(0);
        self.rows.keys.push(KeyRow { kid, ret: owner.retention, day, ids });
        Ok(Chain { kid, _writer: self })
    }

    pub fn take_rows(&mut self) -> Rows {
        std::mem::take(&mut self.rows)
    }
}

pub struct Chain<'a> {
    kid: Kid,
    _writer: &'a mut Writer,
}

impl Chain<'_> {
    #[must_use]
    pub fn kid_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.kid)
    }

    pub fn seal(
        &mut self,
        class: Class,
        role: Role,
        _record: &[u8; 16],
        _stream: &str,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) {
        let blob = [&[0x11, (class as u8) << 4 | role as u8, 0, 0, 0, 0], plain].concat();
        out.extend_from_slice(URL_SAFE_NO_PAD.encode(blob).as_bytes());
    }
}

pub struct KeyStore {
    db: Connection,
}

impl KeyStore {
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StubError> {
        let db = Connection::open(path).map_err(failed)?;
        db.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS key (kid BLOB PRIMARY KEY, ret INT, day INT, ids TEXT)",
        )
        .map_err(failed)?;
        Ok(Self { db })
    }

    pub fn insert(&self, rows: &Rows) -> Result<(), StubError> {
        for row in &rows.keys {
            self.db
                .execute(
                    "INSERT OR IGNORE INTO key VALUES (?1, ?2, ?3, ?4)",
                    params![row.kid, row.ret, row.day, row.ids],
                )
                .map_err(failed)?;
        }
        Ok(())
    }

    pub fn key(&self, kid: &Kid) -> Result<Option<KeyRow>, StubError> {
        let row = |row: &rusqlite::Row<'_>| {
            Ok(KeyRow { kid: *kid, ret: row.get(0)?, day: row.get(1)?, ids: row.get(2)? })
        };
        let query = "SELECT ret, day, ids FROM key WHERE kid = ?1";
        self.db.query_row(query, [kid], row).optional().map_err(failed)
    }

    pub fn delete(&self, kids: &[Kid]) -> Result<usize, StubError> {
        kids.iter()
            .map(|kid| self.db.execute("DELETE FROM key WHERE kid = ?1", [kid]).map_err(failed))
            .sum()
    }
}

pub struct CustodyPlan(());

impl CustodyPlan {
    #[must_use]
    pub fn new(_root_name: &str, _retentions: &[u16], _now_ms: i64) -> Self {
        Self(())
    }
}

pub struct Custody(());

impl Custody {
    pub fn create(
        path: impl AsRef<Path>,
        passphrase: &str,
        _plan: CustodyPlan,
    ) -> Result<(Self, String, String), StubError> {
        std::fs::write(path, passphrase).map_err(failed)?;
        Ok((Self(()), "greffier recipients v1\n".into(), "root+0+0".into()))
    }

    pub fn open(path: impl AsRef<Path>, passphrase: &str) -> Result<Self, StubError> {
        let right = std::fs::read_to_string(path).map_err(failed)? == passphrase;
        right.then_some(Self(())).ok_or(StubError("wrong passphrase".into()))
    }
}

pub enum Lookup<'a> {
    Uid(&'a str),
    Email(&'a str),
    Phone(&'a str),
    Name(&'a str),
    Fid(&'a str),
    Login(&'a str),
}

pub struct Index {
    db: Connection,
}

impl Index {
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StubError> {
        let db = Connection::open(path).map_err(failed)?;
        db.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
        db.execute_batch("CREATE TABLE IF NOT EXISTS bi (kid BLOB PRIMARY KEY, ids TEXT)")
            .map_err(failed)?;
        Ok(Self { db })
    }

    pub fn absorb(&mut self, store: &KeyStore, _custody: &Custody) -> Result<usize, StubError> {
        let mut query = store.db.prepare("SELECT kid, ids FROM key").map_err(failed)?;
        let rows = query
            .query_map([], |row| Ok((row.get::<_, Kid>(0)?, row.get::<_, String>(1)?)))
            .map_err(failed)?
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        for (kid, ids) in &rows {
            let insert = "INSERT OR IGNORE INTO bi VALUES (?1, ?2)";
            self.db.execute(insert, params![kid, ids]).map_err(failed)?;
        }
        Ok(rows.len())
    }

    pub fn find(
        &self,
        _custody: &Custody,
        _tenant: Option<&str>,
        what: &Lookup<'_>,
    ) -> Result<Vec<Kid>, StubError> {
        let needle = match what {
            Lookup::Uid(value) => format!("\nu{value}\n"),
            Lookup::Email(value) => format!("\ne{value}\n"),
            Lookup::Phone(value) => format!("\np{value}\n"),
            Lookup::Name(value) => format!("\nn{value}\n"),
            Lookup::Fid(value) => format!("\nf{value}\n"),
            Lookup::Login(value) => format!("\nl{value}\n"),
        };
        let mut query =
            self.db.prepare("SELECT kid FROM bi WHERE instr(ids, ?1) > 0").map_err(failed)?;
        query
            .query_map([needle], |row| row.get(0))
            .map_err(failed)?
            .collect::<Result<_, _>>()
            .map_err(failed)
    }
}

pub struct Blob<'a> {
    pub kid: Kid,
    pub record_id: [u8; 16],
    pub tenant: &'a str,
    pub stream: &'a str,
    pub v: u16,
    pub bytes: &'a [u8],
}

pub struct Opener<'a> {
    store: &'a KeyStore,
}

impl<'a> Opener<'a> {
    #[must_use]
    pub fn new(_custody: &'a Custody, store: &'a KeyStore) -> Self {
        Self { store }
    }

    pub fn open(&self, blob: &Blob<'_>, _now_ms: i64) -> Result<Zeroizing<Vec<u8>>, StubError> {
        let row = self.store.key(&blob.kid)?;
        row.ok_or(StubError("erased or expired, or not yet in the store".into()))?;
        Ok(Zeroizing::new(blob.bytes[6..].to_vec()))
    }
}
