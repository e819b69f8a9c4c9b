//! `greffier health`: is the running sidecar ready? For container probes: exit code 0 or 1, one line.

use super::{layout, plan, setup};
use crate::admin::client;
use crate::cli::{AskSidecar, Common, End};
use anyhow::{Result, bail};
use serde_json::json;

/// Asks `/readyz`.
#[allow(clippy::print_stdout, reason = "the command's answer")]
pub(super) fn health(common: &Common, ask: &AskSidecar) -> Result<End> {
    let plan = plan(common, &layout(common))?;
    let address = setup(client::address(&plan, ask.address))?;
    let answer = client::get(address, "/readyz")?;
    let status = answer.status;
    let text = answer.text()?;
    let text = text.trim_end();
    match status {
        200 if common.json => println!("{}", json!({ "ready": true })),
        200 => println!("{text}"),
        503 => bail!("{text}"),
        _ => bail!("what answers at {address} is not greffier (status {status})"),
    }
    Ok(End::Ok)
}
