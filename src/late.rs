//! Proxy chunks that wait for the person of their request, whom only the application's line names.
//!
//! Invariant: chunks leave in the order in which they came, so the positions of a file never overtake each
//! other; memory is bounded, because nothing more is received while they hold too much. Place on the path:
//! between the sources and the decoder.

use greffier_collector::Chunk;
use std::collections::VecDeque;

/// Bytes that may wait; the chunk that reaches this is the last to be received for the moment.
const MAX_BYTES: usize = 16 << 20;

/// The waiting chunks, oldest first.
#[derive(Debug)]
pub(crate) struct Late {
    grace_ms: i64,
    chunks: VecDeque<(i64, Chunk)>,
    bytes: usize,
    lines: u64,
}

impl Late {
    /// Nothing waits; what comes will wait for `grace_ms` milliseconds.
    pub(crate) fn new(grace_ms: i64) -> Self {
        Self { grace_ms, chunks: VecDeque::new(), bytes: 0, lines: 0 }
    }

    /// Takes a chunk in. It waits from `now` on, not from when it was read: the application's line may have
    /// been held up in the same queue.
    pub(crate) fn push(&mut self, chunk: Chunk, now: i64) {
        self.bytes += chunk.bytes.len();
        self.lines += chunk.frames.len() as u64;
        self.chunks.push_back((now.saturating_add(self.grace_ms), chunk));
    }

    /// The oldest chunk, if it has waited long enough by `now` (ms since 1970). One that would have to wait longer than
    /// it can is due as well: the clock was set back.
    pub(crate) fn pop_due(&mut self, now: i64) -> Option<Chunk> {
        let latest = now.saturating_add(self.grace_ms);
        let (_, chunk) = self.chunks.pop_front_if(|(due, _)| *due <= now || *due > latest)?;
        self.bytes -= chunk.bytes.len();
        self.lines -= chunk.frames.len() as u64;
        Some(chunk)
    }

    /// When the oldest has waited long enough (ms since 1970).
    pub(crate) fn next_due(&self) -> Option<i64> {
        self.chunks.front().map(|(due, _)| *due)
    }

    /// True while nothing more may be received.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= MAX_BYTES
    }

    /// Bytes that wait.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    /// Lines that wait.
    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_collector::Frame;
    use greffier_record::{Format, HotBuf, Origin, Receipt};
    use std::sync::Arc;

    fn chunk(bytes: usize) -> Chunk {
        let (name, format) = ("proxy".into(), Format::NginxJson);
        let origin = Arc::new(Origin { source: 0, name, format, connection: 0, join: Some(0) });
        let frames = vec![Frame::whole(bytes); 2];
        Chunk::new(origin, HotBuf::new(vec![b'x'; bytes]), frames, 0, Receipt::none())
    }

    #[test]
    fn chunks_wait_from_their_arrival_and_leave_in_order() {
        let mut late = Late::new(2_000);
        late.push(chunk(1), 10_000);
        late.push(chunk(2), 11_000);
        assert_eq!((late.next_due(), late.lines()), (Some(12_000), 4));
        assert!(late.pop_due(11_999).is_none());
        assert_eq!(late.pop_due(12_000).map(|chunk| chunk.bytes.len()), Some(1));
        assert!(late.pop_due(12_000).is_none());
        assert_eq!(late.pop_due(i64::MAX).map(|chunk| chunk.bytes.len()), Some(2));
        assert_eq!((late.next_due(), late.lines()), (None, 0));
    }

    #[test]
    fn what_may_wait_is_bounded() {
        let mut late = Late::new(0);
        while !late.is_full() {
            late.push(chunk(1 << 20), 0);
        }
        assert_eq!(late.lines(), 2 * 16);
        assert!(late.pop_due(0).is_some() && !late.is_full());
    }
}
