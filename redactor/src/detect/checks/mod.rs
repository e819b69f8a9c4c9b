//! Check digits of numbers given to persons: small pure functions, each with published test values.
//!
//! Invariant: every function takes the number without separators, letters in upper case, and says whether it
//! can be one; none looks at anything else. Place on the path: asked by `code` for what has the right shape.

mod codice_fiscale;
mod luhn;
mod mrz;
mod nir;
mod steuer_id;
mod svnr;
mod vat;

pub(super) use codice_fiscale::codice_fiscale;
pub(super) use luhn::luhn;
pub(super) use mrz::german_document;
pub(super) use nir::nir;
pub(super) use steuer_id::{mod_11_10, steuer_id};
pub(super) use svnr::svnr;
pub(super) use vat::vat;

/// The digits of `text` as numbers; `None` if there is anything else in it.
fn digits(text: &[u8]) -> Option<impl DoubleEndedIterator<Item = u32> + '_> {
    let all = text.iter().all(u8::is_ascii_digit);
    all.then(|| text.iter().map(|digit| u32::from(digit - b'0')))
}

/// The value of a number of at most 18 digits.
fn number(text: &[u8]) -> Option<u64> {
    Some(digits(text)?.fold(0, |value, digit| value * 10 + u64::from(digit)))
}
