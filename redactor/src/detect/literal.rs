//! What is known by how it begins: JSON Web Tokens, credentials of `Authorization`, API keys of
//! well-known services, private keys, home directories.
//!
//! Invariant: one pass over the text for all of them; a finding reaches to the end of its token.

use super::cue::{self, CUES};
use super::names::Names;
use super::text::{Text, is_word};
use super::{Entity, Finding, Found, hl7, person, table};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, packed};
use base64::Engine as _;
use std::ops::Range;

/// What a beginning announces.
#[derive(Clone, Copy)]
enum Begins {
    Jwt,
    Scheme,
    Key,
    Pem,
    Home,
    Values,
    Card,
    Title,
    Cue(cue::Cue),
    Segment,
}

/// Beginnings, and the least number of token characters that must follow. Case is exact: the
/// searcher is fastest then, and schemes come in three writings.
const BEGINNINGS: [(&str, Begins, usize); 63] = [
    ("PID|", Begins::Segment, 0),
    ("NK1|", Begins::Segment, 0),
    ("eyJ", Begins::Jwt, 0),
    ("Bearer ", Begins::Scheme, 0),
    ("bearer ", Begins::Scheme, 0),
    ("BEARER ", Begins::Scheme, 0),
    ("Basic ", Begins::Scheme, 0),
    ("basic ", Begins::Scheme, 0),
    ("BASIC ", Begins::Scheme, 0),
    ("Digest ", Begins::Scheme, 0),
    ("digest ", Begins::Scheme, 0),
    ("Negotiate ", Begins::Scheme, 0),
    ("NTLM ", Begins::Scheme, 0),
    ("Token ", Begins::Scheme, 0),
    ("AKIA", Begins::Key, 16),
    ("ASIA", Begins::Key, 16),
    ("sk_live_", Begins::Key, 8),
    ("sk_test_", Begins::Key, 8),
    ("rk_live_", Begins::Key, 8),
    ("whsec_", Begins::Key, 16),
    ("sk-ant-", Begins::Key, 16),
    ("sk-proj-", Begins::Key, 16),
    ("ghp_", Begins::Key, 20),
    ("gho_", Begins::Key, 20),
    ("ghu_", Begins::Key, 20),
    ("ghs_", Begins::Key, 20),
    ("ghr_", Begins::Key, 20),
    ("github_pat_", Begins::Key, 16),
    ("glpat-", Begins::Key, 16),
    ("glrt-", Begins::Key, 16),
    ("xox", Begins::Key, 12),
    ("xapp-", Begins::Key, 10),
    ("AIza", Begins::Key, 30),
    ("ya29.", Begins::Key, 16),
    ("npm_", Begins::Key, 30),
    ("pypi-", Begins::Key, 30),
    ("dop_v1_", Begins::Key, 30),
    ("shpat_", Begins::Key, 20),
    ("hf_", Begins::Key, 30),
    ("SG.", Begins::Key, 30),
    ("AGE-SECRET-KEY-1", Begins::Key, 20),
    ("PRIVATE KEY-----", Begins::Pem, 0),
    ("/home/", Begins::Home, 0),
    ("/Users/", Begins::Home, 0),
    ("\\Users\\", Begins::Home, 0),
    ("\\users\\", Begins::Home, 0),
    ("VALUES", Begins::Values, 0),
    ("values", Begins::Values, 0),
    ("BEGIN:VCARD", Begins::Card, 0),
    ("M. ", Begins::Title, 0),
    ("Mme ", Begins::Title, 0),
    ("Mr ", Begins::Title, 0),
    ("Mr. ", Begins::Title, 0),
    ("Mrs ", Begins::Title, 0),
    ("Mrs. ", Begins::Title, 0),
    ("Herr ", Begins::Title, 0),
    ("Frau ", Begins::Title, 0),
    ("Sig. ", Begins::Title, 0),
    ("Sig.ra ", Begins::Title, 0),
    ("Dr. ", Begins::Title, 0),
    ("Dott. ", Begins::Title, 0),
    ("Madame ", Begins::Title, 0),
    ("Monsieur ", Begins::Title, 0),
];

/// The searcher for all beginnings: many bytes at a time where the processor can, else an automaton.
pub(super) enum Literals {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Literals {
    pub(super) fn new() -> Self {
        let cues = || CUES.iter().map(|(beginning, _)| beginning);
        let beginnings = || BEGINNINGS.iter().map(|(beginning, ..)| beginning).chain(cues());
        let packed = packed::Config::new().builder().extend(beginnings()).build();
        packed.map_or_else(|| Self::Automaton(automaton(beginnings())), Self::Packed)
    }

    /// Appends what begins with one of them in `window`.
    pub(super) fn find(
        &self,
        text: Text<'_>,
        window: Range<usize>,
        names: &Names,
        found: &mut Found,
    ) {
        let bytes = &text.bytes()[window.clone()];
        match self {
            Self::Packed(packed) => each(text, window.start, packed.find_iter(bytes), names, found),
            Self::Automaton(plain) => {
                each(text, window.start, plain.find_iter(bytes), names, found)
            }
        }
    }
}

fn automaton(beginnings: impl Iterator<Item = impl AsRef<[u8]>>) -> AhoCorasick {
    let dfa = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(beginnings);
    dfa.expect("a few hundred short patterns fit any automaton")
}

/// Appends what begins at `hits`, which count from `base`.
fn each(
    text: Text<'_>,
    base: usize,
    hits: impl Iterator<Item = Match>,
    names: &Names,
    found: &mut Found,
) {
    let mut done = 0;
    for hit in hits {
        let at = base + hit.start()..base + hit.end();
        if at.start < done || is_inside(text, at.start) {
            continue;
        }
        let known = hit.pattern().as_usize();
        let (_, begins, least) = match BEGINNINGS.get(known) {
            Some(beginning) => *beginning,
            None => ("", Begins::Cue(CUES[known - BEGINNINGS.len()].1), 0),
        };
        let finding = match begins {
            Begins::Cue(cue) => cue::announced(text, at.clone(), cue, names),
            Begins::Jwt => jwt(text, at.start).map(|range| (Entity::Jwt, range)),
            Begins::Scheme => credentials(text, at).map(|range| (Entity::Authorization, range)),
            Begins::Key => key(text, at, least).map(|range| (Entity::Secret, range)),
            Begins::Pem => pem(text, at).map(|range| (Entity::Secret, range)),
            Begins::Home => home(text, at.end).map(|range| (Entity::HomePath, range)),
            Begins::Title => person::titled(text, at.end).map(|range| (Entity::Name, range)),
            Begins::Values => {
                table::insert(text, at, names, found);
                None
            }
            Begins::Segment => {
                hl7::segment(text, at.end, found);
                None
            }
            Begins::Card => {
                person::card(text, at.end, found);
                None
            }
        };
        if let Some((entity, range)) = finding {
            done = range.end;
            found.push(Finding::new(entity, range));
        }
    }
}

/// A beginning in the middle of a word is none (`Users` and PEM have their own first character).
fn is_inside(text: Text<'_>, start: usize) -> bool {
    text.at(start).is_ascii_alphanumeric() && text.before(start, 1).is_ascii_alphanumeric()
}

const fn is_token(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.' | b'~' | b'+' | b'/')
}

/// Header, payload and signature, or the five parts of an encrypted one.
fn jwt(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let is_part = |byte: u8| is_word(byte) || byte == b'-';
    let header = text.run(start, is_part);
    if text.at(header) != b'.' || header - start < 10 {
        return None;
    }
    let end = text.run(header, |byte| is_part(byte) || byte == b'.');
    (end > header + 4).then_some(start..end)
}

/// What follows an authentication scheme; plain words (`Basic auth required`) are no credentials.
fn credentials(text: Text<'_>, scheme: Range<usize>) -> Option<Range<usize>> {
    let start = text.run(scheme.end, |byte| byte == b' ');
    let token = text.run(start, is_token);
    let value = text.slice(start..token);
    if text.at(token) == b'=' && text.at(token + 1) == b'"' {
        return Some(start..text.run(token, |byte| byte != b'\n' && byte != b'\r'));
    }
    let end = text.run(token, |byte| byte == b'=');
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let is_credential = value.len() >= 20
        || (value.len() >= 8 && has_digit)
        || (text.at(scheme.start) | 0x20 == b'b' && is_user_and_password(value));
    is_credential.then_some(start..end)
}

/// Does `value` hold `user:password` in base64 (RFC 7617)?
fn is_user_and_password(value: &str) -> bool {
    super::packed::LENIENT.decode(value).is_ok_and(|bytes| bytes.contains(&b':'))
}

fn key(text: Text<'_>, beginning: Range<usize>, least: usize) -> Option<Range<usize>> {
    if text.slice(beginning.clone()) == "xox" && text.at(beginning.end + 1) != b'-' {
        return None; // `xox` and a letter
    }
    let end = text.run(beginning.end, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    (end - beginning.end >= least).then_some(beginning.start..end)
}

/// A private key in PEM (RFC 7468), up to its end or the end of the text.
fn pem(text: Text<'_>, marker: Range<usize>) -> Option<Range<usize>> {
    let begin = text.floor(marker.start.saturating_sub(32));
    let start = begin + text.slice(begin..marker.start).rfind("-----BEGIN")?;
    let rest = text.slice(marker.end..text.len());
    let end = rest.find("PRIVATE KEY-----").map_or(text.len(), |n| marker.end + n + 16);
    Some(start..end)
}

/// The user in a home directory, unless a service runs under that name everywhere.
fn home(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    const EVERYWHERE: [&str; 14] = [
        "Public", "Shared", "Default", "app", "admin", "circleci", "deploy", "ec2-user", "git",
        "node", "runner", "ubuntu", "vagrant", "www-data",
    ];
    let outside =
        |byte: u8| matches!(byte, b'/' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b':' | 0..=b' ');
    let end = text.run(start, |byte| !outside(byte));
    let user = text.slice(start..end);
    (!user.is_empty() && !EVERYWHERE.contains(&user)).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Entity, &str)> {
        let mut found = Vec::new();
        Literals::new().find(Text::new(text), 0..text.len(), &Names::new(), &mut found);
        found.into_iter().map(|finding| (finding.entity, &text[finding.range])).collect()
    }

    #[test]
    fn each_beginning_reaches_to_its_end() {
        use Entity::{Authorization, HomePath, Jwt, Secret};
        for (text, entity, what) in [
            (
                "t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_9&x",
                Jwt,
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_9",
            ),
            ("Authorization: Bearer abcdef0123456789; x", Authorization, "abcdef0123456789"),
            ("was: Basic am9lOnB3 ok", Authorization, "am9lOnB3"),
            ("Basic dXNlcjpwYXNzd29yZA==", Authorization, "dXNlcjpwYXNzd29yZA=="),
            (
                "Digest username=\"joe\", realm=\"x\"\nnext",
                Authorization,
                "username=\"joe\", realm=\"x\"",
            ),
            ("key AKIAIOSFODNN7EXAMPLE.", Secret, "AKIAIOSFODNN7EXAMPLE."),
            (
                "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
                Secret,
                "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
            ),
            ("at /home/jdupont/app/x.js", HomePath, "jdupont"),
            (r"in C:\Users\jdupont\repo", HomePath, "jdupont"),
            ("/Users/Zoë/x", HomePath, "Zoë"),
        ] {
            assert_eq!(found(text), [(entity, what)], "{text}");
        }
        let pem = "x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y";
        assert_eq!(found(pem), [(Secret, &pem[2..pem.len() - 2])]);
    }

    #[test]
    fn plain_words_are_clean() {
        for text in [
            "Basic auth required",
            "Bearer token missing",
            "Digest algorithm",
            "/home/<user>/x",
            "/home/runner/work",
            "eyJabc",
            "heyJude.is.a.song",
            "hf_short",
            "Token expired",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
