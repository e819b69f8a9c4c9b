//! The one integration-test binary: what only the whole workspace can prove.
//!
//! One binary links once; each part is a module. Properties of a single crate are tested beside its code.

#[macro_use]
mod lacks;

mod architecture;
mod backpressure;
mod canary;
#[cfg(feature = "cloudwatch")]
mod cloudwatch;
mod compile_fail;
mod crash;
mod foreign;
#[cfg(feature = "console")]
mod fuzzed;
mod hostile;
mod join;
mod journey;
mod ops;
mod pipe;
mod privacy;
mod reading;
mod shutdown;
mod sockets;
mod support;
