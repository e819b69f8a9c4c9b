//! Starting the sources: each becomes a thread or a task that feeds the pipeline.
//!
//! Invariant: whatever can go wrong before the first line (a port in use, a key that others can read) goes
//! wrong here, with the source's name; a source that has started ends only at the stop or at its input's end.

use crate::accounts::{Accounts, Reason};
use crate::tasks::{Lane, Tasks};
use anyhow::{Context as _, Result};
use greffier_collector::socket::{Loss, Losses, Socket};
use greffier_collector::{Chunk, SourceKind, SourcePlan, Stop, Tail, Tls, UnixKind, http, stdin};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What the sources share.
pub(crate) struct Intake<'p> {
    /// The local random key of file fingerprints.
    pub(crate) position_key: [u8; 32],
    /// Where files were left.
    pub(crate) positions: &'p [Vec<u8>],
    /// Where lines go.
    pub(crate) chunks: mpsc::Sender<Chunk>,
    /// Where lines that never got there are counted.
    pub(crate) accounts: Accounts,
    /// Ends them.
    pub(crate) stop: &'p Stop,
    /// Where those run that are no threads.
    pub(crate) lane: &'p Lane,
}

/// Starts every source; returns where those with a port listen.
pub(crate) async fn start(
    sources: &[SourcePlan],
    intake: Intake<'_>,
    tasks: &mut Tasks,
) -> Result<Vec<Listening>> {
    allow_many_connections();
    let mut listening = Vec::new();
    for (number, source) in (0..).zip(sources) {
        let started = source_of(source, number, &intake, tasks).await;
        listening.extend(started.with_context(|| format!("source {}", source.name))?);
    }
    Ok(listening)
}

/// A port, and what is spoken there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listening {
    /// Where.
    pub(crate) address: SocketAddr,
    /// What.
    pub(crate) speaks: &'static str,
}

/// Reads the certificates and keys of all ports, as the start would.
pub(crate) fn check_certificates(sources: &[SourcePlan]) -> Result<()> {
    for source in sources {
        if let SourceKind::Http { tls: Some(files), .. }
        | SourceKind::Tcp { tls: Some(files), .. } = &source.kind
        {
            Tls::new(files).with_context(|| format!("source {}", source.name))?;
        }
    }
    Ok(())
}

async fn source_of(
    source: &SourcePlan,
    number: u16,
    intake: &Intake<'_>,
    tasks: &mut Tasks,
) -> Result<Option<Listening>> {
    let origin = Arc::new(source.origin(number, source.format));
    let (chunks, stop) = (intake.chunks.clone(), intake.stop.clone());
    match &source.kind {
        SourceKind::Stdin => {
            let input = stdin::Patient::stdin().context("standard input")?;
            tasks.thread("stdin", move || {
                if let Err(error) = stdin::read(input, &origin, &chunks, &stop) {
                    tracing::error!(%error, "standard input could not be read on");
                }
            })?;
            Ok(None)
        }
        SourceKind::File { paths } => {
            let tail = Tail::new(paths, origin, intake.position_key, intake.positions);
            tasks.thread("file", move || tail.run(&chunks, &stop))?;
            Ok(None)
        }
        SourceKind::Http { .. } => {
            let source = source.clone();
            let (source, port) = intake
                .lane
                .watched(async move {
                    let port = http::Port::bind(&source);
                    (source, port)
                })
                .await?;
            let port = port?;
            let address = port.address();
            tasks.spawn_on(intake.lane, async move {
                port.serve(&source, number, chunks, stop).await;
                Ok(())
            });
            Ok(Some(Listening { address, speaks: "POST /v1/logs/{format}" }))
        }
        SourceKind::Unix { .. } | SourceKind::Tcp { .. } => {
            let losses = losses(&source.name, intake.accounts.clone());
            let source = source.clone();
            let (source, socket) = intake
                .lane
                .watched(async move {
                    let socket = Socket::bind(&source).await;
                    (source, socket)
                })
                .await?;
            let socket = socket?;
            let address = socket.address();
            tasks.spawn_on(intake.lane, async move {
                socket.serve(&source, number, chunks, losses, stop).await;
                Ok(())
            });
            Ok(address.map(|address| Listening { address, speaks: "lines over TCP" }))
        }
    }
}

/// Whether none of the sources minds that a line is read up to fifteen milliseconds late: nobody waits for an answer,
/// and the kernel holds more than a few lines for it. It holds ten datagrams.
pub(crate) fn may_gather(sources: &[SourcePlan]) -> bool {
    sources.iter().all(|source| match source.kind {
        SourceKind::Http { .. } | SourceKind::Unix { kind: UnixKind::Datagram, .. } => false,
        SourceKind::Unix { kind: UnixKind::Stream, .. } => true,
        SourceKind::Tcp { .. } | SourceKind::Stdin | SourceKind::File { .. } => true,
    })
}

/// Sockets have nobody to send again: what they lose is dropped, by name.
fn losses(source: &str, accounts: Accounts) -> Losses {
    let source = source.to_owned();
    Arc::new(move |loss, lines| {
        let reason = match loss {
            Loss::Full => Reason::SocketFull,
            Loss::Stopped => Reason::Stopped,
        };
        accounts.turned_away(&source, reason, lines);
    })
}

/// Every connection is a descriptor; the soft limit is often 1 024 while the hard one is far above.
fn allow_many_connections() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit on open files stays as it is");
    }
}
