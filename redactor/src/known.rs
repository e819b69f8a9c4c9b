//! The record's own person inside its own text: no detector knows that "jmueller" is a name, the line does.
//!
//! Invariant: none of the known names stays in the clear form of a message as a whole word, whatever its case,
//! accents, order or encoding; nor glued to an initial, a number or another of them (`jdupont`, `Dupont1980`).
//! Place on the path: after the detector, on `msg` and `exc`.

mod spelling;

use crate::detect::{is_plain, through_views, without_accent};
use crate::owner::Names;
use crate::vocabulary;
use spelling::{Word, find_phone, has_phone, initial, national};
use std::ops::Range;

/// Shorter names would hit words that mean something else.
const SHORTEST: usize = 3;

/// Replaces every known name in `text`; true if there was one.
pub(crate) fn mask(text: &mut String, names: &Names<'_>) -> bool {
    if names.is_empty() || text.is_empty() {
        return false;
    }
    let pairs = Pairs::of(text);
    let phone = names.phone.filter(|_| pairs.is_none() || has_phone(text));
    let words = words(names, pairs);
    if words.is_empty() && phone.is_none() {
        return false;
    }
    let parts = names.name.into_iter().flat_map(str::split_whitespace);
    let initials =
        parts.chain(names.email).chain(names.login).map(initial).fold(0, |all, one| all | one);
    let phone = phone.and_then(national);
    let mut hits = through_views(text, &|view, found| {
        for word in &words {
            word.find(view, &words, initials, found);
        }
        if let Some(digits) = &phone {
            find_phone(view, digits, found);
        }
    });
    hits.retain(|(range, _)| !is_placeholder(text, range));
    replace(text, hits)
}

/// Which letters follow each other in a text in which nothing is encoded: most names fail here.
struct Pairs([u32; 32]);

impl Pairs {
    /// The pairs of `text`; `None` if something may be encoded in it.
    fn of(text: &str) -> Option<Self> {
        if !is_plain(text) {
            return None;
        }
        let mut pairs = [0; 32];
        for pair in text.as_bytes().windows(2) {
            pairs[usize::from(pair[0] & 31)] |= 1u32 << (pair[1] & 31);
        }
        Some(Self(pairs))
    }

    /// Could any spelling of `name` stand in the text? Spellings differ from the second letter on at the earliest,
    /// and not in the second if the first two are plain.
    fn may_hold(&self, name: &str) -> bool {
        match name.as_bytes() {
            [first, ..] if first.is_ascii() => {
                let second = name[1..].chars().next().and_then(without_accent);
                second.is_none_or(|second| {
                    let transliterated = matches!(second, 'e' | 's' | 'E' | 'S');
                    let pair =
                        || self.0[usize::from(first & 31)] >> (u32::from(second) & 31) & 1 != 0;
                    transliterated || !second.is_ascii() || pair()
                })
            }
            _ => true,
        }
    }
}

/// All that is looked for, in every spelling, with its placeholder; but for what `pairs` rule out and for words
/// that name no one (`admin@`).
fn words<'n>(names: &Names<'n>, pairs: Option<Pairs>) -> Vec<Word<'n>> {
    let whole = [
        (names.email, "<email>"),
        (names.name, "<name>"),
        (names.login, "<login>"),
        (names.phone, "<phone>"),
        (names.uid, "<uid>"),
        (names.fid, "<fid>"),
    ];
    let whole =
        whole.into_iter().filter_map(|(name, placeholder)| Some((name?, placeholder, false)));
    let parts = names.name.into_iter().flat_map(|name| name.split(between_names));
    let parts = parts.map(|part| (part, "<name>", true));
    let local = names.email.into_iter().flat_map(local);
    let mut words = Vec::new();
    for (text, placeholder, glues) in whole.chain(parts).chain(local) {
        let may_stand = || pairs.as_ref().is_none_or(|pairs| pairs.may_hold(text));
        if text.len() >= SHORTEST
            && may_stand()
            && !(placeholder == "<email>" && vocabulary::knows(text))
        {
            Word::spell(text, placeholder, glues, &mut words);
        }
    }
    words
}

/// What stands between the parts of a name.
fn between_names(c: char) -> bool {
    c.is_whitespace() || "-\u{2010}\u{2011}'’,.;/".contains(c)
}

/// The local part of an address, and the words in it.
fn local(email: &str) -> impl Iterator<Item = (&str, &'static str, bool)> {
    let local = email.rsplit_once('@').map_or("", |(local, _domain)| local);
    let words = local
        .split(['.', '_', '-', '+', '\''])
        .filter(|word| word.chars().count() > SHORTEST && word.chars().any(char::is_alphabetic));
    std::iter::once(local).chain(words).map(|word| (word, "<email>", true))
}

/// A placeholder's own letters are no name.
fn is_placeholder(text: &str, range: &Range<usize>) -> bool {
    text[..range.start].ends_with('<') && text[range.end..].starts_with('>')
}

/// Replaces `hits`, of those that overlap the first and longest; true if there was one.
fn replace(text: &mut String, mut hits: Vec<(Range<usize>, &'static str)>) -> bool {
    if hits.is_empty() {
        return false;
    }
    hits.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    let mut last = 0;
    for (range, placeholder) in hits {
        if range.start >= last {
            out.push_str(&text[copied..range.start]);
            out.push_str(placeholder);
        }
        last = last.max(range.end);
        copied = last;
    }
    out.push_str(&text[copied..]);
    *text = out;
    true
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
    fn whatever_stands_between_the_parts_of_a_name_each_is_found() {
        for between in ["\t", "\n", "\u{202f}", "\u{2009}", "\u{3000}", ".", "-", ", "] {
            let name = format!("Jean{between}Dupont");
            let names = Names { name: Some(&name), ..Names::default() };
            let mut text = "no right for Dupont".to_owned();
            mask(&mut text, &names);
            assert_eq!(text, "no right for <name>", "{between:?}");
        }
    }

    #[test]
    fn own_names_are_found_as_words() {
        for (text, expected) in [
            ("user JMueller (1003) refused", "user <login> (<uid>) refused"),
            ("jmueller2, xjmueller, jmuellers", "<name>, xjmueller, jmuellers"),
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
            ("/home/alovelace/x", "/home/<email>/x"),
            ("lovelacea, alovelace1815: loveless", "<email>, <email>: loveless"),
            ("/home/lovelace/x", "/home/<email>/x"),
            ("HÉLÈNE Dupré", "<name> Dupré"),
            ("helene H\\u00e9l\\u00e8ne h%C3%A9l%C3%A8ne", "<name> <name> <name>"),
            ("q=cT1Iw6lsw6huZQ==", "q=<name>"),
        ] {
            assert_eq!(shown(text, "ada.lovelace@example.org", Some("Hélène")), expected);
        }
        assert_eq!(shown("admin page", "admin@example.org", None), "admin page");
    }

    #[test]
    fn umlauts_in_every_spelling_and_numbers_in_every_form() {
        let shown = |text: &str, name, phone| {
            let mut text = text.to_owned();
            mask(&mut text, &Names { name: Some(name), phone: Some(phone), ..Names::default() });
            text
        };
        let phone = "+49 170 1234567";
        for text in
            ["Müller", "MUELLER", "mueller", "Muller", "M&#252;ller", "kmueller", "K.Müller"]
        {
            assert!(!shown(text, "Käthe Müller", phone).to_lowercase().contains("ller"), "{text}");
        }
        assert_eq!(shown("Gross, Groß, GROSS", "Jo Groß", phone), "<name>, <name>, <name>");
        assert_eq!(shown("Müller", "Mueller", phone), "<name>");
        for text in ["01701234567", "0170/123 45 67", "0049 170 1234567", "+491701234567"] {
            assert_eq!(shown(&format!("von {text} an"), "X", phone), "von <phone> an");
        }
        assert_eq!(shown("id 17012345678", "X", phone), "id 17012345678");
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
