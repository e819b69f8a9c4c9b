//! What the gate lets out.
//!
//! Invariant: the fields of [`SealedBatch`] are private and only this crate fills them, so holding one is
//! the proof that its bytes passed the redactor. They are final: no later part edits them.

use crate::{RecordId, Stream};
use greffier_vault::Rows;
use std::ops::Range;

/// One event: final bytes of one JSON object, without a newline, and what is needed to file them.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Sealed<'b> {
    /// Its id.
    pub id: RecordId,
    /// Its stream.
    pub stream: Stream,
    /// Time for the sink (ms since 1970): `ts` if it is within −13 d … +1 h of sealing, else sealing.
    pub time: i64,
    /// Tenant, `-` when there is none.
    pub tenant: &'b str,
    /// The event's bytes.
    pub bytes: &'b [u8],
}

#[derive(Debug)]
struct Entry {
    id: RecordId,
    stream: Stream,
    time: i64,
    tenant: Range<usize>,
    bytes: Range<usize>,
}

/// Events in the order of their ids, with the key rows that must be durable before they leave.
#[derive(Debug, Default)]
pub struct SealedBatch {
    buffer: Vec<u8>,
    tenants: String,
    entries: Vec<Entry>,
    rows: Rows,
}

impl SealedBatch {
    /// The events, oldest id first.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Sealed<'_>> {
        self.entries.iter().map(|entry| Sealed {
            id: entry.id,
            stream: entry.stream,
            time: entry.time,
            tenant: &self.tenants[entry.tenant.clone()],
            bytes: &self.buffer[entry.bytes.clone()],
        })
    }

    /// Key rows these events need, in the order the store must take them.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when there is neither an event nor a row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.rows.is_empty()
    }

    /// The events, each with a newline behind it.
    #[must_use]
    pub fn lines(&self) -> &[u8] {
        &self.buffer
    }

    /// Bytes of all events, one a line.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.buffer.len()
    }

    /// Empties the batch. Memory is kept for as many bytes as were in it, so one huge batch is not for ever.
    pub(crate) fn clear(&mut self) {
        let used = self.buffer.len();
        self.buffer.clear();
        self.buffer.shrink_to(2 * used);
        self.tenants.clear();
        self.entries.clear();
        self.rows = Rows::default();
    }

    /// The output buffer, for the event writer to append to.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Files the bytes written since `start` as one event, and ends its line.
    pub(crate) fn file(
        &mut self,
        id: RecordId,
        stream: Stream,
        time: i64,
        tenant: &str,
        start: usize,
    ) {
        let from = match self.entries.last() {
            Some(last) if self.tenants[last.tenant.clone()] == *tenant => last.tenant.start,
            _ => {
                self.tenants.push_str(tenant);
                self.tenants.len() - tenant.len()
            }
        };
        self.entries.push(Entry {
            id,
            stream,
            time,
            tenant: from..from + tenant.len(),
            bytes: start..self.buffer.len(),
        });
        self.buffer.push(b'\n');
    }

    /// Where the next event will stand.
    pub(crate) fn place(&self) -> [usize; 3] {
        [self.buffer.len(), self.tenants.len(), self.entries.len()]
    }

    /// Takes back everything since `place`.
    pub(crate) fn back_to(&mut self, [bytes, tenants, entries]: [usize; 3]) {
        self.buffer.truncate(bytes);
        self.tenants.truncate(tenants);
        self.entries.truncate(entries);
    }

    /// Adds the rows made while these events were sealed.
    pub(crate) fn add_rows(&mut self, rows: Rows) {
        self.rows.append(rows);
    }
}
