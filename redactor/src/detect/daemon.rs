//! Logins as well-known daemons write them: `user@database` of PostgreSQL, the slow log of MySQL, owners in the list
//! of a folder; and behind words that only a login follows.
//!
//! Invariant: the daemon's form is seen around the login, and it is none that every machine has. Place on the path:
//! beginnings that [`literal`](super::literal) looks for, and `@`.

use super::account::is_signed;
use super::cue::is_service;
use super::form::is_state;
use super::person::is_user;
use super::text::{Text, is_word};
use std::ops::Range;

/// Bytes of a login.
const LONGEST: usize = 64;

const fn is_login_byte(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'-')
}

/// The login before the `@` at `at` in a prefix of PostgreSQL's lines: `ada@shop FATAL:  …`.
pub(super) fn of_database(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    const LEVELS: [&str; 9] = [
        "LOG:",
        "FATAL:",
        "ERROR:",
        "DETAIL:",
        "HINT:",
        "STATEMENT:",
        "WARNING:",
        "CONTEXT:",
        "PANIC:",
    ];
    let start = text.run_back(at, LONGEST, is_login_byte);
    let end = text.run_within(at + 1, LONGEST, is_login_byte);
    let rest = &text.bytes()[end..];
    let leveled = rest.first() == Some(&b' ')
        && LEVELS.iter().any(|level| rest[1..].starts_with(level.as_bytes()));
    (leveled && end > at + 1 && is_login(text.slice(start..at))).then_some(start..at)
}

/// Both logins of `# User@Host: ada[ada] @ …`, as MySQL's slow log has them.
pub(super) fn of_slow_log(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let open = text.run_within(start, LONGEST, is_login_byte);
    let close = text.run_within(open + 1, LONGEST, is_login_byte);
    let whole = text.at(open) == b'[' && text.at(close) == b']' && open > start;
    let person =
        || [start..open, open + 1..close].into_iter().any(|name| is_login(text.slice(name)));
    (whole && person()).then_some(start..close)
}

/// The owner in a line of `ls -l` whose permissions begin at `start`: `-rw-r--r-- 1 ada staff 18824 Jun 11 …`.
pub(super) fn owner(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let mode = |byte: u8| matches!(byte, b'r' | b'w' | b'x' | b's' | b'S' | b't' | b'T' | b'-');
    let end = text.run_within(start + 1, 9, mode);
    let end = if end == start + 10 {
        end + usize::from(matches!(text.at(end), b'+' | b'.' | b'@'))
    } else {
        return None;
    };
    let links = text.run_within(end, 4, |byte| byte == b' ');
    let gap = text.digits(links);
    let first = text.run_within(gap, 4, |byte| byte == b' ');
    let last = text.run_within(first, LONGEST, is_login_byte);
    let fits = links > end && gap > links && first > gap && text.at(last) == b' ';
    let group = text.run_within(last, 4, |byte| byte == b' ');
    let group = group..text.run_within(group, LONGEST, is_login_byte);
    // Many users have a group of their own, of the same name.
    let own = text.slice(group.clone()) == text.slice(first..last);
    let end = if own { group.end } else { last };
    (fits && is_user(text.slice(first..last))).then_some(first..end)
}

/// The login at `start` in the brackets of a service, `imap(ada)<77>`, or between its marks.
pub(super) fn in_brackets(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = text.run_within(start, LONGEST, is_login_byte);
    let closed = text.at(end) == b')' && matches!(text.at(end + 1), b'<' | b':' | b'[');
    (closed && is_login(text.slice(start..end))).then_some(start..end)
}

/// The login at `start`, which ends the clause, behind a word that says nothing else: `username ada, …`.
pub(super) fn named(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = text.run_within(start, LONGEST, is_login_byte);
    let login = text.slice(start..end).trim_end_matches(['.', '-']);
    let next = text.at(start + login.len());
    let closes = matches!(next, 0 | b',' | b';' | b')' | b'\n' | b'.' | b'"' | b'|' | b':');
    let fits = closes && is_user(login) && !is_state(login) && !is_said(login);
    fits.then(|| start..start + login.len())
}

/// As [`named`], behind a word that also says what became of an account: a password must follow, or a sign of a person
/// be in it.
pub(super) fn with_password(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    const WORDS: [&str; 14] = [
        "password",
        "passwort",
        "kennwort",
        "mot de passe",
        "mdp",
        "pwd",
        "pass ",
        "contrase",
        "senha",
        "wachtwoord",
        "has\u{142}o",
        "heslo",
        "l\u{f6}senord",
        "pw ",
    ];
    let login = named(text, start)?;
    let rest = text.slice(login.end..text.floor(text.len().min(login.end + 24))).to_lowercase();
    let rest = rest.trim_start_matches([',', ';', ' ', '/']);
    let rest = ["und ", "et ", "and ", "e ", "y "]
        .iter()
        .find_map(|and| rest.strip_prefix(and))
        .unwrap_or(rest);
    let signed = || is_signed(text.slice(login.clone()));
    (WORDS.iter().any(|word| rest.starts_with(word)) || signed()).then_some(login)
}

/// A participle or an adjective, as sentences about accounts end with.
fn is_said(word: &str) -> bool {
    const ENDINGS: [&str; 9] = ["ed", "ing", "able", "tion", "ions", "iert", "ert", "icht", "lich"];
    !word.contains(|char: char| char.is_ascii_digit() || char == '.' || char == '_')
        && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

fn is_login(login: &str) -> bool {
    let letters = login.bytes().filter(u8::is_ascii_lowercase).count();
    letters >= 3 && !is_service(login)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn daemons_name_logins_in_their_places() {
        for (text, clear) in [
            ("[81] qwertx@ledger FATAL:  no", "[81] <name>@ledger FATAL:  no"),
            (
                "# User@Host: qwertx[qwertx] @ web [10.0.0.1]",
                "# User@Host: <name>] @ web [10.0.0.0/24]",
            ),
            (
                "-rw-r--r-- 1 qwertx staff 88 Jun 1 2025 a.gz",
                "-rw-r--r-- 1 <name> staff 88 Jun 1 2025 a.gz",
            ),
            ("drwxr-x---+ 4 qwertx qwertx 88 Jun 1 x", "drwxr-x---+ 4 <name> 88 Jun 1 x"),
            (
                "dovecot: imap(qwertx)<77><a>: Logged out",
                "dovecot: imap(<name>)<77><a>: Logged out",
            ),
            ("CRON[61]: (qwertx) CMD (/bin/x)", "CRON[61]: (<name>) CMD (/bin/x)"),
            (
                "vsftpd: [pid 3] [qwertx] OK UPLOAD: Client x",
                "vsftpd: [pid 3] [<name>] OK UPLOAD: Client x",
            ),
            ("vfs_full_audit: qwertx|host|open", "vfs_full_audit: <name>|host|open"),
            (
                "REQUEST localhost - qwertx \"POST /printers/a\"",
                "REQUEST localhost - <name> \"POST /printers/a\"",
            ),
            (
                "attempts exceeded for qwertx from x port 4",
                "attempts exceeded for <name> from x port 4",
            ),
            ("locked out, username qwertx\nthanks", "locked out, username <name>\nthanks"),
            ("login qwertx, mot de passe perdu", "login <name>, mot de passe perdu"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn what_stands_in_the_same_places() {
        for text in [
            "[81] postgres@ledger FATAL:  no",
            "# User@Host: root[root] @ localhost []",
            "-rw-r--r-- 1 root root 88 Jun 1 2025 a.gz",
            "imap(mailbox, flags)",
            "CRON[61]: (root) CMD (/bin/x)",
            "rate limit exceeded for requests from x",
            "username required, login attempts, login screen.",
            "the username is optional, username rejected.",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
