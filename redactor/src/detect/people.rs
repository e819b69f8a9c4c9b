//! Names that their own words give away in running text: a given name beside a capitalised word, a full name behind
//! the word for a part somebody takes (`genitore Wouter Krüger`), one behind a word of kinship (`ma fille Inès`), and
//! `Family^Given` as in HL7 and DICOM.
//!
//! Invariant: a given name alone is no finding; no word of software is part of one. Place on the path: asked by
//! `examine` for every capitalised word that another capital, a particle or such a word stands next to.

use super::beside;
use super::given::is_given;
use super::names::{Kind, Names};
use super::person::{full_name_end, is_name_word, is_particle, word_end};
use super::text::{Text, is_word};
use super::wordlist::WordList;
use super::{prose, unfit};
use std::ops::Range;

/// Words of kinship, behind which one name is enough.
static KIN: WordList<256> = WordList::new(
    "famille familie famiglia familia rodzina gezin enfant bébé niño niña criança bambino bambina \
    fille fils mère père frère soeur sœur épouse époux mari femme fiancée fiancé maman papa \
    daughter mother father brother sister wife husband mum dad \
    tochter sohn mutter vater bruder schwester ehefrau ehemann \
    figlia figlio madre padre fratello sorella moglie marito \
    hija hijo esposa esposo hermana hermano filha filho irmã irmão marido \
    dochter zoon moeder vader broer zus echtgenote córka syn matka żona mąż",
);

/// Words that a full name follows, beside those that name fields.
static PARTS: WordList<256> = WordList::new(
    "versicherter versicherte versicherten assistito assistita bénéficiaire beneficiaria titolare intestatario \
    titulaire propriétaire inhaber inhaberin klientin klient anrufer anruferin caller utente dip dipendente azienda \
    allievo allieva alumno alumna aluno aluna leerling uczeń testigo zeugin témoin testimone spricht appelle heißt heisst \
    cessionariocommittente cedenteprestatore soggetto contribuente proprietaria locatario paciente pacjent patiënt \
    verzekerde bewoner huurder werknemer trabajador trabajadora colaboradora funcionário funcionária pracownik \
    utilisatrice conseiller conseillère vendeur vendeuse venditore verkäufer verkäuferin seller buyer vendor tenant \
    collègue kollege kollegin collega colleague neighbour neighbor voisin voisine nachbar nachbarin vicino vicina",
);

/// Bytes before a word in which the one before it is read.
const BEFORE: usize = 32;

/// May a name begin with the word at `at`? Most end here: no letter follows that could be its second, and no space is
/// before it.
pub(super) fn may_begin(text: Text<'_>, at: usize) -> bool {
    let spaced = matches!(text.before(at, 1), b' ' | b'"');
    spaced && text.at(at + 2) > b' ' || {
        let end = word_end(text, at);
        let next = text.at(end + 1);
        let letter = next.is_ascii_alphabetic() || next >= 0x80;
        end > at + 1
            && match text.at(end) {
                b' ' | b'^' | b'+' | b'_' => letter,
                b';' | b'|' | b'\t' => letter && !text.at(at + 1).is_ascii_uppercase(),
                b',' => next == b' ' || letter,
                _ => false,
            }
    }
}

/// The name that begins with the capitalised word at `at`, without a quotation mark that closes behind it.
pub(super) fn named(text: Text<'_>, at: usize, names: &Names) -> Option<Range<usize>> {
    let range = any(text, at, names)?;
    let name = text.slice(range).trim_end_matches(['\'', '’', '-']);
    Some(at..at + name.len())
}

fn any(text: Text<'_>, at: usize, names: &Names) -> Option<Range<usize>> {
    let end = word_end(text, at);
    let word = text.slice(at..end);
    match text.at(end) {
        b'^' => return carets(text, at, end),
        b'+' => return plus(text, at, end),
        b'_' => return in_file(text, at, end),
        b'/' => return beside(text, at, end),
        b';' | b',' | b'|' | b'\t' if text.at(end + 1) != b' ' => return beside(text, at, end),
        b' ' | b',' => {}
        _ => return kin(text, at, end),
    }
    let full = if goes_on(text, end) { full_name_end(text, at) } else { at };
    if full == at {
        return kin(text, at, end).or_else(|| labelled(text, at, end, names));
    }
    let part = || is_part(text, at, names) && !unfit::is_company(text.slice(at..full));
    let known = is_given(word) || is_reversed(text, at, end, full) || part();
    if known {
        return Some(at..full);
    }
    kin(text, at, end).or_else(|| labelled(text, at, end, names))
}

/// May the word behind `end` belong to the name? Most do not: six small letters make no particle.
fn goes_on(text: Text<'_>, end: usize) -> bool {
    let small = text.run_within(end + 1, 6, |byte| byte.is_ascii_lowercase());
    small < end + 7
}

/// `Krüger;Wouter;`, `Wouter,Krüger,`, `Krüger/Wouter `: both parts in fields of their own, one a given name.
fn beside(text: Text<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let separator = text.at(end);
    let next = word_end(text, end + 1);
    let (first, second) = (text.slice(at..end), text.slice(end + 1..next));
    let listed = text.at(next) == separator || separator == b'/' && text.at(next) <= b' ';
    let given = is_given(second) || separator != b'/' && is_given(first);
    let names = [first, second].iter().all(|word| {
        is_name_word(word)
            && word.len() >= 3
            && !word.contains('.')
            && word.contains(char::is_lowercase)
    });
    (listed && given && names).then_some(at..next)
}

/// `Wouter+Krüger`, as forms write it.
fn plus(text: Text<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let next = word_end(text, end + 1);
    let second = text.slice(end + 1..next);
    let full = is_given(text.slice(at..end))
        && is_name_word(second)
        && second.contains(char::is_lowercase);
    full.then_some(at..next)
}

/// `cv_Wouter_Krüger.pdf`, `/staff/Krüger_Wouter/`: the name of a file or a folder.
fn in_file(text: Text<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let next = word_end(text, end + 1);
    let next = end + 1 + text.slice(end + 1..next).split('.').next().map_or(0, str::len);
    let (first, second) = (text.slice(at..end), text.slice(end + 1..next));
    let names = [first, second].iter().all(|word| {
        let camel = word.chars().skip(1).any(char::is_uppercase);
        is_name_word(word) && word.len() >= 4 && !camel && !word.contains(['.', '-'])
    });
    let part = |byte: u8| is_word(byte) || byte == b'-';
    let stop = text.run_within(next, 48, part);
    let folder = stop == next && text.at(next) == b'/';
    let file = text.at(stop) == b'.' && text.at(stop + 1).is_ascii_lowercase();
    let fits = names && (folder || file) && (is_given(first) || is_given(second));
    fits.then_some(at..next)
}

/// `KRÜGER Wouter`, `Krüger, Wouter`: the last word of the name is a given one.
fn is_reversed(text: Text<'_>, at: usize, end: usize, full: usize) -> bool {
    let first = text.slice(at..end);
    let whole = text.slice(at..full);
    let capitals = first.chars().count() >= 3 && !first.contains(char::is_lowercase);
    let comma = whole.contains(", ");
    let last = whole.rsplit([' ', ',']).next().unwrap_or(whole);
    (capitals || comma) && is_given(last) && last.contains(char::is_lowercase)
}

/// Does the word before `at` say that a person follows: `Versicherte(n) `, `assistito/a: `, `genitore `?
fn is_part(text: Text<'_>, at: usize, names: &Names) -> bool {
    let Some(word) = word_before(text, at) else { return false };
    let listed = || PARTS.has_any_case(word) || KIN.has_any_case(word);
    matches!(names.kind(word), Some(Kind::Person)) || listed()
}

/// One name behind a word of kinship: `ma fille Inès`.
fn kin(text: Text<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let word = text.slice(at..end);
    let name = word.trim_end_matches('.');
    let fits = name.len() >= 3 && name.contains(char::is_lowercase) && is_name_word(name);
    let told = fits && (is_kin(text, at, name) || beside::is_addressed(text, at, end));
    told.then(|| at..at + name.len())
}

/// `Name Krüger Vorname …`: labels of a form that nothing separates from their values.
fn labelled(text: Text<'_>, at: usize, end: usize, names: &Names) -> Option<Range<usize>> {
    static LABELS: WordList<32> = WordList::new(
        "name nom cognome nachname familienname surname apellido apellidos nazwisko achternaam \
         prenom prénom vorname firstname voornaam imię",
    );
    let label = word_before(text, at).filter(|word| LABELS.has_any_case(word))?;
    let next = is_name_word(text.slice(at..end)).then(|| prose::next_word(text, end))?;
    (text.at(end) == b' ' && next != label && names.kind(next) == Some(Kind::Name))
        .then_some(at..end)
}

/// Does a word of kinship stand before `name` at `at`, or one with a word that joins them: `Mutter von Inès`?
fn is_kin(text: Text<'_>, at: usize, name: &str) -> bool {
    let is_kin = |word: &str| KIN.has_any_case(word);
    word_before(text, at).is_some_and(is_kin)
        || is_given(name) && joined_before(text, at).is_some_and(is_kin)
}

/// The word before `von` and the like in front of `at`.
fn joined_before(text: Text<'_>, at: usize) -> Option<&str> {
    let end = at.checked_sub(1)?;
    let start = text.run_back(end, 4, |byte| byte.is_ascii_lowercase());
    let joins =
        ["de", "di", "of", "do", "da", "von", "van", "av"].contains(&text.slice(start..end));
    joins.then(|| word_before(text, start))?
}

/// The word in front of `at`, behind which an ending in brackets or behind a slash, a colon and a quote may stand.
fn word_before(text: Text<'_>, at: usize) -> Option<&str> {
    let space = |byte: u8| matches!(byte, b' ' | b':' | b'"' | b'.');
    let quote = match (text.before(at, 3), text.before(at, 2), text.before(at, 1)) {
        (_, 0xc2, 0xab) => 2,           // «
        (0xe2, 0x80, 0x98..=0x9f) => 3, // ‘ to ‟
        _ => 0,
    };
    let at = at - quote;
    let end = text.run_back(at, 3, space);
    if end == at {
        return None;
    }
    let start = text.ceil(text.run_back(end, BEFORE, |byte| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'(' | b')' | b'/')
    }));
    let word = text.slice(start..end.max(start));
    let word = word.trim_start_matches('(');
    let word = word.split(['(', '/']).next().unwrap_or(word);
    let program = text.slice(start.saturating_sub(5)..start).eq_ignore_ascii_case("user-"); // User-agent
    (word.len() >= 3 && !program).then_some(word)
}

/// `Dupont^Anne^^`: the parts of a name as HL7 (chapter 2A) and DICOM (PS3.5 section 6.2) write them, outside the
/// fields of a segment, whose codes look alike.
fn carets(text: Text<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let part = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80 || b" -'^.".contains(&byte);
    let stop = text.floor(text.run_within(end, 64, part));
    let name = text.slice(at..stop).trim_end_matches(['^', ' ', '.']);
    let mut parts = name.split('^').filter(|part| !part.is_empty());
    let words = |part: &str| part.split(' ').all(|word| is_particle(word) || is_name_word(word));
    let fits = parts.clone().count() >= 2 && parts.all(words) && name.contains(char::is_lowercase);
    let coded = matches!(text.before(at, 1), b'|' | b'~' | b'&' | b'^');
    (fits && !coded).then(|| at..at + name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let (names, view) = (Names::new(), Text::new(text));
        let starts = text.char_indices().filter(|(at, char)| {
            char.is_uppercase() && !view.before(*at, 1).is_ascii_alphanumeric()
        });
        let mut hits = starts.filter_map(|(at, _)| named(view, at, &names));
        hits.next().map(|range| &text[range])
    }

    #[test]
    fn names_that_their_words_or_the_word_before_give_away() {
        for (text, name) in [
            ("could not reach Jürgen Ott now", "Jürgen Ott"),
            ("an Anna-Lena von Aalst ok", "Anna-Lena von Aalst"),
            ("tutore OTT Jürgen,", "OTT Jürgen"),
            ("für Versicherte(n) Xyl, Qwert, geb.", "Xyl, Qwert"),
            ("assistito/a: XYLA BEN QWERT - C.F.", "XYLA BEN QWERT"),
            ("genitore Xyla Qwert per", "Xyla Qwert"),
            ("absence de ma fille Xyla demain", "Xyla"),
            ("my daughter Xyla.", "Xyla"),
            ("PN [Qwert^Xyla] x", "Qwert^Xyla"),
            ("row 7: Qwert;Wouter;4", "Qwert;Wouter"),
            ("7,Wouter,Qwert,4", "Wouter,Qwert"),
            ("seat 14C Qwert/Wouter bag", "Qwert/Wouter"),
            ("p=Wouter+Qwert&x", "Wouter+Qwert"),
            ("name is Qwert^Xyla^^Dr", "Qwert^Xyla^^Dr"),
            ("Meldung Name Qwert Vorname x", "Qwert"),
            ("HMSET 77 prenom Xyla nom", "Xyla"),
            ("/dossiers/Qwert_Wouter/x.pdf", "Qwert_Wouter"),
            ("/cv/Wouter_Qwert_2025-05.pdf", "Wouter_Qwert"),
            ("utente «Xyla von Qwert» no", "Xyla von Qwert"),
        ] {
            assert_eq!(found(text), Some(name), "{text}");
        }
    }

    #[test]
    fn capitals_are_not_enough() {
        for text in [
            "Connection Refused by Peer",
            "OBX|1|NM|Glu^Glucose^LN",
            "user Anna logged in",
            "Error: Anna",
            "Die Mutter sagte Nein",
            "Marie_Service Started",
            "ABC^DEF",
            "Server Error",
            "Open;Closed;Pending",
            "Anna,",
            "Reports/Anna/2024",
            "Europe/Paris ",
            "Name Value Name Kind",
            "Max_Length.go",
            "/x/Wouter_QwertFactory.java",
            "Wouter_Qwert = 4",
            "Anna_Page.html",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
