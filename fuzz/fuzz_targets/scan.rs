//! Runs [`greffier_fuzz::scan`] on whatever libFuzzer thinks of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greffier_fuzz::scan(data));
