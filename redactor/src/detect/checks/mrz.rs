//! Document numbers with the check digit of ICAO Doc 9303 part 3: weights 7, 3, 1.

/// Is `number` that of a German identity card or passport: nine characters without vowels, and their check digit?
pub(in crate::detect) fn german_document(number: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte);
    let Some((check, rest)) = number.split_last() else { return false };
    number.len() == 10
        && rest[0].is_ascii_uppercase()
        && rest.iter().all(is_part)
        && u32::from(check.wrapping_sub(b'0')) == seven_three_one(rest)
}

fn seven_three_one(number: &[u8]) -> u32 {
    let value = |byte: &u8| char::from(*byte).to_digit(36).unwrap_or(0);
    let weights = [7, 3, 1].into_iter().cycle();
    number.iter().zip(weights).map(|(byte, weight)| value(byte) * weight).sum::<u32>() % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        assert_eq!(seven_three_one(b"L898902C3"), 6);
        for number in ["T220001293", "L01X00T471"] {
            assert!(german_document(number.as_bytes()), "{number}");
        }
        for number in ["T220001294", "A220001293", "T22000129", ""] {
            assert!(!german_document(number.as_bytes()), "{number}");
        }
    }
}
