//! `greffier check`: reads the configuration as `run` does; changes nothing and starts nothing.

use super::{layout, plan, setup};
use crate::cli::{Common, End};
use crate::setup::Recipients;
use crate::sources;
use anyhow::Result;

/// Reads the configuration, the certificates of its ports and, where they exist already, the recipients.
#[allow(clippy::print_stdout, reason = "the command's answer")]
pub(super) fn check(common: &Common) -> Result<End> {
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    setup(sources::check_certificates(&plan.sources))?;
    let keys = if plan.keys.recipients.exists() {
        setup(Recipients::of(&plan).and_then(|recipients| recipients.verify()))?;
        "recipients valid"
    } else {
        "no recipients yet: `greffier keys init` makes them"
    };
    let from = match &common.config {
        Some(file) => file.display().to_string(),
        None => "embedded default".to_owned(),
    };
    println!("ok: {from}: {} source(s), {} sink(s), {keys}", plan.sources.len(), plan.sinks.len());
    Ok(End::Ok)
}
