//! Value added tax numbers with their country (VIES): Belgium, France, Germany, Italy.

use super::luhn::luhn;
use super::steuer_id::mod_11_10;

/// Is `number`, country first, one with the right check digits?
pub(in crate::detect) fn vat(number: &[u8]) -> bool {
    let Some((country, rest)) = number.split_at_checked(2) else { return false };
    match (country, rest.len()) {
        (b"BE", 10) => super::number(rest).is_some_and(|n| 97 - n / 100 % 97 == n % 100),
        (b"DE", 9) => rest[0] != b'0' && mod_11_10(rest),
        (b"FR", 11) => french(rest),
        (b"IT", 11) => luhn(rest),
        _ => false,
    }
}

/// A key and a SIREN (numbers of Monaco begin with 000 and are none). Old keys are two digits; new ones hold letters
/// other than I and O.
fn french(number: &[u8]) -> bool {
    const KEYS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (key, siren) = number.split_at(2);
    let Some(value) = super::number(siren).filter(|_| siren.starts_with(b"000") || luhn(siren))
    else {
        return false;
    };
    if let Some(key) = super::number(key) {
        return key == (12 + 3 * (value % 97)) % 97;
    }
    let place = |byte: u8| KEYS.iter().position(|key| *key == byte);
    let (Some(first), Some(second)) = (place(key[0]), place(key[1])) else { return false };
    let check = match first {
        0..=9 => first * 24 + second - 10,
        _ => first * 34 + second - 100,
    } as u64;
    (value + 1 + check / 11) % 11 == check % 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for number in ["BE0428759497", "DE136695976", "FR40303265045", "IT00743110157"] {
            assert!(vat(number.as_bytes()), "{number}");
        }
        for number in ["FRK7399859412", "FR4Z123456782", "FR37000005990"] {
            assert!(vat(number.as_bytes()), "{number}");
        }
        for number in [
            "BE0431150351",
            "DE136695978",
            "FR84323140391",
            "IT00743110158",
            "XX1",
            "",
            "FRIO334175221",
        ] {
            assert!(!vat(number.as_bytes()), "{number}");
        }
    }
}
