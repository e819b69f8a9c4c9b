//! What a request is told when it is not taken.
//!
//! Invariant: the text is fixed, so nothing that was sent can come back in it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the body is empty")]
    Empty,
    #[error("the body ended early")]
    Cut,
    #[error("the body is not a whole JSON array")]
    Array,
    #[error("requests from web pages are not accepted")]
    Origin,
    #[error(
        "content type must be application/x-ndjson or application/json; text/plain for combined"
    )]
    ContentType,
    #[error("only POST /v1/logs/{{monolog,nginx-json,combined,json}} is here")]
    Path,
    #[error("only POST is accepted")]
    Method,
    #[error("the body took too long to arrive")]
    Slow,
    #[error("the body is larger than the configured max_body")]
    Large,
    #[error("compressed bodies are not accepted")]
    Encoding,
    #[error("no room for more at the moment")]
    Full,
    #[error("the lines could not be stored: send them again")]
    Again,
    #[error("the service is stopping")]
    Stopping,
}

impl Refusal {
    const fn status(self) -> StatusCode {
        match self {
            Self::Empty | Self::Cut | Self::Array => StatusCode::BAD_REQUEST,
            Self::Origin | Self::ContentType => StatusCode::FORBIDDEN,
            Self::Path => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Large => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Full | Self::Again | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = format!("{{\"error\":\"{self}\"}}\n");
        let json = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status(), json, body).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Again => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1")),
            Self::Full | Self::Stopping => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            _ => None,
        };
        response
    }
}
