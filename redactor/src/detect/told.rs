//! A password that a sentence tells: `the password is sesame`, `le mot de passe de Jo est sesame`.
//!
//! Invariant: what closes the clause behind the cue and its verb is the password, unless it is a word for the state
//! a password can be in. An unknown word is rather hidden.

use super::text::Text;
use super::wordlist::WordList;
use std::ops::Range;

/// Words that hand the password over.
const VERBS: [&str; 24] = [
    "is",
    "was",
    "now",
    "to",
    "est",
    "était",
    "etait",
    "maintenant",
    "ist",
    "war",
    "lautet",
    "lautete",
    "jetzt",
    "è",
    "era",
    "sarà",
    "adesso",
    "a",
    "c'est",
    "c’est",
    "es",
    "é",
    "jest",
    "=",
];

/// Words between the cue and its verb.
const BETWEEN: usize = 4;
/// Shorter words are none; longer ones neither.
const SHORTEST: usize = 4;
const LONGEST: usize = 64;

/// What a column for a password is called, behind the word.
const COLUMNS: [&str; 8] = ["hash", "digest", "salt", "encrypted", "enc", "old", "new", "hashed"];

/// States of a password, in English, French, Italian and German.
static STATES: WordList<1024> = WordList::new(
    "absent abgelaufen activa active actif aktiv alt ancien automatic bad back blank bloccata case case-sensitive compliant \
    compromised confidentiel confidential correct correcte corretta corto court default demo differente different distinct due \
    dynamic empty equal erforderlich errata errato erreur failed faible fail faux fehlerhaft ferme fine first forbidden forgotten \
    fort forte fresh gone good gleich gespeichert gespeichert given gueltig gültig hashed hardcoded here hidden identical identique \
    illegal in inactive incorrect incorrecte incorretta initial insecure invalid invalide invalido invalida irrelevant kurz lang \
    last leer leggero less long longue lost manquant mandatory mancante missing necessary needed neu new nicht none notwendig null \
    nuova obbligatoria obbligatorio obligatoire obsolete obsolète okay older only open optional optionnel other outdated over \
    pending perdu plain present private provisoire public random ready refus reset right requis requise richtig robust safe same \
    scaduta scaduto schwach secret secure sensitive shared short shown sicher simple simplement solid stale stark static still \
    strong temporary temporaire there thing tough trivial true unchanged unclear undefined unique unknown unsafe unset unsicher \
    unvalid vacant valid valida valide valido vide visible vuota vuoto weak wrong yours zwingend ungültig ungueltig unbekannt \
    falsch vergessen verloren verschieden korrekt inkorrekt mien mine \
    incorrecta incorrecto inválida inválido obligatoria demasiado corto débil vacía distinta igual olvidada olvidado \
    incorreta incorreto obrigatória obrigatório fraca fraco curta vazia diferente esquecida verlopen onjuist ongeldig verplicht \
    zwak leeg vergeten gelijk nodig nieprawidłowe niepoprawne błędne wymagane puste krótkie słabe zmienione takie zbyt te muy \
    muito mucho niet não nie",
);

/// Endings of words for what was done to it or can be.
const ENDINGS: [&str; 29] = [
    "ed", "ing", "able", "ible", "ée", "é", "ees", "iert", "ert", "ato", "ata", "ito", "ita",
    "uto", "uta", "abile", "ibile", "bar", "lich", "elt", "igt", "cht", "tzt", "less", "cada",
    "rada", "cado", "rado", "igd",
];

/// The password behind the cue that ends at `cue`.
pub(super) fn told(text: Text<'_>, cue: usize) -> Option<Range<usize>> {
    let mut at = cue;
    let (mut verb, mut between) = (false, 0);
    loop {
        if text.at(at) != b' ' {
            return None;
        }
        let start = at + 1;
        let end = text.run_within(start, LONGEST, |byte| byte > b' ');
        let word = text.slice(start..text.floor(end));
        if VERBS.contains(&word) {
            verb = true;
        } else if verb || between <= 1 && is_random(word) {
            return password(text, start..text.floor(end));
        } else {
            between += 1;
        }
        if between > BETWEEN || word.is_empty() || word.ends_with(['.', ',', ';', '!', '?', ':']) {
            return None;
        }
        at = text.floor(end);
    }
}

/// Is `word` no word of any language, so that no verb must hand it over: `mot de passe provisoire kQ9zzT4x`?
fn is_random(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', ')', '!', '?', '"', '\'']);
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    let apart = |byte: u8| matches!(byte, b'/' | b'=' | b':' | b'<' | b'@' | b'\\' | b'(' | b'_');
    let changes = word.as_bytes().windows(2);
    let changes =
        changes.filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let longest = word.split(|char: char| !char.is_ascii_lowercase()).map(str::len).max();
    let mixed =
        has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    word.len() >= 8
        && !word.bytes().any(apart)
        && (mixed || changes.count() >= 2 && longest.is_some_and(|run| run <= 3))
}

/// The password in `word`, without its quotes and what ends the sentence.
fn password(text: Text<'_>, word: Range<usize>) -> Option<Range<usize>> {
    let whole = text.slice(word.clone());
    let start = word.start + usize::from(whole.starts_with(['"', '\'', '`']));
    let inside = text.slice(start..word.end);
    let inside = inside.trim_end_matches(['"', '\'', '`', '.', ',', ';', ')', ']', '}', '\\']);
    let quoted = start > word.start;
    let range = start..start + inside.len();
    let closed = range.end < word.end || closes(text, word.end);
    let lower = inside.to_lowercase();
    let is_state =
        || STATES.has(lower.as_bytes()) || ENDINGS.iter().any(|ending| lower.ends_with(ending));
    let begins = inside.starts_with(|char: char| char.is_alphanumeric());
    // `password column renamed to password_hash`
    let column = ["password_", "passwort_", "passwd_", "encrypted_password"].iter().any(|name| {
        let rest = lower.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || COLUMNS.contains(&rest))
    });
    let fits = !column
        && (SHORTEST..LONGEST).contains(&inside.len())
        && begins
        && !inside.contains(['<', '=']);
    (fits && (quoted || (closed && !is_state()))).then_some(range)
}

/// Does a clause end at `at`?
fn closes(text: Text<'_>, at: usize) -> bool {
    const GOES_ON: [&str; 12] =
        ["and", "but", "et", "mais", "und", "aber", "ma", "-", "–", "—", "|", "("];
    let start = text.run_within(at, 1, |byte| byte == b' ');
    let end = text.run_within(start, 8, |byte| byte > b' ');
    let next = text.slice(start..text.floor(end));
    next.is_empty() || GOES_ON.contains(&next) || next.starts_with([';', ',', ')'])
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn passwords_without_a_digit_are_found_where_they_are_told() {
        for (text, clear) in [
            ("the password is sesame", "the password is <secret>"),
            ("Password for ada was Sesame.", "Password for ada was <secret>."),
            ("password changed to sesame, bye", "password changed to <secret>, bye"),
            ("le mot de passe est sesame", "le mot de passe est <secret>"),
            ("das Passwort lautet Geheimnis!x", "das Passwort lautet <secret>"),
            ("la password è sesame", "la password è <secret>"),
            ("mdp provisoire kQzzTxEEw, merci", "mdp provisoire <secret>, merci"),
            ("(Passwort 7kQzz4Ex)", "(Passwort <secret>)"),
            ("passphrase is 'open'", "passphrase is '<secret>'"),
            ("le mdp du wifi c'est sesame", "le mdp du wifi c'est <secret>"),
            ("mein Passwort ist Sesam – bitte", "mein Passwort ist <secret> – bitte"),
            ("a senha é sesamo", "a senha é <secret>"),
            ("la contraseña del wifi es sesamo.", "la contraseña del wifi es <secret>."),
            ("moje hasło to sezamek", "moje hasło to <secret>"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn the_state_of_a_password_is_none() {
        for text in [
            "the password is incorrect",
            "password is required",
            "the password is stored in a vault",
            "password was changed",
            "le mot de passe est trop court",
            "la contraseña es incorrecta",
            "la contraseña es demasiado corta",
            "a senha é inválida",
            "het wachtwoord is gewijzigd",
            "hasło jest nieprawidłowe",
            "le mot de passe est obligatoire",
            "das Passwort ist falsch",
            "la password è scaduta",
            "Passwort vergessen",
            "password reset requested",
            "password is <secret>",
            "password policy, to be done",
            "password PasswordEncoder missing",
            "password hash sha512crypt",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
