//! `greffier tap`: events as the running sidecar seals them, masked, until it stops or the reader goes away.

use super::{layout, plan, setup};
use crate::admin::client;
use crate::cli::{AskSidecar, Common, End};
use crate::tap::Wanted;
use anyhow::{Result, bail};
use serde_json::{Map, Value};
use std::io::{BufRead as _, ErrorKind, Write as _, stdout};

/// Asks `/tap` and prints what comes.
pub(super) fn tap(common: &Common, wanted: Wanted, ask: &AskSidecar) -> Result<End> {
    let plan = plan(common, &layout(common))?;
    let address = setup(client::address(&plan, ask.address))?;
    let answer = client::get(address, &format!("/tap?{}", wanted.query()))?;
    if answer.status != 200 {
        bail!("{}", safe(answer.text()?.trim_end().to_owned()));
    }
    tracing::info!(%address, "watching; what is sealed shows as dots");
    let mut out = stdout().lock();
    for line in answer.patient()?.lines() {
        let line = line?;
        let shown = safe(if common.json { line } else { readable(&line) });
        match writeln!(out, "{shown}").and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            written => written?,
        }
    }
    Ok(End::Ok)
}

/// The fields of the line's beginning, in this order.
const FIRST: [&str; 7] = ["ts", "s", "method", "path", "status", "ms", "tenant"];
/// Fields that say nothing new from one line to the next.
const QUIET: [&str; 4] = ["v", "id", "svc", "inst"];

/// One line for people: what happened first, then the other fields by name.
fn readable(line: &str) -> String {
    let Ok(Value::Object(event)) = serde_json::from_str(line) else { return line.to_owned() };
    if let Some(skipped) = event.get("skipped") {
        return format!("… {skipped} skipped");
    }
    let first = FIRST.iter().filter_map(|name| Some(plain(event.get(*name)?)));
    let known = |name: &str| FIRST.contains(&name) || QUIET.contains(&name);
    first.chain(rest(&event, known)).collect::<Vec<_>>().join(" ")
}

fn rest(event: &Map<String, Value>, known: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    let others = event.iter().filter(move |(name, _)| !known(name));
    others.map(|(name, value)| format!("{name}={}", plain(value)))
}

/// Control characters and those that turn the direction of text as escapes, which JSON understands too: what an
/// application wrote must not steer a terminal.
fn safe(text: String) -> String {
    let steers = |c: char| {
        c.is_control()
            || "\u{61c}\u{200e}\u{200f}".contains(c)
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            shown.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_comes_first() {
        let line = r#"{"v":1,"s":"requests","id":"x","ts":"T","status":200,"path":"/a","k":"kid","p":{"i":"•••"}}"#;
        assert_eq!(readable(line), "T requests /a 200 k=kid p={\"i\":\"•••\"}");
        assert_eq!(readable("{\"skipped\":7}"), "… 7 skipped");
        assert_eq!(safe("é \u{1b}[2J\u{202e}".to_owned()), "é \\u001b[2J\\u202e");
    }
}
