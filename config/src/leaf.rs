//! Typed leaves: `{ env = "NAME" }` and `{ file = "/path" }` in the place of a string.
//!
//! Invariant: they are resolved after parsing, so what they hold is a value and never more configuration. A
//! secret is not resolved here at all: the plan carries its address, and only the side that needs it reads it.

use crate::forms;
use crate::report::Env;
use crate::section::Item;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use zeroize::Zeroizing;

/// The largest file a leaf may name.
const LIMIT: u64 = 64 * 1024;
/// Bits that the mode of a secret's file must not have: nobody but its owner may do anything with it.
const PRIVATE: u32 = 0o077;
/// Bits that the mode of a file we trust must not have: anybody may read it, not everybody may change it.
const TRUSTED: u32 = 0o002;
const ANY: u32 = 0;
const FORMS: &str = "write { env = \"NAME\" } or { file = \"/path\" }";

/// Where a secret is kept. It never stands in the configuration itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In this environment variable.
    Env(String),
    /// In this file, readable by its owner only.
    File(PathBuf),
}

impl Secret {
    /// Reads the secret; white space at its end is not part of it.
    ///
    /// # Errors
    /// It is not there, empty, not text, or its file can be read by others.
    pub fn read(&self, env: Env<'_>) -> Result<Zeroizing<String>, LeafError> {
        match self {
            Self::Env(name) => variable(name, env),
            Self::File(path) => contents(path, PRIVATE),
        }
    }

    /// The problem `check` can see without opening the secret: a file that others can read.
    fn exposed(&self) -> Option<LeafError> {
        let Self::File(path) = self else { return None };
        let meta = std::fs::metadata(path).ok()?;
        permitted(path, &meta, PRIVATE).err()
    }
}

/// The verifier key of the manifest's signer. It is public, but whoever can change it can sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRoot {
    /// The C2SP verifier key itself.
    Text(String),
    /// A file that holds it; `run` makes the default one at first start.
    File(PathBuf),
}

impl KeyRoot {
    /// The verifier key, `name+hash+base64`.
    ///
    /// # Errors
    /// The file cannot be read, anyone may write it, or it holds something else.
    pub fn read(&self) -> Result<String, LeafError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::File(path) => {
                let text = contents(path, TRUSTED)?;
                let holds = (forms::VERIFIER_KEY.holds)(&text);
                holds.then(|| text.to_string()).ok_or_else(|| LeafError::NotAKey(path.clone()))
            }
        }
    }
}

/// Why a reference could not be resolved; names the variable or the path, never what it holds.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// No such environment variable, or an empty one.
    #[error("environment variable {0} is not set")]
    NotSet(String),
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {kind}", path = .0.display(), kind = words(*.1))]
    Unreadable(PathBuf, io::ErrorKind),
    /// A folder or a device.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// More than 64 KiB, or not UTF-8, or nothing at all.
    #[error("{} does not hold one line of text", .0.display())]
    NotText(PathBuf),
    /// Its mode gives others a right they must not have.
    #[error("{path} is open to others (mode {mode:03o})", path = .0.display(), mode = .1)]
    Open(PathBuf, u32),
    /// Its mode lets anybody change it.
    #[error("{path} can be written by anybody (mode {mode:03o})", path = .0.display(), mode = .1)]
    Writable(PathBuf, u32),
    /// Not a verifier key.
    #[error("{} does not hold a verifier key", .0.display())]
    NotAKey(PathBuf),
}

/// Why a file cannot be read; the standard library calls a file that is not there an entity.
pub(crate) fn words(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        other => other.to_string(),
    }
}

impl LeafError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotSet(_) => "set it, or write the value another way",
            Self::Unreadable(..) => "check the path and who may read it",
            Self::NotAFile(_) => "name a plain file",
            Self::NotText(_) => "put the value alone into the file",
            Self::Open(..) => "chmod 600 the file",
            Self::Writable(..) => "chmod o-w the file",
            Self::NotAKey(_) => {
                "put the line of the root.pub that `greffier keys init` made into it"
            }
        }
    }
}

impl Item<'_> {
    /// A string, or what a reference stands for.
    pub(crate) fn leaf(&self) -> Option<String> {
        if !self.is_table() {
            return self.text().map(str::to_owned);
        }
        let resolved = match self.reference()? {
            Secret::Env(name) => variable(&name, &|name| self.report.env(name)),
            Secret::File(path) => contents(&path, ANY),
        };
        match resolved {
            Ok(text) => Some(text.to_string()),
            Err(error) => self.leaf_error(&error),
        }
    }

    /// A leaf of a form.
    pub(crate) fn leaf_form(&self, form: &forms::Form) -> Option<String> {
        let text = self.leaf()?;
        if (form.holds)(&text) { Some(text) } else { self.fail(form.wrong, form.advice) }
    }

    /// An absolute path.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        let path = PathBuf::from(self.leaf()?);
        let plain = |part: Component<'_>| part != Component::ParentDir;
        let printable = path.to_str().is_some_and(|text| !text.contains(char::is_control));
        if path.is_absolute() && path.components().all(plain) && printable {
            return Some(path.components().collect());
        }
        self.fail("not an absolute path", "write the whole path, from / and without ..")
    }

    /// The address of a secret.
    pub(crate) fn secret(&self) -> Option<Secret> {
        if !self.is_table() {
            return self.fail("a secret in the configuration itself", FORMS);
        }
        let secret = self.reference()?;
        match secret.exposed() {
            Some(error) => self.leaf_error(&error),
            None => Some(secret),
        }
    }

    /// The verifier key, or the file that holds it.
    pub(crate) fn key_root(&self) -> Option<KeyRoot> {
        if self.is_table()
            && let Secret::File(path) = self.reference()?
        {
            return Some(KeyRoot::File(path));
        }
        self.leaf_form(&forms::VERIFIER_KEY).map(KeyRoot::Text)
    }

    fn reference(&self) -> Option<Secret> {
        let pairs = self.pairs()?;
        match pairs.as_slice() {
            [("env", name)] => name.form(&forms::VARIABLE).map(|name| Secret::Env(name.to_owned())),
            [("file", path)] if !path.is_table() => path.path().map(Secret::File),
            _ => self.fail("not a reference", FORMS),
        }
    }

    fn leaf_error<T>(&self, error: &LeafError) -> Option<T> {
        self.fail(error.to_string(), error.advice())
    }
}

fn variable(name: &str, env: Env<'_>) -> Result<Zeroizing<String>, LeafError> {
    let value = env(name).map(Zeroizing::new);
    let trimmed = value.as_ref().map_or("", |value| value.trim_end());
    if trimmed.is_empty() {
        return Err(LeafError::NotSet(name.to_owned()));
    }
    Ok(Zeroizing::new(trimmed.to_owned()))
}

/// Reads a file whose mode has none of the bits `closed`.
fn contents(path: &Path, closed: u32) -> Result<Zeroizing<String>, LeafError> {
    let unreadable = |error: io::Error| LeafError::Unreadable(path.to_owned(), error.kind());
    // Asked before opening, because opening a pipe waits, and again of what was opened.
    permitted(path, &std::fs::metadata(path).map_err(unreadable)?, closed)?;
    let file = File::open(path).map_err(unreadable)?;
    permitted(path, &file.metadata().map_err(unreadable)?, closed)?;
    let mut text = Zeroizing::new(String::with_capacity(4096));
    let not_text = || LeafError::NotText(path.to_owned());
    file.take(LIMIT + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => not_text(),
        _ => unreadable(error),
    })?;
    let value = text.trim_end();
    if value.is_empty() || value.len() as u64 > LIMIT || value.contains(['\n', '\0']) {
        return Err(not_text());
    }
    Ok(Zeroizing::new(value.to_owned()))
}

fn permitted(path: &Path, meta: &Metadata, closed: u32) -> Result<(), LeafError> {
    if !meta.is_file() {
        return Err(LeafError::NotAFile(path.to_owned()));
    }
    let mode = meta.permissions().mode() & 0o777;
    match mode & closed {
        0 => Ok(()),
        _ if closed == TRUSTED => Err(LeafError::Writable(path.to_owned(), mode)),
        _ => Err(LeafError::Open(path.to_owned(), mode)),
    }
}
