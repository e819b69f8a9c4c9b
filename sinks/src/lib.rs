//! Where sealed events go: the local archive, standard output; and how they are read back.
//!
//! Invariant: a sink only ever sees events that passed the gate (this crate cannot name anything else), never
//! edits their bytes, and takes the same event twice without harm: delivery is at least once. Place on the
//! path: last; what a sink accepted, the spool may forget. CloudWatch Logs has a crate of its own, and the
//! list of all sinks is the binary's.

mod archive;
mod delivered;
mod error;
mod event;
mod query;
mod stdout;
mod store;

pub use archive::{Archive, ArchiveError, ArchiveReader, Days, day_text};
pub use delivered::Refused;
pub use error::SinkError;
pub use event::{Blobs, Event, Kid, Role, Text};
pub use query::{Group, Query, Test};
pub use stdout::Stdout;
pub use store::{EventStore, Follow, Found, StoreError, Stored};

pub use greffier_spool::{RecordId, SpooledEvent, Stream};
