//! Credentials in a URL's authority: `https://user:password@host` (RFC 3986 section 3.2.1).
//!
//! Invariant: the host stays, all before its `@` goes, also where a password holds `@` or `/`.

use super::text::Text;
use std::ops::Range;

/// Bytes of a password that holds a slash.
const LONGEST_PASSWORD: usize = 96;

/// The user and password of the URL whose `://` begins at `colon`, without the `@`.
pub(super) fn userinfo(text: Text<'_>, colon: usize) -> Option<Range<usize>> {
    if text.at(colon + 1) != b'/' || text.at(colon + 2) != b'/' {
        return None;
    }
    let start = colon + 3;
    let authority = text.run(start, |byte| !ends_url(byte) && !matches!(byte, b'/' | b'?' | b'#'));
    let end = if holds_password(text, start..authority) {
        text.run_within(authority, LONGEST_PASSWORD, |byte| !ends_url(byte))
    } else {
        authority
    };
    let at = memchr::memrchr(b'@', &text.bytes()[start..end])?;
    (at > 0).then_some(start..start + at)
}

fn ends_url(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | b'"' | b'<' | b'>' | b'`' | b'\\')
}

/// An authority without `@` whose `:` does not begin a port: a password with a slash in it.
fn holds_password(text: Text<'_>, authority: Range<usize>) -> bool {
    let host = &text.bytes()[authority.clone()];
    if host.contains(&b'@') || host.starts_with(b"[") {
        return false;
    }
    memchr::memchr(b':', host).is_some_and(|colon| {
        let port = &host[colon + 1..];
        !port.is_empty() && !port.iter().all(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        userinfo(Text::new(text), text.find("://")?).map(|range| &text[range])
    }

    #[test]
    fn credentials_go_and_hosts_stay() {
        for (text, credentials) in [
            ("fetch https://joe:s3cr3t@api.example.org/v1 failed", "joe:s3cr3t"),
            ("postgres://u:p@ss@db:5432/app", "u:p@ss"),
            ("postgres://u:p/ss@db:5432/app", "u:p/ss"),
            ("https://token@github.com/x.git", "token"),
            ("redis://:pw@cache", ":pw"),
        ] {
            assert_eq!(found(text), Some(credentials), "{text}");
        }
    }

    #[test]
    fn plain_urls_are_clean() {
        for text in [
            "https://example.org/@user/x",
            "http://host:8080/a@b",
            "https://x.fr/?q=a@b.fr",
            "http://[2001:db8::1]:80/@x",
            "://",
            "https://<userinfo>@host",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
