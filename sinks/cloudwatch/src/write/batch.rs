//! What may travel in one PutLogEvents: sizes, counts, order, span, age.
//!
//! Invariant: every event is in exactly one batch or refused with a reason, and every batch keeps all rules
//! that CloudWatch Logs would refuse it for. Source of the numbers: API reference, PutLogEvents. Pure; on the
//! path between a lease and the network.

use greffier_sinks::SpooledEvent;
use std::collections::BTreeMap;

/// Bytes of a batch: each event counts its UTF-8 bytes and [`OVERHEAD`].
pub(super) const MAX_BYTES: usize = 1_048_576;
/// Bytes that an event counts beyond its own.
pub(super) const OVERHEAD: usize = 26;
/// Events of a batch.
pub(super) const MAX_EVENTS: usize = 10_000;
/// Milliseconds between the first and the last event of a batch.
pub(super) const MAX_SPAN_MS: i64 = DAY_MS;

const DAY_MS: i64 = 86_400_000;
/// CloudWatch Logs refuses what is more than 14 days old; a day is left for the way and for clocks.
const OLDEST_MS: i64 = 13 * DAY_MS;
/// It refuses what is more than two hours ahead.
const NEWEST_MS: i64 = 3_600_000;

pub(super) const EXPIRED: &str = "its retention was over before it could be shipped";
pub(super) const NOT_UTF8: &str = "not UTF-8, which CloudWatch Logs takes nothing but";
pub(super) const TOO_LARGE: &str = "larger than one PutLogEvents of CloudWatch Logs may be";

/// An event and its time at CloudWatch Logs, ms since 1970.
pub(super) type Timed<'e> = (i64, &'e SpooledEvent);

/// The time at which an event can be put, or why it never can.
///
/// One that waited in the spool for longer than CloudWatch Logs accepts gets the oldest time that is accepted:
/// its own time is in its bytes. One whose retention is over must not be shipped any more.
pub(super) fn time(event: &SpooledEvent, now_ms: i64, days: u16) -> Result<i64, &'static str> {
    if now_ms - event.time >= i64::from(days) * DAY_MS {
        return Err(EXPIRED);
    }
    if event.bytes.len() + OVERHEAD > MAX_BYTES {
        return Err(TOO_LARGE);
    }
    if std::str::from_utf8(&event.bytes).is_err() {
        return Err(NOT_UTF8);
    }
    Ok(event.time.clamp(now_ms - OLDEST_MS, now_ms + NEWEST_MS))
}

/// Events of one tenant that may travel together, in the order of their times.
#[derive(Debug)]
pub(super) struct Batch<'e> {
    pub(super) tenant: &'e str,
    pub(super) events: Vec<Timed<'e>>,
}

/// Splits events of one stream into batches.
pub(super) fn split<'e>(events: impl IntoIterator<Item = Timed<'e>>) -> Vec<Batch<'e>> {
    let mut tenants: BTreeMap<&str, Vec<Timed<'_>>> = BTreeMap::new();
    for event in events {
        tenants.entry(&event.1.tenant).or_default().push(event);
    }
    let mut batches: Vec<Batch<'_>> = Vec::new();
    for (tenant, mut events) in tenants {
        events.sort_by_key(|(time, event)| (*time, event.id));
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for (time, event) in events {
            let more = event.bytes.len() + OVERHEAD;
            let span = batch.first().map_or(0, |(first, _): &Timed<'_>| time - first);
            if bytes + more > MAX_BYTES || batch.len() == MAX_EVENTS || span > MAX_SPAN_MS {
                batches.push(Batch { tenant, events: std::mem::take(&mut batch) });
                bytes = 0;
            }
            bytes += more;
            batch.push((time, event));
        }
        batches.push(Batch { tenant, events: batch });
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_sinks::RecordId;
    use greffier_sinks::Stream;
    use greffier_spool::testing::spooled;
    use proptest::prelude::*;

    const NOW: i64 = 1_795_000_000_000;

    fn event(number: usize, time: i64, tenant: &str, size: usize) -> SpooledEvent {
        let id = RecordId::from_bytes((number as u128).to_be_bytes());
        spooled(id, Stream::Requests, time, tenant, &"x".repeat(size))
    }

    fn at(events: &[SpooledEvent]) -> impl Iterator<Item = Timed<'_>> {
        events.iter().map(|event| (event.time, event))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_event_is_in_one_batch_that_keeps_the_rules(
            shapes in prop::collection::vec((0..5 * DAY_MS, 0usize..3, prop_oneof![1usize..2_000, 300_000usize..700_000]), 0..60)
        ) {
            let tenants = ["-", "acme", "mairie-x"];
            let events: Vec<_> = shapes.iter().enumerate()
                .map(|(n, (age, tenant, size))| event(n, NOW - age, tenants[*tenant], *size))
                .collect();
            let batches = split(at(&events));
            let mut seen: Vec<_> = batches.iter().flat_map(|b| &b.events).map(|(_, e)| e.id).collect();
            seen.sort();
            prop_assert_eq!(seen, events.iter().map(|event| event.id).collect::<Vec<_>>());
            for Batch { tenant, events } in &batches {
                prop_assert!(!events.is_empty() && events.len() <= MAX_EVENTS);
                prop_assert!(events.iter().all(|(_, event)| event.tenant == *tenant));
                prop_assert!(events.is_sorted_by_key(|(time, _)| *time));
                let bytes: usize = events.iter().map(|(_, event)| event.bytes.len() + 26).sum();
                prop_assert!(bytes <= 1_048_576);
                let (first, last) = (events[0].0, events[events.len() - 1].0);
                prop_assert!(last - first <= DAY_MS);
            }
        }

        #[test]
        fn a_time_is_one_that_is_accepted(age in -5 * DAY_MS..200 * DAY_MS, days in 1u16..400) {
            let event = event(1, NOW - age, "-", 10);
            match time(&event, NOW, days) {
                Ok(time) => {
                    prop_assert!(time > NOW - 14 * DAY_MS && time < NOW + 7_200_000);
                    prop_assert!(NOW - time < i64::from(days) * DAY_MS);
                }
                Err(reason) => {
                    prop_assert_eq!(reason, EXPIRED);
                    prop_assert!(age >= i64::from(days) * DAY_MS);
                }
            }
        }
    }

    #[test]
    fn limits_are_reached_and_not_passed() {
        let sizes = |events: &[SpooledEvent]| {
            split(at(events)).iter().map(|batch| batch.events.len()).collect::<Vec<_>>()
        };
        let small: Vec<_> = (0..10_001).map(|n| event(n, NOW, "-", 1)).collect();
        assert_eq!(sizes(&small), [10_000, 1]);
        let half = 524_288 - OVERHEAD;
        let halves = |second| [event(1, NOW, "-", half), event(2, NOW, "-", second)];
        assert_eq!(sizes(&halves(half)), [2]);
        assert_eq!(sizes(&halves(half + 1)), [1, 1]);
        let days = |second| [event(1, NOW, "-", 1), event(2, NOW + second, "-", 1)];
        assert_eq!(sizes(&days(DAY_MS)), [2]);
        assert_eq!(sizes(&days(DAY_MS + 1)), [1, 1]);
        assert!(split([]).is_empty());
    }

    #[test]
    fn one_event_may_fill_a_batch_alone() {
        assert_eq!(time(&event(1, NOW, "-", 1_048_550), NOW, 90), Ok(NOW));
        assert_eq!(time(&event(1, NOW, "-", 1_048_551), NOW, 90), Err(TOO_LARGE));
    }
}
