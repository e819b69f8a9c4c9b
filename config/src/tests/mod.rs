//! Tests over whole files: what is refused and how, the examples, the documentation, hostile input.

mod examples;
mod keys;
mod refused;
mod whole;

use crate::{Layout, Plan, Problems};
use std::path::PathBuf;

/// Reads a file as `load` does, on a host named `web-1` with a small environment.
fn read(bytes: &[u8]) -> Result<Plan, Problems> {
    let env = |name: &str| match name {
        "WEBINAR_INSTANCE" => Some("webinar-3".to_owned()),
        "GREFFIER_DIR" => Some("/srv/greffier\n".to_owned()),
        "GREFFIER_INSTANCE" => Some("web-7".to_owned()),
        "GREFFIER_KMS_KEY" => Some("arn:aws:kms:eu-central-1:111122223333:key/1234abcd".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    };
    crate::parse("greffier.toml", bytes, &Layout::new("/var/lib/greffier"), "web-1", &env)
}

/// A folder of this crate, or a page of the documentation beside it.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}
