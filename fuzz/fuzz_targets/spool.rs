//! Runs [`greffier_fuzz::spool`] on whatever libFuzzer thinks of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greffier_fuzz::spool(data));
