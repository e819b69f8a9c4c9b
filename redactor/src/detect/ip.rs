//! IP addresses in text, and the network that stays of them.
//!
//! Invariant: four numbers that name a version are no address; what is already a network of at most
//! 24 (version 6: 48) bits is none either, nor is the loopback or the unspecified address.

use super::email::is_file_suffix;
use super::text::{Text, is_word};
use super::{Entity, Finding};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The IPv4 address whose first digit is at `start`: dotted, or dashed as in reverse DNS.
pub(super) fn v4(text: Text<'_>, start: usize) -> Option<Finding> {
    let (address, end, separator) = octets(text, start)?;
    let stands = match separator {
        b'.' => stands_dotted(text, start, end),
        _ => stands_dashed(text, start, end),
    };
    if !stands || is_harmless(address) {
        return None;
    }
    let (prefix, end) = prefix_length(text, end, 32);
    let network = mask4(address);
    if prefix.is_some_and(|bits| bits <= 24) && network == address {
        return None;
    }
    let truncated = Some(written(network, char::from(separator)));
    Some(Finding { truncated, ..Finding::new(Entity::Ip, start..end) })
}

/// The network with its length, and `separator` between its numbers.
fn written(network: Ipv4Addr, separator: char) -> String {
    let mut out = String::with_capacity("255.255.255.0/24".len());
    for octet in &network.octets()[..3] {
        out.push_str(itoa::Buffer::new().format(*octet));
        out.push(separator);
    }
    out.push_str("0/24");
    out
}

/// Four numbers up to 255 with the same separator between them, where they end, and the separator.
fn octets(text: Text<'_>, start: usize) -> Option<(Ipv4Addr, usize, u8)> {
    let separator = text.at(text.digits(start));
    if !matches!(separator, b'.' | b'-') {
        return None;
    }
    let mut octets = [0u8; 4];
    let mut at = start;
    for (n, octet) in octets.iter_mut().enumerate() {
        if n > 0 {
            if text.at(at) != separator {
                return None;
            }
            at += 1;
        }
        let mut value = 0;
        let first = at;
        while at < first + 4 && text.at(at).is_ascii_digit() {
            value = value * 10 + u16::from(text.at(at) - b'0');
            at += 1;
        }
        if at == first || at > first + 3 {
            return None;
        }
        *octet = u8::try_from(value).ok()?;
    }
    Some((Ipv4Addr::from(octets), at, separator))
}

/// Is the dotted quad at `start..end` an address, not a version or a part of something longer?
fn stands_dotted(text: Text<'_>, start: usize, end: usize) -> bool {
    let (before, next) = (text.before(start, 1), text.at(end));
    if is_word(before) || is_word(next) || (before == b'.' && is_word(text.before(start, 2))) {
        return false;
    }
    if next == b'.' && text.at(end + 1).is_ascii_alphanumeric() {
        let label = text.run(end + 1, is_word);
        let word = text.slice(end + 1..label);
        if word.as_bytes()[0].is_ascii_digit() || is_file_suffix(word) {
            return false;
        }
    }
    !is_version_suffix(text, end) && !is_product(text, start) && !follows_version(text, start)
}

/// A dashed quad is an address only as the head of a host name, or after `ip`.
fn stands_dashed(text: Text<'_>, start: usize, end: usize) -> bool {
    let lead = text.run_back(start, 8, |byte| byte.is_ascii_alphabetic() || byte == b'-');
    let lead = text.slice(lead..start).trim_matches('-');
    if text.before(start, 1).is_ascii_digit() || text.before(start, 1) == b'.' {
        return false;
    }
    if is_word(text.at(end)) || (text.at(end) == b'-' && text.at(end + 1).is_ascii_digit()) {
        return false;
    }
    if lead.eq_ignore_ascii_case("ip") {
        return true;
    }
    let host = text.run(end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let mut labels = text.slice(end..host).trim_end_matches('.').rsplit('.');
    let top = labels.next().unwrap_or("");
    top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic()) && labels.count() >= 2
}

/// `-beta`, `-rc1`, `+build`: what follows a version.
fn is_version_suffix(text: Text<'_>, end: usize) -> bool {
    const WORDS: [&str; 16] = [
        "alpha", "beta", "build", "dev", "final", "ga", "hotfix", "nightly", "patch", "post",
        "pre", "preview", "rc", "release", "snapshot", "stable",
    ];
    if !matches!(text.at(end), b'-' | b'+') {
        return false;
    }
    let word = text.slice(end + 1..text.run(end + 1, |byte| byte.is_ascii_alphabetic()));
    WORDS.iter().any(|suffix| word.eq_ignore_ascii_case(suffix))
}

/// A product token (RFC 9110 section 5.6.2): `Chrome/120.0.0.0`, but not a path or a host.
fn is_product(text: Text<'_>, start: usize) -> bool {
    let slash = start.saturating_sub(1);
    let quad = text.run(start, |byte| byte.is_ascii_digit() || byte == b'.');
    let port = text.at(quad) == b':' && text.at(quad + 1).is_ascii_digit();
    if text.at(slash) != b'/' || start == 0 || port {
        return false;
    }
    let name_end = slash - usize::from(text.before(slash, 1) == b'\\');
    let is_token = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'+' | b'.');
    let name_start = text.run_back(name_end, 64, is_token);
    let name = text.slice(name_start..name_end);
    let border = matches!(
        text.before(name_start, 1),
        0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'(' | b';' | b','
    );
    border
        && name.starts_with(|char: char| char.is_ascii_alphabetic())
        && !name.contains('.')
        && !is_address_word(name)
}

/// A word before the quad that makes it a version: `version 1.2.3.4`, `release=…`, `Chrome 120.0.0.0`.
fn follows_version(text: Text<'_>, start: usize) -> bool {
    const WORDS: [&str; 24] = [
        "version",
        "versions",
        "ver",
        "release",
        "rel",
        "build",
        "firmware",
        "upgrade",
        "upgraded",
        "update",
        "driver",
        "oid",
        "chrome",
        "chromium",
        "edge",
        "edg",
        "opera",
        "safari",
        "firefox",
        "webkit",
        "android",
        "appversion",
        "versione",
        "revision",
    ];
    let gap = |byte: u8| {
        matches!(byte, b' ' | b':' | b'=' | b'"' | b'\'' | b'>' | b'~' | b'^' | b'\\' | b'+')
    };
    let end = text.run_back(start, 4, gap);
    if end == start {
        return false;
    }
    if matches!(text.before(start, 1), b'^' | b'~')
        || text.slice(text.floor(end)..start).contains(">=")
    {
        return true;
    }
    let word = text.slice(text.run_back(end, 16, |byte| byte.is_ascii_alphabetic())..end);
    WORDS.iter().any(|version| word.eq_ignore_ascii_case(version))
}

/// A word that announces an address even before a slash: `client/203.0.113.9`.
fn is_address_word(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "ip", "addr", "address", "client", "clients", "host", "hosts", "peer", "remote", "src",
        "from", "server",
    ];
    WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// Every machine has these.
fn is_harmless(address: Ipv4Addr) -> bool {
    address.octets()[0] == 0 // no host has one (RFC 1122, section 3.2.1.3): a version
        || address.is_loopback() || address.is_unspecified() || address.is_broadcast()
}

/// The `/24` behind an address, if there is one, and where the address with it ends.
fn prefix_length(text: Text<'_>, end: usize, most: u8) -> (Option<u8>, usize) {
    let after = text.digits((end + 1).min(text.len()));
    if text.at(end) != b'/' || after > end + 4 || is_word(text.at(after)) {
        return (None, end);
    }
    let bits = text.slice(end + 1..after);
    // `/5/` goes on with a path; our own `/24/` is a network even there.
    if text.at(after) == b'/' && !matches!(bits, "24" | "48") {
        return (None, end);
    }
    match bits.parse() {
        Ok(bits) if bits <= most => (Some(bits), after),
        _ => (None, end),
    }
}

fn mask4(address: Ipv4Addr) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(address) & 0xffff_ff00)
}

/// Colons of an address without `::` that ends as version 4 does.
const LEAST_COLONS: usize = 6;

/// The IPv6 address that has its first colon at `colon`, and where the run of its characters ends:
/// no later colon before that needs another look.
pub(super) fn v6(text: Text<'_>, colon: usize) -> (Option<Finding>, usize) {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    let end = text.run(colon, is_part);
    let (mut colons, mut double) = (1, false);
    for pair in text.bytes()[colon..end].windows(2).filter(|pair| pair[1] == b':') {
        colons += 1;
        double |= pair[0] == b':';
    }
    if colons < LEAST_COLONS && !double {
        return (None, end);
    }
    let start = text.run_back(colon, 48, is_part);
    (v6_in(text, start, end), end)
}

fn v6_in(text: Text<'_>, mut start: usize, mut end: usize) -> Option<Finding> {
    if is_word(text.before(start, 1)) {
        start += memchr::memchr(b':', &text.bytes()[start..end])?; // a word ends here
        if text.at(start + 1) == b':' {
            return None; // a scope: `std::`
        }
    }
    if text.at(end) == b'.' && text.before(end, 1).is_ascii_digit() {
        let last = text.run_back(end, 3, |byte| byte.is_ascii_digit());
        end = octets(text, last).map_or(end, |(_, end, _)| end);
    } else if is_word(text.at(end)) {
        return None;
    }
    if end - start > 64 || memchr::memchr_iter(b':', &text.bytes()[start..end]).count() < 2 {
        return None;
    }
    let (range, address) = parse6(text, start, end)?;
    if address.is_loopback() || address.is_unspecified() || is_scope(text.slice(range.clone())) {
        return None;
    }
    let zone = zone_end(text, range.end);
    let (prefix, end) = prefix_length(text, zone, 128);
    let truncated = match address.to_ipv4_mapped() {
        Some(mapped) if is_harmless(mapped) => return None,
        Some(mapped) => format!("{}/24", mask4(mapped)),
        None => {
            let network = Ipv6Addr::from(u128::from(address) & !0 << 80);
            if prefix.is_some_and(|bits| bits <= 48) && network == address {
                return None;
            }
            format!("{network}/48")
        }
    };
    Some(Finding { truncated: Some(truncated), ..Finding::new(Entity::Ip, range.start..end) })
}

/// Parses what stands in `start..end`, or what remains without a colon at its ends, a key in front
/// of it or a port behind it.
fn parse6(text: Text<'_>, start: usize, end: usize) -> Option<(Range<usize>, Ipv6Addr)> {
    let run = text.slice(start..end);
    let lead = usize::from(run.starts_with(':') && !run.starts_with("::"));
    let tail = usize::from(run.ends_with(':') && !run.ends_with("::"));
    let (start, end) = (start + lead, end - tail);
    if text.slice(start..end).split(':').all(|group| group.len() == 2) {
        return None; // a serial number, a fingerprint
    }
    let parse = |range: Range<usize>| Some((range.clone(), text.slice(range).parse().ok()?));
    let run = text.slice(start..end);
    let port = || run.rfind(':').and_then(|colon| parse(start..start + colon));
    let key = || run.find(':').and_then(|colon| parse(start + colon + 1..end));
    parse(start..end).or_else(port).or_else(key)
}

/// `abc::def` is a scope in half of the programming languages; an address has a digit.
fn is_scope(run: &str) -> bool {
    !run.bytes().any(|byte| byte.is_ascii_digit())
}

/// End of a zone (`%eth0`, RFC 4007; `%25eth0` in URLs, RFC 6874) behind an address.
fn zone_end(text: Text<'_>, end: usize) -> usize {
    let zone = if text.at(end) == b'%' { text.run(end + 1, is_word) } else { end };
    if zone > end + 1 && zone - end <= 20 { zone } else { end }
}

#[cfg(test)]
mod tests;
