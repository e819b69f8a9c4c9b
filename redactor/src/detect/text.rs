//! One view of the text under examination, and the work it may cost.
//!
//! Invariant: reading outside the text gives NUL, which is a border for every detector.

use std::ops::Range;

/// A text with byte access that cannot fail.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    text: &'t str,
}

impl<'t> Text<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text }
    }

    pub(super) const fn len(self) -> usize {
        self.text.len()
    }

    pub(super) const fn bytes(self) -> &'t [u8] {
        self.text.as_bytes()
    }

    /// The byte at `at`, NUL past the end.
    pub(super) fn at(self, at: usize) -> u8 {
        count(1);
        self.bytes().get(at).copied().unwrap_or(0)
    }

    /// The byte `back` places before `at`, NUL before the start.
    pub(super) fn before(self, at: usize, back: usize) -> u8 {
        at.checked_sub(back).map_or(0, |at| self.at(at))
    }

    /// The text in `range`, without a character that is only in part inside: a run of limited length may end there.
    pub(super) fn slice(self, range: Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_else(|| {
            let (start, end) = (self.ceil(range.start), self.floor(range.end));
            self.text.get(start..end).unwrap_or_default()
        })
    }

    /// The nearest character border at or before `at`.
    pub(super) fn floor(self, at: usize) -> usize {
        self.text.floor_char_boundary(at)
    }

    /// The nearest character border at or after `at`.
    pub(super) fn ceil(self, at: usize) -> usize {
        self.text.ceil_char_boundary(at)
    }

    /// Does a quotation mark, a dash or a space beyond ASCII end at `at`?
    pub(super) fn is_mark_before(self, at: usize) -> bool {
        match (self.before(at, 3), self.before(at, 2), self.before(at, 1)) {
            (_, 0xc2, byte) => matches!(byte, 0xa0 | 0xab | 0xb7 | 0xbb), // no-break space, « · »
            (0xe2, 0x80, byte) => (0x90..=0xaf).contains(&byte), // ‐ to narrow no-break space
            _ => false,
        }
    }

    /// Counts `looks` at bytes taken by [`bytes`](Self::bytes).
    pub(super) fn count(self, looks: usize) {
        count(looks);
    }

    /// End of the run of bytes from `at` on for which `is` holds.
    pub(super) fn run(self, at: usize, is: impl Fn(u8) -> bool) -> usize {
        self.run_within(at, self.len(), is)
    }

    /// As [`run`](Self::run), at most `limit` bytes long.
    pub(super) fn run_within(self, at: usize, limit: usize, is: impl Fn(u8) -> bool) -> usize {
        let at = at.min(self.len());
        let bytes = &self.bytes()[at..];
        let bytes = &bytes[..bytes.len().min(limit)];
        let len = bytes.iter().position(|byte| !is(*byte)).unwrap_or(bytes.len());
        count(len);
        at + len
    }

    /// Start of the run of bytes that ends at `at`, at most `limit` bytes back.
    pub(super) fn run_back(self, at: usize, limit: usize, is: impl Fn(u8) -> bool) -> usize {
        let at = at.min(self.len());
        let floor = at.saturating_sub(limit);
        let run = &self.bytes()[floor..at];
        let start = run.iter().rposition(|byte| !is(*byte)).map_or(floor, |n| floor + n + 1);
        count(at - start);
        start
    }

    /// End of the decimal digits from `at` on.
    pub(super) fn digits(self, at: usize) -> usize {
        self.run(at, |byte| byte.is_ascii_digit())
    }
}

/// A letter, digit or underscore of ASCII. Other letters are no border to rely on: text glues
/// numbers to quotation marks and ideographs.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Steps one examination may take: it fails closed when they are spent.
///
/// Every detector is linear in its text; the budget guards their product with the decoded views.
pub(super) struct Work {
    spent: usize,
    limit: usize,
    gave_up: bool,
}

impl Work {
    /// Steps per byte of the original text, and a base for short ones.
    const PER_BYTE: usize = 48;
    const BASE: usize = 64 * 1024;

    pub(super) const fn for_text(text: &str) -> Self {
        Self {
            spent: 0,
            gave_up: false,
            limit: text.len().saturating_mul(Self::PER_BYTE) + Self::BASE,
        }
    }

    /// Counts `steps`, about one a byte looked at.
    pub(super) const fn spend(&mut self, steps: usize) {
        self.spent = self.spent.saturating_add(steps);
    }

    /// Allows `steps` more.
    pub(super) const fn allow(&mut self, steps: usize) {
        self.limit = self.limit.saturating_add(steps);
    }

    /// Gives up: what is left cannot be examined.
    pub(super) const fn give_up(&mut self) {
        self.gave_up = true;
    }

    pub(super) const fn is_over(&self) -> bool {
        self.gave_up || self.spent > self.limit
    }
}

/// Counts bytes looked at, in tests only.
#[cfg(test)]
use counter::count;
#[cfg(not(test))]
#[inline(always)]
const fn count(_: usize) {}

/// How many bytes detectors look at, on this thread: what the tests of linear work measure.
#[cfg(test)]
pub(super) mod counter {
    use std::cell::Cell;

    thread_local! {
        static LOOKS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn count(looks: usize) {
        LOOKS.set(LOOKS.get() + looks);
    }

    /// The count since the last call.
    pub(in crate::detect) fn take() -> usize {
        LOOKS.replace(0)
    }
}
