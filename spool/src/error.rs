//! What can go wrong, and what to do about it.
//!
//! Errors name paths, sinks and numbers, never anything out of an event. On no path of their own: every
//! other file returns them.

use crate::budget::Room;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A failure of the spool outside [`crate::Spool::append`].
#[derive(Debug, Error)]
pub enum SpoolError {
    /// The disk refused an operation.
    #[error("{}: cannot {doing}: {source}; check the disk and that this user may write there", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// Another process has the spool open.
    #[error("{}: another greffier uses this spool; stop it, or give this one a folder of its own", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// A file was written by a newer release.
    #[error("{}: format version {version} is newer than this program's {known}; start the newer release again, or use another folder", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u16,
        /// The newest version this program reads.
        known: u16,
    },
    /// A cursor belongs to a sink that is no longer configured: its events would be kept for ever.
    #[error(
        "the spool still keeps events for sink \"{name}\", which is not configured; configure it again, or give them up with `greffier spool forget-sink {name}`"
    )]
    RemovedSink {
        /// The sink.
        name: String,
    },
    /// The caller asks for a sink the spool was not opened with.
    #[error("the spool has no sink \"{name}\"; check its name in the configuration")]
    NoSuchSink {
        /// The name asked for.
        name: String,
    },
}

/// Why a batch was not appended. Nothing of it is in the spool.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The budget is used up for at least one stream of the batch.
    #[error("the spool is full ({}); it empties as the sinks and the key store acknowledge", if room.audit { "audit and access may still enter" } else { "for every stream" })]
    Full {
        /// Who may still enter.
        room: Room,
    },
    /// The disk refused; the append was undone, or will be before the next.
    #[error("the append was undone and can be tried again: {0}")]
    Disk(#[from] SpoolError),
    /// An event, a row, a position or a tenant is larger than a frame can hold: trying again is no use.
    #[error(
        "a record is larger than a spool frame can hold (16 MiB); it must be cut before it gets here"
    )]
    Oversize,
}

impl AppendError {
    /// True when the same batch may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::Oversize)
    }
}

/// Adds to a system error where and what.
pub(crate) trait At<T> {
    /// Says that `doing` failed at `path`.
    fn at(self, doing: &'static str, path: &Path) -> Result<T, SpoolError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, SpoolError> {
        self.map_err(|source| SpoolError::Io { path: path.to_path_buf(), doing, source })
    }
}
