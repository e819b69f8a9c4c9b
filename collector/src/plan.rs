//! What the configuration says about sources, validated.

use greffier_record::{Format, JoinGroup, Origin};
use std::net::SocketAddr;
use std::path::PathBuf;

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
    },
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
