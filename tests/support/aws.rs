//! moto, another project's double of AWS, and its readers: boto3 and the aws command line.
//!
//! Each test has a server of its own, on a port the system chose. It ends with its test: killed when dropped,
//! and by itself when its standard input closes, so that a killed test leaves nothing behind.

use super::root;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The region of the tests.
pub(crate) const REGION: &str = "eu-central-1";
/// A secret that must never be seen in a log.
pub(crate) const SECRET: &str = "wJalrXUtnFEMIverysecretKEYofTESTS";

const SERVE: &str = "import os, sys, threading\n\
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\n\
    from moto.server import main\n\
    main(['-H', '127.0.0.1', '-p', '0'])";

/// A running moto.
pub(crate) struct Moto {
    server: Child,
    endpoint: String,
}

impl Moto {
    /// Starts it and waits until it has said where it listens.
    pub(crate) fn start() -> Self {
        let mut server = Command::new(tool("python"))
            .args(["-c", SERVE])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python starts");
        let mut said = BufReader::new(server.stderr.take().expect("piped"));
        let mut line = String::new();
        let endpoint = loop {
            line.clear();
            assert!(said.read_line(&mut line).expect("text") > 0, "moto ended before it listened");
            if let Some((_, address)) = line.split_once("Running on ") {
                break address.trim().to_owned();
            }
        };
        // It logs every request: somebody has to read that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { server, endpoint }
    }

    /// `endpoint_url` of a configuration.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A Python expression over `logs`, a boto3 client, as JSON.
    pub(crate) fn boto3(&self, expression: &str) -> Value {
        let script = format!(
            "import boto3, json\n\
             logs = boto3.client('logs', region_name='{REGION}', endpoint_url='{}')\n\
             def pages(operation, key, **how):\n\
             \x20   return [one for page in logs.get_paginator(operation).paginate(**how) for one in page[key]]\n\
             print(json.dumps({expression}, default=str))",
            self.endpoint
        );
        run(Command::new(tool("python")).args(["-c", &script]))
    }

    /// `aws logs …`, whose answer is JSON.
    pub(crate) fn cli(&self, arguments: &[&str]) -> Value {
        let mut aws = Command::new(tool("aws"));
        run(aws
            .args(["--endpoint-url", &self.endpoint, "--output", "json", "logs"])
            .args(arguments))
    }

    /// Messages of a group, as the aws command line reads them.
    pub(crate) fn messages(&self, group: &str) -> Vec<Value> {
        let found = self.cli(&["filter-log-events", "--log-group-name", group]);
        let events = found["events"].as_array().expect("events").clone();
        let message = |event: &Value| {
            serde_json::from_str(event["message"].as_str().expect("text")).expect("an event")
        };
        events.iter().map(message).collect()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Gone already, or going: its standard input closes too.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// What the SDK of a process under test finds: credentials of nobody, and no machine role to ask for.
pub(crate) fn environment() -> [(&'static str, &'static str); 3] {
    [
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
}

fn tool(name: &str) -> PathBuf {
    let tool = root().join(".venv/bin").join(name);
    let moto = root().join(".venv/bin/moto_server");
    assert!(
        tool.exists() && moto.exists(),
        "no moto or aws in .venv: run ./test once, or: python3 -m venv .venv && .venv/bin/pip install -r tests/requirements.txt"
    );
    tool
}

fn run(command: &mut Command) -> Value {
    let ran = command.envs(environment()).env("AWS_DEFAULT_REGION", REGION).output();
    let ran = ran.expect("it starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).expect("JSON")
}
