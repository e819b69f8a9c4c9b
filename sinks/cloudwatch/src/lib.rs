//! The Amazon CloudWatch Logs sink, and reading back what it shipped.
//!
//! Invariant: an event's bytes leave as they are, and an acknowledgement means that CloudWatch has every event
//! of the batch. Place on the path: last. This is the only crate that knows the AWS SDK.

mod client;
pub mod names;
mod read;
mod write;

pub use client::{Settings, connect};
pub use read::{CloudWatchReader, ReadError, Scope};
pub use write::{CloudWatch, Target, Writing};
