//! The gate: `Raw` in, `Sealed` out.
//!
//! Invariant: this is the only crate that reads hot text, and nothing leaves it but [`SealedBatch`]. A field
//! that no rule names is sealed, not kept. Place on the path: after `context`, before `spool`.
#![allow(clippy::disallowed_methods, reason = "the gate is the one place that may expose hot text")]

mod access_stub;
mod id;
mod policy;
mod sealed;
mod stream;

pub use access_stub::{AccessEvent, Redactor};
pub use id::{RecordId, RecordIds};
pub use policy::{
    AuditRule, EventRule, IpRule, Matcher, ObjectRule, Policy, Retention, RouteRule, Selector,
    TenantRule, WhenFull,
};
pub use sealed::{Sealed, SealedBatch};
pub use stream::Stream;
