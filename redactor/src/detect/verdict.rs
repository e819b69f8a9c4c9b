//! The checks of `checks` by their names, for whoever compares them with another implementation.
//!
//! Invariant: no path of its own; it answers what the detectors are answered. Called by the example `verdicts`,
//! which `tests/crosscheck.py` drives.

use super::checks::{codice_fiscale, german_document, luhn, nir, steuer_id, svnr, vat};

/// Does `number` (no separators, letters in upper case) pass the check of that name? `None` for no such check.
#[must_use]
pub fn verdict(check: &str, number: &[u8]) -> Option<bool> {
    Some(match check {
        "codice_fiscale" => codice_fiscale(number),
        "german_document" => german_document(number),
        "luhn" => luhn(number),
        "nir" => nir(number),
        "steuer_id" => steuer_id(number),
        "svnr" => svnr(number),
        "vat" => vat(number),
        _ => return None,
    })
}
