//! The key under which the lines of one request are held together.
//!
//! A request id is the client's own choice, so alone it is no key: two requests that name the same id must
//! not flush each other's lines. The key is a keyed 128-bit hash (SipHash-1-3), so no table outside the redactor
//! holds the id itself, and nobody outside can aim for a collision.

use crate::{Body, Raw};
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::fmt;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hash, Hasher, RandomState};

/// Names one request among the held ones. Opaque; differs from process to process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldKey(u128);

/// Builds the hasher of tables whose keys are [`HoldKey`]s.
pub type BuildHoldKeyHasher = BuildHasherDefault<HoldKeyHasher>;

/// Hashes a [`HoldKey`], which is a keyed hash already: its low half.
#[derive(Debug, Clone, Copy, Default)]
pub struct HoldKeyHasher(u64);

impl Hasher for HoldKeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Makes hold keys, with a random 128-bit hash key of this process.
#[derive(Clone)]
pub struct HoldHasher(SipHasher13);

impl fmt::Debug for HoldHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HoldHasher")
    }
}

impl Default for HoldHasher {
    fn default() -> Self {
        let random = RandomState::new();
        Self(SipHasher13::new_with_keys(random.hash_one(0_u8), random.hash_one(1_u8)))
    }
}

impl HoldHasher {
    /// Key of the request inside its own source: (source, connection, instance, process, request id).
    /// `None` when the line names no request.
    #[must_use]
    pub fn own(&self, raw: &Raw<'_>) -> Option<HoldKey> {
        let (req, place) = match &raw.body {
            Body::Request(line) => (line.req.as_ref()?, &line.place),
            Body::Text(text) => (text.req.as_ref()?, &text.place),
            Body::Broken(_) => return None,
        };
        let place = place.as_ref().map(reach);
        Some(self.key(&(raw.origin.source, raw.origin.connection, place, reach(req))))
    }

    /// Key of the request across a join group: (group, request id).
    #[must_use]
    pub fn joined(&self, raw: &Raw<'_>) -> Option<HoldKey> {
        let group = raw.origin.join?;
        let req = match &raw.body {
            Body::Request(line) => line.req.as_ref()?,
            Body::Text(text) => text.req.as_ref()?,
            Body::Broken(_) => return None,
        };
        Some(self.key(&(group, reach(req))))
    }

    fn key(&self, what: &impl Hash) -> HoldKey {
        let mut hasher = self.0;
        what.hash(&mut hasher);
        HoldKey(hasher.finish128().as_u128())
    }
}

#[allow(clippy::disallowed_methods, reason = "hashed under a random key, never kept or shown")]
fn reach<'a>(hot: &'a crate::Hot<'_>) -> &'a str {
    hot.expose()
}
