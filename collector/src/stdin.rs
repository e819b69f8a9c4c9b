//! Standard input, or anything else that is read once to its end.
//!
//! Invariant: every line that was read is sent, in order, before the end is answered; a stop ends the reading,
//! not the sending. Nobody can be told to deliver again, so the chunks carry no receipt and no position.
//! Place on the path: first; runs on a thread of its own.

use crate::framing::{Buffer, CHUNK, READ, Splitter};
use crate::{Chunk, Stop};
use greffier_record::{Origin, Receipt, clock};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use tokio::sync::mpsc::Sender;

/// How long a read waits before it gives way, so that a stop is heard (250 ms).
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 250_000_000 };

/// An input whose reads answer `Interrupted` when nothing comes for a moment. Unbuffered.
#[derive(Debug)]
pub struct Patient(File);

impl Patient {
    /// Standard input of this process.
    ///
    /// # Errors
    /// When its descriptor cannot be doubled.
    pub fn stdin() -> io::Result<Self> {
        Ok(Self::new(io::stdin().as_fd().try_clone_to_owned()?))
    }

    fn new(input: OwnedFd) -> Self {
        Self(input.into())
    }
}

impl Read for Patient {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut ready = [PollFd::new(&self.0, PollFlags::IN)];
        match poll(&mut ready, Some(&PATIENCE))? {
            0 => Err(ErrorKind::Interrupted.into()),
            _ => self.0.read(into),
        }
    }
}

/// Reads `input` to its end, or until the stop or a closed channel. It waits for the channel: whoever holds
/// the receiver goes on receiving until this returns, or drops it. Must not run inside a runtime's task.
/// A read that blocks is not interrupted by the stop; those of [`Patient`] do not.
///
/// # Errors
/// What reading answers; the lines before it have been sent.
pub fn read(
    mut input: impl Read,
    origin: &Arc<Origin>,
    tx: &Sender<Chunk>,
    stop: &Stop,
) -> io::Result<()> {
    let mut scratch = Buffer::zeros(READ);
    let mut lines = Splitter::default();
    let end = loop {
        if stop.is_stopped() || tx.is_closed() {
            break Ok(());
        }
        match input.read(&mut scratch) {
            Ok(0) => break Ok(()),
            Ok(n) => lines.push(&scratch[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => break Err(error),
        }
        // While the other side is busy, gather; when it is not, do not keep it waiting.
        if (tx.capacity() > 0 || lines.len() >= CHUNK) && !send(&mut lines, origin, tx) {
            return Ok(());
        }
    };
    lines.finish();
    send(&mut lines, origin, tx);
    end
}

fn send(lines: &mut Splitter, origin: &Arc<Origin>, tx: &Sender<Chunk>) -> bool {
    let Some((bytes, frames)) = lines.take() else { return true };
    let origin = Arc::clone(origin);
    tx.blocking_send(Chunk::new(origin, bytes, frames, clock::now_ms(), Receipt::none())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{origin, texts};
    use greffier_record::{Fault, Format};
    use std::thread;
    use tokio::sync::mpsc;

    /// Hands out its parts one read at a time.
    struct Parts(std::vec::IntoIter<&'static [u8]>);

    impl Read for Parts {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.next() {
                Some(b"!") => Err(io::Error::other("broken pipe")),
                Some(part) => {
                    into[..part.len()].copy_from_slice(part);
                    Ok(part.len())
                }
                None => Ok(0),
            }
        }
    }

    fn run(parts: Vec<&'static [u8]>, stop: &Stop) -> (io::Result<()>, Vec<Chunk>) {
        let (tx, mut rx) = mpsc::channel(1);
        let reader = thread::spawn({
            let stop = stop.clone();
            move || read(Parts(parts.into_iter()), &Arc::new(origin(Format::Json)), &tx, &stop)
        });
        let chunks = std::iter::from_fn(|| rx.blocking_recv()).collect();
        (reader.join().expect("no panic"), chunks)
    }

    #[test]
    fn every_line_arrives_in_order_and_the_last_may_be_half() {
        let (end, chunks) = run(vec![b"a\nb", b"b\r\n\nc", b"\nd"], &Stop::new());
        assert!(end.is_ok());
        let lines: Vec<_> = chunks.iter().flat_map(texts).collect();
        assert_eq!(lines, ["a", "bb", "c", "d"]);
        let last = chunks.last().and_then(|chunk| chunk.frames.last()).expect("a line");
        assert_eq!(last.fault, Some(Fault::Half));
    }

    #[test]
    fn lines_before_an_error_are_sent() {
        let (end, chunks) = run(vec![b"a\nb", b"!"], &Stop::new());
        assert!(end.is_err());
        assert_eq!(chunks.iter().flat_map(texts).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_stop_is_heard_while_nothing_comes() {
        let (input, mut writer) = io::pipe().expect("a pipe");
        io::Write::write_all(&mut writer, b"a\nb\n").expect("it fits");
        let (tx, mut rx) = mpsc::channel(1);
        let stop = Stop::new();
        let reader = thread::spawn({
            let stop = stop.clone();
            let input = Patient::new(input.into());
            move || read(input, &Arc::new(origin(Format::Json)), &tx, &stop)
        });
        assert_eq!(texts(&rx.blocking_recv().expect("a chunk")), ["a", "b"]);
        stop.stop();
        assert!(reader.join().expect("no panic").is_ok());
        drop(writer);
    }

    #[test]
    fn a_stop_ends_the_reading() {
        let stop = Stop::new();
        stop.stop();
        let (end, chunks) = run(vec![b"a\n"], &stop);
        assert!(end.is_ok() && chunks.is_empty());
    }
}
