//! A curious reader of the output: undoes every public encoding, three deep, and says if a planted value is readable.
//!
//! What counts as readable is strict on purpose: one word of a name, the local part of an address, seven tenths of a code.

use super::Corpus;
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How many encodings deep the reader looks.
const DEPTH: usize = 3;

/// Words of names and streets that name nobody.
const COMMON: [&str; 28] = [
    "van",
    "der",
    "von",
    "den",
    "del",
    "dell",
    "des",
    "les",
    "dei",
    "della",
    "bis",
    "rue",
    "via",
    "allée",
    "avenue",
    "chemin",
    "impasse",
    "boulevard",
    "quai",
    "corso",
    "viale",
    "piazza",
    "vicolo",
    "calle",
    "avenida",
    "road",
    "close",
    "terrace",
];

/// A text in all its public decodings, lower-cased.
pub(super) struct Eyes(Vec<String>);

impl Eyes {
    pub(super) fn of(text: &str) -> Self {
        let mut views = vec![text.to_owned()];
        let mut last = text.to_owned();
        for _ in 0..DEPTH {
            let mut next = entities(&escapes(&hex_after(&last, b'%')));
            next.push('\n');
            next.push_str(&tokens(&next));
            views.extend([next.clone(), next.replace('+', " ")]);
            views.push(hex_after(&next, b'=').replace('_', " "));
            last = next;
        }
        Self(views.into_iter().map(|view| view.to_lowercase()).collect())
    }

    /// Is a value of this type readable?
    pub(super) fn see(&self, kind: &str, value: &str) -> bool {
        let value = value.to_lowercase();
        match kind {
            "mail" => self.show(value.split('@').next().unwrap_or(&value)),
            "ip4" | "ip6" => self.show(&value) || self.word(tail(&value)),
            "name" | "address" => words(&value).any(|word| {
                // A short word may stand in another by chance.
                if word.chars().count() < 5 { self.word(word) } else { self.show(word) }
            }),
            _ => self.run(&value),
        }
    }

    fn show(&self, part: &str) -> bool {
        self.0.iter().any(|view| view.contains(part))
    }

    /// `part` between characters that are neither letters nor digits.
    fn word(&self, part: &str) -> bool {
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        self.0.iter().any(|view| {
            view.match_indices(part).any(|(at, _)| {
                let (before, after) = (&view[..at], &view[at + part.len()..]);
                !inside(before.chars().next_back()) && !inside(after.chars().next())
            })
        })
    }

    /// Seven tenths of the characters in a row.
    fn run(&self, value: &str) -> bool {
        let chars: Vec<char> = value.chars().collect();
        let long = (chars.len() * 7).div_ceil(10);
        chars.windows(long.max(1)).any(|run| self.show(&run.iter().collect::<String>()))
    }
}

/// The last two groups of an IP address: the network that may stay does not reach there.
fn tail(ip: &str) -> &str {
    let mut cuts = ip.rmatch_indices(['.', ':']).map(|(at, _)| at + 1);
    ip[cuts.nth(1).unwrap_or(0)..].trim_start_matches(':')
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.split(|c: char| !c.is_alphabetic());
    parts.filter(|word| word.chars().count() >= 3 && !COMMON.contains(word))
}

/// Undoes `%41` or, with another mark, `=41`.
fn hex_after(text: &str, mark: u8) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(byte) = bytes.get(at) {
        match (*byte == mark).then(|| hex(bytes.get(at + 1..at + 3))).flatten() {
            Some(code) => {
                out.push(code);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(pair: Option<&[u8]>) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(pair?).ok()?, 16).ok()
}

/// Undoes `\u0041`, `\x41` and `\"`.
fn escapes(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let escaped = if *byte == b'\\' { bytes.get(at + 1) } else { None };
        let (two, four) = (hex(bytes.get(at + 2..at + 4)), hex(bytes.get(at + 4..at + 6)));
        at += match (escaped, two, four) {
            (Some(b'x'), Some(code), _) => {
                out.push(code);
                4
            }
            (Some(b'u'), Some(high), Some(low)) => {
                let shown = char::from_u32(u32::from(high) << 8 | u32::from(low)).unwrap_or('?');
                out.extend_from_slice(shown.encode_utf8(&mut [0; 4]).as_bytes());
                6
            }
            (Some(plain @ (b'"' | b'\\' | b'/')), ..) => {
                out.push(*plain);
                2
            }
            (Some(b'n' | b'r' | b't'), ..) => {
                out.push(b' ');
                2
            }
            _ => {
                out.push(*byte);
                1
            }
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Undoes `&#64;`, `&#x40;` and the five names of XML.
fn entities(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(10).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((shown, end)) => {
                out.push(shown);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// What the base64 words of a text say.
fn tokens(text: &str) -> String {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let standard = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let url = GeneralPurpose::new(&base64::alphabet::URL_SAFE, lenient);
    let mut out = String::new();
    for (alphabet, marks) in [(standard, "+/"), (url, "-_")] {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !marks.contains(c));
        for decoded in words.filter(|word| word.len() >= 8).flat_map(|word| alphabet.decode(word)) {
            out.push_str(&String::from_utf8_lossy(&decoded));
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_reader_sees_every_planted_value_and_not_what_is_gone() {
    for row in super::CORPORA.iter().flat_map(Corpus::rows) {
        let text = row["text"].as_str().expect("a text");
        let eyes = Eyes::of(text);
        for planted in row["pii"].as_array().into_iter().flatten() {
            let [kind, value] =
                ["type", "value"].map(|name| planted[name].as_str().expect("a string"));
            assert!(eyes.see(kind, value), "{value} in {text}");
        }
    }
    let eyes = Eyes::of("from 203.0.113.0/24 and 2001:db8::/48: <name> van <email>");
    for (kind, value) in [
        ("ip4", "203.0.113.77"),
        ("ip6", "2001:db8:0:1::7"),
        ("name", "Eva van Dam"),
        ("mail", "eva@x.nl"),
    ] {
        assert!(!eyes.see(kind, value), "{value}");
    }
}
