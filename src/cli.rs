//! The command line: names, help, exit codes.
//!
//! Invariant: data on standard output, everything else on standard error. Exit codes: 0 ok, 1 failure,
//! 2 usage, 3 nothing found, 4 proof failed, 5 denied, 78 bad configuration (EX_CONFIG of sysexits).

use clap::{Args, Parser, Subcommand, ValueEnum};
use greffier_config::Problems;
use greffier_record::Format;
use std::path::PathBuf;
use std::process::ExitCode;

/// Keeps a request log and back-office audit record without personal data in the clear.
#[derive(Debug, Parser)]
#[command(name = "greffier", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// Common options.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Configuration file (TOML); without it the embedded default is used
    #[arg(long, global = true, value_name = "FILE", env = "GREFFIER_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder: keys, spool, archive
    #[arg(long, global = true, value_name = "DIR", env = "GREFFIER_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// One JSON object a line instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// How much greffier says about itself
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    pub(crate) log: LogLevel,
}

/// Levels of greffier's own log.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogLevel {
    /// Failures only.
    Error,
    /// And what needs attention.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the sidecar: read the sources, seal, spool, ship
    Run {
        /// Seconds it may take to end after SIGTERM; what is not shipped then stays in the spool
        #[arg(long, value_name = "SECONDS", default_value_t = 20)]
        deadline: u64,
    },
    /// Check the configuration: the same code as `run`, minus the starting
    Check,
    /// Seal standard input to standard output
    Pipe(FormatArg),
    /// Show each field's fate for the lines on standard input, and the rule that decided
    Explain(FormatArg),
    /// The durable log between the sources and the sinks
    Spool {
        /// What to do with it.
        #[command(subcommand)]
        action: Spool,
    },
    #[cfg(feature = "console")]
    /// Find requests; `-` reads the query from standard input, so that names stay out of histories
    Search(Search),
    #[cfg(feature = "console")]
    /// Show one request with everything that belongs to it, masked
    Show {
        /// Record id (22 characters), short id (r-…) or request id
        id: String,
        /// How it is read.
        #[command(flatten)]
        reading: Reading,
    },
    #[cfg(feature = "console")]
    /// Open the personal part of one record; the access log keeps who and why
    Reveal(Reveal),
    #[cfg(feature = "console")]
    /// A full tour on this machine: sidecar, sample traffic, archive
    Demo {
        /// End by itself after the tour
        #[arg(long)]
        once: bool,
    },
    #[cfg(feature = "console")]
    /// Keys
    Keys {
        /// What to do with them.
        #[command(subcommand)]
        action: Keys,
    },
}

/// Arguments of `spool`.
#[derive(Debug, Subcommand)]
pub(crate) enum Spool {
    /// Say what is in it, segment by segment; changes nothing
    Check,
    /// Give up a sink that was removed from the configuration, with the events only it still needed
    ForgetSink {
        /// The sink
        name: String,
    },
}

/// The form of the lines.
#[derive(Debug, Args)]
pub(crate) struct FormatArg {
    /// Form of the lines: monolog, nginx-json, combined, json
    #[arg(long, value_parser = format_of)]
    pub(crate) format: Format,
}

#[cfg(feature = "console")]
/// Arguments of `search`.
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Query, for example 'status:5xx route:admin_* since:2h'; `-` reads it from standard input
    #[arg(default_value = "")]
    pub(crate) query: Vec<String>,
    /// Rows to show at most
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: usize,
    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// Options of the reading commands.
#[cfg(feature = "console")]
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Passphrase file of the reading keys, if not the configured one
    #[arg(long, value_name = "FILE", env = "GREFFIER_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// In which role you ask: what it may not open stays closed
    #[arg(long, default_value = "dpo")]
    pub(crate) role: Role,
}

/// Roles of readers.
#[cfg(feature = "console")]
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Diagnoses requests: not audit, not access.
    Support,
    /// Reviews audit and access.
    Auditor,
    /// Answers for personal data: all of it.
    Dpo,
    /// Runs the sidecar: nothing.
    Ops,
}

#[cfg(feature = "console")]
/// Arguments of `reveal`.
#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// Record id (22 characters) or short id (r-…)
    pub(crate) id: String,
    /// Why: it is logged before anything is opened
    #[arg(long, value_parser = reason_of)]
    pub(crate) reason: String,
    /// Class to open: identity, network, content; all by default
    #[arg(long, value_parser = class_of)]
    pub(crate) class: Vec<greffier_console::Class>,
    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: Reading,
}

#[cfg(feature = "console")]
fn class_of(name: &str) -> Result<greffier_console::Class, String> {
    greffier_console::class_from_name(name)
        .ok_or_else(|| "write identity, network or content".to_owned())
}

#[cfg(feature = "console")]
/// Arguments of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make the reading keys and publish the recipients
    Init {
        /// File that holds the passphrase (mode 0600); made with a random one when absent
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
}

fn format_of(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("write one of {}", names.join(", "))
    })
}

#[cfg(feature = "console")]
fn reason_of(text: &str) -> Result<String, String> {
    let said = text.chars().filter(|c| !c.is_whitespace()).count();
    if said < 3 { Err("say why, in at least three characters".into()) } else { Ok(text.to_owned()) }
}

/// Reads the command line; usage errors end the process with 2.
pub(crate) fn parse() -> Cli {
    Cli::parse()
}

/// greffier's own log: standard error, never content.
pub(crate) fn start_log(cli: &Cli) {
    let level = match cli.common.log {
        LogLevel::Error => tracing::Level::ERROR,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    if cli.common.json { log.json().init() } else { log.compact().init() }
}

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It did what was asked.
    Ok,
    /// Nothing was found.
    Nothing,
    /// The role may not see it.
    #[cfg(feature = "console")]
    Denied,
}

/// Turns the end of a command into an exit code, with one clear message on standard error.
#[allow(clippy::print_stderr, reason = "the one place where a command's failure is told")]
pub(crate) fn exit_code(end: anyhow::Result<End>) -> ExitCode {
    match end {
        Ok(End::Ok) => ExitCode::SUCCESS,
        Ok(End::Nothing) => ExitCode::from(3),
        #[cfg(feature = "console")]
        Ok(End::Denied) => ExitCode::from(5),
        Err(error) => match error.downcast_ref::<Problems>() {
            Some(problems) => {
                eprintln!("{problems}");
                ExitCode::from(78)
            }
            #[cfg(feature = "console")]
            None if is_usage(&error) => {
                eprintln!("greffier: {error:#}");
                ExitCode::from(2)
            }
            None if error.is::<BadSetup>() => {
                eprintln!("greffier: {error:#}");
                ExitCode::from(78)
            }
            None => {
                eprintln!("greffier: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

/// A query or an id that cannot be understood is a usage error.
#[cfg(feature = "console")]
fn is_usage(error: &anyhow::Error) -> bool {
    use greffier_console::ReaderError::{Ambiguous, Query, Reason};
    matches!(error.downcast_ref(), Some(Query(_) | Reason | Ambiguous(_)))
}

/// Marks a failure as one of configuration or installation: exit code 78.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("cannot start")]
pub(crate) struct BadSetup;
