//! The custody file: JSON, mode 0600, replaced as a whole.
//!
//! Invariant: a reader sees the old file or the new one, never a part; a file that others can read is
//! refused before anything in it is used.

use super::{Cost, CustodyError};
use crate::manifest::ClassKey;
use crate::rows::text;
use crate::{Class, SUITE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

const FORMAT: &str = "greffier custody v1";

/// How the passphrase becomes a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Derivation {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    #[serde(with = "text")]
    pub(super) salt: [u8; 16],
}

impl Derivation {
    pub(super) fn new(cost: Cost, salt: [u8; 16]) -> Self {
        let Cost { memory_kib, passes } = cost;
        Self { name: "argon2id".to_owned(), memory_kib, passes, lanes: 1, salt }
    }
}

/// The key that signs manifests.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Root {
    pub(super) name: String,
    #[serde(with = "text")]
    pub(super) public: [u8; 32],
    #[serde(with = "text")]
    pub(super) sealed: Vec<u8>,
}

/// A version of the index key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndexKey {
    pub(super) version: u16,
    #[serde(with = "text")]
    pub(super) sealed: Vec<u8>,
}

/// A class key pair.
#[derive(Clone)]
pub(super) struct Sealed {
    pub(super) public: [u8; 32],
    pub(super) sealed: Vec<u8>,
}

/// The file.
#[derive(Clone)]
pub(super) struct File {
    pub(super) derivation: Derivation,
    pub(super) root: Root,
    pub(super) index: Vec<IndexKey>,
    pub(super) serial: u64,
    pub(super) first_epoch: u16,
    pub(super) epochs: u16,
    pub(super) labels: Vec<String>,
    pub(super) retentions: Vec<u16>,
    pub(super) keys: BTreeMap<ClassKey, Sealed>,
}

impl File {
    /// Names of the keys that the current manifest publishes.
    pub(super) fn window(&self) -> Vec<ClassKey> {
        let mut names = Vec::new();
        for label in &self.labels {
            for &ret in &self.retentions {
                for class in Class::ALL {
                    let epochs = self.first_epoch..self.first_epoch.saturating_add(self.epochs);
                    names.extend(epochs.map(|epoch| ClassKey {
                        label: label.clone(),
                        ret,
                        class,
                        epoch,
                    }));
                }
            }
        }
        names
    }
}

/// The file's JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    format: String,
    derivation: Derivation,
    root: Root,
    index: Vec<IndexKey>,
    serial: u64,
    first_epoch: u16,
    epochs: u16,
    labels: Vec<String>,
    retentions: Vec<u16>,
    keys: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    tenant: String,
    ret: u16,
    class: u8,
    epoch: u16,
    suite: u8,
    #[serde(with = "text")]
    public: [u8; 32],
    #[serde(with = "text")]
    sealed: Vec<u8>,
}

impl From<File> for Json {
    fn from(file: File) -> Self {
        let File { derivation, root, index, serial, first_epoch, epochs, labels, retentions, keys } =
            file;
        let keys = keys.into_iter().map(|(name, Sealed { public, sealed })| {
            let ClassKey { label: tenant, ret, class, epoch } = name;
            Key { tenant, ret, class: class.number(), epoch, suite: SUITE, public, sealed }
        });
        let keys = keys.collect();
        let format = FORMAT.to_owned();
        Self {
            format,
            derivation,
            root,
            index,
            serial,
            first_epoch,
            epochs,
            labels,
            retentions,
            keys,
        }
    }
}

impl TryFrom<Json> for File {
    type Error = CustodyError;

    fn try_from(json: Json) -> Result<Self, CustodyError> {
        let Json { format, derivation, root, index, serial, first_epoch, epochs, labels, .. } =
            json;
        if format != FORMAT {
            return Err(CustodyError::Damaged);
        }
        let entry = |key: Key| {
            let Key { tenant: label, ret, class, epoch, suite, public, sealed } = key;
            let class = Class::from_number(class).filter(|_| suite == SUITE)?;
            Some((ClassKey { label, ret, class, epoch }, Sealed { public, sealed }))
        };
        let keys = json.keys.into_iter().map(entry).collect::<Option<_>>();
        let keys = keys.ok_or(CustodyError::Damaged)?;
        let retentions = json.retentions;
        Ok(Self { derivation, root, index, serial, first_epoch, epochs, labels, retentions, keys })
    }
}

/// Takes the name; fails when there is a file already.
pub(super) fn reserve(path: &Path) -> Result<(), CustodyError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(CustodyError::Exists),
        Err(error) => Err(error.into()),
    }
}

/// Reads the file, unless others can.
pub(super) fn read(path: &Path) -> Result<File, CustodyError> {
    let file = fs::File::open(path)?;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(CustodyError::Exposed { mode });
    }
    let text = io::read_to_string(file)?;
    let json: Json = serde_json::from_str(&text).map_err(|_| CustodyError::Damaged)?;
    json.try_into()
}

/// Replaces the file: a new one beside it, made durable, then renamed over it.
pub(super) fn write(path: &Path, file: &File) -> Result<(), CustodyError> {
    let json =
        serde_json::to_string_pretty(&Json::from(file.clone())).expect("strings and numbers");
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = path.with_added_extension("new");
    if let Err(error) = fs::remove_file(&new)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error.into());
    }
    let mut to = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    to.write_all(json.as_bytes())?;
    to.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}
