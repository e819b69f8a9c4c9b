//! Where reading commands read events from: the local archive, or CloudWatch.

use crate::cli::Origin;
use anyhow::{Context as _, Result, bail};
use greffier_config::Plan;
use greffier_sinks::EventStore;

/// The store to read events from; `None` is the archive of the plan.
pub(super) fn elsewhere(
    plan: &Plan,
    from: Option<Origin>,
    now_ms: i64,
) -> Result<Option<Box<dyn EventStore>>> {
    match (from, plan.archive()) {
        (Some(Origin::Archive) | None, Some(_)) => Ok(None),
        (Some(Origin::Archive), None) => {
            bail!("no archive to read: the configuration has no [sink.archive]")
        }
        (Some(Origin::Cloudwatch) | None, _) => cloudwatch(plan, now_ms).map(Some),
    }
}

#[cfg(feature = "cloudwatch")]
fn cloudwatch(plan: &Plan, now_ms: i64) -> Result<Box<dyn EventStore>> {
    use greffier_cloudwatch::{CloudWatchReader, Scope, Settings};
    use greffier_sinks::Stream;
    let sink = plan.sinks.iter().find_map(|sink| match sink {
        greffier_config::SinkPlan::CloudWatch(sink) => Some(sink),
        _ => None,
    });
    let sink = sink.context("nothing to read there: the configuration has no [sink.cloudwatch]")?;
    let settings = Settings {
        region: sink.region.clone(),
        prefix: sink.prefix.clone(),
        service: plan.service.name.clone(),
        endpoint: sink.endpoint.clone(),
    };
    let days = Stream::ALL.iter().map(|stream| plan.policy.retention.days(*stream));
    let (days, tenants) = (days.max().unwrap_or(0), plan.policy.tenants.clone());
    let reader = CloudWatchReader::open(settings, Scope { days, tenants, now_ms })?;
    Ok(Box::new(reader))
}

#[cfg(not(feature = "cloudwatch"))]
fn cloudwatch(_plan: &Plan, _now_ms: i64) -> Result<Box<dyn EventStore>> {
    bail!("this greffier was built without CloudWatch")
}
