//! Lines that were read since a chunk was handed on, and leave when it is opened.
//!
//! Invariant: the lines of a connection keep their order, and each leaves once. Nothing is here unless the chunk handed
//! on last is on its way: whoever opens it takes what has come until then. So a group gets all that was read, and a
//! single line wakes nobody. Place on the path: inside a socket's buffer.

use crate::framing::Buffer;
use crate::{Chunk, Frame};
use greffier_record::{Origin, Receipt};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit};

/// Small pieces of a connection become one chunk up to so many bytes. What comes in larger ones costs little as it is.
const GROWS: usize = 16 << 10;

/// Lines of one chunk share the time at which they were read: off by less than this (ms).
const AGE_MS: i64 = 50;

/// With so many bytes the next chunk is handed on, whether or not the last one was opened.
const FULL: usize = 256 << 10;

/// What came from one connection within a short time.
pub(super) struct Piece {
    pub(super) origin: Arc<Origin>,
    pub(super) bytes: Buffer,
    pub(super) frames: Vec<Frame>,
    pub(super) observed: i64,
    /// Its share of the source's buffer, until it is durable.
    pub(super) room: OwnedSemaphorePermit,
}

impl Piece {
    fn takes(&self, next: &Self) -> bool {
        self.bytes.len() + next.bytes.len() <= GROWS
            && (0..AGE_MS).contains(&(next.observed - self.observed))
    }

    fn append(&mut self, next: Self) {
        let base = self.bytes.len();
        self.bytes.append(&next.bytes);
        let shifted = next.frames.into_iter().map(|frame| {
            let range = frame.range.start + base..frame.range.end + base;
            Frame { range, ..frame }
        });
        self.frames.extend(shifted);
        self.room.merge(next.room);
    }

    fn into_chunk(self, rest: Rest) -> Chunk {
        let Self { origin, bytes, frames, observed, room } = self;
        let receipt = Receipt::new(move |_| drop(room));
        Chunk { rest, ..Chunk::new(origin, bytes.into_hot(), frames, observed, receipt) }
    }
}

/// Where the last piece of a connection is.
#[derive(Debug, Default)]
pub(super) struct Place(u64);

/// What waits, and for which chunk.
pub(super) struct Basket {
    inner: Mutex<Inner>,
    news: Notify,
}

#[derive(Default)]
struct Inner {
    /// Handed on, and not on its way yet. No channel: one keeps blocks that it took in a flood, and what lies below them
    /// in memory stays with the process.
    ready: VecDeque<Chunk>,
    pieces: Vec<Piece>,
    bytes: usize,
    /// Number of the first piece, from 1.
    first: u64,
    /// Number of the chunk handed on last.
    last: u64,
    /// It has been opened: nobody will look here before the next one.
    opened: bool,
    ended: bool,
    closed: bool,
}

impl Basket {
    pub(super) fn new() -> Self {
        let inner = Inner { first: 1, opened: true, ..Inner::default() };
        Self { inner: Mutex::new(inner), news: Notify::new() }
    }

    /// Takes a piece in, and hands on what must not wait here. False when the basket has been closed.
    pub(super) fn put(self: &Arc<Self>, place: &mut Place, piece: Piece) -> bool {
        let mut inner = self.lock();
        if inner.closed {
            return false;
        }
        inner.add(place, piece);
        if inner.opened || inner.bytes >= FULL {
            (inner.opened, inner.last) = (false, inner.last + 1);
            let mut pieces = inner.take();
            let newest = pieces.pop().expect("one has just been added");
            let rest = Rest(Some((Arc::clone(self), inner.last)));
            inner.ready.extend(chunks(pieces));
            inner.ready.push_back(newest.into_chunk(rest));
            self.news.notify_one();
        }
        true
    }

    /// The next chunk that was handed on; `None` after the end of everything that came in.
    pub(super) async fn next(&self) -> Option<Chunk> {
        loop {
            {
                let mut inner = self.lock();
                if let Some(chunk) = inner.ready.pop_front() {
                    if inner.ready.is_empty() {
                        inner.ready = VecDeque::new();
                    }
                    return Some(chunk);
                }
                if inner.ended {
                    return None;
                }
            }
            // Kept for us if it came since we looked.
            self.news.notified().await;
        }
    }

    /// Nothing comes in any more: all of it is handed on, as the pipeline may not open anything after this.
    pub(super) fn end(&self) {
        let mut inner = self.lock();
        let pieces = inner.take();
        inner.ready.extend(chunks(pieces));
        inner.ended = true;
        self.news.notify_one();
    }

    /// All there is; from now on nothing is taken in.
    pub(super) fn close(&self) -> Vec<Chunk> {
        let mut inner = self.lock();
        inner.closed = true;
        let pieces = inner.take();
        std::mem::take(&mut inner.ready).into_iter().chain(chunks(pieces)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing under this lock can panic half-way: a poisoned basket is a whole one.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn add(&mut self, place: &mut Place, piece: Piece) {
        self.bytes += piece.bytes.len();
        let at = place.0.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| self.pieces.get_mut(at)) {
            Some(before) if before.takes(&piece) => before.append(piece),
            _ => {
                place.0 = self.first + self.pieces.len() as u64;
                self.pieces.push(piece);
            }
        }
    }

    fn take(&mut self) -> Vec<Piece> {
        self.first += self.pieces.len() as u64;
        self.bytes = 0;
        std::mem::take(&mut self.pieces)
    }
}

fn chunks(pieces: Vec<Piece>) -> Vec<Chunk> {
    pieces.into_iter().map(|piece| piece.into_chunk(Rest::default())).collect()
}

/// What its source has read since a chunk was handed on.
#[derive(Default)]
pub struct Rest(Option<(Arc<Basket>, u64)>);

impl Rest {
    /// The chunks that follow, as far as they have come. None, if some were handed on already: the last of those has
    /// the rest.
    #[must_use = "they are nowhere else"]
    pub fn open(self) -> Vec<Chunk> {
        let Some((basket, number)) = self.0 else { return Vec::new() };
        let mut inner = basket.lock();
        if inner.last != number {
            return Vec::new();
        }
        inner.opened = true;
        chunks(inner.take())
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{origin, texts};
    use greffier_record::Format;
    use tokio::sync::Semaphore;

    struct Source {
        basket: Arc<Basket>,
        room: Arc<Semaphore>,
    }

    impl Source {
        fn new() -> Self {
            let room = Arc::new(Semaphore::new(10 << 20));
            Self { basket: Arc::new(Basket::new()), room }
        }

        fn put(&self, place: &mut Place, observed: i64, line: &str) {
            let mut bytes = Buffer::default();
            bytes.append(line.as_bytes());
            let frames = vec![Frame::whole(line.len())];
            let room = Arc::clone(&self.room).try_acquire_owned().unwrap();
            let origin = Arc::new(origin(Format::Json));
            let piece = Piece { origin, bytes, frames, observed, room };
            assert!(self.basket.put(place, piece));
        }

        fn handed_on(&self) -> usize {
            self.basket.lock().ready.len()
        }

        /// Opens the oldest chunk that was handed on: its lines, and those of the rest.
        fn open(&self) -> (Vec<String>, Vec<Vec<String>>) {
            let chunk = self.basket.lock().ready.pop_front().unwrap();
            let lines = texts(&chunk);
            (lines, chunk.rest.open().iter().map(texts).collect())
        }
    }

    fn words(line: &[&str]) -> Vec<String> {
        line.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn what_comes_while_a_chunk_is_on_its_way_is_its_rest_by_connection() {
        let source = Source::new();
        let (mut one, mut two) = (Place::default(), Place::default());
        source.put(&mut one, 0, "a");
        assert_eq!(source.handed_on(), 1, "the first is handed on at once");
        for (place, observed, line) in [(&mut one, 1, "b"), (&mut two, 2, "x")] {
            source.put(place, observed, line);
        }
        source.put(&mut one, 3, "c");
        source.put(&mut one, 51, "d");
        assert_eq!(source.handed_on(), 1);
        assert_eq!(source.room.available_permits(), (10 << 20) - 5);
        let rest = vec![words(&["b", "c"]), words(&["x"]), words(&["d"])];
        assert_eq!(source.open(), (words(&["a"]), rest));
        assert_eq!(source.room.available_permits(), 10 << 20, "nothing is kept back");
        source.put(&mut one, 60, "e");
        source.put(&mut one, 61, "f");
        assert_eq!(source.open(), (words(&["e"]), vec![words(&["f"])]));
    }

    #[test]
    fn what_is_too_much_to_wait_is_handed_on_in_order() {
        let source = Source::new();
        let (mut place, line) = (Place::default(), "x".repeat(FULL / 2));
        source.put(&mut place, 0, "first");
        source.put(&mut place, 0, &line);
        source.put(&mut place, 0, &line);
        assert_eq!(source.handed_on(), 3);
        source.put(&mut place, 0, "last");
        assert_eq!(source.open(), (words(&["first"]), vec![]), "older lines come before the last");
        assert_eq!(source.open(), (words(&[&line]), vec![]));
        assert_eq!(source.open(), (words(&[&line]), vec![words(&["last"])]));
    }

    #[test]
    fn nothing_enters_a_closed_basket() {
        let source = Source::new();
        let mut place = Place::default();
        source.put(&mut place, 0, "a");
        source.put(&mut place, 0, "b");
        assert_eq!(
            source.basket.close().iter().map(texts).collect::<Vec<_>>().concat(),
            ["a", "b"]
        );
        let room = Arc::clone(&source.room).try_acquire_owned().unwrap();
        let origin = Arc::new(origin(Format::Json));
        let (bytes, frames) = (Buffer::default(), Vec::new());
        let piece = Piece { origin, bytes, frames, observed: 0, room };
        assert!(!source.basket.put(&mut place, piece));
    }
}
