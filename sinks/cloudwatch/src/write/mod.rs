//! Shipping events: one target a stream, one connection and one rate for all of them.
//!
//! Invariant: nothing is put into a group whose retention and key were not read back as promised during the
//! last two hours. A target that is held holds no other. Place on the path: last, from the pump to the network.

mod backoff;
mod batch;
mod failure;
mod group;
mod target;

pub use target::Target;

use crate::client::{self, Settings};
use crate::names;
use aws_sdk_cloudwatchlogs::Client;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use greffier_sinks::{SinkError, Stream};
use group::Group;
use std::num::NonZeroU32;
use std::sync::Arc;

/// What writing needs beyond [`Settings`].
#[derive(Debug, Clone, Copy)]
pub struct Writing<'w> {
    /// This sidecar's name: the second half of every log stream's name.
    pub instance: &'w str,
    /// ARN of the symmetric KMS key every group must be encrypted with; `None`: what a group has is not looked at.
    pub kms_key: Option<&'w str>,
    /// Calls of PutLogEvents a second, at most, for all streams together.
    pub rate: NonZeroU32,
    /// The time, ms since 1970.
    pub now_ms: fn() -> i64,
}

/// A region's CloudWatch Logs, for writing. Clones share the connection, the rate and what is known of groups.
#[derive(Debug, Clone)]
pub struct CloudWatch(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    client: Client,
    instance: String,
    groups: Vec<Group>,
    rate: DefaultDirectRateLimiter,
    now_ms: fn() -> i64,
}

impl CloudWatch {
    /// Prepares the connection; nothing is sent. `days` is the promised retention of a stream.
    pub async fn new(
        settings: &Settings,
        writing: Writing<'_>,
        days: impl Fn(Stream) -> u16,
    ) -> Self {
        let group = |stream| {
            let name = names::group(&settings.prefix, &settings.service, stream);
            Group::new(name, days(stream), writing.kms_key)
        };
        Self(Arc::new(Shared {
            client: client::connect(settings).await,
            instance: writing.instance.to_owned(),
            groups: Stream::ALL.into_iter().map(group).collect(),
            rate: DefaultDirectRateLimiter::direct(Quota::per_second(writing.rate)),
            now_ms: writing.now_ms,
        }))
    }

    /// The way of one stream's events.
    #[must_use]
    pub fn target(&self, stream: Stream) -> Target {
        Target::new(Arc::clone(&self.0), stream)
    }

    /// Compares the groups that exist with what is promised, and mends what differs.
    ///
    /// # Errors
    /// The first group's that is not as promised, or where that could not be found out.
    pub async fn reconcile(&self) -> Result<(), SinkError> {
        let mut first = Ok(());
        for group in &self.0.groups {
            match group.confirm(&self.0.client, (self.0.now_ms)(), false).await {
                Ok(()) => {}
                Err(trouble) if trouble.is_of_the_group() => {
                    first = first.and(Err(trouble.error(group, backoff::FIRST)));
                }
                // Whoever cannot be reached for one group cannot be reached for the next.
                Err(trouble) => return first.and(Err(trouble.error(group, backoff::FIRST))),
            }
        }
        first
    }

    /// How many of the groups are there, all of them as promised; a missing one is made by the first event. Changes
    /// nothing.
    ///
    /// # Errors
    /// The first group's that is not as promised, or where that could not be found out.
    pub async fn examine(&self) -> Result<usize, SinkError> {
        let mut there = 0;
        for group in &self.0.groups {
            let found = group.examine(&self.0.client).await;
            there += usize::from(found.map_err(|trouble| trouble.error(group, backoff::FIRST))?);
        }
        Ok(there)
    }

    /// How long until [`reconcile`](Self::reconcile) is due again: an hour, more or less.
    #[must_use]
    pub fn next_look() -> std::time::Duration {
        group::LOOK.mul_f64(0.9 + backoff::random() / 5.0)
    }
}

impl Shared {
    /// Waits for its turn under the rate.
    async fn turn(&self) {
        while let Err(not_yet) = self.rate.check() {
            tokio::time::sleep(not_yet.wait_time_from(DefaultClock::default().now())).await;
        }
    }
}
