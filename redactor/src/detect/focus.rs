//! Which parts of a text need a look.
//!
//! Invariant: a view differs from its source only where something was decoded, and a masked text from the one
//! before only at its placeholders; what is farther away was looked at already. Text inside a window is
//! examined with all the context it needs: windows limit where something may begin, not how far it reaches.

use std::ops::Range;

/// How far from a change something may begin that the change brings about, in bytes. Longer than a key and
/// what stands between it and its value.
const NEAR: usize = 256;

/// The parts of one text in which something new may begin: sorted, apart.
pub(super) enum Focus {
    /// One window: nearly always all of a text.
    One(Range<usize>),
    Many(Vec<Range<usize>>),
}

impl Focus {
    /// All of a text of `len` bytes.
    pub(super) fn all(len: usize) -> Self {
        Self::One(0..len)
    }

    /// What lies near `changes` (sorted) of a text of `len` bytes.
    pub(super) fn near(changes: impl Iterator<Item = Range<usize>>, len: usize) -> Self {
        let mut windows: Vec<Range<usize>> = Vec::new();
        for change in changes {
            let (start, end) = (change.start.saturating_sub(NEAR), (change.end + NEAR).min(len));
            match windows.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ => windows.push(start..end),
            }
        }
        Self::Many(windows)
    }

    pub(super) fn windows(&self) -> &[Range<usize>] {
        match self {
            Self::One(window) => std::slice::from_ref(window),
            Self::Many(windows) => windows,
        }
    }

    /// Does any window touch `range`?
    pub(super) fn touches(&self, range: &Range<usize>) -> bool {
        let windows = self.windows();
        let first = windows.partition_point(|window| window.end < range.start);
        windows.get(first).is_some_and(|window| window.start <= range.end)
    }

    /// Is this all of a text of `len` bytes?
    pub(super) fn is_all(&self, len: usize) -> bool {
        self.windows().first() == Some(&(0..len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_near_each_other_are_one() {
        let changes = [10..12, 100..101, 2000..2010];
        let focus = Focus::near(changes.into_iter(), 2100);
        assert_eq!(focus.windows(), [0..100 + 1 + NEAR, 2000 - NEAR..2100]);
        assert!(focus.touches(&(0..1)) && focus.touches(&(1700..1800)));
        assert!(!focus.touches(&(500..600)));
        assert!(Focus::all(7).is_all(7) && !focus.is_all(2100));
    }
}
