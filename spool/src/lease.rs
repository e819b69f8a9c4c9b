//! What a sink holds while it delivers.
//!
//! Invariant: a lease that is dropped is as if it had never been taken; only `ack` and `reject` move the
//! cursor, and only forward. One lease per sink at a time. Place on the path: from the spool to the sinks.

use crate::cursors::Place;
use crate::error::SpoolError;
use crate::ledger::{Done, PerStream, Refusals};
use crate::spool::{Inner, lock};
use bytes::Bytes;
use greffier_redactor::{RecordId, Stream};
use greffier_vault::Rows;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One event, as it was sealed. Only a spool makes one: holding it is the proof that it passed the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpooledEvent {
    /// Its id.
    pub id: RecordId,
    /// Its stream.
    pub stream: Stream,
    /// Its time for the sink, ms since 1970.
    pub time: i64,
    /// Its tenant, `-` when there is none.
    pub tenant: String,
    /// One JSON object, without a newline. Final.
    pub bytes: Bytes,
}

/// Whose lease it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holder {
    /// The key store.
    Store,
    /// The sink at this index.
    Sink(usize),
}

/// The right to read for one sink; dropping it lets the next lease be taken.
pub(crate) struct Claim {
    pub(crate) inner: Arc<Inner>,
    pub(crate) holder: Holder,
}

impl Claim {
    /// Nobody gets this sink's lease until `delay` is over.
    fn defer(&self, delay: Duration) {
        let until = (self.inner.now)().checked_add(delay);
        let mut state = lock(&self.inner.state);
        match self.holder {
            Holder::Store => state.rows.until = until,
            Holder::Sink(sink) => state.sinks[sink].until = until,
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = lock(&self.inner.state);
        match self.holder {
            Holder::Store => state.rows.leased = false,
            Holder::Sink(sink) => state.sinks[sink].leased = false,
        }
    }
}

/// Events on loan to one sink. Dropping it means: not delivered, lend them again.
#[must_use = "a lease that is dropped is delivered again"]
pub struct Lease {
    pub(crate) claim: Claim,
    pub(crate) sink: usize,
    pub(crate) events: Vec<SpooledEvent>,
    pub(crate) end: Place,
    pub(crate) refused: Mutex<Refusals>,
}

impl Lease {
    /// The events, in the order of their ids; never empty.
    #[must_use]
    pub fn events(&self) -> &[SpooledEvent] {
        &self.events
    }

    /// They are delivered: the cursor moves on, and segments every sink has passed are removed.
    ///
    /// # Errors
    /// When the cursors cannot be written. The cursor has moved all the same, and is written with the next
    /// acknowledgement; a crash before that delivers the events again.
    pub fn ack(self) -> Result<(), SpoolError> {
        let last = self.events.last().map(|event| event.id);
        let events = PerStream::of(self.events.iter().map(|event| event.stream));
        let refused = *lock(&self.refused);
        self.claim.inner.acknowledge(self.sink, self.end, last, &Done { events, refused })
    }

    /// Not now: no lease for this sink until `delay` is over.
    pub fn defer(self, delay: Duration) {
        self.claim.defer(delay);
    }

    /// They will never be taken: all are set aside, and the cursor moves on.
    ///
    /// # Errors
    /// When they cannot be set aside (then nothing has moved), or as [`Lease::ack`].
    pub fn reject(self, reason: &str) -> Result<(), SpoolError> {
        self.set_aside(|_| true, reason)?;
        self.ack()
    }

    /// Copies the events `which` picks to the sink's quarantine, durably, with the reason (it must hold no
    /// personal data); when that is full, they are lost and counted so. The lease goes on: acknowledge it when the
    /// others are delivered.
    ///
    /// # Errors
    /// When the quarantine cannot be written.
    pub fn set_aside(
        &self,
        which: impl Fn(&SpooledEvent) -> bool,
        reason: &str,
    ) -> Result<(), SpoolError> {
        let picked: Vec<&SpooledEvent> = self.events.iter().filter(|event| which(event)).collect();
        let kept = self.claim.inner.quarantine(self.sink, &picked, reason)?;
        let mut refused = lock(&self.refused);
        let Refusals { set_aside, unkept } = &mut *refused;
        let counts = if kept { set_aside } else { unkept };
        picked.iter().for_each(|event| counts.add(event.stream, 1));
        Ok(())
    }
}

/// Key rows on loan to the key store. Dropping it means: not stored, lend them again.
#[must_use = "a lease that is dropped is delivered again"]
pub struct RowLease {
    pub(crate) claim: Claim,
    pub(crate) rows: Rows,
    pub(crate) through: u64,
    pub(crate) end: Place,
}

impl RowLease {
    /// The rows, in the order the store must take them; empty when all of them were damaged.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The store has them, durably: they are removed from the disk, and events that need them may leave.
    ///
    /// # Errors
    /// When the cursors cannot be written or the segment cannot be removed; either is made up for later,
    /// and the events may leave all the same.
    pub fn ack(self) -> Result<(), SpoolError> {
        self.claim.inner.acknowledge_rows(self.through, self.end)
    }

    /// Not now: no lease of rows until `delay` is over.
    pub fn defer(self, delay: Duration) {
        self.claim.defer(delay);
    }
}
