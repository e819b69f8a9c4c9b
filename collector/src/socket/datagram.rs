//! Datagrams over a Unix socket: each holds whole lines, and its end is the end of its last one.
//!
//! Invariant: the kernel never drops a datagram of a Unix socket (its sender waits or is told), so what was
//! sent is read or counted. Place on the path: under [`super::Socket`].

use super::basket::Place;
use super::buffer::Buffer;
use crate::framing::{self, CHUNK, KEPT};
use crate::wire::has_news;
use crate::{Frame, Stop};
use greffier_record::{Fault, Origin};
use memchr::memchr_iter;
use std::os::fd::AsFd;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixDatagram;
use tokio::time::Instant;

/// How long senders that go on sending are still read after a stop.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Reads until the stop, and then what the kernel has.
pub(super) async fn read(
    socket: &UnixDatagram,
    origin: &Arc<Origin>,
    buffer: &Buffer,
    stop: &Stop,
) {
    let mut stopped = pin!(stop.stopped());
    // One more than is kept, so that a datagram that was cut shows.
    let mut scratch = framing::Buffer::zeros(KEPT + 1);
    let (mut place, mut failed) = (Place::default(), false);
    loop {
        tokio::select! {
            biased;
            () = &mut stopped => break,
            ready = socket.readable() => if let Err(error) = ready {
                tracing::error!(source = origin.name, %error, "datagrams cannot be read on");
                return;
            },
        }
        take(socket, origin, buffer, &mut place, &mut scratch, &mut failed).await;
        tokio::task::yield_now().await;
    }
    let end = Instant::now() + LAST_WORDS;
    while Instant::now() < end && has_news(socket.as_fd()) {
        take(socket, origin, buffer, &mut place, &mut scratch, &mut failed).await;
        tokio::task::yield_now().await;
    }
}

/// Datagrams of one turn at most.
const DATAGRAMS: usize = 4096;

/// Reads what is there, up to one chunk, and hands it on. Leaves zeros in the scratch.
async fn take(
    socket: &UnixDatagram,
    origin: &Arc<Origin>,
    buffer: &Buffer,
    place: &mut Place,
    scratch: &mut [u8],
    failed: &mut bool,
) {
    let mut gathered = framing::Buffer::default();
    let mut frames = Vec::new();
    // Empty datagrams gather nothing: they too must come to an end.
    for _ in 0..DATAGRAMS {
        if gathered.len() >= CHUNK {
            break;
        }
        match socket.try_recv(scratch) {
            Ok(len) => {
                split(&scratch[..len], &mut gathered, &mut frames);
                scratch[..len].fill(0);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(error) => {
                if !std::mem::replace(failed, true) {
                    tracing::error!(source = origin.name, %error, "a datagram cannot be read");
                }
                break;
            }
        }
    }
    if !frames.is_empty() {
        buffer.put(place, origin, gathered, frames).await;
    }
}

/// Adds the lines of one datagram. What the kernel cut off one over 256 KiB is gone, and at least a byte.
fn split(datagram: &[u8], gathered: &mut framing::Buffer, frames: &mut Vec<Frame>) {
    let start = gathered.len();
    let kept = datagram.len().min(KEPT);
    gathered.append(&datagram[..kept]);
    let mut from = start;
    for end in memchr_iter(b'\n', &datagram[..kept]) {
        frames.extend(framing::frame(gathered, from..start + end, None));
        from = start + end + 1;
    }
    if datagram.len() > KEPT {
        let range = from..gathered.len();
        frames.push(Frame { range, fault: Some(Fault::Long), cut: 1 });
    } else {
        frames.extend(framing::frame(gathered, from..gathered.len(), None));
    }
}
