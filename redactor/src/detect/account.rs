//! Accounts by the form of what they stand in: lines of `passwd` and `shadow`, hashes of passwords, mentions, and
//! addresses of profiles.
//!
//! Invariant: a login without a sign of its own (a name in it, a digit, a mark) is none; an account that every machine
//! has neither.

use super::cue::is_service;
use super::email::is_top_level;
use super::given::is_given;
use super::person::is_user;
use super::text::{Text, is_word};
use super::{Entity, Finding, Found, Rule};
use crate::vocabulary;
use std::ops::Range;

/// Bytes of a login.
const LONGEST: usize = 64;
/// Bytes of a hash behind its method.
const SHORTEST_HASH: usize = 20;

/// Bytes of a hash with its parameters.
const LONGEST_HASH: usize = 384;

/// The hash (crypt(5)) whose first `$` is at `start`: `$6$salt$…`, `$2y$10$…`, `$argon2id$…`.
pub(super) fn hash(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let method = text.run_within(start + 1, 10, |byte| byte.is_ascii_alphanumeric());
    let known = matches!(
        text.slice(start + 1..method),
        "1" | "5" | "6" | "2" | "2a" | "2b" | "2x" | "2y" | "y" | "gy" | "7"
    ) || text.slice(start + 1..method).starts_with("argon2");
    let part =
        |byte: u8| is_word(byte) || matches!(byte, b'.' | b'/' | b'$' | b'+' | b'=' | b',' | b'-');
    let end = text.run_within(method, LONGEST_HASH, part);
    let end = start + text.slice(start..end).trim_end_matches([',', '.', '-', '=']).len();
    (known && text.at(method) == b'$' && end - method >= SHORTEST_HASH).then_some(start..end)
}

/// The hash behind its scheme, whose `{` is at `start`: `{SSHA}…`, `{BLF-CRYPT}…` (RFC 2307).
pub(super) fn with_scheme(text: Text<'_>, start: usize, found: &mut Found) {
    let close = text.run_within(start + 1, 20, |byte| is_word(byte) || byte == b'-');
    let part = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'/' | b'$' | b'+' | b'=');
    let end = text.run_within(close + 1, LONGEST_HASH, part);
    if text.at(close) == b'}' && end - close > SHORTEST_HASH {
        found.push(Finding::new(Entity::Secret, start..end));
        if text.before(start, 1) == b':' {
            add(before(text, start - 1), found);
        }
    }
}

/// Appends the hash that begins at `start`, and the login before its colon: `ada:$6$…`.
pub(super) fn with_hash(text: Text<'_>, start: usize, found: &mut Found) {
    let inside = |byte: u8| is_word(byte) || matches!(byte, b'$' | b'/' | b'.');
    if inside(text.before(start, 1)) {
        return; // a parameter of the hash before
    }
    let Some(hash) = hash(text, start) else { return };
    found.push(Finding::new(Entity::Secret, hash));
    if text.before(start, 1) == b':' {
        add(before(text, start - 1), found);
    }
}

/// Appends the login of the line of `passwd` (passwd(5)) whose `:x:` is at `mark`: `ada:x:1000:1000:…`.
pub(super) fn passwd(text: Text<'_>, mark: Range<usize>, found: &mut Found) {
    let user = text.digits(mark.end);
    let group = text.digits(user + 1);
    if user > mark.end && text.at(user) == b':' && group > user + 1 && text.at(group) == b':' {
        add(before(text, mark.start), found);
    }
}

fn add(login: Option<Range<usize>>, found: &mut Found) {
    found.extend(login.map(|range| Finding::new(Entity::Name, range).by(Rule::Structure)));
}

/// The login that ends at `end`.
pub(super) fn before(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let start = text.run_back(end, LONGEST, is_login_byte);
    let login = text.slice(start..end);
    let letters = login.bytes().filter(u8::is_ascii_lowercase).count();
    (letters >= 3 && !is_service(login)).then_some(start..end)
}

const fn is_login_byte(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'-')
}

/// The person mentioned behind the `@` at `at`: `@ada_lovelace`, `reporter=@ada.l42`.
pub(super) fn mention(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let opens =
        matches!(text.before(at, 1), 0..=b' ' | b'(' | b'"' | b'\'' | b'=' | b',' | b':' | b'>');
    if text.before(at, 1) == b'/' {
        let profile = profile(text, at + 1)?;
        return (text.at(profile.end) != b'/').then_some(profile); // no scope of a package
    }
    if !opens {
        return None;
    }
    let end = text.run_within(at + 1, LONGEST, is_login_byte);
    let login = text.slice(at + 1..end).trim_end_matches(['.', '-']);
    let end = at + 1 + login.len();
    let next = text.run_within(end, 1, |byte| byte == b' ');
    let code = matches!(text.at(end), b'/' | b':' | b'(') || text.at(next) == b'=';
    (!code && has_name(login)).then_some(at + 1..end)
}

/// The login in the address of a profile, whose path up to it ends at `start`: `/users/ada.l`, `/@ada_l`.
pub(super) fn profile(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = text.run_within(start, LONGEST, is_login_byte);
    let login = text.slice(start..end).trim_end_matches(['.', '-']);
    let file = login.rsplit_once('.').is_some_and(|(_, kind)| kind.len() <= 4);
    let person = is_user(login) && !file && login.contains('.') || is_signed(login);
    person.then(|| start..start + login.len())
}

/// The login behind `linkedin.com/in/`.
pub(super) fn linked(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    if !text.slice(text.ceil(start.saturating_sub(24))..start).contains("linkedin.") {
        return None;
    }
    let end =
        text.run_within(start, LONGEST, |byte| is_login_byte(byte) || byte == b'%' || byte >= 0x80);
    let login = text.slice(start..text.floor(end)).trim_end_matches(['.', '-']);
    (login.len() >= 3).then(|| start..start + login.len())
}

/// The login at `start` behind words that others follow too: one with a name, a digit or a mark in it.
pub(super) fn signed(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = text.run_within(start, LONGEST, is_login_byte);
    let login = text.slice(start..end).trim_end_matches(['.', '-']);
    let next = text.at(start + login.len());
    let ends = matches!(
        next,
        0..=b' ' | b'.' | b',' | b';' | b'!' | b'?' | b'"' | b'\'' | b')' | b'@' | b'&'
    );
    let rest = &text.bytes()[start + login.len()..];
    let acts = || is_user(login) && ACTS.iter().any(|act| rest.starts_with(act.as_bytes()));
    (ends && !is_host(login) && (is_signed(login) || acts())).then(|| start..start + login.len())
}

/// `registry.example.org`: three labels or more, the last a top-level domain, the first no name.
fn is_host(login: &str) -> bool {
    let (first, last) = (login.split('.').next(), login.rsplit('.').next());
    login.split('.').count() >= 3
        && last.is_some_and(|last| is_top_level(last, true))
        && !first.is_some_and(is_given)
}

/// The login at `start` of an initial and a name: `assigned to p.novak`.
pub(super) fn initialed(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    signed(text, start).filter(|range| is_initialed(text.slice(range.clone())))
}

/// `p.novak`
fn is_initialed(login: &str) -> bool {
    let fits = |(initial, name): (&str, &str)| {
        let letter = |byte: u8| byte.is_ascii_lowercase();
        initial.len() == 1 && name.len() >= 4 && name.bytes().all(letter) && is_user(login)
    };
    login.split_once('.').is_some_and(fits)
}

/// Is `login` seen to be a person's: by two digits or more at its end, by an initial, or by a name in it?
pub(super) fn is_signed(login: &str) -> bool {
    let digits = login.len() - login.trim_end_matches(|char: char| char.is_ascii_digit()).len();
    is_user(login) && (2..=4).contains(&digits) || is_initialed(login) || has_name(login)
}

/// What only a person who has an account does, behind the login.
const ACTS: [&str; 12] = [
    " logged in",
    " logged out",
    " logged on",
    " logged off",
    " signed in",
    " signed out",
    " hat sich an",
    " hat sich ab",
    " s'est connecté",
    " s'est déconnecté",
    " ha effettuato l",
    " inició sesión",
];

/// Is `login` made of a person's name: `ada.lovelace`, `jeanluc_m`, `sabineho42`?
pub(super) fn has_name(login: &str) -> bool {
    let letters = |part: &str| part.trim_end_matches(|char: char| char.is_ascii_digit()).len();
    let named = |part: &str| {
        let part = &part[..letters(part)];
        let whole = part.len() >= 4 && is_given(part);
        whole || (5..part.len()).rev().take(3).any(|len| is_given(&part[..len]))
    };
    let mut parts = login.split(['.', '_', '-']);
    let alone = !login.contains(['.', '_', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    login.is_ascii()
        && login.len() >= 6
        && login.starts_with(|char: char| char.is_ascii_lowercase())
        && !alone
        && parts.clone().count() <= 3
        && !parts.clone().any(vocabulary::knows)
        && parts.any(named)
        && !is_service(login)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn accounts_in_their_places() {
        for (text, clear) in [
            ("qwertx:x:1001:1001:,,,:/srv:/bin/sh", "<name>:x:1001:1001:,,,:/srv:/bin/sh"),
            ("xyl.q:$6$Salt0123$0123456789abcdefABCDEF./:20165:0", "<name>:<secret>:20165:0"),
            ("hash=$2y$10$0123456789abcdefABCDEFGHIJKLMN set", "hash=<secret> set"),
            (
                "{\"h\":\"$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub\"}",
                "{\"h\":\"<secret>\"}",
            ),
            ("xyl.q:{SSHA}0123456789abcdefABCDEF==:20165:0", "<name>:<secret>:20165:0"),
            ("@sabine_qw can you look", "@<name> can you look"),
            ("ticket assigned to x.qwert by q.xylo", "ticket assigned to <name> by q.xylo"),
            ("User qwertx logged in", "User <name> logged in"),
            ("imap(qwertx)<81>: Disconnected", "imap(<name>)<81>: Disconnected"),
            ("sudo -u qwertx php x", "sudo -u <name> php x"),
            ("reporter=@jonathan.qw done", "reporter=@<name> done"),
            (
                "actor https://x.example/users/xyl.qwert done",
                "actor https://x.example/users/<name> done",
            ),
            ("https://x.example/@xylqw42", "https://x.example/@<name>"),
            ("https://www.linkedin.com/in/xylqw\"", "https://www.linkedin.com/in/<name>\""),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn what_looks_like_an_account() {
        for text in [
            "root:x:0:0:root:/root:/bin/bash",
            "postgres:x:112:120:,,,:/srv:/bin/sh",
            "a:x:b",
            "cost $5$ and $6",
            "path /users/settings and /users/42/edit and /user/profile.html",
            "@angular/core @types/node @media print",
            "@pytest.mark.skip",
            "SET @last_insert = 4",
            "/users/picture_large and /users/export.csv",
            "user level2 of user settings",
            "user session logged in, assigned to i.e. nobody, driver a.service",
            "sudo -u www-data php, chown root:root x, su - postgres",
            "worker opened file a.txt",
            "https://cdn.example/@scope_a/pkg@1.2.3",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
