//! `greffier spool`: what is in the spool, what sinks refused, and giving up a sink that is not configured.

use super::{layout, plan};
use crate::cli::{Common, End, Spool};
use anyhow::{Context as _, Result, bail};
use greffier_config::{Plan, SinkPlan};
use greffier_spool::{SegmentReport, Stream, check, forget_sink, rejected};
use serde_json::{Value, json};
use std::io::{Write as _, stdout};

/// Runs a `spool` command.
pub(super) fn spool(common: &Common, action: &Spool) -> Result<End> {
    let plan = plan(common, &layout(common))?;
    match action {
        Spool::Check => tell(common, &plan),
        Spool::Rejected => list_rejected(common, &plan),
        Spool::ForgetSink { name } => forget(&plan, name),
    }
}

/// One line a segment; damage is told, not an error of the command: a torn last append is no damage.
fn tell(common: &Common, plan: &Plan) -> Result<End> {
    let segments = check(&plan.spool.dir).context("spool")?;
    let mut out = stdout().lock();
    for segment in &segments {
        if common.json {
            writeln!(out, "{}", as_json(segment))?;
        } else {
            writeln!(out, "{}", as_text(segment))?;
        }
    }
    if segments.is_empty() {
        tracing::info!("the spool is empty");
    }
    Ok(End::Ok)
}

/// One line an event that was set aside.
fn list_rejected(common: &Common, plan: &Plan) -> Result<End> {
    let mut out = stdout().lock();
    let mut end = End::Nothing;
    for sink in plan.sinks.iter().flat_map(cursors) {
        for rejected in rejected(&plan.spool.dir, &sink).context("spool")? {
            for event in &rejected.events {
                end = End::Ok;
                let (id, reason) = (event.id.to_string(), &rejected.reason);
                if common.json {
                    let event: Value = serde_json::from_slice(&event.bytes).unwrap_or_default();
                    let line = json!({"sink": sink, "id": id, "reason": reason, "event": event});
                    writeln!(out, "{line}")?;
                } else {
                    writeln!(out, "{sink}  {id}  {reason}")?;
                }
            }
        }
    }
    Ok(end)
}

/// Names of a sink's cursors, which its quarantines have too.
fn cursors(sink: &SinkPlan) -> Vec<String> {
    let name = sink.name();
    match sink {
        SinkPlan::CloudWatch(_) => Stream::ALL.map(|s| format!("{name}:{}", s.name())).into(),
        SinkPlan::Archive { .. } | SinkPlan::Stdout => vec![name.to_owned()],
    }
}

fn as_json(segment: &SegmentReport) -> Value {
    let damage = segment.damage.iter().map(|damage| json!([damage.from, damage.to]));
    json!({
        "segment": segment.path.display().to_string(),
        "bytes": segment.bytes,
        "appends": segment.appends,
        "damaged_appends": segment.damaged_appends,
        "events": segment.events,
        "rows": segment.rows,
        "positions": segment.positions,
        "first": segment.ids.map(|(first, _)| first.to_string()),
        "last": segment.ids.map(|(_, last)| last.to_string()),
        "damage": damage.collect::<Vec<_>>(),
    })
}

fn as_text(segment: &SegmentReport) -> String {
    let SegmentReport { path, bytes, appends, events, rows, positions, .. } = segment;
    let mut text = format!(
        "{}: {bytes} bytes, {appends} appends, {events} events, {rows} key rows, {positions} positions",
        path.display()
    );
    if segment.damaged_appends > 0 {
        text.push_str(&format!(", {} damaged appends", segment.damaged_appends));
    }
    for damage in &segment.damage {
        text.push_str(&format!(", unreadable {} to {}", damage.from, damage.to));
    }
    text
}

fn forget(plan: &Plan, name: &str) -> Result<End> {
    let whole = name.split(':').next();
    if plan.sinks.iter().any(|sink| Some(sink.name()) == whole) {
        bail!("sink \"{name}\" is configured: take it out of the configuration first");
    }
    if forget_sink(&plan.spool.dir, name).context("spool")? {
        tracing::info!(sink = name, "given up: what only it needed is freed at the next start");
        return Ok(End::Ok);
    }
    tracing::warn!(sink = name, "the spool keeps nothing for a sink of this name");
    Ok(End::Nothing)
}
