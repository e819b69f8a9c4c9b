//! The entry points of the gate, and the one batch they fill.
//!
//! Invariant: each call adds exactly one event to the batch, or returns [`NoKey`] and adds nothing; also when it
//! panics on the way. Ids only grow. Place on the path: called by the pipeline for every record, in order.

use crate::agent::Agents;
use crate::attribution::Settled;
use crate::compose::{Composer, Texts, text};
use crate::content::Content;
use crate::desk::Desk;
use crate::event::EventWriter;
use crate::explain::{Fate, Notes};
use crate::judge::Judge;
use crate::owner::{Claims, Person};
use crate::random::Random;
use crate::req::RequestIds;
use crate::rules::{NO_TENANT, Rules};
use crate::tally::Tally;
use crate::templates::Templates;
use crate::time::Stamps;
use crate::{Attribution, Policy, RecordId, RecordIds, SealedBatch, Stream, TextRule};
use greffier_record::{Body, Raw, Side};
use greffier_vault::{Manifest, NoKey, Writer};

/// Turns raw records into sealed events.
pub struct Redactor {
    rules: Rules,
    judge: Judge,
    pub(crate) writer: Writer,
    ids: RecordIds,
    pub(crate) batch: SealedBatch,
    requests: RequestIds,
    agents: Agents,
    claims: Claims,
    pub(crate) tally: Tally,
    notes: Notes,
    random: Random,
    pub(crate) stamps: Stamps,
    pub(crate) texts: Texts,
    /// The plaintexts of one event, empty between events.
    pub(crate) scratch: Vec<u8>,
    /// True while the writer works.
    pub(crate) sealing: bool,
    templates: Option<Templates>,
}

impl Redactor {
    /// A gate for this policy, sealing with this writer; ids continue after `last`.
    #[must_use]
    pub fn new(policy: Policy, writer: Writer, last: Option<RecordId>) -> Self {
        Self {
            templates: templates(&policy, None),
            judge: Judge::with(&policy.entities),
            rules: Rules::new(policy),
            writer,
            ids: RecordIds::after(last),
            batch: SealedBatch::default(),
            requests: RequestIds::new(),
            agents: Agents::new(),
            claims: Claims::default(),
            tally: Tally::default(),
            notes: Notes::default(),
            random: Random::default(),
            stamps: Stamps::new(),
            texts: Texts::default(),
            scratch: Vec::new(),
            sealing: false,
        }
    }

    /// Follows a new policy from the next record on.
    pub fn reload(&mut self, policy: Policy) {
        self.templates = templates(&policy, self.templates.take());
        // What they remember was found without the new entities.
        (self.judge, self.agents) = (Judge::with(&policy.entities), Agents::new());
        self.rules = Rules::new(policy);
    }

    /// Seals to the recipients of a new manifest from the next record on.
    pub fn replace(&mut self, manifest: Manifest) {
        self.writer.replace(manifest);
    }

    /// A request line: one event in `requests` or `audit`. Returns to whom its other lines belong. A line of
    /// a proxy is treated as [`Redactor::proxy`] does without a person.
    ///
    /// # Errors
    /// [`NoKey`] when an audit event cannot be sealed: nothing was added, try again later.
    pub fn request(&mut self, raw: &Raw<'_>, now_ms: i64) -> Result<Attribution, NoKey> {
        let nobody = || {
            let counts = Settled { dropped: false, counts: true };
            Attribution::new(NO_TENANT, None, Person::default(), counts)
        };
        let work = |gate: &mut Self| match &raw.body {
            Body::Request(line) if raw.origin.format.side() == Side::App => {
                gate.application(raw, line, now_ms)
            }
            _ => gate.any(raw, now_ms).map(|()| nobody()),
        };
        self.guarded((raw, Stream::Requests, now_ms), work, nobody)
    }

    /// Any other record of the application, into `errors` or `events`, for the person of `of`; without it,
    /// or when the request was anonymous, unattributed. `overflowed` other lines of the same request had to go
    /// for want of memory: the event says so (`"x":{"overflowed":n}`).
    ///
    /// # Errors
    /// None for `errors` and `events`: without a key the event leaves without its personal part.
    pub fn text(
        &mut self,
        raw: &Raw<'_>,
        stream: Stream,
        of: Option<&Attribution>,
        overflowed: u64,
        now_ms: i64,
    ) -> Result<(), NoKey> {
        let work = |gate: &mut Self| match &raw.body {
            Body::Text(record) => gate.record(raw, record, (stream, overflowed), of, now_ms),
            _ => gate.any(raw, now_ms),
        };
        self.guarded((raw, stream, now_ms), work, || ())
    }

    /// A line that could not be understood: sealed whole, in `requests`.
    ///
    /// # Errors
    /// None today: without a key the event leaves without its personal part.
    pub fn broken(&mut self, raw: &Raw<'_>, now_ms: i64) -> Result<(), NoKey> {
        self.guarded((raw, Stream::Requests, now_ms), |gate| gate.any(raw, now_ms), || ())
    }

    /// A line of the proxy, in `requests`. It takes the person of its request line; without one nothing is
    /// sealed, and what is not clear is dropped and counted (else it would escape erasure).
    ///
    /// # Errors
    /// None today: without a key the event leaves without its personal part.
    pub fn proxy(
        &mut self,
        raw: &Raw<'_>,
        of: Option<&Attribution>,
        now_ms: i64,
    ) -> Result<(), NoKey> {
        let work = |gate: &mut Self| match &raw.body {
            Body::Request(line) if raw.origin.format.side() == Side::Proxy => {
                gate.forwarded(raw, line, of, now_ms)
            }
            _ => gate.any(raw, now_ms),
        };
        self.guarded((raw, Stream::Requests, now_ms), work, || ())
    }

    /// A record by its own kind, without a person from elsewhere.
    fn any(&mut self, raw: &Raw<'_>, now_ms: i64) -> Result<(), NoKey> {
        match &raw.body {
            Body::Request(line) if raw.origin.format.side() == Side::Proxy => {
                self.forwarded(raw, line, None, now_ms)
            }
            Body::Request(line) => self.application(raw, line, now_ms).map(drop),
            Body::Text(record) => self.record(raw, record, (Stream::Errors, 0), None, now_ms),
            Body::Broken(broken) => self.unreadable(raw, broken, now_ms),
        }
    }

    /// True when this line becomes an audit record, whose share of the spool is reserved.
    #[must_use]
    pub fn is_audit(&self, raw: &Raw<'_>) -> bool {
        match &raw.body {
            Body::Request(line) => self.rules.is_audit(line, raw.origin.format.side()),
            Body::Text(_) | Body::Broken(_) => false,
        }
    }

    /// True when an `[[event]]` rule keeps this record whatever becomes of its request.
    #[must_use]
    pub fn always_keeps(&self, raw: &Raw<'_>) -> bool {
        let Body::Text(record) = &raw.body else { return false };
        self.rules.policy.events.iter().any(|rule| {
            rule.channel.as_deref().is_none_or(|channel| text(&record.channel) == Some(channel))
                && rule.level.is_none_or(|least| record.level.is_some_and(|level| level >= least))
        })
    }

    /// What becomes of each field of a record; nothing is written, sealed or counted.
    pub fn explain(&mut self, raw: &Raw<'_>) -> Vec<Fate> {
        let tally = self.tally;
        self.notes.start();
        let explained = self.any(raw, raw.observed);
        debug_assert!(explained.is_ok(), "an explanation asks for no key");
        self.tally = tally;
        self.notes.finish()
    }

    /// The events since the last call, with the key rows they need.
    pub fn take(&mut self) -> SealedBatch {
        self.batch.add_rows(self.writer.take_rows());
        std::mem::take(&mut self.batch)
    }

    /// Takes a batch back once it is durable: its memory serves the next one.
    pub fn give_back(&mut self, mut batch: SealedBatch) {
        if self.batch.is_empty() {
            batch.clear();
            self.batch = batch;
        }
    }

    /// What the gate took away since the start.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    pub(crate) fn next_id(&mut self, now_ms: i64) -> RecordId {
        self.ids.next(now_ms, self.random.eight(now_ms))
    }

    /// What writes the clear part, and what seals the rest.
    pub(crate) fn desk<'a>(&mut self) -> (Composer<'_, 'a>, Desk<'_>) {
        let composer = Composer {
            rules: &self.rules,
            judge: &mut self.judge,
            texts: &mut self.texts,
            stamps: &mut self.stamps,
            agents: &mut self.agents,
            ids: &mut self.requests,
            before: self.tally,
            tally: &mut self.tally,
            notes: &mut self.notes,
            event: EventWriter::open(&mut self.batch),
            known: Default::default(),
            templates: self.templates.as_mut(),
            voter: None,
            lost: Content::default(),
            req: None,
            wrong_date: false,
            agent_is_clean: false,
        };
        let Self { writer, scratch, claims, sealing, .. } = self;
        (composer, Desk { writer, scratch, claims, sealing })
    }
}

/// What `policy` asks to be learned, going on from what was learned by the same rule.
fn templates(policy: &Policy, learned: Option<Templates>) -> Option<Templates> {
    let TextRule::Known { after } = policy.text else { return None };
    let learned = learned.filter(|learned| learned.after() == after);
    Some(learned.unwrap_or_else(|| Templates::new(after)))
}
