//! ISO/IEC 7812-1 annex B: cards, SIREN and SIRET, partita IVA, IMEI.

/// Is the last digit of `number` the check digit of the others?
pub(in crate::detect) fn luhn(number: &[u8]) -> bool {
    let weigh = |(n, digit): (usize, u32)| {
        let double = digit << (n & 1);
        if double > 9 { double - 9 } else { double }
    };
    super::digits(number)
        .is_some_and(|digits| digits.rev().enumerate().map(weigh).sum::<u32>().is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for number in ["79927398713", "73282932000074", "00743110157", "490154203237518"] {
            assert!(luhn(number.as_bytes()), "{number}");
        }
        for number in ["79927398710", "73282932000079", "4901542032375x8"] {
            assert!(!luhn(number.as_bytes()), "{number}");
        }
    }
}
