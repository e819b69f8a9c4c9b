//! Every sink there is: a closed list, so that adding one is a change the compiler follows.
//!
//! Invariant: each sink here is one pump and one cursor. CloudWatch Logs is six, one a stream: a log group
//! that is refused must not hold the others (`docs/decisions/0007-a-cursor-for-each-log-group.md`). Place on
//! the path: last, behind the pump.

use crate::setup;
use anyhow::{Context as _, Result};
use greffier_config::{Plan, SinkPlan};
use greffier_sinks::{Archive, Refused, SinkError, SpooledEvent, Stdout};
use std::time::Duration;

#[cfg(feature = "cloudwatch")]
use greffier_cloudwatch::{CloudWatch, Settings, Target, Writing};
#[cfg(feature = "cloudwatch")]
use greffier_config::CloudWatchPlan;

/// One way out of the spool.
#[derive(Debug)]
pub(crate) enum Sink {
    /// SQLite files on this machine, one a stream and day.
    Archive(Archive),
    /// One event a line on standard output.
    Stdout(Stdout),
    /// One log group of CloudWatch Logs.
    #[cfg(feature = "cloudwatch")]
    CloudWatch(Target),
}

impl Sink {
    /// Its name in the configuration, in accounts and in metrics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Archive(_) => "archive",
            Self::Stdout(_) => "stdout",
            #[cfg(feature = "cloudwatch")]
            Self::CloudWatch(_) => "cloudwatch",
        }
    }

    /// The name of its cursor in the spool, which also says which events it is lent.
    pub(crate) fn cursor(&self) -> String {
        match self {
            Self::Archive(_) | Self::Stdout(_) => self.name().to_owned(),
            #[cfg(feature = "cloudwatch")]
            Self::CloudWatch(target) => format!("{}:{}", self.name(), target.stream().name()),
        }
    }

    /// Deliveries begin at least so far apart while the sidecar runs: what comes meanwhile shares a transaction or a
    /// call, which is most of what a small delivery costs. Somebody may be looking at standard output.
    pub(crate) const fn pace(&self) -> Duration {
        match self {
            Self::Stdout(_) => Duration::from_millis(100),
            Self::Archive(_) => Duration::from_secs(1),
            #[cfg(feature = "cloudwatch")]
            Self::CloudWatch(_) => Duration::from_secs(1),
        }
    }

    /// Takes all of `events`, but those it names in return: it never will. After an error the same events come
    /// again, and those that had been taken are recognised by their id.
    ///
    /// # Errors
    /// When the events are not safely in the sink; [`SinkError::retry_after`] says whether and when to deliver
    /// them again.
    pub(crate) async fn deliver(
        &mut self,
        events: &[SpooledEvent],
    ) -> Result<Vec<Refused>, SinkError> {
        match self {
            Self::Archive(archive) => archive.deliver(events).map(|()| Vec::new()),
            Self::Stdout(stdout) => stdout.deliver(events).await.map(|()| Vec::new()),
            #[cfg(feature = "cloudwatch")]
            Self::CloudWatch(target) => target.deliver(events).await,
        }
    }
}

/// The plan's sinks, opened.
#[derive(Debug, Default)]
pub(crate) struct Sinks {
    /// One for each pump.
    pub(crate) all: Vec<Sink>,
    /// What is reconciled beside the pumps.
    #[cfg(feature = "cloudwatch")]
    pub(crate) cloudwatch: Option<CloudWatch>,
}

impl Sinks {
    /// Opens what is local and prepares what is not; nothing is sent yet.
    pub(crate) async fn open(plan: &Plan) -> Result<Self> {
        let mut sinks = Self::default();
        for sink in &plan.sinks {
            match sink {
                SinkPlan::Archive { dir } => {
                    setup::private_dir(dir)?;
                    let archive = Archive::open(dir).context("sink.archive")?;
                    sinks.all.push(Sink::Archive(archive));
                }
                SinkPlan::Stdout => sinks.all.push(Sink::Stdout(Stdout::new())),
                #[cfg(feature = "cloudwatch")]
                SinkPlan::CloudWatch(cloudwatch) => {
                    let cloudwatch = connect(plan, cloudwatch).await;
                    let targets = greffier_sinks::Stream::ALL.map(|s| cloudwatch.target(s));
                    sinks.all.extend(targets.map(Sink::CloudWatch));
                    sinks.cloudwatch = Some(cloudwatch);
                }
                #[cfg(not(feature = "cloudwatch"))]
                SinkPlan::CloudWatch(_) => refuse_missing(plan)?,
            }
        }
        Ok(sinks)
    }
}

#[cfg(feature = "cloudwatch")]
pub(crate) async fn connect(plan: &Plan, cloudwatch: &CloudWatchPlan) -> CloudWatch {
    let settings = Settings {
        region: cloudwatch.region.clone(),
        prefix: cloudwatch.prefix.clone(),
        service: plan.service.name.clone(),
        endpoint: cloudwatch.endpoint.clone(),
    };
    let writing = Writing {
        instance: &plan.service.instance,
        kms_key: cloudwatch.kms_key.as_deref(),
        rate: cloudwatch.rate,
        now_ms: greffier_record::clock::now_ms,
    };
    CloudWatch::new(&settings, writing, |stream| plan.policy.retention.days(stream)).await
}

/// A sink that is configured and not in this build.
pub(crate) fn refuse_missing(plan: &Plan) -> Result<()> {
    let missing = |sink: &&SinkPlan| {
        matches!(sink, SinkPlan::CloudWatch(_)) && cfg!(not(feature = "cloudwatch"))
    };
    match plan.sinks.iter().find(missing) {
        None => Ok(()),
        Some(sink) => anyhow::bail!(
            "[sink.{0}] is not in this build of greffier; build it with the feature `{0}`, or remove the table",
            sink.name()
        ),
    }
}
