//! What the journeys share: a greffier of their own in a folder of its own, and eyes for leaks.

pub(crate) mod aws;
pub(crate) mod double;
pub(crate) mod leaks;
pub(crate) mod scrape;

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Output, Stdio};

/// The repository's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of `tests/data/capture`.
pub(crate) fn capture(name: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/data/capture").join(name)).expect("the capture is committed")
}

/// The table that turns metrics on, on a port of the system's choice.
pub(crate) const METRICS: &str = "[metrics]\nlisten = \"127.0.0.1:0\"\n";

/// One data folder and the binary under test.
pub(crate) struct Greffier {
    folder: tempfile::TempDir,
    data: PathBuf,
    environment: Vec<(String, String)>,
}

/// What a command did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Greffier {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        Self { folder, data, environment: Vec::new() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// The same with another data folder.
    pub(crate) fn at(self, data: PathBuf) -> Self {
        Self { data, ..self }
    }

    /// The same with variables in the environment of all its commands.
    pub(crate) fn with(self, variables: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { environment: variables.iter().map(pair).collect(), ..self }
    }

    /// Writes a file beside the data folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greffier"));
        command
            .env_clear()
            .env("USER", "tester")
            .envs(self.environment.clone())
            .args(["--data", self.data().to_str().expect("a UTF-8 path")])
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(arguments).spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("the binary ends");
        writer.join().expect("the writer ends");
        let ran = Ran::from(output);
        if arguments.contains(&"run") && ran.stderr.contains("account=") {
            account(&ran.stderr, "received ");
        }
        ran
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str], input: &[u8]) -> String {
        let ran = self.run(arguments, input);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        ran.stdout
    }

    /// Writes a configuration, with metrics so that every journey's account can be checked, and makes the
    /// keys; its path.
    pub(crate) fn configure(&self, config: &str) -> String {
        let metrics = if config.contains("[metrics]") { "" } else { METRICS };
        let path = self.write("greffier.toml", format!("{config}{metrics}"));
        let path = path.to_str().expect("UTF-8").to_owned();
        self.ok(&["--config", &path, "keys", "init"], b"");
        path
    }

    /// Starts a sidecar with its debug log, and waits until it has said `ready`.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut all = vec!["--log", "debug", "run"];
        all.extend(arguments);
        let mut child = self.command(&all).spawn().expect("the binary starts");
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let stdin = child.stdin.take();
        let mut running = Running { child, stdin, stderr, said: String::new(), heard: 0 };
        running.until("ready");
        running.heard = 0;
        running
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A sidecar under way; its own log is the clock of the tests, so none of them sleeps.
pub(crate) struct Running {
    child: Child,
    /// Standard input, which stays open.
    pub(crate) stdin: Option<ChildStdin>,
    stderr: BufReader<ChildStderr>,
    pub(crate) said: String,
    heard: usize,
}

impl Running {
    /// The first line of its log that holds `word`, after the line of the last such question; waits for it.
    /// What the sources and sinks did before it said that it is ready counts: they do not wait for that.
    pub(crate) fn until(&mut self, word: &str) -> String {
        loop {
            while let Some(end) = self.said[self.heard..].find('\n') {
                let line = self.said[self.heard..][..=end].to_owned();
                self.heard += line.len();
                if line.contains(word) {
                    return line;
                }
            }
            let read = self.stderr.read_line(&mut self.said).expect("a log in UTF-8");
            assert!(read > 0, "ended before it said {word:?}:\n{}", self.said);
        }
    }

    /// Where its HTTP source listens.
    pub(crate) fn address(&self) -> String {
        self.listening("POST /v1/logs").expect("it said where it listens")
    }

    /// Where its TCP source takes lines.
    pub(crate) fn tcp(&self) -> String {
        self.listening("lines over TCP").expect("it said where it listens")
    }

    /// Where it answers metrics and probes, if it does.
    pub(crate) fn admin(&self) -> Option<String> {
        self.listening("GET /metrics")
    }

    fn listening(&self, to: &str) -> Option<String> {
        let is_it = |line: &&str| line.contains("listening") && line.contains(to);
        let line = self.said.lines().find(is_it)?;
        let (_, address) = line.split_once("address=").expect("an address");
        Some(address.split_whitespace().next().expect("an address").to_owned())
    }

    /// What it says in its metrics; the account must balance.
    pub(crate) fn scrape(&self) -> scrape::Scrape {
        scrape::Scrape::of(&self.admin().expect("it has [metrics]"))
    }

    /// SIGTERM.
    pub(crate) fn term(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it lives");
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        std::io::Read::read_to_string(&mut self.stderr, &mut self.said).expect("a log in UTF-8");
        self.said
    }

    /// SIGTERM, and the whole log; it must end with 0.
    pub(crate) fn stop(self) -> String {
        let (code, said) = self.end();
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// SIGTERM, the exit code and the whole log. The account must balance: in a last scrape where there are
    /// metrics, and in the closing line everywhere.
    pub(crate) fn end(self) -> (Option<i32>, String) {
        if self.admin().is_some() {
            self.scrape();
        }
        self.term();
        self.ended()
    }

    /// Waits for the end: the exit code and the whole log, with an account that balances.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        std::io::Read::read_to_string(&mut self.stderr, &mut self.said).expect("a log in UTF-8");
        account(&self.said, "received ");
        (self.child.wait().expect("it ends").code(), self.said)
    }
}

/// Posts lines to a sidecar; the whole answer.
pub(crate) fn post(address: &str, format: &str, body: &[u8]) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let head = format!(
        "POST /v1/logs/{format} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        if format == "combined" { "text/plain" } else { "application/x-ndjson" },
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("it reads");
    stream.write_all(body).expect("it reads");
    std::io::read_to_string(&mut stream).expect("it answers")
}

/// Every line as JSON.
pub(crate) fn events(output: &str) -> Vec<Value> {
    output.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// All events of an archive, as (stream, JSON), in the order of their ids.
pub(crate) fn archived(data: &Path) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for file in files(&data.join("archive")) {
        if file.extension().is_none_or(|kind| kind != "db") {
            continue;
        }
        let stream = file.parent().and_then(Path::file_name).expect("a stream's folder");
        let stream = stream.to_string_lossy().into_owned();
        let db = rusqlite::Connection::open(&file).expect("an archive file");
        let mut rows = db.prepare("SELECT event FROM event").expect("the archive's table");
        let texts = rows
            .query_map([], |row| {
                row.get_ref(0).map(|value| match value {
                    rusqlite::types::ValueRef::Text(bytes)
                    | rusqlite::types::ValueRef::Blob(bytes) => bytes.to_vec(),
                    _ => Vec::new(),
                })
            })
            .expect("rows");
        for text in texts {
            let event = serde_json::from_slice(&text.expect("a row")).expect("JSON");
            all.push((stream.clone(), event));
        }
    }
    all.sort_by_key(|(_, event)| id_bytes(event));
    all
}

/// The record id as bytes: their order is the order of sealing.
pub(crate) fn id_bytes(event: &Value) -> Vec<u8> {
    use base64::Engine as _;
    let text = event["id"].as_str().expect("an id");
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The number that follows `word` in a sidecar's account line.
pub(crate) fn account(said: &str, word: &str) -> u64 {
    let line = said.lines().rfind(|line| line.contains("received ")).expect("an account line");
    assert!(!line.contains("DOES NOT BALANCE"), "{line}");
    let Some((_, rest)) = line.split_once(word) else { return 0 };
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}
