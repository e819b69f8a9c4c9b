//! Keys: what the writer needs to seal, what the reader needs to open, and the rows between them.
//!
//! Invariant: without the feature `open` there is no private-key code here, so the sidecar cannot read what
//! it wrote. Formats: `docs/formats/seal.md`.
//!
//! Reading order follows a blob's life: `manifest` (whom to seal to) → `writer` (chains of keys, one per
//! person and day) → `session` (wrapping their secrets) → `rows` → `store` → `opener`.

mod blob;
mod manifest;
mod note;
mod person;
mod primitives;
mod ratchet;
mod rows;
mod session;
mod store;
mod writer;

#[cfg(feature = "open")]
mod custody;
#[cfg(feature = "open")]
mod index;
#[cfg(feature = "open")]
mod normal;
#[cfg(feature = "open")]
mod opener;
#[cfg(feature = "open")]
mod unwrap;

#[cfg(test)]
#[cfg(feature = "open")]
mod vectors;

/// Leaves and nodes of the audit log's trees.
pub mod tree;

pub use blob::{Class, Role};
pub use manifest::{Manifest, ManifestError};
pub use note::{NoteError, RootKey};
pub use person::{Identifiers, Owner, Who};
pub use rows::{KeyRow, RowError, Rows, SessionRow, Wrapped};
pub use store::{Counts, KeyStore, StoreError};
pub use writer::{Chain, NoKey, Writer};

#[cfg(feature = "open")]
pub use blob::Blob;
#[cfg(feature = "open")]
pub use custody::{Cost, Custody, CustodyError, CustodyPlan};
#[cfg(feature = "open")]
pub use index::{Index, IndexError, Lookup};
#[cfg(feature = "open")]
pub use opener::{OpenError, Opener};

/// Key id: names a key row, and stands in every event sealed under it.
pub type Kid = [u8; 16];

/// The one suite: rows wrapped by DHKEM(X25519, HKDF-SHA256), blobs by AES-256-GCM.
pub const SUITE: u8 = 0x11;

/// The 22 characters of a key id in an event (base64url, no padding).
#[must_use]
pub fn kid_text(kid: &Kid) -> String {
    primitives::b64(kid)
}

/// Reads a key id back from an event; `None` for anything but 16 bytes in base64url.
#[must_use]
pub fn parse_kid(text: &str) -> Option<Kid> {
    primitives::unb64(text)?.try_into().ok()
}
