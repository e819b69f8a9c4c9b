//! `greffier explain`: each field's fate and the rule that decided, never a value.

use super::{keys, layout, plan, setup};
use crate::cli::{Common, End};
use crate::gate::Gate;
use crate::setup::{self as host, Recipients};
use anyhow::Result;
use greffier_collector::{Decoders, Frame, origins};
use greffier_record::{Format, clock};
use greffier_redactor::Fate;
use std::io::{BufRead, Write, stdin, stdout};

/// Explains every line of standard input.
pub(super) fn explain(common: &Common, format: Format) -> Result<End> {
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    setup(host::private_dir(layout.root()))?;
    if common.config.is_none() {
        setup(keys::init_embedded(&layout, &plan))?;
    }
    let mut gate = setup(
        Recipients::of(&plan, &layout)
            .and_then(|recipients| Gate::new(plan.policy.clone(), recipients, None)),
    )?;
    let source = super::pipe::source(&plan.sources, format);
    let decoders = Decoders::new(std::slice::from_ref(&source));
    let origin = origins(0, &source).of(format);
    let mut out = anstream::AutoStream::auto(stdout()).lock();
    for line in stdin().lock().split(b'\n') {
        let line = line?;
        let raw =
            decoders.of(&origin).decode(&origin, &line, &Frame::whole(&line), clock::now_ms());
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
