//! greffier's own log of who looked. All calls to the gate and the spool are here.
//!
//! Invariant: [`Recorded`] is the proof that an access event is durable (appended to the access spool and
//! fsynced); there is no other way to make one. One process at a time writes this log, behind a file lock; the
//! others wait. What a crash left in the spool, the next command moves on.

use greffier_redactor::{AccessEvent, Policy, Redactor};
use greffier_sinks::Archive;
use greffier_spool::{Options, RealDisk, Spool};
use greffier_vault::{KeyStore, Manifest, RootKey, Writer};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 256 << 20;
const SEGMENT_BYTES: u64 = 8 << 20;
/// The one sink of the access spool.
const SINK: &str = "archive";

/// The access log could not be written: nothing may be shown.
#[derive(Debug, thiserror::Error)]
#[error("the access log cannot be written, so nothing is shown: {what}")]
pub struct AccessError {
    what: String,
}

impl AccessError {
    fn new(what: impl std::fmt::Display) -> Self {
        Self { what: what.to_string() }
    }

    fn at(path: &Path, error: impl std::fmt::Display) -> Self {
        Self { what: format!("{}: {error}", path.display()) }
    }
}

impl AccessError {
    /// The note when the event is durable, but could not be moved on yet.
    pub(crate) fn later(&self) -> String {
        format!("logged, but not yet in the archive (the next command tries again): {}", self.what)
    }
}

#[cfg(test)]
impl AccessError {
    pub(crate) fn for_tests(what: &str) -> Self {
        Self::new(what)
    }
}

/// Where access events go.
pub(crate) trait AccessLog {
    /// Makes the event durable, or fails.
    fn append(&mut self, event: &AccessEvent<'_>, now_ms: i64) -> Result<(), AccessError>;
    /// Moves what is durable to where it is read: rows to the key store, events to the archive.
    fn settle(&mut self) -> Result<(), AccessError>;
}

/// The proof that an access event is in the log.
#[derive(Debug)]
pub(crate) struct Recorded(());

/// Writes an access event; only then is there a [`Recorded`].
pub(crate) fn record(
    log: &mut dyn AccessLog,
    event: &AccessEvent<'_>,
    now_ms: i64,
) -> Result<Recorded, AccessError> {
    log.append(event, now_ms)?;
    Ok(Recorded(()))
}

/// The access log of this reading installation.
pub(crate) struct SpoolLog {
    pub(crate) dir: PathBuf,
    pub(crate) recipients: PathBuf,
    pub(crate) root: RootKey,
    pub(crate) policy: Policy,
    pub(crate) store: PathBuf,
    pub(crate) archive: PathBuf,
    /// From the first event of a command until it is settled.
    pub(crate) open: Option<OpenLog>,
}

/// The log, open for this command alone.
pub(crate) struct OpenLog {
    spool: Spool,
    redactor: Redactor,
    /// Last, so that the spool is closed before the next command may open it.
    _lock: File,
}

impl OpenLog {
    fn append(&mut self, event: &AccessEvent<'_>, now_ms: i64) -> Result<(), AccessError> {
        self.redactor.access(event, now_ms).map_err(AccessError::new)?;
        self.spool.append(&self.redactor.take(), &[]).map_err(AccessError::new)
    }
}

impl SpoolLog {
    fn open(&mut self) -> Result<&mut OpenLog, AccessError> {
        let opened = match self.open.take() {
            Some(opened) => opened,
            None => self.open_spool()?,
        };
        Ok(self.open.insert(opened))
    }

    fn open_spool(&self) -> Result<OpenLog, AccessError> {
        let lock = self.lock()?;
        let text = fs::read_to_string(&self.recipients)
            .map_err(|error| AccessError::at(&self.recipients, error))?;
        let manifest = Manifest::parse(&text, &self.root, None)
            .map_err(|error| AccessError::at(&self.recipients, error))?;
        let options =
            Options { dir: self.dir.clone(), max_bytes: MAX_BYTES, segment_bytes: SEGMENT_BYTES };
        let (spool, recovered) =
            Spool::open(options, RealDisk, &[SINK]).map_err(AccessError::new)?;
        let redactor = Redactor::new(self.policy.clone(), Writer::new(manifest), recovered.last);
        Ok(OpenLog { spool, redactor, _lock: lock })
    }

    /// Waits for other commands: the spool itself would refuse a second opener.
    fn lock(&self) -> Result<File, AccessError> {
        let mut path = self.dir.clone().into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        let failed = |error| AccessError::at(&path, error);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }
}

impl AccessLog for SpoolLog {
    fn append(&mut self, event: &AccessEvent<'_>, now_ms: i64) -> Result<(), AccessError> {
        let appended = self.open()?.append(event, now_ms);
        if appended.is_err() {
            self.open = None; // and with it the lock: others need not wait for us
        }
        appended
    }

    fn settle(&mut self) -> Result<(), AccessError> {
        // Taken: the lock is given back whatever happens below.
        let Some(open) = self.open.take() else { return Ok(()) };
        let spool = &open.spool;
        let store = KeyStore::open(&self.store).map_err(AccessError::new)?;
        while let Some(lease) = spool.lease_rows().map_err(AccessError::new)? {
            store.insert(lease.rows()).map_err(AccessError::new)?;
            lease.ack().map_err(AccessError::new)?;
        }
        let archive = Archive::open(&self.archive).map_err(AccessError::new)?;
        while let Some(lease) = spool.lease(SINK, 1 << 20).map_err(AccessError::new)? {
            archive.write(lease.events()).map_err(AccessError::new)?;
            lease.ack().map_err(AccessError::new)?;
        }
        Ok(())
    }
}
