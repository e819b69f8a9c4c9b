//! From the spool to a sink: lease, deliver, acknowledge; one pump a sink, none waits for another.
//!
//! Invariant: a lease that is not acknowledged is delivered again. Sink zero, the key store, goes first:
//! the spool leases no event whose key rows it has not acknowledged. What blocks here (the disk, SQLite) blocks a
//! thread that is this sink's own.

use crate::accounts::{Accounts, KEY_STORE};
use crate::sink::Sink;
use anyhow::{Context as _, Result};
use greffier_record::clock;
use greffier_sinks::{Refused, SinkError};
use greffier_spool::{Lease, RecordId, Spool, SpoolError};
use greffier_vault::KeyStore;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;
use tokio::sync::watch;

/// Bytes of events a sink gets at once: one PutLogEvents, which counts 26 bytes more for each event.
const LEASE_BYTES: usize = 1_000_000;

/// How long a key store, or a spool that could not be read, is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// The key store is given rows at least so far apart while the sidecar runs. Events wait for their rows.
const ROWS: Duration = Duration::from_secs(1);

/// A failed delivery waits no longer than this while draining, so that more than one try fits.
const DRAIN_RETRY: Duration = Duration::from_secs(2);

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
            match store.insert(lease.rows()) {
                Ok(()) => {
                    let count = (lease.rows().sessions.len() + lease.rows().keys.len()) as u64;
                    note("key store", lease.ack());
                    accounts.shipped(KEY_STORE, count, clock::now_ms());
                    tokio::task::yield_now().await;
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
        news(ROWS, &mut changed, &mut draining).await;
    }
}

/// One sink at the end of the spool, with what is told of it.
pub(crate) struct Events {
    pub(crate) spool: Spool,
    pub(crate) sink: Sink,
    pub(crate) accounts: Accounts,
}

impl Events {
    /// Pumps events into the sink until the pipeline has ended and its backlog is empty.
    pub(crate) async fn pump(mut self, mut draining: Draining) -> Result<()> {
        let cursor = self.sink.cursor();
        let mut changed = self.spool.changed();
        loop {
            let ended = *draining.borrow();
            changed.mark_unchanged();
            while let Some(lease) =
                readable(&cursor, || self.spool.lease(&cursor, LEASE_BYTES)).await?
            {
                match self.sink.deliver(lease.events()).await {
                    Ok(refused) => self.settle(&cursor, lease, &refused).await,
                    Err(error) => self.failed(&cursor, lease, error, &mut draining).await?,
                }
                // Where a deadline can end it: a local sink never waits.
                tokio::task::yield_now().await;
            }
            if ended && self.spool.backlog(&cursor) == 0 {
                return Ok(());
            }
            news(self.sink.pace(), &mut changed, &mut draining).await;
        }
    }

    /// Sets aside what the sink will never take, and acknowledges.
    async fn settle(&mut self, cursor: &str, lease: Lease, refused: &[Refused]) {
        let events = lease.events().len() as u64;
        let set_aside = refused.len() as u64;
        for (reason, ids) in by_reason(refused) {
            // The sink has taken the others: letting the lease go would send them to it again and again.
            while let Err(error) = lease.set_aside(|event| ids.contains(&event.id), reason) {
                tracing::error!(sink = cursor, %error, "refused events cannot be set aside; this sink waits");
                tokio::time::sleep(RETRY).await;
            }
        }
        if set_aside > 0 {
            let reason = refused.first().map_or("", |refused| refused.reason);
            tracing::error!(
                sink = cursor,
                events = set_aside,
                reason,
                "refused for good: set aside in the spool's quarantine"
            );
        }
        note(cursor, lease.ack());
        let outage = self.accounts.shipped(cursor, events - set_aside, clock::now_ms());
        tracing::debug!(sink = cursor, events = events - set_aside, "shipped");
        if let Some(seconds) = outage.map(|ms| ms / 1_000) {
            let waiting = self.spool.backlog(cursor);
            tracing::warn!(
                sink = cursor,
                seconds,
                waiting,
                "delivered again after an outage; what came meanwhile waited in the spool"
            );
        }
    }

    /// The events wait in the spool, and this sink alone waits with them.
    async fn failed(
        &mut self,
        cursor: &str,
        lease: Lease,
        error: SinkError,
        draining: &mut Draining,
    ) -> Result<()> {
        self.accounts.failed(cursor, error.kind(), clock::now_ms());
        let Some(delay) = error.retry_after() else {
            return Err(error).context(format!("sink {cursor} has ended"));
        };
        let (waiting, seconds) = (self.spool.backlog(cursor), delay.as_secs_f32());
        tracing::error!(sink = cursor, %error, waiting, again_in_s = seconds, "not delivered; the events wait in the spool");
        drop(lease);
        if *draining.borrow() {
            tokio::time::sleep(delay.min(DRAIN_RETRY)).await;
        } else {
            // The end is a reason to try once more at once: the sink may be well again.
            drop(tokio::time::timeout(delay, draining.changed()).await);
        }
        Ok(())
    }
}

/// Refused events, those of one reason together.
fn by_reason(refused: &[Refused]) -> BTreeMap<&'static str, HashSet<RecordId>> {
    let mut reasons: BTreeMap<_, HashSet<_>> = BTreeMap::new();
    for one in refused {
        reasons.entry(one.reason).or_default().insert(one.id);
    }
    reasons
}

/// Compares CloudWatch's groups with what is promised, at the start and hourly, until the pipeline has ended.
#[cfg(feature = "cloudwatch")]
pub(crate) async fn reconcile(
    cloudwatch: greffier_cloudwatch::CloudWatch,
    mut draining: Draining,
) -> Result<()> {
    use greffier_cloudwatch::CloudWatch;
    while !*draining.borrow_and_update() {
        tokio::select! {
            looked = cloudwatch.reconcile() => if let Err(error) = looked {
                tracing::error!(sink = "cloudwatch", %error, "the log groups are not as promised, or cannot be looked at");
            },
            _ = draining.changed() => return Ok(()),
        }
        drop(tokio::time::timeout(CloudWatch::next_look(), draining.changed()).await);
    }
    Ok(())
}

/// The next lease; a disk that cannot be read at the moment is asked again.
async fn readable<L>(
    sink: &str,
    lease: impl Fn() -> Result<Option<L>, SpoolError>,
) -> Result<Option<L>> {
    loop {
        match lease() {
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

/// Waits until the spool has changed and `pace` has passed, the pipeline has ended, or (after that) a moment has
/// passed.
async fn news(pace: Duration, changed: &mut watch::Receiver<u64>, draining: &mut Draining) {
    if *draining.borrow() {
        drop(tokio::time::timeout(DRAIN_POLL, changed.changed()).await);
        return;
    }
    let paced = async {
        tokio::time::sleep(pace).await;
        changed.changed().await
    };
    tokio::select! {
        _ = paced => {}
        _ = draining.changed() => {}
    }
}
