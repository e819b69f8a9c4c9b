//! What `json` promises, by example.

use super::*;
use proptest::prelude::*;

/// Our value in serde_json's terms; numbers become their tokens, so nothing is lost in the comparison.
fn plain(json: &Json<'_>) -> serde_json::Value {
    match json {
        Json::Null => serde_json::Value::Null,
        Json::Bool(bool) => (*bool).into(),
        Json::Number(token) => serde_json::from_str(token).unwrap(),
        Json::Text(text) => (&**text).into(),
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::Object(members) => {
            members.iter().map(|(key, value)| (key.to_string(), plain(value))).collect()
        }
    }
}

fn text(line: &str) -> String {
    match read(line) {
        Ok(Json::Text(text)) => text.into_owned(),
        _ => panic!("not a string"),
    }
}

fn fault(line: &str) -> Option<Fault> {
    read(line).err()
}

/// Accepts and rejects what serde_json does, and means the same by it. The three differences are ours on
/// purpose: lone surrogates are replaced, numbers have no range, and a key stands once.
fn agrees(line: &str) {
    let theirs = serde_json::from_str::<serde_json::Value>(line);
    match (read(line), theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(plain(&ours), theirs),
        (Err(Fault::DupKey), Ok(_)) | (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => {
            let why = error.to_string();
            let ours_on_purpose = ["surrogate", "out of range", "end of hex escape"];
            assert!(ours_on_purpose.iter().any(|known| why.contains(known)), "{why}");
        }
        (Err(fault), Ok(_)) => panic!("refused as {}", fault.name()),
    }
}

#[test]
fn strings_are_borrowed_when_they_can_be() {
    assert!(matches!(read(" \"café\" "), Ok(Json::Text(Cow::Borrowed("café")))));
}

#[test]
fn escapes_and_surrogates() {
    assert_eq!(text(r#""\"\\\/\b\f\n\r\t\u00e9\u0000""#), "\"\\/\u{8}\u{c}\n\r\té\0");
    assert_eq!(text(r#""\ud83d\ude00""#), "😀");
    assert_eq!(text(r#""\ud83d""#), "\u{fffd}");
    assert_eq!(text(r#""\ude00x""#), "\u{fffd}x");
    assert_eq!(text(r#""\ud83d\u0041""#), "\u{fffd}A");
    assert_eq!(text(r#""\ud83d\ud83d\ude00""#), "\u{fffd}😀");
    for bad in [r#""\u12""#, r#""\u12g4""#, r#""\x41""#, r#""\ud83d\u00"#, "\"a\nb\"", "\"a", "\""]
    {
        assert_eq!(fault(bad), Some(Fault::Json));
    }
}

#[test]
fn number_tokens_stay() {
    for token in ["0", "-0", "1.50", "1e3", "-12.5E-07", "123456789012345678901234567890", "1e999"]
    {
        assert!(matches!(read(token), Ok(Json::Number(same)) if same == token));
    }
    for bad in ["01", "+1", "1.", ".5", "-", "1e", "1e+", "NaN", "Infinity", "0x1", "--1"] {
        assert_eq!(fault(bad), Some(Fault::Json), "{bad}");
    }
}

#[test]
fn what_is_no_json() {
    for bad in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "[1 2]",
        "{}{}",
        "tru",
        "\u{feff}{}",
        "{\"a\"}",
    ] {
        assert_eq!(fault(bad), Some(Fault::Json), "{bad}");
    }
}

#[test]
fn depth_is_limited_and_wins_over_what_comes_later() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(read(&nested(128)).is_ok());
    assert_eq!(fault(&nested(129)), Some(Fault::Depth));
    assert_eq!(fault(&"[".repeat(10_000)), Some(Fault::Depth));
    assert_eq!(fault(&"{\"a\":".repeat(10_000)), Some(Fault::Depth));
}

#[test]
fn keys_stand_once_at_every_level() {
    assert_eq!(fault(r#"{"a":1,"b":2,"a":3}"#), Some(Fault::DupKey));
    assert_eq!(fault(r#"{"a":1,"\u0061":3}"#), Some(Fault::DupKey));
    assert_eq!(fault(r#"[{"x":{"a":1,"a":3}}]"#), Some(Fault::DupKey));
    assert_eq!(fault(r#"{"a":1,"a":3"#), Some(Fault::Json));
    assert!(read(r#"{"a":{"a":1},"A":2}"#).is_ok());
    let many: Vec<_> = (0..1000).map(|i| format!("\"k{i}\":{i}")).collect();
    assert!(read(&format!("{{{}}}", many.join(","))).is_ok());
    assert_eq!(fault(&format!("{{{},\"k500\":0}}", many.join(","))), Some(Fault::DupKey));
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(|f| serde_json::Number::from_f64(f).map_or(0.into(), Into::into)),
        any::<String>().prop_map(Into::into),
        "[a-z\"\\\\\u{0}-\u{20}é😀]{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_serde_json_writes(value in value(), pretty: bool) {
        let line = if pretty { format!("{value:#}") } else { value.to_string() };
        let ours = read(&line).map_err(Fault::name).map(|json| plain(&json));
        prop_assert_eq!(ours, Ok(serde_json::from_str(&line).unwrap()));
    }

    #[test]
    fn agrees_on_damaged_json(value in value(), at: prop::sample::Index, with in "[\\[\\]{}\",:\\\\u0-9eE+.tfn \u{1}]{0,2}", cut in 0..3usize) {
        let line = value.to_string();
        let mut from = at.index(line.len() + 1);
        while !line.is_char_boundary(from) { from -= 1; }
        let mut to = (from + cut).min(line.len());
        while !line.is_char_boundary(to) { to += 1; }
        agrees(&format!("{}{with}{}", &line[..from], &line[to..]));
    }

    #[test]
    fn agrees_on_token_soup(soup in "([\\[\\]{}\",:]|\"[a-b]?\"|\\\\u(d83d|de00|0041)|null|true|-?[01]([.]5)?(e9)?| ){0,12}") {
        agrees(&soup);
    }

    #[test]
    fn eight_bytes_at_once_are_looked_at_like_one(mut bytes: [u8; 8], at in 0..8_usize, byte in prop::sample::select(&b"\x00\x1f !\"#[\\]\x7f\x80\xa2\xdc\xff"[..])) {
        bytes[at] = byte;
        let special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
        let expected = bytes.iter().position(special).unwrap_or(8);
        prop_assert_eq!(specials(u64::from_le_bytes(bytes)).trailing_zeros() as usize / 8, expected);
    }

    #[test]
    fn never_panics(line: String) {
        agrees(&line);
    }
}
