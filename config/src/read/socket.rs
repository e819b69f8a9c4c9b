//! The keys of sources that listen: Unix sockets, TCP and what HTTP shares with it.
//!
//! Invariant: lines do not cross a network in the clear unless the file says so in as many words, and a socket
//! that may carry audit records does not drop them unless `[audit] when_full` does.

use crate::schema;
use crate::section::{Item, Section};
use greffier_collector::{Overflow, SocketLimits, SourceKind, SourcePlan, TlsFiles, UnixKind};
use greffier_record::Side;
use greffier_redactor::WhenFull;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

/// Where an HTTP source listens that does not say where: loopback only.
pub(super) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4380);
const MODE: u32 = 0o660;
const BUFFER: u64 = 16 << 20;
const CONNECTIONS: i64 = 1024;
/// The longest path the kernel takes for a socket (`sun_path`, with its zero).
const LONGEST: usize = 107;

const KINDS: [(&str, UnixKind); 2] =
    [("stream", UnixKind::Stream), ("datagram", UnixKind::Datagram)];

/// A Unix socket.
pub(super) fn unix(section: &Section<'_>, others: &[SourcePlan]) -> Option<SourceKind> {
    let kind = section.get("kind").map(|item| item.word("kind of Unix socket", &KINDS));
    let mode = section.get("mode").map(|item| mode(&item));
    let limits = limits(section);
    let path = path(&section.need("path", "write path = \"/run/greffier/in.sock\"")?, others);
    let kind = kind.unwrap_or(Some(UnixKind::Stream))?;
    for key in ["max_connections", "idle"] {
        if kind == UnixKind::Datagram
            && let Some(item) = section.get(key)
        {
            return item.fail("datagrams have no connections", "remove it");
        }
    }
    Some(SourceKind::Unix { path: path?, mode: mode.unwrap_or(Some(MODE))?, kind, limits: limits? })
}

/// A TCP port.
pub(super) fn tcp(section: &Section<'_>, others: &[SourcePlan]) -> Option<SourceKind> {
    let (tls, limits) = (tls(section), limits(section));
    let item = section.need("listen", "write listen = \"127.0.0.1:…\"")?;
    let listen = address(&item, others)?;
    let tls = tls?;
    safe(section, listen, tls.as_ref())?;
    Some(SourceKind::Tcp { listen, tls, limits: limits? })
}

/// An HTTP port.
pub(super) fn http(
    section: &Section<'_>,
    others: &[SourcePlan],
    max_body: usize,
) -> Option<SourceKind> {
    let tls = tls(section);
    let listen = match section.get("listen") {
        Some(item) => address(&item, others)?,
        None if collides(LISTEN, others) => {
            let advice = "the default port is taken: write listen = \"127.0.0.1:…\"";
            section.need("listen", advice);
            return None;
        }
        None => LISTEN,
    };
    let tls = tls?;
    safe(section, listen, tls.as_ref())?;
    Some(SourceKind::Http { listen, max_body, tls })
}

/// What a full buffer does: only the application's formats carry audit records, and only those may wait.
pub(super) fn set_overflow(sources: &mut [SourcePlan], when_full: WhenFull) {
    for source in sources {
        let overflow = match (source.format.side(), when_full) {
            (Side::App, WhenFull::Block) => Overflow::Wait,
            (Side::App, WhenFull::Drop) | (Side::Proxy, _) => Overflow::Drop,
        };
        if let SourceKind::Unix { limits, .. } | SourceKind::Tcp { limits, .. } = &mut source.kind {
            limits.overflow = overflow;
        }
    }
}

fn limits(section: &Section<'_>) -> Option<SocketLimits> {
    let buffer = section.get("buffer").map(|item| item.bytes(4 << 20..=1 << 30));
    let connections = section.get("max_connections").map(|item| item.integer(1..=65_536));
    let (low, high) = (Duration::from_secs(1), Duration::from_hours(24));
    let idle = section.get("idle").map(|item| item.duration(low..=high));
    Some(SocketLimits {
        buffer: usize::try_from(buffer.unwrap_or(Some(BUFFER))?).ok()?,
        overflow: Overflow::Wait,
        connections: usize::try_from(connections.unwrap_or(Some(CONNECTIONS))?).ok()?,
        idle: match idle {
            Some(idle) => Some(idle?),
            None => None,
        },
    })
}

fn mode(item: &Item<'_>) -> Option<u32> {
    let text = item.text()?;
    let digits = text.strip_prefix('0').unwrap_or(text);
    match u32::from_str_radix(digits, 8) {
        Ok(mode) if digits.len() == 3 && mode & 0o600 == 0o600 => Some(mode),
        _ => {
            item.fail("not the permissions of a socket", "write four octal digits, as in \"0660\"")
        }
    }
}

fn path(item: &Item<'_>, others: &[SourcePlan]) -> Option<PathBuf> {
    let path = item.path()?;
    if path.as_os_str().as_bytes().len() > LONGEST {
        return item.fail("too long for a socket", "write a path of at most 107 bytes");
    }
    let taken = |other: &SourcePlan| matches!(&other.kind, SourceKind::Unix { path: other, .. } if *other == path);
    if others.iter().any(taken) {
        return item.fail("a socket that another source listens on", "write another path");
    }
    Some(path)
}

/// The files of `[source.tls]`; the inner `None` without it.
#[allow(clippy::option_option, reason = "absent and wrong are two answers")]
fn tls(section: &Section<'_>) -> Option<Option<TlsFiles>> {
    let Some(item) = section.get("tls") else { return Some(None) };
    let table = item.section(&schema::SOURCE_TLS)?;
    let client_ca = table.get("client_ca").map(|item| item.path());
    let cert = table.need("cert", "write cert = \"/etc/greffier/tls.pem\"");
    let key = table.need("key", "write key = \"/etc/greffier/tls.key\"");
    let (cert, key) = (cert.and_then(|item| item.path()), key.and_then(|item| item.path()));
    let client_ca = match client_ca {
        Some(path) => Some(path?),
        None => None,
    };
    Some(Some(TlsFiles { cert: cert?, key: key?, client_ca }))
}

/// Refuses a port beyond this machine without TLS, unless `cleartext` allows it.
fn safe(section: &Section<'_>, listen: SocketAddr, tls: Option<&TlsFiles>) -> Option<()> {
    let allowed = section.get("cleartext").map(|item| item.word("rule", &[("allow", ())]));
    if let Some(wrong @ None) = allowed {
        return wrong;
    }
    if listen.ip().is_loopback() || tls.is_some() || allowed.is_some() {
        return Some(());
    }
    section.get("listen").and_then(|item| {
        let advice = "add [source.tls], listen on loopback, or write cleartext = \"allow\"";
        item.fail("personal data would cross the network in the clear", advice)
    })
}

fn address(item: &Item<'_>, others: &[SourcePlan]) -> Option<SocketAddr> {
    let address = item.socket()?;
    if collides(address, others) {
        return item.fail("an address that another source listens on", "write another port");
    }
    Some(address)
}

/// Port 0 lets the system choose, so it never collides.
pub(super) fn collides(address: SocketAddr, others: &[SourcePlan]) -> bool {
    let same = |other: &SocketAddr| {
        let overlap = other.ip() == address.ip()
            || other.ip().is_unspecified()
            || address.ip().is_unspecified();
        address.port() != 0 && other.port() == address.port() && overlap
    };
    others.iter().any(|other| match &other.kind {
        SourceKind::Http { listen, .. } | SourceKind::Tcp { listen, .. } => same(listen),
        SourceKind::Stdin | SourceKind::File { .. } | SourceKind::Unix { .. } => false,
    })
}
