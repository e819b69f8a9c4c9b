//! Postal addresses in a sentence: `12 rue de la Paix, 75002 Paris`, `Hauptstraße 5a, 10115 Berlin`,
//! `via Roma 12, 00184 Roma`, `10 Downing Street, London SW1A 2AA`.
//!
//! Invariant: a house number stands beside a street, whose word is unmistakable, or a postal code and a town follow;
//! so a number beside words that software uses too (`404 route`, `via proxy 2`) is none.

use super::text::{Text, is_word};
use std::ops::Range;

/// Words for streets in front of their names: French, Italian.
const CLEAR: &str = "rue avenue av. boulevard bd bd. blvd allée allee allées chemin impasse quai faubourg ruelle rond-point lotissement hameau \
    viale piazza piazzale vicolo lungomare borgo";
/// The same, that software or prose uses too: a particle or a postal code must follow.
const UNCLEAR: &str =
    "route place cours passage square montée sentier via corso largo strada contrada traversa";
/// Words for streets behind their names.
const ENGLISH: &str = "street st st. road rd rd. avenue ave ave. lane ln crescent terrace gardens mews grove boulevard blvd";
/// Endings of streets in German, with their names in front.
const GERMAN: [&str; 9] =
    ["straße", "strasse", "str.", "weg", "platz", "gasse", "allee", "damm", "chaussee"];
/// Words inside the names of streets and towns.
const PARTICLES: &str = "de du des la le les l d et en sur sous aux au à di del della dei degli delle da san santa am an der dem den im in \
    zum zur of the und bei a. saint sainte";

/// Words that may stand in front of a German one.
const IN_FRONT: [&str; 7] = ["Am ", "An der ", "Im ", "Auf dem ", "Zum ", "Zur ", "Unter den "];

/// Words near which a house number is looked at, and endings of words.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let german = IN_FRONT.iter().filter_map(|words| words.split(' ').next());
    let streets = [CLEAR, UNCLEAR, ENGLISH].into_iter().flat_map(str::split_ascii_whitespace);
    streets.chain(german)
}
pub(super) const ENDINGS: &[&str] = &GERMAN;

/// Words of a street's or a town's name.
const MOST: usize = 6;
/// Bytes in front of a number in which an Italian or German street may begin.
const BEFORE: usize = 48;

/// The address whose house number begins at `start` and ends at `end`.
pub(super) fn address(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let before = text.before(start, 1);
    if end - start > 4
        || is_word(before)
        || !matches!(before, 0 | b' ' | b',' | b'(' | b'"' | b':' | b'\'')
    {
        return None;
    }
    in_front(text, start, end).or_else(|| behind(text, start, end))
}

/// A number in front of its street, French or English.
fn in_front(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let mut at = text.run_within(end, 1, |byte| byte == b',');
    if text.at(at) != b' ' {
        return None;
    }
    let mut first = word(text, at + 1)?;
    if is_in("bis ter quater a b c", text.slice(first.clone())) {
        at = text.run_within(first.end, 1, |byte| byte == b',');
        first = word(text, at + 1)?;
    }
    let street = text.slice(first.clone());
    let clear = is_in(CLEAR, street);
    if clear || is_in(UNCLEAR, street) {
        let (name, particle) = name(text, first.end)?;
        return match code_and_town(text, name) {
            Some(town) => Some(start..town),
            None => (clear || particle).then_some(start..name),
        };
    }
    let mut next = first;
    for _ in 0..4 {
        let word_is = text.slice(next.clone());
        if next.start > at + 1 && is_in(ENGLISH, word_is) && is_capital(word_is) {
            return Some(start..british(text, next.end).unwrap_or(next.end));
        }
        if !is_capital(word_is)
            || !word_is.contains(char::is_lowercase)
            || text.at(next.end) != b' '
        {
            return None;
        }
        next = word(text, next.end + 1)?;
    }
    None
}

/// A number behind its street, German or Italian.
fn behind(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let gap = text.run_back(start, 2, |byte| matches!(byte, b' ' | b','));
    if gap == start {
        return None;
    }
    let letter = text.run_within(end, 1, |byte| byte.is_ascii_lowercase());
    let end = if text.at(letter).is_ascii_alphanumeric() { return None } else { letter };
    let part = |byte: u8| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b' ' | b'-' | b'\'' | b'.')
    };
    let from = text.ceil(text.run_back(gap, BEFORE, part));
    let words = text.slice(from..gap.max(from));
    let town = code_and_town(text, end);
    let last = words.rfind(' ').map_or(0, |space| space + 1);
    let lower = words[last..].to_lowercase();
    let german =
        GERMAN.iter().any(|ending| lower.len() > ending.len() + 2 && lower.ends_with(ending));
    if german && is_capital(&words[last..]) {
        return Some(from + last..town.unwrap_or(end));
    }
    let mut first = from;
    for word in words.split(' ') {
        let (clear, name) = (is_in(CLEAR, word), words[first - from + word.len()..].trim_start());
        if (clear || is_in(UNCLEAR, word)) && name.split(' ').any(is_capital) {
            return match town {
                Some(town) => Some(first..town),
                None => clear.then_some(first..end),
            };
        }
        first += word.len() + 1;
    }
    // `Am Markt 3, 10115 Berlin`
    let at = IN_FRONT.iter().filter_map(|begins| words.rfind(begins)).max()?;
    Some(from + at..town?)
}

/// Where the name of a street behind `at` ends, and whether it begins with a particle.
fn name(text: Text<'_>, at: usize) -> Option<(usize, bool)> {
    let (mut end, mut at, mut particle, mut named) = (None, at, false, false);
    for n in 0..MOST {
        if text.at(at) != b' ' {
            break;
        }
        let Some(range) = word(text, at + 1) else { break };
        let word = text.slice(range.clone());
        let glued = word.split_once(['\'', '’']).is_some_and(|(article, _)| article.len() == 1);
        if is_capital(word) || glued || word.bytes().all(|byte| byte.is_ascii_digit()) {
            named = true;
        } else if is_in(PARTICLES, word) {
            particle |= n == 0;
            at = range.end;
            continue;
        } else if particle && !named {
            named = true; // rue de la paix
        } else {
            break;
        }
        particle |= glued && n == 0;
        (at, end) = (range.end, Some(range.end));
    }
    end.filter(|_| named).map(|end| (end, particle))
}

/// End of `, 75002 Paris` at `at`.
fn code_and_town(text: Text<'_>, at: usize) -> Option<usize> {
    let start = text.run_within(at, 3, |byte| matches!(byte, b' ' | b',' | b'-'));
    let country = text.run_within(start, 2, |byte| byte.is_ascii_uppercase() || byte == b'-');
    let start = if text.before(country, 1) == b'-' { country } else { start };
    let digits = text.digits(start);
    if start == at || digits != start + 5 || text.at(digits) != b' ' {
        return None;
    }
    town(text, digits + 1)
}

/// End of the town at `at`: capitalised words, particles between them.
fn town(text: Text<'_>, at: usize) -> Option<usize> {
    let first = word(text, at).filter(|first| is_capital(text.slice(first.clone())))?;
    let (mut end, mut at) = (first.end, first.end);
    for _ in 0..3 {
        if text.at(at) != b' ' {
            break;
        }
        let Some(next) = word(text, at + 1) else { break };
        let word = text.slice(next.clone());
        if is_capital(word) {
            end = next.end;
        } else if !is_in(PARTICLES, word) {
            break;
        }
        at = next.end;
    }
    Some(end)
}

/// End of `, London SW1A 2AA` at `at`: a town, a postcode, or both.
fn british(text: Text<'_>, at: usize) -> Option<usize> {
    if text.at(at) != b',' || text.at(at + 1) != b' ' {
        return None;
    }
    let code = |at: usize| {
        let outward =
            text.run_within(at, 4, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let inward = text
            .run_within(outward + 1, 3, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let digit = text.slice(at..outward).bytes().any(|byte| byte.is_ascii_digit());
        let fits = outward >= at + 2 && text.at(outward) == b' ' && inward == outward + 4 && digit;
        fits.then_some(inward)
    };
    code(at + 2).or_else(|| {
        let town = word(text, at + 2).filter(|word| is_capital(text.slice(word.clone())))?.end;
        let next = text.run_within(town, 2, |byte| matches!(byte, b' ' | b','));
        Some(code(next).unwrap_or(town))
    })
}

/// The word at `at`: letters, and what joins them.
fn word(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let part = |byte: u8| is_word(byte) || byte >= 0x80 || matches!(byte, b'-' | b'\'');
    let end = text.run_within(at, 32, part);
    let dot = text.at(end) == b'.' && end - at <= 4 && text.at(end + 1) == b' ';
    let end = text.floor(end + usize::from(dot));
    // A quote behind it closes what the address stands in.
    let end = at + text.slice(at..end.max(at)).trim_end_matches(['\'', '-']).len();
    (end > at).then_some(at..end)
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.chars().count() >= 2
}

fn is_in(list: &str, word: &str) -> bool {
    let lower = word.to_lowercase();
    list.split_ascii_whitespace().any(|listed| listed == lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let view = Text::new(text);
        let free =
            |at: &usize| view.at(*at).is_ascii_digit() && !view.before(*at, 1).is_ascii_digit();
        let hit = (0..text.len()).filter(free).find_map(|at| address(view, at, view.digits(at)));
        hit.map(|range| &text[range])
    }

    #[test]
    fn addresses_in_four_languages() {
        for (text, address) in [
            ("livré au 12 rue de la Paix, 75002 Paris hier", "12 rue de la Paix, 75002 Paris"),
            ("12 bis, avenue Victor Hugo est fermé", "12 bis, avenue Victor Hugo"),
            ("3 place de la République", "3 place de la République"),
            ("au 5 rue du 8 Mai 1945, 59000 Lille.", "5 rue du 8 Mai 1945, 59000 Lille"),
            ("1 rue de l'Église 69001 Lyon", "1 rue de l'Église 69001 Lyon"),
            ("wohnt Hauptstraße 12a, 10115 Berlin seit", "Hauptstraße 12a, 10115 Berlin"),
            ("Lindenstr. 5 gefunden", "Lindenstr. 5"),
            ("Am Markt 3, 50667 Köln", "Am Markt 3, 50667 Köln"),
            ("spedire a via Roma 12, 00184 Roma oggi", "via Roma 12, 00184 Roma"),
            ("in viale dei Mille, 5", "viale dei Mille, 5"),
            ("at 10 Downing Street, London SW1A 2AA now", "10 Downing Street, London SW1A 2AA"),
            ("221 Baker St was", "221 Baker St"),
            (
                "to='22, chemin Nicole Legrand, 24512 Buisson'; ok",
                "22, chemin Nicole Legrand, 24512 Buisson",
            ),
        ] {
            assert_eq!(found(text), Some(address), "{text}");
        }
    }

    #[test]
    fn numbers_beside_other_words_are_none() {
        for text in [
            "404 route not found",
            "404 Route Not Found",
            "3 place holders",
            "via Proxy 12",
            "connected via HTTP 2",
            "12 Items In Cart",
            "String 12 of Vec",
            "Order 12, 2026 items",
            "corso Java 12",
            "200 OK Street",
            "step 3 St",
            "Java 17 Road",
            "waiting 30 seconds, 12345 Orders",
            "port 8080 Lane",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
