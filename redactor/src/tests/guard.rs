//! What a record that makes the gate panic leaves behind: an event that says so, and nothing else.

use super::{NOW, ada, gate, hidden, hot, origin, policy, text, view, with_line, with_text};
use crate::{Attribution, Count, Redactor, Stream};
use greffier_record::{Body, Broken, Fault, Format, Hot, Raw, RequestLine, TextRecord};

/// A line that fails in the clear part, or while it is sealed.
fn bad<'a>(sealing: bool) -> RequestLine<'a> {
    let rest = sealing.then(|| (Hot::new("z"), text("ada: panic"))).into_iter().collect();
    RequestLine {
        subject: ada(),
        url: hot("/page/1"),
        message: hot(if sealing { "ok" } else { "panic: ada@example.org" }),
        rest,
        ..view()
    }
}

fn requested(gate: &mut Redactor, line: RequestLine<'_>) -> Attribution {
    with_line(Format::Monolog, line, |raw| gate.request(raw, NOW)).expect("nothing to seal")
}

/// Ids and events since the last call.
fn taken(gate: &mut Redactor) -> Vec<(crate::RecordId, String)> {
    let batch = gate.take();
    let shown = |bytes: &[u8]| hidden(std::str::from_utf8(bytes).expect("JSON"));
    batch.events().map(|event| (event.id, shown(event.bytes))).collect()
}

const SAID: &str = r#"{"v":1,"s":"requests","id":"…","ts":"2026-11-21T20:32:46.803Z","svc":"social","inst":"web-1","src":"app","err":"gate"}"#;

#[test]
fn a_record_that_fails_becomes_an_event_without_content() {
    for sealing in [false, true] {
        let mut gate = gate(policy());
        requested(&mut gate, RequestLine { subject: ada(), ..view() });
        let before = gate.tally();
        let of = requested(&mut gate, bad(sealing));
        assert!(of.person().names.is_empty() && of.tenant() == "-");
        assert_eq!(gate.tally().get(Count::Panic), 1);
        let others = |tally: crate::Tally| {
            tally.iter().filter(|(count, _)| *count != Count::Panic).collect::<Vec<_>>()
        };
        assert_eq!(others(gate.tally()), others(before));
        requested(&mut gate, RequestLine { subject: ada(), ..view() });
        let events = taken(&mut gate);
        assert_eq!(events.len(), 3);
        assert_eq!(events[1].1, SAID);
        assert_eq!(events[0].1, events[2].1);
        assert!(events.is_sorted_by(|a, b| a.0 < b.0));
    }
}

#[test]
fn a_writer_goes_on_unless_it_was_interrupted() {
    for (sealing, rows) in [(false, 0), (true, 1)] {
        let mut gate = gate(policy());
        requested(&mut gate, RequestLine { subject: ada(), ..view() });
        assert_eq!(gate.take().rows().keys.len(), 1);
        requested(&mut gate, bad(sealing));
        requested(&mut gate, RequestLine { subject: ada(), ..view() });
        assert_eq!(gate.take().rows().keys.len(), rows, "new rows of the same person");
    }
}

#[test]
fn rows_of_earlier_events_stay_when_the_writer_is_replaced() {
    let mut gate = gate(policy());
    requested(&mut gate, RequestLine { subject: ada(), ..view() });
    requested(&mut gate, bad(true));
    requested(&mut gate, RequestLine { subject: ada(), ..view() });
    let batch = gate.take();
    let events = || batch.events().map(|event| String::from_utf8_lossy(event.bytes).into_owned());
    let named = |row: &greffier_vault::KeyRow| {
        let kid = greffier_vault::kid_text(&row.kid);
        events().filter(|event| event.contains(&kid)).count()
    };
    assert_eq!(batch.rows().keys.iter().map(named).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn every_kind_of_record_may_fail() {
    let mut gate = gate(policy());
    let record = TextRecord { message: hot("panic"), ..TextRecord::default() };
    with_text(record, |raw| gate.text(raw, Stream::Errors, None, 0, NOW)).expect("nothing to seal");
    let of = requested(&mut gate, RequestLine { subject: ada(), ..view() });
    let line = || RequestLine { message: hot("panic"), ..view() };
    with_line(Format::NginxJson, line(), |raw| gate.proxy(raw, Some(&of), NOW)).expect("likewise");
    let broken = Broken { fault: Fault::Json, line: Hot::new("panic"), cut: 0 };
    let origin = origin(Format::Json);
    let raw = Raw { origin: &origin, observed: NOW, body: Body::Broken(broken) };
    gate.broken(&raw, NOW).expect("likewise");
    let events = taken(&mut gate);
    let gave_up = |event: &&(_, String)| event.1.contains(r#""err":"gate""#);
    assert_eq!((events.len(), events.iter().filter(gave_up).count()), (4, 3));
    assert!(events[0].1.contains(r#""s":"errors""#));
}
