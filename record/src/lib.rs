//! What arrives: the plaintext record, before the gate.
//!
//! Invariant: nothing in this crate can be printed, serialised or compared by accident. Text from the
//! outside is [`Hot`]; only the redactor reads it (`Hot::expose` is a disallowed method everywhere else).
//! Place on the path: `collector` makes a [`Raw`], `context` may hold its bytes, `redactor` consumes it.

pub mod clock;
mod hold;
mod hot;
mod origin;
mod raw;
mod receipt;
mod value;

pub use hold::{BuildHoldKeyHasher, HoldHasher, HoldKey, HoldKeyHasher};
pub use hot::{Hot, HotBuf};
pub use origin::{Format, JoinGroup, Origin, Side};
pub use raw::{Body, Broken, Fault, Identity, Level, Post, Raw, RequestLine, TextRecord, Time};
pub use receipt::{Outcome, Receipt};
pub use value::Value;
