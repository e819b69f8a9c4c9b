//! `greffier pipe`: standard input to standard output, the whole pipeline, for one format.

use super::{layout, plan, prepare, setup};
use crate::accounts::Accounts;
use crate::cli::{Common, End};
use crate::gate::Gate;
use crate::inbox::Inbox;
use crate::outlet::Outlet;
use crate::pipeline::Pipeline;
use crate::setup::{self as host, Recipients};
use anyhow::{Context as _, Result, bail};
use greffier_collector::{FieldMap, SourceKind, SourcePlan, Stop, stdin};
use greffier_record::Format;
use greffier_vault::KeyStore;
use std::fs::File;
use std::io::stdout;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Chunks (each at most about 1 MiB) that are read ahead.
const QUEUE: usize = 2;

/// Seals line by line until the input ends; the account goes to standard error.
pub(super) fn pipe(common: &Common, format: Format) -> Result<End> {
    host::harden();
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    prepare(common, &layout, &plan)?;
    let gate = setup(
        Recipients::of(&plan)
            .and_then(|recipients| Gate::new(plan.policy.clone(), recipients, None)),
    )?;
    let store = setup(KeyStore::open(&plan.keys.store).context("key store"))?;
    // Unbuffered: the outlet writes whole pieces.
    let out = File::from(stdout().as_fd().try_clone_to_owned().context("standard output")?);
    let outlet = Outlet::Direct(Box::new(store), Box::new(out));
    let source = source(&plan.sources, format);
    let accounts = Accounts::default();
    let sources = std::slice::from_ref(&source);
    let when_full = plan.policy.audit.when_full;
    let pipeline = Pipeline::new(sources, plan.context, when_full, gate, outlet, accounts.clone());
    let (chunks, taken) = mpsc::channel(QUEUE);
    let inbox = Inbox::new(sources, taken, accounts.clone());
    let (groups, taken) = mpsc::channel(1);
    let origin = Arc::new(source.origin(0, format));
    let reader = std::thread::spawn(move || {
        stdin::read(std::io::stdin().lock(), &origin, &chunks, &Stop::new())
    });
    // One task and no sockets: this thread is all the runtime there need be.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let run = async { tokio::join!(inbox.run(groups), pipeline.run(taken)).1 };
    runtime.context("cannot start the runtime")?.block_on(run)?;
    match reader.join() {
        Ok(read) => read.context("standard input could not be read to its end")?,
        Err(_) => bail!("the reader of standard input ended abnormally"),
    }
    tracing::info!(account = %accounts.report(), "done");
    Ok(End::Ok)
}

/// Standard input as a source, with the field map of the configured source of that format.
pub(super) fn source(configured: &[SourcePlan], format: Format) -> SourcePlan {
    let fields = configured
        .iter()
        .find(|source| source.format == format)
        .map_or_else(FieldMap::default, |source| source.fields.clone());
    SourcePlan { name: "stdin".into(), kind: SourceKind::Stdin, format, fields, join: None }
}
