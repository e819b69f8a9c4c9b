//! `greffier show`: everything kept of one request, in the order it happened.
//!
//! Invariant: nothing sealed is opened; the timeline only says what there is to reveal, and in which record.

use crate::keys::Erasure;
use crate::reader::{Reader, ReaderError};
use crate::search::erasure;
use crate::target::Target;
use crate::{Class, Outcome};
use greffier_sinks::{Blobs, Role, Stored};
use greffier_spool::Stream;

/// A request, or a single record that belongs to none.
#[derive(Debug, Default)]
pub struct Timeline {
    /// In the order they happened.
    pub lines: Vec<Line>,
    /// Which of them was asked for, or the request line itself.
    pub head: usize,
}

/// One event of a timeline.
#[derive(Debug)]
pub struct Line {
    /// The event.
    pub stored: Stored,
    /// Milliseconds since the first event of the timeline.
    pub offset_ms: i64,
    /// What it holds sealed: whose, and of which class.
    pub sealed: Vec<(Role, Class)>,
    /// When it becomes unreadable.
    pub erasure: Erasure,
}

pub(crate) fn run(
    reader: &Reader,
    target: &Target,
    now_ms: i64,
) -> Result<(Outcome, Timeline), ReaderError> {
    let asked = find(reader, target)?;
    let mut events = match (target, &*asked) {
        (Target::Request(_), _) | (_, []) => asked,
        (_, [one]) => around(reader, one)?,
        (_, several) => return Err(ReaderError::Ambiguous(several.len())),
    };
    if events.is_empty() {
        return Ok((Outcome::Nothing, Timeline::default()));
    }
    events.sort_by_key(|event| (event.ts, event.id));
    let head = head(&events, target);
    let first = events[0].ts;
    let lines = events.into_iter().map(|stored| line(reader, stored, first, now_ms)).collect();
    Ok((Outcome::Found, Timeline { lines, head }))
}

/// The records a target names.
pub(crate) fn find(reader: &Reader, target: &Target) -> Result<Vec<Stored>, ReaderError> {
    Ok(match target {
        Target::Record(id) => reader.events.get(*id)?.into_iter().collect(),
        Target::Short(low) => reader.events.get_short(*low)?,
        Target::Request(req) => reader.events.by_request(req, None)?,
    })
}

/// All events of a record's request.
fn around(reader: &Reader, one: &Stored) -> Result<Vec<Stored>, ReaderError> {
    let event = one.event();
    match event.req.as_deref().filter(|_| one.stream != Stream::Access) {
        Some(req) => Ok(reader.events.by_request(req, Some(one))?),
        None => Ok(vec![one.clone()]),
    }
}

/// The event the timeline is about: the one asked for, else the application's request line, else the first.
fn head(events: &[Stored], target: &Target) -> usize {
    let is_head = |event: &Stored| match target {
        Target::Record(id) => event.id == *id,
        Target::Short(low) => event.id.as_bytes().ends_with(low),
        Target::Request(_) => {
            matches!(event.stream, Stream::Requests | Stream::Audit)
                && event.event().src.as_deref() != Some("proxy")
        }
    };
    events.iter().position(is_head).unwrap_or(0)
}

fn line(reader: &Reader, stored: Stored, first: i64, now_ms: i64) -> Line {
    let (sealed, kid) = {
        let event = stored.event();
        let person = event.person().or_else(|| event.keys().next().map(|(_, kid, _)| kid));
        (blobs_of(&event).map(|(role, class, ..)| (role, class)).collect(), person)
    };
    let erasure = erasure(reader, &stored, kid.as_ref(), now_ms);
    Line { offset_ms: stored.ts.saturating_sub(first), stored, sealed, erasure }
}

/// Every blob of an event: whose, which class, under which key, its text.
pub(crate) fn blobs_of<'e>(
    event: &'e greffier_sinks::Event<'_>,
) -> impl Iterator<Item = (Role, Class, greffier_sinks::Kid, &'e str)> {
    event.keys().flat_map(|(role, kid, blobs)| {
        classes(blobs).into_iter().filter_map(move |(class, text)| Some((role, class, kid, text?)))
    })
}

fn classes<'e>(blobs: Option<&'e Blobs<'_>>) -> [(Class, Option<&'e str>); 3] {
    let text = |of: fn(&'e Blobs<'_>) -> Option<&'e str>| blobs.and_then(of);
    [
        (Class::Identity, text(|blobs| blobs.i.as_deref())),
        (Class::Network, text(|blobs| blobs.n.as_deref())),
        (Class::Content, text(|blobs| blobs.c.as_deref())),
    ]
}
