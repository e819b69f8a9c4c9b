//! Sources and formats: bytes from outside become [`greffier_record::Raw`].
//!
//! Invariant: the only crate that knows formats. A line that cannot be understood becomes a broken record,
//! never an error and never nothing. Place on the path: first.

mod chunk;
mod plan;

pub use chunk::{Chunk, Frame, Position};
pub use plan::{FieldMap, SourceKind, SourcePlan};
