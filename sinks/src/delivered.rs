//! What became of the events a sink was given.
//!
//! Invariant: every event of a delivery is either in the sink or named here with a reason, so that the pump
//! can set it aside and count it. Place on the path: from a sink back to the pump.

use greffier_spool::RecordId;

/// An event that the sink will never take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub id: RecordId,
    /// Why, in words that hold nothing of the event.
    pub reason: &'static str,
}
