//! The path of a record from its source to the spool, on one screen.
//!
//! Invariant: one task takes all chunks in turn, so the order of ids is the order in the spool; a receipt is
//! answered only after its events are durable; a line is received, then sealed, held or dropped by name.

use crate::accounts::{Accounts, Reason};
use crate::context::{Context, Line, Release, millis};
use crate::gate::Gate;
use crate::outlet::Outlet;
use anyhow::Result;
use greffier_collector::{Chunk, Decoder, Frame, SourcePlan};
use greffier_config::ContextPlan;
use greffier_record::{Body, HotBuf, Origin, Raw, Receipt, Side, clock};
use greffier_redactor::{Attribution, Stream};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Bytes of input that share one append (and one fsync) at most.
const GROUP_BYTES: usize = 8 << 20;

/// How long an append that failed waits before it is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// Source chunks in, durable sealed batches out.
pub(crate) struct Pipeline {
    decoders: Vec<Decoder>,
    context: Context<Attribution>,
    gate: Gate,
    outlet: Outlet,
    accounts: Accounts,
    grace_ms: i64,
    late: VecDeque<Chunk>,
    receipts: Vec<Receipt>,
    positions: Vec<Vec<u8>>,
}

impl Pipeline {
    /// Puts the parts together.
    pub(crate) fn new(
        sources: &[SourcePlan],
        context: ContextPlan,
        gate: Gate,
        outlet: Outlet,
        accounts: Accounts,
    ) -> Self {
        Self {
            decoders: sources.iter().map(Decoder::new).collect(),
            grace_ms: millis(context.grace),
            context: Context::new(context),
            gate,
            outlet,
            accounts,
            late: VecDeque::new(),
            receipts: Vec::new(),
            positions: Vec::new(),
        }
    }

    /// Runs until every source has hung up, then decides what is still held and returns.
    pub(crate) async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) -> Result<()> {
        loop {
            let Some(group) = self.gather(&mut chunks).await else { break };
            for chunk in group {
                if self.waits_for_its_person(&chunk) {
                    self.late.push_back(chunk);
                } else {
                    self.take_in(chunk).await;
                }
            }
            self.take_in_late(clock::now_ms() - self.grace_ms).await;
            self.gate.follow(clock::now_ms());
            let decided = self.context.decide(clock::now_ms());
            self.release(decided).await;
            self.make_durable().await?;
        }
        self.take_in_late(i64::MAX).await;
        let decided = self.context.finish();
        self.release(decided).await;
        self.make_durable().await?;
        self.outlet.flush()
    }

    /// Everything that waits, up to [`GROUP_BYTES`]; empty when only a decision is due; `None` at the end.
    async fn gather(&mut self, chunks: &mut mpsc::Receiver<Chunk>) -> Option<Vec<Chunk>> {
        let first = match self.next_due() {
            None => chunks.recv().await?,
            Some(due) => {
                let wait = Duration::from_millis(u64::try_from(due - clock::now_ms()).unwrap_or(0));
                match tokio::time::timeout(wait, chunks.recv()).await {
                    Err(_elapsed) => return Some(Vec::new()),
                    Ok(chunk) => chunk?,
                }
            }
        };
        let mut bytes = first.bytes.len();
        let mut group = vec![first];
        while bytes < GROUP_BYTES
            && let Ok(chunk) = chunks.try_recv()
        {
            bytes += chunk.bytes.len();
            group.push(chunk);
        }
        Some(group)
    }

    fn next_due(&self) -> Option<i64> {
        let late = self.late.front().map(|chunk| chunk.observed + self.grace_ms);
        [late, self.context.next_due()].into_iter().flatten().min()
    }

    /// A proxy's line of a join group is read late: its person stands in the application's line.
    fn waits_for_its_person(&self, chunk: &Chunk) -> bool {
        chunk.origin.join.is_some() && chunk.origin.format.side() == Side::Proxy
    }

    async fn take_in_late(&mut self, read_before: i64) {
        while self.late.front().is_some_and(|chunk| chunk.observed <= read_before) {
            let Some(chunk) = self.late.pop_front() else { break };
            self.take_in(chunk).await;
        }
    }

    /// Decodes and seals (or holds) every line of a chunk; its receipt waits for the append.
    async fn take_in(&mut self, chunk: Chunk) {
        let Chunk { origin, bytes, frames, observed, position, receipt } = chunk;
        self.accounts.received(frames.len() as u64);
        self.positions.extend(position.map(|position| position.0));
        self.receipts.push(receipt);
        let decoder = self.decoders[usize::from(origin.source)].clone();
        for frame in &frames {
            let raw = decoder.record(&origin, &bytes, frame, observed);
            self.route(&raw, || bytes.copy(frame.range.clone()), &origin).await;
        }
    }

    /// What a line is decides where it goes.
    async fn route(&mut self, raw: &Raw<'_>, copy: impl Fn() -> HotBuf, origin: &Arc<Origin>) {
        if self.must_drop(raw) {
            return self.accounts.dropped(Reason::SpoolFull, 1);
        }
        match &raw.body {
            Body::Broken(_) => self.gate.seal(|gate, now| gate.broken(raw, now)).await,
            Body::Request(_) if raw.origin.format.side() == Side::Proxy => {
                let of = self.context.person(raw).cloned();
                self.gate.seal(|gate, now| gate.proxy(raw, of.as_ref(), now)).await;
            }
            Body::Request(request) => {
                let of = self.gate.seal(|gate, now| gate.request(raw, now)).await;
                self.context.conclude(raw, request, of, clock::now_ms());
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
                let decided = self.context.hold(raw, copy);
                self.release(decided).await;
            }
        }
    }

    /// When the spool is full, a stream that promises to drop its newest does; the others wait in `append`.
    fn must_drop(&self, raw: &Raw<'_>) -> bool {
        !self.outlet.has_room() && !self.gate.redactor.is_audit(raw)
    }

    /// Released lines are decoded again and sealed for the person of their request line.
    async fn release(&mut self, releases: impl IntoIterator<Item = Release<Attribution>>) {
        for release in releases {
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
    async fn make_durable(&mut self) -> Result<()> {
        let batch = self.gate.redactor.take();
        while let Err(error) = self.outlet.append(&batch, &self.positions) {
            if !error.retryable() {
                return Err(error.into());
            }
            tracing::error!(%error, "the spool cannot take more; sources wait");
            tokio::time::sleep(RETRY).await;
        }
        for event in batch.events() {
            self.accounts.sealed(event.stream, 1);
        }
        let counts = self.context.take_counts();
        self.accounts.dropped(Reason::Context, counts.forgotten);
        self.accounts.dropped(Reason::ContextFull, counts.overflowed);
        self.accounts.held(self.context.held_lines());
        if !batch.is_empty() {
            tracing::debug!(events = batch.len(), bytes = batch.byte_len(), "appended");
        }
        self.positions.clear();
        self.receipts.drain(..).for_each(Receipt::commit);
        Ok(())
    }
}
