//! Value added tax numbers with their country (VIES): Belgium, France, Germany, Italy.

use super::luhn::luhn;
use super::steuer_id::mod_11_10;

/// Is `number`, country first, one with the right check digits?
pub(in crate::detect) fn vat(number: &[u8]) -> bool {
    let Some((country, rest)) = number.split_at_checked(2) else { return false };
    match (country, rest.len()) {
        (b"BE", 10) => super::number(rest).is_some_and(|n| 97 - n / 100 % 97 == n % 100),
        (b"DE", 9) => rest[0] != b'0' && mod_11_10(rest),
        (b"FR", 11) => {
            let key = super::number(&rest[..2]);
            let siren = super::number(&rest[2..]);
            luhn(&rest[2..]) && siren.is_some_and(|n| key == Some((12 + 3 * (n % 97)) % 97))
        }
        (b"IT", 11) => luhn(rest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for number in ["BE0428759497", "DE136695976", "FR40303265045", "IT00743110157"] {
            assert!(vat(number.as_bytes()), "{number}");
        }
        for number in ["BE0431150351", "DE136695978", "FR84323140391", "IT00743110158", "XX1", ""] {
            assert!(!vat(number.as_bytes()), "{number}");
        }
    }
}
