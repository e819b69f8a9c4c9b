//! The running sidecar: sources → pipeline → spool → pumps, started in that order's reverse.
//!
//! Invariant: nothing listens before everything behind it is ready; at the end the sources stop first.

use crate::accounts::Accounts;
use crate::expiry;
use crate::gate::Gate;
use crate::outlet::Outlet;
use crate::pipeline::Pipeline;
use crate::pump;
use crate::setup::{self, Recipients};
use crate::tasks::Tasks;
use anyhow::{Context as _, Result, anyhow};
use greffier_collector::{Chunk, SourceKind, SourcePlan, Stop, Tail, http, stdin};
use greffier_config::{Plan, SinkPlan};
use greffier_sinks::{Archive, Sink, Stdout};
use greffier_spool::{Options, RealDisk, Recovered, Spool};
use greffier_vault::KeyStore;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// Chunks (each at most about 1 MiB) between the sources and the pipeline.
const QUEUE: usize = 8;

/// A started sidecar.
pub(crate) struct Sidecar {
    /// Every record's account.
    pub(crate) accounts: Accounts,
    /// Where HTTP sources listen.
    pub(crate) listening: Vec<SocketAddr>,
    stop: Stop,
    tasks: Tasks,
    draining: watch::Sender<bool>,
    /// `None` once its end has been seen.
    pipeline: Option<JoinHandle<Result<()>>>,
}

impl Sidecar {
    /// Starts everything, back to front. Must run inside a multi-thread runtime.
    pub(crate) async fn start(plan: Plan) -> Result<Self> {
        let recipients = Recipients::of(&plan)?;
        let store = KeyStore::open(&plan.keys.store).context("key store")?;
        let sinks = open_sinks(&plan)?;
        let (spool, recovered) = open_spool(&plan, &sinks)?;
        let position_key = setup::position_key(&plan.keys.position)?;
        let gate = Gate::new(plan.policy.clone(), recipients, recovered.last)?;

        let accounts = Accounts::default();
        let (draining, told) = watch::channel(false);
        let mut tasks = Tasks::default();
        tasks.spawn(pump::rows(spool.clone(), store, told.clone()));
        for sink in sinks {
            if let Sink::Archive(archive) = &sink {
                let retention = plan.policy.retention;
                tasks.spawn(expiry::archive(archive.clone(), retention, told.clone()));
            }
            tasks.spawn(pump::events(spool.clone(), sink, accounts.clone(), told.clone()));
        }
        let (chunks, taken) = mpsc::channel(QUEUE);
        let outlet = Outlet::Spool(spool);
        let when_full = plan.policy.audit.when_full;
        let account = accounts.clone();
        let pipeline =
            Pipeline::new(&plan.sources, plan.context.clone(), when_full, gate, outlet, account);
        let pipeline = Some(Tasks::watched(pipeline.run(taken)));
        let stop = Stop::new();
        let positions = &recovered.positions;
        let intake = Intake { position_key, positions, chunks, stop: &stop };
        let listening = start_sources(&plan.sources, intake, &mut tasks).await?;
        Ok(Self { accounts, listening, stop, tasks, draining, pipeline })
    }

    /// Waits until every source has ended by itself, or a part has failed.
    pub(crate) async fn ended(&mut self) -> Result<()> {
        loop {
            tokio::select! {
                ended = end_of(&mut self.pipeline) => return ended,
                Some(part) = self.tasks.next() => part?,
            }
        }
    }

    /// Stops the sources, lets the pipeline decide what is held, ships; over by the deadline, whatever hangs.
    /// True when nothing is left in the spool.
    ///
    /// # Errors
    /// The first part's that failed, or when lines could not be made durable in time.
    pub(crate) async fn drain(mut self, deadline: Duration) -> Result<bool> {
        let start = Instant::now();
        self.stop.stop();
        // The last quarter belongs to the sinks.
        let sealed = self.end_pipeline(start + deadline * 3 / 4).await;
        self.draining.send_replace(true);
        let empty = self.tasks.drain(start + deadline).await;
        sealed.and(empty)
    }

    /// Waits for the pipeline. One that cannot go on (no space, no recipients, a source that does not stop) is
    /// given up: its receipts then ask for redelivery.
    async fn end_pipeline(&mut self, deadline: Instant) -> Result<()> {
        if let Ok(ended) = timeout_at(deadline, end_of(&mut self.pipeline)).await {
            return ended;
        }
        if let Some(pipeline) = self.pipeline.take() {
            pipeline.abort();
        }
        match self.accounts.report().held {
            0 => Ok(()),
            held => Err(anyhow!(
                "{held} lines could not be stored in time; files and HTTP senders still have theirs"
            )),
        }
    }
}

/// The pipeline's end; at once when it has been seen already.
async fn end_of(pipeline: &mut Option<JoinHandle<Result<()>>>) -> Result<()> {
    let Some(handle) = pipeline else { return Ok(()) };
    let ended = handle.await;
    *pipeline = None;
    ended.context("the pipeline ended abnormally")?
}

/// The plan's sinks, opened.
fn open_sinks(plan: &Plan) -> Result<Vec<Sink>> {
    plan.sinks
        .iter()
        .map(|sink| match sink {
            SinkPlan::Archive { dir } => {
                setup::private_dir(dir)?;
                Ok(Sink::Archive(Archive::open(dir).context("sink.archive")?))
            }
            SinkPlan::Stdout => Ok(Sink::Stdout(Stdout::new())),
            SinkPlan::CloudWatch(_) => Err(anyhow!("[sink.cloudwatch]: this build cannot ship")),
        })
        .collect()
}

/// The spool, recovered; says what recovery found.
fn open_spool(plan: &Plan, sinks: &[Sink]) -> Result<(Spool, Recovered)> {
    let options = Options {
        dir: plan.spool.dir.clone(),
        max_bytes: plan.spool.max_bytes,
        segment_bytes: plan.spool.segment_bytes,
    };
    setup::private_dir(&options.dir)?;
    let names: Vec<_> = sinks.iter().map(Sink::name).collect();
    let (spool, recovered) = Spool::open(options, RealDisk, &names).context("spool")?;
    if recovered.cut > 0 {
        tracing::info!(bytes = recovered.cut, "an append that was under way was cut off the spool");
    }
    for damage in &recovered.skipped {
        let (path, from, to) = (damage.path.display(), damage.from, damage.to);
        tracing::error!(%path, from, to, "a part of the spool cannot be read and is passed over");
    }
    if recovered.cursors_lost {
        tracing::warn!("the spool's cursors are lost: sinks start again at the oldest event");
    }
    Ok((spool, recovered))
}

/// What the sources share.
struct Intake<'p> {
    position_key: [u8; 32],
    positions: &'p [Vec<u8>],
    chunks: mpsc::Sender<Chunk>,
    stop: &'p Stop,
}

/// Starts every source; returns where the HTTP ones listen.
async fn start_sources(
    sources: &[SourcePlan],
    intake: Intake<'_>,
    tasks: &mut Tasks,
) -> Result<Vec<SocketAddr>> {
    let mut listening = Vec::new();
    for (number, source) in (0..).zip(sources) {
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
            }
            SourceKind::File { paths } => {
                let tail = Tail::new(paths, origin, intake.position_key, intake.positions);
                tasks.thread("file", move || tail.run(&chunks, &stop))?;
            }
            SourceKind::Http { listen, .. } => {
                let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| {
                    format!(
                        "source {}: cannot listen on {listen}; is the port in use?",
                        source.name
                    )
                })?;
                listening.push(listener.local_addr()?);
                let source = source.clone();
                tasks.spawn(async move {
                    Ok(http::serve(listener, &source, number, chunks, stop).await?)
                });
            }
        }
    }
    Ok(listening)
}
