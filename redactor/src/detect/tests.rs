//! The scanner as a whole: encodings, both forms, and what holds for any text.

mod announced;
mod europe;
mod harmless;

use super::*;
use base64::Engine as _;
use proptest::prelude::*;
use std::sync::LazyLock;

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

pub(super) fn masked(text: &str) -> String {
    let mut out = String::new();
    let replaced = SCANNER.mask(text, &mut out);
    assert_eq!(replaced, !SCANNER.is_clean(text));
    out
}

fn scrubbed(text: &str, keep_full_ip: bool) -> String {
    let mut out = String::new();
    SCANNER.scrub(text, keep_full_ip, &mut out);
    out
}

#[test]
fn the_clear_form_keeps_its_sense() {
    for (text, clear) in [
        ("user jean.dupont@x.fr not found", "user <email> not found"),
        ("GET /u?email=jean%40x.fr&page=2", "GET /u?email=<email>&page=2"),
        ("/x/203.0.113.9/jean@x.fr?p=1", "/x/203.0.113.0/24/<email>?p=1"),
        ("from 203.0.113.9:80", "from 203.0.113.0/24:80"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("[2001:db8::1]:443 closed", "[2001:db8::/48]:443 closed"),
        ("https://joe:pw@db.example.org/x", "https://<userinfo>@db.example.org/x"),
        (r#"{"password":"x","page":1}"#, r#"{"password":"<secret>","page":1}"#),
        (r#"raw: "{\"phone\": \"0612345678\"}""#, r#"raw: "{\"phone\": \"<phone>\"}""#),
        ("Authorization: Bearer abc.def", "Authorization: <authorization>"),
        ("GET handled - passport_number => '917244847'", "GET handled - passport_number => '<id>'"),
        ("pay 4111 1111 1111 1111 now", "pay <card> now"),
        ("to DE89 3704 0044 0532 0130 00.", "to <iban>."),
        ("?data=%7B%22name%22%3A%22Jean%22%7D", "?data=%7B%22name%22%3A%22<name>%22%7D"),
        (r"line\njean@x.fr", r"line\n<email>"),
        (r"j\u00fcrgen\u0040x.de ok", "<email> ok"),
        ("j\\xC3\\xBCrgen\\x40x.de ok", "<email> ok"),
        ("j&uuml;rgen&#64;x.de ok", "j&uuml;<email> ok"),
        ("mail =C3=A9ric=40x.fr ok", "mail <email> ok"),
        ("jean%2540x.fr", "<email>"),
        (r"\\u006aean\\u0040x.fr", "<email>"),
        ("０６ １２ ３４ ５６ ７８", "<phone>"),
        ("jean\u{200b}@x.fr", "<email>"),
        ("state=bWFpbD1qZWFuLmR1cG9udEB4LmZyPz4=&x=1", "state=<email>&x=1"),
    ] {
        assert_eq!(masked(text), clear);
    }
}

#[test]
fn clean_text_stays() {
    for text in [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        "GET /img/icon@2x.png 200 12:34:56.789",
        "a3f2b1c4-0612-4111-8111-a11111111111",
        "corr=00466876-8602-4993-8313-808998292086",
        "Foo::bar at Order.java:12",
        "2026-11-21T20:32:46.197Z level=info order 12345678 took 0.004111111 s",
        "@media (max-width: 768px)",
        "App\\User::find() in /var/www/app/src/Kernel.php:88",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "password reset requested, session expired",
        "pkg@1.2.3 needs ^1.2.3 || >=18.0.0 <21",
        "100 % sûr – déjà vu : €",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn the_sealed_form_loses_only_what_must_not_exist() {
    let text =
        "jean@x.fr 06 12 34 56 78 from 203.0.113.9 token=abc card 4111111111111111 name: Jean";
    let without =
        "jean@x.fr 06 12 34 56 78 from 203.0.113.0/24 token=<secret> card <card> name: Jean";
    assert_eq!(scrubbed(text, false), without);
    assert_eq!(scrubbed(text, true), without.replace("203.0.113.0/24", "203.0.113.9"));
    // What is dropped or truncated is found inside what is sealed whole.
    let text = "address: 1 rue X, from 203.0.113.9 and 4111111111111111";
    assert_eq!(scrubbed(text, false), "address: 1 rue X, from 203.0.113.0/24 and <card>");
}

#[test]
fn a_text_that_nests_too_deep_is_sealed_whole() {
    assert_eq!(masked("x=%252525252540"), "<sealed>");
    assert_eq!(scrubbed("x=%252525252540", true), "<sealed>");
    let deep = r#"\\\\\\\\\\\\\\\\""#;
    assert_eq!(masked(deep), "<sealed>");
}

#[test]
fn names_have_public_answers() {
    assert!(SCANNER.secret_name("plainPassword") && !SCANNER.personal_name("plainPassword"));
    assert!(SCANNER.personal_name("firstName") && !SCANNER.secret_name("firstName"));
    assert!(SCANNER.personal_name("client_ip"));
    assert!(!SCANNER.personal_name("page") && !SCANNER.secret_name("author"));
}

/// Bytes that detectors look at on `text`, by byte of it.
fn looks_per_byte(text: &str) -> usize {
    text::counter::take();
    assert!(SCANNER.is_clean(text) || !text.is_empty());
    text::counter::take() / text.len()
}

#[test]
fn the_worst_texts_cost_a_constant_per_byte() {
    let big = |part: &str| part.repeat((1 << 16) / part.len());
    for part in [
        "%25",
        "%2525",
        "7",
        "QUJD",
        "@",
        "a.",
        "a@",
        "a@a.",
        ":",
        "::",
        "a:",
        "1:",
        "=",
        "a=",
        "\"",
        "\\",
        "\\\\\"",
        "{\"a\":",
        "{\"name\":",
        "{\"password\":",
        "name:\"",
        "address: ",
        "name: A ",
        "password=",
        "<password>",
        "1.",
        "1.1.1.1.",
        "4 ",
        "$6",
        "4111 ",
        "FR76 ",
        "+33 ",
        "06 ",
        "://",
        "://a:b",
        "eyJ",
        "eyJ.",
        "Basic ",
        "/home/",
        "&#64;",
        "\\u0040",
        "é",
        "\u{200b}",
        "-----BEGIN ",
        "PRIVATE KEY-----",
        "name='a",
        ">",
        "<a>",
        "=41",
        "cookie: a=b; ",
        "s:8:\"password\";",
        "\\x40",
        "％",
        "[password] => ",
        "name=\"password\"",
        "QUJDREVGR0hJSktMTU5P ",
        "amFtZXNAeC5mciA9IDEy/",
        "tel 1234567 ",
        "passport 1",
        " PID|",
        " PID|a^b",
        "BEGIN:VCARD\n",
        ";BEGIN:VCARD",
        "eyJ_",
        "name=\"_",
        " -u a:",
        "curl ",
        "curl mysql ",
        "curl -u a:b ",
        "--password ",
        "--password a ",
        "password is ",
        "the password is sesame ",
        "uid=",
        "uid=a,",
        "1 rue ",
        "1 rue de la ",
        "12 Main Main ",
        "Hauptstr. 5 ",
        "via Roma 1, 12345 ",
        "pin:\n- a\n",
        "- pin:\n",
        "=?a?q?",
        "=?a?q?a?= ",
        " a@b:/",
        "ssh a@b ",
        "“A",
        "name A b ",
        "{name: {first: ",
        "tokens:[",
        "?31DE1",
        "code 4711 ",
        "my number is 1234567 ",
        " 123+A",
    ] {
        let looks = looks_per_byte(&big(part));
        assert!(looks <= 48, "{part:?}: {looks} looks a byte");
    }
}

/// Bytes that detectors look at on `part`, over and over, `len` bytes long.
fn looks(part: &str, len: usize) -> usize {
    let text = part.repeat(len / part.len() + 1);
    text::counter::take();
    std::hint::black_box(SCANNER.is_clean(&text));
    text::counter::take()
}

/// Words that no detector minds.
fn clean_words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "order",
        "12",
        "took",
        "GET",
        "/img/a.png",
        "ok",
        "slow",
        "(x)",
        "caf\u{e9}",
        "12:30:45",
        "v1.2",
        "#4",
        "-",
        "retry;",
    ]);
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn percent(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn json(text: &str) -> String {
    let escape = |char: char| match char {
        'a'..='z' | 'A'..='Z' | '0'..='9' => char.to_string(),
        _ => format!("\\u{:04x}", u32::from(char)),
    };
    text.chars().map(escape).collect()
}

/// `value` as it stands, and in encodings.
fn encodings(value: &str) -> Vec<String> {
    vec![
        value.to_owned(),
        percent(value),
        percent(&percent(value)),
        json(value),
        json(value).replace('\\', "\\\\"),
        format!(
            "\"{}\"",
            base64::engine::general_purpose::STANDARD.encode(format!("a {value} longer"))
        ),
    ]
}

fn planted() -> impl Strategy<Value = String> {
    let email = "[a-z]{2,8}[._+-]?[a-zé]{2,8}@[a-z]{2,10}\\.(fr|com|de|co\\.uk|photography)";
    let octets =
        (1u8..=223, any::<u8>(), any::<u8>(), 1u8..=254).prop_filter("loopback", |o| o.0 != 127);
    let v6 = any::<[u16; 8]>().prop_filter("mapped", |groups| groups[0] > 0xff && groups[7] > 0xff);
    let iban = any::<u64>().prop_map(|account| {
        let number = format!("37040044{:010}", account % 10_000_000_000);
        let digits = format!("{number}131400");
        let rest = digits.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
        format!("DE{:02}{number}", 98 - rest)
    });
    prop_oneof![
        email,
        octets.prop_map(|(a, b, c, d)| format!("{a}.{b}.{c}.{d}")),
        v6.prop_map(|groups| std::net::Ipv6Addr::from(groups).to_string()),
        iban,
    ]
}

/// Text made of what detectors look at.
fn nasty() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "jean@x.fr",
            "@",
            "203.0.113.9",
            "2001:db8::1",
            ":",
            "::",
            "+33612345678",
            "06 12 34 56 78",
            "=",
            "password",
            "name",
            "address",
            "Jean",
            "\"",
            "'",
            "\\",
            "\\\"",
            "<",
            ">",
            "<secret>",
            "<email>",
            "<name>",
            "</name>",
            "&",
            ";",
            ",",
            " ",
            "%40",
            "%25",
            "%",
            "\\u0040",
            "&#64;",
            "eyJhbGciOiJ9.eyJz.x",
            "Bearer abcdef123456",
            "4111111111111111",
            "://",
            "/",
            "DE89370400440532013000",
            "QUJDREVGR0hJSktMTU5P",
            "amVhbkB4LmZyIGZyb20=",
            "\n",
            "\u{200b}",
            "é",
            "{",
            "}",
            "[",
            "]",
            "/home/",
            "Cookie",
            "Authorization",
            ".",
            "-",
            "1",
            "/24",
            "=40",
            "=>",
            "value",
            "curl -u ",
            "mysql -p",
            "--password ",
            "the password is ",
            "uid=",
            ",ou=",
            "12 rue de la ",
            "Hauptstr. 5",
            ", 75002 Paris",
            "10 Downing Street",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Twice the text is twice the work, whatever is repeated in it: the fixed list above, searched at random.
    #[test]
    fn work_grows_with_the_length_and_no_faster(part in nasty()) {
        prop_assume!(!part.is_empty());
        let (half, whole) = (looks(&part, 1 << 12), looks(&part, 1 << 13));
        prop_assert!(whole <= 3 * half + 4096, "{:?}: {} looks, then {}", part, half, whole);
    }
}

proptest! {
    #[test]
    fn findings_are_sorted_apart_and_on_borders(text in prop_oneof![nasty(), any::<String>()]) {
        let mut found = Vec::new();
        SCANNER.scan(&text, &mut found);
        let mut last = 0;
        for finding in found {
            prop_assert!(finding.range.start >= last && finding.range.start < finding.range.end);
            prop_assert!(text.get(finding.range.clone()).is_some());
            last = finding.range.end;
        }
    }

    #[test]
    fn masking_and_scrubbing_twice_changes_nothing(text in nasty()) {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
        for keep in [false, true] {
            let once = scrubbed(&text, keep);
            prop_assert_eq!(scrubbed(&once, keep), once);
        }
    }

    #[test]
    fn what_is_replaced_and_not_dropped_is_in_the_sealed_content(before in clean_words(), value in planted()) {
        for encoded in encodings(&value) {
            let text = format!("{before} {encoded} end");
            prop_assert_ne!(masked(&text), text.clone());
            prop_assert_eq!(scrubbed(&text, true), text);
        }
    }

    #[test]
    fn what_is_planted_is_found_whole(before in clean_words(), value in planted(), after in clean_words()) {
        for encoded in encodings(&value) {
            let text = format!("{before} {encoded} {after}");
            let clear = masked(&text);
            prop_assert!(clear.starts_with(&before) && clear.ends_with(&after), "{}", clear);
            prop_assert!(!clear.contains(&encoded), "{}", clear);
        }
    }
}
