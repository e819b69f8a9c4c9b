//! What is known by how it begins: JSON Web Tokens, credentials of `Authorization`, API keys of
//! well-known services, private keys, home directories.
//!
//! Invariant: asked only where the pass over the bytes saw three letters that one of them has; a finding reaches to the
//! end of its token.

use super::cue::{self, CUES, EUROPE, FURTHER};
use super::names::Names;
use super::text::{Text, Work, is_word};
use super::{Entity, Finding, Found, account, bound, command, hl7, person, statement, told};
use base64::Engine as _;
use std::ops::Range;

/// What a beginning announces.
#[derive(Clone, Copy)]
enum Begins {
    Jwt,
    Scheme,
    Key,
    /// As [`Begins::Key`], all hexadecimal.
    Hex,
    /// The path of an address that whoever knows it may post to.
    Hook,
    Pem,
    Home,
    Values,
    /// Conditions or assignments of a statement.
    Assigned,
    /// The key of a row.
    RowKey,
    Copied,
    /// Parameters before their statement.
    Bound,
    Crypt,
    Hash,
    Passwd,
    Profile,
    Linked,
    Card,
    Title,
    Program,
    Option,
    Told,
    Cue(cue::Cue),
    Segment,
}

/// A beginning, and the least number of token characters that must follow.
type Beginning = (&'static str, Begins, usize);

/// Sorted. Case is exact, and schemes come in three writings.
static BEGINNINGS: [Beginning; 171] = [
    ("$argon2", Begins::Crypt, 0),
    ("$y$", Begins::Crypt, 0),
    ("--access", Begins::Option, 0),
    ("--api", Begins::Option, 0),
    ("--auth", Begins::Option, 0),
    ("--client-s", Begins::Option, 0),
    ("--pass", Begins::Option, 0),
    ("--secret", Begins::Option, 0),
    ("--token", Begins::Option, 0),
    ("/Users/", Begins::Home, 0),
    ("/employees/", Begins::Profile, 0),
    ("/fiche/", Begins::Profile, 0),
    ("/home/", Begins::Home, 0),
    ("/in/", Begins::Linked, 0),
    ("/konto/", Begins::Profile, 0),
    ("/members/", Begins::Profile, 0),
    ("/profil/", Begins::Profile, 0),
    ("/profile/", Begins::Profile, 0),
    ("/staff/", Begins::Profile, 0),
    ("/u/", Begins::Profile, 0),
    ("/user/", Begins::Profile, 0),
    ("/users/", Begins::Profile, 0),
    (":x:", Begins::Passwd, 0),
    ("AGE-SECRET-KEY-1", Begins::Key, 20),
    ("AIza", Begins::Key, 30),
    ("AKIA", Begins::Key, 16),
    ("ASIA", Begins::Key, 16),
    ("ATATT3", Begins::Key, 20),
    ("BASIC ", Begins::Scheme, 0),
    ("BEARER ", Begins::Scheme, 0),
    ("BEGIN:VCARD", Begins::Card, 0),
    ("Basic ", Begins::Scheme, 0),
    ("Bearer ", Begins::Scheme, 0),
    ("COPY ", Begins::Copied, 0),
    ("Digest ", Begins::Scheme, 0),
    ("Dott. ", Begins::Title, 0),
    ("Dr. ", Begins::Title, 0),
    ("EAACEdEose0cBA", Begins::Key, 10),
    ("Frau ", Begins::Title, 0),
    ("GOCSPX-", Begins::Key, 16),
    ("Herr ", Begins::Title, 0),
    ("Kennwort", Begins::Told, 0),
    ("Key (", Begins::RowKey, 0),
    ("M. ", Begins::Title, 0),
    ("Madame ", Begins::Title, 0),
    ("Mdp", Begins::Told, 0),
    ("Mme ", Begins::Title, 0),
    ("Monsieur ", Begins::Title, 0),
    ("Mot de passe", Begins::Told, 0),
    ("Mr ", Begins::Title, 0),
    ("Mr. ", Begins::Title, 0),
    ("Mrs ", Begins::Title, 0),
    ("Mrs. ", Begins::Title, 0),
    ("NK1|", Begins::Segment, 0),
    ("NRAK-", Begins::Key, 16),
    ("NTLM ", Begins::Scheme, 0),
    ("Negotiate ", Begins::Scheme, 0),
    ("PID|", Begins::Segment, 0),
    ("PMAK-", Begins::Key, 20),
    ("PRIVATE KEY-----", Begins::Pem, 0),
    ("Passcode", Begins::Told, 0),
    ("Passphrase", Begins::Told, 0),
    ("Password", Begins::Told, 0),
    ("Passwort", Begins::Told, 0),
    ("SET ", Begins::Assigned, 0),
    ("SG.", Begins::Key, 30),
    ("Sig. ", Begins::Title, 0),
    ("Sig.ra ", Begins::Title, 0),
    ("Token ", Begins::Scheme, 0),
    ("VALUES", Begins::Values, 0),
    ("WHERE ", Begins::Assigned, 0),
    ("[Parameters=[", Begins::Bound, 0),
    ("\\Users\\", Begins::Home, 0),
    ("\\users\\", Begins::Home, 0),
    ("api.telegram.org/bot", Begins::Hook, 20),
    ("api.telegram.org/file/bot", Begins::Hook, 20),
    ("atlasv1.", Begins::Key, 20),
    ("basic ", Begins::Scheme, 0),
    ("bearer ", Begins::Scheme, 0),
    ("curl ", Begins::Program, 0),
    ("dapi", Begins::Key, 32),
    ("dckr_pat_", Begins::Key, 16),
    ("digest ", Begins::Scheme, 0),
    ("discord.com/api/webhooks/", Begins::Hook, 20),
    ("discordapp.com/api/webhooks/", Begins::Hook, 20),
    ("docker login ", Begins::Program, 0),
    ("dop_v1_", Begins::Key, 30),
    ("dp.pt.", Begins::Key, 20),
    ("dt0c01.", Begins::Key, 20),
    ("eyJ", Begins::Jwt, 0),
    ("figd_", Begins::Key, 16),
    ("gho_", Begins::Key, 20),
    ("ghp_", Begins::Key, 20),
    ("ghr_", Begins::Key, 20),
    ("ghs_", Begins::Key, 20),
    ("ghu_", Begins::Key, 20),
    ("github_pat_", Begins::Key, 16),
    ("glc_", Begins::Key, 20),
    ("glpat-", Begins::Key, 16),
    ("glptt-", Begins::Key, 16),
    ("glrt-", Begins::Key, 16),
    ("glsa_", Begins::Key, 20),
    ("gsk_", Begins::Key, 20),
    ("hf_", Begins::Key, 30),
    ("hooks.slack.com/services/", Begins::Hook, 20),
    ("hooks.zapier.com/hooks/", Begins::Hook, 10),
    ("hvb.", Begins::Key, 20),
    ("hvs.", Begins::Key, 20),
    ("kennwort", Begins::Told, 0),
    ("key-", Begins::Hex, 32),
    ("ldapadd ", Begins::Program, 0),
    ("ldapmodify ", Begins::Program, 0),
    ("ldapsearch ", Begins::Program, 0),
    ("lin_api_", Begins::Key, 16),
    ("linkedin.com/in/", Begins::Linked, 0),
    ("mariadb ", Begins::Program, 0),
    ("mariadb-dump ", Begins::Program, 0),
    ("mdp", Begins::Told, 0),
    ("mongodump ", Begins::Program, 0),
    ("mongosh ", Begins::Program, 0),
    ("mot de passe", Begins::Told, 0),
    ("mysql ", Begins::Program, 0),
    ("mysqladmin ", Begins::Program, 0),
    ("mysqldump ", Begins::Program, 0),
    ("mysqlimport ", Begins::Program, 0),
    ("npm_", Begins::Key, 30),
    ("nvapi-", Begins::Key, 20),
    ("passcode", Begins::Told, 0),
    ("passphrase", Begins::Told, 0),
    ("password", Begins::Told, 0),
    ("passwort", Begins::Told, 0),
    ("pplx-", Begins::Key, 20),
    ("pscale_pw_", Begins::Key, 16),
    ("pscale_tkn_", Begins::Key, 16),
    ("pypi-", Begins::Key, 30),
    ("redis-cli ", Begins::Program, 0),
    ("rk_live_", Begins::Key, 8),
    ("rk_test_", Begins::Key, 8),
    ("rubygems_", Begins::Key, 20),
    ("sbp_", Begins::Key, 20),
    ("set ", Begins::Assigned, 0),
    ("shpat_", Begins::Key, 20),
    ("shpca_", Begins::Key, 20),
    ("shppa_", Begins::Key, 20),
    ("shpss_", Begins::Key, 20),
    ("sk-ant-", Begins::Key, 16),
    ("sk-proj-", Begins::Key, 16),
    ("sk_live_", Begins::Key, 8),
    ("sk_test_", Begins::Key, 8),
    ("smbclient ", Begins::Program, 0),
    ("sntrys_", Begins::Key, 20),
    ("sq0atp-", Begins::Key, 16),
    ("sq0csp-", Begins::Key, 16),
    ("sshpass ", Begins::Program, 0),
    ("tskey-", Begins::Key, 16),
    ("values", Begins::Values, 0),
    ("wget ", Begins::Program, 0),
    ("where ", Begins::Assigned, 0),
    ("whsec_", Begins::Key, 16),
    ("xapp-", Begins::Key, 10),
    ("xkeysib-", Begins::Key, 20),
    ("xox", Begins::Key, 12),
    ("ya29.", Begins::Key, 16),
    ("{ARGON", Begins::Hash, 0),
    ("{BLF", Begins::Hash, 0),
    ("{CRYPT", Begins::Hash, 0),
    ("{MD5", Begins::Hash, 0),
    ("{SHA", Begins::Hash, 0),
    ("{SMD5", Begins::Hash, 0),
    ("{SSHA", Begins::Hash, 0),
    ("{bcrypt", Begins::Hash, 0),
];

/// All beginnings, cues among them.
fn all() -> impl Iterator<Item = Beginning> {
    let cues = CUES.into_iter().chain(FURTHER).chain(EUROPE);
    BEGINNINGS.into_iter().chain(cues.map(|(cue, what)| (cue, Begins::Cue(what), 0)))
}

/// The texts of all beginnings.
pub(super) fn beginnings() -> impl Iterator<Item = &'static str> {
    all().map(|(beginning, ..)| beginning)
}

/// What needs not be looked at again.
#[derive(Default)]
pub(super) struct Done {
    /// Where the last finding ends.
    found: usize,
    /// Where the last run of letters ends that could have been the header of a token, and is none.
    jwt: usize,
}

/// The beginnings by their [`head`], sorted.
pub(super) struct Literals(Box<[Box<[Beginning]>]>);

/// Heads there are.
const HEADS: usize = 1024;

/// The last five bits of each of the first two bytes.
fn head(bytes: &[u8]) -> usize {
    let part = |n: usize| usize::from(bytes.get(n).copied().unwrap_or(0) & 31);
    part(0) << 5 | part(1)
}

impl Literals {
    pub(super) fn new() -> Self {
        let mut sorted: Vec<_> = all().collect();
        sorted.sort_unstable_by_key(|(beginning, ..)| *beginning);
        let mut heads = vec![Vec::new(); HEADS];
        for beginning in sorted {
            heads[head(beginning.0.as_bytes())].push(beginning);
        }
        Self(heads.into_iter().map(Vec::into_boxed_slice).collect())
    }

    /// Appends what begins at `at` with one of them, the longest. `done` is kept from one to the next.
    pub(super) fn find(
        &self,
        text: Text<'_>,
        at: usize,
        done: &mut Done,
        names: &Names,
        work: &mut Work,
        found: &mut Found,
    ) {
        let rest = &text.bytes()[at..];
        let known = self.0[head(rest)].iter().rev();
        let mut fits = known.filter(|(beginning, ..)| rest.starts_with(beginning.as_bytes()));
        let Some((beginning, begins, least)) = fits.next() else { return };
        if at < done.found || is_inside(text, at) {
            return;
        }
        let at = at..at + beginning.len();
        let finding = match begins {
            Begins::Cue(cue) => cue::announced(text, at.clone(), *cue, names),
            Begins::Jwt => jwt(text, at.start, &mut done.jwt).map(|range| (Entity::Jwt, range)),
            Begins::Scheme => credentials(text, at).map(|range| (Entity::Authorization, range)),
            Begins::Key => key(text, at, *least).map(|range| (Entity::Secret, range)),
            Begins::Hex => key(text, at, *least)
                .filter(|range| is_hex(text, range))
                .map(|range| (Entity::Secret, range)),
            Begins::Hook => hook(text, at.end, *least).map(|range| (Entity::Secret, range)),
            Begins::Pem => pem(text, at).map(|range| (Entity::Secret, range)),
            Begins::Home => home(text, at.end).map(|range| (Entity::HomePath, range)),
            Begins::Title => person::titled(text, at.end).map(|range| (Entity::Name, range)),
            Begins::Option => {
                command::option(text, at.start, names).map(|range| (Entity::Secret, range))
            }
            Begins::Told => told::told(text, at.end).map(|range| (Entity::Secret, range)),
            Begins::Program => {
                command::arguments(text, &at, found);
                None
            }
            Begins::Values => {
                statement::insert(text, at, names, work, found);
                None
            }
            Begins::Assigned => {
                statement::assigned(text, at.end, names, work, found);
                None
            }
            Begins::RowKey => {
                statement::key(text, at.end, names, work, found);
                None
            }
            Begins::Crypt => {
                account::with_hash(text, at.start, found);
                None
            }
            Begins::Hash => {
                account::with_scheme(text, at.start, found);
                None
            }
            Begins::Passwd => {
                account::passwd(text, at, found);
                None
            }
            Begins::Profile => account::profile(text, at.end).map(|range| (Entity::Name, range)),
            Begins::Linked => account::linked(text, at.end).map(|range| (Entity::Name, range)),
            Begins::Bound => {
                bound::before_statement(text, at.end, names, work, found);
                None
            }
            Begins::Copied => {
                statement::copied(text, at.end, names, found);
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
            done.found = range.end;
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

/// Header, payload and signature, or the five parts of an encrypted one. Before `done` no header ends.
fn jwt(text: Text<'_>, start: usize, done: &mut usize) -> Option<Range<usize>> {
    if start < *done {
        return None;
    }
    let is_part = |byte: u8| is_word(byte) || byte == b'-';
    let header = text.run(start, is_part);
    if text.at(header) != b'.' {
        *done = header;
    }
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
    let padded = matches!(text.at(token + 2), 0..=b' ' | b',' | b'}' | b']' | b')');
    if text.at(token) == b'=' && text.at(token + 1) == b'"' && !padded {
        if is_challenge(text.slice(scheme), value) {
            return None;
        }
        return Some(start..text.run(token, |byte| byte != b'\n' && byte != b'\r'));
    }
    let end = text.run(token, |byte| byte == b'=');
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let is_credential = value.len() >= 20
        || (value.len() >= 8 && has_digit)
        || (text.at(scheme.start) | 0x20 == b'b' && is_user_and_password(value));
    is_credential.then_some(start..end)
}

/// Does the parameter `name` behind `scheme` ask for credentials (RFC 9110 section 11.6.1, RFC 6750 section 3)?
fn is_challenge(scheme: &str, name: &str) -> bool {
    !scheme.eq_ignore_ascii_case("digest ")
        && matches!(name, "realm" | "error" | "error_description" | "scope" | "charset")
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

/// Are the last 32 bytes of `range` hexadecimal?
fn is_hex(text: Text<'_>, range: &Range<usize>) -> bool {
    let token = &text.bytes()[range.clone()];
    token.len() <= 40 && token[token.len().saturating_sub(32)..].iter().all(u8::is_ascii_hexdigit)
}

/// The secret part of a hook's address: to its end, or to the slash behind a token with a colon.
fn hook(text: Text<'_>, start: usize, least: usize) -> Option<Range<usize>> {
    let part = |byte: u8| is_token(byte) || byte == b':' || byte == b'%';
    let end = text.run(start, part);
    let path = text.slice(start..end);
    let end = match path.find(':') {
        Some(colon) => path[colon..].find('/').map_or(end, |slash| start + colon + slash),
        None => end,
    };
    let digit = path.bytes().any(|byte| byte.is_ascii_digit());
    (digit && end - start >= least).then_some(start..end)
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
    const EVERYWHERE: [&str; 6] = ["Public", "Shared", "Default", "circleci", "runner", "www"];
    let outside =
        |byte: u8| matches!(byte, b'/' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b':' | 0..=b' ');
    let end = text.run(start, |byte| !outside(byte));
    let user = text.slice(start..end);
    let shared = EVERYWHERE.contains(&user) || cue::is_everywhere(user);
    (!user.is_empty() && !shared).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Entity, &str)> {
        let (literals, names, mut found, mut done) =
            (Literals::new(), Names::new(), Vec::new(), Done::default());
        for (at, _) in text.char_indices() {
            let mut work = Work::for_text(text);
            literals.find(Text::new(text), at, &mut done, &names, &mut work, &mut found);
        }
        found.into_iter().map(|finding| (finding.entity, &text[finding.range])).collect()
    }

    #[test]
    fn the_beginnings_are_sorted() {
        assert!(BEGINNINGS.is_sorted_by(|(a, ..), (b, ..)| a < b));
        assert!(beginnings().all(|beginning| beginning.len() >= 2));
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
            (
                "https://hooks.slack.com/services/T0AYNK1/B0CMM2/eQokpDmLfZ to",
                Secret,
                "T0AYNK1/B0CMM2/eQokpDmLfZ",
            ),
            (
                "api.telegram.org/bot942246:AAXcGu9ETi0bQjOrJBO9/sendMessage",
                Secret,
                "942246:AAXcGu9ETi0bQjOrJBO9",
            ),
            (
                "api:key-0123456789abcdef0123456789abcdef d",
                Secret,
                "key-0123456789abcdef0123456789abcdef",
            ),
            ("hvs.CAESIJ0123456789abcdefgh", Secret, "hvs.CAESIJ0123456789abcdefgh"),
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
            "key-value-store-with-a-name-of-many-words",
            "hooks.slack.com/services/",
            "api.telegram.org/bot",
            "Token expired",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
