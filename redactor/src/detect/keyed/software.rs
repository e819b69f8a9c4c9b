//! Keys that name something of the software, although their words name something of a person: `PWD=/srv/app`,
//! `PublicKeyToken`, `pass=12 fail=0`, a class, the number of a field.
//!
//! Invariant: a key is let go only for its own form and what stands right behind it. Place on the path: asked by
//! [`keyed`](super) before a key counts.

use super::super::form;
use super::super::text::{Text, is_word};
use super::super::wordlist::WordList;
use super::LONGEST_KEY;

/// Does `key` before the separator at `at`, whose value begins at `start`, mean something of the software all the same?
pub(super) fn is_of_software(text: Text<'_>, key: &str, at: usize, start: usize) -> bool {
    let behind = || text.bytes()[start..].iter().take(LONGEST_KEY + 12);
    match key.trim_start() {
        "PWD" | "OLDPWD" => {
            // The working directory, unless pairs stand glued beside it: a connection string.
            let end = behind().position(|byte| *byte == b';');
            let next = end.map_or(0, |n| text.at(start + n + 1));
            let glued = text.before(at - key.len(), 1) == b';' || next.is_ascii_alphabetic();
            text.at(start) == b'/' && !glued
        }
        "PublicKeyToken" => true,     // of an assembly in .NET
        "codiceDestinatario" => true, // of an invoice: an office of the tax authority's exchange
        "AccountName" => {
            // of a storage account in Azure
            let end = behind().position(|byte| *byte == b';').unwrap_or(0);
            text.bytes()[start + end..].starts_with(b";AccountKey=")
        }
        "pass" | "PASS" | "passed" => is_tally(text, start),
        // programs of a mail server
        "imap-login" | "pop3-login" | "submission-login" | "managesieve-login" => true,
        // references of Kubernetes
        "serviceAccountName" | "serviceAccount" | "secretKeyRef" | "secretRef" | "secretName"
        | "imagePullSecrets" => true,
        _ if ends_with(key, "user-agent") => true,
        // A path that was asked for: `"/login": Mismatch`.
        _ if key.starts_with('/') => {
            !matches!(text.at(text.run_within(start, 2, |byte| byte == b' ')), b'"' | b'\'')
        }
        _ => text.at(at) == b':' && text.at(start).is_ascii_digit() && form::is_source(key),
    }
}

/// Does `key` end with `last`, in any case?
fn ends_with(key: &str, last: &str) -> bool {
    let start = key.len().checked_sub(last.len());
    start.and_then(|start| key.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(last))
}

/// `?token= 400`, `?token= HTTP/1.1`: a parameter without a value, at the end of a URL.
pub(super) fn is_empty_parameter(text: Text<'_>, at: usize, key: &str) -> bool {
    let status = text.digits(at + 2) == at + 5 && !is_word(text.at(at + 5));
    let ends = status || text.bytes()[text.len().min(at + 2)..].starts_with(b"HTTP/");
    text.at(at) == b'='
        && text.at(at + 1) == b' '
        && ends
        && at.checked_sub(key.len()).is_some_and(|key| matches!(text.before(key, 1), b'?' | b'&'))
}

/// `string name = 1;`: the number of a field (Protocol Buffers).
pub(super) fn is_field_number(text: Text<'_>, at: usize) -> bool {
    let spaced = text.at(at) == b'=' && text.before(at, 1) == b' ' && text.at(at + 1) == b' ';
    let end = text.run_within(at + 2, 3, |byte| byte.is_ascii_digit());
    spaced && (at + 3..at + 5).contains(&end) && text.at(end) == b';'
}

/// `pass=12 fail=0`, as tests are counted.
fn is_tally(text: Text<'_>, start: usize) -> bool {
    let from = text.run_within(start, 2, |byte| byte == b' ');
    let digits = text.digits(from);
    let next = text.run_within(digits, 3, |byte| matches!(byte, b' ' | b',' | b';'));
    let word = text.run_within(next, 9, |byte| byte.is_ascii_alphabetic());
    let counted = matches!(text.at(word), b'=' | b':') && text.at(word + 1).is_ascii_digit();
    digits > from
        && counted
        && ["fail", "failed", "failures"]
            .iter()
            .any(|failed| text.slice(next..word).eq_ignore_ascii_case(failed))
}

/// Last words of the names of classes that log, and none that holds a value.
static ROLES: WordList<64> = WordList::new(
    "Filter Encoder Service Provider Handler Manager Controller Listener Subscriber Repository Factory Validator Interceptor \
    Client Server Job Task Worker Authenticator Store Storage Generator Logger Middleware Resolver Helper Utils Chain Impl \
    Processor Exception Error",
);

/// Does `key` end with a class, `io.acme.TokenFilter`, as loggers are called?
pub(super) fn is_class(key: &str) -> bool {
    let class = key.rsplit(' ').next().and_then(|word| word.rsplit_once('.'));
    class.is_some_and(|(_, name)| {
        let last = name.rfind(|char: char| char.is_ascii_uppercase()).unwrap_or(0);
        name.starts_with(|char: char| char.is_ascii_uppercase())
            && last > 0
            && ROLES.has(&name.as_bytes()[last..])
    })
}
