//! Sources and formats: bytes from outside become [`greffier_record::Raw`].
//!
//! Invariant: the only crate that knows formats. A line that cannot be understood becomes a broken record,
//! never an error and never nothing. Place on the path: first.

mod chunk;
mod combined;
mod decoder;
mod fields;
mod framing;
pub mod http;
mod json;
mod monolog;
mod nginx_json;
mod plan;
mod sheet;
pub mod stdin;
mod stop;
mod table;
mod tail;
#[cfg(test)]
mod testing;
mod time;

pub use chunk::{Chunk, Frame, Position};
pub use decoder::Decoder;
pub use plan::{FieldMap, SourceKind, SourcePlan};
pub use stop::Stop;
pub use tail::{Tail, TailCounts};
