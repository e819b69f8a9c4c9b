//! The Italian codice fiscale (decree of 23 December 1976): surname, name, birth, place, check letter.

/// Letters that stand for digits where two persons would have the same code (omocodia).
const AS_DIGITS: &[u8; 10] = b"LMNPQRSTUV";
/// Letters of the months.
const MONTHS: &[u8] = b"ABCDEHLMPRST";
/// Weights of odd places, by digit or letter.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Is `code` sixteen characters of the right kinds with the right last letter?
pub(in crate::detect) fn codice_fiscale(code: &[u8]) -> bool {
    let Ok(code) = <&[u8; 16]>::try_from(code) else { return false };
    let digit = |byte: &u8| byte.is_ascii_digit() || AS_DIGITS.contains(byte);
    let fits = |n: usize, byte: &u8| match n {
        6 | 7 | 9 | 10 | 12..=14 => digit(byte),
        8 => MONTHS.contains(byte),
        _ => byte.is_ascii_uppercase(),
    };
    code.iter().enumerate().all(|(n, byte)| fits(n, byte)) && code[15] == check(&code[..15])
}

fn check(code: &[u8]) -> u8 {
    let value = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
    let weigh = |(n, byte): (usize, &u8)| match n % 2 {
        0 => ODD[usize::from(value(*byte))],
        _ => u32::from(value(*byte)),
    };
    b'A' + (code.iter().enumerate().map(weigh).sum::<u32>() % 26) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes() {
        for code in ["RCCMNL83S18D969H", "MRTMTT25D09F205Z", "RSSMRA85T10A562S"] {
            assert!(codice_fiscale(code.as_bytes()), "{code}");
        }
        for code in ["RCCMNL83S18D969I", "RCCMNL83S18D969", "RCCMNL83X18D969H", "1CCMNL83S18D969H"]
        {
            assert!(!codice_fiscale(code.as_bytes()), "{code}");
        }
    }
}
