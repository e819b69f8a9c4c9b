//! The connection to CloudWatch Logs: region, endpoint, credentials, time-outs.
//!
//! Invariant: the SDK tries once; what comes after a failure is decided here, not in a library. Credentials come
//! from the SDK's default chain and are never read, kept or printed by this crate.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cloudwatchlogs::Client;
use std::time::Duration;

/// Where the logs are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Region of the groups, for example `eu-central-1`.
    pub region: String,
    /// Beginning of every group's name, for example `/greffier`.
    pub prefix: String,
    /// The platform's name, `svc` of every event.
    pub service: String,
    /// Another endpoint than the region's own: a VPC endpoint, or a server for tests.
    pub endpoint: Option<String>,
}

/// Time for a connection, for one attempt, and for an operation in all. The SDK alone would wait for ever on a
/// server that accepts and never answers.
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_secs(25);

/// A client for the groups of `settings`. It connects at its first call, not here.
pub async fn connect(settings: &Settings) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    Client::new(&loader.load().await)
}
