//! One stream's events on their way into its log group.
//!
//! Invariant: an event counts as taken only after CloudWatch Logs answered with a request id and did not name
//! it as rejected. What it took of a lease that failed half-way is remembered, and not sent again while this
//! process lives. Place on the path: last.

use super::Shared;
use super::backoff::{self, Backoff};
use super::batch::{self, Batch, Timed};
use super::failure::{Class, Failure};
use super::group::{Group, Trouble};
use crate::names;
use aws_sdk_cloudwatchlogs::operation::RequestId as _;
use aws_sdk_cloudwatchlogs::types::{InputLogEvent, RejectedLogEventsInfo};
use greffier_sinks::{RecordId, Refused, SinkError, SpooledEvent, Stream};
use std::collections::HashMap;
use std::sync::Arc;

/// So many events called invalid one after the other, and none taken: then it is not the events.
const BLAMED: u32 = 8;
/// How often a group or log stream is made anew during one delivery.
const MAKES: u32 = 3;

const INVALID: &str = "CloudWatch Logs calls it invalid";
const TOO_OLD: &str = "CloudWatch Logs calls it too old";
const TOO_NEW: &str = "CloudWatch Logs calls it too new";

/// Ships the events of one stream.
#[derive(Debug)]
pub struct Target {
    shared: Arc<Shared>,
    stream: Stream,
    /// What became of events of the lease at hand: taken, or refused with a reason.
    settled: HashMap<RecordId, Option<&'static str>>,
    blamed: u32,
    backoff: Backoff,
}

impl Target {
    pub(super) fn new(shared: Arc<Shared>, stream: Stream) -> Self {
        Self { shared, stream, settled: HashMap::new(), blamed: 0, backoff: Backoff::new() }
    }

    /// The stream whose events it is given.
    #[must_use]
    pub fn stream(&self) -> Stream {
        self.stream
    }

    /// Ships all of `events`, which are of its stream. Those it names in return will never be taken: set them
    /// aside; the others are at CloudWatch Logs.
    ///
    /// # Errors
    /// When not all are settled; the same events come again after [`SinkError::retry_after`].
    pub async fn deliver(&mut self, events: &[SpooledEvent]) -> Result<Vec<Refused>, SinkError> {
        match self.ship(events).await {
            Ok(()) => {
                self.backoff = Backoff::new();
                let settled = std::mem::take(&mut self.settled).into_iter();
                Ok(settled.filter_map(|(id, why)| Some(Refused { id, reason: why? })).collect())
            }
            Err(trouble) => {
                let (held, asked) = (trouble.is_held(), trouble.retry_after());
                let delay = self.backoff.next(held, asked, backoff::random());
                Err(trouble.error(self.group(), delay))
            }
        }
    }

    async fn ship(&mut self, events: &[SpooledEvent]) -> Result<(), Trouble> {
        let now_ms = (self.shared.now_ms)();
        self.confirm(now_ms).await?;
        let days = self.group().days;
        let mut waiting = Vec::new();
        for event in events {
            if self.settled.contains_key(&event.id) {
                continue;
            }
            match batch::time(event, now_ms, days) {
                Ok(time) => waiting.push((time, event)),
                Err(reason) => _ = self.settled.insert(event.id, Some(reason)),
            }
        }
        for batch in batch::split(waiting) {
            self.ship_batch(&batch).await?;
        }
        Ok(())
    }

    /// Fails closed: what a group has is known before anything is put into it.
    async fn confirm(&self, now_ms: i64) -> Result<(), Trouble> {
        let group = self.group();
        if group.is_confirmed(now_ms) {
            return Ok(());
        }
        group.confirm(&self.shared.client, now_ms, true).await
    }

    /// Halves what is called invalid until the one event that is stands alone.
    async fn ship_batch(&mut self, batch: &Batch<'_>) -> Result<(), Trouble> {
        let (mut parts, mut makes) = (vec![&batch.events[..]], 0);
        while let Some(part) = parts.pop() {
            let failure = match self.put(batch.tenant, part).await {
                Ok(rejected) => {
                    self.settle(part, &rejected);
                    continue;
                }
                Err(failure) => failure,
            };
            match failure.class() {
                Class::Exists => self.settle(part, &Rejected::default()),
                Class::Missing if makes < MAKES => {
                    makes += 1;
                    self.make(batch.tenant).await?;
                    parts.push(part);
                }
                Class::Invalid if part.len() > 1 => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                Class::Invalid => self.blame(part[0].1.id, failure)?,
                _ => return Err(Trouble::Failed(failure)),
            }
        }
        Ok(())
    }

    /// An event that stands alone and is called invalid is refused, unless all are: then it is not the events.
    fn blame(&mut self, id: RecordId, failure: Failure) -> Result<(), Trouble> {
        self.blamed += 1;
        if self.blamed > BLAMED {
            self.settled.retain(|_, why| *why != Some(INVALID));
            return Err(Trouble::Failed(failure));
        }
        self.settled.insert(id, Some(INVALID));
        Ok(())
    }

    fn settle(&mut self, part: &[Timed<'_>], rejected: &Rejected) {
        self.blamed = 0;
        for (index, (_, event)) in part.iter().enumerate() {
            self.settled.insert(event.id, rejected.reason(index));
        }
    }

    /// Makes the log stream; the group too, if that is what is missing. Something is missing that was there: what
    /// is known of the group may be of one that is gone, so it is read back first.
    async fn make(&self, tenant: &str) -> Result<(), Trouble> {
        self.group().forget();
        self.confirm((self.shared.now_ms)()).await?;
        let request = self.shared.client.create_log_stream().log_group_name(&self.group().name);
        let name = names::log_stream(tenant, &self.shared.instance);
        let Err(error) = request.log_stream_name(name).send().await else { return Ok(()) };
        let failure = Failure::of(&error);
        match failure.class() {
            Class::Exists => Ok(()),
            Class::Missing => {
                self.group().forget();
                self.confirm((self.shared.now_ms)()).await
            }
            _ => Err(Trouble::Failed(failure)),
        }
    }

    async fn put(&self, tenant: &str, part: &[Timed<'_>]) -> Result<Rejected, Failure> {
        let events = part.iter().map(|(time, event)| input(*time, event)).collect();
        let name = names::log_stream(tenant, &self.shared.instance);
        self.shared.turn().await;
        let request = self.shared.client.put_log_events().log_group_name(&self.group().name);
        let put = request.log_stream_name(name).set_log_events(Some(events)).send().await;
        let answer = put.map_err(|error| Failure::of(&error))?;
        if answer.request_id().is_none() {
            return Err(Failure::unacknowledged());
        }
        Ok(Rejected::of(answer.rejected_log_events_info(), part.len()))
    }

    fn group(&self) -> &Group {
        &self.shared.groups[usize::from(self.stream.number()) - 1]
    }
}

fn input(time: i64, event: &SpooledEvent) -> InputLogEvent {
    InputLogEvent::builder()
        .timestamp(time)
        .message(String::from_utf8_lossy(&event.bytes))
        .build()
        .expect("both fields are set")
}

/// Which events of a put were not taken: the first ones and the last ones, by their order in it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rejected {
    /// Those before are past the group's retention.
    expired: usize,
    /// Those before are too old.
    too_old: usize,
    /// This one and those after are too new.
    too_new: Option<usize>,
}

impl Rejected {
    fn of(info: Option<&RejectedLogEventsInfo>, sent: usize) -> Self {
        let Some(info) = info else { return Self::default() };
        let index =
            |index: Option<i32>| index.map(|index| usize::try_from(index).unwrap_or(0).min(sent));
        Self {
            expired: index(info.expired_log_event_end_index()).unwrap_or(0),
            too_old: index(info.too_old_log_event_end_index()).unwrap_or(0),
            too_new: index(info.too_new_log_event_start_index()),
        }
    }

    fn reason(&self, index: usize) -> Option<&'static str> {
        if index < self.expired {
            Some(batch::EXPIRED)
        } else if index < self.too_old {
            Some(TOO_OLD)
        } else {
            self.too_new.filter(|start| index >= *start).map(|_| TOO_NEW)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_events_are_the_first_and_the_last_ones() {
        let info = RejectedLogEventsInfo::builder()
            .expired_log_event_end_index(1)
            .too_old_log_event_end_index(2)
            .too_new_log_event_start_index(4)
            .build();
        let rejected = Rejected::of(Some(&info), 5);
        let reasons: Vec<_> = (0..5).map(|index| rejected.reason(index)).collect();
        let expected = [Some(batch::EXPIRED), Some(TOO_OLD), None, None, Some(TOO_NEW)];
        assert_eq!(reasons, expected);
        assert!((0..5).all(|index| Rejected::of(None, 5).reason(index).is_none()));
    }

    #[test]
    fn indices_that_make_no_sense_reject_nothing_twice_and_panic_never() {
        let info = RejectedLogEventsInfo::builder()
            .too_old_log_event_end_index(-7)
            .too_new_log_event_start_index(9_000)
            .build();
        let rejected = Rejected::of(Some(&info), 2);
        assert_eq!((rejected.reason(0), rejected.reason(1)), (None, None));
    }
}
