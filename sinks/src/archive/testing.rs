//! Handmade events for tests.

use greffier_spool::testing::spooled;
use greffier_spool::{RecordId, SpooledEvent, Stream};

/// Sealed at `ms`, with this text; the id is a function of stream and time.
pub(crate) fn event(stream: Stream, ms: i64, json: &str) -> SpooledEvent {
    let mut id = [stream.number(); 16];
    id[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
    spooled(RecordId::from_bytes(id), stream, ms, "acme", json)
}
