//! Sentences in which a validator says what is wrong with a field, behind the field's name or in its place.
//!
//! Invariant: a text that stands for a value is a sentence only if every word of it is one that validators say; behind
//! a colon, only if it begins as their sentences do and three of its first words are theirs. Place on the path: asked
//! by `keyed` and `nested` before the value of a telling key is taken.

use super::called::{self, JOINING};
use super::form;
use super::text::Text;
use super::wordlist::WordList;
use crate::vocabulary;

/// How the sentences begin, in English, French, German, Italian, Spanish, Portuguese, Dutch and Polish.
static OPENING: WordList<512> = WordList::new(
    "a already an as at bitte can't cannot ce cela cet cette choose contains darf das date de debe der deve deze die \
    diese dieser dieses digite dit does doit een el ensure enter entrez es esta este expected field format formato \
    geen gli has het i ihr ihre il incorrect input inserire inserisci insira introduzca invalid is ist it its kein \
    keine l'adresse l'identifiant la le les lo los may merci missing moet musi muss must ne nieprawidłowa \
    nieprawidłowy no non not number nur não o ongeldig ongeldige only os please podaj pole proszę provide questa \
    questo required saisissez select should signature string ta ten that the this to too um uma un una une ungültige \
    ungültiger ungültiges unsupported use valeur valor valore value veuillez voer vos votre vul waarde wartość was \
    wert ya your è é",
);

/// Words of the sentences.
static SAYING: WordList<1024> = WordList::new(
    "a abgelaufen accepted address adres adresse after again al allowed almeno already an and another are as at au \
    aus aux avere avoir be been before bereits between bevatten birth bitte blank buchstaben by być campo can can't \
    cannot caracteres caractère caractères carattere caratteri card ce ces cet cette champ character characters \
    checked chiffre chiffres choose cifra co code coincide coinciden common comporter compromised con confirmation \
    confirmed contain contained contains contener contenere contenir conter contraseña correct correo correspond \
    correspondent correspondre corrisponde corrispondono corta corto could courriel court courte d'un d'une da darf \
    das data date datum de debe deben demasiado der des deve devono deze di did die diese dieser dieses different \
    digit digits dirección dit do does doesn't doit doivent don't du déjà dürfen e e-mail e-mail-adresse e-mailadres \
    een ein eine einem einen el electrónico elettronica email empty en endereço ensure enter enthalten enthält \
    entirely entrez equal erforderlich es essere est esta este et exactly exceed exceeds exist existe exists \
    expected expired expiré falsch falsches fecha feld field fill following for format formato formatted found from \
    futura future geben gebruik geen geldig geldige given già gli greater gültig gültige gültiges haben has hasn't \
    hasło have het hoogstens höchstens i iban if ihr ihre il in include includes incorrect incorrecte indirizzo \
    inserire inserisci invalid invalide inválida inválido is isn't ist it its jest kein keine kennwort kort kurz \
    l'adresse la lang lange larga largo las le leaked least leave leeg leer left length les less letter letters \
    lettre lettres lo long longue los lowercase lub lunga lungo maiuscola majuscule massimo match matches max \
    maximal maximum may menos mieć min mindestens minimal minimo minimum minste minstens minuscola minuscule missing \
    mit moet moeten moins more most mot może musi muss must máximo mínimo müssen n'est najmniej name names ne nicht \
    nie nieprawidłowy niet no nom non not nul null nulle number numeric numero nummer numéro não número o \
    obbligatoria obbligatorio obligatoire obligatoria obligatorio obrigatória obrigatório oder of old on one \
    ongeldig ongeldige only or os ou palavra-passe pas passata passe password passwords passwort passé past pelo \
    pflichtfeld phone pin please plus pole posta prawidłowa prawidłowy provide provided prénom puste que questa \
    questo recognised recognized registered renseigner renseigné requerido required requis requise revoked richiesto \
    saisir saisissez same scaduto sein select senha ser shall short should sie signature similar sind sono special \
    spécial stimmen stimmt string supplied supported surname symbol symbols ta taken te tekens telefonnummer ten \
    tener ter than that the this time to today token too trop troppo try two type téléphone un una und une ungültig \
    ungültige ungültiges unique unsupported up uppercase use used username using utilisé utilisée utilizzato vacía \
    vacío valeur valid valida valide valides validi valido valor valore value vazio veld vergangenheit vergeben \
    verified verplicht veuillez vide von votre vous vuoto válida válido wachtwoord was weak werden were wert wird \
    with wrong wymagane y ya year years your zawierać zeichen ziffer ziffern zijn znaków zu zukunft è é électronique \
    être überein",
);

/// What is done with a field, or was: `email: delivery failed`, `IBAN : contrôle désactivé`. Nobody chose one for a password.
static DONE: WordList<512> = WordList::new(
    "abgleich abruf alteração backend bounced búsqueda cambio campo carrier champ change check cleanup cleared \
    comparison component comprobación consent controle controllo contrôle contrôlé creation deferred deletion \
    delivered delivery detection dienst duplicate eingabe envoi envoyé envío erneuerung esportazione expiry export \
    exportación exportação extraction feature feld fetch format formato gateway generated generation geocoding \
    geprüft gesendet geändert géocodage ignorato ignored ignoré illeggibile illegible illisible import importación \
    importato importazione importação importiert importé inviato invio invoer issued landline lectura lecture \
    lettura limit lookup löschung mandatory migration mise mismatch modifica modification modifié module \
    normalization optional outdated pad parsing plugin pole policy processing provider prüfung queued quota rate \
    reader recherche refresh rejected removal renewal renewed renouvellement renovación renovação requested reset \
    resolver retrieval retrieved retry revoked ricerca rinnovo rollout rotated rotation saisie scanner scheduled \
    service servicio servizio serviço sincronización sincronização sincronizzazione skipped sprawdzanie store \
    suppression sync synced synchronisation synchronisierung synchronization terminal throttled timeout \
    téléversement unconfirmed undelivered unlesbar unreadable unsupported unverified update upload uploads usługa \
    validación validatie validation validazione validação validierung veld verifica verificación verification \
    verificato verificação vernieuwing versand vérification walidacja wijziging zmiana änderung übersprungen",
);

/// Those that somebody could choose for a password all the same.
static CHOSEN: WordList<64> = WordList::new(
    "change reset update service store plugin feature pad terminal component reader scanner gateway carrier limit rate policy import \
    export sync fetch module backend format provider",
);

/// Words in the beginning of a sentence that are looked at, and how many of them must be the validators'.
const FIRST: usize = 7;
const TELLING: usize = 3;
/// Bytes of them.
const REACH: usize = 96;

/// Does a sentence begin at `at`, behind the name of the field and its colon?
pub(super) fn begins(text: Text<'_>, at: usize, secret: bool) -> bool {
    let start = text.run_within(at, 2, |byte| byte == b' ');
    let first = text
        .run_within(start, 16, |byte| byte.is_ascii_alphabetic() || byte >= 0x80 || byte == b'\'');
    if start == at || first == start || text.at(first) != b' ' {
        return false;
    }
    let word = text.slice(start..first);
    let chosen = || secret && CHOSEN.has_any_case(word);
    if DONE.has_any_case(word) && !chosen() && goes_on(text, first, secret) {
        return true;
    }
    if !OPENING.has_any_case(word) {
        return false;
    }
    let ends = |byte: u8| {
        matches!(byte, b'\n' | b'"' | b';' | b'{' | b'}' | b'=' | b'|' | b'<' | b',' | b':')
    };
    let end = text.run_within(start, REACH, |byte| !ends(byte));
    let words = || text.slice(start..end).split(' ').take(FIRST).map(bare);
    words().filter(|word| is_said(word)).count() >= TELLING
}

/// Does a known word stand behind `end`, and no number in what follows? Of a secret, nothing but known words.
fn goes_on(text: Text<'_>, end: usize, secret: bool) -> bool {
    let clause = text.run_within(end, REACH, |byte| {
        !matches!(byte, b'\n' | b',' | b';' | b'.' | b'"' | b'(' | b'|')
    });
    let rest = text.slice(end..text.floor(clause));
    let word = rest.strip_prefix(' ').and_then(|rest| rest.split(' ').next()).unwrap_or("");
    let acronym = word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let known = is_said(word)
        || called::is_technical(word)
        || DONE.has(word.as_bytes())
        || form::is_state(word)
        || JOINING.has(word.as_bytes())
        || HAPPENED.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end));
    let small = word.starts_with(|char: char| char.is_lowercase());
    let plain = |word: &str| is_said(word) || DONE.has(word.as_bytes()) || form::is_state(word);
    if secret && !rest.split_whitespace().all(plain) {
        return false;
    }
    (acronym || small && known) && !rest.contains(|char: char| char.is_ascii_digit() || char == '@')
}

/// Endings of words for what was done.
const HAPPENED: [&str; 10] = ["ed", "ing", "able", "ible", "é", "ée", "ato", "ata", "agen", "iert"];

/// Words of which a sentence of a validator has one, as no name and hardly a secret has.
static VERBS: WordList<128> = WordList::new(
    "is isn't are was has must may should shall cannot can't not doesn't doit doivent dois n'est est n'a ne peut darf muss müssen \
    ist sind deve devono deben debe può es são moet moeten mag jest musi musí måste är invalid required missing taken exceeds \
    contain invalide invalido ungültig enter provide choose select entrez saisissez inserire inserisci introduzca veuillez obligatoire obbligatorio obligatorio obrigatório",
);

/// Is `value` such a sentence, all of it? A word that could be somebody's makes it none; a secret may be a few words.
pub(super) fn is_sentence(value: &str, secret: bool) -> bool {
    let words = || value.split(' ').map(bare);
    let small = value.starts_with(|char: char| char.is_lowercase());
    let least = if small && !secret { 2 } else { 3 };
    let digit = || value.contains(|char: char| char.is_ascii_digit());
    let chosen = secret && words().count() < 5 && digit();
    value.contains(' ')
        && !chosen
        && !value.starts_with(|char: char| char.is_ascii_digit())
        && words().filter(|word| is_limit(word)).count() <= 2
        && words().any(|word| VERBS.has_any_case(word))
        && words().count() >= least
        && words().filter(|word| is_said(word)).count() >= 2
        && words().all(|word| is_said(word) || vocabulary::knows(word) || is_limit(word))
}

/// Is `value` the code of what is wrong: `too_short`, `invalid_format`, `not-blank`?
pub(super) fn is_code(value: &str) -> bool {
    let parts = || value.split(['_', '-']);
    const WRONG: [&str; 9] =
        ["too", "invalid", "not", "required", "missing", "must", "blank", "taken", "mismatch"];
    (2..=5).contains(&parts().count())
        && parts().any(|part| WRONG.contains(&part))
        && parts().all(|part| SAYING.has(part.as_bytes()))
}

fn is_said(word: &str) -> bool {
    SAYING.has_any_case(word)
}

/// `12`: how many characters there must be.
fn is_limit(word: &str) -> bool {
    (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// `word` without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(['.', ',', '!', ':', '(', ')', '"', '\''])
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn what_validators_say_behind_a_field() {
        for text in [
            "email: This is not a valid address.",
            "password: Dieses Feld darf nicht leer sein.",
            "telefono: Este campo es obligatorio",
            "firstName: Ce champ ne doit pas être vide.",
            "cognome: Questo campo deve contenere almeno 2 caratteri",
            "iban: The check digits are not valid",
            "token: The signature has expired",
            r#"{"password":"must be at least 12 characters long"}"#,
            r#"{"errors":{"name":["The name field is required."]}}"#,
            "password=too_long, email=invalid_format",
            "email: delivery deferred",
            "IBAN : contrôle suspendu",
            "Geburtsdatum: Prüfung fehlgeschlagen",
            "token: rotation pending",
            "TVA: service VIES indisponible",
            r#"{"errors":{"surname":["is invalid"]}}"#,
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn other_sentences_are_values() {
        for (text, clear) in [
            ("password: This1sMine and more", "password: <secret> and more"),
            ("password: change it now", "password: <secret> it now"),
            ("email: delivery qwerto", "email: <email> qwerto"),
            ("address: service road 5, Leeds", "address: <address>"),
            ("password: sesame opens it", "password: <secret> opens it"),
            ("password: delivery42", "password: <secret>"),
            ("nom: Contrôle", "nom: <name>"),
            ("password: the sesame opens it", "password: <secret> sesame opens it"),
            ("lastName: De Qwert", "lastName: <name>"),
            ("nom: La Qwerta est absente", "nom: <name> est absente"),
            (r#"{"password":"613 449 563, email: invalid"#, r#"{"password":"<secret>"#),
            (r#"{"password":"must be qwerto"}"#, r#"{"password":"<secret>"}"#),
            (r#"{"password":"too_short"}"#, r#"{"password":"<secret>"}"#),
            ("address: The Old Mill, 4 Qwert Road", "address: <address>"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }
}
