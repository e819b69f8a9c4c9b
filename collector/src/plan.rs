//! What the configuration says about sources, validated.

use greffier_record::{Format, JoinGroup, Origin};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// One source to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePlan {
    /// Its name in metrics and messages, unique in the plan.
    pub name: String,
    /// Where its lines come from.
    pub kind: SourceKind,
    /// Form of its lines; for HTTP the one a path without a format would mean (the path names it).
    pub format: Format,
    /// Where fields stand, beyond what the format knows by itself.
    pub fields: FieldMap,
    /// Its `[context] join` group.
    pub join: Option<JoinGroup>,
}

impl SourcePlan {
    /// Origin of its lines in `format`, for the source at that position of the plan.
    #[must_use]
    pub fn origin(&self, source: u16, format: Format) -> Origin {
        Origin { source, name: self.name.clone(), format, connection: 0, join: self.join }
    }
}

/// Where lines come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Standard input, to its end.
    Stdin,
    /// Files that grow and rotate; plain paths, no patterns.
    File {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// `POST /v1/logs/{format}`.
    Http {
        /// Address to listen on.
        listen: SocketAddr,
        /// Largest body in bytes; above it the answer is 413.
        max_body: usize,
        /// Certificate and key, when it speaks HTTPS.
        tls: Option<TlsFiles>,
    },
    /// A Unix socket; records end with a line feed.
    Unix {
        /// Where it stands in the file system.
        path: PathBuf,
        /// Permissions of the socket file.
        mode: u32,
        /// Connections or datagrams.
        kind: UnixKind,
        /// What it may hold.
        limits: SocketLimits,
    },
    /// A TCP port; records end with a line feed.
    Tcp {
        /// Address to listen on.
        listen: SocketAddr,
        /// Certificate and key, when it speaks TLS.
        tls: Option<TlsFiles>,
        /// What it may hold.
        limits: SocketLimits,
    },
}

/// How a Unix socket is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnixKind {
    /// Connections, each a stream of lines.
    Stream,
    /// Datagrams, each of one line or several.
    Datagram,
}

/// What a socket source may hold in memory. Its senders get no answer, so it reads whatever comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketLimits {
    /// Bytes read and not yet durable; unfinished lines may take as much again.
    pub buffer: usize,
    /// What happens beyond them.
    pub overflow: Overflow,
    /// Connections at once; the next ones wait in the kernel.
    pub connections: usize,
    /// A connection that sends nothing for so long is closed.
    pub idle: Option<Duration>,
}

/// What a socket does when its buffer is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Read no further: what is read may be an audit record, and those wait.
    Wait,
    /// Read on, and drop what is read, counted.
    Drop,
}

/// The PEM files of a TLS port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificate chain, the port's own first.
    pub cert: PathBuf,
    /// Its private key; readable by its owner only.
    pub key: PathBuf,
    /// Authorities of the senders' certificates, when senders must show one.
    pub client_ca: Option<PathBuf>,
}

/// Field map of the configuration: role → dotted paths, tried in order before the format's own names.
/// Paths of a Monolog request line are relative to `context`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldMap {
    /// (role, path): roles are the names of [`FieldMap::ROLES`].
    pub entries: Vec<(String, String)>,
}

impl FieldMap {
    /// The roles a field can have.
    pub const ROLES: [&'static str; 26] = [
        "time",
        "instance",
        "tenant",
        "host",
        "request_id",
        "method",
        "url",
        "route",
        "route_params",
        "status",
        "duration_ms",
        "end",
        "exception",
        "roles",
        "ip",
        "user_agent",
        "user_id",
        "email",
        "login",
        "name",
        "front_id",
        "phone",
        "impersonator_id",
        "level",
        "channel",
        "message",
    ];
}
