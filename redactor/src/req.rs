//! Request ids: kept when their form says "random", replaced when it does not.
//!
//! Invariant: an id that somebody could have chosen (a counter, a name, a session) never stays in clear. Its
//! replacement is keyed with an in-memory key that changes every hour, so it joins the lines of one request
//! and nothing else. Place on the path: `req` of the event.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Replaces request ids, with the key of the current hour.
pub(crate) struct RequestIds {
    hour: i64,
    key: Zeroizing<[u8; 32]>,
}

impl RequestIds {
    pub(crate) fn new() -> Self {
        Self { hour: i64::MIN, key: Zeroizing::new([0; 32]) }
    }

    /// 32 hex digits that stand for `text` within this hour.
    pub(crate) fn replacement(&mut self, text: &str, now_ms: i64) -> String {
        let hour = now_ms.div_euclid(3_600_000);
        if hour > self.hour {
            getrandom::fill(&mut self.key[..]).expect("the kernel's random source has been seeded");
            self.hour = hour;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key[..]).expect("HMAC takes any key");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// 32 hex digits, a UUID or a ULID, and not digits alone.
pub(crate) fn is_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without branches: sixteen at a time.
    let hex = |part: &[u8]| part.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit());
    let form = match bytes.len() {
        32 => hex(bytes),
        36 => bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        }),
        26 => {
            bytes[0] <= b'7'
                && bytes.iter().all(|b| b.is_ascii_alphanumeric() && !b"ILOUilou".contains(b))
        }
        _ => false,
    };
    let letter = || bytes.iter().fold(false, |any, byte| any | byte.is_ascii_alphabetic());
    form && letter() && !spells_text(bytes)
}

/// True for hex digits that spell ASCII text: `6164612e…` is somebody's name, whatever it looks like.
fn spells_text(id: &[u8]) -> bool {
    let mut digits = id.iter().filter(|byte| **byte != b'-').map(|b| char::from(*b).to_digit(16));
    while let Some(high) = digits.next() {
        match (high, digits.next().flatten()) {
            (Some(high @ 2..=7), Some(low)) if high << 4 | low != 0x7f => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_random_forms_stay() {
        for yes in [
            "6364188aedf55dd08449dd8912914d03",
            "6364188A-EDF5-5DD0-8449-DD8912914D03",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert!(is_random(yes), "{yes}");
        }
        for no in [
            "",
            "12345678901234567890123456789012",
            "12345678-1234-1234-1234-123456789012",
            "alice@example.org",
            "req-1",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "6364188aedf55dd0-8449dd8912914d03",
            "6164612e6c6f76656c61636540657861",
            "6164612E-6c6f-7665-6c61-636540657861",
        ] {
            assert!(!is_random(no), "{no}");
        }
    }

    #[test]
    fn a_replacement_lasts_an_hour_and_looks_like_an_id() {
        let mut ids = RequestIds::new();
        let first = ids.replacement("req-1", 0);
        assert!(first.len() == 32 && first.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(ids.replacement("req-1", 3_599_999), first);
        assert_ne!(ids.replacement("req-2", 3_599_999), first);
        let second = ids.replacement("req-1", 3_600_000);
        assert_ne!(second, first);
        assert_eq!(ids.replacement("req-1", 3_599_999), second, "a clock that steps back");
    }
}
