//! The German tax number of a person (section 139b AO): eleven digits, ISO 7064 mod 11,10.

/// Is `number` eleven digits, the first not 0, one of the first ten twice or three times, with the right
/// check digit?
pub(in crate::detect) fn steuer_id(number: &[u8]) -> bool {
    if number.len() != 11 || number[0] == b'0' || !mod_11_10(number) {
        return false;
    }
    let mut counts = [0u8; 10];
    for digit in &number[..10] {
        counts[usize::from(digit - b'0')] += 1;
    }
    counts.iter().filter(|count| **count > 1).count() == 1 && counts.iter().all(|count| *count < 4)
}

/// Is the last digit of `number` the check digit of ISO 7064 mod 11,10?
pub(in crate::detect) fn mod_11_10(number: &[u8]) -> bool {
    let (Some((check, rest)), Some(_)) = (number.split_last(), super::digits(number)) else {
        return false;
    };
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (product + u32::from(digit - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(check - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for number in ["36574261809", "86095742719", "65929970489"] {
            assert!(steuer_id(number.as_bytes()), "{number}");
        }
        for number in ["36574261808", "06574261809", "3657426180", "1234567890x"] {
            assert!(!steuer_id(number.as_bytes()), "{number}");
        }
    }
}
