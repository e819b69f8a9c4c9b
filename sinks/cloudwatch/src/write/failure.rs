//! What a failed call means: try again, wait for somebody, make what is missing, or blame an event.
//!
//! Invariant: one table decides; what it does not know is never a reason to give up an event. Messages are
//! ours: a server's text is read for two phrases and never repeated, because it may quote what was sent.

use aws_sdk_cloudwatchlogs::config::http::HttpResponse;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use std::fmt;
use std::time::Duration;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Again, after a while.
    Retry,
    /// Again, but somebody must do something first.
    Hold(&'static str),
    /// The group or the log stream is not there.
    Missing,
    /// It is there already.
    Exists,
    /// The request is wrong: an event of it, or all of it.
    Invalid,
}

/// Where a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// CloudWatch Logs said no.
    Refused,
    /// No answer in time.
    Timeout,
    /// No connection.
    Unreachable,
    /// No credentials, so nothing was sent.
    Credentials,
    /// An answer that is none, or a 200 without a request id.
    NoAnswer,
}

/// A failed call.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    pub(super) code: Option<String>,
    pub(super) status: Option<u16>,
    /// What the server asked for in `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// What is known of a refused signature.
    hint: Option<&'static str>,
}

const CREDENTIALS: &str = "no credentials: give the service a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or mount a profile";
const EXPIRED: &str =
    "the credentials have expired: renew them, or give the service a role that renews itself";
const UNKNOWN_KEY: &str = "the credentials are unknown there: check the access key, the account and the partition of the region";
const SIGNATURE: &str = "the signature does not match: check the secret key";
const CLOCK: &str = "this machine's clock is wrong by minutes: synchronise it (NTP)";
const REGION: &str =
    "the credentials are for another region, or region and endpoint_url do not belong together";
const DENIED: &str = "the role may not do this: give it the writer's policy of docs/cloudwatch.md";
const KEY: &str = "the group's KMS key cannot be used: enable it, and let CloudWatch Logs of the region use it (docs/cloudwatch.md)";
const ACCOUNT: &str = "the account is not signed up for CloudWatch Logs in this region";
const OTHER: &str =
    "not an answer greffier knows; look it up in the CloudWatch Logs API reference, common errors";

/// The table. The codes: API reference of CloudWatch Logs, operations and "Common Error Types"; older and
/// shorter spellings appear behind proxies and VPC endpoints. `ThrottlingException` is not in the model of
/// PutLogEvents, so codes are matched as text.
fn by_code(code: &str) -> Option<Class> {
    Some(match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "SlowDown"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServerException"
        | "InternalError"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "OperationAbortedException"
        | "ConflictException" => Class::Retry,
        "ExpiredTokenException" | "ExpiredToken" | "TokenRefreshRequired" => Class::Hold(EXPIRED),
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "AuthFailure" => Class::Hold(UNKNOWN_KEY),
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            Class::Hold(CREDENTIALS)
        }
        "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException" => Class::Hold(SIGNATURE),
        "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" => Class::Hold(CLOCK),
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => {
            Class::Hold(DENIED)
        }
        "OptInRequired" | "SubscriptionRequiredException" => Class::Hold(ACCOUNT),
        "KMSAccessDeniedException"
        | "KMSDisabledException"
        | "KMSInvalidStateException"
        | "KMSNotFoundException" => Class::Hold(KEY),
        "ResourceNotFoundException" => Class::Missing,
        "ResourceAlreadyExistsException" | "DataAlreadyAcceptedException" => Class::Exists,
        "InvalidParameterException"
        | "ValidationException"
        | "ValidationError"
        | "SerializationException"
        | "RequestEntityTooLarge" => Class::Invalid,
        _ => return None,
    })
}

impl Failure {
    /// Of an SDK call.
    pub(super) fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        let response = error.raw_response();
        let header = |name| response.and_then(|response| response.headers().get(name));
        let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
        Self {
            cause: cause(error),
            code: meta.and_then(|meta| meta.code()).filter(|code| is_code(code)).map(str::to_owned),
            status: response.map(|response| response.status().as_u16()),
            retry_after: header("retry-after")
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
            hint: meta.and_then(|meta| meta.message()).and_then(hint),
        }
    }

    /// A 200 that is no acknowledgement.
    pub(super) fn unacknowledged() -> Self {
        let cause = Cause::NoAnswer;
        Self { cause, code: None, status: Some(200), retry_after: None, hint: None }
    }

    /// What to do about it.
    pub(super) fn class(&self) -> Class {
        match (self.cause, self.code.as_deref().and_then(by_code), self.status) {
            (Cause::Credentials, ..) => Class::Hold(CREDENTIALS),
            (_, Some(Class::Hold(SIGNATURE)), _) => Class::Hold(self.hint.unwrap_or(SIGNATURE)),
            (_, Some(class), _) => class,
            (Cause::Refused, None, Some(413)) => Class::Invalid,
            (Cause::Refused, None, Some(401 | 403)) => Class::Hold(DENIED),
            (Cause::Refused, None, Some(429 | 500..=599) | None) => Class::Retry,
            (Cause::Refused, None, Some(_)) => Class::Hold(OTHER),
            (Cause::Timeout | Cause::Unreachable | Cause::NoAnswer, None, _) => Class::Retry,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cause {
            Cause::Refused => "CloudWatch Logs refused",
            Cause::Timeout => "CloudWatch Logs did not answer in time",
            Cause::Unreachable => {
                "CloudWatch Logs cannot be reached; check the network, region and endpoint_url"
            }
            Cause::Credentials => "nothing was sent",
            Cause::NoAnswer => {
                "what answered is not CloudWatch Logs; check endpoint_url and proxies"
            }
        })?;
        match (&self.code, self.status) {
            (Some(code), Some(status)) => write!(f, " ({code}, HTTP {status})"),
            (None, Some(status)) => write!(f, " (HTTP {status})"),
            _ => Ok(()),
        }
    }
}

fn cause<E>(error: &SdkError<E, HttpResponse>) -> Cause {
    match error {
        SdkError::ServiceError(_) => Cause::Refused,
        SdkError::TimeoutError(_) => Cause::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Cause::Timeout,
        // The SDK files a provider that has no credentials under "other".
        SdkError::DispatchFailure(failure) if failure.is_other() => Cause::Credentials,
        SdkError::DispatchFailure(_) => Cause::Unreachable,
        SdkError::ConstructionFailure(_) => Cause::Credentials,
        _ => Cause::NoAnswer,
    }
}

/// Error codes are words; anything else was made up on the way and is not repeated.
fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What the text of a refused signature says about its cause.
fn hint(message: &str) -> Option<&'static str> {
    if message.contains("expired") || message.contains("not yet current") {
        Some(CLOCK)
    } else if message.contains("valid region") {
        Some(REGION)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, status: u16) -> Failure {
        let code = Some(code.to_owned()).filter(|code| is_code(code));
        let status = Some(status);
        Failure { cause: Cause::Refused, code, status, retry_after: None, hint: None }
    }

    #[test]
    fn the_table() {
        for (code, status, class) in [
            ("ThrottlingException", 400, Class::Retry),
            ("ServiceUnavailableException", 503, Class::Retry),
            ("OperationAbortedException", 400, Class::Retry),
            ("LimitExceededException", 400, Class::Retry),
            ("ExpiredTokenException", 400, Class::Hold(EXPIRED)),
            ("UnrecognizedClientException", 400, Class::Hold(UNKNOWN_KEY)),
            ("InvalidSignatureException", 400, Class::Hold(SIGNATURE)),
            ("RequestTimeTooSkewed", 403, Class::Hold(CLOCK)),
            ("AccessDeniedException", 400, Class::Hold(DENIED)),
            ("ResourceNotFoundException", 400, Class::Missing),
            ("ResourceAlreadyExistsException", 400, Class::Exists),
            ("DataAlreadyAcceptedException", 400, Class::Exists),
            ("InvalidParameterException", 400, Class::Invalid),
        ] {
            assert_eq!(refused(code, status).class(), class, "{code}");
        }
    }

    #[test]
    fn what_the_table_does_not_know_gives_up_no_event() {
        for (status, class) in [
            (500, Class::Retry),
            (502, Class::Retry),
            (429, Class::Retry),
            (403, Class::Hold(DENIED)),
            (400, Class::Hold(OTHER)),
            (418, Class::Hold(OTHER)),
            (301, Class::Hold(OTHER)),
            (413, Class::Invalid),
        ] {
            assert_eq!(refused("BrandNewException", status).class(), class, "{status}");
        }
        for cause in [Cause::Timeout, Cause::Unreachable, Cause::NoAnswer] {
            let failure = Failure { cause, status: None, ..Failure::unacknowledged() };
            assert_eq!(failure.class(), Class::Retry);
        }
        assert_eq!(Failure::unacknowledged().class(), Class::Retry);
    }

    #[test]
    fn a_refused_signature_says_whether_it_is_the_clock_or_the_region() {
        let with =
            |message| Failure { hint: hint(message), ..refused("InvalidSignatureException", 400) };
        let expired = "Signature expired: 20261122T010000Z is now earlier than 20261122T011500Z";
        assert_eq!(with(expired).class(), Class::Hold(CLOCK));
        assert_eq!(with("Signature not yet current: …").class(), Class::Hold(CLOCK));
        let region = "Credential should be scoped to a valid region, not 'eu-west-1'.";
        assert_eq!(with(region).class(), Class::Hold(REGION));
        assert_eq!(with("…").class(), Class::Hold(SIGNATURE));
    }

    #[test]
    fn a_servers_own_words_are_not_repeated() {
        let failure = refused("jürgen@beispiel.de said no", 400);
        assert_eq!(failure.to_string(), "CloudWatch Logs refused (HTTP 400)");
        let failure = refused("AccessDeniedException", 400);
        assert_eq!(
            failure.to_string(),
            "CloudWatch Logs refused (AccessDeniedException, HTTP 400)"
        );
    }
}
