//! Names that what stands beside them gives away: an e-mail address in brackets behind a full name, one in the same
//! row of data, and who is spoken to in a message.
//!
//! Invariant: an address alone makes no name of what is near it: the words must have the form of one, and a row a
//! given name or exactly two parts. Place on the path: asked by `examine` at e-mail addresses and by `people`.

use super::given::is_given;
use super::person::{is_name_word, is_particle};
use super::text::Text;
use super::wordlist::WordList;
use super::{Entity, Finding, Found, Rule};
use std::ops::Range;

/// Bytes of a name.
const LONGEST: usize = 64;
/// Fields of a row that may be parts of a name.
const PARTS: usize = 3;

/// The full name before the bracket that opens before the address at `start`: `asked Ada van Ott (ada@x.fr)`.
pub(super) fn before_bracket(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    if text.before(start, 1) != b'(' || text.before(start, 2) != b' ' {
        return None;
    }
    let end = start - 2;
    let part = |byte: u8| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b' ' | b'-' | b'\'' | b'.')
    };
    let first = text.ceil(text.run_back(end, LONGEST, part));
    let (mut at, mut name, mut words) = (end, end, 0);
    for word in text.slice(first..end).rsplit(' ').take(5) {
        at -= word.len();
        if is_name_word(word) && word.chars().count() >= 2 {
            (name, words) = (at, words + 1);
        } else if !is_particle(word) || words == 0 {
            break;
        }
        at = at.saturating_sub(1);
    }
    (words >= 2).then_some(name..end)
}

/// Appends the names in the quoted fields next to the address at `address`, itself a quoted field of a row:
/// `(7,'Ott','Una','una@x.fr',…)`.
pub(super) fn row(text: Text<'_>, address: &Range<usize>, found: &mut Found) {
    let quote = text.before(address.start, 1);
    if !matches!(quote, b'\'' | b'"') || text.at(address.end) != quote {
        return;
    }
    let (mut fields, mut open) = (Vec::with_capacity(PARTS), address.start - 1);
    while fields.len() < PARTS {
        let comma = text.run_back(open, 1, |byte| byte == b' ');
        if text.before(comma, 1) != b',' || text.before(comma, 2) != quote {
            break;
        }
        let end = comma - 2;
        let start = text.run_back(end, LONGEST, |byte| byte != quote && byte != b'\n');
        if text.before(start, 1) != quote || !is_part(text.slice(start..end)) {
            break;
        }
        fields.push(start..end);
        open = start - 1;
    }
    let bracket = text
        .run_back(open, 2 * LONGEST, |byte| byte.is_ascii_digit() || matches!(byte, b',' | b' '));
    let is_row = text.before(bracket, 1) == b'(';
    let given = fields.iter().any(|field| is_given(text.slice(field.clone())));
    if is_row && (given || fields.len() == 2) {
        let names = fields.into_iter().map(|field| Finding::new(Entity::Name, field));
        found.extend(names.map(|finding| finding.by(Rule::Structure)));
    }
}

/// Could `field` be a part of a name: `Ott`, `Lo Presti`, `van den Berg`?
fn is_part(field: &str) -> bool {
    let mut words = field.split(' ');
    field.split(' ').count() <= 4
        && words.all(|word| is_particle(word) || is_name_word(word))
        && field.contains(char::is_uppercase)
        && field.contains(char::is_lowercase)
}

/// Words that follow a name with which a message speaks to somebody: `Una, your order …`.
static SPEAKING: WordList<128> = WordList::new(
    "your you you're votre vos vous ton ta tes tu dein deine deinen ihr ihre ihren dir du il tuo la tua tuo suo tu su sus teu \
    seu sua uw je jouw twój twoja twoje tvoje tvoja tvůj vaše váš din ditt dit",
);

/// Does the text that a quote or line opens speak to the one whose given name stands at `at..end`?
pub(super) fn is_addressed(text: Text<'_>, at: usize, end: usize) -> bool {
    if text.at(end) != b',' || text.at(end + 1) != b' ' || !is_given(text.slice(at..end)) {
        return false;
    }
    let next = text.run_within(end + 2, 12, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    let opens = matches!(text.before(at, 1), 0 | b'"' | b'\'' | b'>' | b'\n' | b'=');
    opens && SPEAKING.has_any_case(text.slice(end + 2..next))
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn a_name_beside_an_address() {
        for (text, clear) in [
            ("asked Qwena van Xyl (q@x.fr) twice", "asked <name> (<email>) twice"),
            (
                "(7,'Xyl','Sabine','s@x.fr',NULL),(8,'van Qwer','Xylo','x@x.fr',1)",
                "(7,'<name>','<name>','<email>',NULL),(8,'<name>','<name>','<email>',1)",
            ),
            ("sms=\"Sabine, your parcel is here\"", "sms=\"<name>, your parcel is here\""),
            ("Frau X (Mutter von Sabine) ruft an", "Frau X (Mutter von <name>) ruft an"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn an_address_is_not_enough() {
        for (text, clear) in [
            ("Contact the Support (s@x.fr)", "Contact the Support (<email>)"),
            ("('newsletter','Weekly','s@x.fr')", "('newsletter','Weekly','<email>')"),
            ("[\"Lyon\",\"s@x.fr\"]", "[\"Lyon\",\"<email>\"]"),
            ("\"Error, your token\"", "\"Error, your token\""),
        ] {
            assert_eq!(masked(text), clear);
        }
    }
}
