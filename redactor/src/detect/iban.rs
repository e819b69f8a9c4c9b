//! International bank account numbers (ISO 13616): registry country, its exact length, mod 97.

use super::swift;
use super::text::Text;
use std::ops::Range;

/// Country and length, from the SWIFT IBAN registry.
const LENGTHS: [(&[u8; 2], u8); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The IBAN whose check digits begin at `digits`, in any case, with single spaces, dots, dashes or
/// form-encoded spaces between its characters.
pub(super) fn iban(text: Text<'_>, digits: usize) -> Option<Range<usize>> {
    let start = digits.checked_sub(2)?;
    let country = [text.at(start).to_ascii_uppercase(), text.at(start + 1).to_ascii_uppercase()];
    let joined = text.before(start, 1) == b'-' && text.before(start, 2).is_ascii_alphanumeric();
    let inside = text.before(start, 1).is_ascii_alphanumeric();
    if joined || inside && !swift::begins_account(text, start) {
        return None;
    }
    let (_, length) = LENGTHS[LENGTHS.binary_search_by(|(name, _)| (*name).cmp(&country)).ok()?];
    let mut at = start;
    let mut rest = 0; // of the number that begins behind the check digits, by 97
    let mut head = 0; // of the country and the check digits
    for n in 0..length {
        if n > 0 && matches!(text.at(at), b' ' | b'.' | b'-' | b'+') {
            at += 1;
        }
        let value = char::from(text.at(at)).to_digit(36)?;
        if (n == 2 || n == 3) && value > 9 {
            return None;
        }
        let part = if n < 4 { &mut head } else { &mut rest };
        *part = (*part * if value > 9 { 100 } else { 10 } + value) % 97;
        at += 1;
    }
    let whole = (rest * 1_000_000 + head) % 97; // country and check digits are six digits
    let longer = text.at(at) == b'-' && text.at(at + 1).is_ascii_alphanumeric();
    (whole == 1 && !longer && !text.at(at).is_ascii_alphanumeric()).then_some(start..at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let start = text.find(|char: char| char.is_ascii_digit())?;
        iban(Text::new(text), start).map(|range| &text[range])
    }

    #[test]
    fn the_registry_is_sorted() {
        assert!(LENGTHS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn every_way_of_writing() {
        for text in [
            "FR1420041010050500013M02606",
            "FR14 2004 1010 0505 0001 3M02 606",
            "fr1420041010050500013m02606",
            "DE89370400440532013000",
            "DE89+3704+0044+0532+0130+00",
            "GB29.NWBK.6016.1331.9268.19",
            "IT60X0542811101000000123456",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
            "YE15CBYE0001018861234567891234",
        ] {
            assert_eq!(found(&format!("iban={text}, x")), Some(text));
        }
    }

    #[test]
    fn wrong_length_or_check_is_none() {
        for text in [
            "FR1420041010050500013M02607",
            "DE8937040044053201300",
            "DE893704004405320130001",
            "XX89370400440532013000",
            "DE89",
            "xDE89370400440532013000",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
