//! The pairs of a cookie that say nothing of a person: `lang=fr_FR`, `theme=dark`, `Path=/`, `SameSite=Lax`.
//!
//! Invariant: a pair stays only if its name is on the list and its value has the form that such a value has; all else
//! of a cookie goes, names and all. Place on the path: asked by `examine` for the value of a `Cookie` header.

use super::code;
use super::text::Text;
use super::wordlist::WordList;
use std::ops::Range;

/// Calls `each` with every run of pairs in `cookie` that is to be hidden.
pub(super) fn each_hidden(
    text: Text<'_>,
    cookie: Range<usize>,
    mut each: impl FnMut(Range<usize>),
) {
    let (mut hidden, mut at) = (None::<Range<usize>>, cookie.start);
    for pair in text.slice(cookie).split(';') {
        let bare = pair.trim_start();
        let start = at + pair.len() - bare.len();
        let range = start..start + bare.trim_end().len();
        at += pair.len() + 1;
        if stays(text.slice(range.clone())) {
            if let Some(run) = hidden.take() {
                each(run);
            }
        } else {
            hidden = Some(hidden.map_or(range.start, |run| run.start)..range.end);
        }
    }
    if let Some(run) = hidden {
        each(run);
    }
}

/// Attributes without a value (RFC 6265 section 4.1).
static FLAGS: WordList<16> = WordList::new("httponly secure partitioned");

/// Names of preferences.
static PREFERENCES: WordList<64> = WordList::new(
    "lang language locale hl culture theme color_mode colour_mode color-mode currency cart_currency consent cookie_consent \
    cookieconsent timezone tz country samesite priority",
);

/// Values of preferences beside codes: of consent, a theme, and `SameSite`.
static CHOICES: WordList<64> = WordList::new(
    "yes no true false on off all none accepted rejected denied granted dismissed dark light auto system default lax strict high \
    low medium compact contrast",
);

/// Names of moments and of what is correlated.
static TRACES: WordList<32> =
    WordList::new("t ts time timestamp txn corr correlation_id correlationid request_id requestid");

/// A number or a UUID, as a moment or what is correlated has.
fn is_trace(value: &str) -> bool {
    let number = |byte: u8| byte.is_ascii_digit();
    let uuid = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    !value.is_empty()
        && (value.bytes().all(number) || value.len() == code::UUID && value.bytes().all(uuid))
}

/// May `pair` stay?
fn stays(pair: &str) -> bool {
    let Some((name, value)) = pair.split_once('=') else {
        return FLAGS.has_any_case(pair) || super::is_placeholder(pair);
    };
    if name.eq_ignore_ascii_case("max-age") {
        return value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit());
    }
    if name.eq_ignore_ascii_case("expires") {
        return is_instant(value);
    }
    if name.eq_ignore_ascii_case("path") {
        return is_path(value);
    }
    if TRACES.has_any_case(name) {
        return is_trace(value);
    }
    let chosen = value.split('-').all(|word| CHOICES.has_any_case(word));
    (PREFERENCES.has_any_case(name) || name.ends_with("consent"))
        && (chosen || is_code(value) || super::is_placeholder(value))
}

/// `Thu, 12 Nov 2026 09:15:00 GMT` (RFC 9110 section 5.6.7), or what the list of pairs before the comma holds of it.
fn is_instant(value: &str) -> bool {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mark = |byte: u8| byte.is_ascii_alphanumeric() || b" ,:-".contains(&byte);
    value.len() <= 33
        && value.bytes().all(mark)
        && value.get(..3).is_some_and(|day| DAYS.contains(&day))
        && (value.len() == 3 || value.ends_with("GMT"))
}

/// `/`, `/app`: words, no number and no escape.
fn is_path(path: &str) -> bool {
    let word = |word: &str| word.is_empty() || crate::vocabulary::knows(word);
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(word))
}

/// A language, a country or a currency: `fr`, `fr_FR`, `pt-BR`, `EUR` (ISO 639, 3166, 4217).
fn is_code(value: &str) -> bool {
    let lower = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper = |code: &str| {
        matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    match value.split_once(['_', '-']) {
        Some((language, country)) => lower(language) && (upper(country) || lower(country)),
        None => lower(value) || upper(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn preferences_and_attributes_stay() {
        for (text, clear) in [
            ("Cookie: sid=k2; lang=it; theme=dark", "Cookie: <secret>; lang=it; theme=dark"),
            (
                "Cookie: sid=k2; theme=high-contrast; ad_consent=denied",
                "Cookie: <secret>; theme=high-contrast; ad_consent=denied",
            ),
            (
                "Cookie: locale=pt-BR; _ga=GA1.2.77; sid=k2; currency=CHF",
                "Cookie: locale=pt-BR; <secret>; currency=CHF",
            ),
            (
                "Set-Cookie: sid=k2; Path=/api; Max-Age=3600; HttpOnly; Secure; SameSite=Strict",
                "Set-Cookie: <secret>; Path=/api; Max-Age=3600; HttpOnly; Secure; SameSite=Strict",
            ),
            (
                "Set-Cookie: sid=k2; Expires=Thu, 12 Nov 2026 09:15:00 GMT; Path=/",
                "Set-Cookie: <secret>; Expires=Thu, 12 Nov 2026 09:15:00 GMT; Path=/",
            ),
            (
                "Cookie: sid=k2; lang=fr; 1781985949000; x",
                "Cookie: <secret>; lang=fr; 1781985949000; x",
            ),
            (
                r#"{"cookie":"a=1; consent=yes","x":1}"#,
                r#"{"cookie":"<secret>; consent=yes","x":1}"#,
            ),
        ] {
            assert_eq!(masked(text), clear);
            assert_eq!(masked(clear), clear);
        }
    }

    #[test]
    fn a_preference_has_its_form() {
        for text in [
            "Cookie: lang=sabine",
            "Cookie: theme=k29zz8",
            "Cookie: Path=/u/k29",
            "Cookie: country=Ott",
            "Cookie: tz=12; Max-Age=x",
            "Cookie: lax",
            "Cookie: expires=Ott",
            "Cookie: 1781985949000",
            "Cookie: t=ott",
        ] {
            let (header, value) =
                masked(text).split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            assert_eq!((header.as_str(), value.as_str()), ("Cookie:", "<secret>"), "{text}");
        }
    }
}
