//! Sources and formats: bytes from outside become [`greffier_record::Raw`].
//!
//! Invariant: the only crate that knows formats. A line that cannot be understood becomes a broken record,
//! never an error and never nothing. Place on the path: first.

mod accept;
mod bind;
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
pub mod socket;
pub mod stdin;
mod stop;
mod table;
mod tail;
#[cfg(test)]
mod testing;
mod time;
mod tls;
mod wire;

pub use bind::BindError;
pub use chunk::{Chunk, Frame, Position};
pub use decoder::Decoder;
pub use plan::{FieldMap, Overflow, SocketLimits, SourceKind, SourcePlan, TlsFiles, UnixKind};
pub use stop::Stop;
pub use tail::{Tail, TailCounts};
pub use tls::{Tls, TlsError};
