//! Words that announce a person in a sentence: titles, greetings, introductions, closings, roles, and the phrases of
//! well-known servers in front of a login.
//!
//! Invariant: what follows must have the form of what the cue announces, and be none of the words of software.
//! Place on the path: beginnings that [`literal`](super::literal) looks for, beside its own.

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
    /// A postal address.
    Address,
}

use Cue::{Address, Closing, Greeting, Login, Role, Title};

/// Sorted beginnings in exact case, in French, Italian, German, English, Spanish, Portuguese, Dutch and Polish.
#[rustfmt::skip]
pub(super) static CUES: [(&str, Cue); 306] = [
    (" DE M ", Role),
    (" DE MME ", Role),
    (" DE MR ", Role),
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
    ("Ich heiße ", Role),
    ("Ing. ", Title),
    ("Invalid user ", Login),
    ("Invoice for ", Role),
    ("Je m'appelle ", Role),
    ("Kind regards", Closing),
    ("Krankmeldung von ", Role),
    ("Kunde ", Role),
    ("Kundin ", Role),
    ("Le médecin ", Role),
    ("Liebe ", Greeting),
    ("Liebe Grüße", Closing),
    ("Lieber ", Greeting),
    ("Locataire ", Role),
    ("Login failed for user ", Login),
    ("Mademoiselle ", Title),
    ("Maître ", Title),
    ("Me ", Title),
    ("Me llamo ", Role),
    ("Mein Name ist ", Role),
    ("Mesdames ", Title),
    ("Messieurs ", Title),
    ("Met vriendelijke groet", Closing),
    ("Mevrouw ", Title),
    ("Mi chiamo ", Role),
    ("Miss ", Title),
    ("Mister ", Title),
    ("Mit freundlichen Grüßen", Closing),
    ("Mitarbeiter ", Role),
    ("Mlle ", Title),
    ("Moin ", Greeting),
    ("Ms ", Title),
    ("Ms. ", Title),
    ("My name is ", Role),
    ("Namen von ", Role),
    ("Olá ", Greeting),
    ("Ordonnance pour ", Role),
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
    ("auf den Namen ", Role),
    ("authentication failure for ", Login),
    ("billed to ", Role),
    ("booked by ", Role),
    ("by user ", Role),
    ("c/o ", Role),
    ("chamo-me ", Role),
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
    ("for user ", Login),
    ("gebucht von ", Role),
    ("geschrieben von ", Role),
    ("guest ", Role),
    ("habitant ", Address),
    ("heer ", Title),
    ("ich bin ", Role),
    ("ich heiße ", Role),
    ("identified spam for ", Login),
    ("in the name of ", Role),
    ("inquilino ", Role),
    ("invalid user ", Login),
    ("invalid user: ", Login),
    ("invoice for ", Role),
    ("j'habite ", Address),
    ("je m'appelle ", Role),
    ("lives at ", Address),
    ("living at ", Address),
    ("livré au ", Address),
    ("livré demain au ", Address),
    ("locataire ", Role),
    ("login failed for ", Login),
    ("login failure for ", Login),
    ("loyalty card of ", Role),
    ("me llamo ", Role),
    ("mein Name ist ", Role),
    ("meneer ", Title),
    ("mevrouw ", Title),
    ("mi chiamo ", Role),
    ("mijn naam is ", Role),
    ("morada: ", Address),
    ("mother of ", Role),
    ("mw. ", Title),
    ("my name is ", Role),
    ("named ", Role),
    ("nazywam się ", Role),
    ("nom de ", Role),
    ("nome di ", Role),
    ("nommé ", Role),
    ("of user ", Login),
    ("on behalf of ", Role),
    ("passager ", Role),
    ("passenger ", Role),
    ("patient ", Role),
    ("patiente ", Role),
    ("paz. ", Title),
    ("paziente ", Role),
    ("prenotato da ", Role),
    ("registrant ", Role),
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
    ("submitted by ", Role),
    ("titulaire ", Role),
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
];

/// What the cue that ends at `end` announces.
pub(super) fn announced(text: Text<'_>, end: usize, cue: Cue) -> Option<(Entity, Range<usize>)> {
    match cue {
        Title => person::titled(text, end).map(|range| (Entity::Name, range)),
        Greeting => greeted(text, end).map(|range| (Entity::Name, range)),
        Closing => signed(text, end).map(|range| (Entity::Name, range)),
        Role => full(text, end).map(|range| (Entity::Name, range)),
        Login => login(text, end).map(|range| (Entity::Name, range)),
        Address => street::residence(text, end).map(|range| (Entity::Address, range)),
    }
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

/// Accounts of services, and words that follow the same cues.
pub(super) fn is_service(login: &str) -> bool {
    const SERVICES: &str = "root admin administrator nobody daemon www-data www nginx apache postgres mysql redis git backup guest \
        anonymous ubuntu ec2-user deploy vagrant jenkins service system test oracle ftp mail postfix dovecot sshd operator \
        unknown none null invalid user the a this that name id not is was has with from for account accounts agent authentication authorization management input interface experience deletion defined supplied \
        provided space level names ids lookup provisioning access";
    SERVICES.split_ascii_whitespace().any(|service| login.eq_ignore_ascii_case(service))
        || vocabulary::knows(login)
}
