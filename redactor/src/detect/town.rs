//! A town beside a street: `"streetAddress": "…", "addressLocality": "Pau"`, and the lines of an address in FHIR.
//!
//! Invariant: a town alone is no address; it goes only where a key for a street stands near it. Place on the path:
//! asked by `examine` for the values of keys that name towns, and by `keyed` for `line`.

use super::text::Text;
use std::ops::Range;

/// Bytes around a town in which the street stands.
const BESIDE: usize = 160;
/// Bytes of a town's name.
const LONGEST: usize = 48;

/// What the keys for streets hold, in lower case.
const STREETS: [&str; 17] = [
    "street",
    "stra\u{df}e",
    "strasse",
    "straat",
    "line1",
    "line_1",
    "address1",
    "addressline",
    "address_line",
    "\"line\"",
    "\"address\"",
    "gatuadress",
    "adrline",
    "indirizzo",
    "adresse",
    "\"rue\"",
    "ulice",
];

/// Is the value in `range`, under a key for a town, that of an address?
pub(super) fn is_beside_street(text: Text<'_>, range: &Range<usize>) -> bool {
    let town = text.slice(range.clone());
    let letters = |char: char| char.is_alphabetic() || matches!(char, ' ' | '-' | '\'' | '’' | '.');
    let named = town.len() <= LONGEST
        && town.starts_with(char::is_uppercase)
        && town.chars().nth(1).is_some_and(char::is_alphabetic)
        && town.chars().all(letters);
    let near = |start: usize, end: usize| {
        let near = text.slice(text.ceil(start)..text.floor(end.min(text.len()))).to_lowercase();
        STREETS.iter().any(|street| near.contains(street))
    };
    named
        && (near(range.start.saturating_sub(BESIDE), range.start)
            || near(range.end, range.end + BESIDE))
}

/// Is `key`, which ends at `end`, that of the lines of an address: `"address":[{"line":["…"]` (FHIR)?
pub(super) fn is_line(text: Text<'_>, key: &str, end: usize, value: usize) -> bool {
    let lead = text.run_within(value, 2, |byte| byte == b' ');
    key == "line"
        && text.at(lead) == b'['
        && text.slice(text.ceil(end.saturating_sub(BESIDE / 2))..end).contains("address\"")
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn a_town_goes_with_its_street() {
        for (text, clear) in [
            (
                r#"{"street":"9 Elm Road","city":"Saint-Brieuc"}"#,
                r#"{"street":"<address>","city":"<address>"}"#,
            ),
            (
                r#"{"addressLocality":"Växjö","streetAddress":"Box 4"}"#,
                r#"{"addressLocality":"<address>","streetAddress":"<address>"}"#,
            ),
            (
                r#"{"address":[{"line":["Am Anger 7"],"city":"Halle"}]}"#,
                r#"{"address":[{"line":["<address>"],"city":"<address>"}]}"#,
            ),
            ("gatuadress=Box 4 ort=Umeå", "gatuadress=<address> ort=<address>"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn a_town_alone_stays() {
        for text in [
            r#"{"city":"Lyon","country":"FR","ip_country":"FR"}"#,
            r#"{"city":"Lyon","weather":"rain"}"#,
            r#"{"city":"Lyon","ip_address":"0.0.0.0"}"#,
            r#"{"line":["a","b"],"file":"x.rs"}"#,
            "city=unknown line1=",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
