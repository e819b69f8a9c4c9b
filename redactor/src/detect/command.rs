//! Secrets given to programs: `curl -u user:password`, `mysql -psecret`, `--password secret`.
//!
//! Invariant: only options that hand a secret over count, on the line of their program; an option that a sentence
//! speaks of (`the --password option`) is none.

use super::names::{Kind, Names};
use super::text::Text;
use super::wordlist::WordList;
use super::{Entity, Finding, Found};
use std::ops::Range;

/// Bytes of a command that are looked at.
const LONGEST: usize = 512;

/// How an option takes its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// In the same word only: `-psecret`.
    Joined,
    /// In the same word or the next.
    Either,
    /// As [`Takes::Either`], and only with a colon or a percent sign in it: `user:password`.
    Pair,
}

/// Programs, their options, and how these take a secret.
const PROGRAMS: [(&str, &[&str], Takes); 17] = [
    ("curl ", &["-u", "--user", "-U", "--proxy-user"], Takes::Pair),
    ("wget ", &["--http-user", "--ftp-user"], Takes::Pair),
    ("smbclient ", &["-U"], Takes::Pair),
    ("mysql ", &["-p"], Takes::Joined),
    ("mysqldump ", &["-p"], Takes::Joined),
    ("mysqladmin ", &["-p"], Takes::Joined),
    ("mysqlimport ", &["-p"], Takes::Joined),
    ("mariadb ", &["-p"], Takes::Joined),
    ("mariadb-dump ", &["-p"], Takes::Joined),
    ("sshpass ", &["-p"], Takes::Either),
    ("redis-cli ", &["-a"], Takes::Either),
    ("ldapsearch ", &["-w"], Takes::Either),
    ("ldapmodify ", &["-w"], Takes::Either),
    ("ldapadd ", &["-w"], Takes::Either),
    ("mongosh ", &["-p"], Takes::Either),
    ("mongodump ", &["-p"], Takes::Either),
    ("docker login ", &["-p"], Takes::Either),
];

/// Programs whose `-u` takes a login, in the same word or the next.
const WITH_USER: [&str; 9] = [
    "mysql ",
    "mysqldump ",
    "mysqladmin ",
    "mysqlimport ",
    "mariadb ",
    "mariadb-dump ",
    "docker login ",
    "mongosh ",
    "mongodump ",
];

/// The login that the option at `option` takes: `-uada`, `-u ada`, `--user=ada`, `--username ada`.
fn user(text: Text<'_>, option: Range<usize>, end: usize) -> Option<Range<usize>> {
    let whole = text.slice(option.clone());
    let joined = whole.strip_prefix("--user=").or_else(|| whole.strip_prefix("--username="));
    let joined = joined.or_else(|| whole.strip_prefix("-u").filter(|login| !login.is_empty()));
    let value = match joined {
        Some(login) => option.end - login.len()..option.end,
        None if matches!(whole, "-u" | "--user" | "--username") => word(text, option.end, end)?,
        None => return None,
    };
    let value = unquoted(text, value);
    super::person::is_user(text.slice(value.clone())).then_some(value)
}

/// Appends the secrets that the command whose program stands at `program` is given.
pub(super) fn arguments(text: Text<'_>, program: &Range<usize>, found: &mut Found) {
    let name = text.slice(program.clone());
    let Some((_, options, takes)) = PROGRAMS.iter().find(|(known, ..)| *known == name) else {
        return;
    };
    let end = text.floor(text.len().min(program.end + LONGEST));
    let mut at = program.end;
    while let Some(word) = word(text, at, end) {
        at = word.end;
        let option = text.slice(word.clone());
        let another = |(name, ..): &(&str, _, _)| name.trim_end() == option;
        if matches!(option, "|" | ";" | "&&" | "||") || PROGRAMS.iter().any(another) {
            return;
        }
        if WITH_USER.contains(&name)
            && let Some(login) = user(text, word.clone(), end)
        {
            found.push(Finding::new(Entity::Name, login));
            continue;
        }
        let Some(known) = options.iter().find(|known| option.starts_with(**known)) else {
            continue;
        };
        let joined = word.start + known.len()..word.end;
        let value = if joined.is_empty() || known.starts_with("--") {
            (*takes != Takes::Joined && joined.is_empty())
                .then(|| self::word(text, at, end))
                .flatten()
        } else {
            Some(joined)
        };
        let Some(value) = value.map(|value| unquoted(text, value)) else { continue };
        let given = text.slice(value.clone());
        let pair = given.contains([':', '%']);
        let is_secret = !given.is_empty()
            && !given.starts_with(['-', '<', '$'])
            && (*takes != Takes::Pair || pair);
        if is_secret {
            let entity = if pair { Entity::UserInfo } else { Entity::Secret };
            found.push(Finding::new(entity, value));
        }
    }
}

/// Words behind an option that is spoken of.
static PROSE: WordList<128> = WordList::new(
    "option options flag flags argument arguments parameter switch is was are or and to for must if in on not required instead \
    with from given via through without when as at by has can cannot should will be may it this that which because but \
    est sont ou et pour dans avec sans ist sind oder und mit ohne è sono con senza",
);

/// The value of the long option that begins at `start`, if its name says that it is a secret's and it is used rather
/// than spoken of.
pub(super) fn option(text: Text<'_>, start: usize, names: &Names) -> Option<Range<usize>> {
    let name = text.run_within(start + 2, 40, |byte| byte.is_ascii_lowercase() || byte == b'-');
    let kind = names.kind(text.slice(start + 2..name));
    if text.at(name) != b' ' || !matches!(kind, Some(Kind::Secret | Kind::Session)) {
        return None;
    }
    let end = text.floor(text.len().min(name + LONGEST));
    let value = unquoted(text, word(text, name, end)?);
    let given = text.slice(value.clone());
    let spoken_of = given.starts_with(['-', '<', '$', '|']) || PROSE.has(given.as_bytes());
    (!given.is_empty() && !spoken_of).then_some(value)
}

/// The next word from `at` on: quotes hold it together.
fn word(text: Text<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let start = text.run_within(at, end.saturating_sub(at), |byte| byte == b' ');
    if start >= end {
        return None;
    }
    let quote = text.at(start);
    let last = if matches!(quote, b'"' | b'\'') {
        let last = text.run_within(start + 1, end.saturating_sub(start + 1), |byte| byte != quote);
        end.min(last + 1)
    } else {
        text.run_within(start, end - start, |byte| byte > b' ')
    };
    let len = last.saturating_sub(start);
    (len > 0).then(|| start..start + len)
}

/// `word` without its quotes, or one that closes what the command stands in.
fn unquoted(text: Text<'_>, word: Range<usize>) -> Range<usize> {
    let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    let start = word.start + usize::from(quote(text.at(word.start)));
    let inside = text.slice(start.min(word.end)..word.end);
    start.min(word.end)
        ..start.min(word.end) + inside.trim_end_matches(['"', '\'', '`', ',', ')']).len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn what_programs_are_given_is_found() {
        for (text, clear) in [
            ("$ curl -u ada:lovelace https://x.fr/a", "$ curl -u <userinfo> https://x.fr/a"),
            ("curl -s --user 'ada:love lace' x.fr", "curl -s --user '<userinfo>' x.fr"),
            ("mysql -h db -u root -pSesame shop", "mysql -h db -u root -p<secret> shop"),
            ("/usr/bin/mysqldump -psesame --all", "/usr/bin/mysqldump -p<secret> --all"),
            ("sshpass -p sesame ssh x", "sshpass -p <secret> ssh x"),
            ("run: \"redis-cli -a sesame\" failed", "run: \"redis-cli -a <secret>\" failed"),
            ("mysqldump -uxylqw -pSesame shop", "mysqldump -u<name> -p<secret> shop"),
            ("docker login -u xylqw reg.example", "docker login -u <name> reg.example"),
            ("app --password sesame --port 12", "app --password <secret> --port 12"),
            ("app --api-key=sesame", "app --api-key=<secret>"),
            ("app --token \"sesame\"", "app --token \"<secret>\""),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn what_is_spoken_of_stays() {
        for text in [
            "curl -u is deprecated",
            "mysql -p -h db shop",
            "mysql -u root shop",
            "the --password option is required",
            "passing --password via the shell is unsafe",
            "use --password or --token instead",
            "curl https://x.fr/a:b",
            "--token-ttl 3600",
            "curl error 28",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
