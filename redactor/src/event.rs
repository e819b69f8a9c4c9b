//! The ordered writer of one event (`docs/formats/events.md`).
//!
//! Invariant: keys come in the one order of [`Key`], each at most once, so the bytes of an event depend on
//! its content alone. Nothing is written that is empty. Place on the path: between the rules and the batch.

use crate::id::text22;
use crate::{RecordId, SealedBatch, Stream, json};

/// The keys of an event, in wire order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[rustfmt::skip]
#[allow(dead_code, reason = "the order is frozen with all its keys, also those of later parts")]
pub(crate) enum Key {
    V, S, Id, Ts, Ots, Svc, Inst, From, Tenant, Src, Req, Ev, Of, Method, Path, Query, Route, Status, Ms, End,
    Exc, Roles, Ip, Browser, Os, Imp, Lvl, Ch, Msg, Act, Obj, Post, X, Err, Cut, Px, K, P, Ka, Pa, Kt, Pt, Ku,
    Pu, Kl, Pl,
}

impl Key {
    /// Names in the order of the variants.
    #[rustfmt::skip]
    pub(crate) const NAMES: [&'static str; 46] = [
        "v", "s", "id", "ts", "ots", "svc", "inst", "from", "tenant", "src", "req", "ev", "of", "method", "path",
        "query", "route", "status", "ms", "end", "exc", "roles", "ip", "browser", "os", "imp", "lvl", "ch", "msg",
        "act", "obj", "post", "x", "err", "cut", "px", "k", "p", "ka", "pa", "kt", "pt", "ku", "pu", "kl", "pl",
    ];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Appends `,"name":`. A copy of fixed length is two moves, one of any length is a call.
    fn write(self, out: &mut Vec<u8>) {
        let (text, length) = &WRITTEN[self as usize];
        let end = out.len() + length;
        out.extend_from_slice(text);
        out.truncate(end);
    }
}

/// Longest `,"name":`.
const LONGEST: usize = 12;

/// `,"name":` of every key, and its length; built by the compiler.
static WRITTEN: [([u8; LONGEST], usize); Key::NAMES.len()] = {
    let mut all = [([0; LONGEST], 0); Key::NAMES.len()];
    let mut n = 0;
    while n < all.len() {
        let (name, (out, length)) = (Key::NAMES[n].as_bytes(), &mut all[n]);
        *length = name.len() + 4;
        let out = out.split_at_mut(*length).0;
        out.split_at_mut(2).0.copy_from_slice(b",\"");
        out.split_at_mut(2).1.split_at_mut(name.len()).0.copy_from_slice(name);
        out.split_at_mut(name.len() + 2).1.copy_from_slice(b"\":");
        n += 1;
    }
    all
};

/// Writes one event at the end of a batch.
pub(crate) struct EventWriter<'b> {
    batch: &'b mut SealedBatch,
    start: usize,
    last: Option<Key>,
}

/// A place to come back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(usize, Option<Key>);

impl<'b> EventWriter<'b> {
    pub(crate) fn open(batch: &'b mut SealedBatch) -> Self {
        let start = batch.byte_len();
        batch.buffer().push(b'{');
        Self { batch, start, last: None }
    }

    /// Where the value of `key` goes.
    fn key(&mut self, key: Key) -> &mut Vec<u8> {
        debug_assert!(self.last < Some(key), "{key:?} is out of order");
        let first = self.last.replace(key).is_none();
        let out = self.batch.buffer();
        key.write(out);
        if first {
            out.remove(self.start + 1); // the comma
        }
        out
    }

    /// `v s id ts svc inst`; `service` is the last two of them as [`EventWriter::service`] writes them.
    pub(crate) fn head(&mut self, stream: Stream, id: RecordId, ts: &[u8; 24], service: &[u8]) {
        debug_assert!(self.last.is_none(), "a head comes first");
        self.batch.buffer().extend_from_slice(b"\"v\":1");
        self.last = Some(Key::V);
        self.verbatim(Key::S, stream.name().as_bytes());
        self.verbatim(Key::Id, &text22(id.as_bytes()));
        self.verbatim(Key::Ts, ts);
        self.batch.buffer().extend_from_slice(service);
        self.last = Some(Key::Inst);
    }

    /// `svc` and `inst` for [`EventWriter::head`]: they are the same in every event.
    pub(crate) fn service(service: &str, instance: &str) -> Vec<u8> {
        let mut out = Vec::new();
        for (key, value) in [(Key::Svc, service), (Key::Inst, instance)] {
            if !value.is_empty() {
                key.write(&mut out);
                json::text(value, &mut out);
            }
        }
        out
    }

    /// A text that needs no escaping.
    pub(crate) fn verbatim(&mut self, key: Key, value: &[u8]) {
        debug_assert_eq!(json::escaped_len(&String::from_utf8_lossy(value)), value.len());
        self.quoted(key, |out| out.extend_from_slice(value));
    }

    /// A text that `value` writes and that needs no escaping.
    pub(crate) fn quoted(&mut self, key: Key, value: impl FnOnce(&mut Vec<u8>)) {
        let out = self.key(key);
        out.push(b'"');
        value(out);
        out.push(b'"');
    }

    pub(crate) fn text(&mut self, key: Key, value: &str) {
        if !value.is_empty() {
            json::text(value, self.key(key));
        }
    }

    pub(crate) fn number(&mut self, key: Key, value: u64) {
        let mut digits = itoa::Buffer::new();
        self.key(key).extend_from_slice(digits.format(value).as_bytes());
    }

    pub(crate) fn flag(&mut self, key: Key) {
        self.key(key).extend_from_slice(b"true");
    }

    /// Texts that need no escaping.
    pub(crate) fn labels(&mut self, key: Key, values: &[&str]) {
        if values.is_empty() {
            return;
        }
        let out = self.key(key);
        for (n, value) in values.iter().enumerate() {
            out.extend_from_slice(if n == 0 { b"[\"" } else { b",\"" });
            out.extend_from_slice(value.as_bytes());
            out.push(b'"');
        }
        out.push(b']');
    }

    /// An object whose values `value` writes.
    pub(crate) fn object<T>(
        &mut self,
        key: Key,
        members: impl IntoIterator<Item = (impl AsRef<str>, T)>,
        mut value: impl FnMut(T, &mut Vec<u8>),
    ) {
        let mut members = members.into_iter().peekable();
        if members.peek().is_none() {
            return;
        }
        let out = self.key(key);
        out.push(b'{');
        for (n, (name, member)) in members.enumerate() {
            if n > 0 {
                out.push(b',');
            }
            json::text(name.as_ref(), out);
            out.push(b':');
            value(member, out);
        }
        out.push(b'}');
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.batch.byte_len(), self.last)
    }

    /// Takes back everything since `mark`.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.batch.buffer().truncate(mark.0);
        self.last = mark.1;
    }

    /// Ends the event and files it in its batch; returns its length.
    pub(crate) fn close(self, id: RecordId, stream: Stream, time: i64, tenant: &str) -> usize {
        self.batch.buffer().push(b'}');
        let length = self.batch.byte_len() - self.start;
        self.batch.file(id, stream, time, tenant, self.start);
        length
    }

    /// Takes back the whole event.
    pub(crate) fn discard(self) {
        self.batch.buffer().truncate(self.start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_to_their_variants() {
        assert_eq!(Key::NAMES[Key::Pl as usize], "pl");
        for key in [Key::V, Key::Ots, Key::Method, Key::Roles, Key::Post, Key::Px, Key::Ku] {
            assert_eq!(key.name(), format!("{key:?}").to_lowercase());
        }
    }

    #[test]
    fn a_head_is_what_its_fields_would_be() {
        let mut batch = SealedBatch::default();
        let id = RecordId::from_bytes([7; 16]);
        let mut event = EventWriter::open(&mut batch);
        let service = EventWriter::service("so\"cial", "web-1");
        event.head(Stream::Audit, id, b"2026-11-21T20:32:46.679Z", &service);
        event.text(Key::Src, "app");
        event.close(id, Stream::Audit, 0, "-");
        let mut event = EventWriter::open(&mut batch);
        event.number(Key::V, 1);
        event.text(Key::S, "audit");
        event.text(Key::Id, &id.to_string());
        event.text(Key::Ts, "2026-11-21T20:32:46.679Z");
        event.text(Key::Svc, "so\"cial");
        event.text(Key::Inst, "web-1");
        event.text(Key::Src, "app");
        event.close(id, Stream::Audit, 0, "-");
        let events: Vec<_> = batch.events().map(|event| event.bytes).collect();
        assert_eq!(events[0], events[1]);
    }

    #[test]
    fn what_is_empty_is_not_written_and_what_is_taken_back_is_gone() {
        let mut batch = SealedBatch::default();
        let mut event = EventWriter::open(&mut batch);
        event.text(Key::S, "requests");
        event.text(Key::From, "");
        event.labels(Key::Roles, &[]);
        event.object(Key::Post, [("a", 1); 0], |_, _| {});
        let mark = event.mark();
        event.number(Key::Cut, 7);
        event.text(Key::K, "k");
        event.rewind(mark);
        event.text(Key::Px, "no\"key");
        event.close(RecordId::from_bytes([0; 16]), Stream::Requests, 0, "-");
        EventWriter::open(&mut batch).discard();
        let events: Vec<_> = batch.events().map(|event| event.bytes).collect();
        assert_eq!(events, [br#"{"s":"requests","px":"no\"key"}"#]);
    }
}
