//! Which letters follow each other in a text: a name whose letters do not is not in it.
//!
//! Invariant: no name is ruled out that [`super::spelling`] would find.

use crate::detect::is_plain;

/// Which letters follow each other in a text in which nothing is encoded, whatever their case.
pub(super) struct Pairs([u32; 32]);

impl Pairs {
    /// The pairs of `text`; `None` if something may be encoded in it.
    pub(super) fn of(text: &str) -> Option<Self> {
        if !is_plain(text) {
            return None;
        }
        let mut pairs = [0; 32];
        let mut first = 0;
        for second in text.as_bytes() {
            let second = second & 31;
            pairs[usize::from(first)] |= 1u32 << second;
            first = second;
        }
        Some(Self(pairs))
    }

    /// Could any spelling of `name` stand in the text? Spellings differ in letters beyond ASCII, and from the first
    /// transliteration on.
    pub(super) fn may_hold(&self, name: &[u8]) -> bool {
        for pair in name.windows(2) {
            let [first, second] = [pair[0], pair[1]];
            if matches!([first | 0x20, second | 0x20], [b'a' | b'o' | b'u', b'e'] | [b's', b's']) {
                return true;
            }
            let there = self.0[usize::from(first & 31)] >> (second & 31) & 1 != 0;
            if !there && first.is_ascii() && second.is_ascii() {
                return false;
            }
        }
        true
    }
}
