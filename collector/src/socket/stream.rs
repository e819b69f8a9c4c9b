//! One connection, from its first line to its end.
//!
//! Invariant: lines leave in order, each once; the last one counts, with or without its line feed. A read that
//! holds part of a line or several makes no difference. No buffer is kept between two reads but what is
//! unfinished. Place on the path: under [`super::Socket`].

use super::basket::Place;
use super::buffer::Buffer;
use crate::Stop;
use crate::framing::Splitter;
use crate::wire::{Wire, at_once, has_news};
use greffier_record::Origin;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, sleep};

/// How long a sender that goes on sending is still read after the stop.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Instead of an idle time-out: longer than anything runs.
const NEVER: Duration = Duration::from_secs(86_400 * 365);

/// Reads a connection to its end, its idle time-out or the stop.
pub(super) async fn read(
    mut wire: Box<dyn Wire>,
    origin: Arc<Origin>,
    buffer: &Buffer,
    idle: Option<Duration>,
    stop: &Stop,
) {
    let (mut lines, mut place) = (Splitter::default(), Place::default());
    let mut unfinished = buffer.unfinished();
    let mut stopped = pin!(stop.stopped());
    let idle = idle.unwrap_or(NEVER);
    let (mut heard, mut alarm) = (Instant::now(), pin!(sleep(idle)));
    let ended = loop {
        let read = tokio::select! {
            biased;
            () = &mut stopped => break false,
            read = once(&mut *wire, &mut lines, buffer) => read,
            () = &mut alarm => {
                // Set again only when it rings: most reads come long before.
                alarm.as_mut().reset(heard + idle);
                if heard.elapsed() < idle {
                    continue;
                }
                break false;
            }
        };
        heard = Instant::now();
        if let Some((bytes, frames)) = lines.take_open() {
            buffer.put(&mut place, &origin, bytes, frames).await;
        }
        unfinished.charge(&mut lines);
        match read {
            Ok(1..) => {}
            Ok(0) => break true,
            Err(error) => {
                tracing::debug!(source = origin.name, %error, "a connection has broken");
                break true;
            }
        }
    };
    if !ended {
        last_words(&mut *wire, &mut lines, &mut place, &origin, buffer).await;
    }
    // TLS says goodbye; a sender that does not listen is not waited for.
    drop(at_once(wire.shutdown()).await);
    drop(wire);
    lines.finish();
    if let Some((bytes, frames)) = lines.take_open() {
        buffer.put(&mut place, &origin, bytes, frames).await;
    }
}

/// Reads what the kernel already has.
async fn last_words(
    wire: &mut dyn Wire,
    lines: &mut Splitter,
    place: &mut Place,
    origin: &Arc<Origin>,
    buffer: &Buffer,
) {
    let end = Instant::now() + LAST_WORDS;
    while Instant::now() < end {
        match at_once(once(wire, lines, buffer)).await {
            Some(Ok(0) | Err(_)) => return,
            Some(Ok(_)) => {
                if let Some((bytes, frames)) = lines.take_open() {
                    buffer.put(place, origin, bytes, frames).await;
                }
            }
            // The runtime may not have heard of the last bytes yet.
            None if has_news(wire.socket()) => tokio::task::yield_now().await,
            None => return,
        }
    }
}

/// One read, into the lines.
async fn once(wire: &mut dyn Wire, lines: &mut Splitter, buffer: &Buffer) -> io::Result<usize> {
    poll_fn(|cx| {
        let mut scratch = buffer.scratch();
        let mut into = ReadBuf::new(&mut scratch);
        let read = Pin::new(&mut *wire).poll_read(cx, &mut into);
        let len = into.filled().len();
        lines.push(into.filled());
        scratch[..len].fill(0);
        read.map_ok(|()| len)
    })
    .await
}
