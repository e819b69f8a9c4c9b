//! The French social security number (numéro d'inscription au répertoire): sex, year, month, place, order, key.

/// Is `number` 13 digits and their key (97 less the remainder by 97)? Corsica has letters: 2A, 2B.
pub(in crate::detect) fn nir(number: &[u8]) -> bool {
    if number.len() != 15 || !matches!(number[0], b'1'..=b'4' | b'7' | b'8') {
        return false;
    }
    let mut plain = [0; 13];
    plain.copy_from_slice(&number[..13]);
    match plain[5..7] {
        [b'2', b'A'] => plain[6] = b'9', // 2A counts as 19, 2B as 18
        [b'2', b'B'] => plain[6] = b'8',
        _ => {}
    }
    if plain[6] != number[6] {
        plain[5] = b'1';
    }
    // From 20 on: the month is not known, or not on any record (INSEE).
    let month = super::number(&plain[3..5]);
    let month_fits = matches!(month, Some(1..=12 | 20 | 30..=42 | 50..=99));
    let key = super::number(&number[13..]);
    month_fits && super::number(&plain).is_some_and(|plain| key == Some(97 - plain % 97))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for number in ["255081416802538", "295109912611193", "253072B07300470", "253072A07300443"] {
            assert!(nir(number.as_bytes()), "{number}");
        }
        for number in ["253072C07300443", "255081416802539", "955081416802538", "25508141680253"] {
            assert!(!nir(number.as_bytes()), "{number}");
        }
    }
}
