//! Text and bytes that may be personal.
//!
//! Invariant: no `Display`, no `Deref`, no `Serialize`, no `PartialEq`; `Debug` shows a length. The one way
//! to the text is [`Hot::expose`], which `clippy.toml` forbids outside the redactor.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use zeroize::optimization_barrier;

/// Text that may be personal, borrowed from the line it came in when that is possible.
#[derive(Clone, Default)]
pub struct Hot<'a>(Cow<'a, str>);

impl<'a> Hot<'a> {
    /// Takes text in. There is no way back except [`Hot::expose`].
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// The text itself. Only the redactor may ask.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True when the text is exactly this word of the program or the configuration.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.0 == word
    }

    /// Length in bytes of UTF-8.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for the empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same text with a life of its own.
    #[must_use]
    pub fn into_owned(self) -> Hot<'static> {
        Hot(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Debug for Hot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[hot {} B]", self.0.len())
    }
}

/// Owned bytes that may be personal; overwritten with zeros when dropped.
#[derive(Clone, Default)]
pub struct HotBuf(Vec<u8>);

/// What the memory that a buffer has beyond its length is overwritten with.
static ZEROS: [u8; 4096] = [0; 4096];

impl Drop for HotBuf {
    fn drop(&mut self) {
        // All of its memory, at the speed of memory: `zeroize` goes byte by byte, and this was a whole input.
        self.0.fill(0);
        while self.0.len() < self.0.capacity() {
            let room = self.0.capacity() - self.0.len();
            self.0.extend_from_slice(&ZEROS[..room.min(ZEROS.len())]);
        }
        optimization_barrier(self.0.as_slice());
    }
}

/// Room that a buffer has once something is appended to it.
const LEAST: usize = 4096;

impl HotBuf {
    /// Takes ownership of bytes read from a source.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// A copy of some of the bytes, as careful as the original. Empty when the range is not inside.
    #[must_use]
    pub fn copy(&self, range: Range<usize>) -> Self {
        Self::new(self.0.get(range).unwrap_or_default().to_vec())
    }

    /// Appends another's bytes and tells where they stand. Moving to larger memory leaves no copy behind.
    pub fn append(&mut self, other: &Self) -> Range<usize> {
        let (start, end) = (self.0.len(), self.0.len() + other.0.len());
        if end > self.0.capacity() {
            let mut larger = Vec::with_capacity(end.max(2 * self.0.capacity()).max(LEAST));
            larger.extend_from_slice(&self.0);
            *self = Self(larger);
        }
        self.0.extend_from_slice(&other.0);
        start..end
    }

    /// Overwrites the bytes and forgets them. Memory is kept for as many, so one huge use is not for ever.
    pub fn clear(&mut self) {
        self.0.fill(0);
        optimization_barrier(self.0.as_slice());
        let used = self.0.len();
        self.0.clear();
        self.0.shrink_to(2 * used);
    }

    /// The bytes, for a decoder, which turns them into [`Hot`] parts.
    #[must_use]
    pub fn expose_to_decoder(&self) -> &[u8] {
        &self.0
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for HotBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[hot {} B]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_length_and_nothing_else() {
        assert_eq!(format!("{:?}", Hot::new("ada@example.org")), "[hot 15 B]");
        assert_eq!(format!("{:?}", HotBuf::new(b"ada".to_vec())), "[hot 3 B]");
    }

    #[test]
    fn what_is_appended_stands_where_it_was_said_to_until_it_is_cleared() {
        let (mut all, name) = (HotBuf::default(), HotBuf::new(b"ada@example.org".to_vec()));
        let places: Vec<_> = (0..1000).map(|_| all.append(&name)).collect();
        assert!(places.into_iter().all(|place| all.copy(place).0 == name.0));
        let room = all.0.capacity();
        all.clear();
        assert_eq!((all.append(&name), all.0.capacity()), (0..15, room.min(2 * 15_000)));
    }
}
