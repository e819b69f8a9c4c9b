//! Runs [`greffier_fuzz::open`] on whatever libFuzzer thinks of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greffier_fuzz::open(data));
