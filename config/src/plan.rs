//! The plan: what `run` does, decided and checked.
//!
//! Invariant: a plan that exists is whole; nothing in it has to be looked up in the file again. Place on the
//! path: before the path. The binary takes it apart and hands each crate its piece.

use crate::leaf::{KeyRoot, Secret};
use greffier_collector::SourcePlan;
use greffier_record::Level;
use greffier_redactor::Policy;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Everything the configuration decides.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who this sidecar is.
    pub service: ServicePlan,
    /// What the gate needs to know.
    pub policy: Policy,
    /// Where lines come from; never empty.
    pub sources: Vec<SourcePlan>,
    /// How long a request's other records are held, and what releases them.
    pub context: ContextPlan,
    /// The keys of the writing side.
    pub keys: KeysPlan,
    /// The durable log.
    pub spool: SpoolPlan,
    /// Where events go; never empty.
    pub sinks: Vec<SinkPlan>,
    /// The reading side. The writer makes it at first start and never opens it again.
    pub reader: ReaderPlan,
}

impl Plan {
    /// The folder of the local archive, if the plan has one.
    #[must_use]
    pub fn archive(&self) -> Option<&std::path::Path> {
        self.sinks.iter().find_map(|sink| match sink {
            SinkPlan::Archive { dir } => Some(dir.as_path()),
            SinkPlan::Stdout | SinkPlan::CloudWatch(_) => None,
        })
    }
}

/// Who this sidecar is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePlan {
    /// `svc` of every event.
    pub name: String,
    /// `inst` of every event.
    pub instance: String,
    /// Regions in which data may be kept; empty: not restricted.
    pub residency: Vec<String>,
}

/// How the records of a request are held back until it is known whether it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextPlan {
    /// A record of this level or above releases the context of its request.
    pub level: Level,
    /// A request line with one of these releases it.
    pub status: Vec<StatusMatch>,
    /// A request that took at least this long releases it.
    pub slower_than: Option<Duration>,
    /// An exception of one of these classes releases it.
    pub exception: Vec<String>,
    /// A request that ended with one of these is forgotten, whatever else happened below `critical`.
    pub exclude_status: Vec<u16>,
    /// Names of sources that share the decision about a request.
    pub groups: Vec<Vec<String>>,
    /// Most bytes held for one request.
    pub per_request: u64,
    /// Most bytes held in all.
    pub total: u64,
    /// A request without a line for this long is over.
    pub idle: Duration,
    /// How long after its request line a request still takes in records.
    pub grace: Duration,
}

impl Default for ContextPlan {
    fn default() -> Self {
        Self {
            level: Level::Error,
            status: vec![StatusMatch::Class(5)],
            slower_than: None,
            exception: Vec::new(),
            exclude_status: vec![404, 405],
            groups: Vec::new(),
            per_request: 256 << 10,
            total: 32 << 20,
            idle: Duration::from_mins(1),
            grace: Duration::from_secs(2),
        }
    }
}

/// Selects response statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusMatch {
    /// All of one hundred: `Class(5)` is 500 to 599.
    Class(u16),
    /// This one.
    Exactly(u16),
}

impl StatusMatch {
    /// Whether a status is selected.
    #[must_use]
    pub fn matches(self, status: u16) -> bool {
        match self {
            Self::Class(hundreds) => status / 100 == hundreds,
            Self::Exactly(one) => status == one,
        }
    }
}

/// The keys of the writing side: public ones, and the store of wrapped ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysPlan {
    /// Pins the signer of the manifest.
    pub root: KeyRoot,
    /// The signed manifest.
    pub recipients: PathBuf,
    /// The highest serial seen, kept here.
    pub serial: PathBuf,
    /// The SQLite key store.
    pub store: PathBuf,
    /// The local random key of file fingerprints.
    pub position: PathBuf,
}

/// The durable log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolPlan {
    /// Its folder.
    pub dir: PathBuf,
    /// Budget of all its segments.
    pub max_bytes: u64,
    /// A segment is closed at this size.
    pub segment_bytes: u64,
}

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkPlan {
    /// SQLite files in a folder, one a day and stream.
    Archive {
        /// The folder.
        dir: PathBuf,
    },
    /// Standard output, one event a line.
    Stdout,
    /// Amazon CloudWatch Logs, one log group a stream.
    CloudWatch(CloudWatchPlan),
}

impl SinkPlan {
    /// Its name in the configuration, in the spool's cursors and in metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Archive { .. } => "archive",
            Self::Stdout => "stdout",
            Self::CloudWatch(_) => "cloudwatch",
        }
    }
}

/// CloudWatch Logs of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudWatchPlan {
    /// The region of the log groups.
    pub region: String,
    /// Beginning of their names.
    pub prefix: String,
    /// ARN of the KMS key that every group must have.
    pub kms_key: Option<String>,
    /// Another endpoint than the region's own.
    pub endpoint: Option<String>,
    /// Calls of PutLogEvents a second, at most.
    pub rate: NonZeroU32,
}

/// The reading side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderPlan {
    /// Its folder (0700).
    pub dir: PathBuf,
    /// The private keys, sealed by the passphrase.
    pub custody: PathBuf,
    /// Where the passphrase is; read by the reading commands only.
    pub passphrase: Secret,
    /// The search index.
    pub index: PathBuf,
    /// The spool of greffier's own access log.
    pub access: PathBuf,
}

impl ReaderPlan {
    /// The reading side in a folder, with the passphrase there too unless it is elsewhere.
    #[must_use]
    pub fn new(dir: PathBuf, passphrase: Option<Secret>) -> Self {
        Self {
            custody: dir.join("custody.json"),
            passphrase: passphrase.unwrap_or_else(|| Secret::File(dir.join("passphrase"))),
            index: dir.join("index.db"),
            access: dir.join("access"),
            dir,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        assert!(StatusMatch::Class(5).matches(500) && StatusMatch::Class(5).matches(599));
        assert!(!StatusMatch::Class(5).matches(499) && !StatusMatch::Class(5).matches(600));
        assert!(StatusMatch::Exactly(429).matches(429) && !StatusMatch::Exactly(429).matches(428));
    }
}
