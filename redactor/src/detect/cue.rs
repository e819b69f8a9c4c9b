//! Words that announce a person in a sentence: titles, greetings, introductions, closings, roles, and the phrases of
//! well-known servers in front of a login.
//!
//! Invariant: what follows must have the form of what the cue announces, and be none of the words of software.
//! Place on the path: beginnings that [`literal`](super::literal) looks for, beside its own.

mod europe;
mod further;
mod words;

use super::called::has_given;
use super::entity::{is_ours, is_placeholder};
use super::examine::{entity, looks_like};
use super::given::is_given;
use super::names::{Kind, Names};
use super::text::{Text, is_word};
use super::wordlist::WordList;
use super::{Entity, account, daemon, form, link, person, phone, street, told, travel};
use crate::vocabulary;
pub(super) use europe::EUROPE;
pub(super) use further::FURTHER;
use std::ops::Range;
pub(super) use words::CUES;

/// What a cue announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// A name of one word or more.
    Title,
    /// As a title, but the name ends with a comma, an exclamation mark or the line.
    Greeting,
    /// A full name, at the end of its line.
    Closing,
    /// A full name.
    Role,
    /// A login, up to what cannot be part of one.
    Login,
    /// As a login, where the line ends or a colon stands: `session 4 of user jdupont.`, `sudo: jdupont : TTY=…`.
    Ended,
    /// A postal address.
    Address,
    /// The login in a distinguished name (RFC 4514).
    Dn,
    /// `user:password` as an argument of a program.
    Pair,
    /// The names in the first line of a passport's machine-readable zone (ICAO 9303).
    Mrz,
    /// A row of a table, its columns unnamed.
    Row,
    /// The value of the field that the message named before.
    Rejected,
    /// The owner in a telephone's name: stands before the cue.
    Device,
    /// A one-time code of digits.
    Code,
    /// As a code, before the cue.
    CodeBefore,
    /// A street with its number, all of it capitalised.
    Home,
    /// A login before the cue.
    Before,
    /// As before the cue, and seen to be one.
    Seen,
    /// A login that is seen to be one.
    Nick,
    /// A random value, where the sentence speaks of a token.
    Random,
    /// The value of a parameter, quoted.
    Bound,
    /// A quoted value and the name of its key.
    Duplicate,
    /// A password, at the end of its clause.
    Told,
    /// A telephone number, of any form.
    Number,
    /// A full name, or a given name alone.
    Called,
    /// A login that ends its clause.
    Named,
    /// A login in the brackets of a service.
    Bracketed,
    /// A login, and what was asked for behind it: `ada [12/Mar/2026…`, `ada "POST …`.
    Logged,
    /// Both logins of MySQL's slow log.
    SlowLog,
    /// The document of a passenger.
    Docs,
    /// The owner of a file: the cue is part of its permissions.
    Owner,
}

use Cue::{
    Address, Before, Bound, Bracketed, Called, Closing, Code, CodeBefore, Device, Dn, Docs,
    Duplicate, Ended, Greeting, Home, Logged, Login, Mrz, Named, Nick, Number, Owner, Pair, Random,
    Rejected, Role, Row, Seen, SlowLog, Title, Told,
};

/// What the cue that ends at `end` announces.
pub(super) fn announced(
    text: Text<'_>,
    at: Range<usize>,
    cue: Cue,
    names: &Names,
) -> Option<(Entity, Range<usize>)> {
    let end = at.end;
    let found = match cue {
        Title => person::titled(text, end).map(|range| (Entity::Name, range)),
        Greeting => greeted(text, end).map(|range| (Entity::Name, range)),
        Closing => signed(text, end).map(|range| (Entity::Name, range)),
        Role => role(text, end)
            .or_else(|| account::initialed(text, end))
            .map(|range| (Entity::Name, range)),
        Told => told::told(text, end - 1).map(|range| (Entity::Secret, range)),
        Number => phone::dictated(text, end).map(|range| (Entity::Phone, range)),
        Called => called(text, end).map(|range| (Entity::Name, range)),
        Ended => ended(text, end).map(|range| (Entity::Name, range)),
        Login => login(text, end).map(|range| logged_in(text, range)),
        Address => street::residence(text, end).map(|range| (Entity::Address, range)),
        Dn => in_dn(text, end).map(|range| (Entity::Name, range)),
        Pair => pair(text, end).map(|range| (Entity::UserInfo, range)),
        Mrz => machine_readable(text, end).map(|range| (Entity::Name, range)),
        Row => row(text, end).map(|range| (Entity::Unnamed, range)),
        Rejected => rejected(text, at, names),
        Code => code(text, end).map(|range| (Entity::Secret, range)),
        CodeBefore => code_before(text, at.start).map(|range| (Entity::Secret, range)),
        Home => street::home(text, end).map(|range| (Entity::Address, range)),
        Before => account::before(text, at.start).map(|range| (Entity::Name, range)),
        Seen => account::before(text, at.start)
            .filter(|range| account::is_signed(text.slice(range.clone())))
            .map(|range| (Entity::Name, range)),
        Nick => account::signed(text, end)
            .or_else(|| daemon::with_password(text, end))
            .map(|range| (Entity::Name, range)),
        Named => daemon::named(text, end).map(|range| (Entity::Name, range)),
        Bracketed => daemon::in_brackets(text, end).map(|range| (Entity::Name, range)),
        Logged => login(text, end)
            .filter(|login| {
                let rest = &text.bytes()[login.end..];
                rest.starts_with(b" [") || rest.starts_with(b" \"")
            })
            .map(|range| (Entity::Name, range)),
        SlowLog => daemon::of_slow_log(text, end).map(|range| (Entity::Name, range)),
        Docs => travel::document(text, end).map(|range| (Entity::Identity, range)),
        Owner => daemon::owner(text, at.start).map(|range| (Entity::Name, range)),
        Random => random(text, at).map(|range| (Entity::Secret, range)),
        Bound => bound(text, end).map(|range| (Entity::Unnamed, range)),
        Duplicate => duplicate(text, end, names),
        Device => owner(text, at.start).map(|range| (Entity::Name, range)),
    };
    found.filter(|(_, range)| !is_ours(text, range))
}

pub(super) fn full(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = person::full_name_end(text, start);
    (end > start).then_some(start..end)
}

/// A full name, or a login made of one.
fn role(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let login = || {
        account::signed(text, start).filter(|range| account::has_name(text.slice(range.clone())))
    };
    full(text, start).or_else(login)
}

/// Who says who it is: a full name, or a given name alone.
fn called(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = person::word_end(text, start);
    let word = text.slice(start..end).trim_end_matches('.');
    let given = person::is_name_word(word) && is_given(word) && text.at(end) != b'/';
    full(text, start).or_else(|| given.then(|| start..start + word.len()))
}

/// The name that is greeted, and nobody in general.
fn greeted(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    static ANYONE: WordList<512> = WordList::new(
        "abbonati abonné abonnés adhérent adhérente adhérentes adhérents all alumnos alunos amici amigos \
        amis applicant applicants benutzer besucher bewerber bewerberin bewoners bezoekers bénévoles client cliente \
        clientes clienti clients colegas colleague colleagues collega's colleghe colleghi collègue collègues \
        compañeros customer customers członkowie eltern equipa equipe everybody everyone famiglie familia familias \
        familie familien familles folks freunde friend gebruiker gebruikers gemeinde genitori guests gäste huurders \
        iedereen inquilini iscritti klant klanten klienci kliencie klientka kollegen kolleginnen kunde kunden kundin \
        kundinnen lecteur lecteurs leden leser leserinnen lettori locataires madam members mieter mieterinnen \
        mitglied mitglieder monde mondo moradores mundo nutzer nutzerin nutzerinnen ouders pacientes pacjenci padres \
        parents partners patiente patienten patientin patientinnen patients patiënten pazienti residents \
        rodzice schüler schülerinnen sir socios sportler sportlerinnen studenti students studierende \
        subscribers support suscriptores sócios team teilnehmer teilnehmerin teilnehmerinnen there todos tous toutes \
        tutti usager usagers users usuario usuarios utenti utilisateur utilisateurs utilizador utilizadores \
        użytkownicy użytkowniku vecinos vereinsmitglieder vrienden welt world zusammen élèves étudiants",
    );
    let range = person::titled(text, start)?;
    let name = text.slice(range.clone());
    let next = text.run_within(range.end, 1, |byte| byte == b' ');
    let quoted = matches!(text.at(next), b'"' | b'\'') && is_given(name);
    let ends = quoted
        || matches!(text.at(next), b',' | b'!' | b'\n' | b'\r' | 0)
        || text.bytes()[range.end..].starts_with(b"\\n");
    let anyone = ANYONE.has_any_case(name);
    (ends && !anyone && name.split(' ').count() <= 3).then_some(range)
}

/// The name below a closing, alone on its line.
fn signed(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let start =
        text.run_within(end, 8, |byte| matches!(byte, b',' | b'.' | b'!' | b' ' | b'\n' | b'\r'));
    let stop = text
        .run_within(start, 48, |byte| !matches!(byte, b'\n' | b'\r' | b',' | b'"' | b'<' | b'\\'));
    let stop = text.floor(stop);
    let line = text.slice(start..stop).split(" – ").next().unwrap_or("");
    let line = line.trim_end_matches([' ', '.']);
    let mut words = line.split(' ');
    let name = (1..=5).contains(&line.split(' ').count())
        && words.all(|word| person::is_particle(word) || person::is_name_word(word))
        && line.starts_with(char::is_uppercase);
    let below = text.slice(end..start).contains(['\n', '\r']);
    let team = || line.split([' ', '-']).any(|word| TEAMS.has_any_case(word)) && !has_given(line);
    let name = name && !team();
    (start > end && name && (below || line.contains(' ') || is_given(line)))
        .then(|| start..start + line.len())
}

/// Words of those who sign together.
static TEAMS: WordList<256> = WordList::new(
    "accueil administración administration agence agencia agency agenzia amministrazione apotheke asociación \
    assicurazione association associazione assurance ayuntamiento banca banco bank banque betriebsteam biblioteca \
    bibliothek bibliothèque buchhaltung bureau büro clinic club comitato comité committee comptabilité comune crew \
    department dienst dirección direction direktion direzione direção département equipa equipe equipo escuela \
    farmacia gemeinde helpdesk hotline information informatique klantenservice kundenbetreuung kundendienst \
    kundenservice library mairie office oficina personalabteilung pharmacie praxis redacción redaktion redazione \
    rédaction school schule scuola secretaria secretaría secrétariat segreteria seguro sekretariat service \
    servicedesk services servicio servizio serviço squadra staff support team technik ufficio verein versicherung \
    verwaltung vorstand zespół école équipe",
);

/// The login of a person: services run under names that are the same everywhere.
fn login(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let start = text.run_within(start, 4, |byte| byte == b' ');
    let inside = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'+') || byte >= 0x80;
    let end = text.run_within(start, 64, inside);
    let login = text.slice(start..text.floor(end)).trim_end_matches(['.', '-']);
    let next = text.at(start + login.len());
    let ends = matches!(
        next,
        0..=b' '
            | b'.'
            | b','
            | b';'
            | b'('
            | b')'
            | b'"'
            | b'\''
            | b']'
            | b':'
            | b'/'
            | b'>'
            | b'|'
    );
    let letters = login.bytes().filter(u8::is_ascii_alphabetic).count();
    (ends && letters >= 2 && !is_service(login)).then(|| start..start + login.len())
}

/// The login; with its password if the cue's bracket holds one, `[ada/sesame]`, as FreeRADIUS writes them.
fn logged_in(text: Text<'_>, login: Range<usize>) -> (Entity, Range<usize>) {
    let password = login.end + 1;
    let end = text.floor(text.run_within(password, 64, |byte| byte > b' ' && byte != b']'));
    let open = text.before(login.start, 1) == b'[' && text.at(login.end) == b'/';
    if open && end > password && text.at(end) == b']' && text.at(password) != b'<' {
        (Entity::Secret, login.start..end)
    } else {
        (Entity::Name, login)
    }
}

fn ended(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let range = login(text, start)?;
    let rest = &text.bytes()[range.end..];
    let last = matches!(rest, [] | [b'\n', ..] | b"." | [b'.', b'\n', ..]);
    (last && text.before(start, 2) == b'r' || rest.starts_with(b" : ")).then_some(range)
}

/// `uid=jdupont,ou=people`.
fn in_dn(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let range = login(text, start)?;
    let rest = &text.bytes()[range.end..];
    let next = [b",ou=", b",dc=", b",cn=", b",OU=", b",DC=", b",CN="];
    next.iter().any(|part| rest.starts_with(*part)).then_some(range)
}

/// `curl -u user:password`: letters, a colon, and no path or port behind it.
fn pair(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let start = start + usize::from(matches!(text.at(start), b'"' | b'\''));
    let inside = |byte: u8| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'<');
    let head = text.floor(text.run_within(start, 96, inside));
    let (user, password) = text.slice(start..head).split_once(':')?;
    let names = user.bytes().any(|byte| byte.is_ascii_alphabetic()) && !user.contains('/');
    let is_pair = names && password.len() >= 4 && !password.starts_with('/');
    is_pair.then(|| start..text.floor(text.run(head, inside)))
}

/// Issuer, `FAMILY<<FIRST<NAMES`, fillers.
fn machine_readable(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let stop = text.run_within(end, 42, |byte| byte.is_ascii_uppercase() || byte == b'<');
    let zone = text.slice(end..stop).trim_end_matches('<');
    (stop - end >= 28 && zone.len() > 6 && zone.contains("<<")).then(|| end + 3..end + zone.len())
}

/// From the first field of a row that is no number to the last.
fn row(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let line = text.slice(start..text.run(start, |byte| byte != b'\n'));
    let line = &line[..line.rfind(')').unwrap_or(line.len())];
    let plain = |field: &str| {
        let field = field.trim();
        matches!(field, "null" | "t" | "f" | "")
            || is_placeholder(field)
            || field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let mut at = start;
    let (mut first, mut last) = (None, start);
    for field in line.split(',') {
        if !plain(field) {
            first = first.or(Some(at + field.len() - field.trim_start().len()));
            last = at + field.len();
        }
        at += field.len() + 1;
    }
    first.map(|first| first..last)
}

/// Bytes before a rejected value in which its field is named.
const FIELD: usize = 240;

/// `field 'birthDate': rejected value [12/03/1980]`: the value's quotes or brackets, and what the nearest name says.
fn rejected(text: Text<'_>, at: Range<usize>, names: &Names) -> Option<(Entity, Range<usize>)> {
    let open = text.before(at.end, 1);
    let (start, close) = match (open, text.at(at.end)) {
        (b'[', _) => (at.end, b']'),
        (_, quote @ (b'"' | b'\'')) => (at.end + 1, quote),
        _ => return None,
    };
    let end = text.floor(text.run_within(start, FIELD, |byte| byte != close && byte != b'\n'));
    let before = text.slice(text.ceil(at.start.saturating_sub(FIELD))..at.start);
    let behind = text.slice(end..text.floor(text.len().min(end + FIELD)));
    let word = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).len() >= 3;
    let is_border = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'));
    let certain = |name: &str| {
        names
            .kind(name.strip_suffix("Type").unwrap_or(name))
            .filter(|kind| kind.is_certain() && *kind != Kind::Network)
    };
    let mut named =
        before.rsplit(is_border).chain(behind.split(is_border)).filter(|name| word(name));
    let kind = named.find_map(certain)?;
    let told = end > start && !form::is_nothing(text.slice(start..end));
    (told && looks_like(text, &(start..end), kind)).then_some((entity(kind)?, start..end))
}

/// `Heikes-iPhone`, `Karim's iPad`.
fn owner(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80 || byte == b'-';
    let start = text.ceil(text.run_back(end, 32, letter));
    let name = text.slice(start..end);
    let product = text.bytes()[end..].iter().take(16).any(|byte| *byte == b'/'); // of a user agent
    (!product && person::is_name_word(name)).then_some(start..end)
}

/// Four to eight digits in one or two groups, maybe quoted.
fn code(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let start = start + usize::from(matches!(text.at(start), b'"' | b'\'' | b'*'));
    let first = text.digits(start);
    let joined = matches!(text.at(first), b' ' | b'-') && text.digits(first + 1) == first + 4;
    let end = if joined && first - start == 3 { first + 4 } else { first };
    let longer = is_word(text.at(end))
        || matches!(text.at(end), b'.' | b',' | b'-' | b'/' | b':') && is_word(text.at(end + 1));
    ((4..=8).contains(&(end - start)) && !longer).then_some(start..end)
}

/// As [`code`], before `end`: `482 913 is your code`.
fn code_before(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let digits = |end: usize| text.run_back(end, 9, |byte| byte.is_ascii_digit());
    let first = digits(end);
    let grouped = end - first == 3 && matches!(text.before(first, 1), b' ' | b'-');
    let start = if grouped && first - 1 - digits(first - 1) == 3 { first - 4 } else { first };
    let free = !is_word(text.before(start, 1)) && text.before(start, 1) != b'.';
    (free && code(text, start) == Some(start..end)).then_some(start..end)
}

/// Bytes before a random value in which the sentence speaks of a token.
const TOKEN: usize = 80;

/// `csrf token mismatch: expected …`.
fn random(text: Text<'_>, cue: Range<usize>) -> Option<Range<usize>> {
    const TOKENS: [&str; 8] =
        ["csrf", "xsrf", "token", "nonce", "state", "signature", "hmac", "secret"];
    let start = cue.end + usize::from(matches!(text.at(cue.end), b'"' | b'\''));
    let end = text
        .run_within(start, 256, |byte| is_word(byte) || matches!(byte, b'-' | b'+' | b'/' | b'='));
    if !link::is_random(text.slice(start..end)) {
        return None;
    }
    let before = text.slice(text.ceil(cue.start.saturating_sub(TOKEN))..cue.start).to_lowercase();
    TOKENS.iter().any(|token| before.contains(token)).then_some(start..end)
}

/// `portal parameter $2 = '…'`: PostgreSQL shows what was bound, and no column.
fn bound(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let open = text.digits(start) + " = '".len();
    let end = text.floor(text.run_within(open, FIELD, |byte| !matches!(byte, b'\'' | b'\n')));
    let quoted = text.slice(text.digits(start).min(text.floor(open))..text.floor(open)) == " = '";
    let letters = || text.bytes()[open..end].iter().any(|byte| byte.is_ascii_alphabetic());
    (quoted && end > open && letters()).then_some(open..end)
}

/// `Duplicate entry 'ada' for key 'user_login_key'` (MySQL).
fn duplicate(text: Text<'_>, start: usize, names: &Names) -> Option<(Entity, Range<usize>)> {
    const KEY: &str = "' for key '";
    if text.at(start) != b'\'' {
        return None;
    }
    let line =
        text.slice(start + 1..text.floor(text.run_within(start + 1, FIELD, |byte| byte != b'\n')));
    let (value, rest) = line.split_once(KEY)?;
    let key = rest.split('\'').next()?.rsplit('.').next()?;
    let affixes = |word: &&str| {
        !matches!(*word, "key" | "unique" | "uniq" | "idx" | "index" | "uk" | "un" | "ux")
    };
    let column = key.split('_').filter(affixes).collect::<Vec<_>>().join("_");
    let kind = names.kind(&column)?;
    let range = start + 1..start + 1 + value.len();
    looks_like(text, &range, kind).then_some((entity(kind)?, range))
}

/// Is `name` an account that every machine has, and nobody's?
pub(super) fn is_everywhere(name: &str) -> bool {
    static ACCOUNTS: WordList<512> = WordList::new(
        "Administrator LocalService LocalSystem MAILER-DAEMON NetworkService SYSTEM TrustedInstaller _apt _mysql \
        _postgres _www admin administrator airflow anonymous ansible apache api app artifactory backup batch bin bot \
        celery centos chrony ci consul core cron daemon db2inst1 dba debian default demo dependabot deploy deployer \
        django dovecot drupal ec2-user elastic elasticsearch etcd ftp git github-actions gitlab-runner gnats grafana \
        guest halt haproxy healthcheck hostmaster http httpd icinga irc jenkins jetty kafka keepalived keycloak \
        kibana laravel logstash magento mail mailer-daemon memcache memcached messagebus minio mongo mongodb monitor \
        monitoring mssql mysql nagios named news nexus nfsnobody nginx no-reply nobody node noreply ntp odoo openerp \
        operator oracle postfix postgres postmaster prometheus proxy rabbitmq rails reader readonly redis renovate \
        repl replication replicator reporting root rundeck sa sap scheduler service shutdown solr sonar sonarqube \
        sqlserver sshd superuser svn symfony sync sys sysadmin syslog system systemd terraform test tester tomcat \
        traefik ubuntu uucp vagrant varnish vault vmail web webapp webmaster wildfly wordpress worker writer \
        www-data zabbix",
    );
    let account = name.split(['\'', '@']).next().unwrap_or(name); // `root@localhost`, `'root'@'%'`
    ACCOUNTS.has(account.as_bytes())
}

/// Accounts of services, and words that follow the same cues.
pub(super) fn is_service(login: &str) -> bool {
    static SERVICES: WordList<256> = WordList::new(
        "root admin administrator nobody daemon www-data www nginx apache postgres mysql redis git backup guest \
        anonymous ubuntu ec2-user deploy vagrant jenkins service system test oracle ftp mail postfix dovecot sshd operator \
        unknown none null invalid user the a this that name id not is was has with from for account accounts agent authentication authorization management input interface experience deletion defined supplied \
        provided space level names ids lookup provisioning access",
    );
    SERVICES.has_any_case(login) || vocabulary::knows(login)
}
