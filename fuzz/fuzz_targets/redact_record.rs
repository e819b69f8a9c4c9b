//! Runs [`greffier_fuzz::redact_record`] on whatever libFuzzer thinks of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greffier_fuzz::redact_record(data));
