//! The German social insurance number (VKVV section 4): area, birth date, initial, serial number, check digit.

/// Is `number` twelve characters, `AADDMMYYLSSC`, with the right last digit?
pub(in crate::detect) fn svnr(number: &[u8]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    if number.len() != 12 || !number[8].is_ascii_uppercase() {
        return false;
    }
    let letter = number[8] - b'A' + 1;
    let mut digits = [0; 12];
    digits[..8].copy_from_slice(&number[..8]);
    digits[8..10].copy_from_slice(&[b'0' + letter / 10, b'0' + letter % 10]);
    digits[10..].copy_from_slice(&number[9..11]);
    let Some(plain) = super::digits(&digits) else { return false };
    // Days of a person without a known one are raised by 50 in a second number.
    let day_fits = matches!(super::number(&number[2..4]), Some(0..=31 | 51..=81));
    let month_fits = matches!(super::number(&number[4..6]), Some(0..=12));
    let sum: u32 = plain.zip(WEIGHTS).map(|(digit, weight)| digit * weight).map(cross).sum();
    day_fits && month_fits && sum % 10 == u32::from(number[11].wrapping_sub(b'0'))
}

/// The sum of the digits of a number below 100.
const fn cross(number: u32) -> u32 {
    number / 10 + number % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        assert!(svnr(b"15070649C103"));
        for number in ["15070649C104", "15079949C103", "150706490103", "15070649C10"] {
            assert!(!svnr(number.as_bytes()), "{number}");
        }
    }
}
