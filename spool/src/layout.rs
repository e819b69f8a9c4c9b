//! Names in the spool's folder.
//!
//! Invariant: no other file of this crate spells a name. On the path: beside every access to the disk.

use crate::disk::Disk;
use crate::error::{At as _, SpoolError};
use std::path::{Path, PathBuf};

/// The two kinds of segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Log {
    /// Key rows.
    Rows,
    /// Events and positions.
    Events,
}

/// Where things are.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The spool in that folder.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a log's segments.
    pub(crate) fn log(&self, log: Log) -> PathBuf {
        self.root.join(match log {
            Log::Rows => "rows",
            Log::Events => "events",
        })
    }

    /// A segment.
    pub(crate) fn segment(&self, log: Log, number: u64) -> PathBuf {
        self.log(log).join(format!("{number:020}.seg"))
    }

    /// Numbers of the segments on disk, ascending; other names are none of ours.
    pub(crate) fn segments(&self, disk: &dyn Disk, log: Log) -> Result<Vec<u64>, SpoolError> {
        let dir = self.log(log);
        let names = disk.list(&dir).at("list", &dir)?;
        let mut numbers: Vec<u64> = names.iter().filter_map(|name| number(name)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The cursors.
    pub(crate) fn cursors(&self) -> PathBuf {
        self.root.join("cursors")
    }

    /// The next cursors, until they are whole.
    pub(crate) fn next_cursors(&self) -> PathBuf {
        self.root.join("cursors.new")
    }

    /// The lock.
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The folder of rejected events.
    pub(crate) fn quarantines(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// What a sink rejected.
    pub(crate) fn quarantine(&self, sink: &str) -> PathBuf {
        self.quarantines().join(format!("{sink}.seg"))
    }
}

fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(())?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_segment_names_are_segments() {
        assert_eq!(number("00000000000000000042.seg"), Some(42));
        for name in ["42.seg", "00000000000000000042", "+0000000000000000042.seg", "cursors"] {
            assert_eq!(number(name), None);
        }
    }
}
