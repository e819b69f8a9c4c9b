//! One file a command; what they share is the plan.

mod check;
#[cfg(feature = "console")]
mod demo;
mod doctor;
mod explain;
mod health;
#[cfg(feature = "console")]
mod keys;
#[cfg(feature = "console")]
mod origin;
mod pipe;
#[cfg(feature = "console")]
mod read;
mod redact;
mod run;
#[cfg(feature = "console")]
mod sample;
mod schema;
mod spool;
#[cfg(feature = "console")]
mod tail;
mod tap;

use crate::cli::{BadSetup, Cli, Command, Common, Config, End};
use crate::tap::Wanted;
use anyhow::{Context as _, Result};
use greffier_config::{Layout, Plan};
use std::path::PathBuf;
use std::time::Duration;

/// Runs the command.
pub(crate) fn dispatch(cli: Cli) -> Result<End> {
    let common = cli.common;
    match cli.command {
        Command::Run { deadline } => run::run(&common, Duration::from_secs(deadline)),
        Command::Check => check::check(&common),
        Command::Health(ask) => health::health(&common, &ask),
        Command::Tap { stream, status, ask } => tap::tap(&common, Wanted { stream, status }, &ask),
        Command::Doctor => doctor::doctor(&common),
        Command::Config { action: Config::Schema } => schema::schema(),
        Command::Pipe(format) => pipe::pipe(&common, format.format),
        Command::Redact => redact::redact(&common),
        Command::Spool { action } => spool::spool(&common, &action),
        Command::Explain(format) => explain::explain(&common, format.format),
        #[cfg(feature = "console")]
        Command::Search(search) => read::search(&common, &search),
        #[cfg(feature = "console")]
        Command::Tail(asked) => tail::tail(&common, &asked),
        #[cfg(feature = "console")]
        Command::Show { id, reading } => read::show(&common, &id, &reading),
        #[cfg(feature = "console")]
        Command::Reveal(reveal) => read::reveal(&common, &reveal),
        #[cfg(feature = "console")]
        Command::Demo { once } => demo::demo(&common, once),
        #[cfg(feature = "console")]
        Command::Keys { action } => keys::keys(&common, &action),
    }
}

/// Where everything lies under the data folder.
fn layout(common: &Common) -> Layout {
    Layout::new(common.data.clone().unwrap_or_else(default_data))
}

/// `$XDG_STATE_HOME/greffier`, by default `~/.local/state/greffier`.
fn default_data() -> PathBuf {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state"));
    state.or_else(home).unwrap_or_else(|| PathBuf::from("/var/lib")).join("greffier")
}

/// The plan of the configuration file, or the embedded default.
fn plan(common: &Common, layout: &Layout) -> Result<Plan> {
    let Some(file) = &common.config else {
        return Ok(Plan::embedded(layout.data(), &greffier_config::host_instance()));
    };
    let plan = greffier_config::load(file, layout, &|name| std::env::var(name).ok())?;
    setup(crate::sink::refuse_missing(&plan))?;
    Ok(plan)
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

/// What every command that seals needs before it starts: a folder of its own and, on the embedded default,
/// keys. The writer-only build makes none: its configuration names the recipients.
fn prepare(common: &Common, layout: &Layout, plan: &Plan) -> Result<()> {
    setup(crate::setup::private_dir(layout.data()))?;
    #[cfg(feature = "console")]
    if common.config.is_none() {
        return setup(keys::init_embedded(layout, plan));
    }
    let (_, _) = (common, plan);
    Ok(())
}
