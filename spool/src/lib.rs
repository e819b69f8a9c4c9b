//! Stand-in for the spool while it is written: the nouns that sinks and console use.

pub use greffier_redactor::{RecordId, Stream};

/// One event as a sink receives it.
#[derive(Debug, Clone)]
pub struct SpooledEvent {
    /// Its id.
    pub id: RecordId,
    /// Its stream.
    pub stream: Stream,
    /// Time for the sink, ms since 1970.
    pub time: i64,
    /// Tenant, `-` when there is none.
    pub tenant: String,
    /// The event: one JSON object, without a newline.
    pub bytes: bytes::Bytes,
}
