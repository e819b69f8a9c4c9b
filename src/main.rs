//! greffier: keeps a request log and back-office audit record without personal data in the clear.
//!
//! A table of contents: the command line is read, a command runs, its end becomes an exit code.

mod accounts;
mod admin;
mod books;
mod cli;
mod commands;
mod context;
mod expiry;
mod gate;
mod inbox;
mod late;
mod log;
mod metrics;
mod outlet;
mod pipeline;
mod process;
mod pump;
mod remembered;
mod setup;
mod sidecar;
mod sink;
mod sources;
mod tap;
mod tasks;
mod vitals;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::parse();
    cli::start_log(&arguments);
    setup::quiet_panics();
    let end = commands::dispatch(arguments);
    cli::exit_code(end)
}
