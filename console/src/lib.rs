//! The reading side: search, show, reveal.
//!
//! Invariant: nothing sealed is opened, and no search for a person is answered, before the access log holds
//! who asked, durably; and nothing of an event reaches a screen unescaped. Place on the path: after it;
//! what was shipped is read, never written; only greffier's own access events go to the archive.
//!
//! Reading order: `reader` (what a command opens) → `query` → `search` → `tail` → `show` → `reveal` → `render`.

mod access;
mod clearance;
mod escape;
mod keys;
mod query;
mod reader;
pub mod render;
mod reveal;
mod search;
mod show;
mod stores;
mod tail;
mod target;
mod time;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use access::AccessError;
pub use clearance::{Clearance, class_from_name, class_name};
pub use escape::{Safe, SafeJson};
pub use greffier_vault::Class;
pub use keys::{Erasure, KeysError};
pub use query::{QueryError, Search};
pub use reader::{Operator, Reader, ReaderError, ReaderPaths, ReaderSetup};
pub use reveal::{Ask, Opened, Plaintext, Revealed};
pub use search::{Answer, Row};
pub use show::{Line, Timeline};
pub use tail::Tail;
pub use time::{Zone, day_words};

/// How a command ended, when it did not fail. Exit codes: 0, 3, 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is something to show.
    Found,
    /// There is nothing; the notes may say why.
    Nothing,
    /// The operator may not see it.
    Denied,
}
