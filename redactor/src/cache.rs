//! Answers about texts that come again and again: user agents, routes, roles, names of parameters.
//!
//! Invariant: texts are known by a 128-bit keyed hash of this process only, so the cache holds none of them and
//! nobody can aim for a collision; it never holds more than [`MOST`] answers. Place on the path: before the
//! detector and the parser of user agents.

use siphasher::sip128::SipHasher13;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Answers remembered before the cache starts anew.
const MOST: usize = 4096;

/// Remembers what was found out about a text.
pub(crate) struct Cache<V> {
    hasher: SipHasher13,
    known: HashMap<u128, V, BuildHasherDefault<Already>>,
}

impl<V> Cache<V> {
    pub(crate) fn new() -> Self {
        let mut key = [0; 16];
        getrandom::fill(&mut key).expect("the kernel's random source has been seeded");
        Self { hasher: SipHasher13::new_with_key(&key), known: HashMap::default() }
    }

    /// What is known of `text`, or is found out by `ask` now.
    pub(crate) fn of(&mut self, text: &str, ask: impl FnOnce() -> V) -> &V {
        let hash = self.hasher.hash(text.as_bytes()).as_u128();
        if self.known.len() >= MOST && !self.known.contains_key(&hash) {
            self.known.clear();
        }
        self.known.entry(hash).or_insert_with(ask)
    }
}

/// The keys are hashes already: half of one places it in the table.
#[derive(Default)]
struct Already(u64);

impl Hasher for Already {
    #[allow(clippy::cast_possible_truncation, reason = "one half of a hash is a hash")]
    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        debug_assert!(false, "{} bytes that are no hash", bytes.len());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_once_and_forgets_all_when_full() {
        let mut cache = Cache::new();
        assert_eq!(*cache.of("a", || 1), 1);
        assert_eq!(*cache.of("a", || 2), 1);
        for n in 1..MOST {
            cache.of(&n.to_string(), || 0);
        }
        assert_eq!(*cache.of("a", || 3), 1, "a full cache still answers");
        cache.of("one more", || 0);
        assert_eq!((*cache.of("a", || 3), cache.known.len()), (3, 2));
    }
}
