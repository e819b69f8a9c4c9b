//! Which file holds what: `archive/<stream>/<YYYY-MM-DD>.db`, the day being the day of sealing (UTC).
//!
//! Invariant: the name of a file is a function of (stream, day of the record id) alone, so an event delivered
//! again finds the file that has it.

use super::ArchiveError;
use chrono::{DateTime, NaiveDate};
use greffier_spool::Stream;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Days of sealing, as days since 1970-01-01 UTC, both ends included.
pub type Days = std::ops::RangeInclusive<u16>;

/// `SQLite`'s side files, removed before the database so that none can be replayed into a later one.
pub(super) const SIDE_FILES: [&str; 2] = ["-wal", "-shm"];

/// A day as `YYYY-MM-DD`.
#[must_use]
pub fn day_text(day: u16) -> String {
    DateTime::from_timestamp(i64::from(day) * 86_400, 0)
        .map_or_else(String::new, |midnight| midnight.format("%Y-%m-%d").to_string())
}

fn parse_day(text: &str) -> Option<u16> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let day = date.signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?).num_days();
    u16::try_from(day).ok().filter(|day| day_text(*day) == text)
}

/// The file of one stream and day.
pub(super) fn path_of(dir: &Path, stream: Stream, day: u16) -> PathBuf {
    dir.join(stream.name()).join(format!("{}.db", day_text(day)))
}

/// The side file `suffix` of a database.
pub(super) fn side_file(db: &Path, suffix: &str) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Days of `stream` of which there is a file (or a side file that outlived it), newest first.
pub(super) fn days_of(dir: &Path, stream: Stream) -> Result<Vec<u16>, ArchiveError> {
    let folder = dir.join(stream.name());
    let failed = |error| ArchiveError::Io { path: folder.clone(), error };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut days = BTreeSet::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let stem = name.to_str().and_then(|name| name.split_once(".db"));
        days.extend(stem.and_then(|(day, _)| parse_day(day)));
    }
    Ok(days.into_iter().rev().collect())
}

/// Makes an empty file of mode 0600 if there is none, and its folders (0700), so that `SQLite`, which copies
/// the mode to its side files, never opens them to others. Names are durable when this returns.
pub(super) fn create(db: &Path) -> Result<(), ArchiveError> {
    let failed = |error| ArchiveError::Io { path: db.to_owned(), error };
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(db) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        file => {
            file.map_err(failed)?;
            sync_parent(db).map_err(failed)
        }
    }
}

/// Makes a folder of mode 0700 and those above it.
pub(super) fn create_folder(folder: &Path) -> Result<(), ArchiveError> {
    if folder.is_dir() {
        return Ok(());
    }
    let failed = |error| ArchiveError::Io { path: folder.to_owned(), error };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    sync_parent(folder).map_err(failed)
}

fn sync_parent(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Removes the file of a day with its side files; what is gone already is fine.
pub(super) fn remove(db: &Path) -> Result<(), ArchiveError> {
    for path in SIDE_FILES.iter().map(|suffix| side_file(db, suffix)).chain([db.to_owned()]) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(ArchiveError::Io { path, error });
            }
            _ => {}
        }
    }
    sync_parent(db).map_err(|error| ArchiveError::Io { path: db.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_back_and_nothing_else_is_a_day() {
        assert_eq!(day_text(20_778), "2026-11-21");
        assert_eq!(parse_day("2026-11-21"), Some(20_778));
        for wrong in ["2026-1-1", "1969-12-31", "2300-01-01", "notes", "", "2026-11-21x"] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }
}
