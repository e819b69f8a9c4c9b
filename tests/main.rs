//! The one integration-test binary: what only the whole workspace can prove.
//!
//! One binary links once; each part is a module. Properties of a single crate are tested beside its code.

#[macro_use]
mod lacks;

mod architecture;
mod backpressure;
mod canary;
mod compile_fail;
mod crash;
mod hostile;
mod join;
mod journey;
mod pipe;
mod reading;
mod shutdown;
mod support;
