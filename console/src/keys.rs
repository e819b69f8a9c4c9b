//! The reading keys: whom a search means, and what a blob holds. All calls to the vault are here.
//!
//! Invariant: a blob is opened only against a [`Recorded`], which exists only once the access log holds the
//! reveal; and only if its own header agrees with where it stands in the event. Place on the path: below
//! `search` and `reveal`.

use crate::access::Recorded;
use crate::query::PersonKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greffier_sinks::{Kid, Role, Stored};
use greffier_vault::{Blob, Class, Custody, Index, KeyStore, Lookup, Opener};
use std::path::Path;
use zeroize::Zeroizing;

/// The keys could not be used. Says what is wrong with a file, never what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeysError(String);

impl KeysError {
    fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Custody (private keys) and index, open.
pub(crate) struct Keys {
    custody: Custody,
    index: Index,
}

/// Where a blob stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) event: &'a Stored,
    pub(crate) version: u16,
    pub(crate) kid: Kid,
    pub(crate) role: Role,
    pub(crate) class: Class,
}

impl Keys {
    /// Opens the custody file with its passphrase (about 0.3 s, by design) and the index.
    pub(crate) fn open(
        custody: &Path,
        index: &Path,
        passphrase: &Zeroizing<String>,
    ) -> Result<Self, KeysError> {
        let custody = Custody::open(custody, passphrase).map_err(KeysError::new)?;
        let index = Index::open(index).map_err(KeysError::new)?;
        Ok(Self { custody, index })
    }

    /// Takes rows that came since into the index.
    pub(crate) fn absorb(&mut self, store: &KeyStore) -> Result<(), KeysError> {
        self.index.absorb(store, &self.custody).map_err(KeysError::new)?;
        Ok(())
    }

    /// Forgets and deletes what is past its retention: first in the index, so that nothing is left there of
    /// keys that are gone.
    pub(crate) fn expire(&mut self, store: &KeyStore, now_ms: i64) -> Result<(), KeysError> {
        let kids = store.expired(now_ms).map_err(KeysError::new)?;
        if !kids.is_empty() {
            self.index.forget(&kids).map_err(KeysError::new)?;
        }
        store.delete_expired(now_ms).map_err(KeysError::new)?;
        Ok(())
    }

    /// The keys of a person.
    pub(crate) fn find(
        &self,
        tenant: Option<&str>,
        key: PersonKey,
        value: &str,
    ) -> Result<Vec<Kid>, KeysError> {
        let lookup = match key {
            PersonKey::User => Lookup::Uid(value),
            PersonKey::Email => Lookup::Email(value),
            PersonKey::Phone => Lookup::Phone(value),
            PersonKey::Name => Lookup::Name(value),
            PersonKey::FrontEnd => Lookup::Fid(value),
            PersonKey::Login => Lookup::Login(value),
        };
        self.index.find(&self.custody, tenant, &lookup).map_err(KeysError::new)
    }

    /// What a blob holds: the compact JSON of its class.
    pub(crate) fn open_blob(
        &self,
        store: &KeyStore,
        _logged: &Recorded,
        place: Place<'_>,
        text: &str,
        now_ms: i64,
    ) -> Result<Zeroizing<Vec<u8>>, KeysError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
        let kind = (place.class as u8) << 4 | place.role as u8;
        if bytes.get(1) != Some(&kind) {
            return Err(damaged()); // moved to another place, where other people may read
        }
        let blob = Blob {
            kid: place.kid,
            record_id: *place.event.id.as_bytes(),
            tenant: &place.event.tenant,
            stream: place.event.stream.name(),
            v: place.version,
            bytes: &bytes,
        };
        Opener::new(&self.custody, store).open(&blob, now_ms).map_err(KeysError::new)
    }
}

fn damaged() -> KeysError {
    KeysError::new("damaged: this is not what was sealed here")
}

/// When what a key sealed becomes unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// At the end of this day (days since 1970, UTC).
    On(u32),
    /// It is already: the key was erased or has expired.
    Done,
}

/// The erasure of what `kid` sealed on `day`; where the key row cannot say, the usual retention of the stream.
pub(crate) fn erasure(
    store: Option<&KeyStore>,
    kid: Option<&Kid>,
    day: u16,
    usual_days: u16,
    now_ms: i64,
) -> Erasure {
    let row = store.zip(kid).map(|(store, kid)| store.key(kid));
    let days = match row {
        Some(Ok(Some(row))) => row.ret,
        Some(Ok(None)) => return Erasure::Done,
        Some(Err(_)) | None => usual_days,
    };
    let on = u32::from(day) + u32::from(days);
    let over = (i64::from(on) + 1) * 86_400_000 <= now_ms;
    if over { Erasure::Done } else { Erasure::On(on) }
}

/// The key store, if there is one: opening would make an empty one.
pub(crate) fn store(path: &Path) -> Result<Option<KeyStore>, KeysError> {
    if !path.exists() {
        return Ok(None);
    }
    KeyStore::open(path).map(Some).map_err(KeysError::new)
}
