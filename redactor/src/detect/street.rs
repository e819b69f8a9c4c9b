//! Streets with a house number, by their own form: `14 bis rue des Tanneurs`, `Goethestraße 88`, `Via Roma 3`.
//!
//! Invariant: there is a number of at most four digits, a word for a kind of street, and a capitalised name; a word
//! alone (`route 12`, `place 3`) is no address. Place on the path: asked by `examine` for short runs of digits.

use super::text::{Text, is_word};
use super::wordlist::WordList;
use crate::vocabulary;
use std::ops::Range;

/// Bytes of a street's name.
const LONGEST: usize = 56;

/// Kinds of streets written behind the number and before the name (French).
static BEHIND_NUMBER: WordList<64> = WordList::new(
    "rue avenue av. av bd bd. boulevard allée allee chemin impasse quai place route cours passage square ruelle \
    sentier villa faubourg esplanade montée promenade lotissement résidence",
);
/// Kinds of streets written before the name, with the number last (Italian, Spanish, Portuguese, Polish).
static BEFORE_NAME: WordList<128> = WordList::new(
    "via viale v.le corso c.so piazza p.zza piazzale vicolo largo strada contrada calle c/ avenida avda. plaza paseo \
    ronda borgo lungarno salita riva fondamenta rione rua travessa praça largo alameda estrada ul. ulica al. aleja os. pl.",
);
/// Endings of German and Dutch streets.
pub(super) const ENDINGS: &[&str] = &[
    "straße", "strasse", "str.", "weg", "gasse", "allee", "platz", "damm", "ufer", "chaussee",
    "straat", "gracht", "laan", "plein", "steeg", "singel", "dijk", "kade", "gatan", "vägen",
    "gaten", "veien",
];
/// As they are written behind a hyphen: `Karl-Marx-Ring`.
static AFTER_HYPHEN: WordList<32> =
    WordList::new("Straße Strasse Str. Weg Gasse Allee Platz Damm Ufer Ring Markt");
/// Words with such an ending that are none.
const THINGS: [&str; 7] = [
    "Speicherplatz",
    "Arbeitsplatz",
    "Parkplatz",
    "Stellplatz",
    "Sitzplatz",
    "Ausweg",
    "Rechtsweg",
];
/// Kinds of streets written last (English).
static LAST: WordList<64> = WordList::new(
    "road street avenue lane terrace close crescent gardens grove hill mews place row square court rd st ave ln",
);

/// Every word for a street, as it may begin a word.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let lists = BEHIND_NUMBER.words().chain(BEFORE_NAME.words()).chain(LAST.words());
    lists.chain(AFTER_HYPHEN.words()).chain(ENDINGS.iter().copied())
}

/// The address whose number is `digits`, a run of digits that stands free.
pub(super) fn street(text: Text<'_>, digits: Range<usize>) -> Option<Range<usize>> {
    if digits.len() > 4 || is_word(text.before(digits.start, 1)) {
        return None;
    }
    let end = house_number_end(text, digits.end)?;
    let street = number_last(text, digits.start, end);
    let street = street.or_else(|| number_first(text, digits.start, end))?;
    Some(street.start..town_end(text, street.start, unit_end(text, street.end)))
}

/// Behind the digits: a letter, `/B`, ` bis`, `-15`; nothing else may be glued to them.
fn house_number_end(text: Text<'_>, end: usize) -> Option<usize> {
    let mark = usize::from(matches!(text.at(end), b'/' | b'-'));
    let part = text.run_within(end + mark, 4, |byte| byte.is_ascii_alphanumeric());
    let short = part - end - mark <= if text.at(end + mark).is_ascii_digit() { 3 } else { 1 };
    let again = matches!(text.slice(end..part), "bis" | "ter"); // 41bis
    let suffix = if (short || again) && part > end + mark { part } else { end };
    let next = text.at(suffix);
    let longer = is_word(next)
        || next == b'%'
        || (matches!(next, b'.' | b':' | b'/' | b'-') && is_word(text.at(suffix + 1)));
    (!longer).then_some(suffix)
}

/// Where the address ends whose street ends at `end`, with its town where a string holds nothing else: `"…, Lyon"`.
fn town_end(text: Text<'_>, start: usize, end: usize) -> usize {
    if !matches!(text.before(start, 1), b'"' | b'\'') || text.at(end) != b',' {
        return end;
    }
    let town = text.run_within(end + 1, 1, |byte| byte == b' ');
    let stop = super::value::name_end(text, town);
    let closed = text.at(stop) == text.before(start, 1);
    let proper = text.slice(town..stop).split(' ').next().is_some_and(is_proper);
    if closed && proper { stop } else { end }
}

/// Words for a part of a house, before or behind its number.
static UNITS: WordList<128> = WordList::new(
    "int interno scala sc piano apt apto apartment flat unit suite ste floor piso planta puerta pta izda dcha esc escalera \
    andar bloco fração lote appt app appartement bât bat bâtiment étage etage esc. porte whg wohnung stiege top og eg bus lok m lgh",
);

/// Where the address ends whose street ends at `end`, with the parts of the house: `int. 3`, `, 2º izda.`, `Apt 4`.
fn unit_end(text: Text<'_>, end: usize) -> usize {
    let mut last = end;
    for _ in 0..3 {
        let start = text.run_within(last, 2, |byte| matches!(byte, b',' | b' ' | b'-'));
        let word = |at: usize| {
            text.floor(text.run_within(at, 12, |byte| byte.is_ascii_alphanumeric() || byte >= 0x80))
        };
        let first = word(start);
        let dot = usize::from(text.at(first) == b'.');
        let second = word(first + dot + 1);
        let (one, two) =
            (text.slice(start..first), text.slice(first + dot..second.max(first + dot)));
        let numbered = |word: &str| {
            let word = word.trim_start();
            word.len() <= 6 && word.chars().next().is_some_and(|char| char.is_ascii_digit())
                || word.len() == 1 && word.starts_with(|char: char| char.is_ascii_uppercase())
        };
        let spaced = text.at(first + dot) == b' ';
        let forth = UNITS.has_any_case(one) && spaced && numbered(two);
        let back = numbered(one)
            && one.contains(['º', '°', 'ª'])
            && spaced
            && UNITS.has_any_case(two.trim_start());
        if start == last || !(forth || back) {
            break;
        }
        last = second;
    }
    last
}

/// Words that begin another clause or sentence behind an address.
static GOES_ON: WordList<256> = WordList::new(
    "prix montant solde total reste loyer acte facture commande price amount balance rent invoice order prezzo importo saldo canone \
    fattura ordine preis kaufpreis betrag miete rechnung bestellung precio importe pedido preço valor prijs bedrag cena kwota \
    merci please thanks bitte danke grazie gracias obrigado il elle ils je nous vous he she they we you er sie wir ich lui lei \
    tél tel téléphone phone telefon telefono tlf né née born geb geboren nato nata",
);

/// Where another clause begins behind the house number or the postcode of the address in `text`; its length if none does.
pub(super) fn clause(text: &str) -> usize {
    let goes_on = |at: &usize| {
        let next = text[at + 2..].split([' ', ':', '.', ',']).next().unwrap_or("");
        text[..*at].contains(|char: char| char.is_ascii_digit()) && GOES_ON.has_any_case(next)
    };
    let breaks = text.match_indices(". ").chain(text.match_indices(", ")).map(|(at, _)| at);
    breaks.filter(goes_on).min().unwrap_or(text.len())
}

const fn may_be_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// `Lindenallee 17a`, `Via dei Mille 42`, `ul. Lipowa 14`, `Viale della Rimembranza, 9`.
fn number_last(text: Text<'_>, number: usize, end: usize) -> Option<Range<usize>> {
    if text.before(number, 1) != b' ' {
        return None;
    }
    let gap = number - 1 - usize::from(text.before(number, 2) == b',');
    if !may_be_name(text.before(gap, 1)) && text.before(gap, 1) != b'.' {
        return None;
    }
    // Most numbers end here: the last word is no name.
    let last = text.ceil(text.run_back(gap, LONGEST, |byte| byte != b' ' && is_name(byte)));
    let word = text.slice(last.min(gap)..gap);
    if !(super::person::is_capitalised(word) || word.ends_with('.')) {
        return None;
    }
    let start = text.ceil(text.run_back(gap, LONGEST, is_name));
    let mut at = gap;
    for words in 0..5 {
        let first = text.run_back(at, at - start, |byte| byte != b' ');
        let word = text.slice(first..at);
        let germanic = words == 0 && is_capital(word) && is_germanic(word);
        let romance = words > 0
            && BEFORE_NAME.has_any_case(word)
            && text.slice(first..gap).split(' ').skip(1).any(is_proper);
        if germanic || romance {
            return Some(first..end);
        }
        if words == 0 && !is_proper(word) && !word.ends_with('.') || first <= start {
            return None;
        }
        at = first - 1;
    }
    None
}

/// `14 bis rue des Tanneurs`, `3, allée des Mésanges`, `19 Primrose Hill Road`.
fn number_first(text: Text<'_>, number: usize, end: usize) -> Option<Range<usize>> {
    let gap = end + usize::from(text.at(end) == b',');
    if text.at(gap) != b' ' || !may_be_name(text.at(gap + 1)) {
        return None;
    }
    let stop = text.floor(text.run_within(gap + 1, LONGEST, is_name));
    let (mut at, mut kind, mut named, mut last) = (gap + 1, false, false, None);
    for (n, word) in text.slice(gap + 1..stop).split(' ').take(6).enumerate() {
        let next = at + word.len();
        if n == 0 && matches!(word, "bis" | "ter" | "quater" | "A" | "B" | "C") {
        } else if !kind && !named && BEHIND_NUMBER.has_any_case(word) {
            kind = true;
        } else if is_proper(word) {
            kind |= named && LAST.has_any_case(word.trim_end_matches('.'));
            named = true;
            last = Some(at + word.trim_end_matches('.').len());
            if word.ends_with('.') && kind {
                break;
            }
        } else if !kind
            || !matches!(
                word,
                "de" | "du" | "des" | "la" | "le" | "les" | "l'" | "d'" | "aux" | "au" | "à"
            )
        {
            break;
        }
        at = next + 1;
    }
    last.filter(|_| kind).map(|end| number..end)
}

/// What a cue for a residence announces, up to the end of the clause: a name with a capital, and a number.
pub(super) fn residence(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let stops = |byte: u8| {
        matches!(byte, b'\n' | b'\r' | b';' | b'|' | b'"' | b'<' | b'(' | b'[' | b'{' | b'=' | b':')
    };
    let end = text.floor(text.run_within(start, LONGEST, |byte| !stops(byte)));
    let clause = text.slice(start..end);
    let cut = clause.len() + 4 > LONGEST;
    let clause = clause.rfind(' ').filter(|_| cut).map_or(clause, |at| &clause[..at]);
    let sentence = clause
        .find(". ")
        .filter(|at| clause[..*at].len() > 8 && clause[*at + 2..].starts_with(char::is_uppercase));
    let clause = clause[..sentence.unwrap_or(clause.len())].trim_end_matches(['.', ' ', ',', '\\']);
    let clause = &clause[..self::clause(clause)];
    let address =
        clause.bytes().any(|byte| byte.is_ascii_digit()) && clause.split([' ', ',']).any(is_proper);
    address.then(|| start..start + clause.len())
}

/// Further endings of streets in Germanic languages, too common for words that no cue stands before.
const OTHER_ENDINGS: &[&str] = &[
    "nring", "dring", "lring", "rring", "kring", "gring", "tring", "quai", "kai", "kade", "schans",
    "stieg", "steig", "graben", "markt", "park", "hof", "berg", "feld", "garten", "gürtel", "wall",
    "wal", "brücke", "haven", "dreef", "gade", "vej", "gata", "gatan", "vägen", "veien", "utca",
    "katu", "tie",
];

/// Is `word` a street's name by its ending?
fn is_street(word: &str) -> bool {
    let long = word.chars().count() >= 7;
    is_germanic(word) || long && OTHER_ENDINGS.iter().any(|ending| ends_with(word, ending))
}

/// What a weaker cue announces: capitalised words, particles among them, and a house number behind or before them.
pub(super) fn home(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let start = start + usize::from(matches!(text.at(start), b'"' | b'\''));
    let mut at = text.run_within(start, 5, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let first = text.at(start).is_ascii_digit() && text.at(at) == b' ';
    at = if first { at + 1 } else { start };
    let mut proper = 0;
    for _ in 0..6 {
        let end = super::person::word_end(text, at);
        let word = text.slice(at..end);
        let kind = first && proper == 0 && BEHIND_NUMBER.has(word.as_bytes());
        if is_proper(word) {
            proper += 1;
        } else if !(kind || super::person::is_particle(word) || word.len() <= 2 && proper > 0) {
            break;
        }
        let sentence = word.ends_with('.') && word.len() > 4;
        if first && proper > 0 && (sentence || text.at(end) != b' ') {
            return (sentence || proper >= 2).then(|| start..end - usize::from(sentence));
        }
        at = end + usize::from(text.at(end) == b',' && text.at(end + 1) == b' ');
        if text.at(at) != b' ' {
            return None;
        }
        at += 1;
        if text.at(at).is_ascii_digit() {
            let digits = text.digits(at);
            let end = house_number_end(text, digits).filter(|_| digits - at <= 4)?;
            return (!first && (proper >= 2 || is_street(word)))
                .then(|| start..unit_end(text, end));
        }
    }
    None
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b' ' | b'\'' | b'-' | b'.' | b'/')
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// A capitalised word that is none of the software's.
fn is_proper(word: &str) -> bool {
    let letters = word.trim_end_matches('.');
    let letters = letters.split_once(['\'', '’']).map_or(letters, |(_, name)| name);
    is_capital(letters) && letters.chars().count() >= 2 && !vocabulary::knows(letters)
}

fn is_germanic(word: &str) -> bool {
    let hyphened =
        |(name, kind): (&str, &str)| name.len() >= 3 && AFTER_HYPHEN.has(kind.as_bytes());
    word.rsplit_once('-').is_some_and(hyphened) || ENDINGS.iter().any(|kind| ends_with(word, kind))
}

/// Does the lower-cased `word` end with `ending`, with a name or nothing before it?
fn ends_with(word: &str, ending: &str) -> bool {
    let at = word.len().checked_sub(ending.len());
    let tail = at.and_then(|at| word.get(at..));
    // `Weg` and `Platz` alone name things as well.
    let named = at.is_some_and(|at| at >= 3) && !THINGS.contains(&word);
    named && tail.is_some_and(|tail| tail == ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let view = Text::new(text);
        let digit = |at: usize| view.at(at).is_ascii_digit();
        let mut starts = (0..text.len()).filter(|at| digit(*at) && (*at == 0 || !digit(at - 1)));
        starts.find_map(|at| street(view, at..view.digits(at))).map(|range| &text[range])
    }

    #[test]
    fn streets_of_seven_countries() {
        for (text, street) in [
            ("livraison 14 bis rue du Moulin demain", "14 bis rue du Moulin"),
            ("au 3, allée des Érables.", "3, allée des Érables"),
            ("7 AVENUE Foch", "7 AVENUE Foch"),
            ("in via Monte Rosa 42, Milano", "via Monte Rosa 42"),
            ("Corso Vercelli 118/B", "Corso Vercelli 118/B"),
            ("Viale dell'Opera, 9", "Viale dell'Opera, 9"),
            ("wohnt Schillerstraße 88 in", "Schillerstraße 88"),
            ("Gartenstr. 5a, 10115 Berlin", "Gartenstr. 5a"),
            ("at 19 Maple Hill Road now", "19 Maple Hill Road"),
            ("Calle de la Luna 31", "Calle de la Luna 31"),
            ("Rua Augusta 155", "Rua Augusta 155"),
            ("Kerkstraat 21", "Kerkstraat 21"),
            ("\"Parkallee 17a\"", "Parkallee 17a"),
            ("ul. Polna 14", "ul. Polna 14"),
        ] {
            assert_eq!(found(text), Some(street), "{text}");
        }
    }

    #[test]
    fn numbers_beside_other_words() {
        for text in [
            "route 12 matched",
            "via 8 hops",
            "via Proxy 8",
            "place 3 of 10",
            "2 places left",
            "Ring 0 and Weg 3",
            "String 5",
            "Speicherplatz 80",
            "Monitoring 14 hosts",
            "took 42 ms",
            "1 Connection closed",
            "3 Request Timeouts",
            "Upgrading 12",
            "HTTP 404 Not Found",
            "cours 12 Mathématiques",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
