//! One line to one record.
//!
//! Invariant: every line becomes exactly one [`Raw`]; what cannot be understood becomes a broken one that
//! says why and holds its text. Place on the path: between the sources and the gate; called again for held
//! lines when they are released.

use crate::framing::KEPT;
use crate::table::Table;
use crate::{Frame, SourcePlan, combined, fields, monolog, nginx_json};
use greffier_record::{Body, Broken, Fault, Format, Hot, HotBuf, Origin, Raw};
use memchr::memchr;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

/// Decodes the lines of one source. Cheap to clone.
#[derive(Clone)]
pub struct Decoder(Arc<Tables>);

struct Tables {
    monolog: monolog::Tables,
    nginx_json: Table,
    json: Table,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoder")
    }
}

impl Decoder {
    /// The decoder of a source: for every format, since an HTTP path names its own.
    #[must_use]
    pub fn new(plan: &SourcePlan) -> Self {
        Self(Arc::new(Tables {
            monolog: monolog::tables(&plan.fields),
            nginx_json: nginx_json::table(&plan.fields),
            json: fields::table(&plan.fields),
        }))
    }

    /// The record of one frame of a buffer.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "decoding is what the bytes are for")]
    pub fn record<'a>(
        &self,
        origin: &'a Origin,
        bytes: &'a HotBuf,
        frame: &Frame,
        observed: i64,
    ) -> Raw<'a> {
        let line = bytes.expose_to_decoder().get(frame.range.clone()).unwrap_or_default();
        self.decode(origin, line, frame, observed)
    }

    /// The record of a line: its bytes, and what framing found.
    pub(crate) fn decode<'a>(
        &self,
        origin: &'a Origin,
        line: &'a [u8],
        frame: &Frame,
        observed: i64,
    ) -> Raw<'a> {
        let body = match self.body(origin.format, line, frame.fault) {
            Ok(body) => body,
            // A line that lacks its end and makes no sense makes none because of that.
            Err(_) if frame.fault == Some(Fault::Half) => broken(line, Fault::Half, frame.cut),
            Err(fault) => broken(line, fault, frame.cut),
        };
        Raw { origin, observed, body }
    }

    fn body<'a>(
        &self,
        format: Format,
        line: &'a [u8],
        framed: Option<Fault>,
    ) -> Result<Body<'a>, Fault> {
        if framed == Some(Fault::Long) {
            return Err(Fault::Long);
        }
        if memchr(0, line).is_some() {
            return Err(Fault::Nul);
        }
        let line = std::str::from_utf8(line).map_err(|_| Fault::Utf8)?;
        match format {
            Format::Monolog => monolog::decode(&self.0.monolog, line),
            Format::NginxJson => nginx_json::decode(&self.0.nginx_json, line),
            Format::Json => fields::decode(&self.0.json, line),
            Format::Combined => combined::decode(line),
        }
    }
}

fn broken(line: &[u8], fault: Fault, cut: u64) -> Body<'_> {
    let (text, lost) = shortened(line);
    Body::Broken(Broken { fault, line: Hot::new(text), cut: cut + lost })
}

/// A line as text of at most [`KEPT`] bytes, and how many bytes of the line are not in it.
fn shortened(line: &[u8]) -> (Cow<'_, str>, u64) {
    let mut end = line.len().min(KEPT);
    loop {
        // Not in the middle of a character: at most three bytes back.
        let begins = |at: usize| line.get(at).is_none_or(|byte| byte & 0xC0 != 0x80);
        let back = (0..4).find(|back| *back <= end && begins(end - back)).unwrap_or(0);
        let text = lossy(&line[..end - back]);
        if text.len() <= KEPT {
            return (text, (line.len() - (end - back)) as u64);
        }
        end /= 2; // escapes make it longer, four times at most
    }
}

/// Bytes as text; those that are no UTF-8 are written `\xHH`.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    let mut chunks = bytes.utf8_chunks();
    let Some(first) = chunks.next() else { return Cow::Borrowed("") };
    if first.invalid().is_empty() {
        return Cow::Borrowed(first.valid());
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in std::iter::once(first).chain(chunks) {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02X}").expect("a String takes everything");
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests;
