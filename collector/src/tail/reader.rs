//! One file (an inode) from its committed offset to its end.
//!
//! Invariant: what is not committed is read again. At most [`IN_FLIGHT`] chunks wait for their answer; when
//! one of them comes back, reading pauses until all have answered, and goes on at the first that was lost.
//! A line that has no end yet stays in the file until it has one.

use super::position::{Fingerprint, Inode, Key, Mark};
use crate::framing::{Buffer, CHUNK, READ, Splitter};
use crate::{Chunk, Frame, Position, Stop};
use greffier_record::{HotBuf, Origin, Outcome, Receipt, clock};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// Chunks that may wait for their answer.
const IN_FLIGHT: usize = 8;

/// What all readers of a source share.
pub(crate) struct Shared<'a> {
    pub(crate) origin: &'a Arc<Origin>,
    pub(crate) key: &'a Key,
    pub(crate) tx: &'a Sender<Chunk>,
    pub(crate) stop: &'a Stop,
}

/// How one pass over a file went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something was sent or begun again; there may be more.
    Moved,
    /// All that is there has been read.
    AtEnd,
    /// Answers have to come first, or the channel is full.
    Waiting,
    /// The file was cut or written anew: [`Reader::restart`].
    Truncated,
    /// Nobody receives any more.
    Closed,
}

/// Chunks that wait for their answer, oldest first: where each ends, and what was answered.
#[derive(Default)]
struct Flights {
    first: u64,
    waiting: VecDeque<(u64, Option<Outcome>)>,
}

/// What the chunks under way have answered.
#[derive(PartialEq, Eq)]
enum Answers {
    /// One has come back.
    Lost,
    /// As many as may be are still out.
    Many,
    Few,
}

pub(crate) struct Reader {
    file: File,
    pub(crate) inode: Inode,
    head: Fingerprint,
    /// Everything before it is durable.
    committed: u64,
    lines: Splitter,
    flights: Arc<Mutex<Flights>>,
    /// A chunk for which the channel had no room.
    unsent: Option<Chunk>,
    /// Passes at the end of a file that has been rotated away.
    pub(crate) idle: u32,
}

impl Reader {
    /// Opens at what `saved` says of this file, else at its beginning.
    pub(crate) fn open(file: File, saved: &[Mark], key: &Key) -> io::Result<Self> {
        let meta = file.metadata()?;
        let inode = Inode { device: meta.dev(), number: meta.ino() };
        let mut committed = 0;
        for mark in saved.iter().filter(|mark| mark.inode == inode) {
            if mark.offset <= meta.len() && mark.head.matches(&file, key)? {
                committed = mark.offset;
            }
        }
        Self::at(file, inode, committed, key)
    }

    /// Opens a copy of the file that `mark` is about, where that was left; `None` if it is none.
    pub(crate) fn open_copy(file: File, mark: &Mark, key: &Key) -> io::Result<Option<Self>> {
        let meta = file.metadata()?;
        let is_copy =
            mark.offset > 0 && mark.offset <= meta.len() && mark.head.matches(&file, key)?;
        let inode = Inode { device: meta.dev(), number: meta.ino() };
        is_copy.then(|| Self::at(file, inode, mark.offset, key)).transpose()
    }

    fn at(file: File, inode: Inode, committed: u64, key: &Key) -> io::Result<Self> {
        let head = Fingerprint::before(committed, &file, key)?;
        let head = head.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(Self {
            file,
            inode,
            head,
            committed,
            lines: Splitter::at(committed),
            flights: Arc::default(),
            unsent: None,
            idle: 0,
        })
    }

    /// Reads what is there, up to one chunk, and sends its whole lines.
    pub(crate) fn pass(&mut self, shared: &Shared<'_>) -> io::Result<Step> {
        if let Some(step) = self.blocked(shared) {
            return Ok(step);
        }
        let (len, from) = (self.file.metadata()?.len(), self.lines.pushed());
        if len < from || !self.head.matches(&self.file, shared.key)? {
            // What is under way is answered first: its answers must not be mixed up with those of the new lines.
            let waits = !self.flights().waiting.is_empty();
            return Ok(if waits { Step::Waiting } else { Step::Truncated });
        }
        if len == from {
            return Ok(Step::AtEnd);
        }
        let mut scratch = Buffer::zeros(READ);
        while self.lines.pushed() - from < CHUNK as u64 {
            match self.file.read_at(&mut scratch, self.lines.pushed()) {
                Ok(0) => break,
                Ok(n) => self.lines.push(&scratch[..n]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        match self.lines.take() {
            Some((bytes, frames)) => self.send(bytes, frames, shared),
            None if self.lines.pushed() < len => Ok(Step::Moved),
            None => Ok(Step::AtEnd),
        }
    }

    /// The file will not grow any more: a line without an end will have none.
    pub(crate) fn finish(&mut self, shared: &Shared<'_>) -> io::Result<Step> {
        self.lines.finish();
        match self.lines.take() {
            Some((bytes, frames)) => self.send(bytes, frames, shared),
            None => Ok(Step::AtEnd),
        }
    }

    /// Whether everything read is durable and no line is left half.
    pub(crate) fn is_settled(&self) -> bool {
        let waiting = !self.flights().waiting.is_empty();
        !waiting && self.unsent.is_none() && !self.lines.has_half()
    }

    /// Whether all whole lines that were read are durable.
    pub(crate) fn is_durable(&mut self) -> bool {
        self.answers() != Answers::Lost
            && self.flights().waiting.is_empty()
            && self.unsent.is_none()
    }

    /// Bytes from the beginning that are durable.
    pub(crate) fn committed(&self) -> u64 {
        self.committed
    }

    /// Whether a saved position was found for it.
    pub(crate) fn has_resumed(&self) -> bool {
        self.committed > 0
    }

    /// Whether no name leads to the file any more.
    pub(crate) fn is_unlinked(&self) -> bool {
        self.file.metadata().is_ok_and(|meta| meta.nlink() == 0)
    }

    fn flights(&self) -> std::sync::MutexGuard<'_, Flights> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What keeps this file from being read on, after the answers that have come were taken in.
    fn blocked(&mut self, shared: &Shared<'_>) -> Option<Step> {
        let answers = self.answers();
        if answers == Answers::Lost {
            drop(self.unsent.take()); // or it would overtake what is lost
            return (!self.rewind()).then_some(Step::Waiting);
        }
        if let Some(chunk) = self.unsent.take() {
            let step = self.offer(chunk, shared);
            if step != Step::Moved {
                return Some(step);
            }
        }
        (answers == Answers::Many).then_some(Step::Waiting)
    }

    /// Takes in what was committed.
    fn answers(&mut self) -> Answers {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((end, Some(Outcome::Committed))) = flights.waiting.front().copied() {
            self.committed = end;
            flights.first += 1;
            flights.waiting.pop_front();
        }
        if flights.waiting.iter().any(|(_, answer)| *answer == Some(Outcome::Redeliver)) {
            Answers::Lost
        } else if flights.waiting.len() >= IN_FLIGHT {
            Answers::Many
        } else {
            Answers::Few
        }
    }

    /// Goes back to what is durable, once every chunk has answered. Answers whether it did.
    fn rewind(&mut self) -> bool {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if flights.waiting.iter().any(|(_, answer)| answer.is_none()) {
            return false;
        }
        flights.first += flights.waiting.len() as u64;
        flights.waiting.clear();
        self.lines = Splitter::at(self.committed);
        true
    }

    /// Where the first line stands that has not been read whole.
    pub(crate) fn mark(&self) -> Mark {
        Mark { inode: self.inode, offset: self.lines.done(), head: self.head }
    }

    /// Reads the file from its beginning, after it was cut or written anew. `copied`: a copy of what it held is
    /// read on.
    pub(crate) fn restart(&mut self, shared: &Shared<'_>, copied: bool) -> io::Result<()> {
        if self.lines.has_half() && !copied {
            // Its rest is gone with the old content.
            self.lines.finish();
            if let Some((bytes, frames)) = self.lines.take() {
                let chunk = chunk(bytes, frames, shared, None, Receipt::none());
                self.unsent = Some(chunk);
            }
        }
        self.committed = 0;
        self.lines = Splitter::at(0);
        self.head =
            Fingerprint::before(0, &self.file, shared.key)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(())
    }

    fn send(&mut self, bytes: HotBuf, frames: Vec<Frame>, shared: &Shared<'_>) -> io::Result<Step> {
        let end = self.lines.done();
        if self.head.is_short(end) {
            // If the file was cut meanwhile, the old fingerprint stays, and the next pass notices.
            let longer = Fingerprint::before(end, &self.file, shared.key)?;
            self.head = longer.unwrap_or(self.head);
        }
        let position = Mark { inode: self.inode, offset: end, head: self.head }.encode();
        let receipt = self.take_off(end, shared.stop);
        let chunk = chunk(bytes, frames, shared, Some(position), receipt);
        Ok(self.offer(chunk, shared))
    }

    /// Enters a chunk into the flights and makes the receipt that will answer for it.
    fn take_off(&self, end: u64, stop: &Stop) -> Receipt {
        let number = {
            let mut flights = self.flights();
            flights.waiting.push_back((end, None));
            flights.first + flights.waiting.len() as u64 - 1
        };
        let (flights, stop) = (Arc::clone(&self.flights), stop.clone());
        Receipt::new(move |outcome| {
            let mut flights = flights.lock().unwrap_or_else(PoisonError::into_inner);
            let at = number.checked_sub(flights.first).and_then(|at| usize::try_from(at).ok());
            if let Some(flight) = at.and_then(|at| flights.waiting.get_mut(at)) {
                flight.1 = Some(outcome);
            }
            drop(flights);
            stop.ring();
        })
    }

    fn offer(&mut self, chunk: Chunk, shared: &Shared<'_>) -> Step {
        match shared.tx.try_send(chunk) {
            Ok(()) => Step::Moved,
            Err(TrySendError::Full(chunk)) => {
                self.unsent = Some(chunk);
                Step::Waiting
            }
            Err(TrySendError::Closed(_)) => Step::Closed,
        }
    }
}

fn chunk(
    bytes: HotBuf,
    frames: Vec<Frame>,
    shared: &Shared<'_>,
    position: Option<Position>,
    receipt: Receipt,
) -> Chunk {
    let origin = Arc::clone(shared.origin);
    Chunk { position, ..Chunk::new(origin, bytes, frames, clock::now_ms(), receipt) }
}
