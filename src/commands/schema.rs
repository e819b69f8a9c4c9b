//! `greffier config schema`: the configuration file's shape, for editors and other programs.

use crate::cli::End;
use anyhow::Result;
use std::io::{Write as _, stdout};

/// Prints the schema.
pub(super) fn schema() -> Result<End> {
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, &greffier_config::json_schema())?;
    writeln!(out)?;
    Ok(End::Ok)
}
