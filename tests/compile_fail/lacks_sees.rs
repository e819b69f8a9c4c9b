//! The guard of `tests/compile_fail.rs` itself: on a type that has the trait it does not compile.

#[macro_use]
#[path = "../lacks.rs"]
mod lacks;

lacks!(String: Clone);

fn main() {}
