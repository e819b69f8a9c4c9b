//! A live view of events as they are sealed, for whoever runs the sidecar.
//!
//! Invariant: the pipeline never waits for a viewer and does nothing without one; a viewer that is too slow is
//! told how many events it missed. What is sealed is shown as dots: not even the ciphertext leaves this way.
//! Place on the path: beside the spool, after the append.

use greffier_redactor::SealedBatch;
use greffier_spool::Stream;
use serde_json::Value;
use std::str::FromStr;
use std::sync::Arc;
use tokio::sync::broadcast::{self, Receiver, WeakSender};

/// Events that wait for the slowest viewer; the older ones are skipped.
const WAITING: usize = 512;

/// Larger events are not shown, only counted: with [`WAITING`] this bounds the memory.
const SHOWN_BYTES: usize = 64 << 10;

/// What stands in the place of everything sealed.
const DOTS: &str = "•••";

/// One event for the viewers; `None` when it was too large to show.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    stream: Stream,
    bytes: Option<Arc<[u8]>>,
}

/// The pipeline's end. Viewers' streams end when it is gone.
#[derive(Debug, Clone)]
pub(crate) struct Tap(broadcast::Sender<Seen>);

/// The viewers' end.
#[derive(Debug, Clone)]
pub(crate) struct Viewers(WeakSender<Seen>);

impl Default for Tap {
    fn default() -> Self {
        Self(broadcast::Sender::new(WAITING))
    }
}

impl Tap {
    /// Where viewers come from.
    pub(crate) fn viewers(&self) -> Viewers {
        Viewers(self.0.downgrade())
    }

    /// Shows a batch to whoever looks.
    pub(crate) fn show(&self, batch: &SealedBatch) {
        if self.0.receiver_count() == 0 {
            return;
        }
        for event in batch.events() {
            let bytes = (event.bytes.len() <= SHOWN_BYTES).then(|| Arc::from(event.bytes));
            // The last viewer may have left meanwhile.
            self.0.send(Seen { stream: event.stream, bytes }).unwrap_or_default();
        }
    }
}

impl Viewers {
    /// Looks from now on; `None` when the pipeline has ended.
    pub(crate) fn look(&self) -> Option<Receiver<Seen>> {
        Some(self.0.upgrade()?.subscribe())
    }
}

/// Which events a viewer wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Of this stream only.
    pub(crate) stream: Option<Stream>,
    /// With this status only.
    pub(crate) status: Option<Status>,
}

/// A status, or a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// All of one hundred: `5xx`.
    Class(u64),
    /// This one.
    Exactly(u64),
}

impl FromStr for Status {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_suffix("xx").unwrap_or(text);
        match (digits.parse(), digits.len() == text.len()) {
            (Ok(status @ 100..=599), true) => Ok(Self::Exactly(status)),
            (Ok(class @ 1..=5), false) => Ok(Self::Class(class)),
            _ => Err("write a status as in 404, or a class as in 5xx"),
        }
    }
}

impl Status {
    /// As it is written.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Class(class) => format!("{class}xx"),
            Self::Exactly(status) => status.to_string(),
        }
    }

    fn admits(self, status: u64) -> bool {
        match self {
            Self::Class(class) => status / 100 == class,
            Self::Exactly(one) => status == one,
        }
    }
}

impl FromStr for Wanted {
    type Err = &'static str;

    /// From the query of a URL: `stream=audit&status=5xx`.
    fn from_str(query: &str) -> Result<Self, Self::Err> {
        let mut wanted = Self::default();
        for word in query.split('&').filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some(("stream", name)) => {
                    wanted.stream = Some(Stream::from_name(name).ok_or("no such stream")?);
                }
                Some(("status", status)) => wanted.status = Some(status.parse()?),
                _ => return Err("no such filter"),
            }
        }
        Ok(wanted)
    }
}

impl Wanted {
    /// As the query of a URL.
    pub(crate) fn query(&self) -> String {
        let stream = self.stream.map(|stream| format!("stream={}", stream.name()));
        let status = self.status.map(|status| format!("status={}", status.text()));
        stream.into_iter().chain(status).collect::<Vec<_>>().join("&")
    }

    /// One event as a line, masked; `None` when it is not wanted.
    pub(crate) fn line(&self, seen: &Seen) -> Option<String> {
        if self.stream.is_some_and(|stream| stream != seen.stream) {
            return None;
        }
        let Some(bytes) = &seen.bytes else { return Some(skipped(1)) };
        let mut event: Value = serde_json::from_slice(bytes).ok()?;
        let status = event.get("status").and_then(Value::as_u64);
        let admitted = |wanted: Status| status.is_some_and(|status| wanted.admits(status));
        if !self.status.is_none_or(admitted) {
            return None;
        }
        mask(&mut event);
        Some(format!("{event}\n"))
    }
}

/// The line for events a viewer did not get.
pub(crate) fn skipped(events: u64) -> String {
    format!("{{\"skipped\":{events}}}\n")
}

/// The parts of an event that hold sealed blobs, see `docs/formats/events.md`.
const SEALED: [&str; 5] = ["p", "pa", "pt", "pu", "pl"];

fn mask(event: &mut Value) {
    let Some(fields) = event.as_object_mut() else { return };
    for (_, value) in fields.iter_mut().filter(|(name, _)| SEALED.contains(&name.as_str())) {
        match value.as_object_mut() {
            Some(blobs) => blobs.values_mut().for_each(|blob| *blob = DOTS.into()),
            None => *value = DOTS.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Seen {
        Seen { stream: Stream::Audit, bytes: Some(Arc::from(text.as_bytes())) }
    }

    #[test]
    fn what_is_sealed_is_dots() {
        let event =
            r#"{"s":"audit","status":404,"ka":"kid","pa":{"i":"b1","c":"b2"},"pu":{"c":"b3"}}"#;
        let line = Wanted::default().line(&seen(event)).expect("wanted");
        assert_eq!(
            line,
            "{\"s\":\"audit\",\"status\":404,\"ka\":\"kid\",\"pa\":{\"i\":\"•••\",\"c\":\"•••\"},\"pu\":{\"c\":\"•••\"}}\n"
        );
        let large = Seen { stream: Stream::Audit, bytes: None };
        assert_eq!(Wanted::default().line(&large).as_deref(), Some("{\"skipped\":1}\n"));
    }

    #[test]
    fn only_what_is_wanted() {
        let event = seen(r#"{"status":404}"#);
        let wants = |stream, status: &str| Wanted { stream, status: status.parse().ok() };
        assert!(wants(Some(Stream::Audit), "4xx").line(&event).is_some());
        assert!(wants(None, "404").line(&event).is_some());
        assert!(wants(None, "5xx").line(&event).is_none());
        assert!(wants(Some(Stream::Requests), "").line(&event).is_none());
        assert!(wants(None, "5xx").line(&seen("{}")).is_none());
        for wrong in ["", "6xx", "99", "xx", "404xx", "abc"] {
            assert!(wrong.parse::<Status>().is_err(), "{wrong}");
        }
        for query in ["", "stream=audit", "status=404", "stream=errors&status=5xx"] {
            assert_eq!(query.parse::<Wanted>().map(|wanted| wanted.query()).as_deref(), Ok(query));
        }
        for wrong in ["stream=", "stream=x", "status=x", "x=1", "stream"] {
            assert!(wrong.parse::<Wanted>().is_err(), "{wrong}");
        }
    }
}
