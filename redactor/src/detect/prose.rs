//! Numbers and secrets that a sentence announces: `born on 3 May 1980`, `numéro de sécurité sociale 1 85 …`,
//! `the password is hunter2`.
//!
//! Invariant: the nearest cue decides, at most a few words before; without a check digit it must be nearer, and
//! what follows must have the form of what the cue says.

use super::names::{BORN, Kind, Names};
use super::text::{Text, is_word};
use super::value::number_end;
use super::wordlist::WordList;
use super::{Entity, code, date, form};
use std::ops::Range;

/// Bytes before a number that are searched for a cue.
const REACH: usize = 56;
/// Words between a cue and a number without a check digit.
const NEAR: usize = 2;

/// The birth date whose first digit is at `start`.
pub(super) fn birth(text: Text<'_>, start: usize, names: &Names) -> Option<Range<usize>> {
    let date = date::date(text, start)?;
    let told = names.tells(sentence(text, date.start), &BORN)
        || names.tells(next_word(text, date.end), &BORN);
    told.then_some(date)
}

/// What a sentence says the number at `digits` is: its first digits, maybe with letters before them.
/// Without `told` no word before it can tell, without `born` none near it that it is a date of birth.
pub(super) fn number(
    text: Text<'_>,
    digits: usize,
    names: &Names,
    told: bool,
    born: bool,
) -> Option<(Entity, Range<usize>)> {
    let start = text.run_back(digits, 24, is_word);
    let joined = matches!(text.before(start, 1), b'.' | b',' | b':' | b'/')
        && is_word(text.before(start, 2));
    // Not the beginning, or part of an escape: the decoded view tells.
    let escaped = text.before(start, 1) == b'\\';
    if joined || escaped || text.bytes()[start..digits].iter().any(u8::is_ascii_digit) {
        return None;
    }
    if born && let Some(range) = birth(text, start, names) {
        return Some((Entity::Birth, range));
    }
    if !told {
        return None;
    }
    let before = sentence(text, start);
    let Some((kind, between)) = names.kind_before(before, is_number) else {
        // The capitals of the plate itself may be a word: `plate B-AT 825`.
        let plate = plate(text, start)?;
        let told = names.kind_before(sentence(text, plate.start), is_number);
        return told.filter(|(kind, _)| *kind == Kind::Plate).map(|_| (Entity::Plate, plate));
    };
    let checked = code::cued(text, start);
    if kind != Kind::Plate && text.before(start, 1) == b'-' && is_word(text.before(start, 2)) {
        return None;
    }
    let near = between <= NEAR;
    let token = token(text, start);
    // Typed wrongly it is still somebody's: right behind its cue no check is asked for.
    let groups = || {
        let end = number_end(text, start);
        let digits = text.bytes()[start..end].iter().filter(|byte| byte.is_ascii_digit()).count();
        let fits = digits >= 8 && end - start <= 32 && !is_object_id(text.slice(start..end));
        (between == 0 && fits).then_some(start..end)
    };
    let is_code = || {
        let plain =
            || Some(token.clone()).filter(|range| near && is_code(text.slice(range.clone())));
        checked.clone().or_else(plain).or_else(groups)
    };
    match kind {
        Kind::Identity | Kind::Tax => Some((Entity::Identity, is_code()?)),
        Kind::Iban => Some((Entity::Iban, is_code()?)),
        Kind::Plate => Some((Entity::Plate, plate(text, start)?)),
        Kind::Session if !form::is_session(text, &token) => None,
        Kind::Session if is_counted(before, text.slice(token.clone())) => None,
        _ if before.ends_with("PublicKeyToken=") => None, // of an assembly in .NET
        _ if (announces(before, between) || between == 1 && is_pin(before, text, &token))
            && is_secret(text.slice(token.clone())) =>
        {
            Some((Entity::Secret, token))
        }
        _ => None,
    }
}

/// `Session 4417 ended`: counted, and no key to it.
fn is_counted(before: &str, token: &str) -> bool {
    let word = before.trim_end().rsplit(' ').next().unwrap_or("");
    word.eq_ignore_ascii_case("session") && token.bytes().all(|byte| byte.is_ascii_digit())
}

/// The plate around the three digits `digits`, as France gives them since 2009: `AB-123-CD`; with spaces
/// or as forms write these where nothing else stands in the segment of a path or the value.
pub(super) fn french_plate(text: Text<'_>, digits: Range<usize>) -> Option<Range<usize>> {
    let mark = text.at(digits.end);
    let joined = matches!(mark, b'-' | b' ' | b'+') && text.before(digits.start, 1) == mark;
    if digits.len() != 3 || !joined {
        return None;
    }
    let letter = |byte: u8| byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O' | b'U');
    let start = text.run_back(digits.start - 1, 3, letter);
    let end = text.run_within(digits.end + 1, 3, letter);
    let free = |byte: u8| !is_word(byte) && byte != b'-';
    let pairs = digits.start - 1 - start == 2 && end - digits.end - 1 == 2;
    let framed = mark == b'-'
        || matches!(text.before(start, 1), b'/' | b'=' | b'"')
            && matches!(text.at(end), b'/' | b'?' | b'&' | b'#' | b'"' | 0);
    (framed && pairs && free(text.before(start, 1)) && free(text.at(end))).then_some(start..end)
}

/// The plate that ends with the word at `start`: one or two groups of capitals may stand before it.
fn plate(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let mut first = start;
    for _ in 0..2 {
        let group = text.run_back(first.saturating_sub(1), 3, |byte| byte.is_ascii_uppercase());
        let joined = matches!(text.before(first, 1), b' ' | b'-' | b'+');
        if !joined || group + 1 >= first || text.before(group, 1).is_ascii_alphanumeric() {
            break;
        }
        first = group;
    }
    let mut end = token(text, start).end;
    let last = text.run_within(end + 1, 4, |byte| byte.is_ascii_uppercase());
    if matches!(text.at(end), b' ' | b'+')
        && last > end + 1
        && !text.slice(first..start).contains('-') // a German plate ends with its number
        && !text.at(last).is_ascii_alphanumeric()
    {
        end = last; // AB12 CDE
    }
    let plate = text.slice(first..end);
    let digits = plate.bytes().filter(u8::is_ascii_digit).count();
    let upper = plate.bytes().filter(u8::is_ascii_uppercase).count();
    let plain =
        digits + upper + plate.bytes().filter(|byte| matches!(byte, b' ' | b'-' | b'+')).count()
            == plate.len();
    (plain && digits >= 1 && upper >= 2 && digits + upper >= 5 && plate.len() <= 12)
        .then_some(first..end)
}

/// Kinds whose values are numbers or hold some.
pub(super) const fn is_number(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Identity | Kind::Tax | Kind::Iban | Kind::Plate | Kind::Secret | Kind::Session
    )
}

/// What stands before `at`, back to where another clause or field ends.
pub(super) fn sentence(text: Text<'_>, at: usize) -> &str {
    let ends = |byte: u8| {
        matches!(
            byte,
            b'\n' | b'|' | b';' | 0xef | b'!' | b'?' | b'{' | b'}' | b'<' | b'>' | b'&' | b'['
        )
    };
    // A digit ends it too: a cue announces one number.
    let start = text.ceil(text.run_back(at, REACH, |byte| !ends(byte) && !byte.is_ascii_digit()));
    text.slice(start..at.max(start))
}

/// The word behind `at`.
pub(super) fn next_word(text: Text<'_>, at: usize) -> &str {
    let start = text.run_within(at, 2, |byte| byte == b' ');
    let end = text.run_within(start, 16, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    text.slice(text.ceil(start)..text.ceil(end))
}

/// The word at `start` with what is joined to it: dashes, dots and slashes between letters and digits.
fn token(text: Text<'_>, start: usize) -> Range<usize> {
    let end = text.run_within(start, 64, |byte| {
        is_word(byte) || matches!(byte, b'-' | b'.' | b'/' | b'!' | b'#' | b'$' | b'*' | b'@')
    });
    let whole = text.slice(start..end);
    start..start + whole.trim_end_matches(['.', '-', '/']).len()
}

/// An object identifier (`1.3.6.1.4.1.311`): many numbers, most of them of one digit.
fn is_object_id(token: &str) -> bool {
    let arcs = || token.split('.');
    arcs().count() >= 6 && arcs().filter(|arc| arc.len() == 1).count() >= 4
}

/// The form of a document's number.
fn is_code(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let upper = token.bytes().filter(u8::is_ascii_uppercase).count();
    let marks = token.bytes().filter(|byte| matches!(byte, b'-' | b'.' | b'/')).count();
    let whole = digits + upper + marks == token.len() && token.len() <= 24;
    digits >= 4 && digits + upper >= 7 && whole && !is_object_id(token)
}

/// Does the word right before `at` end as one for a short code does (`alarm code 9982`)?
pub(super) fn is_behind_code(text: Text<'_>, at: usize) -> bool {
    static CODES: WordList<32> = WordList::new("pin tan puk otp totp code kode codice código kod");
    let end = text.run_back(at, 2, |byte| matches!(byte, b' ' | b':' | b'='));
    let start = text.run_back(end, 12, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    end < at && CODES.has_any_case(text.slice(start..end))
}

/// A cue for a secret is common (`token 12 expired`): only right before it, or with a word that hands it over.
fn announces(before: &str, between: usize) -> bool {
    const HANDS_OVER: [&str; 15] = [
        "es", "é", "jest", "era", "is", "was", "are", "to", "of", "est", "ist", "e", "è", "lautet",
        "zu",
    ];
    let last = before.trim_end_matches([' ', ':', '=', '"', '\'']).rsplit(' ').next().unwrap_or("");
    between == 0 || HANDS_OVER.contains(&last)
}

/// `OTP dispositivo 783223`: one word between a word for a short code and its digits.
fn is_pin(before: &str, text: Text<'_>, token: &Range<usize>) -> bool {
    const SHORT: [&str; 3] = ["otp", "totp", "puk"];
    let mut words = before.split_ascii_whitespace().rev();
    let cue = words.nth(1).unwrap_or("").to_lowercase();
    (4..=8).contains(&token.len())
        && text.bytes()[token.clone()].iter().all(u8::is_ascii_digit)
        && SHORT.contains(&cue.trim_end_matches(':'))
}

/// What a token or a password may be made with: said behind the word for it, and none itself.
static ALGORITHMS: WordList<128> = WordList::new(
    "sha224 sha256 sha384 sha512 sha3-256 sha3-512 sha-256 sha-384 sha-512 md5sum aes128 aes192 aes256 aes-128 aes-256 aes-256-gcm \
    hs256 hs384 hs512 rs256 rs384 rs512 es256 es384 ps256 eddsa ed25519 x25519 curve25519 secp256k1 secp256r1 rsa2048 rsa4096 \
    argon2 argon2i argon2d argon2id pbkdf2 blake2 blake2b blake3 base64 base64url base32 oauth2 oauth2.0 oauth1",
);

/// Letters and digits or marks mixed as no word or number is; or a short code of digits alone.
fn is_secret(token: &str) -> bool {
    let count = |is: fn(&u8) -> bool| token.as_bytes().iter().filter(|byte| is(byte)).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    if ALGORITHMS.has_any_case(token.trim_end_matches(|char: char| !char.is_ascii_alphanumeric())) {
        return false;
    }
    (token.len() >= 6 && digits >= 1 && letters >= 2)
        || (letters == 0 && (4..=8).contains(&digits) && digits == token.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(Entity, &str)> {
        let (names, view) = (Names::new(), Text::new(text));
        let first =
            |at: &usize| view.at(*at).is_ascii_digit() && !view.before(*at, 1).is_ascii_digit();
        let hit = (0..text.len()).filter(first).find_map(|at| number(view, at, &names, true, true));
        hit.map(|(entity, range)| (entity, &text[range]))
    }

    #[test]
    fn a_cue_a_few_words_before() {
        use Entity::{Birth, Identity, Plate, Secret};
        for (text, entity, what) in [
            ("patient né le 12/03/1980 à Lyon", Birth, "12/03/1980"),
            ("geboren am 12.03.1980 in Bonn", Birth, "12.03.1980"),
            ("nata a Roma il 1980-03-12", Birth, "1980-03-12"),
            ("born on 3 May 1980", Birth, "3 May 1980"),
            ("SIRET n° 732 829 320 00074 inconnu", Identity, "732 829 320 00074"),
            ("passport number 12AB34567 expired", Identity, "12AB34567"),
            ("partita IVA della ditta: 00743110157", Identity, "00743110157"),
            ("Steuer-ID des Kunden 36 574 261 809", Identity, "36 574 261 809"),
            ("IMEI of the phone is 490154203237518", Identity, "490154203237518"),
            ("Kennzeichen des Wagens KA-AB1234", Plate, "KA-AB1234"),
            ("invalid plate OL-QT+87; next", Plate, "OL-QT+87"),
            ("invalid plate WN-QX 874 PUT /x", Plate, "WN-QX 874"),
            ("plate B-AT 825 is wrong", Plate, "B-AT 825"),
            ("veicolo targato ZB 914 LE rimosso", Plate, "ZB 914 LE"),
            ("the password is hunter2!", Secret, "hunter2!"),
            ("mot de passe refusé", Secret, ""),
            ("one-time code sent, otp 482913", Secret, "482913"),
            ("pin ok, alarm code 9982", Secret, "9982"),
        ] {
            let expected = (!what.is_empty()).then_some((entity, what));
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "invoice of 12/03/1980",
            "order 12345678",
            "password must have 8 characters",
            "token 12 expired at 20261121203246",
            "passport check took 1234 ms",
            "session closed after 3600 seconds",
            "invalid token sha512 9a0c",
            "bad secret (HS256)",
            "passport tin 1.3.6.1.4.1.311.21.7",
            "born in version 7.11.30.2",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
