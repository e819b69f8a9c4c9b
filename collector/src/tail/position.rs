//! How far a file has been read, in bytes that outlive the process (`docs/formats/spool.md`).
//!
//! Invariant: a position is believed only for a file of the same device, inode and beginning, because inodes
//! are used again. The beginning is kept as a keyed hash: log lines may be personal, and a spool keeps nothing
//! personal in the clear.

use crate::Position;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How much of a file's beginning identifies it.
const HEAD: u64 = 1024;
/// Bytes of an encoded position.
const LEN: usize = 8 + 8 + 8 + 2 + 32;

/// The local random key of the fingerprints.
pub(crate) type Key = [u8; 32];

/// Which file: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inode {
    pub(crate) device: u64,
    pub(crate) number: u64,
}

/// A keyed hash of a file's first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    len: u16,
    mac: [u8; 32],
}

impl Fingerprint {
    /// Of as much of the beginning as lies before `offset`; `None` when the file has become shorter.
    pub(crate) fn before(offset: u64, file: &File, key: &Key) -> io::Result<Option<Self>> {
        Self::of(offset.min(HEAD) as u16, file, key)
    }

    fn of(len: u16, file: &File, key: &Key) -> io::Result<Option<Self>> {
        let mut head = [0; HEAD as usize];
        let head = &mut head[..usize::from(len)];
        match file.read_exact_at(head, 0) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(head);
        Ok(Some(Self { len, mac: mac.finalize().into_bytes().into() }))
    }

    /// Whether the file still begins as it did.
    pub(crate) fn matches(&self, file: &File, key: &Key) -> io::Result<bool> {
        Ok(Self::of(self.len, file, key)?.as_ref() == Some(self))
    }

    /// Whether a longer beginning could be taken at `offset`.
    pub(crate) fn is_short(&self, offset: u64) -> bool {
        u64::from(self.len) < offset.min(HEAD)
    }
}

/// A decoded position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) inode: Inode,
    pub(crate) offset: u64,
    pub(crate) head: Fingerprint,
}

impl Mark {
    pub(crate) fn encode(&self) -> Position {
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend(self.inode.device.to_le_bytes());
        bytes.extend(self.inode.number.to_le_bytes());
        bytes.extend(self.offset.to_le_bytes());
        bytes.extend(self.head.len.to_le_bytes());
        bytes.extend(self.head.mac);
        Position(bytes)
    }

    /// `None` for bytes that are no position of this form.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LEN] = bytes.try_into().ok()?;
        let (device, rest) = bytes.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let (len, mac) = rest.split_first_chunk()?;
        let len = u16::from_le_bytes(*len);
        let inode =
            Inode { device: u64::from_le_bytes(*device), number: u64::from_le_bytes(*number) };
        let head = Fingerprint { len, mac: mac.try_into().ok()? };
        let offset = u64::from_le_bytes(*offset);
        (u64::from(len) <= HEAD).then_some(Self { inode, offset, head })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_is_encoded_is_decoded() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[b'x'; 2000]).unwrap();
        for offset in [0, 7, 1024, 1999] {
            let head = Fingerprint::before(offset, &file, &[7; 32]).unwrap().expect("long enough");
            let inode = Inode { device: 1, number: u64::MAX };
            let mark = Mark { inode, offset, head };
            let Position(bytes) = mark.encode();
            assert_eq!(bytes.len(), 58);
            assert_eq!(Mark::decode(&bytes), Some(mark));
            assert_eq!(Mark::decode(&bytes[1..]), None);
            assert!(head.matches(&file, &[7; 32]).unwrap());
            assert!(!head.matches(&file, &[8; 32]).unwrap());
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let file = tempfile::tempfile().unwrap();
        let head =
            Fingerprint::before(0, &file, &[0; 32]).unwrap().expect("nothing is long enough");
        let inode = Inode { device: 0x0102, number: 0x03 };
        let Position(bytes) = Mark { inode, offset: 0x0405, head }.encode();
        let numbers =
            [2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(bytes[..26], numbers);
    }

    #[test]
    fn a_shorter_file_has_no_such_beginning() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let head = Fingerprint::before(10, &file, &[7; 32]).unwrap().expect("long enough");
        file.set_len(9).unwrap();
        assert!(!head.matches(&file, &[7; 32]).unwrap());
        assert!(Fingerprint::before(10, &file, &[7; 32]).unwrap().is_none());
        file.write_all(b"0").unwrap(); // at offset 10, behind a zero
        assert!(!head.matches(&file, &[7; 32]).unwrap());
        assert!(head.is_short(11) && !head.is_short(10));
    }
}
