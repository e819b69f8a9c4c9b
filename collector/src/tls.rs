//! TLS for the ports: rustls, TLS 1.2 and 1.3, with senders' certificates if they are asked for (RFC 8446).
//!
//! Invariant: a key that others can read is refused. New files count from the next connection on; if they
//! cannot be used, the old ones stay and the log says so. Place on the path: between accepting a connection
//! and reading it.

use crate::TlsFiles;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};

/// Why TLS cannot be spoken with these files. Names paths, never what they hold.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {}; check the path and who may read it", .0.display(), .1)]
    Unreadable(PathBuf, io::ErrorKind),
    /// A file is not what it should be.
    #[error("{} holds no {}; write PEM, beginning with -----BEGIN", .0.display(), .1)]
    Empty(PathBuf, &'static str),
    /// The private key can be read by others.
    #[error("{} is open to others (mode {:03o}); chmod 600 the file", .0.display(), .1)]
    Exposed(PathBuf, u32),
    /// Certificate and key do not belong together, or the key is of a kind that is not known.
    #[error("{} and {} are no pair: {}", .0.display(), .1.display(), .2)]
    Pair(PathBuf, PathBuf, Error),
    /// The authorities cannot be used.
    #[error("{} cannot be used to verify senders; write certificates of authorities", .0.display())]
    Authorities(PathBuf),
}

/// Certificate and key of a port, followed when their files change.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    seen: Vec<Stamp>,
    failures: u64,
}

/// When a file was written, and which one: (device, inode, seconds, nanoseconds, length).
type Stamp = Option<(u64, u64, i64, i64, u64)>;

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// Where they cannot be used.
    pub fn new(files: &TlsFiles) -> Result<Self, TlsError> {
        let seen = stamps(files); // before the reading: a change during it is seen later
        let config = Arc::new(config(files)?);
        Ok(Self {
            files: files.clone(),
            current: Mutex::new(Current { config, seen, failures: 0 }),
        })
    }

    /// What the next connection is greeted with.
    pub(crate) fn acceptor(&self, source: &str) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = stamps(&self.files);
        if seen != current.seen {
            current.seen = seen;
            match config(&self.files) {
                Ok(config) => {
                    current.config = Arc::new(config);
                    tracing::info!(source, "the certificate has been read anew");
                }
                Err(error) => tracing::error!(source, %error, "the old certificate stays in use"),
            }
        }
        TlsAcceptor::from(Arc::clone(&current.config))
    }

    /// Says why a handshake failed; of many, the 1st, 2nd, 4th, 8th and so on.
    pub(crate) fn failed(&self, source: &str, error: &io::Error) {
        let failures = {
            let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            current.failures += 1;
            current.failures
        };
        if failures.is_power_of_two() {
            let reason = reason(error);
            tracing::warn!(source, failures, reason, "a connection is refused: no TLS handshake");
        }
    }
}

/// What to look for. Fixed words: an error of the peer's making may repeat what it sent.
fn reason(error: &io::Error) -> &'static str {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match (inner, error.kind()) {
        (Some(Error::InvalidMessage(_)), _) => "the sender does not speak TLS",
        (Some(Error::NoCertificatesPresented), _) => "the sender has shown no certificate",
        (Some(Error::InvalidCertificate(_)), _) => "the sender's certificate is not accepted",
        (Some(Error::AlertReceived(_)), _) => "the sender does not accept the certificate of here",
        (Some(Error::PeerIncompatible(_)), _) => "no common version or cipher",
        (_, io::ErrorKind::TimedOut) => "the sender took too long",
        _ => "the sender has gone",
    }
}

fn config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3");
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let unusable = || TlsError::Authorities(path.clone());
            let mut roots = RootCertStore::empty();
            for authority in certificates(path)? {
                roots.add(authority).map_err(|_| unusable())?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(|_| unusable())?)
        }
    };
    let (chain, key) = (certificates(&files.cert)?, private_key(&files.key)?);
    builder
        .with_single_cert(chain, key)
        .map_err(|error| TlsError::Pair(files.cert.clone(), files.key.clone(), error))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let what = "certificate";
    let read = CertificateDer::pem_file_iter(path).map_err(|error| broken(path, what, error))?;
    let found = read.collect::<Result<Vec<_>, _>>().map_err(|error| broken(path, what, error))?;
    if found.is_empty() { Err(TlsError::Empty(path.to_owned(), what)) } else { Ok(found) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let meta = fs::metadata(path);
    let mode = meta.map_err(|error| TlsError::Unreadable(path.to_owned(), error.kind()))?;
    match mode.permissions().mode() & 0o777 {
        mode if mode & 0o077 != 0 => Err(TlsError::Exposed(path.to_owned(), mode)),
        _ => PrivateKeyDer::from_pem_file(path).map_err(|error| broken(path, "private key", error)),
    }
}

fn broken(path: &Path, what: &'static str, error: pem::Error) -> TlsError {
    match error {
        pem::Error::Io(error) => TlsError::Unreadable(path.to_owned(), error.kind()),
        _ => TlsError::Empty(path.to_owned(), what),
    }
}

fn stamps(files: &TlsFiles) -> Vec<Stamp> {
    let paths = [Some(&files.cert), Some(&files.key), files.client_ca.as_ref()];
    let stamp = |path: &PathBuf| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.dev(), meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.len()))
    };
    paths.into_iter().flatten().map(stamp).collect()
}

#[cfg(test)]
mod tests;
