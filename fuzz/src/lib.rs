//! What must hold for any bytes: one function for each fuzz target, which panics when it does not.
//!
//! Invariant: plain functions without a fuzzer in them. `cargo fuzz` looks for inputs that break them; `./test`
//! runs them over `fuzz/seeds`, where every input that once broke one stays. Place on the path: beside it.

mod decode;
mod open;
mod record;
mod scan;
mod scene;
mod spool;
mod url;

pub use decode::decode;
pub use open::open;
pub use record::redact_record;
pub use scan::scan;
pub use spool::spool;
pub use url::url;

/// A target: bytes in, a panic if something does not hold.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its binary and of its folder of seeds.
pub const TARGETS: [(&str, Target); 6] = [
    ("decode", decode),
    ("open", open),
    ("redact_record", redact_record),
    ("scan", scan),
    ("spool", spool),
    ("url", url),
];
