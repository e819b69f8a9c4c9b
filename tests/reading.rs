//! Reading back from CloudWatch (moto stands in for it): the same answers as from the archive, and nobody's name
//! on the way.

use crate::support::leaks::Views;
use crate::support::{Greffier, Ran, archived, root};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const KEEPING: &str = r#"
version = 1
[service]
name = "SERVICE"
[[source]]
type = "stdin"
format = "json"
[sink.archive]
"#;

/// moto's server, which ends with the test.
struct Moto {
    child: Child,
    address: String,
}

impl Moto {
    fn start(folder: &Path) -> Self {
        let server = root().join(".venv/bin/moto_server");
        let mut child = Command::new(&server)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .env("MOTO_RECORDER_FILEPATH", folder.join("sent"))
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("moto_server is in .venv/bin: ./test puts it there");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines.by_ref().find_map(|line| {
            let line = line.expect("UTF-8");
            Some(line.split_once("Running on http://")?.1.trim().to_owned())
        });
        // Somebody must go on reading, or moto stops when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.expect("it says where it listens") }
    }

    /// A call, without a signature: moto does not check it.
    fn call(&self, operation: &str, body: &Value) -> Value {
        let headers = format!(
            "X-Amz-Target: Logs_20140328.{operation}\r\nContent-Type: application/x-amz-json-1.1\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=t/20260101/eu-central-1/logs/aws4_request, \
             SignedHeaders=host, Signature=0\r\n"
        );
        let answer = self.post("/", &headers, &body.to_string());
        serde_json::from_str(&answer).unwrap_or_default()
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all((head + body).as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        // What is there already is made again all the same.
        let fine = head.starts_with("HTTP/1.1 200") || body.contains("ResourceAlreadyExists");
        assert!(fine, "{path}: {answer}");
        body.to_owned()
    }

    /// Puts events there as the sink does.
    fn keep(&self, events: &[(String, Value)]) {
        let service = events[0].1["svc"].as_str().expect("a service");
        for stream in ["requests", "audit", "errors", "events"] {
            let mut rows: Vec<_> = events
                .iter()
                .filter(|(of, _)| of == stream)
                .map(|(_, event)| (millis(event), event.to_string()))
                .collect();
            rows.sort();
            let group = format!("/greffier/{service}/{stream}");
            let name = json!({"logGroupName": group, "logStreamName": "-/web-1"});
            if !rows.is_empty() {
                self.call("CreateLogGroup", &json!({"logGroupName": group}));
                self.call("CreateLogStream", &name);
            }
            for some in rows.chunks(1000) {
                let messages =
                    some.iter().map(|(at, text)| json!({"timestamp": at, "message": text}));
                let mut body = name.clone();
                body["logEvents"] = messages.collect();
                let answer = self.call("PutLogEvents", &body);
                assert!(answer["rejectedLogEventsInfo"].is_null(), "{answer}");
            }
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).map(drop).unwrap_or_default();
    }
}

fn millis(event: &Value) -> i64 {
    let ts = event["ts"].as_str().expect("a time");
    chrono::DateTime::parse_from_rfc3339(ts).expect("RFC 3339").timestamp_millis()
}

/// The demo's traffic and two people with names, in the archive and in CloudWatch.
struct Both {
    greffier: Greffier,
    moto: Moto,
    config: String,
    events: Vec<(String, Value)>,
}

impl Both {
    fn new() -> Self {
        let greffier = Greffier::new();
        greffier.ok(&["demo", "--once"], b"");
        let newest = archived(&greffier.data()).pop().expect("an event").1;
        let service = newest["svc"].as_str().expect("a service");
        let keeping = KEEPING.replace("SERVICE", service);
        let config = greffier.write("keeping.toml", &keeping);
        let line = |n: u32, name: &str| {
            json!({"timestamp": newest["ts"], "method": "GET", "url": "/page/1", "status": 200 + n,
                "user_id": format!("u-{n}"), "full_name": name, "request_id": format!("{n:031x}a")})
        };
        let lines = format!("{}\n{}\n", line(1, "Ada Lovelace"), line(2, "Zoë Ångström"));
        greffier.ok(&["--config", config.to_str().expect("UTF-8"), "run"], lines.as_bytes());
        let moto = Moto::start(greffier.folder());
        let events: Vec<_> =
            archived(&greffier.data()).into_iter().filter(|(of, _)| of != "access").collect();
        moto.keep(&events);
        moto.keep(&events[..50]); // delivery is at least once
        let reading = format!(
            "{keeping}[sink.cloudwatch]\nregion = \"eu-central-1\"\nendpoint_url = \"http://{}\"\n",
            moto.address
        );
        let config = greffier.write("reading.toml", reading);
        let config = config.to_str().expect("UTF-8").to_owned();
        Self { greffier, moto, config, events }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.greffier.command(arguments);
        command
            .args(["--config", &self.config])
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).spawn().expect("the binary starts");
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
        Ran::from(child.wait_with_output().expect("it ends"))
    }

    /// The answer, which must be the same from both.
    fn ask(&self, arguments: &[&str], input: &str) -> Ran {
        let from = |origin| self.run(&[arguments, &["--from", origin]].concat(), input);
        let (archive, cloudwatch) = (from("archive"), from("cloudwatch"));
        let said = || format!("{arguments:?} {input}: {}", cloudwatch.stderr);
        assert_eq!(archive.code, cloudwatch.code, "{}", said());
        assert_eq!(archive.stdout, cloudwatch.stdout, "{}", said());
        cloudwatch
    }
}

#[test]
fn search_show_and_reveal_answer_the_same_from_cloudwatch_and_from_the_archive() {
    let both = Both::new();
    let middle = both.events[both.events.len() / 2].1["ts"].as_str().expect("a time").to_owned();
    let failed = both.events.iter().find(|(of, event)| of == "audit" && event["status"] == 500);
    let failed = &failed.expect("the sample holds a failed request").1;
    let (id, req) = (failed["id"].as_str().expect("an id"), failed["req"].as_str().expect("an id"));
    let mut found = 0;
    for query in [
        "",
        "status:5xx",
        "status:404 status:302",
        "-status:200",
        "route:admin_*",
        "path:/admin/*",
        "method:POST src:app",
        "level:>=error",
        "exception",
        "dur:>50ms",
        "stream:errors",
        &format!("since:{middle}"),
        &format!("until:{middle}"),
        &format!("req:{req}"),
        "user:1003",
        "email:giuseppe.bianchi@esempio.it status:200",
        "name:\"lovelace ada\"",
        "-user:1003 stream:audit",
        "user:nobody",
        "stream:access",
    ] {
        let all = both.ask(&["--json", "search", "--limit", "5000", "-"], query);
        found += usize::from(all.code == 0);
    }
    // n of m, with error context.
    both.ask(&["search", "--limit", "5", "-"], "status:5xx");
    both.ask(&["search", "--limit", "5", "-"], "user:1003");
    assert!(found >= 16, "only {found} queries found something");

    let shown = both.ask(&["show", id], "");
    assert!(shown.stdout.lines().count() > 6, "a request with its context: {}", shown.stdout);
    let short = shown.stdout.split_whitespace().next().expect("a short id").to_owned();
    for target in [&*short, req, "r-00000000", "0123456789abcdef0123456789abcdef"] {
        both.ask(&["show", target], "");
    }
    let revealed = both.ask(&["reveal", &short, "--reason", "ticket 4711"], "");
    assert!(revealed.stdout.contains("email"), "{}", revealed.stdout);
}

#[test]
fn cloudwatch_learns_nobodys_name_and_errors_repeat_nothing() {
    let both = Both::new();
    both.moto.post("/moto-api/recorder/start-recording", "", "");
    for query in ["email:giuseppe.bianchi@esempio.it", "name:\"Ada Lovelace\"", "user:u-1 bianchi"]
    {
        both.run(&["search", "--from", "cloudwatch", "-"], query);
    }
    both.run(&["show", "giuseppe.bianchi@esempio.it", "--from", "cloudwatch"], "");
    let sent = std::fs::read(both.greffier.folder().join("sent")).expect("moto writes it");
    let sent = Views::of(&sent);
    assert!(sent.show("filterPattern"), "the recording can be read");
    for word in ["bianchi", "esempio", "lovelace"] {
        assert!(!sent.show(word), "{word} was sent");
    }

    let config = std::fs::read_to_string(&both.config).expect("written before");
    // A port on which nobody listens: it was free a moment ago.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").map(|l| l.local_addr());
    let nobody = nobody.expect("a port").expect("an address").to_string();
    let away = config.replace(&both.moto.address, &nobody);
    std::fs::write(&both.config, away).expect("a writable folder");
    let away =
        both.run(&["search", "--from", "cloudwatch", "-"], "email:giuseppe.bianchi@esempio.it");
    assert_eq!((away.code, &*away.stdout), (1, ""), "{}", away.stderr);
    assert!(away.stderr.contains("cannot be reached"), "{}", away.stderr);
    assert!(!away.stderr.contains("bianchi"), "{}", away.stderr);
    let elsewhere = config.replace("region", "prefix = \"/kanari\"\nregion");
    std::fs::write(&both.config, elsewhere).expect("a writable folder");
    let nothing = both.run(&["search", "--from", "cloudwatch", "-"], "status:500");
    assert_eq!(nothing.code, 1);
    assert!(nothing.stderr.contains("nothing was shipped yet"), "{}", nothing.stderr);
    let mut command = both.command(&["search", "--from", "cloudwatch"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env("AWS_EC2_METADATA_DISABLED", "true");
    let nobody = Ran::from(command.stdin(Stdio::null()).output().expect("it ends"));
    assert!(nobody.stderr.contains("there are no AWS credentials"), "{}", nobody.stderr);
}

#[test]
fn tail_shows_what_comes() {
    let both = Both::new();
    for origin in ["cloudwatch", "archive"] {
        let query = "stream:requests since:1w";
        let arguments = ["--json", "tail", query, "--limit", "11", "--from", origin];
        let mut child = both.command(&arguments).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first: Vec<_> = lines.by_ref().take(10).collect::<Result<_, _>>().expect("UTF-8");
        assert_eq!(first.len(), 10);
        let now = json!({"method": "GET", "url": "/page/1", "status": 201, "request_id": "0".repeat(31) + "b"});
        let config = both.greffier.folder().join("keeping.toml");
        let config = config.to_str().expect("UTF-8");
        both.greffier.ok(&["--config", config, "run"], format!("{now}\n").as_bytes());
        let came = archived(&both.greffier.data());
        both.moto.keep(&[came.into_iter().rfind(|(of, _)| of == "requests").expect("an event")]);
        let last = lines.next().expect("it goes on").expect("UTF-8");
        let last: Value = serde_json::from_str(&last).expect("JSON");
        assert_eq!(last["event"]["status"], 201);
        assert_eq!(lines.count(), 0, "it ends after eleven rows");
        assert!(child.wait().expect("it ends").success());
    }
}
