//! The key under which the lines of one request are held together.
//!
//! A request id is the client's own choice, so alone it is no key: two requests that name the same id must
//! not flush each other's lines. The key is a keyed 128-bit hash, so no table outside the redactor holds
//! the id itself, and nobody outside can aim for a collision.

use crate::{Body, Raw};
use std::hash::{BuildHasher, RandomState};

/// Names one request among the held ones. Opaque; differs from process to process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldKey(u128);

/// Makes hold keys, with two random 64-bit hash keys of this process.
#[derive(Debug, Clone, Default)]
pub struct HoldHasher(RandomState, RandomState);

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
        let req = match &raw.body {
            Body::Request(line) => line.req.as_ref()?,
            Body::Text(text) => text.req.as_ref()?,
            Body::Broken(_) => return None,
        };
        Some(self.key(&(raw.origin.join?, reach(req))))
    }

    fn key(&self, what: &impl std::hash::Hash) -> HoldKey {
        HoldKey(u128::from(self.0.hash_one(what)) << 64 | u128::from(self.1.hash_one(what)))
    }
}

#[allow(clippy::disallowed_methods, reason = "hashed under a random key, never kept or shown")]
fn reach<'a>(hot: &'a crate::Hot<'_>) -> &'a str {
    hot.expose()
}
