//! Values that cannot be what their key says: a certificate's name, words of a sentence, the key of the next pair, a company's
//! name.
//!
//! Invariant: a value is let go only for its own form and what stands right behind it. Place on the path: asked by
//! `examine` for every keyed value, by `person` for a quoted value under a name that says nothing.

use super::called;
use super::names::{Kind, Names};
use super::text::{Text, is_word};
use super::wordlist::WordList;
use std::ops::Range;

/// Bytes of a key.
const LONGEST_KEY: usize = 32;

/// Could the value at `range` be of this `kind`, by its form?
pub(super) fn fits(text: Text<'_>, range: &Range<usize>, kind: Kind) -> bool {
    let value = text.slice(range.clone());
    !matches!(kind, Kind::Name | Kind::Person) || !(is_signer(text, range) || is_urn(value))
}

/// `CN=R10`, `CN = WE1`: a certificate that signs others.
fn is_signer(text: Text<'_>, range: &Range<usize>) -> bool {
    let key = text.run_back(range.start, 3, |byte| matches!(byte, b' ' | b'='));
    let first = text.slice(range.clone()).split(' ').next().unwrap_or_default();
    let letters = first.trim_end_matches(|char: char| char.is_ascii_digit());
    text.before(key, 1) == b'N'
        && text.before(key, 2) == b'C'
        && letters.len() < first.len()
        && first.len() <= 4
        && (1..=2).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `urn:oid:2.5.4.42` (RFC 8141)
fn is_urn(value: &str) -> bool {
    value.strip_prefix("urn:").is_some_and(|rest| rest.contains(':'))
}

/// Does `range` begin with a word in small letters before another word: `service unavailable`?
pub(super) fn is_prose(text: Text<'_>, range: &Range<usize>) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let end = text.run_within(range.start, 32, |byte| byte.is_ascii_lowercase() || byte >= 0x80);
    end >= range.start + 3
        && text.at(end) == b' '
        && letter(text.at(end + 1))
        && letter(text.at(end + 2))
}

/// Is what stands at `range` the next pair, or its key: `imap-login: Login: user=…`?
pub(super) fn is_pair(text: Text<'_>, range: &Range<usize>, names: &Names) -> bool {
    let word = |byte: u8| is_word(byte) || byte == b'-';
    let end = text.run_within(range.start, LONGEST_KEY, word);
    let key = text.slice(range.start..end);
    let hex = |at: usize| text.at(at).is_ascii_hexdigit();
    match text.at(end) {
        // Two hex digits behind it: quoted-printable. Nothing behind it: base64.
        b'=' if end + 1 < range.end && !(hex(end + 1) && hex(end + 2)) => {
            names.kind(key).is_some() || called::is_technical(key)
        }
        b':' | b'=' if end + 1 >= range.end => names.kind(key).is_some(),
        _ => false,
    }
}

/// How companies are registered, in Europe and beyond. As they are written: `Sa` and `Sas` are families.
static FORMS: WordList<256> = WordList::new(
    "SAS SASU SARL EURL SCI SCOP SNC SA GmbH mbH AG KG OHG UG GbR SE SpA S.p.A. S.p.A Srl SRL S.r.l. S.r.l Srls Snc S.n.c. S.a.s. \
    SL S.L. SLU S.A. BV B.V. NV N.V. VOF Ltd Ltd. Limited LLP LLC PLC plc Inc Inc. Corp Corp. Oy AB ApS Lda Lda. z.o.o. s.r.o. \
    a.s. Kft Zrt GIE ASBL e.V. eG",
);

/// What companies call themselves last.
static CALLED: WordList<32> = WordList::new(
    "company systems group holding technologies solutions labs media software foundation university hospital industries partners",
);

/// Does `name` end as a company's does, with no given name in it: `Panificio Verdi Srl`, `Acme Trading Group`?
pub(super) fn is_company(name: &str) -> bool {
    let last = name.rsplit_once(' ').map(|(_, last)| last);
    last.is_some_and(|last| FORMS.has(last.as_bytes()) || CALLED.has_any_case(last))
        && !called::has_given(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    #[test]
    fn what_cannot_be_meant_stays() {
        for text in [
            r#"{"password"=>"[FILTERED]", "token"=>"[Filtered]", "email": "<redacted>"}"#,
            "password=[REDACTED] token=<redacted> secret=(hidden)",
            "string last_name = 3; string first_name = 2;",
            "message Contact { string email = 2; }",
            "passport: service unavailable, again in 15 min",
            "id=worker address=0x55d0c81f2a40 size=64",
            "imap-login: Login: status=ok, TLS",
            "issuer: O = Qwert Trust, CN = R11, serial 4",
            r#"<Attribute Name="urn:oid:2.5.4.4" x="y">"#,
            "job 0.14.2.1 (patched) at 2026-04-20 10:30 Hauptwache",
            "GET /x?id=4&token= 400 12ms",
            "logon user=WS-0412$ ok",
            "robots: User-agent: ExampleBot Disallow: /x",
            "switch.c:17 Session 8812 Ended",
            "open /home/www/site/x.php",
            r#"denied for "/app/login": Unknown Account"#,
            r#"{"path":["user","email"]}"#,
            "loaded tls.key for CN=api.acme.fr, until 2026-02-11",
            r#"conflicting server name "shop.acme.fr" on 0.0.0.0:80"#,
            r#"{"employer":"Verdi Trasporti S.p.A.","supplier":"Ott & Weber GmbH"}"#,
        ] {
            assert_eq!(masked(text), text);
        }
        for (text, clear) in [
            ("password=[sesame]", "password=[<secret>]"),
            ("password=<sesame", "password=<secret>"),
            ("passport: 12AB34567", "passport: <id>"),
            ("address=0x Elm Road 7", "address=<address>"),
            ("imap-login: Login: user=<chidi>, TLS", "imap-login: Login: user=<<name>>, TLS"),
            ("user: chidi: denied", "user: <name>: denied"),
            ("CN=anna.ott.ext, O=x", "CN=<name>, O=x"),
            (
                "surname        = \"Qwert\"\npassword       = \"Xyl\"",
                "surname        = \"<name>\"\npassword       = \"<secret>\"",
            ),
            (
                "E(field='mot_de_passe', value='Xyl', n=1)",
                "E(field='mot_de_passe', value='<secret>', n=1)",
            ),
            ("<x:Surname>Qwert</x:Surname>", "<x:Surname><name></x:Surname>"),
            ("<cbc:Name>Ilse von Qwert</cbc:Name>", "<cbc:Name><name></cbc:Name>"),
            ("dob: ISODate('1980-03-12')", "dob: ISODate('<birthdate>')"),
            ("licence_no=CA03746HH ok", "licence_no=<id> ok"),
            ("/x?id=4&password= OYbxbn&otp=1", "/x?id=4&password= <secret>&otp=1"),
            ("user=qwert_xyl$ ok", "user=<name> ok"),
            (r#"{"holder":"Anna Qwert Sa"}"#, r#"{"holder":"<name>"}"#),
            ("tel=0612345678 404 12ms", "tel=<phone> 404 12ms"),
            ("tel=06 12 34 56 78 ok", "tel=<phone> ok"),
            (r#"{"/login": "Ott"}"#, r#"{"/login": "<name>"}"#),
            (r#"["surname","Ott"]"#, r#"["surname","<name>"]"#),
            (r#"{"employer":"Chidinma Okonkwo"}"#, r#"{"employer":"<value>"}"#),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn companies_by_their_form() {
        for name in
            ["Dupont SAS", "Müller & Söhne GmbH", "Kowalski sp. z.o.o.", "Ott AG", "Qwert Media"]
        {
            assert!(is_company(name), "{name}");
        }
        for name in
            ["Dupont", "SAS Dupont", "AG", "Jean Sas-Ott", "Ott Ag", "Qwert Sa", "Anna Ott AG"]
        {
            assert!(!is_company(name), "{name}");
        }
    }
}
