//! Keys in links: `?t=…`, `&invite=…`. Whoever has the link is let in.
//!
//! Invariant: only the value of a parameter counts, and only one as random as no word, path or number is.

use super::text::{Text, is_word};
use std::ops::Range;

/// Characters of a key: fewer are guessed, more are data.
const SHORTEST: usize = 20;
const LONGEST: usize = 256;

/// Is `range` the random value of a parameter?
pub(super) fn is_key(text: Text<'_>, range: &Range<usize>) -> bool {
    let equals = text.before(range.start, 1) == b'=';
    let name =
        text.run_back(range.start.saturating_sub(1), 32, |byte| is_word(byte) || byte == b'-');
    equals
        && matches!(text.before(name, 1), b'?' | b'&' | b';')
        && is_random(text.slice(range.clone()))
}

/// Capitals, small letters and digits mixed, one after the other often enough.
pub(super) fn is_random(value: &str) -> bool {
    let value = value.trim_end_matches('=').as_bytes();
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let class = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let changes = value.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    (SHORTEST..=LONGEST).contains(&value.len())
        && value.iter().all(|byte| is_word(*byte) || matches!(byte, b'-' | b'+' | b'/'))
        && count(u8::is_ascii_digit) >= 2
        && count(u8::is_ascii_uppercase) >= 3
        && count(u8::is_ascii_lowercase) >= 3
        && changes * 3 >= value.len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn keys_of_links_go() {
        for (text, clear) in [
            ("GET /r?t=Zk3v9QxT7bLm2RpW8sYd4HcN 302", "GET /r?t=<secret> 302"),
            ("/join?room=4&invite=aB3dE5gH7jK9mN1pQ3sT", "/join?room=4&invite=<secret>"),
            ("x.fr/u?k=Zk3v9QxT7bLm2RpW8sYd4HcN>,", "x.fr/u?k=<secret>>,"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn other_parameters_stay() {
        for text in [
            "/r?t=1742287267331&k=page",
            "key=Zk3v9QxT7bLm2RpW8sYd4HcN in the bucket",
            "/s?key=uploads/2024/IMG_20240318.JPG",
            "/s?hash=da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "/v?k=TheQuickBrownFoxJumpsOver1",
            "?t=PT10M",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
