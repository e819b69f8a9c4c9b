//! Persons that a title announces (`Mme Dupont`), in an address book's card (RFC 6350), and values that look like
//! a person's name under a name that says nothing.
//!
//! Invariant: what looks like a name has two capitalised words or more, none of them a technical one.

use super::called;
use super::given::is_given;
use super::names::{Kind, Names};
use super::text::{Text, is_word};
use super::value::name_end;
use super::wordlist::WordList;
use super::{Entity, Finding, Found, Rule, unfit};
use crate::vocabulary;
use std::ops::Range;

/// Names of fields whose values are words of the software, whatever they look like.
static HARMLESS: WordList<256> = WordList::new(
    "action agent app application api browser brand bundle category channel city class client code company component \
    content controller country currency database description detail details device driver engine environment error event exception \
    family feature file format framework group handler header hostname info job kind label lang language level library locale \
    message method mode model make module msg os package path phase plan platform plugin policy product protocol queue \
    reason region origen origin origine destination destino destinazione resource result role route rule schema scope section server service severity source stage state status step \
    subject summary titre titolo titel titulo libelle table tag task template text theme timezone title topic type unit vendor version",
);

/// Bytes of a value that may be a name.
const LONGEST: usize = 64;

/// The name behind the title that ends at `at`.
pub(super) fn titled(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let mut start = at;
    for _ in 0..3 {
        let next = word_end(text, start);
        if text.at(next) != b' ' || !is_particle(text.slice(start..next)) {
            break;
        }
        start = next + 1;
    }
    let end = name_end(text, start);
    if !is_capitalised(text.slice(start..end)) {
        return None;
    }
    let mut words = text
        .slice(start..end)
        .split([' ', '.', ',', ':', '!', '?'])
        .filter(|word| !word.is_empty());
    let first = words.next()?;
    let word = if is_initial(first) { words.next()? } else { first };
    let is_name = word.chars().count() >= 2
        && word.chars().all(|char| char.is_alphabetic() || "-'’".contains(char));
    let common = COMMON.has_any_case(word);
    (is_name && !common && !vocabulary::knows(word))
        .then(|| at..at + text.slice(at..end).trim_end_matches(['.', '!', '?', ':']).len())
}

fn is_initial(word: &str) -> bool {
    word.chars().count() == 1 && word.starts_with(char::is_uppercase)
}

/// The name in front of the address that begins at `start`: `"Jean Dupont" <jean@x.fr>` (RFC 5322 section 3.4).
pub(super) fn display_name(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let before = text.slice(text.ceil(start.saturating_sub(8))..start);
    let scheme = ["<sip:", "<sips:", "<mailto:", "<tel:", "<"]
        .into_iter()
        .find(|lead| before.ends_with(lead));
    let open = start - scheme.map_or(0, str::len);
    let end = text.run_back(open, 1, |byte| byte == b' ');
    if open == start {
        return None;
    }
    if text.slice(0..end).ends_with("?=") {
        let first = text.floor(text.run_back(end - 2, 2 * LONGEST, |byte| byte > b' '));
        let encoded = text.slice(first..end).starts_with("=?");
        return encoded.then_some(first..end); // RFC 2047
    }
    if text.before(end, 1) == b'"' {
        let first = text.run_back(end - 1, LONGEST, |byte| !matches!(byte, b'"' | b'\n'));
        let named = || text.slice(text.ceil(first)..end - 1).contains(char::is_alphabetic);
        return (text.before(first, 1) == b'"' && first < end - 1 && named())
            .then(|| text.ceil(first)..end - 1);
    }
    let part = |byte: u8| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b' ' | b'-' | b'\'' | b'.')
    };
    let first = text.ceil(text.run_back(end, LONGEST, part));
    let words = text.slice(first..end.max(first));
    let name = words.trim_start_matches(|char: char| !char.is_alphabetic());
    let first = first + words.len() - name.len();
    (looks_like_name(name) || is_full_name(name)).then_some(first..end)
}

/// The name in brackets behind the address that ends at `end`: `jean@x.fr (Jean Dupont)` (RFC 5322 section 3.2.2).
pub(super) fn comment(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    if text.at(end) != b' ' || text.at(end + 1) != b'(' {
        return None;
    }
    let close = text.floor(text.run_within(end + 2, LONGEST, |byte| byte != b')' && byte != b'\n'));
    (text.at(close) == b')' && is_full_name(text.slice(end + 2..close))).then_some(end + 2..close)
}

/// The name in front of the number in angle brackets that begins at `start`: `"Jean Dupont" <0612345678>`.
pub(super) fn called(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    (text.before(start, 1) == b'<').then(|| display_name(text, start))?
}

/// The login beside the IP address at `address`: `203.0.113.9 - jdupont [12/Mar/2026…` (the common log format),
/// `jdupont/203.0.113.9:1194`.
pub(super) fn login_beside(text: Text<'_>, address: &Range<usize>) -> Option<Range<usize>> {
    let rest = &text.bytes()[address.end..];
    let range = if rest.starts_with(b" - ") {
        let start = address.end + 3;
        let end = text.run_within(start, LONGEST, |byte| byte > b' ' && byte != b'[');
        (text.at(end) == b' ' && text.at(end + 1) == b'[').then_some(start..text.floor(end))?
    } else if text.before(address.start, 1) == b'/' && rest.starts_with(b":") {
        let end = address.start - 1;
        let start =
            text.run_back(end, LONGEST, |byte| is_word(byte) || matches!(byte, b'.' | b'-'));
        matches!(text.before(start, 1), 0 | b' ' | b'\n').then_some(start..end)?
    } else {
        return None;
    };
    is_login(text.slice(range.clone())).then_some(range)
}

/// The login around the `@` at `at` that is no e-mail address: `jdupont@203.0.113.9`, `@jdupont:matrix.example.org`.
pub(super) fn login_at(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let part = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    if text.at(at + 1).is_ascii_digit() {
        let host = text.run_within(at + 1, 16, |byte| byte.is_ascii_digit() || byte == b'.');
        let quad = text.slice(at + 1..host).trim_end_matches('.').split('.').count() == 4;
        let start = text.run_back(at, LONGEST, part);
        return (quad && is_login(text.slice(start..at))).then_some(start..at);
    }
    let end = text.run_within(at + 1, LONGEST, part);
    if text.at(end) != b':' || is_word(text.before(at, 1)) || text.before(at, 1) == b'/' {
        return None;
    }
    let host = text.run_within(end + 1, LONGEST, part);
    let server = text.slice(end + 1..host).split('.').filter(|label| label.len() >= 2).count() >= 2;
    (server && is_login(text.slice(at + 1..end))).then_some(at + 1..end)
}

fn is_login(login: &str) -> bool {
    let letters = login.bytes().filter(u8::is_ascii_alphabetic).count();
    // `7f3c2b10@192.0.2.5`, the number of a call
    let number = login.len() >= 8
        && login.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && login.bytes().any(|byte| byte.is_ascii_digit());
    letters >= 2 && !number && !super::cue::is_service(login)
}

/// Bytes of a line of a card; longer ones should be folded (RFC 6350 section 3.2).
const LONGEST_LINE: usize = 512;

/// Appends what the card that begins at `start` holds of a person.
pub(super) fn card(text: Text<'_>, start: usize, found: &mut Found) {
    let mut at = start;
    while at < text.len() {
        let end = text.run_within(at, LONGEST_LINE, |byte| !matches!(byte, b'\n' | b'\r'));
        if end - at == LONGEST_LINE {
            return;
        }
        let name = text.run_within(at, 24, |byte| byte.is_ascii_alphabetic() || byte == b'-');
        let colon = text.run_within(name, end - name, |byte| byte != b':');
        let property = text.slice(at..name).to_ascii_uppercase();
        let entity = match property.as_str() {
            "BEGIN" | "END" => return,
            "FN" | "N" | "NICKNAME" | "SORT-STRING" => Some(Entity::Name),
            "ADR" | "LABEL" => Some(Entity::Address),
            "BDAY" | "BIRTHPLACE" => Some(Entity::Birth),
            "TEL" => Some(Entity::Phone),
            "GEO" => Some(Entity::Position),
            _ => None,
        };
        if let Some(entity) = entity
            && colon + 1 < end
            && super::keyed::is_value(text, &(colon + 1..end), Kind::Name)
        {
            found.push(Finding::new(entity, colon + 1..end).by(Rule::Structure));
        }
        at = end + 1;
    }
}

/// The quoted value behind the quoted name whose colon stands at `colon`, if it looks like a person's name.
pub(super) fn unnamed(text: Text<'_>, colon: usize, names: &Names) -> Option<Range<usize>> {
    let open = text.run_within(colon + 1, 3, |byte| matches!(byte, b' ' | b'\\'));
    let quoted = |byte: u8| matches!(byte, b'"' | b'\'');
    if !quoted(text.at(open)) || !quoted(text.before(colon, 1)) {
        return None;
    }
    let end = text.run_within(open + 1, LONGEST, |byte| !matches!(byte, b'"' | b'\\' | b'\n'));
    if !matches!(text.at(end), b'"' | b'\\')
        || !looks_like_name(text.slice(open + 1..text.floor(end)))
        || unfit::is_company(text.slice(open + 1..text.floor(end)))
    {
        return None;
    }
    let last = colon - 1 - usize::from(text.before(colon, 2) == b'\\');
    let start = text.run_back(last, 48, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
    });
    let key = text.slice(start..last);
    let value = text.slice(open + 1..text.floor(end));
    let harmless = names.last_is_in(key, &HARMLESS)
        || called::BARE.has_any_case(key) // judged as a name before
        || called::is_phrase(value)
        || called::is_chosen(key, names) && !called::has_given(value)
        || matches!(names.kind(key), Some(Kind::Secret | Kind::Session));
    (!harmless).then_some(open + 1..end)
}

/// Lower-case words inside a name, in the languages of Europe.
pub(super) fn is_particle(word: &str) -> bool {
    static PARTICLES: WordList<128> = WordList::new(
        "de du des la le di da del della van von der zu den dos das do y e ten \
        ter zum zur vom bin ben al el lo af 't het dal dalla degli dei de' op te",
    );
    PARTICLES.has(word.as_bytes())
}

/// Does `word` begin as a name does: `Dupont`, `d'Aubigny`?
pub(super) fn is_capitalised(word: &str) -> bool {
    let after_apostrophe =
        || word.split_once(['\'', '’']).filter(|(article, _)| article.len() <= 4);
    word.starts_with(char::is_uppercase)
        || after_apostrophe().is_some_and(|(_, name)| name.starts_with(char::is_uppercase))
}

/// A word that can be part of a person's name: capitalised letters, or an initial, none of them technical.
pub(super) fn is_name_word(word: &str) -> bool {
    let letters = word.trim_end_matches('.');
    let mark = |char: char| matches!(char, '-' | '\'' | '’');
    is_capitalised(letters)
        && letters
            .chars()
            .all(|char| char.is_ascii_alphabetic() || mark(char) || char.is_alphabetic())
        && (letters.chars().nth(1).is_some() || word.len() > letters.len())
        && letters.split('-').any(|part| !vocabulary::knows(part))
        && !COMMON.has_any_case(letters)
}

/// Where the full name at `start` ends: two to five words that can be a name's, particles between them, or
/// `Family, First`. `start` if there is none.
pub(super) fn full_name_end(text: Text<'_>, start: usize) -> usize {
    let (mut end, mut at, mut words) = (start, start, 0);
    while words < 5 {
        let next = word_end(text, at);
        let word = text.slice(at..next);
        let namespace = text.at(next) == b'\\' && is_namespace(text, next);
        if namespace || text.at(next) == b'=' && is_key(text, word, next) {
            break;
        }
        let closed = word.trim_end_matches(['.', ':']).len();
        if is_name_word(word) {
            words += 1;
            let initial = closed <= 2 && word.ends_with('.');
            end = if initial { next } else { at + closed };
            if closed < word.len() && !initial {
                break; // the sentence ends
            }
        } else if !is_particle(word) {
            break;
        }
        at = next;
        if text.at(at) == b',' && text.at(at + 1) == b' ' {
            let first = || is_given(text.slice(at + 2..word_end(text, at + 2)));
            if words == 1 || words == 2 && !text.slice(start..at).contains(',') && first() {
                at += 1;
            }
        }
        if text.at(at) != b' ' {
            break;
        }
        at += 1;
    }
    if words >= 2 { end } else { start }
}

/// Does the name of a class go on at `at`: `Illuminate` before `\Support\Auth::user`?
fn is_namespace(text: Text<'_>, at: usize) -> bool {
    let end = text.run_within(at, LONGEST, |byte| is_word(byte) || byte == b'\\');
    text.at(end) == b':' && text.at(end + 1) == b':'
}

/// Is `word`, before the equals sign at `at`, the key of another pair, rather than the end of a line in quoted-printable?
fn is_key(text: Text<'_>, word: &str, at: usize) -> bool {
    let hex = |at: usize| matches!(text.at(at), b'0'..=b'9' | b'A'..=b'F');
    let camel = word
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    camel || !(hex(at + 1) && hex(at + 2))
}

/// Is all of `value` a full name?
pub(super) fn is_full_name(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && full_name_end(Text::new(value), 0) == value.len()
}

/// Is `value` a full name, or a given name alone?
pub(super) fn is_person(value: &str) -> bool {
    let value = value.trim();
    is_full_name(value) && !unfit::is_company(value)
        || value.starts_with(char::is_uppercase) && is_given(value)
}

/// As [`is_person`], also as a form encodes spaces: `Ada+Lovelace`.
pub(super) fn is_written(value: &str) -> bool {
    is_person(value) || value.contains('+') && is_person(&value.replace('+', " "))
}

/// Could `value` be the login of a person: letters, maybe digits and dots, none of its parts a word of software?
pub(super) fn is_user(value: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let mut parts = value.split(['.', '_', '-']);
    let letters = value.bytes().filter(u8::is_ascii_lowercase).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let known = |part: &str| {
        let part = part.trim_end_matches(|char: char| char.is_ascii_digit());
        vocabulary::knows(part) || COMMON.has(part.as_bytes())
    };
    (5..=40).contains(&value.len())
        && value.bytes().all(inside)
        && value.starts_with(|char: char| char.is_ascii_lowercase())
        && letters >= 4
        && digits <= 4
        && !(value.len() >= 7 && digits > 0 && value.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && parts.clone().count() <= 3
        && !parts.any(known)
        && !super::cue::is_service(value)
        && !called::is_phrase(value)
}

/// Bytes around a part of a name in which the others stand.
const BESIDE: usize = 120;

/// Is `range` a part of a name, with another one or an address near it?
pub(super) fn is_part(text: Text<'_>, range: &Range<usize>) -> bool {
    const OTHERS: [&str; 9] = [
        "given",
        "family",
        "apellido",
        "email",
        "birthDate",
        "surname",
        "telecom",
        "<Fore>",
        "<Sur>",
    ];
    let value = text.slice(range.clone()).trim_matches(['[', ']', '"', '\'', ' ']);
    let words = value.split(' ').all(|word| is_particle(word) || is_name_word(word));
    let before = text.slice(text.ceil(range.start.saturating_sub(BESIDE))..range.start);
    let behind = text.slice(range.end..text.floor(text.len().min(range.end + BESIDE)));
    let own = before.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).len();
    let before = &before[..before[..own].trim_end_matches(|c: char| c.is_ascii_alphabetic()).len()];
    words && OTHERS.iter().any(|other| before.contains(other) || behind.contains(other))
}

/// The end of the letters at `at`, with the marks that stand in names.
pub(super) fn word_end(text: Text<'_>, at: usize) -> usize {
    let end = text.run_within(at, LONGEST, |byte| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'-' | b'\'' | b'.')
    });
    // A quotation mark may close behind it.
    let word = text.slice(at..text.floor(end));
    at + word.trim_end_matches(['\'', '»', '”', '“', '›', '…']).len()
}

/// Two to four words, all capitalised letters, none of them technical.
fn looks_like_name(value: &str) -> bool {
    let words = value.split(' ').count();
    (2..=4).contains(&words) && value.split(' ').all(is_name_word)
}

/// Words of titles and states that are written with capitals.
static COMMON: WordList<512> = WordList::new(
    "aborted akamai alertmanager and android ansible apache as bad big bitbucket blue building canceled cancelled \
    chrome chromebook cloudflare cluster collector completed count crawler daemon dark datadog default dependabot \
    deploying developer digicert disabled driver dropbox east elasticsearch enabled engineer english \
    entity example excel exception executing explorer exporter facebook fastly finished firefox found free french \
    gateway german github gitlab globalsign google grafana green hibernate host instagram internal ipad \
    iphone italian java javascript jdbc kafka kernel kotlin kubernetes laravel letsencrypt linkedin linux mac \
    macbook macos mailchimp mariadb microsoft mobile mongodb monitor monitoring month monthly mozilla mysql nginx \
    none north not odbc ok only open opsgenie oracle outlook pagerduty paris paypal pending postgres postgresql \
    powerpoint premium pro process program prometheus python rabbitmq rate ratio read red renovate restarting runner \
    running safari salesforce samsung scanner scheduler sectigo sentry server sharepoint shopify skype \
    software south spider  standard started stripe succeeded symfony teams telegram terraform thread \
    thunderbird time timeout tomcat too triggered typescript ubuntu unauthorized unavailable unknown webex west kennwort passwort password \
    whatsapp white windows wordpress worker write year yes youtube zendesk zoom",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_announces_a_name() {
        for (text, at, name) in [
            ("Mme Dupont-Leroy absente", 4, Some("Dupont-Leroy")),
            ("Herr Hans von Ahn, bitte", 5, Some("Hans von Ahn")),
            ("Dr. Watson", 4, Some("Watson")),
            ("Mr robot", 3, None),
            ("M. Admin", 3, None),
        ] {
            assert_eq!(titled(Text::new(text), at).map(|range| &text[range]), name, "{text}");
        }
    }

    #[test]
    fn a_card_loses_what_it_says_of_a_person() {
        let text = "BEGIN:VCARD\nVERSION:4.0\nFN:Jean Dupont\nTEL;TYPE=cell:0612345678\nORG:Acme\nEND:VCARD\nFN:x";
        let mut found = Vec::new();
        card(Text::new(text), "BEGIN:VCARD".len(), &mut found);
        let found: Vec<_> = found.into_iter().map(|finding| &text[finding.range]).collect();
        assert_eq!(found, ["Jean Dupont", "0612345678"]);
    }

    #[test]
    fn a_value_that_looks_like_a_name_goes() {
        let names = Names::new();
        let found = |text: &'static str| {
            unnamed(Text::new(text), text.find(':').unwrap(), &names).map(|range| &text[range])
        };
        assert_eq!(found(r#""manager": "Jean de Vries", x"#), None); // a particle: not sure enough
        assert_eq!(found(r#""approver": "Zoë O'Hara", x"#), Some("Zoë O'Hara"));
        assert_eq!(found(r#"\"approver\":\"J. Kowalski\""#), Some("J. Kowalski"));
        for text in [
            r#""error": "Broken Pipe""#,
            r#""x": "Not Found""#,
            r#""approver": "Zoë""#,
            r#""approver": "OrderService failed""#,
            r#"approver: "Zoë Hara""#,
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
