//! Folders, free space, the spool and what each sink writes to.

use super::Findings;
use greffier_config::{Plan, SinkPlan};
use greffier_spool::check;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Every folder the sidecar uses.
pub(super) fn folders(findings: &mut Findings, data: &Path, plan: &Plan) {
    folder(findings, "data folder", data);
    folder(findings, "spool folder", &plan.spool.dir);
    for sink in &plan.sinks {
        probe(findings, plan, sink);
    }
    free(findings, plan);
}

/// Whether a sink can be reached. What it takes to know depends on the sink.
fn probe(findings: &mut Findings, plan: &Plan, sink: &SinkPlan) {
    match sink {
        SinkPlan::Archive { dir } => folder(findings, "sink archive", dir),
        SinkPlan::CloudWatch(cloudwatch) => super::remote::groups(findings, plan, cloudwatch),
        SinkPlan::Stdout => findings.ok("sink stdout", "standard output of `run`"),
    }
}

/// Ours, closed to others' writing, and writable.
fn folder(findings: &mut Findings, check: &'static str, path: &Path) {
    let shown = path.display();
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return findings.ok(check, format!("{shown}: made at the first start"));
        }
        Err(error) => return findings.fail(check, format!("{shown}: {error}; who may enter it?")),
    };
    let mode = meta.mode() & 0o777;
    let user = rustix::process::geteuid();
    let writable = rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok();
    if !meta.is_dir() {
        findings.fail(check, format!("{shown} is no folder; remove it, or name another"));
    } else if !writable {
        findings.fail(check, format!("{shown} is not writable for this user; change its owner"));
    } else if meta.uid() != user.as_raw() {
        findings.warn(
            check,
            format!("{shown} belongs to somebody else; run this as the sidecar's user"),
        );
    } else if mode & 0o022 != 0 {
        findings.warn(check, format!("others may write into {shown} (mode {mode:o}); chmod go-w"));
    } else {
        findings.ok(check, format!("{shown} (mode {mode:o})"));
    }
}

/// Whether the disk has room for what the spool may become.
fn free(findings: &mut Findings, plan: &Plan) {
    let there = plan.spool.dir.ancestors().find(|dir| dir.exists());
    let Some(disk) = there.and_then(|dir| rustix::fs::statvfs(dir).ok()) else {
        return findings.warn("free space", "cannot be told");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let segments = check(&plan.spool.dir).unwrap_or_default();
    let used: u64 = segments.iter().map(|segment| segment.bytes).sum();
    let may_grow = plan.spool.max_bytes.saturating_sub(used);
    if free < may_grow {
        let found = format!(
            "{free} bytes free, and the spool may grow by {may_grow}; make room, or lower [spool] max"
        );
        return findings.warn("free space", found);
    }
    findings.ok("free space", format!("{free} bytes, and the spool may grow by {may_grow}"));
}

/// What is in the spool, and whether all of it can be read.
pub(super) fn spool(findings: &mut Findings, plan: &Plan) {
    if !plan.spool.dir.exists() {
        return findings.ok("spool", "empty");
    }
    let segments = match check(&plan.spool.dir) {
        Ok(segments) => segments,
        Err(error) => return findings.fail("spool", error.to_string()),
    };
    let events: u64 = segments.iter().map(|segment| segment.events).sum();
    let (last, others) = match segments.split_last() {
        Some((last, others)) => (Some(last), others),
        None => (None, &segments[..]),
    };
    // An append that was never finished looks like damage at the end of the last segment, and is none.
    let torn = |damage: &greffier_spool::Skipped| last.is_some_and(|last| damage.to == last.bytes);
    let in_last = last.map_or(0, |last| last.damage.iter().filter(|damage| !torn(damage)).count());
    let damaged = in_last + others.iter().map(|segment| segment.damage.len()).sum::<usize>();
    match damaged {
        0 => findings.ok("spool", format!("{events} events in {} segments", segments.len())),
        _ => findings.warn(
            "spool",
            format!("{damaged} damaged place(s) will be passed over; `greffier spool check` shows them. Is the disk well?"),
        ),
    }
}
