//! The unit a source hands on: a buffer of whole lines and where each begins and ends.

use crate::socket::Rest;
use greffier_record::{Fault, HotBuf, Origin, Receipt};
use std::ops::Range;
use std::sync::Arc;

/// Lines read at once, with the acknowledgement their source waits for.
#[derive(Debug)]
pub struct Chunk {
    /// Where they came from.
    pub origin: Arc<Origin>,
    /// The bytes; frames point into them.
    pub bytes: HotBuf,
    /// The lines, in order, without their line ends; blank lines are no lines.
    pub frames: Vec<Frame>,
    /// When they were read (ms since 1970).
    pub observed: i64,
    /// How far the source has been read once these lines are durable.
    pub position: Option<Position>,
    /// Whom to tell.
    pub receipt: Receipt,
    /// What has been read after them and is not handed on by itself.
    pub rest: Rest,
}

impl Chunk {
    /// Lines of a source without positions, with nothing behind them that waits.
    #[must_use]
    pub fn new(
        origin: Arc<Origin>,
        bytes: HotBuf,
        frames: Vec<Frame>,
        observed: i64,
        receipt: Receipt,
    ) -> Self {
        Self { origin, bytes, frames, observed, position: None, receipt, rest: Rest::default() }
    }
}

/// One line inside a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its bytes (the first 256 KiB of them when `fault` is `Long`).
    pub range: Range<usize>,
    /// What framing already found wrong (`Long`, or `Half` for a last line without an end).
    pub fault: Option<Fault>,
    /// Bytes that were cut away because the line is too long.
    pub cut: u64,
}

impl Frame {
    /// The frame of a buffer that holds one whole line and nothing else.
    #[must_use]
    pub const fn whole(len: usize) -> Self {
        Self { range: 0..len, fault: None, cut: 0 }
    }
}

/// How far a file has been read; the body of a position frame in the spool (little-endian):
/// u64 device ‖ u64 inode ‖ u64 offset ‖ u16 n ‖ HMAC-SHA-256 of the file's first n ≤ 1024 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(pub Vec<u8>);
