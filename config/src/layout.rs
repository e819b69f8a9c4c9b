//! Where everything lives under one data folder.
//!
//! Invariant: this is the only place that names the files; the configuration may move some of them. The
//! reading side has a folder of its own, which the writer makes at first start and never opens again.

use std::path::{Path, PathBuf};

/// The paths under a data folder (`--data DIR`): what the configuration leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    data: PathBuf,
}

impl Layout {
    /// The layout under a folder. Relative only if the caller wants it so.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into() }
    }

    /// The data folder itself.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// `archive/`: the local archive.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.data.join("archive")
    }

    /// `keys.db`: the key store.
    #[must_use]
    pub fn key_store(&self) -> PathBuf {
        self.data.join("keys.db")
    }

    /// `spool/`: what has been accepted and not yet delivered everywhere.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.data.join("spool")
    }

    /// `recipients`: the signed manifest of public keys.
    #[must_use]
    pub fn recipients(&self) -> PathBuf {
        self.data.join("recipients")
    }

    /// `recipients.serial`: the highest serial of a manifest seen so far.
    #[must_use]
    pub fn recipients_serial(&self) -> PathBuf {
        self.data.join("recipients.serial")
    }

    /// `root.pub`: the verifier key of the manifest's signer.
    #[must_use]
    pub fn root_key(&self) -> PathBuf {
        self.data.join("root.pub")
    }

    /// `position.key`: the local random key of file fingerprints.
    #[must_use]
    pub fn position_key(&self) -> PathBuf {
        self.data.join("position.key")
    }

    /// `reader/`: the reading side.
    #[must_use]
    pub fn reader(&self) -> PathBuf {
        self.data.join("reader")
    }
}
