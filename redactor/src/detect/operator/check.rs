//! Check digits that an operator's entity may ask for.
//!
//! Invariant: a check looks at letters and digits only, letters in upper case; what has none fails. Place on the
//! path: asked for every match of a pattern that names a check.

use crate::detect::checks::{luhn, mod_11_10};

/// Rows of the dihedral group D5 that Verhoeff's check multiplies in.
const PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];
/// The permutation of Verhoeff's check, applied once more at every place.
const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// A check digit scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// ISO/IEC 7812-1 annex B.
    Luhn,
    /// ISO 7064 MOD 97-10, letters as two digits: the check digits stand last.
    Mod97,
    /// ISO 7064 MOD 11,10.
    Mod11And10,
    /// J. Verhoeff, Error Detecting Decimal Codes, 1969.
    Verhoeff,
}

impl Check {
    /// Every check with its name in the configuration.
    pub const ALL: [(&'static str, Self); 4] = [
        ("luhn", Self::Luhn),
        ("mod97", Self::Mod97),
        ("mod11_10", Self::Mod11And10),
        ("verhoeff", Self::Verhoeff),
    ];

    /// Does the check hold for the letters and digits of `text`?
    pub(super) fn holds(self, text: &str) -> bool {
        let plain: Vec<u8> = text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| b.to_ascii_uppercase())
            .collect();
        plain.len() > 1
            && match self {
                Self::Luhn => luhn(&plain),
                Self::Mod97 => mod_97(&plain),
                Self::Mod11And10 => mod_11_10(&plain),
                Self::Verhoeff => verhoeff(&plain),
            }
    }
}

fn mod_97(number: &[u8]) -> bool {
    let add = |rest: u32, byte: &u8| {
        let value = char::from(*byte).to_digit(36).unwrap_or(0);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    };
    number.iter().fold(0, add) == 1
}

fn verhoeff(number: &[u8]) -> bool {
    let permuted = |place: usize, digit: u8| {
        (0..place % 8).fold(digit, |digit, _| PERMUTATION[usize::from(digit)])
    };
    number.iter().all(u8::is_ascii_digit)
        && number.iter().rev().enumerate().fold(0, |row, (place, byte)| {
            PRODUCT[usize::from(row)][usize::from(permuted(place, byte - b'0'))]
        }) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for (check, yes, no) in [
            (Check::Luhn, "7992 7398 713", "79927398710"),
            (Check::Mod97, "79 444", "79 445"),
            (Check::Mod97, "3704 0044 0532 0130 00 DE 89", "3704 0044 0532 0130 00 DE 98"),
            (Check::Mod11And10, "0794-5", "0794-6"),
            (Check::Verhoeff, "2363", "2364"),
            (Check::Verhoeff, "1428570", "1482570"),
            (Check::Luhn, "0-0", "0"),
            (Check::Verhoeff, "1234567890120", "A"),
        ] {
            assert!(check.holds(yes), "{check:?}");
            assert!(!check.holds(no), "{check:?}");
        }
    }
}
