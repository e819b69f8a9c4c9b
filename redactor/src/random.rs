//! Random bits for record ids, fetched for many records at once.
//!
//! Invariant: every bit is handed out once, and none is older than the millisecond it is used in: two clones of
//! a running machine may hold the same buffer, but time has moved on when they wake. (The bits are part of the
//! AEAD nonce.) Place on the path: the first thing that happens to a record.

use crate::wipe;

/// Bytes fetched at once: one system call for 64 records.
const FETCHED: usize = 512;

/// Random bytes that nobody has seen yet.
#[derive(Default)]
pub(crate) struct Random {
    left: Vec<u8>,
    fetched_at: i64,
}

impl Random {
    /// Eight fresh bytes.
    pub(crate) fn eight(&mut self, now_ms: i64) -> [u8; 8] {
        if self.left.is_empty() || self.fetched_at != now_ms {
            self.left.resize(FETCHED, 0);
            getrandom::fill(&mut self.left).expect("the kernel's random source has been seeded");
            self.fetched_at = now_ms;
        }
        let bytes: [u8; 8] = *self.left.last_chunk().expect("a multiple of eight is left");
        let left = self.left.len() - bytes.len();
        wipe::tail(&mut self.left, left);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_bytes_come_twice_and_none_outlives_its_millisecond() {
        let mut random = Random::default();
        let all: HashSet<_> = (0..1000).map(|n| random.eight(n / 300)).collect();
        assert_eq!(all.len(), 1000);
        random.eight(9);
        let left = random.left.clone();
        random.eight(10);
        assert!(!left.starts_with(&random.left));
    }
}
