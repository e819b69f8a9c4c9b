//! The configuration file's shape, and from it a checked [`Plan`].
//!
//! Invariant: a file is refused as a whole with all its [`Problems`], or it becomes a plan that needs no
//! further checking; nothing is started, created or connected here. An unknown key is a problem, and no
//! problem repeats a value of the file. Place on the path: before the path; `check` is this and nothing more.
//!
//! Every key is listed in `docs/configuration.md`.

mod forms;
mod host;
mod layout;
mod leaf;
mod plan;
mod problem;
mod read;
mod report;
mod schema;
mod sealed_names;
mod section;
mod syntax;
#[cfg(test)]
mod tests;
mod unit;

pub use host::host_instance;
pub use layout::Layout;
pub use leaf::{KeyRoot, LeafError, Secret};
pub use plan::{
    CloudWatchPlan, ContextPlan, KeysPlan, Plan, ReaderPlan, ServicePlan, SinkPlan, SpoolPlan,
    StatusMatch,
};
pub use problem::{Problem, Problems};
pub use report::Env;

use report::Report;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read, in bytes: two hundred times the longest example.
const LIMIT: u64 = 1 << 20;

/// Reads a configuration file. What it leaves out comes from the layout; `{ env = "X" }` is looked up in `env`.
///
/// # Errors
/// Everything that is wrong with the file, at once.
pub fn load(path: &Path, layout: &Layout, env: Env<'_>) -> Result<Plan, Problems> {
    let file = path.display().to_string();
    let bytes = bytes(path).map_err(|error| {
        Problems::with_file(
            &file,
            format!("cannot be read: {}", leaf::words(error.kind())),
            "check --config",
        )
    })?;
    parse(&file, &bytes, layout, &host_instance(), env)
}

impl Plan {
    /// The plan without a configuration file: HTTP on loopback, everything else under one data folder.
    /// `config/examples/default.toml` is the same plan written out.
    #[must_use]
    pub fn embedded(data_dir: &Path, instance: &str) -> Self {
        let layout = Layout::new(data_dir);
        parse("default", b"version = 1", &layout, &host::fit(instance), &|_| None)
            .expect("the file that says nothing is valid: tests/examples.rs reads it")
    }
}

/// The bytes of a file, at most one more than allowed.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn parse(
    file: &str,
    bytes: &[u8],
    layout: &Layout,
    host: &str,
    env: Env<'_>,
) -> Result<Plan, Problems> {
    if bytes.len() as u64 > LIMIT {
        return Err(Problems::with_file(file, "larger than 1 MiB", "is this the right file?"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let report = Report::new(file, &valid, env);
            return Err(Problems::one(syntax::not_utf8(&report, valid.len())));
        }
    };
    let report = Report::new(file, text, env);
    let root =
        toml_span::parse(text).map_err(|error| Problems::one(syntax::problem(&report, &error)))?;
    let table = root.as_table().expect("a TOML document is a table");
    if let Some(problem) = read::other_version(&report, table) {
        return Err(Problems::one(problem));
    }
    let plan = read::plan(&report, table, layout, host);
    report.finish(plan)
}
