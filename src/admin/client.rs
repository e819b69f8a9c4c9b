//! The other end of the listener: one GET, for `health` and `tap`.
//!
//! Invariant: the address is the sidecar's own, in plain HTTP/1.0, so the answer ends with the connection; what
//! comes back is bounded or read line by line. On no path of a record.

use anyhow::{Context as _, Result};
use greffier_config::Plan;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long the connection and each answer may take; a live view waits for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most that is read of a head.
const HEAD_BYTES: u64 = 16 << 10;

/// An answer whose head has been read.
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its body.
    pub(crate) body: BufReader<TcpStream>,
}

/// Where the sidecar of this plan answers, unless `other` says so.
pub(crate) fn address(plan: &Plan, other: Option<SocketAddr>) -> Result<SocketAddr> {
    let mut address = other.or(plan.metrics.map(|metrics| metrics.listen)).context(
        "the configuration has no [metrics], so the sidecar answers nowhere; write the table, or give --address",
    )?;
    // Listening everywhere includes here.
    if address.ip().is_unspecified() {
        let v6 = address.is_ipv6();
        let local = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
        address.set_ip(if v6 { local.1 } else { local.0 });
    }
    Ok(address)
}

/// Asks for a path.
pub(crate) fn get(address: SocketAddr, path: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)
        .with_context(|| format!("no answer at {address}; is the sidecar running?"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut body = BufReader::new(stream);
    let mut head = body.by_ref().take(HEAD_BYTES);
    let (mut first, mut line) = (String::new(), String::new());
    head.read_line(&mut first).with_context(|| format!("no answer from {address} in time"))?;
    while head.read_line(&mut line)? > 0 && !line.trim().is_empty() {
        line.clear();
    }
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.with_context(|| format!("{address} does not speak HTTP"))?;
    Ok(Answer { status, body })
}

impl Answer {
    /// The body of a short answer.
    pub(crate) fn text(self) -> Result<String> {
        let mut text = String::new();
        self.body.take(HEAD_BYTES).read_to_string(&mut text)?;
        Ok(text)
    }

    /// From now on, lines may be as far apart as they like.
    pub(crate) fn patient(self) -> Result<BufReader<TcpStream>> {
        self.body.get_ref().set_read_timeout(None)?;
        Ok(self.body)
    }
}
