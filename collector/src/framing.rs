//! Bytes to lines.
//!
//! Invariant: every byte of the input belongs to a frame, to a line end, to a blank line, or is counted in
//! `cut`. A line over [`MAX_LINE`] is never held whole: its first [`KEPT`] bytes stay, the rest is counted.
//! Buffers are overwritten when they grow and when they are dropped. Place on the path: inside every source.

use crate::Frame;
use greffier_record::{Fault, HotBuf};
use memchr::{memchr, memchr_iter};
use std::ops::Range;

/// Longest line that is decoded.
pub(crate) const MAX_LINE: usize = 1 << 20;
/// What stays of a longer one, and of a line that cannot be understood.
pub(crate) const KEPT: usize = 256 << 10;
/// A source hands on what it has when it has this much.
pub(crate) const CHUNK: usize = 1 << 20;
/// Bytes read at once.
pub(crate) const READ: usize = 256 << 10;

/// Bytes that leave no copy behind: the memory is overwritten when it is given up.
#[derive(Default)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    /// `len` zeros to read into.
    pub(crate) fn zeros(len: usize) -> Self {
        Self(vec![0; len])
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.append_to(bytes, 4096);
    }

    /// Adds bytes; when it has to grow, then to `expected` at once.
    fn append_to(&mut self, bytes: &[u8], expected: usize) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let capacity = needed.max(2 * self.0.capacity()).max(expected);
            let mut larger = Vec::with_capacity(capacity);
            larger.extend_from_slice(&self.0);
            drop(HotBuf::new(std::mem::replace(&mut self.0, larger)));
        }
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn into_hot(mut self) -> HotBuf {
        HotBuf::new(std::mem::take(&mut self.0))
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl std::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        drop(HotBuf::new(std::mem::take(&mut self.0)));
    }
}

/// Splits a stream into lines, across any cuts between its reads.
#[derive(Default)]
pub(crate) struct Splitter {
    bytes: Buffer,
    frames: Vec<Frame>,
    /// Where the line that is not yet whole begins in `bytes`.
    start: usize,
    /// How much of it has been cut away.
    cut: u64,
    /// Bytes and lines of the last chunk: the next will be like it.
    usual: (usize, usize),
    /// Offset in the source: of what has been pushed, and of the end of the last whole line.
    pushed: u64,
    done: u64,
}

impl Splitter {
    /// A splitter of a source that is read from `offset` on.
    pub(crate) fn at(offset: u64) -> Self {
        Self { pushed: offset, done: offset, ..Self::default() }
    }

    pub(crate) fn push(&mut self, mut input: &[u8]) {
        if self.cut == 0 && self.bytes.len() - self.start + input.len() <= MAX_LINE {
            return self.push_at_once(input);
        }
        while let Some(end) = memchr(b'\n', input) {
            self.extend(&input[..end]);
            self.pushed += 1;
            self.close(None);
            input = &input[end + 1..];
        }
        self.extend(input);
    }

    /// An input in which no line can be too long.
    fn push_at_once(&mut self, input: &[u8]) {
        let (base, pushed) = (self.bytes.len(), self.pushed);
        if self.frames.is_empty() {
            self.frames.reserve(self.usual.1);
        }
        self.bytes.append_to(input, self.usual.0.max(4096));
        self.pushed += input.len() as u64;
        for end in memchr_iter(b'\n', input) {
            self.frames.extend(frame(&self.bytes, self.start..base + end, None));
            self.start = base + end + 1;
            self.done = pushed + end as u64 + 1;
        }
    }

    /// The input has ended: what is left of a line is one that lacks its end.
    pub(crate) fn finish(&mut self) {
        self.close(Some(Fault::Half));
    }

    /// The whole lines so far; the beginning of the next stays.
    pub(crate) fn take(&mut self) -> Option<(HotBuf, Vec<Frame>)> {
        self.take_open().map(|(bytes, frames)| (bytes.into_hot(), frames))
    }

    /// As [`take`](Self::take), for whoever adds to them.
    pub(crate) fn take_open(&mut self) -> Option<(Buffer, Vec<Frame>)> {
        let mut rest = Buffer::default();
        rest.append(&self.bytes[self.start..]);
        let mut whole = std::mem::replace(&mut self.bytes, rest);
        whole.0.truncate(self.start);
        self.start = 0;
        let frames = std::mem::take(&mut self.frames);
        // A little more, so that a slightly longer chunk need not be moved.
        self.usual = (whole.len() + whole.len() / 8, frames.len() + frames.len() / 8);
        (!frames.is_empty()).then_some((whole, frames))
    }

    /// Cuts the line that has begun to its first `kept` bytes; the rest of it is counted and never held. Only
    /// when the whole lines have been taken.
    pub(crate) fn shorten(&mut self, kept: usize) {
        debug_assert!(self.frames.is_empty() && self.start == 0, "whole lines come first");
        if self.bytes.len() > kept {
            self.cut += (self.bytes.len() - kept) as u64;
            let mut rest = Buffer::default();
            rest.append(&self.bytes[..kept]);
            self.bytes = rest;
        }
    }

    /// Bytes held.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether a line has begun and not ended.
    pub(crate) fn has_half(&self) -> bool {
        self.pushed > self.done
    }

    /// Offset in the source behind everything pushed.
    pub(crate) fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Offset in the source behind the last whole line.
    pub(crate) fn done(&self) -> u64 {
        self.done
    }

    fn extend(&mut self, part: &[u8]) {
        self.pushed += part.len() as u64;
        if self.cut > 0 {
            self.cut += part.len() as u64;
            return;
        }
        let held = self.bytes.len() - self.start;
        // One more for the carriage return of the longest line.
        if held + part.len() <= MAX_LINE + 1 {
            self.bytes.append(part);
            return;
        }
        self.cut = (held + part.len() - KEPT) as u64;
        self.bytes.append(&part[..KEPT.saturating_sub(held)]);
        self.bytes.0.truncate(self.start + KEPT);
    }

    fn close(&mut self, fault: Option<Fault>) {
        let range = self.start..self.bytes.len();
        self.frames.extend(match self.cut {
            0 => frame(&self.bytes, range, fault),
            cut => Some(Frame { range, fault: Some(Fault::Long), cut }),
        });
        self.start = self.bytes.len();
        self.cut = 0;
        self.done = self.pushed;
    }
}

/// The lines of a buffer that is there as a whole; the last one may lack its end.
pub(crate) fn lines(bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut start = 0;
    for end in memchr_iter(b'\n', bytes) {
        frames.extend(frame(bytes, start..end, None));
        start = end + 1;
    }
    frames.extend(frame(bytes, start..bytes.len(), Some(Fault::Half)));
    frames
}

/// The frame of `range`, without a carriage return at its end; blank lines are none.
pub(crate) fn frame(bytes: &[u8], range: Range<usize>, fault: Option<Fault>) -> Option<Frame> {
    let line = &bytes[range.clone()];
    if line.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let len = line.strip_suffix(b"\r").unwrap_or(line).len();
    Some(if len > MAX_LINE {
        let cut = (len - KEPT) as u64;
        Frame { range: range.start..range.start + KEPT, fault: Some(Fault::Long), cut }
    } else {
        Frame { range: range.start..range.start + len, fault, cut: 0 }
    })
}

#[cfg(test)]
mod tests;
