//! The record's own person inside its own text: no detector knows that "jmueller" is a name, the line does.
//!
//! Invariant: none of the known names stays in the clear form of a message, whatever its case, as a whole
//! word. Place on the path: after the detector, on `msg` and `exc`.

use crate::owner::Names;
use crate::vocabulary;
use zeroize::Zeroizing;

/// Shorter names would hit words that mean something else.
const SHORTEST: usize = 3;

/// Replaces every known name in `text`; true if there was one.
pub(crate) fn mask(text: &mut String, names: &Names<'_>) -> bool {
    let whole = [
        (names.email, "<email>"),
        (names.name, "<name>"),
        (names.login, "<login>"),
        (names.phone, "<phone>"),
        (names.uid, "<uid>"),
        (names.fid, "<fid>"),
    ];
    let whole = whole.into_iter().filter_map(|(name, placeholder)| Some((name?, placeholder)));
    let parts = names.name.into_iter().flat_map(str::split_whitespace);
    let mut masked = false;
    let all = whole.chain(parts.map(|part| (part, "<name>")));
    for (name, placeholder) in all.chain(names.email.into_iter().flat_map(local)) {
        if name.len() >= SHORTEST {
            masked |= replace(text, name, placeholder);
            for other in other_cases(name) {
                masked |= replace(text, &other, placeholder);
            }
        }
    }
    masked
}

/// The local part of an address, and the words in it, but for those that name no one (`admin@`).
fn local(email: &str) -> impl Iterator<Item = (&str, &'static str)> {
    let local = email.rsplit_once('@').map_or("", |(local, _domain)| local);
    let words = local
        .split(['.', '_', '-', '+'])
        .filter(|word| word.chars().count() > SHORTEST && word.chars().any(char::is_alphabetic));
    let all = std::iter::once(local).chain(words).filter(|word| !vocabulary::knows(word));
    all.map(|word| (word, "<email>"))
}

/// Lower and upper case of letters that [`find`] does not tell, in wipeable memory.
fn other_cases(name: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let cases: &[fn(&str) -> String] =
        if name.is_ascii() { &[] } else { &[str::to_lowercase, str::to_uppercase] };
    let cases = cases.iter().map(|case| Zeroizing::new(case(name)));
    cases.filter(|other| !other.is_empty())
}

fn replace(text: &mut String, name: &str, placeholder: &str) -> bool {
    let (mut out, mut copied) = (String::new(), 0);
    let mut from = 0;
    while let Some(at) = find(text, name, from) {
        let end = at + name.len();
        from = end;
        if is_word(&text[..at], &text[end..]) {
            out.push_str(&text[copied..at]);
            out.push_str(placeholder);
            copied = end;
        }
    }
    if copied == 0 {
        return false;
    }
    out.push_str(&text[copied..]);
    *text = out;
    true
}

/// First place at or after `from` where `name` stands, ASCII letters in any case.
fn find(text: &str, name: &str, from: usize) -> Option<usize> {
    let first = name.as_bytes().first()?;
    let both = [first.to_ascii_lowercase(), first.to_ascii_uppercase()];
    memchr::memchr2_iter(both[0], both[1], &text.as_bytes()[from..]).map(|at| from + at).find(
        |&at| text.get(at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)),
    )
}

/// True when neither neighbour continues a word; a placeholder's own letters count as one.
fn is_word(before: &str, after: &str) -> bool {
    let placeholder = before.ends_with('<') && after.starts_with('>');
    !placeholder
        && !before.ends_with(char::is_alphanumeric)
        && !after.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let names = Names {
            login: Some("jmueller"),
            name: Some("Jürgen de Müller"),
            uid: Some("1003"),
            fid: Some("7"),
            email: Some("j@ex.de"),
            ..Names::default()
        };
        let mut text = text.to_owned();
        mask(&mut text, &names);
        text
    }

    #[test]
    fn own_names_are_found_as_words() {
        for (text, expected) in [
            ("user JMueller (1003) refused", "user <login> (<uid>) refused"),
            ("jmueller2, xjmueller", "jmueller2, xjmueller"),
            ("for Jürgen de Müller", "for <name>"),
            ("Müller, Jürgen: 7 of 10030", "<name>, <name>: 7 of 10030"),
            ("J@EX.de", "<email>"),
            ("jmueller jmueller", "<login> <login>"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn the_address_is_found_in_its_parts_and_the_name_in_any_case() {
        let shown = |text: &str, email, name| {
            let mut text = text.to_owned();
            mask(&mut text, &Names { email: Some(email), name, ..Names::default() });
            text
        };
        for (text, expected) in [
            ("user ada.lovelace failed", "user <email> failed"),
            ("mailbox A. Lovelace, ada", "mailbox A. <email>, ada"),
            ("/home/lovelace/x", "/home/<email>/x"),
            ("HÉLÈNE Dupré", "<name> Dupré"),
        ] {
            assert_eq!(shown(text, "ada.lovelace@example.org", Some("Hélène")), expected);
        }
        assert_eq!(shown("admin page", "admin@example.org", None), "admin page");
    }

    proptest! {
        #[test]
        fn any_text_and_any_name(text: String, name: String) {
            let names = Names { login: Some(&name), ..Names::default() };
            let mut out = text.clone();
            if !mask(&mut out, &names) {
                prop_assert_eq!(out, text);
            }
        }
    }
}
