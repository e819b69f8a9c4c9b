//! Keys: what the writer needs to seal, what the reader needs to open, and the rows between them.
//!
//! Invariant: without the feature `open` there is no private-key code here, so the sidecar cannot read what
//! it wrote. Formats: `docs/formats/seal.md`.

mod rows;
mod writer;

pub use rows::{KeyRow, Rows, SessionRow};
pub use writer::{
    Chain, Class, Identifiers, Kid, Manifest, ManifestError, NoKey, Owner, Role, RootKey, Who,
    Writer,
};
