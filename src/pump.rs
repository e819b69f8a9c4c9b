//! From the spool to a sink: lease, deliver, acknowledge; one pump a sink, none waits for another.
//!
//! Invariant: a lease that is not acknowledged is delivered again. Sink zero, the key store, goes first:
//! the spool leases no event whose key rows it has not acknowledged.

use crate::accounts::{Accounts, KEY_STORE};
use anyhow::{Context as _, Result};
use greffier_record::clock;
use greffier_sinks::Sink;
use greffier_spool::{Spool, SpoolError};
use greffier_vault::KeyStore;
use std::time::Duration;
use tokio::sync::watch;

/// Bytes of events a sink gets at once.
const LEASE_BYTES: usize = 1 << 20;

/// How long a key store, or a spool that could not be read, is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// How often a pump that waits for the key store's looks again while draining.
const DRAIN_POLL: Duration = Duration::from_millis(50);

/// Says when the pipeline has ended, so that a pump with nothing left may end too.
pub(crate) type Draining = watch::Receiver<bool>;

/// Pumps key rows into the key store until the pipeline has ended and no row is left.
pub(crate) async fn rows(
    spool: Spool,
    store: KeyStore,
    accounts: Accounts,
    mut draining: Draining,
) -> Result<()> {
    let mut changed = spool.changed();
    loop {
        let ended = *draining.borrow();
        changed.mark_unchanged();
        while let Some(lease) = readable("key store", || spool.lease_rows()).await? {
            match tokio::task::block_in_place(|| store.insert(lease.rows())) {
                Ok(()) => {
                    let count = (lease.rows().sessions.len() + lease.rows().keys.len()) as u64;
                    note("key store", tokio::task::block_in_place(|| lease.ack()));
                    accounts.shipped(KEY_STORE, count, clock::now_ms());
                }
                Err(error) => {
                    accounts.failed(KEY_STORE, "retry", clock::now_ms());
                    tracing::error!(%error, "the key store takes no rows; events wait in the spool");
                    drop(lease);
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
        if ended {
            return Ok(());
        }
        news(&mut changed, &mut draining).await;
    }
}

/// Pumps events into one sink until the pipeline has ended and its backlog is empty.
pub(crate) async fn events(
    spool: Spool,
    mut sink: Sink,
    accounts: Accounts,
    mut draining: Draining,
) -> Result<()> {
    let name = sink.name();
    let mut changed = spool.changed();
    loop {
        let ended = *draining.borrow();
        changed.mark_unchanged();
        while let Some(lease) = readable(name, || spool.lease(name, LEASE_BYTES)).await? {
            let count = lease.events().len() as u64;
            match sink.deliver(lease.events()).await {
                Ok(()) => {
                    note(name, tokio::task::block_in_place(|| lease.ack()));
                    accounts.shipped(name, count, clock::now_ms());
                    tracing::debug!(sink = name, events = count, "shipped");
                }
                Err(error) => {
                    accounts.failed(name, error.kind(), clock::now_ms());
                    let Some(delay) = error.retry_after() else {
                        return Err(error).context(format!("sink {name} has ended"));
                    };
                    tracing::error!(sink = name, %error, "not delivered; the events wait in the spool");
                    drop(lease);
                    tokio::time::sleep(delay).await;
                }
            }
        }
        if ended && spool.backlog(name) == 0 {
            return Ok(());
        }
        news(&mut changed, &mut draining).await;
    }
}

/// The next lease; a disk that cannot be read at the moment is asked again.
async fn readable<L>(
    sink: &str,
    lease: impl Fn() -> Result<Option<L>, SpoolError>,
) -> Result<Option<L>> {
    loop {
        match tokio::task::block_in_place(&lease) {
            Err(error @ SpoolError::Io { .. }) => {
                tracing::error!(sink, %error, "the spool cannot be read");
                tokio::time::sleep(RETRY).await;
            }
            leased => return Ok(leased?),
        }
    }
}

/// A cursor that could not be written is made up for by the next one; until then a crash delivers again.
fn note(sink: &str, acknowledged: Result<(), SpoolError>) {
    if let Err(error) = acknowledged {
        tracing::error!(sink, %error, "the acknowledgement is not durable yet");
    }
}

/// Waits until the spool has changed, the pipeline has ended, or (after that) a moment has passed.
async fn news(changed: &mut watch::Receiver<u64>, draining: &mut Draining) {
    if *draining.borrow() {
        drop(tokio::time::timeout(DRAIN_POLL, changed.changed()).await);
        return;
    }
    tokio::select! {
        _ = changed.changed() => {}
        _ = draining.changed() => {}
    }
}
