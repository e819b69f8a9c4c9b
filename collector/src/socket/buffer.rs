//! What a socket source has read and the pipeline has not made durable yet.
//!
//! Invariant: bounded in bytes, whatever comes. Whole lines are charged until they are durable; lines without
//! an end are charged to an allowance of the same size, and when that is used up they are cut short: they may
//! never end, and must not keep whole lines out. Every line leaves in a chunk or as a [`Loss`].

use super::basket::{Basket, Piece, Place};
use super::{Loss, Losses};
use crate::framing::{self, Splitter};
use crate::{Chunk, Frame, Overflow, SocketLimits};
use greffier_record::{Origin, clock};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::Sender;

/// What a chunk costs beside its bytes and frames, so that many short ones are bounded too.
const OVERHEAD: usize = 512;
/// Bytes read at once.
const READ: usize = 16 << 10;
/// What stays of a line without an end when the allowance is used up.
const STUB: usize = 4 << 10;

/// The way in. Its end is the end of the way out.
pub(super) struct Buffer {
    source: String,
    size: usize,
    overflow: Overflow,
    room: Arc<Semaphore>,
    unfinished: AtomicUsize,
    basket: Arc<Basket>,
    losses: Losses,
    is_full: AtomicBool,
    scratch: Mutex<framing::Buffer>,
}

/// The way out, to the pipeline.
pub(super) struct Outflow {
    basket: Arc<Basket>,
    /// On its way from there to the pipeline.
    next: Option<Chunk>,
    tx: Sender<Chunk>,
    losses: Losses,
}

/// Both ends of the buffer of one source.
pub(super) fn open(
    source: &str,
    limits: &SocketLimits,
    losses: Losses,
    tx: Sender<Chunk>,
) -> (Buffer, Outflow) {
    let basket = Arc::new(Basket::new());
    let buffer = Buffer {
        source: source.to_owned(),
        size: limits.buffer,
        overflow: limits.overflow,
        room: Arc::new(Semaphore::new(limits.buffer)),
        unfinished: AtomicUsize::new(0),
        basket: Arc::clone(&basket),
        losses: Arc::clone(&losses),
        is_full: AtomicBool::new(false),
        scratch: Mutex::new(framing::Buffer::zeros(READ)),
    };
    (buffer, Outflow { basket, next: None, tx, losses })
}

impl Buffer {
    /// Takes lines in; while there is no room for them, waits or drops them.
    pub(super) async fn put(
        &self,
        place: &mut Place,
        origin: &Arc<Origin>,
        bytes: framing::Buffer,
        frames: Vec<Frame>,
    ) {
        let cost = bytes.len() + frames.len() * size_of::<Frame>() + OVERHEAD;
        let cost = u32::try_from(cost.min(self.size)).unwrap_or(u32::MAX);
        let mut in_hand = InHand { lines: frames.len() as u64, losses: &self.losses };
        let room = match Arc::clone(&self.room).try_acquire_many_owned(cost) {
            Ok(room) => room,
            Err(_) => {
                self.say_full();
                if self.overflow == Overflow::Drop {
                    (self.losses)(Loss::Full, std::mem::take(&mut in_hand.lines));
                    return;
                }
                let waited = Arc::clone(&self.room).acquire_many_owned(cost).await;
                waited.expect("the room is never closed")
            }
        };
        let (origin, observed) = (Arc::clone(origin), clock::now_ms());
        let piece = Piece { origin, bytes, frames, observed, room };
        if self.basket.put(place, piece) {
            in_hand.lines = 0;
        }
        self.say_roomy();
    }

    /// Where each read of the source lands: one place for all its connections, which take turns. Whoever uses it leaves
    /// zeros behind.
    pub(super) fn scratch(&self) -> MutexGuard<'_, framing::Buffer> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The allowance for one connection's unfinished line.
    pub(super) fn unfinished(&self) -> Unfinished<'_> {
        Unfinished { buffer: self, bytes: 0 }
    }

    fn say_full(&self) {
        if !self.is_full.swap(true, Ordering::Relaxed) {
            let source = &self.source;
            match self.overflow {
                Overflow::Wait => tracing::error!(source, "the buffer is full; senders wait"),
                Overflow::Drop => tracing::error!(source, "the buffer is full; lines are dropped"),
            }
        }
    }

    fn say_roomy(&self) {
        let roomy = self.room.available_permits() > self.size / 2;
        if roomy && self.is_full.swap(false, Ordering::Relaxed) {
            tracing::info!(source = self.source, "the buffer has room again");
        }
    }
}

impl Outflow {
    /// Hands everything on, until the way in has ended.
    pub(super) async fn run(mut self) {
        loop {
            self.next = self.basket.next().await;
            if self.next.is_none() {
                return;
            }
            let Ok(place) = self.tx.reserve().await else { return };
            if let Some(chunk) = self.next.take() {
                place.send(chunk);
            }
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.basket.end();
    }
}

impl Drop for Outflow {
    /// What is still here when the pipeline or this task has been given up.
    fn drop(&mut self) {
        let left = self.next.take().into_iter().chain(self.basket.close());
        let lines: usize = left.map(|chunk| chunk.frames.len()).sum();
        if lines > 0 {
            (self.losses)(Loss::Stopped, lines as u64);
        }
    }
}

/// Lines that wait for room; what gives them up counts them.
struct InHand<'b> {
    lines: u64,
    losses: &'b Losses,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        if self.lines > 0 {
            (self.losses)(Loss::Stopped, self.lines);
        }
    }
}

/// What one connection's unfinished line takes of the allowance.
pub(super) struct Unfinished<'b> {
    buffer: &'b Buffer,
    bytes: usize,
}

impl Unfinished<'_> {
    /// Charges what `lines` holds now; cuts it short when the allowance is used up.
    pub(super) fn charge(&mut self, lines: &mut Splitter) {
        self.set(lines.len());
        if self.bytes > STUB && self.buffer.unfinished.load(Ordering::Relaxed) > self.buffer.size {
            lines.shorten(STUB);
            self.set(lines.len());
        }
    }

    fn set(&mut self, bytes: usize) {
        self.buffer.unfinished.fetch_add(bytes, Ordering::Relaxed);
        self.buffer.unfinished.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = bytes;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.set(0);
    }
}
