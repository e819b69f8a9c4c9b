//! The gate: `Raw` in, `Sealed` out.
//!
//! Invariant: this is the only crate that reads hot text, and nothing leaves it but [`SealedBatch`]. A field
//! that no rule names is sealed, not kept. Place on the path: after `context`, before `spool`.
#![allow(clippy::disallowed_methods, reason = "the gate is the one place that may expose hot text")]

mod access;
mod agent;
mod attribution;
mod cache;
mod charset;
mod compose;
mod content;
mod desk;
mod detect;
mod event;
mod explain;
mod filter;
mod findings;
mod glob;
mod guard;
mod id;
mod ip;
mod json;
mod judge;
mod known;
mod lines;
mod owner;
mod path;
mod plain;
mod policy;
mod post;
mod query;
mod random;
mod redactor;
mod req;
mod rules;
mod seal;
mod sealed;
mod secrets;
mod stream;
mod tally;
mod target;
mod templates;
mod time;
mod url;
mod values;
mod vocabulary;
mod wipe;

#[cfg(test)]
mod tests;

pub use access::AccessEvent;
pub use attribution::Attribution;
#[doc(hidden)]
pub use detect::verdict;
pub use detect::{
    Check, Container, Encoding, Entity, EntityError, Finding, Misfit, Operator, OperatorEntity,
    Rule, Scanner, Trace,
};
pub use explain::{Fate, Treatment};
pub use filter::{Filter, Known};
pub use id::{RecordId, RecordIds};
pub use policy::{
    AuditRule, EventRule, IpRule, Matcher, ObjectRule, Policy, Retention, RouteRule, Selector,
    TenantRule, TextRule, WhenFull,
};
pub use redactor::Redactor;
pub use sealed::{Sealed, SealedBatch};
pub use stream::Stream;
pub use tally::{Count, Tally};
