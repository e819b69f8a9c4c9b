//! Statements of banks (SWIFT MT940, field 86): subfields that begin with a question mark and two digits.
//!
//! Invariant: the number of a subfield is no part of what stands behind it. Place on the path: asked by `examine` where
//! digits or letters seem to go on from what is before them.

use super::text::Text;

/// Does a value begin at `at`, right behind the number of its subfield (`?31DE89…`)?
pub(super) fn begins(text: Text<'_>, at: usize) -> bool {
    text.before(at, 1).is_ascii_digit()
        && text.before(at, 2).is_ascii_digit()
        && text.before(at, 3) == b'?'
}

/// Does an account number begin at `at` behind what is no part of it: the number of its subfield, or the word `IBAN`?
pub(super) fn begins_account(text: Text<'_>, at: usize) -> bool {
    let word = || text.slice(at.saturating_sub(4)..at).eq_ignore_ascii_case("iban");
    begins(text, at) || word()
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn an_account_goes_where_its_field_begins() {
        for (text, clear) in [
            ("?30BYLADEM1001?31ES9121000418450200051332?34000", "?30BYLADEM1001?31<iban>?34000"),
            ("?31NL91ABNA0417164300", "?31<iban>"),
            ("?31FR1420041010050500013M02606?32", "?31<iban>?32"),
            ("IBANPT50000201231234567890154 BIC X", "IBAN<iban> BIC X"),
            ("zahlen an ibanLU280019400644750000, danke", "zahlen an iban<iban>, danke"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn what_is_longer_or_has_no_check_stays() {
        for text in [
            "?31DE89370400440532013001",
            "x31DE89370400440532013000",
            "?731DE89370400440532013000",
            "?20EREF+7711?21SVWZ+RG 4471",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
