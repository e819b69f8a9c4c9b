//! The forms a string can have to have.
//!
//! Invariant: each form is a test without side effects and says what to write, never what was written.

/// A test, and what to say when it fails.
pub(crate) struct Form {
    pub(crate) holds: fn(&str) -> bool,
    pub(crate) wrong: &'static str,
    pub(crate) advice: &'static str,
}

const fn form(holds: fn(&str) -> bool, wrong: &'static str, advice: &'static str) -> Form {
    Form { holds, wrong, advice }
}

/// `svc` and `inst` of an event: `docs/formats/events.md`.
pub(crate) const INSTANCE: Form = form(
    |text| lower_or_digit(text) && of(text, 1..=64, |b| lower(b) || b"._-".contains(&b)),
    "not a name",
    "write 1 to 64 of a-z 0-9 . _ - beginning with a letter or digit",
);
pub(crate) const TENANT: Form = form(
    |text| text != "-" && of(text, 1..=64, |b| lower(b) || b"_-".contains(&b)),
    "not a tenant name",
    "write 1 to 64 of a-z 0-9 _ - (\"-\" alone means: no tenant)",
);
pub(crate) const SOURCE_NAME: Form = form(
    |text| lower_or_digit(text) && of(text, 1..=32, |b| lower(b) || b"_-".contains(&b)),
    "not a name",
    "write 1 to 32 of a-z 0-9 _ - beginning with a letter or digit",
);
pub(crate) const REGION: Form = form(
    |text| lower_or_digit(text) && of(text, 1..=32, |b| lower(b) || b == b'-'),
    "not a region",
    "write regions as in \"eu-central-1\"",
);
/// The beginning of a log group's name; service and stream follow it.
pub(crate) const GROUP_PREFIX: Form = form(
    |text| {
        let part = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
        of(text, 1..=256, part) && !text.ends_with('/') && !text.starts_with("aws/")
    },
    "not the beginning of a log group's name",
    "write letters, digits and / . _ -, without / at the end, as in \"/greffier\"",
);
pub(crate) const HOST: Form = form(
    |text| lower_or_digit(text) && of(text, 1..=253, |b| lower(b) || b".-".contains(&b)),
    "not a host name",
    "write host names in lower case and without a port",
);
pub(crate) const KIND: Form = form(
    |text| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && of(text, 1..=32, |b| lower(b) || b"_-".contains(&b))
    },
    "not a plain word",
    "write 1 to 32 of a-z 0-9 _ - beginning with a letter",
);
/// A placeholder without its brackets.
pub(crate) const ENTITY: Form = form(
    |text| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && of(text, 1..=32, |b| lower(b) || b"_-".contains(&b))
    },
    "not a name",
    "write 1 to 32 of a-z 0-9 _ - beginning with a letter",
);
/// Words shortly before a value.
pub(crate) const CUE: Form = form(
    |text| {
        let end = |c: char| c.is_alphanumeric();
        (1..=48).contains(&text.len())
            && text.starts_with(end)
            && text.ends_with(end)
            && !text.chars().any(char::is_control)
    },
    "not a cue",
    "write one to 48 bytes of words, as in \"customer number\"",
);
pub(crate) const CHANNEL: Form = form(
    |text| of(text, 1..=64, |b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)),
    "not a channel name",
    "write 1 to 64 letters, digits or . _ -",
);
pub(crate) const CLASS: Form = form(
    |text| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || "_\\".contains(c))
            && of(text, 1..=200, |b| b.is_ascii_alphanumeric() || b"_\\".contains(&b))
    },
    "not a class name",
    "write the whole class name, as in 'App\\Exception\\PaymentFailed'",
);
pub(crate) const FIELD: Form = form(
    |text| text.len() <= 200 && text.split('.').all(is_segment),
    "not a field path",
    "write names joined by dots, as in \"ctx.user.id\"",
);
pub(crate) const QUERY_NAME: Form = form(
    |text| {
        let name = text.strip_suffix('*').unwrap_or(text);
        of(name, 0..=64, |b| b.is_ascii_alphanumeric() || b"_.[]-".contains(&b)) && !text.is_empty()
    },
    "not a query name",
    "write a parameter's name, or the beginning of names and one * at the end, as in \"utm_*\"",
);
pub(crate) const ROUTE_GLOB: Form = form(
    |text| {
        of(text, 1..=128, |b| b.is_ascii_alphanumeric() || b"_.:/*-".contains(&b))
            && !text.contains("***")
    },
    "not a pattern of route names",
    "write a route's name, with * for any characters, as in \"admin_user_*\"",
);
pub(crate) const PATH_GLOB: Form = form(
    |text| text.starts_with('/') && of(text, 1..=512, path_byte) && !text.contains("***"),
    "not a pattern of paths",
    "begin with / and write * for anything but /, ** for anything, as in \"/admin/**\"",
);
/// Literal segments and `{name}`.
pub(crate) const TEMPLATE: Form = form(
    |text| is_template(text) && !text.contains('*'),
    "not a path template",
    "begin with / and write {name} for a segment that changes, as in \"/page/{slug}\"",
);
/// A template in which `*` and `**` may stand too.
pub(crate) const TEMPLATE_GLOB: Form = form(
    |text| is_template(text) && !text.contains("***"),
    "not a path template",
    "begin with / and write {name} for the segment that names the object, as in \"/admin/content/{id}\"",
);
pub(crate) const VARIABLE: Form = form(
    |text| {
        text.starts_with(|c: char| c.is_ascii_uppercase())
            && of(text, 1..=64, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    },
    "not the name of an environment variable",
    "write a name of A-Z 0-9 _, as in { env = \"GREFFIER_ROOT\" }",
);
/// A C2SP signed-note verifier key: name, eight hexadecimal digits, base64.
pub(crate) const VERIFIER_KEY: Form = form(
    is_verifier_key,
    "not a verifier key",
    "write the line of the root.pub that `greffier keys init` made: name+1a2b3c4d+base64",
);

/// A name in a dotted path: no dot, no control character, nothing exotic.
pub(crate) fn is_segment(name: &str) -> bool {
    of(name, 1..=64, |b| b.is_ascii_alphanumeric() || b"_@-".contains(&b))
}

/// The names of a template's `{name}` segments.
pub(crate) fn template_names(template: &str) -> impl Iterator<Item = &str> {
    template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn is_template(text: &str) -> bool {
    let literal = |part: &str| of(part, 0..=128, path_byte);
    let name = |part: &str| {
        part.strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .is_some_and(|name| of(name, 1..=64, |b| b.is_ascii_alphanumeric() || b == b'_'))
    };
    let names: Vec<_> = template_names(text).collect();
    let unique = names.iter().enumerate().all(|(at, one)| !names[..at].contains(one));
    text.len() <= 512
        && text.starts_with('/')
        && text.split('/').all(|part| literal(part) || name(part))
        && unique
}

fn is_verifier_key(text: &str) -> bool {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    // An Ed25519 key is one type byte and 32 bytes: 44 characters of base64, no padding.
    of(name, 1..=128, |b| b.is_ascii_graphic())
        && of(hash, 8..=8, |b| b.is_ascii_hexdigit())
        && of(key, 44..=44, |b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
}

fn of(text: &str, length: std::ops::RangeInclusive<usize>, byte: fn(u8) -> bool) -> bool {
    length.contains(&text.len()) && text.bytes().all(byte)
}

fn lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn lower_or_digit(text: &str) -> bool {
    text.bytes().next().is_some_and(lower)
}

fn path_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"/._~%!$&'()+,;=:@*-".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &Form, right: &[&str], wrong: &[&str]) {
        for text in right {
            assert!((form.holds)(text), "{text} should be right");
        }
        for text in wrong {
            assert!(!(form.holds)(text), "{text} should be wrong");
        }
    }

    #[test]
    fn names() {
        check(&INSTANCE, &["web-1", "7", "ip-10.x"], &["", "-a", "A", "a b", &"a".repeat(65)]);
        check(&TENANT, &["acme", "mairie-x", "_"], &["", "-", "Acme", "a.b", &"a".repeat(65)]);
        check(&HOST, &["a.example.org"], &["A.org", "a.org:80", "", "é.fr"]);
        check(&VARIABLE, &["A", "GREFFIER_1"], &["", "1A", "_A", "lower", "A-B"]);
        check(&CLASS, &[r"App\Oops", r"\RuntimeException"], &["", "9A", "App Oops", "a@b"]);
    }

    #[test]
    fn paths() {
        check(&FIELD, &["a", "ctx.user.id", "@timestamp"], &["", ".", "a..b", "a b", "a.*"]);
        check(&PATH_GLOB, &["/", "/admin/**", "/a/*/b"], &["", "admin", "/a?b", "/***", "/a b"]);
        check(&TEMPLATE, &["/", "/page/{slug}"], &["/{a}/{a}", "/{}", "/x{a}", "/{a", "/*", "a"]);
        check(&TEMPLATE_GLOB, &["/a/{id}/**"], &["/a/{id}/***", "/a/{id}/{id}"]);
        check(&QUERY_NAME, &["page", "utm_*", "a[b]", "*"], &["", "a*b", "a b", "a=b"]);
        assert_eq!(template_names("/a/{b}/c/{d}").collect::<Vec<_>>(), ["b", "d"]);
    }

    #[test]
    fn verifier_keys() {
        let key = format!("greffier-root+1a2b3c4d+A{}", "+/".repeat(21) + "9");
        check(&VERIFIER_KEY, &[&key], &["", "a+b+c", &key[..key.len() - 1], &format!("{key}=")]);
    }
}
