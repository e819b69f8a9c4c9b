//! One event a line on standard output, for `greffier pipe` and containers whose platform collects it.
//!
//! Invariant: a line is written whole and flushed before the batch counts as delivered. A reader that went
//! away (`greffier pipe | head`) is a clean end, not a crash. At least once: after an error in the middle of a
//! batch its first lines may appear twice, with the same `id`.

use crate::SinkError;
use greffier_spool::SpooledEvent;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

const RETRY: Duration = Duration::from_secs(1);

/// The standard output of the process, or anything else that takes lines.
pub struct Stdout {
    out: Box<dyn AsyncWrite + Send + Unpin>,
    lines: Vec<u8>,
}

impl Stdout {
    /// Standard output.
    #[must_use]
    pub fn new() -> Self {
        Self::to(tokio::io::stdout())
    }

    /// Lines go to `out` instead.
    pub fn to(out: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { out: Box::new(out), lines: Vec::new() }
    }

    /// Takes all of `events`, or none as far as the caller is concerned: after an error the same events come
    /// again, and those that had been taken are recognised by their id.
    ///
    /// # Errors
    /// When the events are not safely there; [`SinkError::retry_after`] says whether and when to deliver them
    /// again.
    pub async fn deliver(&mut self, events: &[SpooledEvent]) -> Result<(), SinkError> {
        self.lines.clear();
        for event in events {
            self.lines.extend_from_slice(&event.bytes);
            self.lines.push(b'\n');
        }
        let written = self.out.write_all(&self.lines).await;
        match written.and(self.out.flush().await) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                Err(SinkError::finished("standard output was closed by its reader"))
            }
            Err(error) => {
                Err(SinkError::retry(RETRY, format!("cannot write standard output: {error}")))
            }
        }
    }
}

impl Default for Stdout {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Stdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stdout")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::testing::event;
    use greffier_spool::Stream;
    use tokio::io::AsyncReadExt as _;

    #[tokio::test]
    async fn one_event_is_one_line() {
        let (out, mut reader) = tokio::io::duplex(4096);
        let events =
            [event(Stream::Requests, 1, "{\"a\":1}"), event(Stream::Audit, 2, "{\"b\":2}")];
        Stdout::to(out).deliver(&events).await.unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "{\"a\":1}\n{\"b\":2}\n");
    }

    #[tokio::test]
    async fn a_reader_that_left_ends_the_sink_without_retry() {
        let (out, reader) = tokio::io::duplex(16);
        drop(reader);
        let error = Stdout::to(out).deliver(&[event(Stream::Requests, 1, "{}")]).await.unwrap_err();
        assert_eq!(error.retry_after(), None);
        assert_eq!(error.to_string(), "standard output was closed by its reader");
    }
}
