//! How much the spool may hold, and for whom.
//!
//! Invariant: `requests`, `errors`, `events` and `sessions` never enter the last quarter of the budget, so
//! that `audit` and `access` still can. Admission looks at what is there before the batch, so [`Room`] read
//! before an append tells its fate, and the budget is overrun by one append at most. On the path:
//! asked by the pipeline before it reads a source, and by the writer before it appends.

use greffier_redactor::Stream;
use std::path::PathBuf;

/// Where a spool is and how large it may get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder; it is created.
    pub dir: PathBuf,
    /// Bytes of all segments together; a quarter is reserved for `audit` and `access`.
    pub max_bytes: u64,
    /// Bytes of an event segment before the next is begun; at most an eighth of `max_bytes` is used.
    pub segment_bytes: u64,
}

impl Options {
    /// 2 GiB in segments of 64 MiB.
    #[must_use]
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), max_bytes: 2 << 30, segment_bytes: 64 << 20 }
    }

    /// What the numbers come to.
    pub(crate) fn limits(&self) -> Limits {
        // The newest segment is never freed: it must not be able to fill the budget by itself.
        let events = self.segment_bytes.min(self.max_bytes / 8).max(1);
        Limits { max: self.max_bytes, events, rows: events.min(4 << 20) }
    }
}

/// Sizes in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) max: u64,
    pub(crate) events: u64,
    pub(crate) rows: u64,
}

impl Limits {
    /// Who may still enter when `used` bytes are taken.
    pub(crate) fn room(&self, used: u64) -> Room {
        Room { open: used < self.max - self.max / 4, audit: used < self.max }
    }
}

/// Who may still enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Every stream.
    pub open: bool,
    /// `audit`, `access`, and appends without events (rows, positions).
    pub audit: bool,
}

impl Room {
    /// True when the next append may hold events of that stream.
    #[must_use]
    pub fn admits(self, stream: Stream) -> bool {
        match stream {
            Stream::Audit | Stream::Access => self.audit,
            Stream::Requests | Stream::Errors | Stream::Events | Stream::Sessions => self.open,
        }
    }
}

/// What is in the spool now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all segments.
    pub bytes: u64,
    /// The budget.
    pub max_bytes: u64,
    /// Event segments on disk.
    pub event_segments: usize,
    /// Row segments on disk.
    pub row_segments: usize,
    /// Rows the key store has not acknowledged yet.
    pub rows_waiting: u64,
    /// Events sinks have rejected since the spool was opened.
    pub rejected: u64,
    /// Those of them that were not kept, because the sink's quarantine was full.
    pub rejected_lost: u64,
    /// Damaged bytes leases have passed over since the spool was opened.
    pub skipped_bytes: u64,
}
