//! Custody: the private keys, in one file under one passphrase.
//!
//! Invariant: private keys exist in the clear only while one is used; the file holds them sealed, is readable
//! by its owner alone, and is replaced as a whole or not at all. Only the reading side has one.
//! `docs/formats/seal.md`, "Custody".

use crate::Class;
use crate::manifest::{ClassKey, Manifest};
use crate::note::RootKey;
use crate::primitives::{Secret, random};
use crate::session::Kem;
use crate::unwrap::PrivateKey;
use ed25519_dalek::SigningKey;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

mod file;
pub(crate) mod keys;
#[cfg(test)]
mod tests;

use file::{Derivation, File, IndexKey, Root, Sealed};
use keys::{derive, index_aad, key_aad, level0, open, root_aad, seal, tenant_index_key};

const WEEK_MS: i64 = 7 * 86_400_000;

/// Class number under which the root key is sealed.
const ROOT_CLASS: u8 = 0;

/// Why a custody file is not made or not opened.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// Another user can read it.
    #[error(
        "the custody file can be read by others (mode {mode:03o}): chmod 600 it, and think about who may have"
    )]
    Exposed {
        /// Its permission bits.
        mode: u32,
    },
    /// There is a file already.
    #[error("there is a custody file already; it is never overwritten")]
    Exists,
    /// Not a custody file, or a damaged one.
    #[error("not a custody file of this version, or damaged")]
    Damaged,
    /// The file names another key derivation than the fixed one.
    #[error(
        "the custody file asks for another passphrase derivation than Argon2id with 64 MiB, 3 passes, 1 lane"
    )]
    Derivation,
    /// The passphrase does not open it.
    #[error("the passphrase does not open the custody file")]
    Passphrase,
    /// An empty passphrase, no retention, no epoch, a label or root name of a wrong form.
    #[error("{0}")]
    Plan(&'static str),
    /// The file system.
    #[error("custody file: {0}")]
    Io(#[from] std::io::Error),
}

/// What keys to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyPlan {
    /// Name of the root key, as in its verifier key string: no spaces, no `+`.
    pub root_name: String,
    /// `*`, and tenants with keys of their own.
    pub labels: Vec<String>,
    /// Retentions in days.
    pub retentions: Vec<u16>,
    /// First week (since 1970) to make keys for.
    pub first_epoch: u16,
    /// Weeks published ahead.
    pub epochs: u16,
}

impl CustodyPlan {
    /// Half a year of keys from `now_ms` on, for all tenants together.
    #[must_use]
    pub fn new(root_name: &str, retentions: &[u16], now_ms: i64) -> Self {
        Self {
            root_name: root_name.to_owned(),
            labels: vec!["*".to_owned()],
            retentions: retentions.to_vec(),
            first_epoch: epoch_at(now_ms),
            epochs: 26,
        }
    }
}

/// Cost of the passphrase derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// The only cost real files have: Argon2id, 64 MiB, 3 passes, 1 lane (above OWASP's and RFC 9106's
    /// minimum).
    pub const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3 };

    /// For tests, which would spend their time deriving. Files made with it open only with it.
    #[doc(hidden)]
    pub const FOR_TESTS: Self = Self { memory_kib: 64, passes: 1 };
}

/// The private keys, openable: L0 in memory, the rest sealed.
pub struct Custody {
    path: PathBuf,
    file: File,
    master: Secret,
}

impl Custody {
    /// Makes the file (0600, never over another) and returns it opened, with the first recipients manifest
    /// and the root's verifier key string for the configuration. Takes about 0.3 s.
    ///
    /// # Errors
    /// When there is a file already, the plan is not usable, or the file cannot be written.
    pub fn create(
        path: impl AsRef<Path>,
        passphrase: &str,
        plan: CustodyPlan,
    ) -> Result<(Self, String, String), CustodyError> {
        Self::create_with(path, passphrase, plan, Cost::STANDARD)
    }

    /// Opens the file. Takes about 0.3 s; private keys stay sealed until one is needed.
    ///
    /// # Errors
    /// When others can read the file, it is damaged, or the passphrase is wrong.
    pub fn open(path: impl AsRef<Path>, passphrase: &str) -> Result<Self, CustodyError> {
        Self::open_with(path, passphrase, Cost::STANDARD)
    }

    /// [`Self::create`] at another cost.
    #[doc(hidden)]
    pub fn create_with(
        path: impl AsRef<Path>,
        passphrase: &str,
        plan: CustodyPlan,
        cost: Cost,
    ) -> Result<(Self, String, String), CustodyError> {
        check(&plan, passphrase)?;
        let mut salt = [0; 16];
        random(&mut salt);
        let master = derive(passphrase, &salt, cost)?;
        let (mut root, mut index) = (Secret::default(), Secret::default());
        random(&mut *root);
        random(&mut *index);
        let key = SigningKey::from_bytes(&root);
        let public = key.verifying_key().to_bytes();
        let name = &plan.root_name;
        RootKey::new(name, key.verifying_key())
            .map_err(|_| CustodyError::Plan("unusable root name"))?;
        let file = File {
            derivation: Derivation::new(cost, salt),
            root: Root {
                name: name.clone(),
                public,
                sealed: seal(&level0(&master, ROOT_CLASS), &root_aad(name, &public), &root),
            },
            index: vec![IndexKey {
                version: 1,
                sealed: seal(&level0(&master, Class::Index.number()), &index_aad(1), &index),
            }],
            serial: 0,
            first_epoch: plan.first_epoch,
            epochs: plan.epochs,
            labels: plan.labels,
            retentions: plan.retentions,
            keys: std::collections::BTreeMap::new(),
        };
        file::reserve(path.as_ref())?;
        let mut custody = Self { path: path.as_ref().to_owned(), file, master };
        let manifest = custody.republish(i64::from(plan.first_epoch) * WEEK_MS)?;
        let verifier = custody.root()?.0.to_text();
        Ok((custody, manifest, verifier))
    }

    /// [`Self::open`] at another cost: the file's must be the one asked for, so no file can ask for less.
    #[doc(hidden)]
    pub fn open_with(
        path: impl AsRef<Path>,
        passphrase: &str,
        cost: Cost,
    ) -> Result<Self, CustodyError> {
        let path = path.as_ref().to_owned();
        let file = file::read(&path)?;
        if file.derivation != Derivation::new(cost, file.derivation.salt) {
            return Err(CustodyError::Derivation);
        }
        let master = derive(passphrase, &file.derivation.salt, cost)?;
        let custody = Self { path, file, master };
        custody.root()?;
        Ok(custody)
    }

    /// Makes the keys of the weeks to come, so that all of [`CustodyPlan::epochs`] from `now_ms` on are
    /// there, stores them, and returns a manifest with the next serial.
    ///
    /// # Errors
    /// When the file cannot be written: then nothing has changed.
    pub fn republish(&mut self, now_ms: i64) -> Result<String, CustodyError> {
        let mut next = self.file.clone();
        next.serial += 1;
        next.first_epoch = next.first_epoch.max(epoch_at(now_ms));
        for name in next.window() {
            next.keys.entry(name).or_insert_with_key(|name| self.new_key(name));
        }
        file::write(&self.path, &next)?;
        self.file = next;
        self.manifest()
    }

    /// The last published manifest again, byte for byte.
    ///
    /// # Errors
    /// When the root key does not open.
    pub fn manifest(&self) -> Result<String, CustodyError> {
        let (root, key) = self.root()?;
        let end = i64::from(self.file.first_epoch) + i64::from(self.file.epochs);
        let window = self.file.window();
        let keys = window.iter().filter_map(|name| Some((name, &self.file.keys.get(name)?.public)));
        Ok(root.sign(&Manifest::render(self.file.serial, end * WEEK_MS / 1000, keys), &key))
    }

    /// Adds a retention to the next manifest.
    pub fn add_retention(&mut self, days: u16) {
        if !self.file.retentions.contains(&days) {
            self.file.retentions.push(days);
        }
    }

    /// The root's verifier key string, for the configuration.
    #[must_use]
    pub fn root_key(&self) -> String {
        let root = self.root().map(|(root, _)| root.to_text());
        root.expect("opening the custody has opened its root key")
    }

    /// Key of a tenant's search index: `H(K_bi, "SEAL1 bi key" ‖ lp(tenant))`.
    ///
    /// # Errors
    /// When it does not open: the file was altered.
    pub fn bi_key(&self, tenant: &str) -> Result<Zeroizing<[u8; 32]>, CustodyError> {
        let IndexKey { version, sealed } = self.file.index.last().ok_or(CustodyError::Damaged)?;
        let master = open(&self.level0(Class::Index.number()), &index_aad(*version), sealed);
        let master = master.ok_or(CustodyError::Damaged)?;
        Ok(tenant_index_key(&master, tenant))
    }

    /// The private key of this name; `None` when it was never here, was destroyed, or does not open.
    pub(crate) fn private(&self, name: &ClassKey) -> Option<PrivateKey> {
        let Sealed { public, sealed } = self.file.keys.get(name)?;
        let secret = open(&self.level0(name.class.number()), &key_aad(name, public), sealed)?;
        PrivateKey::from_bytes(&*secret).ok()
    }

    /// A fresh key pair, sealed.
    fn new_key(&self, name: &ClassKey) -> Sealed {
        let (private, public) = Kem::gen_keypair();
        let public: [u8; 32] = public.to_bytes().into();
        let mut secret = Secret::default();
        private.write_exact(&mut *secret);
        let sealed = seal(&self.level0(name.class.number()), &key_aad(name, &public), &secret);
        Sealed { public, sealed }
    }

    /// The root key. It is the first thing opened, so a wrong passphrase shows here.
    fn root(&self) -> Result<(RootKey, SigningKey), CustodyError> {
        let Root { name, public, sealed } = &self.file.root;
        let secret = open(&self.level0(ROOT_CLASS), &root_aad(name, public), sealed);
        let key = SigningKey::from_bytes(&*secret.ok_or(CustodyError::Passphrase)?);
        let root = RootKey::new(name, key.verifying_key()).map_err(|_| CustodyError::Damaged)?;
        Ok((root, key))
    }

    fn level0(&self, class: u8) -> Secret {
        level0(&self.master, class)
    }
}

fn check(plan: &CustodyPlan, passphrase: &str) -> Result<(), CustodyError> {
    let named = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_' || c == b'-';
    let label = |label: &String| {
        label == "*" || (1..=64).contains(&label.len()) && label.bytes().all(named)
    };
    let problem = if passphrase.is_empty() {
        "the passphrase is empty"
    } else if plan.retentions.is_empty() || plan.epochs == 0 {
        "a custody needs a retention and a week to make keys for"
    } else if plan.labels.is_empty() || !plan.labels.iter().all(label) {
        "a label is `*` or a tenant: 1 to 64 of a-z, 0-9, _ and -"
    } else {
        return Ok(());
    };
    Err(CustodyError::Plan(problem))
}

fn epoch_at(now_ms: i64) -> u16 {
    u16::try_from(now_ms.div_euclid(WEEK_MS)).unwrap_or_default()
}
