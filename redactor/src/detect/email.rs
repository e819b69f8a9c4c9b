//! E-mail addresses (RFC 5321, RFC 6531), as they stand in text.
//!
//! Invariant: the local part reaches back to the last character that may belong to it, so no
//! remainder of an address stays; the domain ends in something that can be a top-level domain.

use super::text::Text;
use std::ops::Range;

/// Suffixes that end a file's name, not a domain: `icon@2x.png`, `app-1.2.3.4.jar`. None is a
/// top-level domain.
const FILES: [&str; 66] = [
    "service", "socket", "timer", "slice", "7z", "apk", "asp", "aspx", "avi", "avif", "bak", "bin",
    "bmp", "bz2", "class", "conf", "css", "csv", "deb", "dll", "dmg", "doc", "docx", "eot", "exe",
    "gif", "gz", "htm", "html", "ico", "ini", "ipa", "jar", "jpeg", "jpg", "js", "json", "jsx",
    "lock", "log", "map", "mjs", "mp3", "mp4", "msi", "pdf", "php", "png", "ppt", "pptx", "rpm",
    "scss", "sql", "svg", "tar", "tgz", "tiff", "toml", "ts", "tsx", "ttf", "txt", "war", "webp",
    "whl", "woff2",
];

/// Top-level domains of more than two letters that an address may be cut back to when something
/// follows it (`jean@web.com.html`).
const COMMON: [&str; 16] = [
    "com", "org", "net", "edu", "gov", "int", "mil", "info", "biz", "name", "eu", "app", "dev",
    "cloud", "museum", "email",
];

/// Does `word` end the names of files? Case does not matter.
pub(super) fn is_file_suffix(word: &str) -> bool {
    FILES.iter().any(|suffix| word.eq_ignore_ascii_case(suffix))
}

/// The address whose `@` stands at `at`.
pub(super) fn email(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let start = local_start(text, at);
    if start == at {
        return None;
    }
    Some(start..domain_end(text, at + 1)?)
}

/// The number before the `@` of `address`, if it is one of a telephone (RFC 3261 section 19.1.6): its host is a server.
pub(super) fn number(text: Text<'_>, address: &Range<usize>) -> Option<Range<usize>> {
    let at = address.start + text.slice(address.clone()).find('@')?;
    let local = text.slice(address.start..at);
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    let mark = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    let before = text.slice(text.ceil(address.start.saturating_sub(5))..address.start);
    let dialled = local.starts_with('+') || before.ends_with("sip:") || before.ends_with("sips:");
    (dialled && digits >= 5 && local.bytes().all(mark)).then_some(address.start..at)
}

/// Headers whose values are no mailboxes (RFC 5322 section 3.6.4).
const MESSAGE_IDS: [&str; 3] = ["message-id", "in-reply-to", "references"];

/// Is `address` no mailbox: a message's number (`Message-ID: <…@host>`), the user of a repository (`git@host:path`)?
pub(super) fn is_no_mailbox(text: Text<'_>, address: &Range<usize>) -> bool {
    let whole = text.slice(address.clone());
    let path = text.at(address.end) == b':' && text.at(address.end + 1).is_ascii_alphabetic();
    if ["git@", "hg@", "svn@"].iter().any(|user| whole.starts_with(user)) && path {
        return true;
    }
    let open = text.run_back(address.start, 64, |byte| byte != b'<' && byte > b' ');
    if text.before(open, 1) != b'<' {
        return false;
    }
    let mark = |byte: u8| matches!(byte, b'<' | b'"' | b'\'' | b' ' | b':' | b'=' | b'\\');
    let lead = text.run_back(open, 8, mark);
    let header = text.slice(text.ceil(lead.saturating_sub(11))..lead).to_ascii_lowercase();
    MESSAGE_IDS.iter().any(|name| header.ends_with(name))
        && is_made_up(text.slice(open..address.start + whole.find('@').unwrap_or(0)))
}

/// Could no person be called so: digits, and no run of letters that is a word?
fn is_made_up(local: &str) -> bool {
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    let word = |part: &str| part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    digits >= 4 && !local.split(|char: char| !char.is_alphanumeric()).any(word)
}

/// Where the local part that ends at `at` begins; `at` if there is none.
fn local_start(text: Text<'_>, at: usize) -> usize {
    if text.before(at, 1) == b'"' {
        return quoted_start(text, at);
    }
    let before = text.slice(0..at);
    let outside = before.char_indices().rev().find(|(_, char)| !is_local(*char));
    let mut start = outside.map_or(0, |(n, char)| n + char.len_utf8());
    // The tail of an escape is not part of the address; the decoded view finds what is.
    let (one, two) = (text.at(start), text.at(start + 1));
    match text.before(start, 1) {
        b'%' if one.is_ascii_hexdigit() && two.is_ascii_hexdigit() => start += 2,
        b'\\' if matches!(one, b'n' | b'r' | b't') => start += 1,
        _ => {}
    }
    // Quotation marks and the like may lead, but not begin, a local part.
    let lead = |byte: &&u8| matches!(byte, b'\'' | b'.' | b'-' | b'*' | b'`' | b'!' | b'#');
    let bytes = text.bytes().get(start..at).unwrap_or(&[]);
    at - bytes.len() + bytes.iter().take_while(lead).count()
}

/// Start of a quoted local part (`"jean dupont"@…`).
fn quoted_start(text: Text<'_>, at: usize) -> usize {
    let start = text.run_back(at - 1, 64, |byte| byte != b'"' && byte != b'\n');
    if text.before(start, 1) == b'"' { start - 1 } else { at }
}

fn is_local(char: char) -> bool {
    match char {
        '.' | '_' | '+' | '-' | '\'' | '!' | '#' | '$' | '*' | '~' | '^' | '`' => true,
        char::REPLACEMENT_CHARACTER | '\u{300}'..='\u{36f}' => true,
        _ => char.is_alphanumeric(),
    }
}

/// Where the domain at `start` ends, if there is one.
fn domain_end(text: Text<'_>, start: usize) -> Option<usize> {
    let rest = text.slice(start..text.len());
    let inside =
        |char: char| char.is_alphanumeric() || matches!(char, '.' | '-' | '\u{300}'..='\u{36f}');
    let domain = rest.find(|char| !inside(char)).map_or(rest, |end| &rest[..end]);
    let domain = domain.split("..").next().unwrap_or(domain).trim_end_matches(['.', '-']);
    let mut end = domain.len();
    while let Some(dot) = domain[..end].rfind('.') {
        let top = &domain[dot + 1..end];
        let whole = end == domain.len();
        if dot > 0 && is_top_level(top, whole) {
            return Some(start + end);
        }
        if !whole && domain.len() - end > 32 {
            return None;
        }
        end = dot;
    }
    None
}

/// Can `label` end a domain? Short of the last label only what is certain.
pub(super) fn is_top_level(label: &str, last: bool) -> bool {
    if label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--")) {
        return true;
    }
    let letters = label.chars().count();
    if !(2..=24).contains(&letters) || !label.chars().all(is_letter) || is_file_suffix(label) {
        return false;
    }
    last || COMMON.iter().any(|common| label.eq_ignore_ascii_case(common))
        || (letters == 2 && label.is_ascii())
}

fn is_letter(char: char) -> bool {
    char.is_alphabetic() || matches!(char, '\u{300}'..='\u{36f}')
}

/// The value of a field for an address, up to the space behind the address: `email=ann@x.fr 200 OK`.
pub(super) fn whole(text: Text<'_>, value: Range<usize>) -> Range<usize> {
    let Some(n) = text.bytes()[value.clone()].iter().position(|byte| *byte == b'@') else {
        return value;
    };
    let at = value.start + n;
    value.start..text.run_within(at, value.end - at, |byte| byte > b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let ats = memchr::memchr_iter(b'@', text.as_bytes());
        ats.filter_map(|at| email(Text::new(text), at)).map(|range| &text[range]).collect()
    }

    #[test]
    fn addresses_are_found_whole() {
        for (text, address) in [
            ("<jean.dupont+news@example.fr>, ok", "jean.dupont+news@example.fr"),
            ("user jürgen.müller@bücher.de.", "jürgen.müller@bücher.de"),
            ("x@xn--bcher-kva.xn--p1ai/path", "x@xn--bcher-kva.xn--p1ai"),
            ("email=JEAN@EXAMPLE.COM&x=1", "JEAN@EXAMPLE.COM"),
            ("d'alice@x.it", "d'alice@x.it"),
            ("'o'brien@x.co.uk'", "o'brien@x.co.uk"),
            ("j\u{fffd}rgen@beispiel.de", "j\u{fffd}rgen@beispiel.de"),
            ("jean@uni-münchen.de", "jean@uni-münchen.de"),
            ("a@mail.studio.photography", "a@mail.studio.photography"),
            ("jean@gmail.com.html", "jean@gmail.com"),
            ("a@почта.рф!", "a@почта.рф"),
            (r"line\njean@x.fr", "jean@x.fr"),
            ("%20jean@x.fr", "jean@x.fr"),
            ("a@x.fr...", "a@x.fr"),
            ("\"jean dupont\"@x.fr", "\"jean dupont\"@x.fr"),
        ] {
            assert_eq!(found(text), [address]);
        }
    }

    #[test]
    fn what_only_looks_like_one_is_not() {
        for text in [
            "/img/icon@2x.png",
            "lodash@4.17.21",
            "@angular/core@12.3.4",
            "@media (max-width: 1px)",
            "@Autowired private",
            "via @abc_official",
            "root@localhost",
            "a@b",
            "x@1.2.3.tgz",
            "@x.fr",
            "pkg@1.2.3",
            "a@.fr",
            "foo@bar.min.js",
            "a @ b.c",
            "x@y.z",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_address_may_be_no_mailbox() {
        use super::super::tests::masked;
        for text in [
            "Message-ID: <20240102.77123@relay.example.net>",
            r#"{"in-reply-to":"<Cq=81x0+77@mx.example.org>"}"#,
            "remote git@example.org:acme/shop.git",
        ] {
            assert_eq!(masked(text), text);
        }
        for (text, clear) in [
            ("Message-ID: <77123.sabine@ott.example>", "Message-ID: <<email>>"),
            ("From: <20240102.77123@relay.example.net>", "From: <<email>>"),
            ("To: <sip:0441123456@pbx.example.net>", "To: <sip:<phone>@pbx.example.net>"),
            ("To: <sip:ott@pbx.example.net>", "To: <sip:<email>>"),
            ("ext/+49441123456@pbx.example.net x", "ext/<phone>@pbx.example.net x"),
        ] {
            assert_eq!(masked(text), clear);
        }
    }
}
