//! Why CloudWatch could not be read, and what to do.
//!
//! Invariant: a message holds names of groups and regions and AWS's own error codes, never AWS's messages (they
//! repeat what was sent) and nothing of an event or a query.

use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsError;
use std::error::Error;
use std::time::Duration;

type Failure = SdkError<FilterLogEventsError>;

/// CloudWatch could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The runtime could not be made.
    #[error("cannot start: {0}")]
    Runtime(#[from] std::io::Error),
    /// No group of the service exists.
    #[error(
        "there are no log groups {groups}/… in {region}: nothing was shipped yet, or under another prefix, \
         service name or region than the configuration says"
    )]
    NoGroups {
        /// What their names begin with.
        groups: String,
        /// Where they were looked for.
        region: String,
    },
    /// This one group does not exist.
    #[error("the log group {0} does not exist")]
    NoGroup(String),
    /// The credentials may not read.
    #[error(
        "these AWS credentials may not read {0}: they need logs:FilterLogEvents on it, and kms:Decrypt on its key"
    )]
    Denied(String),
    /// There are no credentials.
    #[error(
        "there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run \
         where a role is attached"
    )]
    NoCredentials,
    /// AWS does not accept the credentials.
    #[error(
        "AWS does not accept these credentials ({0}): renew them, and check the region and this clock"
    )]
    BadCredentials(String),
    /// No answer.
    #[error(
        "CloudWatch Logs in {0} cannot be reached: check the network, the region and endpoint_url"
    )]
    Away(String),
    /// Too many requests, or trouble there, and it did not pass.
    #[error(
        "CloudWatch Logs cannot answer now ({0}): try again, or narrow the search with since: and until:"
    )]
    Busy(String),
    /// Anything else.
    #[error("CloudWatch Logs refused to answer ({0})")]
    Refused(String),
    /// Stopped before everything was looked at.
    #[error(
        "not found in what is newer than {0}; older events were not looked at: give the record id of 22 \
         characters, which says when it was, or use search with since: and until:"
    )]
    Unfinished(String),
}

impl ReadError {
    /// What a failed call means.
    pub(super) fn of(failure: &Failure, group: &str, region: &str) -> Self {
        match failure {
            SdkError::ServiceError(service) => {
                let code = service.err().code().filter(|code| is_word(code));
                Self::of_code(code.unwrap_or("?"), service.raw().status().as_u16(), group)
            }
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_)
                if names_credentials(failure) =>
            {
                Self::NoCredentials
            }
            _ => Self::Away(region.to_owned()),
        }
    }

    fn of_code(code: &str, status: u16, group: &str) -> Self {
        match code {
            "ResourceNotFoundException" => Self::NoGroup(group.to_owned()),
            "AccessDeniedException" => Self::Denied(group.to_owned()),
            "ExpiredTokenException"
            | "ExpiredToken"
            | "IncompleteSignature"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "OptInRequired"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => Self::BadCredentials(code.to_owned()),
            "LimitExceededException"
            | "RequestLimitExceeded"
            | "ServiceUnavailableException"
            | "Throttling"
            | "ThrottlingException"
            | "TooManyRequestsException" => Self::Busy(code.to_owned()),
            _ if status == 429 || status >= 500 => Self::Busy(status.to_string()),
            _ => Self::Refused(code.to_owned()),
        }
    }

    /// How long to wait before the next attempt, after so many; `None` when it would not help.
    pub(super) fn retry_after(&self, attempts: u32, first: Duration) -> Option<Duration> {
        let most = match self {
            Self::Busy(_) => 7,
            Self::Away(_) => 2, // a time-out took its time already
            _ => 1,
        };
        (attempts < most).then(|| first * 2u32.pow(attempts - 1))
    }
}

/// AWS's codes are words; what is none is not repeated.
fn is_word(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The SDK reports absent credentials as a failure to send; only the causes tell.
fn names_credentials(failure: &Failure) -> bool {
    let mut cause = failure.source();
    while let Some(error) = cause {
        if error.to_string().to_lowercase().contains("credential") {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_remedy() {
        let said = |code, status| ReadError::of_code(code, status, "/greffier/a/audit").to_string();
        assert!(said("AccessDeniedException", 400).contains("logs:FilterLogEvents"));
        assert!(said("ExpiredTokenException", 400).contains("renew"));
        assert!(said("ThrottlingException", 400).contains("try again"));
        assert!(said("?", 503).contains("try again"));
        assert!(said("ResourceNotFoundException", 400).contains("/greffier/a/audit"));
        assert!(said("InvalidParameterException", 400).contains("refused"));
        assert!(!is_word("ada@example.org"));
    }

    #[test]
    fn only_what_may_pass_is_tried_again_and_not_for_ever() {
        let (busy, first) = (ReadError::Busy("503".into()), Duration::from_millis(250));
        let waits: Vec<_> = (1..=7).map(|n| busy.retry_after(n, first)).collect();
        assert_eq!(waits[0], Some(first));
        assert_eq!(waits[5], Some(Duration::from_secs(8)));
        assert_eq!(waits[6], None);
        assert!(ReadError::NoCredentials.retry_after(1, first).is_none());
        assert!(ReadError::Away("eu".into()).retry_after(2, first).is_none());
    }
}
