//! What is in a spool, without changing it (`greffier spool check`).
//!
//! Invariant: only reads; it may run beside a spool that is open, whose last append may then look
//! unfinished. On no path of a record.

use crate::disk::{Disk, RealDisk};
use crate::error::{At as _, SpoolError};
use crate::frame::{self, HEADER, Header, Kind, VERSION};
use crate::layout::{Layout, Log};
use crate::recover::{Skipped, read_header};
use crate::scan::{Item, Scanner};
use greffier_redactor::RecordId;
use std::path::{Path, PathBuf};

/// One segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentReport {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Appends that are whole.
    pub appends: u64,
    /// Appends with frames missing.
    pub damaged_appends: u64,
    /// Events.
    pub events: u64,
    /// Key rows and session rows.
    pub rows: u64,
    /// Source positions.
    pub positions: u64,
    /// First and last event.
    pub ids: Option<(RecordId, RecordId)>,
    /// Bytes that are no frame. At the end of the last segment: an append that was never finished.
    pub damage: Vec<Skipped>,
}

/// Reads every segment: row segments first, oldest first.
///
/// # Errors
/// When the folder or a file cannot be read, or a file is of a newer format.
pub fn check(dir: &Path) -> Result<Vec<SegmentReport>, SpoolError> {
    let (disk, layout) = (RealDisk, Layout::new(dir));
    let mut reports = Vec::new();
    for log in [Log::Rows, Log::Events] {
        for number in layout.segments(&disk, log)? {
            reports.push(check_segment(&disk, layout.segment(log, number))?);
        }
    }
    Ok(reports)
}

fn check_segment(disk: &dyn Disk, path: PathBuf) -> Result<SegmentReport, SpoolError> {
    let file = disk.open(&path).at("open", &path)?;
    let bytes = file.size().at("read", &path)?;
    let mut report = SegmentReport { path: path.clone(), bytes, ..SegmentReport::default() };
    match read_header(file.as_ref(), &path)? {
        Header::Good(_) => {}
        Header::Newer(version) => {
            return Err(SpoolError::Newer { path, version, known: VERSION });
        }
        Header::Damaged => {
            report.damage.push(Skipped { path: path.clone(), from: 0, to: bytes.min(HEADER) });
        }
    }
    let mut scanner = Scanner::new(file.as_ref(), 0, bytes);
    while let Some(item) = scanner.next_item().at("read", &path)? {
        match item {
            Item::Frame(_, frame) => match frame.head.kind {
                Some(Kind::Event) => {
                    report.events += 1;
                    let first = report.ids.map(|(first, _)| first);
                    let id = frame::id(frame.head.id);
                    report.ids = id.map(|id| (first.unwrap_or(id), id)).or(report.ids);
                }
                Some(Kind::SessionRow | Kind::KeyRow) => report.rows += 1,
                Some(Kind::Position) => report.positions += 1,
                Some(Kind::Commit | Kind::Reason) | None => {}
            },
            Item::Commit { whole: true, .. } => report.appends += 1,
            Item::Commit { whole: false, .. } => report.damaged_appends += 1,
            Item::Damage { from } => {
                let to = scanner.at();
                report.damage.push(Skipped { path: path.clone(), from, to });
            }
        }
    }
    Ok(report)
}
