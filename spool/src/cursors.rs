//! The cursors file: how far every sink and the key store have come.
//!
//! Invariant: the file on disk is always one that was written whole (new file, fsync, rename, fsync of the
//! folder), and it never claims more than was acknowledged. Losing it costs redelivery from the oldest
//! segment, never an event. Place on the path: after a sink's acknowledgement, before segments are freed.

use crate::disk::{Disk, read_range};
use crate::error::{At as _, SpoolError};
use crate::frame::{self, VERSION};
use crate::layout::Layout;
use crate::writer::found;
use greffier_redactor::RecordId;

const MAGIC: &[u8; 8] = b"GRSPOOLC";
/// A few sinks of at most 255 bytes of name: more than this is no cursors file.
const MAX_SIZE: u64 = 1 << 20;

/// A place in a log: order is order of writing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
}

/// How far one sink has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) sink: String,
    /// Everything before is acknowledged.
    pub(crate) place: Place,
    /// The last event acknowledged.
    pub(crate) last: Option<RecordId>,
}

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cursors {
    /// Number of the last row written since the spool began.
    pub(crate) last_row: u64,
    /// Rows up to this number are in the key store.
    pub(crate) rows_acked: u64,
    pub(crate) sinks: Vec<Cursor>,
}

/// What was found at the start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// The file.
    Whole(Cursors),
    /// No file.
    Missing,
    /// A file that cannot be read.
    Damaged,
}

impl Cursors {
    /// The file's bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.last_row.to_le_bytes());
        out.extend_from_slice(&self.rows_acked.to_le_bytes());
        out.extend_from_slice(&(self.sinks.len() as u16).to_le_bytes());
        for cursor in &self.sinks {
            out.push(cursor.sink.len() as u8);
            out.extend_from_slice(cursor.sink.as_bytes());
            out.extend_from_slice(&cursor.place.segment.to_le_bytes());
            out.extend_from_slice(&cursor.place.offset.to_le_bytes());
            out.extend_from_slice(&frame::id_bytes(cursor.last));
        }
        let crc = crc32c::crc32c(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads a file of this version; `Err` is the version of a newer one.
    fn decode(bytes: &[u8]) -> Result<Option<Self>, u16> {
        let Some((summed, sum)) = bytes.split_last_chunk::<4>() else { return Ok(None) };
        if crc32c::crc32c(summed) != u32::from_le_bytes(*sum) {
            return Ok(None);
        }
        let Some(mut fields) = summed.strip_prefix(MAGIC).map(Fields) else { return Ok(None) };
        match fields.take().map(u16::from_le_bytes) {
            Some(version) if version > VERSION => Err(version),
            Some(_) => Ok(fields.cursors()),
            None => Ok(None),
        }
    }

    /// Reads the file of a spool.
    pub(crate) fn load(disk: &dyn Disk, layout: &Layout) -> Result<Loaded, SpoolError> {
        let path = layout.cursors();
        let Some(file) = found(disk.open(&path)).at("open", &path)? else {
            return Ok(Loaded::Missing);
        };
        let size = file.size().at("read", &path)?.min(MAX_SIZE);
        let bytes = read_range(file.as_ref(), 0..size).at("read", &path)?;
        match Self::decode(&bytes) {
            Ok(Some(cursors)) => Ok(Loaded::Whole(cursors)),
            Ok(None) => Ok(Loaded::Damaged),
            Err(version) => Err(SpoolError::Newer { path, version, known: VERSION }),
        }
    }

    /// Replaces the file atomically: two fsyncs, of the new file and of the folder.
    pub(crate) fn store(&self, disk: &dyn Disk, layout: &Layout) -> Result<(), SpoolError> {
        let (path, new) = (layout.cursors(), layout.next_cursors());
        found(disk.remove(&new)).at("remove", &new)?;
        let mut file = disk.create(&new).at("create", &new)?;
        file.write_at(&self.encode(), 0).at("write", &new)?;
        file.sync().at("sync", &new)?;
        disk.rename(&new, &path).at("replace", &path)?;
        disk.sync_dir(layout.root()).at("sync", layout.root())
    }
}

struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn bytes(&mut self, len: usize) -> Option<&'b [u8]> {
        let (field, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(field)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn cursors(&mut self) -> Option<Cursors> {
        let last_row = u64::from_le_bytes(self.take()?);
        let rows_acked = u64::from_le_bytes(self.take()?);
        let count = u16::from_le_bytes(self.take()?);
        let sinks = (0..count).map(|_| self.cursor()).collect::<Option<Vec<_>>>()?;
        self.0.is_empty().then_some(Cursors { last_row, rows_acked, sinks })
    }

    fn cursor(&mut self) -> Option<Cursor> {
        let [len] = self.take()?;
        let sink = std::str::from_utf8(self.bytes(usize::from(len))?).ok()?.to_owned();
        let segment = u64::from_le_bytes(self.take()?);
        let offset = u64::from_le_bytes(self.take()?);
        Some(Cursor { sink, place: Place { segment, offset }, last: frame::id(self.take()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Cursors {
        let place = Place { segment: 3, offset: 4_711 };
        let last = frame::id([7; 16]);
        let sinks = ["archive", "cloudwatch"].map(|name| Cursor { sink: name.into(), place, last });
        Cursors { last_row: 12, rows_acked: 9, sinks: sinks.to_vec() }
    }

    #[test]
    fn cursors_read_back() {
        assert_eq!(Cursors::decode(&sample().encode()), Ok(Some(sample())));
    }

    #[test]
    fn a_newer_version_is_told_from_damage() {
        let mut bytes = sample().encode();
        bytes[8] = 2;
        assert_eq!(Cursors::decode(&bytes), Ok(None));
        let end = bytes.len() - 4;
        let crc = crc32c::crc32c(&bytes[..end]);
        bytes[end..].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(Cursors::decode(&bytes), Err(2));
    }

    proptest! {
        #[test]
        fn damage_is_noticed(at in 0usize..130, bit in 0u8..8, cut in 0usize..130) {
            let good = sample().encode();
            prop_assume!(at < good.len() && cut < good.len());
            prop_assert_eq!(Cursors::decode(&good[..cut]), Ok(None));
            let mut bytes = good;
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(Cursors::decode(&bytes), Ok(None));
        }
    }
}
