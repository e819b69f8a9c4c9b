//! What things are called at CloudWatch Logs.
//!
//! Invariant: writer and reader take every name from here, so a group that one fills the other finds.

use greffier_sinks::Stream;

/// `{prefix}/{service}/{stream}`: one log group a stream, so that each has its own retention.
#[must_use]
pub fn group(prefix: &str, service: &str, stream: Stream) -> String {
    format!("{prefix}/{service}/{}", stream.name())
}

/// `{tenant}/{instance}`: one log stream a tenant and sidecar; `-` stands for no tenant.
#[must_use]
pub fn log_stream(tenant: &str, instance: &str) -> String {
    format!("{tenant}/{instance}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_built_from_the_plan() {
        assert_eq!(group("/greffier", "social", Stream::Audit), "/greffier/social/audit");
        assert_eq!(log_stream("-", "web-1"), "-/web-1");
    }
}
