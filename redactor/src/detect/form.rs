//! What the value of a telling key must look like, and what it cannot be: the words of a schema, a mechanism's name,
//! a place in the source, an organisation's repository.
//!
//! Invariant: a value is let go only for its own form, never for lack of evidence. Place on the path: asked by
//! `examine` for every keyed value.

use super::called;
use super::email::is_top_level;
use super::names::THINGS;
use super::text::Text;
use super::wordlist::WordList;
use super::{given, person};
use crate::vocabulary;
use std::ops::Range;

/// Words with which schemas and validators say what a value must be.
static SCHEMA: WordList<128> = WordList::new(
    "required optional nullable present filled sometimes string str varchar integer int bigint float numeric boolean bool datetime \
    timestamp array object email rfc dns spoof uuid ulid url regex unique exists confirmed alpha_num alpha_dash digits_between \
    readonly writeonly bytes byte enum notnull not_null blank notblank primary_key uuid4 charfield textfield emailfield",
);

/// Words that say so beside others only.
static LIMITS: WordList<16> = WordList::new("min max between size length filter type");

/// Is `value` made of the words of a schema: `required|string|min:8`, `string`?
pub(super) fn is_schema(value: &str) -> bool {
    if matches!(value, "String!" | "ID!" | "Int!" | "Float!" | "Boolean!") {
        return true; // of GraphQL
    }
    let word = |char: char| !(char.is_ascii_alphanumeric() || char == '_');
    let (mut said, mut limit) = (false, false);
    let mut words = value.split(word).filter(|word| !word.is_empty());
    words.all(|word| {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            return limit && word.len() <= 4; // what a limit is, and nothing else
        }
        let schema =
            SCHEMA.has_any_case(word) && !word.starts_with(|char: char| char.is_ascii_uppercase());
        said |= schema;
        limit = LIMITS.has(word.as_bytes()) || matches!(word, "varchar" | "digits_between");
        schema || limit
    }) && said
}

/// Could `value` be a telephone number, or its owner? Not without digits; nor is a text that holds a few of them one,
/// unless they could be a code that a message tells.
pub(super) fn is_phone(value: &str) -> bool {
    let digits = value.chars().filter(|char| char.is_numeric()).count();
    let letters = value.chars().filter(|char| char.is_alphabetic()).count();
    let code = || value.split(|char: char| !char.is_numeric()).any(|run| run.chars().count() >= 4);
    digits >= 3 && (letters <= 2 * digits + 12 || code()) || person::is_person(value)
}

/// What stands for no value, in any case.
static NOTHING: WordList<64> = WordList::new(
    "? %s null nil none true false undefined yes no array object n/a unknown invalid missing anonymous required expired",
);

/// What is said of a field instead of its value, in English, French, German and Italian. With a capital most could be
/// somebody's name.
static STATES: WordList<512> = WordList::new(
    "not must invalid invalide ungültig invalida invalido incorrect \
    incorrecte falsch errata errato wrong malformed mismatch missing manquant manquante fehlt mancante absent present required \
    requis requise obligatoire erforderlich richiesto expired expiré expirée abgelaufen scaduto scaduta empty vide leer vuoto \
    unknown inconnu inconnue unbekannt failed failure échec fehlgeschlagen success succeeded error erreur fehler errore rejected \
    refused refusé denied revoked disabled enabled désactivé unset checksum format locked unlocked suspended suspendu gesperrt \
    blocked bloccato closed opened added ajouté removed updated created deleted changed modifié geändert reset rotated verified \
    unverified confirmed pending accepted declined granted unavailable available omit omitted same-origin include anonymous \
    anonyme equals unassigned plain dropped loaded parsed ignored skipped unchanged redacted filtered encrypted unauthenticated \
    authenticated unauthorized forbidden duplicate already déjà bereits già n'est doit asc desc ASC DESC throttled queued deferred bounced delivered undelivered synced taken reserved",
);

/// Is `value` a word for no value, in any case?
pub(super) fn is_nothing(value: &str) -> bool {
    NOTHING.has_any_case(value)
}

/// Is `value` what another program wrote in the place of a secret: `[FILTERED]`, `(redacted)`?
pub(super) fn is_masked(value: &str) -> bool {
    static MASKS: WordList<32> =
        WordList::new("filtered redacted masked hidden scrubbed removed obfuscated censored");
    let bracketed = [('[', ']'), ('(', ')'), ('<', '>'), ('{', '}')]
        .into_iter()
        .find_map(|(open, close)| value.strip_prefix(open)?.strip_suffix(close));
    bracketed.is_some_and(|word| MASKS.has_any_case(word))
}

/// Is `value` a word for the state of a field, or for none?
pub(super) fn is_state(value: &str) -> bool {
    is_nothing(value) || STATES.has(value.as_bytes())
}

/// Is `credentials` what is said of credentials: `denied by …`, `Bearer token`?
pub(super) fn is_said(credentials: &str) -> bool {
    let (first, second) = credentials.split_once(' ').unwrap_or((credentials, ""));
    is_state(first)
        || is_state(second)
        || matches!(
            second,
            "token" | "tokens" | "header" | "auth" | "realm" | "1.0" | "1.0a" | "2.0"
        )
}

/// Is `value` the label of another one, `Login:` or `user=`?
pub(super) fn is_label(value: &str) -> bool {
    let label = value.strip_suffix([':', '=']).unwrap_or("");
    vocabulary::knows(label) || THINGS.has_any_case(label)
}

/// Is `address` where a program listens, or in memory: `0.0.0.0:8080`, `unix:/run/x.sock`, `0x7ffc8812`?
pub(super) fn is_socket(address: &str) -> bool {
    let quad = address.bytes().filter(|byte| *byte == b'.').count() == 3
        && address.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'/'));
    let pointer =
        |digits: &str| digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    quad || address.strip_prefix("0x").is_some_and(pointer)
        || ["unix:", "tcp://", "udp://"].iter().any(|scheme| address.starts_with(scheme))
}

/// Files of source code.
static SOURCES: WordList<64> = WordList::new(
    "go rs py rb php js jsx ts tsx mjs vue java kt scala swift c cc cpp h hpp cs fs ex exs erl pl pm lua sh sql",
);

/// Does `path` name a file of source code?
pub(super) fn is_source(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(stem, suffix)| !stem.is_empty() && SOURCES.has(suffix.as_bytes()))
}

/// `src/auth/password.rs:77:`
fn is_place_in_source(value: &str) -> bool {
    let value = value.trim_end_matches(':');
    let path = value.trim_end_matches(|char: char| char.is_ascii_digit() || char == ':');
    path.len() < value.len() && is_source(path)
}

/// Ways to log in.
static SCHEMES: WordList<64> = WordList::new(
    "basic bearer digest ntlm kerberos negotiate ldap ldaps oidc saml saml2 oauth oauth2 openid jwt mtls iam sso mfa 2fa peer md5 trust \
    scram-sha-256 approle userpass kubernetes",
);

/// How mechanisms of authentication begin.
const MECHANISMS: [&str; 16] = [
    "MSCHAP", "CHAP", "PAP", "CRAM", "SCRAM", "NTLM", "PLAIN", "LOGIN", "DIGEST", "GSSAPI",
    "XOAUTH", "OAUTH", "EAP", "PEAP", "TTLS", "EXTERNAL",
];

/// Could the value of a word for a session (`auth`, `sid`) be one, rather than a word of the software?
pub(super) fn is_session(text: Text<'_>, range: &Range<usize>) -> bool {
    let value = text.slice(range.clone());
    let word = value.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mechanism = || {
        value.len() <= 20
            && value
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
            && MECHANISMS.contains(
                &value.split('-').next().unwrap_or(value).trim_end_matches(['V', '1', '2', '3']),
            )
    };
    let port = || {
        text.before(range.start, 1) == b':'
            && (2..=5).contains(&value.len())
            && value.bytes().all(|byte| byte.is_ascii_digit())
    };
    !(port()
        || SCHEMES.has_any_case(value)
        || word && is_technical(value)
        || word && text.before(range.start, 1) == b' ' && begins_prose(text, range.start)
        || mechanism()
        || is_place_in_source(value)
        || is_well_known(value))
}

/// An identifier that many share: a principal of Windows (`S-1-5-18`), an object of Twilio (`SM` and a hash).
fn is_well_known(sid: &str) -> bool {
    let principal = || {
        let parts = sid.strip_prefix("S-1-").map(|rest| rest.split('-'));
        parts.is_some_and(|mut parts| {
            parts.clone().count() <= 3
                && parts
                    .all(|part| part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
        })
    };
    let object = || {
        let (kind, hash) = sid.split_at_checked(2).unwrap_or(("", sid));
        let hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        let account = matches!(kind, "AC" | "SM" | "MM" | "CA" | "PN" | "SK") && hash.len() >= 4;
        (hash.len() == 32 || account && hash.len() < 32)
            && kind.bytes().all(|byte| byte.is_ascii_uppercase())
            && hash.bytes().all(hex)
    };
    principal() || object()
}

fn is_technical(word: &str) -> bool {
    vocabulary::knows(word) || THINGS.has_any_case(word) || SERVICES.has_any_case(word)
}

/// Do two words of a sentence begin at `at`, in small letters?
pub(super) fn begins_prose(text: Text<'_>, at: usize) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte >= 0x80;
    let at = at.min(text.len());
    let first = text.run_within(at, 24, letter);
    if text.at(first) != b' ' {
        return false;
    }
    let second = text.run_within(first + 1, 24, letter);
    first - at >= 3 && second - first >= 3 && matches!(text.at(second), b' ' | b',' | b'.' | 0)
}

/// Do two words begin at `at`?
pub(super) fn begins_words(text: Text<'_>, at: usize) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let first = text.run_within(at.min(text.len()), 48, letter);
    text.at(first) == b' '
        && first >= at + 3
        && letter(text.at(first + 1))
        && letter(text.at(first + 2))
}

/// What services and their parts are called, behind a hyphen.
static SERVICES: WordList<256> = WordList::new(
    "agent api app backend bot broker bucket builder cache certificate cluster config consumer container controller \
    crawler credentials cron cronjob daemon dashboard db dispatcher exchange exporter frontend function gateway \
    handler importer index indexer job lambda listener lock mailer master migration mirror nightly notifier operator \
    pipeline pod policy primary processor producer proxy queue registry renderer replica resizer role runner \
    scheduler schema scraper secondary secret server service sidecar stream svc tls topic volume watcher web worker \
    workflow",
);

/// Is `name` what software, an order or a repository is called, and no person?
pub(super) fn is_name_of_software(name: &str) -> bool {
    let name = name.trim();
    let rest = name.strip_prefix('#').unwrap_or("");
    let numbered = !rest.contains(' ') && rest.bytes().any(|byte| byte.is_ascii_digit());
    numbered
        || is_metric(name)
        || is_statement(name)
        || is_service(name)
        || is_repository(name)
        || is_authority(name)
        || name.ends_with("[bot")
        || name.starts_with("system:") // of Kubernetes
        || is_machine(name)
        || called::is_plain(name)
        || is_certified(name)
        || {
            let mut words = parts(name);
            let known = |word: &str| {
                let number = word.bytes().all(|byte| byte.is_ascii_digit());
                (word.len() >= 2 || number) && (is_technical(word) || called::is_technical(word))
            };
            words.clone().count() >= 2
                && words.all(known)
                && name.contains(char::is_alphabetic)
                && !called::has_given(name)
        }
}

/// `WS-0412$`: the account of a machine (Windows).
fn is_machine(name: &str) -> bool {
    let part = |byte: u8| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    let host = name.strip_suffix('$').unwrap_or("");
    host.len() >= 2 && host.bytes().all(part)
}

/// `SELECT shop.products`, as spans of traces are called.
fn is_statement(name: &str) -> bool {
    let mut words = name.split(' ');
    let verb = matches!(
        words.next(),
        Some(
            "SELECT"
                | "INSERT"
                | "UPDATE"
                | "DELETE"
                | "GET"
                | "POST"
                | "PUT"
                | "PATCH"
                | "HEAD"
                | "CREATE"
                | "DROP"
        )
    );
    let object = words.next().unwrap_or("");
    verb && object.contains(['.', '/', '_'])
}

/// `ledger-api`, `mail_worker`, `web-7f9c5-x2b8q`, `svc-backup`
pub(super) fn is_service(name: &str) -> bool {
    let part = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    let mut words = name.split(['-', '_']);
    let instance = |word: &&str| word.bytes().any(|byte| byte.is_ascii_digit());
    let last = words.clone().rev().find(|word| !instance(word)).unwrap_or("");
    name.contains(['-', '_'])
        && name.bytes().all(part)
        && (SERVICES.has(last.as_bytes()) || words.next() == Some("svc"))
        && !called::has_given(&name[..name.find(['-', '_']).unwrap_or(0)])
}

/// `http_request_duration_seconds`: three words or more, half of them technical.
fn is_metric(name: &str) -> bool {
    let words = || name.split('_');
    let known = words().filter(|word| is_technical(word)).count();
    words().count() >= 3 && 2 * known >= words().count()
}

/// `acme/ledger`: two plain words, neither of them a given name.
fn is_repository(name: &str) -> bool {
    let part = |part: &str| {
        part.len() >= 2
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase()
                    || byte.is_ascii_digit()
                    || matches!(byte, b'-' | b'_' | b'.')
            })
            && !given::is_given(part)
    };
    name.contains(['-', '_', '.'])
        && name.split_once('/').is_some_and(|(owner, repository)| part(owner) && part(repository))
}

/// `Certigna Services CA`, `ISRG Root X1`: who signed a certificate (RFC 5280).
fn is_authority(name: &str) -> bool {
    static SIGNS: WordList<64> = WordList::new(
        "authority ca certif identity plus domain dv ecc ev global intermediate issuing ov root rsa secure server services ssl tls \
        trust validation",
    );
    let signs = |word: &&str| SIGNS.has_any_case(word) || word.starts_with("Certif");
    let last = name.rsplit(' ').next().unwrap_or(name);
    let closes = matches!(last, "CA" | "Authority" | "X1" | "X2" | "G2" | "G3" | "CA1" | "CA2")
        || name.contains(" CA ");
    let words = name.split(' ').filter(signs).count();
    let signed = name.contains("Root") || name.contains("Certif") || words >= 2;
    closes && signed && !called::has_given(name)
}

/// What a certificate is for: `*.example.org`, `api.shop.example.org`.
fn is_certified(name: &str) -> bool {
    let labels = || name.split('.');
    let host = || {
        labels().count() >= 3
            && labels().all(|label| {
                label.len() >= 2
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
            && labels().next_back().is_some_and(|last| is_top_level(last, false))
            && !called::has_given(name)
    };
    name.starts_with("*.") || host()
}

/// The words of an identifier: `RequestType`, `web-app`, `cache.size`.
fn parts(name: &str) -> impl Iterator<Item = &str> + Clone {
    name.split(['-', '_', '.', '/', ' ']).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            let next = rest.char_indices().skip(1).find(|(_, char)| char.is_uppercase());
            let (word, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
            rest = after;
            (!word.is_empty()).then_some(word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    #[test]
    fn the_words_of_a_schema_are_no_values() {
        for text in [
            "rules: phone: nullable|string|max:32, iban: required",
            "password: string, birthdate: date_format:Y-m-d",
            r#"{"properties":{"surname":"varchar(64) notnull"}}"#,
        ] {
            assert!(!text.contains('<') && masked(text).contains(text.split(' ').next().unwrap()));
        }
        for value in ["required|string|min:8", "string", "varchar(64)", "email:rfc,dns"] {
            assert!(is_schema(value), "{value}");
        }
        for value in ["String", "max", "strings", "required|sesame", "8", "", "Max"] {
            assert!(!is_schema(value), "{value}");
        }
    }

    #[test]
    fn a_telephone_number_has_digits_and_is_no_text() {
        for value in [
            "0612345678",
            "tel:+33612345678",
            "+33 6 12 34 56 78 (maison)",
            "Sabine Ott",
            "the pin is 1234 for you and me ok",
        ] {
            assert!(is_phone(value), "{value}");
        }
        for value in ["POST", "voir plus bas", "Dr Ott: RDV du 12/03 à 9h15 confirmé, à bientôt"]
        {
            assert!(!is_phone(value), "{value}");
        }
    }

    #[test]
    fn software_has_names_too() {
        for name in [
            "mail-worker",
            "web-7f9c5-x2b8q",
            "svc-backup",
            "http_request_duration_seconds",
            "OrderController.index",
            "ledger_db",
            "acme/ledger-api",
            "SELECT shop.orders",
            "#1042",
            "#FR-9",
            "RequestType",
            "web-app",
            "DigiRoot G2 CA",
            "ISRG Root X1",
            "SRV-DC01$",
            "checkout",
        ] {
            assert!(is_name_of_software(name), "{name}");
        }
        for name in [
            "jean-luc",
            "anna_b",
            "jean/dupont",
            "moreau/durand",
            "Okonkwo Chidinma CA",
            "SELECT Dupont",
            "#",
            "Dupont",
            "McAvoy",
            "Ott CAhn",
            "Jean Page",
            "ott",
            "# 7 Elm",
            "page",
        ] {
            assert!(!is_name_of_software(name), "{name}");
        }
    }

    #[test]
    fn words_of_the_software_are_no_session() {
        for text in [
            "auth: cache warmed up",
            "phase2: auth=MSCHAPV2 ok",
            "x::auth: lib/auth/login.go:12: refused",
            "OAuth2:Authorize",
            r#"{"ParentSid":"S-1-5-18"}"#,
            "CallSid=CA0123456789abcdef0123456789abcdef&x=1",
        ] {
            assert_eq!(masked(text), text);
        }
        for (text, clear) in [
            ("auth: k29zz81j ok", "auth: <secret> ok"),
            ("session=sesame&x=1", "session=<secret>&x=1"),
            (r#"{"sid":"S-1-5-21-4035617097-1094650281-1104"}"#, r#"{"sid":"<secret>"}"#),
        ] {
            assert_eq!(masked(text), clear);
        }
    }
}
