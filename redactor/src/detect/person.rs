//! Persons that a title announces (`Mme Dupont`), in an address book's card (RFC 6350), and values that look like
//! a person's name under a name that says nothing.
//!
//! Invariant: what looks like a name has two capitalised words or more, none of them a technical one.

use super::names::{Kind, Names};
use super::text::Text;
use super::value::name_end;
use super::{Entity, Finding, Found, Rule};
use crate::vocabulary;
use std::ops::Range;

/// Names of fields whose values are words of the software, whatever they look like.
const HARMLESS: &str = "action agent app application api browser brand bundle category channel city class client code component \
    content controller country currency database description detail details device driver engine environment error event exception \
    family feature file format framework group handler header hostname info job kind label lang language level library locale \
    message method mode model module msg os package path phase plan platform plugin policy product protocol queue \
    reason region resource result role route rule schema scope section server service severity source stage state status step \
    subject summary table tag task template text theme timezone title topic type unit vendor version";

/// Bytes of a value that may be a name.
const LONGEST: usize = 64;

/// The name behind the title that ends at `at`.
pub(super) fn titled(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let first = text.slice(at..text.len()).chars().next()?;
    if !first.is_uppercase() {
        return None;
    }
    let end = name_end(text, at);
    let word = text.slice(at..end).split([' ', '.', ',']).next()?;
    let is_name = word.chars().count() >= 2
        && word.chars().all(|char| char.is_alphabetic() || "-'’".contains(char));
    (is_name && !vocabulary::knows(word)).then_some(at..end)
}

/// The name in front of the address that begins at `start`: `"Jean Dupont" <jean@x.fr>` (RFC 5322 section 3.4).
pub(super) fn display_name(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let open = start - usize::from(text.before(start, 1) == b'<');
    let end = text.run_back(open, 1, |byte| byte == b' ');
    if open == start {
        return None;
    }
    if text.before(end, 1) == b'"' {
        let first = text.run_back(end - 1, LONGEST, |byte| !matches!(byte, b'"' | b'\n'));
        return (text.before(first, 1) == b'"' && first < end - 1)
            .then(|| text.ceil(first)..end - 1);
    }
    let part = |byte: u8| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b' ' | b'-' | b'\'' | b'.')
    };
    let first = text.ceil(text.run_back(end, LONGEST, part));
    let words = text.slice(first..end.max(first));
    let first = first + words.len() - words.trim_start().len();
    looks_like_name(words.trim_start()).then_some(first..end)
}

/// Appends what the card that begins at `start` holds of a person.
pub(super) fn card(text: Text<'_>, start: usize, found: &mut Found) {
    let mut at = start;
    while at < text.len() {
        let end = text.run(at, |byte| !matches!(byte, b'\n' | b'\r'));
        let name = text.run_within(at, 24, |byte| byte.is_ascii_alphabetic() || byte == b'-');
        let colon = text.run_within(name, end - name, |byte| byte != b':');
        let property = text.slice(at..name).to_ascii_uppercase();
        let entity = match property.as_str() {
            "END" => return,
            "FN" | "N" | "NICKNAME" | "SORT-STRING" => Some(Entity::Name),
            "ADR" | "LABEL" => Some(Entity::Address),
            "BDAY" | "BIRTHPLACE" => Some(Entity::Birth),
            "TEL" => Some(Entity::Phone),
            "GEO" => Some(Entity::Position),
            _ => None,
        };
        if let Some(entity) = entity
            && colon + 1 < end
            && super::keyed::is_value(text, &(colon + 1..end))
        {
            found.push(Finding::new(entity, colon + 1..end).by(Rule::Structure));
        }
        at = end + 1;
    }
}

/// The quoted value behind the quoted name whose colon stands at `colon`, if it looks like a person's name.
pub(super) fn unnamed(text: Text<'_>, colon: usize, names: &Names) -> Option<Range<usize>> {
    let open = text.run_within(colon + 1, 3, |byte| matches!(byte, b' ' | b'\\'));
    let quoted = |byte: u8| matches!(byte, b'"' | b'\'');
    if !quoted(text.at(open)) || !quoted(text.before(colon, 1)) {
        return None;
    }
    let end = text.run_within(open + 1, LONGEST, |byte| !matches!(byte, b'"' | b'\\' | b'\n'));
    if !matches!(text.at(end), b'"' | b'\\')
        || !looks_like_name(text.slice(open + 1..text.floor(end)))
    {
        return None;
    }
    let last = colon - 1 - usize::from(text.before(colon, 2) == b'\\');
    let start = text.run_back(last, 48, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
    });
    let key = text.slice(start..last);
    let harmless = names.last_is_in(key, HARMLESS) || names.kind(key) == Some(Kind::Secret);
    (!harmless).then_some(open + 1..end)
}

/// Two to four words, all capitalised letters, none of them technical.
fn looks_like_name(value: &str) -> bool {
    let is_word = |word: &str| {
        let letters = word.trim_end_matches('.');
        letters.starts_with(char::is_uppercase)
            && letters.chars().all(|char| char.is_alphabetic() || "-'’".contains(char))
            && (letters.chars().count() >= 2 || word.len() > letters.len())
            && !vocabulary::knows(letters)
            && !COMMON.split(' ').any(|common| letters.eq_ignore_ascii_case(common))
    };
    let words = value.split(' ').count();
    (2..=4).contains(&words) && value.split(' ').all(is_word)
}

/// Words of titles and states that are written with capitals.
const COMMON: &str = "and bad big blue chrome dark default disabled east enabled english entity exception explorer firefox found free french \
    german gateway google green internal italian linux mac macos microsoft mobile month monthly mozilla none north not ok only open paris pending premium \
    pro read red safari samsung south standard time timeout too ubuntu unauthorized unavailable unknown west white windows write year yes";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_announces_a_name() {
        for (text, at, name) in [
            ("Mme Dupont-Leroy absente", 4, Some("Dupont-Leroy")),
            ("Herr Hans von Ahn, bitte", 5, Some("Hans von Ahn")),
            ("Dr. Watson", 4, Some("Watson")),
            ("Mr robot", 3, None),
            ("M. Admin", 3, None),
        ] {
            assert_eq!(titled(Text::new(text), at).map(|range| &text[range]), name, "{text}");
        }
    }

    #[test]
    fn a_card_loses_what_it_says_of_a_person() {
        let text = "BEGIN:VCARD\nVERSION:4.0\nFN:Jean Dupont\nTEL;TYPE=cell:0612345678\nORG:Acme\nEND:VCARD\nFN:x";
        let mut found = Vec::new();
        card(Text::new(text), 0, &mut found);
        let found: Vec<_> = found.into_iter().map(|finding| &text[finding.range]).collect();
        assert_eq!(found, ["Jean Dupont", "0612345678"]);
    }

    #[test]
    fn a_value_that_looks_like_a_name_goes() {
        let names = Names::new();
        let found = |text: &'static str| {
            unnamed(Text::new(text), text.find(':').unwrap(), &names).map(|range| &text[range])
        };
        assert_eq!(found(r#""manager": "Jean de Vries", x"#), None); // a particle: not sure enough
        assert_eq!(found(r#""approver": "Zoë O'Hara", x"#), Some("Zoë O'Hara"));
        assert_eq!(found(r#"\"approver\":\"J. Kowalski\""#), Some("J. Kowalski"));
        for text in [
            r#""error": "Broken Pipe""#,
            r#""x": "Not Found""#,
            r#""approver": "Zoë""#,
            r#""approver": "OrderService failed""#,
            r#"approver: "Zoë Hara""#,
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
