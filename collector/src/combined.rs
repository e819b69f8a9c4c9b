//! The combined log format of nginx and Apache, also `common` and `vhost_combined`.
//!
//! Invariant: a line whose status is a status is a request line, whatever a client has put between the
//! quotes; escapes become the bytes they stand for where these are UTF-8. Place on the path: under the decoder.

use crate::time;
use greffier_record::{Body, Fault, Hot, RequestLine, Time, Value};
use std::borrow::Cow;

/// One line: `address ident user [date] "request" status bytes "referer" "user agent"`.
pub(crate) fn decode(line: &str) -> Result<Body<'_>, Fault> {
    parse(line).map(|request| Body::Request(Box::new(request))).ok_or(Fault::Form)
}

fn parse(line: &str) -> Option<RequestLine<'_>> {
    // Servers escape quotes, so the first one opens the request; a date has no bracket, a user name may.
    let quote = line.find('"')?;
    let head = line[..quote].trim_end().strip_suffix(']')?;
    let (who, date) = head.rsplit_once(" [")?;
    let (vhost, ip, user) = client(who)?;
    let (request, tail) = quoted(&line[quote..])?;
    let (status, tail) = word(tail)?;
    let status = status.parse().ok().filter(|status| (100..1000).contains(status))?;
    let (_bytes, tail) = word(tail)?;
    let (referer, user_agent, tail) = headers(tail)?;

    let mut record = RequestLine {
        time: time::clf(date).map_or_else(|| Time::Wrong(Hot::new(date)), Time::At),
        host: vhost.map(Hot::new),
        status: Some(status),
        ip: said(ip.into()),
        user_agent: user_agent.and_then(said),
        ..RequestLine::default()
    };
    record.subject.login = said(unescaped(user));
    record.subject.claimed = record.subject.login.is_some();
    target(request, &mut record);
    rest("referer", referer.and_then(said), &mut record);
    rest("trailing", said(tail.trim().into()), &mut record);
    Some(record)
}

/// Address and user before the date, and the host (of its `host:port`) that `vhost_combined` begins with.
/// Only the identity, practically always `-`, tells a host in front from a blank in the user's name.
fn client(who: &str) -> Option<(Option<&str>, &str, &str)> {
    let (first, after) = who.split_once(' ')?;
    let (second, rest) = after.split_once(' ')?;
    match rest.split_once(' ') {
        Some((_ident, user)) if second != "-" => {
            let host = first.rsplit_once(':').map_or(first, |(host, _port)| host);
            Some((Some(host), second, user))
        }
        _ => Some((None, first, rest)),
    }
}

/// Method and URL of the request; anything else the client sent instead of a request goes to the rest.
fn target<'a>(request: Cow<'a, str>, record: &mut RequestLine<'a>) {
    match request {
        Cow::Borrowed(text) if let Some((method, url)) = method_and_target(text) => {
            record.method = Some(Hot::new(method));
            record.url = Some(Hot::new(url));
        }
        text => match method_and_target(&text) {
            Some((method, url)) => {
                record.method = Some(Hot::new(method.to_owned()));
                record.url = Some(Hot::new(url.to_owned()));
            }
            None => rest("request", said(text), record),
        },
    }
}

/// Splits `GET /path HTTP/1.1`; the protocol may be missing (HTTP/0.9), the target may hold blanks.
pub(crate) fn method_and_target(request: &str) -> Option<(&str, &str)> {
    let (method, target) = request.split_once(' ')?;
    let target = match target.rsplit_once(' ') {
        Some((target, protocol)) if protocol.starts_with("HTTP/") => target,
        _ => target,
    };
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let is_method = !method.is_empty() && method.len() <= 32 && method.bytes().all(is_token);
    (is_method && !target.is_empty()).then_some((method, target))
}

type Header<'a> = Option<Cow<'a, str>>;

/// Referer and user agent, which `common` lacks, and what stands behind them.
fn headers(tail: &str) -> Option<(Header<'_>, Header<'_>, &str)> {
    if !tail.trim_start().starts_with('"') {
        return Some((None, None, tail));
    }
    let (referer, tail) = quoted(tail.trim_start())?;
    if !tail.trim_start().starts_with('"') {
        return Some((Some(referer), None, tail));
    }
    let (user_agent, tail) = quoted(tail.trim_start())?;
    Some((Some(referer), Some(user_agent), tail))
}

fn rest<'a>(name: &'static str, value: Option<Hot<'a>>, record: &mut RequestLine<'a>) {
    record.rest.extend(value.map(|value| (Hot::new(name), Value::Text(value))));
}

/// A field that says something: `-` stands for nothing.
fn said(text: Cow<'_, str>) -> Option<Hot<'_>> {
    (!text.is_empty() && text != "-").then(|| Hot::new(text))
}

fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(' ').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A quoted text at the start of `text`, unescaped, and what follows it.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let text = text.strip_prefix('"')?;
    let mut escape = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escape;
        escape = byte == b'\\' && !escape;
        ends
    })?;
    Some((unescaped(&text[..end]), &text[end + 1..]))
}

/// Undoes `\xHH`, `\"`, `\\` and Apache's `\n` and its like. Bytes that make no UTF-8 stay written as `\xHH`.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let (byte, len) = if byte == b'\\' { escape(&bytes[at..]) } else { (byte, 1) };
        out.push(byte);
        at += len;
    }
    match String::from_utf8(out) {
        Ok(text) => Cow::Owned(text),
        Err(error) => Cow::Owned(crate::decoder::lossy(error.as_bytes()).into_owned()),
    }
}

/// The byte that an escape stands for, and the escape's length; an unknown one stands for itself.
fn escape(bytes: &[u8]) -> (u8, usize) {
    let hex = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    match bytes.get(1) {
        Some(b'x') => match (hex(2), hex(3)) {
            (Some(high), Some(low)) => ((high << 4 | low) as u8, 4),
            _ => (b'\\', 1),
        },
        Some(b'n') => (b'\n', 2),
        Some(b't') => (b'\t', 2),
        Some(b'r') => (b'\r', 2),
        Some(b'b') => (0x8, 2),
        Some(b'v') => (0xb, 2),
        Some(byte @ (b'"' | b'\\')) => (*byte, 2),
        _ => (b'\\', 1),
    }
}

#[cfg(test)]
mod tests;
