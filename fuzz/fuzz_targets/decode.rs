//! Runs [`greffier_fuzz::decode`] on whatever libFuzzer thinks of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greffier_fuzz::decode(data));
