//! What is elsewhere: the log groups of CloudWatch.

use super::Findings;
use greffier_config::{CloudWatchPlan, Plan};

const CHECK: &str = "sink cloudwatch";

/// Whether the log groups can be reached, and those that exist have the promised retention and key.
#[cfg(feature = "cloudwatch")]
pub(super) fn groups(findings: &mut Findings, plan: &Plan, cloudwatch: &CloudWatchPlan) {
    use greffier_sinks::Stream;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return findings.fail(CHECK, format!("cannot be looked at: {error}")),
    };
    let looked = runtime.block_on(async {
        let examine = async { crate::sink::connect(plan, cloudwatch).await.examine().await };
        tokio::time::timeout(PATIENCE, examine).await
    });
    let (region, all) = (&cloudwatch.region, Stream::ALL.len());
    match looked {
        Ok(Ok(there)) => {
            let rest = if there < all { "; the others are made by their first event" } else { "" };
            let found = format!("{there} of {all} groups are in {region}, as promised{rest}");
            findings.ok(CHECK, found);
        }
        Ok(Err(error)) if error.kind() == "held" => findings.fail(CHECK, error.to_string()),
        Ok(Err(error)) => findings.warn(CHECK, format!("{error}; events wait in the spool")),
        Err(_elapsed) => {
            let found = format!("no answer from {region} in {} s", PATIENCE.as_secs());
            findings.warn(CHECK, format!("{found}; is the network open? events wait in the spool"));
        }
    }
}

/// How long an answer is waited for.
#[cfg(feature = "cloudwatch")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Nothing, in a build without it.
#[cfg(not(feature = "cloudwatch"))]
pub(super) fn groups(findings: &mut Findings, plan: &Plan, _cloudwatch: &CloudWatchPlan) {
    if let Err(error) = crate::sink::refuse_missing(plan) {
        findings.fail(CHECK, error.to_string());
    }
}
