//! Looks through one window after the other: every stream, every pattern, every page.
//!
//! Invariant: the work is bounded by a number of pages, and who asked is told when it did not suffice. An empty
//! page with a token is not the end. A group that does not exist holds nothing, unless none of them exists.

use super::calls::{Ask, Calls};
use super::error::ReadError;
use super::window::Window;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use greffier_sinks::Stream;
use std::collections::BTreeSet;

/// A page holds at most 1 MB; so many pages are a while, and worth a word.
const PAGES_A_WORD: u32 = 10;

/// What to look for in every window.
pub(super) struct Goal<'a> {
    pub(super) streams: &'a [Stream],
    pub(super) patterns: &'a [Option<String>],
    pub(super) tenant: Option<&'a str>,
    pub(super) newest_first: bool,
}

/// The work of one question.
pub(super) struct Sweep<'c> {
    calls: &'c Calls,
    pub(super) pages_left: u32,
    pages: u32,
    events: usize,
    missing: BTreeSet<Stream>,
    /// Whether CloudWatch answered at all.
    pub(super) answered: bool,
    /// Whether patterns are of use: where one is not understood, everything is looked at.
    filtered: bool,
}

impl<'c> Sweep<'c> {
    pub(super) fn new(calls: &'c Calls, pages: u32) -> Self {
        let missing = BTreeSet::new();
        Self {
            calls,
            pages_left: pages,
            pages: 0,
            events: 0,
            missing,
            answered: false,
            filtered: true,
        }
    }

    /// Gives every event of the window to `take`. False when the pages did not suffice.
    pub(super) async fn window(
        &mut self,
        goal: &Goal<'_>,
        window: Window,
        mut take: impl FnMut(Stream, FilteredLogEvent),
    ) -> Result<bool, ReadError> {
        for stream in goal.streams {
            if self.missing.contains(stream) {
                continue;
            }
            match self.stream(goal, *stream, window, &mut take).await {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(ReadError::NoGroup(_)) => drop(self.missing.insert(*stream)),
                Err(error) => return Err(error),
            }
        }
        if goal.streams.iter().all(|stream| self.missing.contains(stream)) {
            let settings = &self.calls.settings;
            let groups = format!("{}/{}", settings.prefix, settings.service);
            return Err(ReadError::NoGroups { groups, region: settings.region.clone() });
        }
        Ok(true)
    }

    async fn stream(
        &mut self,
        goal: &Goal<'_>,
        stream: Stream,
        window: Window,
        take: &mut impl FnMut(Stream, FilteredLogEvent),
    ) -> Result<bool, ReadError> {
        let Goal { tenant, newest_first, .. } = *goal;
        let ask = Ask { stream, window, pattern: None, tenant, newest_first };
        for pattern in goal.patterns {
            if !self.filtered {
                break;
            }
            match self.pages(Ask { pattern: pattern.as_deref(), ..ask }, take).await {
                Ok(true) => {}
                Err(ReadError::Refused(code)) if pattern.is_some() => {
                    tracing::debug!(code, "CloudWatch does not take the filter pattern");
                    self.filtered = false;
                }
                other => return other,
            }
        }
        if self.filtered { Ok(true) } else { self.pages(ask, take).await }
    }

    async fn pages(
        &mut self,
        ask: Ask<'_>,
        take: &mut impl FnMut(Stream, FilteredLogEvent),
    ) -> Result<bool, ReadError> {
        let mut token = None;
        loop {
            let Some(left) = self.pages_left.checked_sub(1) else { return Ok(false) };
            self.pages_left = left;
            let page = self.calls.page(ask, token.as_deref()).await?;
            self.count(page.events.len());
            page.events.into_iter().for_each(|event| take(ask.stream, event));
            match page.next {
                Some(next) => token = Some(next),
                None => return Ok(true),
            }
        }
    }

    fn count(&mut self, events: usize) {
        self.answered = true;
        self.pages += 1;
        self.events += events;
        if self.pages.is_multiple_of(PAGES_A_WORD) {
            let (pages, events) = (self.pages, self.events);
            tracing::info!(pages, events, "still reading from CloudWatch");
        }
    }
}
