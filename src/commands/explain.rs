//! `greffier explain`: each field's fate, what was found in it and the rule that decided, never a value.

use super::{layout, plan, prepare, setup};
use crate::cli::{Common, End};
use crate::gate::Gate;
use crate::setup::Recipients;
use anstyle::AnsiColor;
use anyhow::Result;
use greffier_collector::{Decoder, Frame};
use greffier_record::{Format, HotBuf, clock};
use greffier_redactor::{Fate, Treatment};
use std::io::{BufRead, Write, stdin, stdout};

/// Explains every line of standard input.
pub(super) fn explain(common: &Common, format: Format) -> Result<End> {
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    prepare(common, &layout, &plan)?;
    let mut gate = setup(
        Recipients::of(&plan)
            .and_then(|recipients| Gate::new(plan.policy.clone(), recipients, None)),
    )?;
    let source = super::pipe::source(&plan.sources, format);
    let decoder = Decoder::new(&source);
    let origin = source.origin(0, format);
    let mut out = anstream::AutoStream::auto(stdout()).lock();
    for line in stdin().lock().split(b'\n') {
        let line = HotBuf::new(line?);
        let raw = decoder.record(&origin, &line, &Frame::whole(line.len()), clock::now_ms());
        for fate in gate.redactor.explain(&raw) {
            if common.json {
                serde_json::to_writer(&mut out, &as_json(&fate))?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", as_text(&fate))?;
            }
        }
        if !common.json {
            writeln!(out)?;
        }
    }
    Ok(End::Ok)
}

fn as_json(fate: &Fate) -> serde_json::Value {
    if let Treatment::Found { as_, through } = &fate.fate {
        return serde_json::json!({"field": fate.field, "fate": "found", "as": as_, "through": through,
            "rule": fate.rule});
    }
    let (what, detail) = words(&fate.fate);
    serde_json::json!({"field": fate.field, "fate": what, "as": detail, "rule": fate.rule})
}

fn as_text(fate: &Fate) -> String {
    let (what, detail) = words(&fate.fate);
    let style = match fate.fate {
        Treatment::Clear { .. } => AnsiColor::Green,
        Treatment::Sealed { .. } => AnsiColor::Cyan,
        Treatment::Found { .. } => AnsiColor::Yellow,
        Treatment::Dropped { .. } => AnsiColor::Red,
    }
    .on_default();
    format!("{:<32} {style}{what:<8}{style:#} {detail:<24} {}", fate.field, fate.rule)
}

fn words(fate: &Treatment) -> (&'static str, String) {
    match fate {
        Treatment::Clear { as_ } => ("clear", as_.clone()),
        Treatment::Sealed { class, role, key } => {
            ("sealed", format!("{role:?} {class:?} {key}").to_lowercase())
        }
        Treatment::Found { as_, through } if through.is_empty() => ("found", as_.clone()),
        Treatment::Found { as_, through } => ("found", format!("{as_} in {}", through.join(", "))),
        Treatment::Dropped { reason } => ("dropped", reason.clone()),
    }
}
