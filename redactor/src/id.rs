//! Record ids: 128 bits that sort by time, unique across instances and clones.
//!
//! 48-bit milliseconds = max(now, last) ‖ version 7 ‖ 12-bit counter (from 0 each millisecond; on overflow
//! the millisecond moves on) ‖ variant ‖ 62 fresh random bits: the layout of a UUIDv7 (RFC 9562) with the
//! counter of its section 6.2, method 1. The low 12 bytes are also the AEAD nonce, so the random part must
//! be fresh for every record.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64_simd::Out;
use std::fmt;

/// The id of one event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id written as 22 characters of base64url; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Milliseconds since 1970 at sealing.
    #[must_use]
    pub fn millis(&self) -> i64 {
        self.0[..6].iter().fold(0, |ms, byte| ms << 8 | i64::from(*byte))
    }

    /// Day of sealing: days since 1970-01-01 UTC.
    #[must_use]
    pub fn day(&self) -> u16 {
        u16::try_from(self.millis() / 86_400_000).unwrap_or(u16::MAX)
    }

    /// The short form people read aloud: `r-` and 8 Crockford base32 characters of the last 40 bits.
    #[must_use]
    pub fn short(&self) -> String {
        const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let low = self.0[11..].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let digits = (0..8).rev().map(|n| char::from(CROCKFORD[(low >> (5 * n) & 31) as usize]));
        std::iter::once('r').chain(std::iter::once('-')).chain(digits).collect()
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&text22(&self.0)).expect("base64url is ASCII"))
    }
}

/// 16 bytes as 22 characters of base64url: a record id, a key id.
pub(crate) fn text22(bytes: &[u8; 16]) -> [u8; 22] {
    let mut text = [0; 22];
    let _whole = base64_simd::URL_SAFE_NO_PAD.encode(bytes, Out::from_slice(&mut text));
    text
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes ids that never go backwards, whatever the clock does.
#[derive(Debug)]
pub struct RecordIds {
    last_ms: u64,
    counter: u16,
}

impl RecordIds {
    /// Starts after `last`, the last id of the spool (or of an earlier run), if there is one.
    #[must_use]
    pub fn after(last: Option<RecordId>) -> Self {
        let last_ms = last.map_or(0, |id| u64::try_from(id.millis()).unwrap_or(0));
        let counter = last.map_or(0, |id| u16::from_be_bytes([id.0[6] & 0x0f, id.0[7]]) + 1);
        Self { last_ms, counter }
    }

    /// The next id at `now_ms`, with 8 fresh random bytes.
    pub fn next(&mut self, now_ms: i64, random: [u8; 8]) -> RecordId {
        let now = u64::try_from(now_ms).unwrap_or(0);
        if now > self.last_ms {
            (self.last_ms, self.counter) = (now, 0);
        } else if self.counter > 0x0fff {
            (self.last_ms, self.counter) = (self.last_ms + 1, 0);
        }
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&self.last_ms.to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&(0x7000 | self.counter).to_be_bytes());
        bytes[8..].copy_from_slice(&random);
        bytes[8] = 0x80 | bytes[8] & 0x3f;
        self.counter += 1;
        RecordId(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_increase_when_the_clock_stands_goes_back_or_overflows() {
        let mut ids = RecordIds::after(None);
        let mut last = ids.next(1_000, [0xff; 8]);
        for n in 0..10_000 {
            let next = ids.next(1_000 - n % 3, [0; 8]);
            assert!(next > last);
            last = next;
        }
        assert_eq!(last.millis(), 1_002);
        assert!(RecordIds::after(Some(last)).next(0, [0; 8]) > last);
    }

    #[test]
    fn text_form_is_22_characters_and_reads_back() {
        let id = RecordIds::after(None).next(1_795_293_161_727, [7; 8]);
        assert_eq!(id.to_string().len(), 22);
        assert_eq!(RecordId::parse(&id.to_string()), Some(id));
        assert_eq!(RecordId::parse("short"), None);
        assert_eq!(id.millis(), 1_795_293_161_727);
        assert_eq!(id.day(), 20_778);
        assert_eq!(id.short().len(), 10);
    }
}
