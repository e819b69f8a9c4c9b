//! The spool: a durable log of sealed batches between the redactor and the sinks.
//!
//! What holds at any moment, through any crash, full disk or failing fsync:
//!
//! 1. **An append is everything or nothing.** It is its rows, its events, the positions of their sources and
//!    a commit that counts and sums them. After a restart either all of it is there or none, and a
//!    position is there exactly if its events are: from file to spool, every line exactly once.
//! 2. **What was acknowledged is there, once, in order.** [`Spool::append`] returns after the last fsync. An
//!    append that failed is undone, durably, before another begins.
//! 3. **Rows before events.** Rows are durable before the events that need them are written, and no sink
//!    is lent an event before the key store (sink zero) has acknowledged every row it needs.
//! 4. **Rows do not stay.** A row segment is removed as soon as the key store has all of it, the one being
//!    written too: a row left behind would outlive an erasure.
//! 5. **A cursor is never ahead.** It moves when a lease is acknowledged and never otherwise; a lease that is
//!    dropped is lent again. A segment is freed when every sink has passed it, and the newest is kept: it
//!    begins with the positions of all sources.
//! 6. **Damage costs what is damaged.** A torn tail is cut, a flipped byte costs its frame, lost cursors cost
//!    redelivery. A start is refused only for a lock, a newer format, a removed sink, or a dead disk.
//!
//! How: both logs are segments of checksummed frames (`docs/formats/spool.md`). One writer appends with one
//! write and one fsync per log; how to undo is noted before the first byte. Readers use handles of their
//! own, up to a *frontier* in memory that moves with appends and with acknowledged rows. `crash_tests.rs`
//! checks 1 to 5 at every operation of random workloads, on a disk that forgets what was not synced.
//!
//! Place on the path: after the redactor, before the sinks. Everything on the disk is ciphertext or meant to
//! be read; the spool has no key.

mod budget;
mod check;
mod cursors;
mod disk;
mod error;
mod frame;
mod layout;
mod lease;
mod ledger;
mod quarantine;
mod read;
mod recover;
mod scan;
mod spool;
mod state;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod writer;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod spool_tests;

pub use budget::{Options, Room, Usage};
pub use check::{SegmentReport, check};
pub use disk::{Disk, DiskFile, RealDisk};
pub use error::{AppendError, SpoolError};
pub use greffier_redactor::{RecordId, Stream};
pub use lease::{Lease, RowLease, SpooledEvent};
pub use ledger::{Ledger, PerStream, SinkLedger};
pub use quarantine::{Rejected, rejected};
pub use recover::{Recovered, Skipped};
pub use spool::{Spool, forget_sink};
