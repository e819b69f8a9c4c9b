//! Segment headers and frames, byte for byte (`docs/formats/spool.md`).
//!
//! Invariant: what [`Encoder`] writes, [`Frame`] reads back; a frame whose checksum does not match is never
//! looked into. Place on the path: between the writer or a lease and the disk.

use crate::AppendError;
use greffier_redactor::RecordId;

/// Newest format version written and read.
pub(crate) const VERSION: u16 = 1;
/// Bytes of a segment header.
pub(crate) const HEADER: u64 = 34;
/// Start of every frame. 0xF5 occurs in no UTF-8 text, so no event or row can contain it.
pub(crate) const SYNC: [u8; 4] = [0xf5, b'G', b'R', 0xf5];
/// Bytes before the counted part: sync and length.
pub(crate) const PREFIX: usize = 8;
/// Bytes of the checksum.
pub(crate) const SUFFIX: usize = 4;
/// Largest counted part: more is a damaged length.
pub(crate) const MAX_LENGTH: usize = 16 << 20;
/// Counted bytes of a frame without tenant and body.
pub(crate) const MIN_LENGTH: usize = 28;
const MAGIC: &[u8; 8] = b"GRSPOOL1";

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A wrap session, JSON.
    SessionRow = 1,
    /// A key row, JSON.
    KeyRow = 2,
    /// An event, JSON.
    Event = 3,
    /// How far a source was read; the first 16 bytes say which.
    Position = 4,
    /// The end of an append.
    Commit = 5,
    /// Why the events before it were rejected (quarantine only), UTF-8.
    Reason = 6,
}

impl Kind {
    fn from_number(number: u8) -> Option<Self> {
        use Kind::{Commit, Event, KeyRow, Position, Reason, SessionRow};
        [SessionRow, KeyRow, Event, Position, Commit, Reason]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

/// The fixed fields of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Option<Kind>,
    pub(crate) stream: u8,
    pub(crate) time: i64,
    pub(crate) id: [u8; 16],
}

impl Head {
    /// The head of a frame that is no event.
    pub(crate) const fn plain(kind: Kind) -> Self {
        Self { kind: Some(kind), stream: 0, time: 0, id: [0; 16] }
    }
}

/// A frame read back; its checksum is right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'b> {
    pub(crate) head: Head,
    pub(crate) tenant: &'b str,
    pub(crate) body: &'b [u8],
}

impl<'b> Frame<'b> {
    /// Reads a whole frame, sync to checksum; `None` if anything is wrong with it.
    pub(crate) fn read(bytes: &'b [u8]) -> Option<Self> {
        let length = counted(bytes)?;
        let (counted, sum) = bytes[4..].split_at_checked(4 + length)?;
        if crc32c::crc32c(counted) != u32::from_le_bytes(sum.try_into().ok()?) {
            return None;
        }
        Self::view(bytes)
    }

    /// Reads a frame whose checksum was checked before.
    pub(crate) fn view(bytes: &'b [u8]) -> Option<Self> {
        let counted = bytes.get(PREFIX..bytes.len().checked_sub(SUFFIX)?)?;
        let (head, rest) = counted.split_at_checked(MIN_LENGTH)?;
        let head_of = |from: usize, to: usize| &head[from..to];
        let tenant = usize::from(u16::from_le_bytes(head_of(26, 28).try_into().ok()?));
        let (tenant, body) = rest.split_at_checked(tenant)?;
        Some(Self {
            head: Head {
                kind: Kind::from_number(head[0]),
                stream: head[1],
                time: i64::from_le_bytes(head_of(2, 10).try_into().ok()?),
                id: head_of(10, 26).try_into().ok()?,
            },
            tenant: std::str::from_utf8(tenant).ok()?,
            body,
        })
    }
}

/// The counted length, if `bytes` begin like a frame.
pub(crate) fn counted(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_le_bytes(bytes.strip_prefix(&SYNC)?.get(..4)?.try_into().ok()?);
    let length = usize::try_from(length).ok()?;
    (MIN_LENGTH..=MAX_LENGTH).contains(&length).then_some(length)
}

/// The body of a commit frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Commit {
    /// Frames of the append, without this one.
    pub(crate) frames: u32,
    /// CRC-32C over those frames, sync to checksum.
    pub(crate) crc: u32,
    /// Highest row number the append needs: no event of it may leave before the key store has that row.
    pub(crate) rows: u64,
}

impl Commit {
    /// Reads the body.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body: &[u8; 16] = body.try_into().ok()?;
        Some(Self {
            frames: u32::from_le_bytes(body[..4].try_into().ok()?),
            crc: u32::from_le_bytes(body[4..8].try_into().ok()?),
            rows: u64::from_le_bytes(body[8..].try_into().ok()?),
        })
    }
}

/// Writes the frames of one append.
pub(crate) struct Encoder<'b> {
    out: &'b mut Vec<u8>,
    start: usize,
    frames: u32,
}

impl<'b> Encoder<'b> {
    /// Begins an append at the end of `out`.
    pub(crate) fn new(out: &'b mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start, frames: 0 }
    }

    /// Adds a frame.
    pub(crate) fn frame(
        &mut self,
        head: Head,
        tenant: &str,
        body: &[u8],
    ) -> Result<(), AppendError> {
        let length = MIN_LENGTH + tenant.len() + body.len();
        let tenant_len = u16::try_from(tenant.len()).map_err(|_| AppendError::Oversize)?;
        if length > MAX_LENGTH {
            return Err(AppendError::Oversize);
        }
        let length = u32::try_from(length).map_err(|_| AppendError::Oversize)?;
        self.out.extend_from_slice(&SYNC);
        let summed = self.out.len();
        self.out.extend_from_slice(&length.to_le_bytes());
        self.out.push(head.kind.map_or(0, |kind| kind as u8));
        self.out.push(head.stream);
        self.out.extend_from_slice(&head.time.to_le_bytes());
        self.out.extend_from_slice(&head.id);
        self.out.extend_from_slice(&tenant_len.to_le_bytes());
        self.out.extend_from_slice(tenant.as_bytes());
        self.out.extend_from_slice(body);
        let crc = crc32c::crc32c(&self.out[summed..]);
        self.out.extend_from_slice(&crc.to_le_bytes());
        self.frames += 1;
        Ok(())
    }

    /// Ends the append, which needs the rows up to `rows`.
    pub(crate) fn commit(mut self, rows: u64) -> Result<(), AppendError> {
        let crc = crc32c::crc32c(&self.out[self.start..]);
        let mut body = [0; 16];
        body[..4].copy_from_slice(&self.frames.to_le_bytes());
        body[4..8].copy_from_slice(&crc.to_le_bytes());
        body[8..].copy_from_slice(&rows.to_le_bytes());
        self.frame(Head::plain(Kind::Commit), "", &body)
    }
}

/// What the first bytes of a segment say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    /// A header of this version, with the last id before the segment.
    Good(Option<RecordId>),
    /// A header of a newer version.
    Newer(u16),
    /// No header, or a damaged one: the frames after it can still be read.
    Damaged,
}

impl Header {
    /// Appends a header.
    pub(crate) fn write(out: &mut Vec<u8>, last: Option<RecordId>) {
        let start = out.len();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&(HEADER as u16).to_le_bytes());
        out.extend_from_slice(&id_bytes(last));
        out.extend_from_slice(&last.as_ref().map_or(0, RecordId::day).to_le_bytes());
        let crc = crc32c::crc32c(&out[start..]);
        out.extend_from_slice(&crc.to_le_bytes());
    }

    /// Reads the header at the start of `bytes`. Its length and its checksum (the last four bytes) stay
    /// where they are in every version, so that damage is never taken for a newer format.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self::checked(bytes).unwrap_or(Self::Damaged)
    }

    fn checked(bytes: &[u8]) -> Option<Self> {
        let fields = bytes.strip_prefix(MAGIC)?;
        let version = u16::from_le_bytes(fields.get(..2)?.try_into().ok()?);
        let length = usize::from(u16::from_le_bytes(fields.get(2..4)?.try_into().ok()?));
        let (summed, sum) = bytes.get(..length)?.split_at_checked(length.checked_sub(SUFFIX)?)?;
        if crc32c::crc32c(summed) != u32::from_le_bytes(sum.try_into().ok()?) {
            return None;
        }
        if version > VERSION {
            return Some(Self::Newer(version));
        }
        Some(Self::Good(id(summed.get(12..28)?.try_into().ok()?)))
    }
}

/// The bytes of an id; sixteen zeros stand for none.
pub(crate) fn id_bytes(id: Option<RecordId>) -> [u8; 16] {
    id.map_or([0; 16], |id| *id.as_bytes())
}

/// The id of these bytes; sixteen zeros stand for none.
pub(crate) fn id(bytes: [u8; 16]) -> Option<RecordId> {
    (bytes != [0; 16]).then(|| RecordId::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(head: Head, tenant: &str, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Encoder::new(&mut out).frame(head, tenant, body).unwrap();
        out
    }

    proptest! {
        #[test]
        fn frames_read_back(stream: u8, time: i64, id: [u8; 16], tenant in "[a-z0-9_-]{0,64}",
                            body in prop::collection::vec(any::<u8>(), 0..300)) {
            let head = Head { kind: Some(Kind::Event), stream, time, id };
            let bytes = one(head, &tenant, &body);
            let frame = Frame::read(&bytes).unwrap();
            prop_assert_eq!((frame.head, frame.tenant, frame.body), (head, &*tenant, &*body));
        }

        #[test]
        fn a_flipped_bit_is_noticed(at in 0usize..60, bit in 0u8..8) {
            let mut bytes = one(Head::plain(Kind::Position), "acme", &[7; 16]);
            prop_assume!(at < bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Frame::read(&bytes).is_none());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            Frame::read(&bytes).map(|frame| frame.body.len());
            Frame::view(&bytes).map(|frame| frame.body.len());
            Header::read(&bytes);
            Commit::read(&bytes);
        }
    }

    #[test]
    fn headers_tell_newer_from_damaged() {
        let mut bytes = Vec::new();
        Header::write(&mut bytes, id([9; 16]));
        assert_eq!(bytes.len() as u64, HEADER);
        assert_eq!(Header::read(&bytes), Header::Good(id([9; 16])));
        bytes[8] = 2;
        assert_eq!(Header::read(&bytes), Header::Damaged);
        let crc = crc32c::crc32c(&bytes[..30]);
        bytes[30..].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(Header::read(&bytes), Header::Newer(2));
    }
}
