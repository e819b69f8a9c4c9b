//! The one call there is: FilterLogEvents, a page at a time.
//!
//! Invariant: calls stay below the account's quota, which the platform's own tools share; what passes is tried
//! again, a bounded number of times. Limits: "CloudWatch Logs quotas" in its user guide.

use super::error::ReadError;
use super::window::Window;
use crate::{Settings, names};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use greffier_sinks::Stream;
use std::num::NonZeroU32;
use std::time::Duration;

/// The smallest quota of FilterLogEvents among the regions is 5 a second; the first few may come at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");
const AT_ONCE: NonZeroU32 = NonZeroU32::new(25).expect("25 is not 0");
/// The wait after the first failure; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// CloudWatch Logs, for reading.
pub(super) struct Calls {
    client: Client,
    pub(super) settings: Settings,
    /// Tests have none.
    limiter: Option<DefaultDirectRateLimiter>,
    first_wait: Duration,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) stream: Stream,
    pub(super) window: Window,
    pub(super) pattern: Option<&'a str>,
    /// Only log streams of this tenant.
    pub(super) tenant: Option<&'a str>,
    pub(super) newest_first: bool,
}

/// Some of it; there may be more, and a page may be empty though there is.
pub(super) struct Page {
    pub(super) events: Vec<FilteredLogEvent>,
    pub(super) next: Option<String>,
}

impl Calls {
    pub(super) fn new(client: Client, settings: Settings) -> Self {
        let limiter = RateLimiter::direct(Quota::per_second(PER_SECOND).allow_burst(AT_ONCE));
        Self { client, settings, limiter: Some(limiter), first_wait: FIRST_WAIT }
    }

    #[cfg(test)]
    pub(super) fn without_waiting(mut self) -> Self {
        self.limiter = None;
        self.first_wait = Duration::ZERO;
        self
    }

    /// The page after the one that gave `token`, or the first.
    pub(super) async fn page(&self, ask: Ask<'_>, token: Option<&str>) -> Result<Page, ReadError> {
        let mut attempts = 0;
        loop {
            if let Some(limiter) = &self.limiter {
                limiter.until_ready().await;
            }
            attempts += 1;
            let error = match self.attempt(ask, token).await {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            match error.retry_after(attempts, self.first_wait) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    async fn attempt(&self, ask: Ask<'_>, token: Option<&str>) -> Result<Page, ReadError> {
        let Settings { prefix, service, region, .. } = &self.settings;
        let group = names::group(prefix, service, ask.stream);
        let call = self
            .client
            .filter_log_events()
            .log_group_name(&group)
            .set_log_stream_name_prefix(ask.tenant.map(|tenant| names::log_stream(tenant, "")))
            .start_time(ask.window.0)
            .end_time(ask.window.1)
            .start_from_head(!ask.newest_first)
            .set_filter_pattern(ask.pattern.map(str::to_owned))
            .set_next_token(token.map(str::to_owned));
        match call.send().await {
            Ok(page) => {
                let next = page.next_token.filter(|next| !next.is_empty());
                Ok(Page { events: page.events.unwrap_or_default(), next })
            }
            Err(failure) => Err(ReadError::of(&failure, &group, region)),
        }
    }
}
