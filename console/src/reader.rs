//! What a reading command opens, and the three commands themselves.
//!
//! Invariant: a reader without keys works, for all that is clear; what it cannot do it says. Place on the
//! path: the binary opens one per command.

use crate::access::{AccessError, SpoolLog};
use crate::clearance::Clearance;
use crate::keys::{self, Keys, KeysError};
use crate::query::{QueryError, Search};
use crate::reveal::{Ask, Revealed};
use crate::search::{Answer, Row};
use crate::show::Timeline;
use crate::stores::WithAccessLog;
use crate::tail::Tail;
use crate::target::Target;
use crate::{Outcome, reveal, search, show};
use greffier_redactor::Policy;
use greffier_sinks::{ArchiveReader, EventStore, StoreError};
use greffier_vault::{KeyStore, RootKey};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Where everything is.
#[derive(Debug, Clone)]
pub struct ReaderPaths {
    /// The archive's folder: the access log is kept there, and whatever a sidecar archived.
    pub archive: PathBuf,
    /// The key store of the writer.
    pub store: PathBuf,
    /// The signed manifest: access events are sealed too.
    pub recipients: PathBuf,
    /// The private keys, under a passphrase.
    pub custody: PathBuf,
    /// The index of persons.
    pub index: PathBuf,
    /// The spool of the access log; a lock file lies beside it.
    pub access: PathBuf,
}

/// The reading installation: an instance of its own.
#[derive(Debug, Clone)]
pub struct ReaderSetup {
    /// Where everything is.
    pub paths: ReaderPaths,
    /// Pins the signer of the manifest.
    pub root: RootKey,
    /// Service, instance and retention for the access events.
    pub policy: Policy,
}

/// Who reads.
#[derive(Clone)]
pub struct Operator {
    /// The login name, for the access log.
    pub user: String,
    /// What they may reveal.
    pub clearance: Clearance,
    /// The passphrase of the custody file; `None` where there is none to be had.
    pub passphrase: Option<Zeroizing<String>>,
}

/// A reading command failed.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// The archive, or CloudWatch.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The query.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The access log: nothing was shown.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The keys or the index.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// No reason worth the name.
    #[error("a reveal needs a reason of at least 3 characters: --reason \"…\"")]
    Reason,
    /// Somebody is to be looked up, and the reading keys are not to be had.
    #[error("nobody can be looked up: {0}")]
    NoKeys(String),
    /// `tail` shows what is yet to come.
    #[error("tail goes on until you end it: take until: away, or use search")]
    Until,
    /// A short or request id that more than one record has.
    #[error("{0} records match: give the full id of one (greffier show lists them)")]
    Ambiguous(usize),
}

/// One reading command's view of the installation.
pub struct Reader {
    pub(crate) events: Box<dyn EventStore>,
    pub(crate) store: Option<KeyStore>,
    pub(crate) keys: Result<Keys, String>,
    pub(crate) log: SpoolLog,
    pub(crate) operator: Operator,
    pub(crate) policy: Policy,
    /// What did not work so far, and was not needed yet.
    pub(crate) notes: Vec<String>,
}

impl Reader {
    /// Opens what there is, takes new key rows into the index, and deletes those whose retention is over.
    /// Events are read from `elsewhere`, or without one from the archive; the access log always from the archive.
    ///
    /// # Errors
    /// When the key store or the keys are there but cannot be used: a wrong passphrase, a damaged file.
    pub fn open(
        setup: ReaderSetup,
        elsewhere: Option<Box<dyn EventStore>>,
        operator: Operator,
        now_ms: i64,
    ) -> Result<Self, ReaderError> {
        let ReaderSetup { paths, root, policy } = setup;
        let store = keys::store(&paths.store)?;
        let mut keys = open_keys(&paths, &operator)?;
        let mut notes = Vec::new();
        if let (Some(store), Ok(keys)) = (&store, &mut keys) {
            if let Err(error) = keys.absorb(store) {
                notes.push(format!("the newest persons are not in the index: {error}"));
            }
            if let Err(error) = keys.expire(store, now_ms) {
                notes.push(format!("keys whose retention is over are not deleted yet: {error}"));
            }
        }
        let log = SpoolLog {
            dir: paths.access,
            recipients: paths.recipients,
            root,
            policy: policy.clone(),
            store: paths.store,
            archive: paths.archive.clone(),
            open: None,
        };
        let archive = ArchiveReader::open(paths.archive);
        let events: Box<dyn EventStore> = match elsewhere {
            Some(events) => Box::new(WithAccessLog::new(events, archive)),
            None => Box::new(archive),
        };
        Ok(Self { events, store, keys, log, operator, policy, notes })
    }

    /// The newest `limit` events that match a query. If it names a person, that is in the access log before
    /// the answer is.
    ///
    /// # Errors
    /// When the query cannot be understood, the archive cannot be read, or the access log cannot be written.
    pub fn search(&mut self, text: &str, limit: usize, now_ms: i64) -> Result<Answer, ReaderError> {
        let search = Search::parse(text, now_ms)?;
        search::run(self, search, limit, now_ms)
    }

    /// What matches a query and happened a moment ago, and then what comes. If the query names a person, that
    /// is in the access log before anything is looked up.
    ///
    /// # Errors
    /// As [`search`](Self::search).
    pub fn tail(self, text: &str, now_ms: i64) -> Result<(Tail, Vec<Row>), ReaderError> {
        Tail::start(self, Search::parse(text, now_ms)?, now_ms)
    }

    /// The timeline around a record id, short id or request id. Nothing sealed is opened.
    ///
    /// # Errors
    /// When the archive cannot be read, or a short id fits several requests.
    pub fn show(&self, target: &str, now_ms: i64) -> Result<(Outcome, Timeline), ReaderError> {
        show::run(self, &Target::parse(target), now_ms)
    }

    /// Opens what is sealed in one record, after the access log has it.
    ///
    /// # Errors
    /// When the reason is missing, several records match, or the access log cannot be written: nothing was
    /// opened then.
    pub fn reveal(
        &mut self,
        target: &str,
        ask: &Ask<'_>,
        now_ms: i64,
    ) -> Result<(Outcome, Revealed), ReaderError> {
        reveal::run(self, &Target::parse(target), ask, now_ms)
    }
}

/// The keys, or why there are none. A file that is there and does not open is an error, not an absence.
fn open_keys(paths: &ReaderPaths, operator: &Operator) -> Result<Result<Keys, String>, KeysError> {
    if !paths.custody.exists() {
        let path = paths.custody.display();
        return Ok(Err(format!(
            "the reading keys are not on this machine ({path} does not exist)"
        )));
    }
    match &operator.passphrase {
        None => Ok(Err("the reading keys are locked: there is no passphrase".to_owned())),
        Some(passphrase) => Keys::open(&paths.custody, &paths.index, passphrase).map(Ok),
    }
}
