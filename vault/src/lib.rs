//! Keys: what the writer needs to seal, what the reader needs to open, and the rows between them.
//!
//! Invariant: without the feature `open` there is no private-key code here, so the sidecar cannot read what
//! it wrote. Formats: `docs/formats/seal.md`.

#[allow(clippy::missing_errors_doc, reason = "stand-in")]
mod open_stub;
mod rows;

pub use open_stub::*;

pub use rows::{KeyRow, Rows, SessionRow};
