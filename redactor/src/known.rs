//! The record's own person inside its own text: no detector knows that "jmueller" is a name, the line does.
//!
//! Invariant: none of the known names stays in the clear form of a message as a whole word, whatever its case,
//! accents, order or encoding; nor glued to an initial, a number or another of them (`jdupont`, `Dupont1980`).
//! Place on the path: after the detector, on `msg` and `exc`.

mod pairs;
mod spelling;

use crate::detect::through_views;
use crate::owner::Names;
use crate::vocabulary;
use memchr::memrchr;
use pairs::Pairs;
use spelling::{Word, find_phone, has_phone, initial, national};
use std::cell::OnceCell;
use std::ops::Range;
use zeroize::Zeroizing;

/// Shorter names would hit words that mean something else.
const SHORTEST: usize = 3;

/// Replaces every name of these persons in `text`; `None` if there is none.
pub(crate) fn mask(text: &str, persons: &[Sought<'_>]) -> Option<Zeroizing<String>> {
    persons.iter().fold(None, |masked, person| {
        let again = person.mask(masked.as_ref().map_or(text, |masked| masked));
        again.or(masked)
    })
}

/// The names of a person, to be found in the texts of one record.
#[derive(Default)]
pub(crate) struct Sought<'n> {
    names: Names<'n>,
    /// Made for the first text that may hold one of them.
    spelled: OnceCell<Spelled<'n>>,
}

/// Names in every spelling.
struct Spelled<'n> {
    words: Vec<Word<'n>>,
    /// First letters of the person's names, one bit each.
    initials: u32,
    /// What a telephone number ends with.
    phone: Option<Zeroizing<String>>,
}

impl<'n> Sought<'n> {
    pub(crate) fn new(names: Names<'n>) -> Self {
        Self { names, spelled: OnceCell::new() }
    }

    fn mask(&self, text: &str) -> Option<Zeroizing<String>> {
        if self.names.is_empty() || text.is_empty() || !self.may_stand_in(text) {
            return None;
        }
        let Spelled { words, initials, phone } =
            self.spelled.get_or_init(|| Spelled::of(&self.names));
        let mut hits = through_views(text, &|view, found| {
            for word in words {
                word.find(view, words, *initials, found);
            }
            if let Some(digits) = phone {
                find_phone(view, digits, found);
            }
        });
        hits.retain(|(range, _)| !is_placeholder(text, range));
        replace(text, hits)
    }

    /// Can any spelling of any name stand in `text`? Most texts are ruled out here.
    fn may_stand_in(&self, text: &str) -> bool {
        let Some(pairs) = Pairs::of(text) else { return true };
        let Names { email, fid, login, name, phone, uid } = self.names;
        let may_hold = |text: &[u8]| text.len() >= SHORTEST && pairs.may_hold(text);
        [email, fid, login, name, phone, uid].iter().flatten().any(|name| may_hold(name.as_bytes()))
            || name
                .is_some_and(|name| name.split(between_names).any(|part| may_hold(part.as_bytes())))
            || email.map(local).is_some_and(|local| {
                may_hold(local.as_bytes()) || local.as_bytes().split(in_local).any(may_hold)
            })
            || phone.is_some() && has_phone(text)
    }
}

impl<'n> Spelled<'n> {
    fn of(names: &Names<'n>) -> Self {
        let mut words = Vec::new();
        each(names, |name, placeholder, glues| {
            Word::spell(name, placeholder, glues, &mut words);
        });
        let parts = names.name.into_iter().flat_map(str::split_whitespace);
        let first = parts.chain(names.email).chain(names.login);
        let initials = first.map(initial).fold(0, |all, one| all | one);
        Self { words, initials, phone: names.phone.and_then(national) }
    }
}

/// Calls `found` with all that is looked for: the name, its placeholder, and whether it may stand in a longer word.
/// Words that name no one (`admin@`) are left out.
fn each<'n>(names: &Names<'n>, mut found: impl FnMut(&'n str, &'static str, bool)) {
    let mut add = |name: &'n str, placeholder, glues| {
        if name.len() >= SHORTEST && !(placeholder == "<email>" && vocabulary::knows(name)) {
            found(name, placeholder, glues);
        }
    };
    for (name, placeholder) in [
        (names.email, "<email>"),
        (names.name, "<name>"),
        (names.login, "<login>"),
        (names.phone, "<phone>"),
        (names.uid, "<uid>"),
        (names.fid, "<fid>"),
    ] {
        if let Some(name) = name {
            add(name, placeholder, false);
        }
    }
    if let Some(name) = names.name {
        name.split(between_names).for_each(|part| add(part, "<name>", true));
    }
    if let Some(local) = names.email.map(local) {
        add(local, "<email>", true);
        let words = local.split(|c: char| u8::try_from(c).is_ok_and(|byte| in_local(&byte)));
        let word =
            |word: &&str| word.chars().any(char::is_alphabetic) && word.chars().count() > SHORTEST;
        words.filter(word).for_each(|word| add(word, "<email>", true));
    }
}

/// What stands between the parts of a name.
fn between_names(c: char) -> bool {
    c.is_whitespace() || "-\u{2010}\u{2011}'’,.;/".contains(c)
}

/// The local part of an address.
fn local(email: &str) -> &str {
    memrchr(b'@', email.as_bytes()).map_or("", |at| &email[..at])
}

/// What stands between the words in it.
fn in_local(byte: &u8) -> bool {
    matches!(byte, b'.' | b'_' | b'-' | b'+' | b'\'')
}

/// A placeholder's own letters are no name.
fn is_placeholder(text: &str, range: &Range<usize>) -> bool {
    text[..range.start].ends_with('<') && text[range.end..].starts_with('>')
}

/// Replaces `hits`, of those that overlap the first and longest; `None` if there is none.
fn replace(text: &str, mut hits: Vec<(Range<usize>, &'static str)>) -> Option<Zeroizing<String>> {
    if hits.is_empty() {
        return None;
    }
    hits.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let room = text.len() + hits.iter().map(|(_, placeholder)| placeholder.len()).sum::<usize>();
    let (mut out, mut copied) = (Zeroizing::new(String::with_capacity(room)), 0);
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
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Masks the names in `text`; true if there was one.
    fn mask(text: &mut String, names: &Names<'_>) -> bool {
        let masked = super::mask(text, &[Sought::new(*names)]);
        masked.map(|masked| text.clone_from(&masked)).is_some()
    }

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
        assert_eq!(shown("an 0170+1234567 (2 mal)", "X", phone), "an <phone> (2 mal)");
    }

    /// What stands in the text itself is found whatever the pairs say.
    fn searched(text: &str, names: Names<'_>) -> Option<String> {
        let sought = Sought::new(names);
        let Spelled { words, initials, .. } = Spelled::of(&sought.names);
        let hits = through_views(text, &|view, found| {
            words.iter().for_each(|word| word.find(view, &words, initials, found));
        });
        replace(text, hits).map(|text| text.to_string())
    }

    proptest! {
        #[test]
        fn no_name_is_ruled_out_that_stands_there(
            name in "[MmUuEeLlRrSsßüéÉ\u{301} .-]{3,9}", with in "[MmUuEeLlRrSs .-]{0,3}", plain: bool,
        ) {
            let names = Names { name: Some(&name), ..Names::default() };
            for (email, login) in [(Some("mue.lle@ss.ru"), None), (None, Some("Seele"))] {
                let names = Names { email, login, ..names };
                let own = names.login.unwrap_or(if plain { "mue" } else { &name });
                let text = format!("{with} {own} {with}{own}{with} MULLER mue.lle esel");
                let masked = super::mask(&text, &[Sought::new(names)]);
                prop_assert_eq!(masked.map(|text| text.to_string()), searched(&text, names));
            }
        }

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
