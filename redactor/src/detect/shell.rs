//! Logins that a shell shows or is told: its prompt (`ada@build-7:~/src$`), the target of a copy or a session
//! (`ssh ada@build-7`).
//!
//! Invariant: the host has no top-level domain, else it is an address of mail; accounts that every machine has stay.
//! Place on the path: asked by `examine` at an `@` that belongs to no such address.

use super::text::{Text, is_word};
use super::wordlist::WordList;
use super::{account, cue};
use std::ops::Range;

/// Bytes of a login and of a host.
const LONGEST: usize = 64;
/// Bytes of a command line that are looked at before a target.
const COMMAND: usize = 96;

/// Programs that take a login and a host.
static PROGRAMS: WordList<32> =
    WordList::new("ssh scp sftp rsync mosh autossh sshfs ssh-copy-id slogin sshpass rlogin");

/// The login in front of the `@` at `at`.
pub(super) fn login(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let part = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    let start = text.run_back(at, LONGEST, part);
    let host = text.run_within(at + 1, LONGEST, part);
    let opens =
        matches!(text.before(start, 1), 0..=b' ' | b'[' | b'(' | b'"' | b'\'' | b'/' | b'`' | b':');
    if start == at || host == at + 1 || !opens || !text.at(at + 1).is_ascii_alphanumeric() {
        return None;
    }
    let lettered = text.bytes()[at + 1..host].iter().any(u8::is_ascii_alphabetic); // no version
    let shown = is_path(text, host)
        || is_uri(text, start)
        || is_bracketed(text, start, host)
        || is_target(text, start);
    let login = text.slice(start..at);
    let letters = login.bytes().filter(u8::is_ascii_alphabetic).count();
    (shown && lettered && letters >= 3 && !cue::is_service(login) && !is_role(login))
        .then_some(start..at)
}

/// A path behind the colon at `host`: `ada@build-7:~/src`, `ada@build-7:/srv`.
fn is_path(text: Text<'_>, host: usize) -> bool {
    text.at(host) == b':' && matches!(text.at(host + 1), b'~' | b'/')
}

/// `sip:ada@pbx` (RFC 3261), `ssh://ada@build-7`
fn is_uri(text: Text<'_>, start: usize) -> bool {
    let before = &text.bytes()[..start];
    [&b"sip:"[..], b"sips:", b"xmpp:", b"ssh://", b"sftp://"].iter().any(|it| before.ends_with(it))
}

/// `[ada@build-7 src]$`
fn is_bracketed(text: Text<'_>, start: usize, host: usize) -> bool {
    let close = text.run_within(host, LONGEST, |byte| !matches!(byte, b']' | b'\n'));
    text.before(start, 1) == b'['
        && text.at(host) == b' '
        && text.at(close) == b']'
        && matches!(text.at(close + 1), b'$' | b'#' | b'%')
}

/// Does one of the programs stand before `start`, in the same line?
fn is_target(text: Text<'_>, start: usize) -> bool {
    let line = text.run_back(start, COMMAND, |byte| byte != b'\n');
    let before = text.slice(line..start);
    matches!(text.before(start, 1), b' ' | b'"' | b'\'' | b'/')
        && before.split([' ', '"', '\'', ':', '(', '`']).any(|word| PROGRAMS.has(word.as_bytes()))
}

/// Parts of the names of accounts that run something.
static ROLES: WordList<32> =
    WordList::new("bot ci cd runner robot ops svc worker builder agent cron node web app user");

/// `deploy_bot`, `ec2-user`, `ci-runner`: who runs something rather than somebody.
fn is_role(login: &str) -> bool {
    let mut parts = login.split(['-', '_', '.']);
    let role = |part: &str| ROLES.has_any_case(part) || cue::is_service(part);
    !account::has_name(login) && parts.any(role)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn logins_at_hosts_go() {
        for (text, clear) in [
            ("qwertx@build-07:~/src$ make", "<name>@build-07:~/src$ make"),
            ("xylo.q@web2:/srv/app# ls", "<name>@web2:/srv/app# ls"),
            ("[qwertx@db1 ~]$ psql", "[<name>@db1 ~]$ psql"),
            ("ssh -p 22 qwertx@bastion uptime", "ssh -p 22 <name>@bastion uptime"),
            ("rsync -a ./d/ \"xyl42@web-2\":/w", "rsync -a ./d/ \"<name>@web-2\":/w"),
            ("from \"x\" <sip:qwertx@pbx>", "from \"x\" <sip:<name>@pbx>"),
            ("ssh: connect to qwertx@10-db failed", "ssh: connect to <name>@10-db failed"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn what_runs_everywhere_and_what_is_no_host_stays() {
        for text in [
            "root@web1:~# tail -f x",
            "deploy@prod:/app$ ls",
            "ssh ci-runner@build exited 255",
            "app_backup@db1:/dump",
            "ssh git@forge:tools.git",
            "image app@sha256:0a1b",
            "lodash@latest: fetched",
            "lodash@4.17.21:/x",
            "npm install colours@next",
            "queue mails@worker-3 drained",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
