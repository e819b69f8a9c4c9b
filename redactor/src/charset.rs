//! Which texts are harmless by their form alone (`docs/formats/events.md`).
//!
//! Invariant: a text these let through needs no escaping in JSON and holds no `@`, space or control
//! character. Place on the path: asked by the event writer before anything stays in clear.

/// `^[A-Za-z0-9_.:/-]{1,128}$`: roles, routes, channels, objects.
pub(crate) fn label(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:/-".contains(&b))
}

/// `^[A-Za-z_][A-Za-z0-9_-]{0,63}$`: names of posted fields, query and route parameters.
pub(crate) fn name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !is_token(text)
}

/// A key that stands where a name should: 16 hex digits with their dashes, or 20 letters and digits in a row
/// of which three are digits.
fn is_token(name: &str) -> bool {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let hex = name.bytes().filter(u8::is_ascii_hexdigit).count();
    let all_hex = name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    all_hex && hex >= 16 && digits(name) >= 2
        || name
            .split(['_', '-'])
            .any(|word| word.len() >= 20 && (3..word.len()).contains(&digits(word)))
}

/// `^[a-z0-9][a-z0-9._-]{0,63}$`: instances and services.
pub(crate) fn instance(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| inside(b) || b"._-".contains(&b))
        && text.bytes().next().is_some_and(inside)
}

/// `^[a-z0-9_-]{1,64}$`: tenants.
pub(crate) fn tenant(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// `^[A-Za-z_\\][A-Za-z0-9_\\]{0,199}$`: the class of an exception.
pub(crate) fn class(text: &str) -> bool {
    let first = |b: u8| b.is_ascii_alphabetic() || b == b'_' || b == b'\\';
    (1..=200).contains(&text.len())
        && text.bytes().all(|b| first(b) || b.is_ascii_digit())
        && text.bytes().next().is_some_and(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (rule, yes, no) in [
            (label as fn(&str) -> bool, "ROLE_USER", "Role user"),
            (label, "content:812", "a@b"),
            (name, "first-name", "1st"),
            (name, "_token", "a.b"),
            (name, "x", ""),
            (name, "billing_address_line_2", "a3f4aa00ffee11223344556677889900"),
            (name, "x509_certificate_2026_v10", "deadbeef-0011-4223-8445-566778899001"),
            (name, "decade-2020", "eyJhbGciOiJIUzI1NiJ9a3f4"),
            (instance, "ip-10-0-3-17", "-x"),
            (instance, "web.1", "Web"),
            (tenant, "mairie-x", "mairie.x"),
            (class, "\\App\\Boom", "fatal: x"),
            (class, "E1", "1E"),
        ] {
            assert!(rule(yes), "{yes}");
            assert!(!rule(no), "{no}");
        }
        assert!(!label(&"a".repeat(129)) && !name(&"a".repeat(65)) && !class(&"a".repeat(201)));
    }
}
