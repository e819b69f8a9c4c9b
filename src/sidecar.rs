//! The running sidecar: sources → pipeline → spool → pumps, started in that order's reverse.
//!
//! Invariant: nothing listens before everything behind it is ready; at the end the sources stop first.

use crate::accounts::Accounts;
use crate::admin::{Admin, Phase, Watched};
use crate::books::Books;
use crate::expiry;
use crate::gate::Gate;
use crate::inbox::Inbox;
use crate::outlet::Outlet;
use crate::pipeline::Pipeline;
use crate::pump;
use crate::setup::{self, Recipients};
use crate::sink::{Sink, Sinks};
use crate::sources::{self, Intake, Listening};
use crate::tasks::{Lane, Tasks};
use anyhow::{Context as _, Result, anyhow};
use greffier_collector::Stop;
use greffier_config::Plan;
use greffier_spool::{Options, RealDisk, Recovered, Spool};
use greffier_vault::KeyStore;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// Chunks (each at most about 1 MiB) between the sources and the pipeline.
const QUEUE: usize = 8;

/// How long a part that was given up may take to let go of what it has.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A started sidecar.
pub(crate) struct Sidecar {
    /// Every record's account, and the spool's.
    pub(crate) books: Books,
    /// Answers metrics and probes, if the plan wants it; the last to end.
    pub(crate) admin: Option<Admin>,
    phase: watch::Sender<Phase>,
    /// Where sources with a port listen.
    pub(crate) listening: Vec<Listening>,
    stop: Stop,
    tasks: Tasks,
    draining: watch::Sender<bool>,
    /// `None` once their end has been seen.
    pipeline: Option<Sealing>,
    /// The threads of sources, pipeline, key store and sinks.
    _lanes: Vec<Lane>,
}

/// What stands between the sources and the spool.
struct Sealing {
    inbox: JoinHandle<()>,
    pipeline: JoinHandle<Result<()>>,
    /// The pipeline's end, from when it was seen: a handle answers once.
    ended: Option<Result<()>>,
}

impl Sidecar {
    /// Starts everything, back to front. Must run inside a multi-thread runtime.
    pub(crate) async fn start(plan: Plan) -> Result<Self> {
        let recipients = Recipients::of(&plan)?;
        let store = KeyStore::open(&plan.keys.store).context("key store")?;
        let sinks = Sinks::open(&plan).await?;
        let (spool, recovered) = open_spool(&plan, &sinks.all)?;
        let position_key = setup::position_key(&plan.keys.position)?;
        let gate = Gate::new(plan.policy.clone(), recipients, recovered.last)?;

        let accounts = Accounts::default();
        let (draining, told) = watch::channel(false);
        let books = Books { accounts, spool, vitals: gate.vitals.clone() };
        let (spool, accounts) = (&books.spool, &books.accounts);
        // So that every source has its number from the start.
        plan.sources.iter().for_each(|source| accounts.received(&source.name, 0));
        let mut tasks = Tasks::default();
        let lane = Lane::open("key store", false).await?;
        tasks.spawn_on(&lane, pump::rows(spool.clone(), store, accounts.clone(), told.clone()));
        let (mut lanes, mut lane_of) = (vec![lane], "key store");
        #[cfg(feature = "cloudwatch")]
        if let Some(cloudwatch) = sinks.cloudwatch {
            tasks.spawn(pump::reconcile(cloudwatch, told.clone()));
        }
        for sink in sinks.all {
            if let Sink::Archive(archive) = &sink {
                let retention = plan.policy.retention;
                tasks.spawn(expiry::archive(archive.clone(), retention, told.clone()));
            }
            // One for each sink: none may wait for another's disk. The parts of one share it.
            if lane_of != sink.name() {
                lane_of = sink.name();
                lanes.push(Lane::open(lane_of, false).await?);
            }
            let lane = lanes.last().expect("the key store's is there");
            let (spool, accounts) = (spool.clone(), accounts.clone());
            tasks.spawn_on(lane, pump::Events { spool, sink, accounts }.pump(told.clone()));
        }
        let (chunks, taken) = mpsc::channel(QUEUE);
        let outlet = Outlet::Spool(spool.clone());
        let when_full = plan.policy.audit.when_full;
        let account = accounts.clone();
        let pipeline =
            Pipeline::new(&plan.sources, plan.context.clone(), when_full, gate, outlet, account);
        let (phase, now) = watch::channel(Phase::Starting);
        let (viewers, sources) = (pipeline.tap.viewers(), plan.sources.len());
        let watched = Watched { books: books.clone(), phase: now, viewers, sources };
        let admin = match plan.metrics {
            Some(metrics) => Some(Admin::start(metrics.listen, watched).await?),
            None => None,
        };
        let reading = Lane::open("sources", sources::may_gather(&plan.sources)).await?;
        let sealing = Lane::open("pipeline", false).await?;
        let inbox = Inbox::new(&plan.sources, taken, books.accounts.clone());
        let (groups, taken) = mpsc::channel(1);
        let (inbox, pipeline) = (inbox.run(groups), pipeline.run(taken));
        let pipeline = Sealing {
            inbox: reading.watched(inbox),
            pipeline: sealing.watched(pipeline),
            ended: None,
        };
        let stop = Stop::new();
        let positions = &recovered.positions;
        let accounts = books.accounts.clone();
        let intake =
            Intake { position_key, positions, chunks, accounts, stop: &stop, lane: &reading };
        let listening = sources::start(&plan.sources, intake, &mut tasks).await?;
        phase.send_replace(Phase::Ready);
        lanes.extend([reading, sealing]);
        let (pipeline, _lanes) = (Some(pipeline), lanes);
        Ok(Self { books, admin, phase, listening, stop, tasks, draining, pipeline, _lanes })
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
        self.phase.send_replace(Phase::Draining);
        // Whoever reads this finds it not ready.
        tracing::info!("draining; a second signal ends at once");
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
        if let Some(sealing) = &self.pipeline {
            sealing.pipeline.abort();
            // What they had in hand is in the account once they are gone.
            drop(timeout_at(Instant::now() + LAST_WORDS, end_of(&mut self.pipeline)).await);
        }
        match self.books.accounts.report().held {
            0 => Ok(()),
            held => Err(anyhow!(
                "{held} lines could not be stored in time; files and HTTP senders still have theirs"
            )),
        }
    }
}

/// The pipeline's end, and then its inbox's; at once when both have been seen already. May be given up and asked again.
async fn end_of(sealing: &mut Option<Sealing>) -> Result<()> {
    let Some(Sealing { inbox, pipeline, ended }) = sealing else { return Ok(()) };
    if ended.is_none() {
        *ended = Some(pipeline.await.context("the pipeline ended abnormally").flatten());
    }
    let emptied = inbox.await.context("the pipeline's inbox ended abnormally");
    let ended = sealing.take().and_then(|sealing| sealing.ended);
    emptied.and(ended.unwrap_or(Ok(())))
}

/// The spool, recovered; says what recovery found.
fn open_spool(plan: &Plan, sinks: &[Sink]) -> Result<(Spool, Recovered)> {
    let options = Options {
        dir: plan.spool.dir.clone(),
        max_bytes: plan.spool.max_bytes,
        segment_bytes: plan.spool.segment_bytes,
    };
    setup::private_dir(&options.dir)?;
    let names: Vec<_> = sinks.iter().map(Sink::cursor).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
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
