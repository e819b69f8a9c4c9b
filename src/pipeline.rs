//! The path of a record from its source to the spool, on one screen.
//!
//! Invariant: one task takes all chunks in turn, so the order of ids is the order in the spool; a receipt is
//! answered only after its events are durable; a line is received, then sealed, held or dropped by name.

use crate::accounts::{Accounts, Reason, Round};
use crate::context::{Context, Line, Release, millis};
use crate::gate::Gate;
use crate::inbox::{Group, Turn};
use crate::late::Late;
use crate::outlet::{Outlet, OutletError};
use crate::tap::Tap;
use anyhow::Result;
use greffier_collector::{Chunk, Decoder, Frame, SourcePlan};
use greffier_config::ContextPlan;
use greffier_record::{Body, HotBuf, Origin, Raw, Receipt, Side, clock};
use greffier_redactor::{Attribution, SealedBatch, Stream, WhenFull};
use greffier_spool::Room;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

/// How often an idle pipeline turns all the same, to show that it can.
const TICK: Duration = Duration::from_secs(5);

/// How long an append that failed waits before it is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// Source chunks in, durable sealed batches out.
pub(crate) struct Pipeline {
    decoders: Vec<Decoder>,
    context: Context<Attribution>,
    gate: Gate,
    outlet: Outlet,
    accounts: Accounts,
    when_full: WhenFull,
    late: Late,
    room: Room,
    refused: u64,
    receipts: Vec<Receipt>,
    positions: Vec<Vec<u8>>,
    /// For whoever looks on.
    pub(crate) tap: Tap,
}

impl Pipeline {
    /// Puts the parts together.
    pub(crate) fn new(
        sources: &[SourcePlan],
        context: ContextPlan,
        when_full: WhenFull,
        gate: Gate,
        outlet: Outlet,
        accounts: Accounts,
    ) -> Self {
        Self {
            decoders: sources.iter().map(Decoder::new).collect(),
            late: Late::new(millis(context.grace)),
            context: Context::new(context),
            gate,
            room: outlet.room(),
            outlet,
            accounts,
            when_full,
            refused: 0,
            receipts: Vec::new(),
            positions: Vec::new(),
            tap: Tap::default(),
        }
    }

    /// Runs until every source has hung up, then decides what is still held and returns.
    pub(crate) async fn run(mut self, mut groups: mpsc::Receiver<Group>) -> Result<()> {
        while let Ok(group) = self.group(&mut groups).await {
            self.gate.vitals.beat();
            let now = self.gate.look_at_clock();
            self.gate.follow(now);
            self.look_for_room();
            let (chunks, turn) = group.map(Group::open).unzip();
            for chunk in chunks.into_iter().flatten() {
                if waits_for_its_person(&chunk) {
                    self.late.push(chunk, now);
                } else {
                    self.take_in(chunk).await;
                }
            }
            let now = self.gate.look_at_clock();
            self.take_in_late(now).await;
            let decided = self.context.decide(now);
            self.release(decided).await;
            self.make_durable(turn.flatten()).await?;
        }
        self.look_for_room();
        self.take_in_late(i64::MAX).await;
        let decided = self.context.finish();
        self.release(decided).await;
        self.make_durable(None).await
    }

    /// The next group, or nothing when a decision or a tick is due; an error at the end.
    async fn group(&mut self, groups: &mut mpsc::Receiver<Group>) -> Result<Option<Group>, Ended> {
        let next_due = [self.late.next_due(), self.context.next_due()].into_iter().flatten().min();
        let due = |due| Duration::from_millis(u64::try_from(due - clock::now_ms()).unwrap_or(0));
        let wait = next_due.map_or(TICK, |at| due(at).min(TICK));
        if self.late.is_full() {
            tokio::time::sleep(wait).await;
            return Ok(None);
        }
        match timeout(wait, groups.recv()).await {
            Err(_elapsed) => Ok(None),
            Ok(group) => group.map(Some).ok_or(Ended),
        }
    }

    async fn take_in_late(&mut self, now: i64) {
        while let Some(chunk) = self.late.pop_due(now) {
            self.take_in(chunk).await;
        }
    }

    /// Decodes and seals (or holds) every line of a chunk; its receipt waits for the append.
    async fn take_in(&mut self, chunk: Chunk) {
        let Chunk { origin, bytes, frames, observed, position, receipt, rest: _ } = chunk;
        self.positions.extend(position.map(|position| position.0));
        self.receipts.push(receipt);
        let decoder = self.decoders[usize::from(origin.source)].clone();
        let now = self.gate.look_at_clock();
        for frame in &frames {
            let raw = decoder.record(&origin, &bytes, frame, observed);
            self.route(&raw, || bytes.copy(frame.range.clone()), &origin, now).await;
        }
    }

    /// What a line is decides where it goes.
    async fn route(
        &mut self,
        raw: &Raw<'_>,
        copy: impl Fn() -> HotBuf,
        origin: &Arc<Origin>,
        now: i64,
    ) {
        match &raw.body {
            Body::Request(_) | Body::Broken(_) if self.must_drop(raw) => self.refused += 1,
            Body::Broken(_) => self.gate.seal(|gate, now| gate.broken(raw, now)).await,
            Body::Request(_) if raw.origin.format.side() == Side::Proxy => {
                let of = self.context.person(raw);
                self.gate.seal(|gate, now| gate.proxy(raw, of.as_ref(), now)).await;
            }
            Body::Request(request) => {
                let of = self.gate.seal(|gate, now| gate.request(raw, now)).await;
                self.context.conclude(raw, request, of, now);
            }
            Body::Text(_) => {
                let keep = self.gate.redactor.always_keeps(raw);
                let stream = if keep { Stream::Events } else { Stream::Errors };
                let copy = Line {
                    origin: Arc::clone(origin),
                    bytes: copy(),
                    observed: raw.observed,
                    stream,
                };
                let decided = self.context.hold(raw, copy, now);
                self.release(decided).await;
            }
        }
    }

    /// Who may enter in this round; says when that changes.
    fn look_for_room(&mut self) {
        let before = std::mem::replace(&mut self.room, self.outlet.room());
        match (before.open, self.room.open) {
            (true, false) => tracing::error!("the spool is full: only audit records still enter"),
            (false, true) => tracing::info!("the spool has room again"),
            _ => {}
        }
    }

    /// When the spool is full, a stream that promises to drop its newest does; the others wait in `append`.
    fn must_drop(&self, raw: &Raw<'_>) -> bool {
        if self.room.open {
            return false;
        }
        let audit_waits = self.room.audit || self.when_full == WhenFull::Block;
        !(audit_waits && self.gate.redactor.is_audit(raw))
    }

    /// Released lines are decoded again and sealed for the person of their request line.
    async fn release(&mut self, releases: impl IntoIterator<Item = Release<Attribution>>) {
        for release in releases {
            if !self.room.open {
                self.refused += release.lines.len() as u64;
                continue;
            }
            let mut lost = release.overflowed;
            for line in release.lines {
                let decoder = self.decoders[usize::from(line.origin.source)].clone();
                let frame = Frame::whole(line.bytes.len());
                let raw = decoder.record(&line.origin, &line.bytes, &frame, line.observed);
                let of = release.of.as_ref();
                self.gate.seal(|gate, now| gate.text(&raw, line.stream, of, lost, now)).await;
                lost = 0;
            }
        }
    }

    /// Appends what was sealed, then answers the sources. A disk that fails is tried again: nothing is lost.
    async fn make_durable(&mut self, turn: Option<Turn>) -> Result<()> {
        let batch = self.gate.redactor.take();
        let round = self.round(&batch);
        let mut said = false;
        while let Err(error) = self.append(&batch, &round) {
            if !error.retryable() {
                return Err(error.into());
            }
            if !said {
                tracing::error!(%error, "the spool cannot take more; sources wait");
                said = true;
            }
            self.gate.vitals.beat();
            tokio::time::sleep(RETRY).await;
        }
        if said {
            tracing::info!("the spool takes more again");
        }
        if !batch.is_empty() {
            tracing::debug!(events = batch.len(), bytes = batch.byte_len(), "appended");
        }
        self.tap.show(&batch);
        self.gate.redactor.give_back(batch);
        self.positions.clear();
        let receipts = std::mem::take(&mut self.receipts);
        match turn {
            Some(turn) => turn.end(receipts),
            None => receipts.into_iter().for_each(Receipt::commit),
        }
        Ok(())
    }

    /// One try. The account is settled in the moment in which the spool counts the batch, so that the two agree
    /// whenever somebody looks.
    fn append(&mut self, batch: &SealedBatch, round: &Round) -> Result<(), OutletError> {
        let start = Instant::now();
        let settle = || self.accounts.settle(round);
        let appended = self.outlet.append(batch, &self.positions, settle);
        if !batch.is_empty() || appended.is_err() {
            self.gate.vitals.appended(start.elapsed(), appended.is_ok());
        }
        appended
    }

    /// What the lines in hand come to once `batch` is durable.
    fn round(&mut self, batch: &SealedBatch) -> Round {
        let counts = self.context.take_counts();
        let mut round = Round {
            held: self.context.held_lines() + self.late.lines(),
            held_bytes: self.context.held_bytes() + self.late.bytes(),
            tally: self.gate.redactor.tally(),
            ..Round::default()
        };
        for event in batch.events() {
            *round.sealed.entry(event.stream).or_default() += 1;
        }
        round.dropped.insert(Reason::Context, counts.forgotten);
        round.dropped.insert(Reason::ContextFull, counts.overflowed);
        round.dropped.insert(Reason::SpoolFull, std::mem::take(&mut self.refused));
        round
    }
}

/// Every source has hung up.
struct Ended;

/// A proxy's line of a join group is read late: its person stands in the application's line.
fn waits_for_its_person(chunk: &Chunk) -> bool {
    chunk.origin.join.is_some() && chunk.origin.format.side() == Side::Proxy
}
