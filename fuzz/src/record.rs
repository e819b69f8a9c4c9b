//! One line through the whole gate: decoded, redacted, sealed.

use super::scene::{NOW, events, with_record};
use greffier_record::{Body, Format, Raw, Side};
use greffier_redactor::{Redactor, Stream};
use serde_json::Value;

/// Stands in an input for an address that must not come out.
const MARK: &[u8] = b"@@";
/// The address, which stands free wherever it is put.
const CANARY: &[u8] = b" zqxcanary@example.org ";
const WORD: &str = "zqxcanary";

/// The first byte picks the format, the rest is the line, in which the address stands for each `@@`. It becomes
/// one event, which is one JSON object and does not hold the address.
pub fn redact_record(data: &[u8]) {
    let Some((format, line)) = data.split_first() else { return };
    let format = Format::ALL[usize::from(*format) % Format::ALL.len()];
    let line = planted(line);
    let made = events(|gate| with_record(format, &line, |raw| seal(gate, raw)));
    assert_eq!(made.len(), 1);
    let event: Value = serde_json::from_str(&made[0]).expect("an event is JSON");
    assert!(event.is_object());
    assert!(!made[0].contains(WORD), "an address is left in clear");
}

/// `line` with the address in every marked place.
fn planted(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len() + CANARY.len());
    let mut rest = line;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(CANARY);
        rest = &rest[at + MARK.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// As the pipeline does.
fn seal(gate: &mut Redactor, raw: &Raw<'_>) {
    let sealed = match (&raw.body, raw.origin.format.side()) {
        (Body::Request(_), Side::App) => gate.request(raw, NOW).map(drop),
        (Body::Request(_), Side::Proxy) => gate.proxy(raw, None, NOW),
        (Body::Text(_), _) => gate.text(raw, Stream::Errors, None, 0, NOW),
        (Body::Broken(_), _) => gate.broken(raw, NOW),
    };
    sealed.expect("there is a key");
}
