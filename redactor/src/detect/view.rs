//! A decoded view of a text that knows where each character came from.
//!
//! Invariant: [`View::source`] maps a range of the view to the smallest range of the source that
//! decodes to all of it, on character borders; an escape is never cut in two.

use super::focus::Focus;
use std::ops::Range;

/// One place where view and source differ.
struct Edit {
    /// Start in the view.
    at: usize,
    /// Bytes in the view, 0 for what was removed.
    len: usize,
    /// What stood in the source.
    source: Range<usize>,
}

/// A decoded text.
pub(super) struct View {
    text: String,
    edits: Vec<Edit>,
}

impl View {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the source that became `range` of the view.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        let first = self.edits.partition_point(|edit| edit.at <= range.start);
        let start = self.place(first, range.start, |edit| edit.source.start);
        let last = self.edits.partition_point(|edit| edit.at < range.end);
        let end = self.place(last, range.end, |edit| edit.source.end);
        start..end.max(start)
    }

    /// The bytes of the view that `range` of the source became.
    fn view(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let before = self.edits.partition_point(|edit| edit.source.start < at);
            let Some(edit) = before.checked_sub(1).map(|n| &self.edits[n]) else { return at };
            edit.at + edit.len + at.saturating_sub(edit.source.end)
        };
        place(range.start)..place(range.end)
    }

    /// Where something new may begin in the view of a source of `len` bytes that has `focus`: what lies far
    /// from all that was decoded was examined in the source.
    pub(super) fn focus(&self, focus: &Focus, len: usize) -> Focus {
        if focus.is_all(len) {
            let edits = self.edits.iter().map(|edit| edit.at..edit.at + edit.len);
            return Focus::near(edits, self.text.len());
        }
        let windows = focus.windows().iter().map(|window| self.view(window));
        Focus::near(windows, self.text.len())
    }

    /// Is `range`, a token of characters that `is` tells, the same token in `source`?
    pub(super) fn is_same_token(
        &self,
        source: &str,
        range: Range<usize>,
        is: fn(u8) -> bool,
    ) -> bool {
        let (bytes, len) = (source.as_bytes(), range.len());
        let there = self.source(range);
        let before = there.start.checked_sub(1).is_some_and(|at| is(bytes[at]));
        there.len() == len && !before && !bytes.get(there.end).is_some_and(|byte| is(*byte))
    }

    /// Maps `at`, which lies after the first `before` edits; `inside` decides within an edit.
    fn place(&self, before: usize, at: usize, inside: impl Fn(&Edit) -> usize) -> usize {
        match before.checked_sub(1).map(|n| &self.edits[n]) {
            None => at,
            Some(edit) if at < edit.at + edit.len => inside(edit),
            Some(edit) => edit.source.end + (at - edit.at - edit.len),
        }
    }
}

/// Builds a view from left to right.
pub(super) struct Builder<'s> {
    source: &'s str,
    copied: usize,
    view: View,
}

impl<'s> Builder<'s> {
    pub(super) const fn new(source: &'s str) -> Self {
        Self { source, copied: 0, view: View { text: String::new(), edits: Vec::new() } }
    }

    /// What was at `range` of the source (not before an earlier one) is `with` in the view.
    pub(super) fn replace(&mut self, range: Range<usize>, with: Option<char>) {
        self.edit(range, with);
    }

    /// As [`replace`](Self::replace), with a text that belongs together.
    pub(super) fn replace_by(&mut self, range: Range<usize>, with: &str) {
        self.edit(range, [with]);
    }

    fn edit<I: IntoIterator>(&mut self, range: Range<usize>, with: I)
    where
        String: Extend<I::Item>,
    {
        if self.view.edits.is_empty() {
            self.view.text.reserve(self.source.len());
        }
        self.view.text.push_str(&self.source[self.copied..range.start]);
        let at = self.view.text.len();
        self.view.text.extend(with);
        self.copied = range.end;
        self.view.edits.push(Edit { at, len: self.view.text.len() - at, source: range });
    }

    /// As [`replace`](Self::replace), unless an earlier one already took part of it.
    pub(super) fn try_replace(&mut self, range: Range<usize>, with: char) {
        if range.start >= self.copied {
            self.replace(range, Some(with));
        }
    }

    /// The view, unless it equals its source.
    pub(super) fn finish(mut self) -> Option<View> {
        if self.view.edits.is_empty() {
            return None;
        }
        self.view.text.push_str(&self.source[self.copied..]);
        Some(self.view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_map_back_to_whole_escapes() {
        let source = "a%40b\u{200b}c%C3%A9d";
        let mut builder = Builder::new(source);
        builder.replace(1..4, Some('@'));
        builder.replace(5..8, None);
        builder.replace(9..15, Some('é'));
        let view = builder.finish().unwrap();
        assert_eq!(view.text(), "a@bcéd");
        assert_eq!(&source[view.source(0..2)], "a%40");
        assert_eq!(&source[view.source(1..2)], "%40");
        assert_eq!(&source[view.source(2..4)], "b\u{200b}c");
        assert_eq!(&source[view.source(3..4)], "c");
        assert_eq!(&source[view.source(4..6)], "%C3%A9");
        assert_eq!(&source[view.source(3..7)], "c%C3%A9d");
        assert!(Builder::new("abc").finish().is_none());
    }
}
