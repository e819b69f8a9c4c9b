//! The local archive: one SQLite file per stream and day of sealing.
//!
//! Invariant: an event is in at most one file and there at most once, whatever is delivered again; a delivery
//! that returned `Ok` survives a power cut; forgetting a day is removing its file. Nothing here can be read
//! without the keys beyond what the event says in clear. Format: `docs/formats/archive.md`.

mod files;
mod follow;
mod query;
mod reader;
#[cfg(test)]
mod reading_tests;
mod scan;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod writer;

pub use files::{Days, day_text};
pub use reader::ArchiveReader;
pub use writer::Archive;

use std::path::PathBuf;

impl From<ArchiveError> for crate::StoreError {
    fn from(error: ArchiveError) -> Self {
        Self::new(error)
    }
}

/// The archive could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A folder or file could not be made, listed or removed.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// SQLite refused.
    #[error("{}: {error}", path.display())]
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: rusqlite::Error,
    },
    /// The file has a format this program does not know.
    #[error(
        "{}: archive format {found}, this greffier knows {known}: use a greffier of that format, or move the file away",
        path.display()
    )]
    Version {
        /// Which file.
        path: PathBuf,
        /// Its `user_version`.
        found: i64,
        /// Ours.
        known: i64,
    },
}
