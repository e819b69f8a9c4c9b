//! Events a sink will never take, set aside.
//!
//! Invariant: an event is passed by its sink only after it is durable here, or counted as lost because the
//! quarantine has reached its limit (one segment's size per sink). The file is only appended to; removing
//! it empties it. Place on the path: beside the sinks.

use crate::disk::{Disk, DiskFile, RealDisk};
use crate::error::{AppendError, At as _, SpoolError};
use crate::frame::{Encoder, HEADER, Head, Header, Kind};
use crate::layout::Layout;
use crate::lease::SpooledEvent;
use crate::read::Gathered;
use crate::scan::{Item, Scanner};
use crate::spool::{Inner, lock};
use crate::writer::{EventParts, found};
use std::io;
use std::path::Path;

/// Events that were set aside together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The events, as they were sealed.
    pub events: Vec<SpooledEvent>,
    /// Why the sink would not take them.
    pub reason: String,
}

impl Inner {
    /// Copies events to the sink's quarantine; false when it is full and they are lost.
    pub(crate) fn quarantine(
        &self,
        sink: usize,
        events: &[&SpooledEvent],
        reason: &str,
    ) -> Result<bool, SpoolError> {
        if events.is_empty() {
            return Ok(true);
        }
        let (name, limit) = {
            let state = lock(&self.state);
            (state.sinks[sink].cursor.sink.clone(), state.limits.events)
        };
        let bytes = encode(events, reason)
            .map_err(io::Error::other)
            .at("encode", &self.layout.quarantine(&name))?;
        let kept = keep(self.disk.as_ref(), &self.layout, &name, limit, &bytes)?;
        let mut state = lock(&self.state);
        state.rejected += events.len() as u64;
        if !kept {
            state.rejected_lost += events.len() as u64;
            tracing::error!(sink = name, events = events.len(), "lost: the quarantine is full");
        }
        Ok(kept)
    }
}

fn encode(events: &[&SpooledEvent], reason: &str) -> Result<Vec<u8>, AppendError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    for event in events {
        let SpooledEvent { id, stream, time, tenant, bytes } = *event;
        let parts = EventParts { id: *id, stream: *stream, time: *time, tenant, bytes };
        encoder.frame(parts.head(), tenant, bytes)?;
    }
    encoder.frame(Head::plain(Kind::Reason), "", reason.as_bytes())?;
    encoder.commit(0)?;
    Ok(bytes)
}

/// Appends durably; false when the quarantine is full.
fn keep(
    disk: &dyn Disk,
    layout: &Layout,
    sink: &str,
    limit: u64,
    bytes: &[u8],
) -> Result<bool, SpoolError> {
    let path = layout.quarantine(sink);
    let mut there = found(disk.open(&path)).at("open", &path)?;
    // One that was begun and has no header yet is begun again.
    let size = there.as_ref().map_or(Ok(0), |file| file.size()).at("read", &path)?;
    if let Some(file) = there.as_mut().filter(|_| size >= HEADER) {
        if size + bytes.len() as u64 > limit {
            return Ok(false);
        }
        write(file.as_mut(), size, bytes).at("write", &path)?;
        return Ok(true);
    }
    let mut whole = Vec::new();
    Header::write(&mut whole, None);
    whole.extend_from_slice(bytes);
    let mut file = match there {
        Some(begun) => begun,
        None => disk.create(&path).at("create", &path)?,
    };
    write(file.as_mut(), 0, &whole).at("write", &path)?;
    let dir = layout.quarantines();
    disk.sync_dir(&dir).at("sync", &dir)?;
    Ok(true)
}

/// Takes back what was written if it fails, as far as the disk lets it: the reader passes over the rest.
fn write(file: &mut dyn DiskFile, size: u64, bytes: &[u8]) -> io::Result<()> {
    let written = file.write_at(bytes, size).and_then(|()| file.sync());
    written.inspect_err(|_| drop(file.truncate(size)))
}

/// What a sink has rejected, oldest first; empty when it has rejected nothing.
///
/// # Errors
/// When the file cannot be read.
pub fn rejected(dir: &Path, sink: &str) -> Result<Vec<Rejected>, SpoolError> {
    rejected_on(&RealDisk, dir, sink)
}

pub(crate) fn rejected_on(
    disk: &dyn Disk,
    dir: &Path,
    sink: &str,
) -> Result<Vec<Rejected>, SpoolError> {
    let path = Layout::new(dir).quarantine(sink);
    let Some(file) = found(disk.open(&path)).at("open", &path)? else { return Ok(Vec::new()) };
    let mut scanner = Scanner::new(file.as_ref(), 0, file.size().at("read", &path)?);
    let (mut all, mut gathered) = (Vec::new(), Gathered::default());
    while let Some(item) = scanner.next_item().at("read", &path)? {
        let Item::Frame(_, frame) = item else { continue };
        match frame.head.kind {
            Some(Kind::Event) => {
                gathered.add(&frame, usize::MAX);
            }
            Some(Kind::Reason) => {
                let events = std::mem::take(&mut gathered).finish();
                let reason = String::from_utf8_lossy(frame.body).into_owned();
                all.push(Rejected { events, reason });
            }
            _ => {}
        }
    }
    Ok(all)
}
