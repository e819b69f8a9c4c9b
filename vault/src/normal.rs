//! Normal forms of identifiers, so that a search finds what was logged in another spelling.
//!
//! Invariant: these forms are frozen: the index holds only keyed hashes of them, so a changed rule would
//! lose every earlier entry. `docs/formats/seal.md`, "Search index".

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// E-mail: trim, NFKC; domain (after the last `@`) to ASCII lower case by UTS-46, or lower case alone when
/// it is no domain; local part to lower case, dots and `+tags` kept.
pub(crate) fn email(text: &str) -> Zeroizing<String> {
    let text = Zeroizing::new(text.trim().nfkc().collect::<String>());
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Zeroizing::new(text.to_lowercase());
    };
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
    Zeroizing::new(format!("{}@{domain}", local.to_lowercase()))
}

/// User id, front-end id, login: trim, NFC, case kept.
pub(crate) fn id(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.trim().nfc().collect())
}

/// Telephone: NFKC, without `(0)`, digits alone; `+` before them when it began with `+` or `00` (E.164).
pub(crate) fn phone(text: &str) -> Zeroizing<String> {
    let text = Zeroizing::new(text.trim().nfkc().collect::<String>().replace("(0)", ""));
    let mut digits = Zeroizing::new(String::with_capacity(text.len() + 1));
    digits.extend(text.chars().filter(char::is_ascii_digit));
    match (text.starts_with('+'), digits.strip_prefix("00")) {
        (true, _) => digits.insert(0, '+'),
        (false, Some(rest)) => digits = Zeroizing::new(format!("+{rest}")),
        (false, None) => {}
    }
    digits
}

/// Name: NFKD, lower case, without the accents U+0300 … U+036F, `ß` as `ss`, `ς` as `σ`; then the words,
/// apart at white space, ASCII punctuation, U+2010 and U+2019, sorted by code point, one space between them.
pub(crate) fn name(text: &str) -> Zeroizing<String> {
    let folded = text.nfkd().collect::<String>().to_lowercase();
    let folded = folded.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    let folded = Zeroizing::new(folded.collect::<String>().replace('ß', "ss").replace('ς', "σ"));
    let apart = |c: char| {
        c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '\u{2010}' | '\u{2019}')
    };
    let mut words: Vec<_> = folded.split(apart).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    Zeroizing::new(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_address_meet() {
        assert_eq!(
            *email(" Jürgen.Müller+News@Bücher.Example "),
            "jürgen.müller+news@xn--bcher-kva.example"
        );
        assert_eq!(*email("ada@EXAMPLE.org"), *email("ａｄａ@example.ORG"));
        assert_ne!(*email("a.da@example.org"), *email("ada@example.org"));
        assert_eq!(*email("\"a@b\"@X.fr"), "\"a@b\"@x.fr");
        assert_eq!(*email("No Address"), "no address");
        assert_eq!(*email("x@[::1]"), "x@[::1]");
    }

    #[test]
    fn ids_keep_their_case() {
        assert_eq!(*id(" U-1815\t"), "U-1815");
        assert_ne!(*id("u-1815"), *id("U-1815"));
        assert_eq!(*id("e\u{301}"), "é");
    }

    #[test]
    fn telephone_numbers_meet_in_e164() {
        for spelling in
            ["+33 6 12 34 56 78", "0033612345678", "+33 (0)6.12.34.56.78", "＋33 6-12-34-56-78"]
        {
            assert_eq!(*phone(spelling), "+33612345678", "{spelling}");
        }
        assert_eq!(*phone("06 12 34 56 78"), "0612345678");
        assert_eq!(*phone("none"), "");
    }

    #[test]
    fn names_meet_without_accents_case_and_order() {
        for spelling in
            ["Jürgen Müller", "MÜLLER, Jürgen", "muller  jurgen", "Mu\u{308}ller-Jürgen"]
        {
            assert_eq!(*name(spelling), "jurgen muller", "{spelling}");
        }
        assert_eq!(*name("Jeanne d’Arc"), *name("d'Arc Jeanne"));
        assert_eq!(*name("Groß"), *name("GROSS"));
        assert_eq!(*name("ΣΊΣΥΦΟΣ"), "σισυφοσ");
        assert_eq!(*name("İnci"), "inci");
        assert_eq!(*name("हिन्दी"), "हिन्दी");
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own_normal_form(text in "\\PC{0,60}") {
            for form in [id, phone, name] {
                let once = form(&text);
                prop_assert_eq!(&*form(&once), &*once);
            }
        }

        #[test]
        fn addresses_never_panic(text in "\\PC{0,60}") {
            email(&text);
        }
    }
}
