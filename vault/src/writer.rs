//! Stand-in for the writer side: the interface of the real one, with plaintext where ciphertext will be.
//!
//! Invariant: never shipped; the real writer replaces this file.

use crate::{KeyRow, Rows};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::marker::PhantomData;

/// A key id.
pub type Kid = [u8; 16];

/// Data class of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Class {
    /// Who.
    Identity = 1,
    /// Network and device.
    Network = 2,
    /// What.
    Content = 3,
    /// Search index.
    Index = 15,
}

/// Whom a blob concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// The person of the line.
    Subject = 0,
    /// Who did it.
    Actor = 1,
    /// To whom it was done.
    Target = 2,
    /// Nobody known.
    Unattributed = 3,
}

/// No key can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no valid recipient for this tenant, retention and day")]
pub struct NoKey;

/// A manifest is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid manifest")]
pub struct ManifestError;

/// The root the configuration pins.
#[derive(Debug, Clone)]
pub struct RootKey;

impl RootKey {
    /// Reads a verifier key.
    ///
    /// # Errors
    /// Never, here.
    pub fn parse(_text: &str) -> Result<Self, ManifestError> {
        Ok(Self)
    }
}

/// The published recipients.
#[derive(Debug, Clone)]
pub struct Manifest;

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Never, here.
    pub fn parse(_: &str, _: &RootKey, _: Option<u64>) -> Result<Self, ManifestError> {
        Ok(Self)
    }
}

/// Names of a person.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "stand-in")]
pub struct Identifiers<'a> {
    pub uid: Option<&'a str>,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub name: Option<&'a str>,
    pub fid: Option<&'a str>,
    pub login: Option<&'a str>,
}

/// Whose key.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "stand-in")]
pub enum Who<'a> {
    Person { ids: &'a Identifiers<'a>, claimed: bool },
    Unattributed,
}

/// Which key.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "stand-in")]
pub struct Owner<'a> {
    pub tenant: &'a str,
    pub retention: u16,
    pub who: Who<'a>,
}

/// Makes chains.
#[derive(Debug)]
pub struct Writer {
    rows: Rows,
}

impl Writer {
    /// A writer for these recipients.
    #[must_use]
    pub fn new(_manifest: Manifest) -> Self {
        Self { rows: Rows::default() }
    }

    /// New recipients.
    pub fn replace(&mut self, _manifest: Manifest) {}

    /// The chain of an owner.
    ///
    /// # Errors
    /// After 2050 there are no recipients.
    pub fn chain(&mut self, owner: &Owner<'_>, now_ms: i64) -> Result<Chain<'_>, NoKey> {
        if now_ms > 2_524_608_000_000 {
            return Err(NoKey);
        }
        let who = match owner.who {
            Who::Person { ids, claimed } => {
                format!("{:?} {claimed}", ids.uid.or(ids.email).or(ids.login).or(ids.fid))
            }
            Who::Unattributed => "nobody".into(),
        };
        let text = format!("{} {} {} {who}", owner.tenant, owner.retention, now_ms / 86_400_000);
        self.rows.keys.push(KeyRow {});
        let mut kid = [0; 16];
        kid.copy_from_slice(&Sha256::digest(text)[..16]);
        Ok(Chain { kid, writer: PhantomData })
    }

    /// Rows made since the last call.
    pub fn take_rows(&mut self) -> Rows {
        std::mem::take(&mut self.rows)
    }
}

/// The chain of one owner.
#[derive(Debug)]
pub struct Chain<'w> {
    kid: Kid,
    writer: PhantomData<&'w mut Writer>,
}

impl Chain<'_> {
    /// Key id.
    #[must_use]
    pub fn kid(&self) -> Kid {
        self.kid
    }

    /// Key id as text.
    #[must_use]
    pub fn kid_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.kid)
    }

    /// "Seals".
    pub fn seal(
        &mut self,
        _class: Class,
        _role: Role,
        _record: &[u8; 16],
        _stream: &str,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(URL_SAFE_NO_PAD.encode(plain).as_bytes());
    }
}
