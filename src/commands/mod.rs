//! One file a command; what they share is the plan.

mod check;
mod demo;
mod explain;
mod keys;
mod pipe;
mod read;
mod run;

use crate::cli::{BadSetup, Cli, Command, Common, End};
use anyhow::{Context as _, Result};
use greffier_config::{Layout, Plan};
use std::path::PathBuf;

/// Runs the command.
pub fn dispatch(cli: Cli) -> Result<End> {
    let common = cli.common;
    match cli.command {
        Command::Run => run::run(&common),
        Command::Check => check::check(&common),
        Command::Pipe(format) => pipe::pipe(&common, format.format),
        Command::Explain(format) => explain::explain(&common, format.format),
        Command::Search(search) => read::search(&common, &search),
        Command::Show { id } => read::show(&common, &id),
        Command::Reveal(reveal) => read::reveal(&common, &reveal),
        Command::Demo { once } => demo::demo(&common, once),
        Command::Keys { action } => keys::keys(&common, &action),
    }
}

/// Where everything lies under the data folder.
fn layout(common: &Common) -> Layout {
    Layout::under(common.data.clone().unwrap_or_else(default_data))
}

/// `$XDG_STATE_HOME/greffier`, by default `~/.local/state/greffier`.
fn default_data() -> PathBuf {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state"));
    state.or_else(home).unwrap_or_else(|| PathBuf::from("/var/lib")).join("greffier")
}

/// The plan of the configuration file, or the embedded default.
fn plan(common: &Common, layout: &Layout) -> Result<Plan> {
    match &common.config {
        Some(file) => Ok(greffier_config::load(file, layout, &|name| std::env::var(name).ok())?),
        None => Ok(Plan::embedded(layout, &greffier_config::host_name())),
    }
}

/// A runtime for the commands that need one.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// What goes wrong here is the operator's to mend: exit code 78.
fn setup<T>(result: Result<T>) -> Result<T> {
    result.context(BadSetup)
}
