//! Words that announce a person in a sentence: titles, greetings, introductions, closings, roles, and the phrases of
//! well-known servers in front of a login.
//!
//! Invariant: what follows must have the form of what the cue announces, and be none of the words of software.
//! Place on the path: beginnings that [`literal`](super::literal) looks for, beside its own.

use super::entity::is_placeholder;
use super::examine::{entity, looks_like};
use super::names::{Kind, Names};
use super::text::{Text, is_word};
use super::{Entity, person, street};
use crate::vocabulary;
use std::ops::Range;

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
}

use Cue::{
    Address, Closing, Device, Dn, Ended, Greeting, Login, Mrz, Pair, Rejected, Role, Row, Title,
};

/// Sorted beginnings in exact case, in French, Italian, German, English, Spanish, Portuguese, Dutch and Polish.
#[rustfmt::skip]
pub(super) static CUES: [(&str, Cue); 347] = [
    (" -u ", Pair),
    (" DE M ", Role),
    (" DE MME ", Role),
    (" DE MR ", Role),
    ("'s MacBook", Device),
    ("'s iPad", Device),
    ("'s iPhone", Device),
    ("'s value: ", Rejected),
    ("--user ", Pair),
    ("-Galaxy", Device),
    ("-MacBook", Device),
    ("-iPad", Device),
    ("-iPhone", Device),
    ("?32", Role),
    ("?33", Role),
    ("ABWA+", Role),
    ("ABWE+", Role),
    ("AH01617: user ", Login),
    ("AH01618: user ", Login),
    ("Absence signalée : ", Role),
    ("Accepted keyboard-interactive/pam for ", Login),
    ("Accepted password for ", Login),
    ("Accepted publickey for ", Login),
    ("Alunno ", Role),
    ("Assuré ", Role),
    ("Atenciosamente", Closing),
    ("Atentamente", Closing),
    ("Attn: ", Role),
    ("Avv. ", Title),
    ("Best regards", Closing),
    ("Best wishes", Closing),
    ("Best,", Closing),
    ("Beste ", Greeting),
    ("Beste Grüße", Closing),
    ("Bien cordialement", Closing),
    ("Bien à vous", Closing),
    ("Bill to ", Role),
    ("Billed to ", Role),
    ("Bonifico da ", Role),
    ("Bonjour ", Greeting),
    ("Bonsoir ", Greeting),
    ("Buongiorno ", Greeting),
    ("Candidature de ", Role),
    ("Cara ", Greeting),
    ("Caro ", Greeting),
    ("Cheers,", Closing),
    ("Cher ", Greeting),
    ("Chère ", Greeting),
    ("Ciao ", Greeting),
    ("Client ", Role),
    ("Cliente ", Role),
    ("Conducente ", Role),
    ("Consegnare a ", Role),
    ("Cordialement", Closing),
    ("Cordiali saluti", Closing),
    ("Coucou ", Greeting),
    ("Customer ", Role),
    ("Cześć ", Greeting),
    ("DNI de ", Role),
    ("Dear ", Greeting),
    ("Deliver to: ", Role),
    ("Dipendente ", Role),
    ("Distinti saluti", Closing),
    ("Docteur ", Title),
    ("Don ", Title),
    ("Dona ", Title),
    ("Donor ", Role),
    ("Dott.ssa ", Title),
    ("Doña ", Title),
    ("Dr ", Title),
    ("Erziehungsberechtigte: ", Role),
    ("Estimada ", Greeting),
    ("Estimado ", Greeting),
    ("Fahrer ", Role),
    ("Failed password for ", Login),
    ("Failing row contains (", Row),
    ("Freundliche Grüße", Closing),
    ("Fräulein ", Title),
    ("Gentile ", Greeting),
    ("Geom. ", Title),
    ("Guest ", Role),
    ("Guten Tag ", Greeting),
    ("Hallo ", Greeting),
    ("Heer ", Title),
    ("Hej ", Greeting),
    ("Hello ", Greeting),
    ("Herrn ", Title),
    ("Hey ", Greeting),
    ("Hi ", Greeting),
    ("Hoi ", Greeting),
    ("Hola ", Greeting),
    ("ID<", Mrz),
    ("IP<", Mrz),
    ("Ich heiße ", Title),
    ("Ing. ", Title),
    ("Invalid user ", Login),
    ("Invoice for ", Role),
    ("Je m'appelle ", Title),
    ("Kind regards", Closing),
    ("Krankmeldung von ", Role),
    ("Kunde ", Role),
    ("Kundin ", Role),
    ("Le médecin ", Role),
    ("Liebe ", Greeting),
    ("Liebe Grüße", Closing),
    ("Lieber ", Greeting),
    ("Locataire ", Role),
    ("Login OK: [", Login),
    ("Login failed for user ", Login),
    ("Login incorrect: [", Login),
    ("MacBook de ", Title),
    ("MacBook von ", Title),
    ("Mademoiselle ", Title),
    ("Maître ", Title),
    ("Me ", Title),
    ("Me llamo ", Title),
    ("Mein Name ist ", Title),
    ("Mesdames ", Title),
    ("Messieurs ", Title),
    ("Met vriendelijke groet", Closing),
    ("Mevrouw ", Title),
    ("Mi chiamo ", Title),
    ("Miss ", Title),
    ("Mister ", Title),
    ("Mit freundlichen Grüßen", Closing),
    ("Mitarbeiter ", Role),
    ("Mlle ", Title),
    ("Moin ", Greeting),
    ("Ms ", Title),
    ("Ms. ", Title),
    ("My name is ", Title),
    ("Namen von ", Title),
    ("Olá ", Greeting),
    ("Ordonnance pour ", Role),
    ("P<", Mrz),
    ("Pan ", Title),
    ("Pana ", Title),
    ("Pani ", Title),
    ("Passenger ", Role),
    ("Patient ", Role),
    ("Patientin ", Role),
    ("Paziente ", Role),
    ("Pozdrawiam", Closing),
    ("Pr ", Title),
    ("Pre ", Title),
    ("Prof ", Title),
    ("Prof. ", Title),
    ("Professeur ", Title),
    ("Professor ", Title),
    ("Querida ", Greeting),
    ("Querido ", Greeting),
    ("Rag. ", Title),
    ("Rechnung an ", Role),
    ("Regards", Closing),
    ("Réservé par ", Role),
    ("Saludos", Closing),
    ("Salut ", Greeting),
    ("Salutations distinguées", Closing),
    ("Salve ", Greeting),
    ("Schüler ", Role),
    ("Schülerin ", Role),
    ("Senhor ", Title),
    ("Senhora ", Title),
    ("Señor ", Title),
    ("Señora ", Title),
    ("Señorita ", Title),
    ("Ship to ", Role),
    ("Sig.na ", Title),
    ("Sigg. ", Title),
    ("Signature électronique de ", Role),
    ("Signed by ", Role),
    ("Signor ", Title),
    ("Signora ", Title),
    ("Signorina ", Title),
    ("Sincerely", Closing),
    ("Sir ", Title),
    ("Soussigné ", Role),
    ("Sr. ", Title),
    ("Sra. ", Title),
    ("Srta. ", Title),
    ("Termin für ", Role),
    ("Thanks,", Closing),
    ("Titulaire ", Role),
    ("UID=", Dn),
    ("Un saluto", Closing),
    ("VIR INST RE ", Role),
    ("VIR SEPA RE ", Role),
    ("Viele Grüße", Closing),
    ("Warm regards", Closing),
    ("Yours faithfully", Closing),
    ("Z poważaniem", Closing),
    ("a nome ", Role),
    ("a nome di ", Role),
    ("alunno ", Role),
    ("appointment for ", Role),
    ("approved by ", Role),
    ("assigned to ", Role),
    ("assuré ", Role),
    ("attention de ", Role),
    ("au nom de ", Role),
    ("auf den Namen ", Title),
    ("authentication failure for ", Login),
    ("billed to ", Role),
    ("bind :1 = ", Rejected),
    ("booked by ", Role),
    ("by user ", Role),
    ("c/o ", Role),
    ("chamo-me ", Title),
    ("client ", Role),
    ("cliente ", Role),
    ("con domicilio en ", Address),
    ("conducente ", Role),
    ("conducteur ", Role),
    ("consegnare a: ", Role),
    ("created by ", Role),
    ("customer ", Role),
    ("de l'élève ", Role),
    ("deliver to: ", Role),
    ("delivered to ", Address),
    ("demandé par ", Role),
    ("demeurant ", Address),
    ("dhr. ", Title),
    ("dipendente ", Role),
    ("ditta individuale ", Role),
    ("domiciliare in ", Address),
    ("domiciliata in ", Address),
    ("domiciliato in ", Address),
    ("domicilié ", Address),
    ("domiciliée ", Address),
    ("donor ", Role),
    ("dott. ", Title),
    ("dott.ssa ", Title),
    ("driver ", Role),
    ("employee ", Role),
    ("enrol user ", Role),
    ("enviado a ", Address),
    ("envoyé par ", Role),
    ("erstellt von ", Role),
    ("escalated by ", Role),
    ("father of ", Role),
    ("firmato da ", Role),
    ("from String ", Rejected),
    ("gebucht von ", Role),
    ("geschrieben von ", Role),
    ("guest ", Role),
    ("habitant ", Address),
    ("heer ", Title),
    ("iPad de ", Title),
    ("iPad di ", Title),
    ("iPad von ", Title),
    ("iPhone de ", Title),
    ("iPhone di ", Title),
    ("iPhone von ", Title),
    ("ich bin ", Role),
    ("ich heiße ", Title),
    ("identified spam for ", Login),
    ("in the name of ", Role),
    ("input_value=", Rejected),
    ("inquilino ", Role),
    ("invalid user ", Login),
    ("invalid user: ", Login),
    ("invalid value: string ", Rejected),
    ("invoice for ", Role),
    ("j'habite ", Address),
    ("je m'appelle ", Title),
    ("lives at ", Address),
    ("living at ", Address),
    ("livré au ", Address),
    ("livré demain au ", Address),
    ("locataire ", Role),
    ("login failed for ", Login),
    ("login failure for ", Login),
    ("loyalty card of ", Role),
    ("me llamo ", Title),
    ("mein Name ist ", Title),
    ("meneer ", Title),
    ("mevrouw ", Title),
    ("mi chiamo ", Title),
    ("mijn naam is ", Title),
    ("morada: ", Address),
    ("mother of ", Role),
    ("mw. ", Title),
    ("my name is ", Title),
    ("named ", Role),
    ("nazywam się ", Title),
    ("nom de ", Role),
    ("nome di ", Role),
    ("nommé ", Role),
    ("of user ", Ended),
    ("on behalf of ", Role),
    ("passager ", Role),
    ("passenger ", Role),
    ("patient ", Role),
    ("patiente ", Role),
    ("paz. ", Title),
    ("paziente ", Role),
    ("prenotato da ", Role),
    ("registrant ", Role),
    ("rejected value [", Rejected),
    ("requested by ", Role),
    ("reserved by ", Role),
    ("residente a ", Address),
    ("residente in ", Address),
    ("resides at ", Address),
    ("residing at ", Address),
    ("richiesto da ", Role),
    ("rédigé par ", Role),
    ("réservé par ", Role),
    ("résidant ", Address),
    ("salarié ", Role),
    ("schrieb ", Role),
    ("session closed for user ", Login),
    ("session opened for user ", Login),
    ("sig. ", Title),
    ("sig.na ", Title),
    ("sig.ra ", Title),
    ("signed by ", Role),
    ("signé par ", Role),
    ("sottoscritta ", Role),
    ("sottoscritto ", Role),
    ("soussigné ", Role),
    ("soussignée ", Role),
    ("spamd: processing message for ", Login),
    ("submitted by ", Role),
    ("sudo: ", Ended),
    ("titulaire ", Role),
    ("uid=", Dn),
    ("unterschrieben von ", Role),
    ("uploaded by ", Role),
    ("validé par ", Role),
    ("veuve ", Title),
    ("wohnhaft ", Address),
    ("wohnhaft in ", Address),
    ("woonachtig te ", Address),
    ("written by ", Role),
    ("z. Hd. ", Role),
    ("z.Hd. ", Role),
    ("zamieszkały ", Address),
    ("zu Händen ", Role),
    ("À l'attention de ", Role),
    ("Élève ", Role),
    ("Überweisung an ", Role),
    ("à l'attention de ", Role),
    ("élève ", Role),
    ("’s MacBook", Device),
    ("’s iPad", Device),
    ("’s iPhone", Device),
];

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
        Role => full(text, end).map(|range| (Entity::Name, range)),
        Ended => ended(text, end).map(|range| (Entity::Name, range)),
        Login => login(text, end).map(|range| (Entity::Name, range)),
        Address => street::residence(text, end).map(|range| (Entity::Address, range)),
        Dn => in_dn(text, end).map(|range| (Entity::Name, range)),
        Pair => pair(text, end).map(|range| (Entity::UserInfo, range)),
        Mrz => machine_readable(text, end).map(|range| (Entity::Name, range)),
        Row => row(text, end).map(|range| (Entity::Unnamed, range)),
        Rejected => rejected(text, at, names),
        Device => owner(text, at.start).map(|range| (Entity::Name, range)),
    };
    found.filter(|(_, range)| !is_placeholder(text.slice(range.clone())))
}

fn full(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = person::full_name_end(text, start);
    (end > start).then_some(start..end)
}

/// The name that is greeted, and nobody in general.
fn greeted(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    const ANYONE: &str = "all team everybody everyone world there folks sir madam customer kunde client cliente friend colleagues \
        tous toutes tutti zusammen todos iedereen support welt monde mondo mundo";
    let range = person::titled(text, start)?;
    let name = text.slice(range.clone());
    let next = text.run_within(range.end, 1, |byte| byte == b' ');
    let ends = matches!(text.at(next), b',' | b'!' | b'\n' | b'\r' | 0)
        || text.bytes()[range.end..].starts_with(b"\\n");
    let anyone = ANYONE.split(' ').any(|word| name.eq_ignore_ascii_case(word));
    (ends && !anyone && name.split(' ').count() <= 3).then_some(range)
}

/// The name below a closing, alone on its line.
fn signed(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let start =
        text.run_within(end, 8, |byte| matches!(byte, b',' | b'.' | b'!' | b' ' | b'\n' | b'\r'));
    let stop = text
        .run_within(start, 48, |byte| !matches!(byte, b'\n' | b'\r' | b',' | b'"' | b'<' | b'\\'));
    let stop = text.floor(stop);
    let line = text.slice(start..stop).trim_end_matches([' ', '.']);
    let mut words = line.split(' ');
    let name = (1..=5).contains(&line.split(' ').count())
        && words.all(|word| person::is_particle(word) || person::is_name_word(word))
        && line.starts_with(char::is_uppercase);
    let below = text.slice(end..start).contains(['\n', '\r']);
    (start > end && name && (below || line.contains(' '))).then(|| start..start + line.len())
}

/// The login of a person: services run under names that are the same everywhere.
fn login(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let start = text.run_within(start, 4, |byte| byte == b' ');
    let inside = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'+') || byte >= 0x80;
    let end = text.run_within(start, 64, inside);
    let login = text.slice(start..text.floor(end)).trim_end_matches(['.', '-']);
    let next = text.at(start + login.len());
    let ends = matches!(
        next,
        0..=b' ' | b'.' | b',' | b';' | b'(' | b')' | b'"' | b'\'' | b']' | b':' | b'/'
    );
    let letters = login.bytes().filter(u8::is_ascii_alphabetic).count();
    (ends && letters >= 2 && !is_service(login)).then(|| start..start + login.len())
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
    let end = text
        .run_within(start, 96, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'/' | b'<'));
    let (user, password) = text.slice(start..text.floor(end)).split_once(':')?;
    let names = user.bytes().any(|byte| byte.is_ascii_alphabetic());
    (names && password.len() >= 4 && text.at(end) != b'/').then_some(start..end)
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
    let certain =
        |name: &str| names.kind(name).filter(|kind| kind.is_certain() && *kind != Kind::Network);
    let mut named =
        before.rsplit(is_border).chain(behind.split(is_border)).filter(|name| word(name));
    let kind = named.find_map(certain)?;
    (end > start && looks_like(text, &(start..end), kind)).then_some((entity(kind)?, start..end))
}

/// `Heikes-iPhone`, `Karim's iPad`.
fn owner(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80 || byte == b'-';
    let start = text.ceil(text.run_back(end, 32, letter));
    let name = text.slice(start..end);
    let product = text.bytes()[end..].iter().take(16).any(|byte| *byte == b'/'); // of a user agent
    (!product && person::is_name_word(name)).then_some(start..end)
}

/// Accounts of services, and words that follow the same cues.
pub(super) fn is_service(login: &str) -> bool {
    const SERVICES: &str = "root admin administrator nobody daemon www-data www nginx apache postgres mysql redis git backup guest \
        anonymous ubuntu ec2-user deploy vagrant jenkins service system test oracle ftp mail postfix dovecot sshd operator \
        unknown none null invalid user the a this that name id not is was has with from for account accounts agent authentication authorization management input interface experience deletion defined supplied \
        provided space level names ids lookup provisioning access";
    SERVICES.split_ascii_whitespace().any(|service| login.eq_ignore_ascii_case(service))
        || vocabulary::knows(login)
}
