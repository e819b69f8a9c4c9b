//! The command line: names, help, exit codes.
//!
//! Invariant: data on standard output, everything else on standard error. Exit codes: 0 ok, 1 failure,
//! 2 usage, 3 nothing found, 4 proof failed, 5 denied, 78 bad configuration (EX_CONFIG of sysexits).

use crate::tap::Status;
use clap::error::{ContextKind, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use greffier_config::Problems;
use greffier_record::Format;
use greffier_redactor::Stream;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Below every help.
const AFTER: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing found, 5 not allowed, 78 configuration or keys are wrong or missing";

/// Keeps a request log and back-office audit record without personal data in the clear.
#[derive(Debug, Parser)]
#[command(name = "greffier", version, about, max_term_width = 100, after_help = AFTER)]
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
    /// Configuration file (TOML); without it the defaults apply, with everything in the data folder
    #[arg(long, global = true, value_name = "FILE", env = "GREFFIER_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder: keys, spool, archive, and what the configuration leaves out
    /// [default: $XDG_STATE_HOME/greffier, else ~/.local/state/greffier]
    #[arg(long, global = true, value_name = "DIR", env = "GREFFIER_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// One JSON object a line instead of text: answers and greffier's own log
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// How much greffier says about itself, on standard error
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    pub(crate) log: LogLevel,
    /// Form of greffier's own log [default: pretty, or json with --json]
    #[arg(long, global = true, value_name = "FORM")]
    pub(crate) log_format: Option<LogFormat>,
}

/// Forms of greffier's own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Pretty,
}

/// Levels of greffier's own log.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogLevel {
    /// Failures only.
    Error,
    /// Also what needs attention.
    Warn,
    /// Also what happened.
    Info,
    /// Also how.
    Debug,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the sidecar until it is told to stop: read the sources, seal, spool, ship
    Run {
        /// Seconds it may take to end after SIGTERM; what is not shipped then stays in the spool
        #[arg(long, value_name = "SECONDS", default_value_t = 20)]
        deadline: u64,
    },
    /// Check the configuration, and the recipients if they are there; change and start nothing
    Check,
    /// Ask the running sidecar whether it is ready: exit code 0 or 1, for container probes
    Health(AskSidecar),
    /// Watch events as the running sidecar seals them; what is sealed shows as dots
    Tap {
        /// Of this stream only: requests, audit, errors, events, sessions, access
        #[arg(long, value_parser = stream_of)]
        stream: Option<Stream>,
        /// With this status only, as in 404 or 5xx
        #[arg(long)]
        status: Option<Status>,
        /// Where it is.
        #[command(flatten)]
        ask: AskSidecar,
    },
    /// Examine this installation (configuration, folders, disk, clock, keys, spool, sinks, ports) and say what
    /// to do; changes nothing
    Doctor,
    /// About the configuration file
    Config {
        /// What about it.
        #[command(subcommand)]
        action: Config,
    },
    /// Seal lines from standard input: one event a line on standard output
    Pipe(FormatArg),
    /// Replace personal data in the lines on standard input: JSON in the same shape, other text line by line; needs
    /// no configuration and no keys; with --config it finds your own entities too
    Redact,
    /// Say for each field of the lines on standard input whether it would be clear, sealed or dropped, and by
    /// which rule; values are never shown
    Explain(FormatArg),
    /// The durable log between the sources and the sinks
    Spool {
        /// What to do with it.
        #[command(subcommand)]
        action: Spool,
    },
    #[cfg(feature = "console")]
    /// Find records by what is clear, or by person
    Search(Search),
    #[cfg(feature = "console")]
    /// Show matching records as they come, until Ctrl-C
    Tail(Tail),
    #[cfg(feature = "console")]
    /// Show one request with all records kept of it; what is sealed stays closed
    Show {
        /// Record id (22 characters), short id (r-…) or request id
        id: String,
        /// How it is read.
        #[command(flatten)]
        reading: Reading,
    },
    #[cfg(feature = "console")]
    /// Open what is sealed in one record, after who and why are in the access log
    Reveal(Reveal),
    #[cfg(feature = "console")]
    /// Tour with invented traffic on this machine; without --data in a new folder for temporary files
    Demo {
        /// End by itself after the tour
        #[arg(long)]
        once: bool,
    },
    #[cfg(feature = "console")]
    /// Make the reading keys
    Keys {
        /// What to do with them.
        #[command(subcommand)]
        action: Keys,
    },
}

/// Where the running sidecar answers.
#[derive(Debug, Args)]
pub(crate) struct AskSidecar {
    /// IP address and port of the sidecar's [metrics], if not the configured one
    #[arg(long, value_name = "ADDRESS", value_parser = address_of)]
    pub(crate) address: Option<SocketAddr>,
}

/// Arguments of `config`.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print the JSON Schema (2020-12) of the configuration file, for editors
    Schema,
}

/// Arguments of `spool`.
#[derive(Debug, Subcommand)]
pub(crate) enum Spool {
    /// Say what is in it, segment by segment; changes nothing
    Check,
    /// List the events that sinks refused for good: they are kept in the quarantine, sealed as ever
    Rejected,
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
    /// Query, for example 'status:5xx route:admin_* since:2h'; nothing means everything. `-` reads it from
    /// standard input, so that names stay out of histories and process lists
    #[arg(default_value = "")]
    pub(crate) query: Vec<String>,
    /// Rows to show at most, the newest
    #[arg(long, value_name = "ROWS", default_value_t = 100, value_parser = limit_of)]
    pub(crate) limit: usize,
    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: Reading,
}

#[cfg(feature = "console")]
/// Arguments of `tail`.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// Query as for `search`; nothing means everything. `-` reads it from standard input
    #[arg(default_value = "")]
    pub(crate) query: Vec<String>,
    /// End after so many rows
    #[arg(long, value_name = "ROWS", value_parser = limit_of)]
    pub(crate) limit: Option<usize>,
    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// Where events are read from.
#[cfg(feature = "console")]
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Origin {
    /// The archive on this machine.
    Archive,
    /// The CloudWatch log groups.
    Cloudwatch,
}

/// Options of the reading commands.
#[cfg(feature = "console")]
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Passphrase file of the reading keys, if not the configured one
    #[arg(long, value_name = "FILE", env = "GREFFIER_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// In which role you ask: what it may not reveal stays closed. With a passphrase file nobody checks it
    #[arg(long, default_value = "dpo")]
    pub(crate) role: Role,
    /// Where events are read from [default: the archive, or CloudWatch if the configuration has none]
    #[arg(long, value_name = "WHERE")]
    pub(crate) from: Option<Origin>,
}

/// Roles of readers.
#[cfg(feature = "console")]
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Diagnoses requests: identity and content, but nothing of audit and access.
    Support,
    /// Reviews audit and access, all of them, and nothing else.
    Auditor,
    /// Answers for personal data: may reveal everything.
    Dpo,
    /// Runs the sidecar: may reveal nothing.
    Ops,
}

#[cfg(feature = "console")]
/// Arguments of `reveal`.
#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// Record id (22 characters), short id (r-…), or the request id if it has one record only
    pub(crate) id: String,
    /// Why, in at least three characters: it is logged before anything is opened
    #[arg(long, value_parser = reason_of)]
    pub(crate) reason: String,
    /// What to open, separated by commas: identity, network, content [default: all that the role may see]
    #[arg(long, value_parser = class_of, value_delimiter = ',')]
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
    /// Make the reading keys under a passphrase, and the files the sidecar needs to seal to them
    Init {
        /// File with the passphrase, at least 12 characters, mode 0600. Without this option a random one is made
        /// in the reading folder
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
}

fn stream_of(name: &str) -> Result<Stream, String> {
    Stream::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Stream::ALL.iter().map(|stream| stream.name()).collect();
        format!("write one of {}", names.join(", "))
    })
}

fn address_of(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write an IP address and a port, as in 127.0.0.1:4381")
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

#[cfg(feature = "console")]
fn limit_of(number: &str) -> Result<usize, &'static str> {
    number.parse().map_err(|_| "write a whole number, as in 100")
}

/// Reads the command line; usage errors end the process with 2.
pub(crate) fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| match unquoted(&error) {
        Some(message) => clap::Error::raw(error.kind(), message + "\n").exit(),
        None => error.exit(),
    })
}

/// The message for an error that would repeat what was typed: that may name somebody, and be kept in a log.
fn unquoted(error: &clap::Error) -> Option<String> {
    let said = |kind| error.get(kind).map(ToString::to_string);
    let option = said(ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::ValueValidation => {
            let advice = std::error::Error::source(error)?;
            Some(format!("{option}: {advice}"))
        }
        ErrorKind::InvalidValue => Some(match said(ContextKind::ValidValue) {
            Some(words) if !words.is_empty() => format!("{option}: write one of {words}"),
            _ => format!("{option}: its value is missing"),
        }),
        ErrorKind::TooManyValues => Some(format!("{option}: more values than it takes")),
        ErrorKind::UnknownArgument => Some(
            "an argument that this command does not have; `--help` behind the command lists them. A query that \
             begins with - goes after --, as in: greffier search -- '-status:200'"
                .to_owned(),
        ),
        ErrorKind::InvalidSubcommand => {
            Some("no such command; `greffier --help` lists them".to_owned())
        }
        _ => None,
    }
}

/// greffier's own log: standard error, never content.
pub(crate) fn start_log(cli: &Cli) {
    let level = match cli.common.log {
        LogLevel::Error => tracing::Level::ERROR,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
    };
    let as_asked = if cli.common.json { LogFormat::Json } else { LogFormat::Pretty };
    crate::log::start(level, cli.common.log_format.unwrap_or(as_asked) == LogFormat::Json);
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
                let causes: Vec<_> = error.chain().skip(1).map(ToString::to_string).collect();
                eprintln!("greffier: {}", causes.join(": "));
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
    use greffier_console::ReaderError::{Ambiguous, Query, Reason, Until};
    matches!(error.downcast_ref(), Some(Query(_) | Reason | Ambiguous(_) | Until))
}

/// Marks a failure as one of configuration or installation: exit code 78.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("cannot start")]
pub(crate) struct BadSetup;

#[cfg(all(test, feature = "console"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_never_repeated() {
        for typed in [
            &["reveal", "r-1", "--reason", "é"][..],
            &["reveal", "r-1", "--reason", "ticket", "--class", "adé"],
            &["search", "--role", "adé"],
            &["search", "--limit", "adé"],
            &["tail", "--from", "adé"],
            &["search", "--json=adé"],
            &["search", "-email:adé"],
            &["show", "r-1", "adé"],
            &["pipe", "--format", "adé"],
            &["tap", "--stream", "adé"],
            &["tap", "--status", "adé"],
            &["health", "--address", "adé"],
            &["adé"],
        ] {
            let error = Cli::try_parse_from([&["greffier"], typed].concat()).expect_err("wrong");
            let message = unquoted(&error).unwrap_or_else(|| error.to_string());
            assert!(!message.contains('é') && message.len() > 20, "{typed:?}: {message}");
        }
    }

    #[test]
    fn the_command_that_show_prints_is_understood() {
        let line = ["greffier", "reveal", "r-1", "--class", "identity,content", "--reason", "why"];
        let Command::Reveal(reveal) = Cli::try_parse_from(line).expect("a reveal").command else {
            panic!("a reveal")
        };
        assert_eq!(reveal.class.len(), 2);
    }
}
