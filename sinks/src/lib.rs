//! Where sealed events go: the local archive, standard output; and how they are read back.
//!
//! Invariant: a sink only ever sees events that passed the gate (this crate cannot name anything else), never
//! edits their bytes, and takes the same event twice without harm: delivery is at least once. Place on the
//! path: last; what a sink accepted, the spool may forget.

mod archive;
mod error;
mod event;
mod query;
mod stdout;
mod store;

pub use archive::{Archive, ArchiveError, ArchiveReader, Days, day_text};
pub use error::SinkError;
pub use event::{Blobs, Event, Kid, Role, Text};
pub use query::{Group, Query, Test};
pub use stdout::Stdout;
pub use store::{EventStore, Follow, Found, StoreError, Stored};

pub use greffier_spool::{RecordId, Stream};

use greffier_spool::SpooledEvent;

/// Every sink there is: a closed list, so that adding one is a change the compiler follows.
#[derive(Debug)]
pub enum Sink {
    /// SQLite files on this machine, one a stream and day.
    Archive(Archive),
    /// One event a line on standard output.
    Stdout(Stdout),
}

impl Sink {
    /// The name of the sink: in the configuration, in metrics, and of its cursor in the spool.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Archive(_) => "archive",
            Self::Stdout(_) => "stdout",
        }
    }

    /// Takes all of `events`, or none as far as the caller is concerned: after an error the same events come
    /// again, and those that had been taken are recognised by their id.
    ///
    /// # Errors
    /// When the events are not safely in the sink; [`SinkError::retry_after`] says whether and when to
    /// deliver them again.
    pub async fn deliver(&mut self, events: &[SpooledEvent]) -> Result<(), SinkError> {
        match self {
            Self::Archive(archive) => archive.deliver(events).await,
            Self::Stdout(stdout) => stdout.deliver(events).await,
        }
    }
}
