//! The numbers as OpenMetrics text, one snapshot a scrape.
//!
//! Invariant: names and labels are API, listed in `docs/operations.md`. Labels are names from the
//! configuration and words from our own lists: nothing of a record, and as many as there are sources, sinks
//! and streams. The account balances in every scrape. On no path of a record.

use crate::accounts::{KEY_STORE, Reason, sink_of};
use crate::books::{Books, Snapshot};
use crate::process::Process;
use crate::vitals::Vitals;
use greffier_redactor::Count;
use greffier_spool::{PerStream, SinkLedger, Stream};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::fmt;

/// What an answer with metrics says it is.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics of this moment.
///
/// # Errors
/// None in practice: a `String` takes everything.
pub(crate) fn scrape(books: &Books, now_ms: i64) -> Result<String, fmt::Error> {
    let snapshot = books.snapshot();
    let age = |name: &str| {
        let oldest = books.spool.oldest(name).ok().flatten();
        oldest.map_or(0, |id| (now_ms - id.millis()).max(0))
    };
    let names = snapshot.ledger.sinks.iter().map(|(name, _)| name.clone());
    let oldest_ms = names.map(|name| (age(&name), name)).map(|(age, name)| (name, age)).collect();
    let scrape =
        Scrape { snapshot, oldest_ms, vitals: books.vitals.clone(), process: Process::now() };
    let mut registry = Registry::default();
    registry.register_collector(Box::new(scrape));
    let mut text = String::new();
    text::encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Scrape {
    snapshot: Snapshot,
    /// Age of the oldest event that waits, by sink.
    oldest_ms: Vec<(String, i64)>,
    vitals: Vitals,
    process: Process,
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut out = Out(encoder);
        self.records(&mut out)?;
        self.events(&mut out)?;
        self.sinks(&mut out)?;
        self.spool(&mut out)?;
        self.gate(&mut out)?;
        self.itself(&mut out)
    }
}

impl Scrape {
    fn records(&self, out: &mut Out<'_>) -> fmt::Result {
        let report = &self.snapshot.report;
        let sources = report.sources.iter().map(|(name, lines)| ([("source", &**name)], *lines));
        out.counters("greffier_records_received", "Lines accepted from a source", sources)?;
        let dropped = Reason::ALL.map(|reason| {
            let of = |(name, _): &&(&str, u64)| *name == reason.name();
            let lines = report.dropped.iter().find(of).map_or(0, |(_, lines)| *lines);
            ([("reason", reason.name())], lines)
        });
        out.counters("greffier_records_dropped", "Lines that were not sealed, by reason", dropped)?;
        out.gauge("greffier_records_held", "Lines in hand: held or not durable yet", report.held)?;
        out.gauge("greffier_records_held_bytes", "Memory of the lines that wait", report.held_bytes)
    }

    fn events(&self, out: &mut Out<'_>) -> fmt::Result {
        let ledger = &self.snapshot.ledger;
        let sealed = ledger.appended.iter().map(|(s, _)| s);
        let sealed =
            sealed.map(|stream| ([("stream", stream.name())], self.snapshot.report.sealed(stream)));
        out.counters("greffier_events_sealed", "Events made, durable in the spool", sealed)?;
        type Part = fn(&SinkLedger) -> &PerStream;
        let parts: [(&str, &str, Part); 4] = [
            ("recovered", "Events found in the spool at the start", |sink| &sink.recovered),
            ("shipped", "Events a sink has acknowledged", |sink| &sink.shipped),
            ("set_aside", "Events a sink will never take, kept in its quarantine", |sink| {
                &sink.set_aside
            }),
            ("lost", "Events unreadable by damage, or refused with the quarantine full", |sink| {
                &sink.lost
            }),
        ];
        for (name, help, part) in parts {
            out.counters(&format!("greffier_events_{name}"), help, self.by_stream(part))?;
        }
        let backlog = self.by_stream(|sink| &sink.backlog);
        out.gauges("greffier_events_backlog", "Events that wait for a sink", backlog)
    }

    fn by_stream(
        &self,
        part: fn(&SinkLedger) -> &PerStream,
    ) -> impl Iterator<Item = ([(&str, &str); 2], u64)> {
        self.snapshot.ledger.sinks.iter().flat_map(move |(name, sink)| {
            let labels = |stream: Stream| [("sink", sink_of(name)), ("stream", stream.name())];
            let lent = move |stream| sink.only.is_none_or(|only| only == stream);
            let counts = part(sink).iter().filter(move |(stream, _)| lent(*stream));
            counts.map(move |(stream, count)| (labels(stream), count))
        })
    }

    fn sinks(&self, out: &mut Out<'_>) -> fmt::Result {
        let seconds = |ms: i64| ms as f64 / 1e3;
        let oldest = self.oldest_ms.iter().map(|(name, ms)| ([("sink", &**name)], seconds(*ms)));
        out.gauges("greffier_sink_oldest_seconds", "Age of the oldest event that waits", oldest)?;
        let health = &self.snapshot.report.sinks;
        let names = self.snapshot.ledger.sinks.iter().map(|(name, _)| &**name);
        let up = names.chain([KEY_STORE]).map(|name| {
            let failing = health.get(name).is_some_and(|sink| sink.failing.is_some());
            ([("sink", name)], u64::from(!failing))
        });
        out.gauges("greffier_sink_up", "0 while a sink refuses what it is given", up)?;
        let acknowledged = health
            .iter()
            .filter_map(|(name, sink)| Some(([("sink", &**name)], seconds(sink.acknowledged?))));
        let name = "greffier_sink_last_acknowledged_timestamp_seconds";
        out.gauges(name, "When a sink last acknowledged anything", acknowledged)?;
        let errors = health.iter().flat_map(|(name, sink)| {
            sink.errors.iter().map(|(kind, count)| ([("sink", &**name), ("kind", *kind)], *count))
        });
        out.counters("greffier_sink_errors", "Deliveries that failed, by kind", errors)
    }

    fn spool(&self, out: &mut Out<'_>) -> fmt::Result {
        let usage = &self.snapshot.usage;
        out.gauge("greffier_spool_bytes", "Bytes of all segments", usage.bytes)?;
        out.gauge("greffier_spool_max_bytes", "The budget", usage.max_bytes)?;
        let segments = [("events", usage.event_segments), ("rows", usage.row_segments)]
            .map(|(log, count)| ([("log", log)], count as u64));
        out.gauges("greffier_spool_segments", "Segments on disk", segments)?;
        let room = self.snapshot.room;
        let room = [("all", room.open), ("audit", room.audit)]
            .map(|(who, open)| ([("stream", who)], u64::from(open)));
        out.gauges("greffier_spool_open", "1 while events of these streams may enter", room)?;
        out.gauge(
            "greffier_key_rows_pending",
            "Key rows the store has not got",
            usage.rows_waiting,
        )?;
        out.counter("greffier_spool_damaged_bytes", "Damage passed over", usage.skipped_bytes)?;
        let lost = usage.rejected_lost;
        out.counter(
            "greffier_spool_set_aside_lost",
            "Refused and not kept: the quarantine was full",
            lost,
        )?;
        let (name, help) =
            ("greffier_spool_append_failures", "Appends that failed and were tried again");
        out.counter(name, help, self.vitals.failures())?;
        let (name, help) = ("greffier_spool_append_seconds", "Time of an append with its fsyncs");
        let appends = self.vitals.appends();
        appends.encode(out.0.encode_descriptor(name, help, None, MetricType::Histogram)?)
    }

    fn gate(&self, out: &mut Out<'_>) -> fmt::Result {
        let tally = &self.snapshot.report.tally;
        let kinds = tally.iter().filter(|(count, _)| *count != Count::BytesCut);
        let kinds = kinds.map(|(count, number)| ([("kind", count.name())], number));
        out.counters("greffier_redactions", "What the redactor took away, by kind", kinds)?;
        let (name, help) = ("greffier_redacted_cut_bytes", "Bytes cut so that an event fits");
        out.counter(name, help, tally.get(Count::BytesCut))?;
        let until = self.vitals.recipients_until() as f64 / 1e3;
        let (name, help) =
            ("greffier_recipients_expire_timestamp_seconds", "When the recipients expire");
        out.gauges(name, help, [([("", ""); 0], until)])?;
        let waits = u64::from(self.vitals.no_key());
        out.gauge("greffier_sealing_waits", "1 while records wait for a valid recipient", waits)
    }

    fn itself(&self, out: &mut Out<'_>) -> fmt::Result {
        let still = self.vitals.still_for().as_secs_f64();
        let (name, help) = ("greffier_pipeline_still_seconds", "Since the pipeline last turned");
        out.gauges(name, help, [([("", ""); 0], still)])?;
        let (name, help) = ("greffier_log_suppressed", "Lines greffier's own log left out");
        out.counter(name, help, crate::log::suppressed())?;
        let labels = [("version", env!("CARGO_PKG_VERSION"))];
        out.gauges("greffier_build_info", "The version that runs", [(labels, 1_u64)])?;
        let process = &self.process;
        let gauges = [
            ("process_resident_memory_bytes", "Resident memory", process.resident_bytes),
            ("process_open_fds", "Open file descriptors", process.open_files),
        ];
        for (name, help, value) in gauges {
            value.map_or(Ok(()), |value| out.gauge(name, help, value))?;
        }
        let mut family = out.0.encode_descriptor(
            "process_cpu_seconds",
            "Processor time",
            None,
            MetricType::Counter,
        )?;
        family.encode_counter::<[(&str, &str); 0], _, u64>(&process.cpu_seconds, None)
    }
}

/// Writes families of metrics.
struct Out<'e>(DescriptorEncoder<'e>);

impl Out<'_> {
    fn family<'l, const N: usize, V>(
        &mut self,
        (name, help, kind): (&str, &str, MetricType),
        series: impl IntoIterator<Item = ([(&'l str, &'l str); N], V)>,
        encode: impl Fn(V, MetricEncoder<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, kind)?;
        let mut series = series.into_iter();
        if N == 0 {
            return series.next().map_or(Ok(()), |(_, value)| encode(value, family));
        }
        series.try_for_each(|(labels, value)| encode(value, family.encode_family(&labels)?))
    }

    fn counters<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = ([(&'l str, &'l str); N], u64)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Counter), series, |value, mut encoder| {
            encoder.encode_counter::<[(&str, &str); 0], _, u64>(&value, None)
        })
    }

    fn gauges<'l, const N: usize, V: prometheus_client::encoding::EncodeGaugeValue>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = ([(&'l str, &'l str); N], V)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Gauge), series, |value, mut encoder| {
            encoder.encode_gauge(&value)
        })
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.counters(name, help, [([("", ""); 0], value)])
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.gauges(name, help, [([("", ""); 0], value)])
    }
}
