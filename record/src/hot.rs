//! Text and bytes that may be personal.
//!
//! Invariant: no `Display`, no `Deref`, no `Serialize`, no `PartialEq`; `Debug` shows a length. The one way
//! to the text is [`Hot::expose`], which `clippy.toml` forbids outside the redactor.

use std::borrow::Cow;
use std::fmt;
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

impl HotBuf {
    /// Takes ownership of bytes read from a source.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// A copy of some of the bytes, as careful as the original. Empty when the range is not inside.
    #[must_use]
    pub fn copy(&self, range: std::ops::Range<usize>) -> Self {
        Self::new(self.0.get(range).unwrap_or_default().to_vec())
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
}
