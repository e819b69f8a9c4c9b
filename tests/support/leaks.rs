//! Eyes for leaks: the planted values, looked for in every decoding a curious reader would try.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A text in all its public decodings, lower-cased.
pub(crate) struct Views(Vec<String>);

impl Views {
    /// Decodes: as it is, percent (twice), JSON escapes (twice), HTML entities are left to the bench;
    /// base64 and base64url of every long token, hex of every long token, UTF-16.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut views = vec![text.clone()];
        for _ in 0..2 {
            let last = views.last().expect("one view").clone();
            let next = unescape(&percent(&last));
            if next == last {
                break;
            }
            views.push(next);
        }
        views.push(tokens(&text));
        views.push(text.replace('\0', ""));
        Self(views.into_iter().map(|view| view.to_lowercase()).collect())
    }

    /// True when the value is readable in one of the views.
    pub(crate) fn show(&self, value: &str) -> bool {
        let value = value.to_lowercase();
        self.0.iter().any(|view| view.contains(&value))
    }
}

fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.get(2..6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match (rest.as_bytes().get(1), code.and_then(char::from_u32)) {
            (Some(b'u'), Some(character)) => {
                out.push(character);
                rest = &rest[6..];
            }
            _ => {
                let skip = rest.char_indices().nth(1).map_or(rest.len(), |(at, _)| at);
                rest = &rest[skip..];
            }
        }
    }
    out + rest
}

fn tokens(text: &str) -> String {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let standard = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let url = GeneralPurpose::new(&base64::alphabet::URL_SAFE, lenient);
    let mut out = String::new();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    for token in text.split(|c| !is_token(c)).filter(|token| token.len() >= 8) {
        for decoded in [standard.decode(token), url.decode(token)].into_iter().flatten() {
            out.push_str(&String::from_utf8_lossy(&decoded));
            out.push('\n');
        }
        if token.len() % 2 == 0 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let pairs = token.as_bytes().chunks(2);
            let bytes: Vec<u8> = pairs
                .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect();
            out.push_str(&String::from_utf8_lossy(&bytes));
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_eyes_see_what_is_hidden_in_public_encodings() {
    let value = "ada.lovelace@example.org";
    let base64 = base64::engine::general_purpose::STANDARD.encode(value);
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    for text in [
        value.to_uppercase(),
        "ada.lovelace%40example.org".into(),
        "ada.lovelace%2540example.org".into(),
        "ada.lovelace\\u0040example.org".into(),
        format!("x={base64};"),
        format!("x={hex};"),
    ] {
        assert!(Views::of(text.as_bytes()).show(value), "{text}");
    }
    assert!(!Views::of(b"nothing here").show(value));
}
