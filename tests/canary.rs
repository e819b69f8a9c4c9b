//! Planted tokens in every field, key, header, encoding and broken line; then every way out is searched.
//!
//! A new path out of greffier adds its canary here. What is clear by design carries none: names of fields and
//! parameters that are plain identifiers, class names, and values of parameters the operator allow-listed.

use crate::support::leaks::Views;
use crate::support::scrape::get;
use crate::support::{Greffier, account, archived, files, post};
use std::fs;
use std::io::{BufRead as _, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::Child;

/// Every token holds this word, and no word of greffier does. It is so long that a million characters of base64 do not hold it by chance.
const WORD: &str = "kanarienvogel";

/// A full address that must never be seen whole.
const ADDRESS: &str = "198.51.100.237";

/// Request lines, text records and broken lines of each format, a token in every place.
fn lines(format: &str) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = match format {
        "monolog" => monolog(),
        "nginx-json" => nginx_json(),
        "combined" => combined(),
        _ => json(),
    };
    lines.extend(broken());
    lines
}

fn monolog() -> Vec<Vec<u8>> {
    let request = format!(
        r#"{{"message":"http_request","context":{{"instance":"{WORD} host","date":"2026-11-21T20:32:41.727531Z","request_id":"{WORD}-request","method":"{WORD}","url":"http://{WORD}.example/{WORD}/reset/{WORD}?{WORD}%40example.org={WORD}&q={WORD}%40example.org&page={WORD}%40example.org","user_id":"{WORD}-uid","user_email":"{WORD}@example.org","user_roles":["ROLE {WORD}@example.org"],"ip":"{ADDRESS}","ip_chain":["{ADDRESS}"],"route":"{WORD} route","route_params":{{"slug":"{WORD}","{WORD}@x.org":"{WORD}"}},"user_agent":"{WORD}/1.0 ({WORD}@example.org)","status":500,"exception":"fatal: {WORD}@example.org at {ADDRESS}","duration_ms":1.5,"impersonator_id":"{WORD}-admin","{WORD} key":"{WORD}","post":{{"content_type":"{WORD}","length":"1","fields":{{"title":"{WORD}","{WORD}@example.org":"{WORD}","nested":{{"email":"{WORD}@example.org","password":"{WORD}"}},"list":["{WORD}"]}},"files":{{"f":{{"name":"{WORD}.pdf","type":"{WORD}","size":1}}}},"raw":"{WORD}"}}}},"level":200,"level_name":"INFO","channel":"http_audit","datetime":"2026-11-21T21:32:41.947759+01:00","extra":{{"request_id":"{WORD}-request","process_id":7,"hostname":"{WORD}","url":"/{WORD}","ip":"{ADDRESS}","server":"{WORD}","referrer":"{WORD}","user_agent":"{WORD}","token":{{"user_identifier":"{WORD}-login","username":"{WORD}"}},"{WORD} key":{{"a":"{WORD}"}}}}}}"#
    );
    let anonymous = request.replace(&format!("\"user_id\":\"{WORD}-uid\""), "\"user_id\":null");
    let post =
        request.replace("http_request\",\"context\":{", "http_request\",\"context\":{\"x\":1,");
    let text = format!(
        r#"{{"message":"mail to {WORD}@example.org, {WORD}%40example.org, from {ADDRESS}, password={WORD}","context":{{"email":"{WORD}@example.org","exception":"SomeException(code: 0): {WORD}@example.org"}},"level":500,"level_name":"CRITICAL","channel":"{WORD} channel","datetime":"2026-11-21T21:32:41.9+01:00","extra":{{"request_id":"{WORD}-request","process_id":7,"hostname":"{WORD}","{WORD} key":"{WORD}"}}}}"#
    );
    let wrong_date = request.replace("2026-11-21T20:32:41.727531Z", &format!("{WORD} o'clock"));
    [text, request, anonymous, post, wrong_date].map(String::into_bytes).to_vec()
}

fn nginx_json() -> Vec<Vec<u8>> {
    let line = format!(
        r#"{{"time":"2026-11-21T20:32:41+00:00","msec":1795293161.935,"request_id":"{WORD}-request","remote_addr":"{ADDRESS}","x_forwarded_for":"{ADDRESS}, {WORD}","remote_user":"{WORD}","method":"{WORD}","scheme":"http","host":"{WORD}.example","uri":"/{WORD}?{WORD}@example.org={WORD}&q={WORD}@example.org","protocol":"{WORD}","status":200,"bytes":27,"request_length":79,"referer":"https://{WORD}.example/{WORD}","user_agent":"{WORD}","request_time":0.660,"{WORD} key":"{WORD}"}}"#
    );
    vec![line.into_bytes()]
}

fn combined() -> Vec<Vec<u8>> {
    let line = format!(
        r#"{ADDRESS} - {WORD} [21/Nov/2026:20:32:50 +0000] "GET /{WORD}?q={WORD}%40example.org HTTP/1.1" 200 18 "https://{WORD}.example/" "{WORD} \x22{WORD}\x22""#
    );
    let odd = line.replace("GET /", &format!("{} {}/", WORD.to_uppercase(), WORD));
    vec![line.into_bytes(), odd.into_bytes()]
}

fn json() -> Vec<Vec<u8>> {
    let line = format!(
        r#"{{"timestamp":"2026-01-01T00:00:00.028Z","method":"GET","url":"/api/{WORD}/orders?{WORD}%40x.org={WORD}","route":"api.{WORD} x","user_id":"{WORD}","email":"{WORD}@example.org","name":"{WORD} {WORD}","phone":"{WORD}","role":"{WORD} r","client_ip":"{ADDRESS}","user_agent":"{WORD}","status":200,"latency_ms":611.327,"request_id":"{WORD}","error":"login failed for {WORD}@example.org from {ADDRESS}: token={WORD}","{WORD} key":["{WORD}",{{"{WORD}":1}}]}}"#
    );
    let text = format!(
        r#"{{"timestamp":"2026-01-01T00:00:00.028Z","level":"critical","logger":"{WORD} l","message":"{WORD}@example.org from {ADDRESS}","request_id":"{WORD}"}}"#
    );
    vec![text.into_bytes(), line.into_bytes()]
}

fn broken() -> Vec<Vec<u8>> {
    let mut lines = vec![
        format!("{{\"message\":\"{WORD}\"").into_bytes(),
        format!("{WORD}@example.org {ADDRESS} password={WORD}").into_bytes(),
        format!("{{\"a\":\"{WORD}\",\"a\":\"{WORD}\"}}").into_bytes(),
        format!("{{\"a\":\"{WORD}\0\"}}").into_bytes(),
        [b"{\"a\":\"".as_slice(), b"\xff\xfe", WORD.as_bytes(), b"\"}"].concat(),
        [vec![b'['; 10_000], WORD.as_bytes().to_vec()].concat(),
    ];
    lines.push([WORD.as_bytes().repeat(140_000), ADDRESS.as_bytes().to_vec()].concat());
    lines
}

fn joined(format: &str) -> Vec<u8> {
    let mut all = lines(format).join(&b'\n');
    all.extend_from_slice(format!("\n{{\"half\":\"{WORD}").as_bytes());
    all
}

fn assert_clean(what: &str, bytes: &[u8]) {
    let views = Views::of(bytes);
    assert!(!views.show(WORD), "a planted token shows in {what}");
    assert!(!views.show(ADDRESS), "a full address shows in {what}");
}

fn assert_folder_clean(greffier: &Greffier) {
    for file in files(&greffier.data()) {
        // A segment may be freed between the listing and the reading.
        let Ok(bytes) = fs::read(&file) else { continue };
        // Public encodings were looked for on the way out; files are searched as they are.
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains(WORD), "a planted token shows in {}", file.display());
        assert!(!text.contains(ADDRESS), "a full address shows in {}", file.display());
    }
}

#[test]
fn pipe_lets_nothing_through_in_any_format() {
    for format in ["monolog", "nginx-json", "combined", "json"] {
        let greffier = Greffier::new();
        let ran = greffier.run(&["--log", "debug", "pipe", "--format", format], &joined(format));
        assert_eq!(ran.code, 0, "{format}: {}", ran.stderr);
        assert_clean(&format!("the events of {format}"), ran.stdout.as_bytes());
        assert_clean(&format!("the log of {format}"), ran.stderr.as_bytes());
        let received = account(&ran.stderr, "received ");
        assert_eq!(received, lines(format).len() as u64 + 1, "{format}: every line is accepted");
        assert_folder_clean(&greffier);
    }
}

#[test]
fn explain_names_fields_and_never_values() {
    for format in ["monolog", "nginx-json", "combined", "json"] {
        let greffier = Greffier::new();
        let ran = greffier.run(&["explain", "--format", format], &joined(format));
        assert_eq!(ran.code, 0, "{format}: {}", ran.stderr);
        assert_clean(&format!("explain of {format}"), ran.stdout.as_bytes());
        assert_clean(&format!("explain's log of {format}"), ran.stderr.as_bytes());
    }
}

#[test]
fn a_sidecar_and_its_readers_show_nothing_but_what_was_asked_for_with_a_reason() {
    let greffier = Greffier::new();
    let config = greffier.write(
        "greffier.toml",
        "version = 1\n[service]\nname = \"social\"\ninstance = \"web-1\"\n[[source]]\ntype = \"http\"\n\
         listen = \"127.0.0.1:0\"\nformat = \"monolog\"\n[sink.archive]\n[metrics]\nlisten = \"127.0.0.1:0\"\n",
    );
    let config = config.to_str().expect("UTF-8").to_owned();
    greffier.ok(&["--config", &config, "keys", "init"], b"");
    let running = greffier.start(&["--config", &config]);
    let admin = running.admin().expect("it has [metrics]");
    let viewer = watch(&greffier, &config, &admin);
    for format in ["monolog", "nginx-json", "combined", "json"] {
        let answer = post(&running.address(), format, &joined(format));
        assert!(answer.starts_with("HTTP/1.1 202"), "{format}: {answer}");
        assert_clean("the answer", answer.as_bytes());
        assert_folder_clean(&greffier);
    }
    let refused = post(&running.address(), WORD, b"{}");
    assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
    assert_clean("a refusal", refused.as_bytes());
    for path in ["/metrics", "/livez", "/readyz?verbose", &format!("/{WORD}")] {
        let (_, answer) = get(&admin, path);
        assert_clean(path, answer.as_bytes());
    }
    let doctor = greffier.run(&["--config", &config, "doctor"], b"");
    assert_clean("doctor", (doctor.stdout + &doctor.stderr).as_bytes());
    let said = running.stop();
    assert_clean("the sidecar's log", said.as_bytes());
    let seen = viewer.wait_with_output().expect("the view ends with the sidecar").stdout;
    assert!(seen.split(|byte| *byte == b'\n').count() > 10, "it saw the events");
    assert_clean("the live view", &seen);
    assert_folder_clean(&greffier);
    read_back(&greffier, &config);
}

/// A live view that has begun.
fn watch(greffier: &Greffier, config: &str, admin: &str) -> Child {
    let tap = ["--config", config, "--json", "tap", "--address", admin];
    let mut viewer = greffier.command(&tap).spawn().expect("it starts");
    let stderr = viewer.stderr.as_mut().expect("piped");
    let first = BufReader::new(stderr).lines().next().expect("a line").expect("UTF-8");
    assert!(first.contains("watching"), "{first}");
    viewer
}

#[test]
fn sockets_let_nothing_through() {
    let greffier = Greffier::new();
    let [stream, datagram] = ["a.sock", "b.sock"].map(|name| greffier.folder().join(name));
    let config = greffier.configure(&format!(
        "version = 1\n[service]\nname = \"social\"\ninstance = \"web-1\"\n\
         [[source]]\ntype = \"unix\"\npath = \"{}\"\nformat = \"monolog\"\n\
         [[source]]\ntype = \"unix\"\npath = \"{}\"\nkind = \"datagram\"\nformat = \"json\"\n\
         [[source]]\ntype = \"tcp\"\nlisten = \"127.0.0.1:0\"\nformat = \"combined\"\n\
         [sink.archive]\n",
        stream.display(),
        datagram.display()
    ));
    let running = greffier.start(&["--config", &config]);
    let mut unix = UnixStream::connect(&stream).expect("it listens");
    unix.write_all(&joined("monolog")).expect("it reads");
    let mut tcp = TcpStream::connect(running.tcp()).expect("it listens");
    tcp.write_all(&joined("combined")).expect("it reads");
    let sender = UnixDatagram::unbound().expect("a socket");
    let mut sent = lines("monolog").len() + lines("combined").len() + 2;
    for line in lines("json").iter().filter(|line| line.len() < 100_000) {
        sender.send_to(line, &datagram).expect("it reads");
        sent += 1;
    }
    drop((unix, tcp));
    let said = running.stop();
    assert_eq!(account(&said, "received "), sent as u64, "every line is accepted");
    assert_clean("the sidecar's log", said.as_bytes());
    assert_folder_clean(&greffier);
    let events: Vec<_> = archived(&greffier.data()).into_iter().map(|(_, event)| event).collect();
    assert!(events.len() > 10, "requests and broken lines are kept");
    assert_clean("the events", serde_json::to_string(&events).expect("JSON").as_bytes());
}

/// Every reading command shows nothing personal, but the one that was asked to.
fn read_back(greffier: &Greffier, config: &str) {
    let query = format!("email:{WORD}@example.org");
    let found = greffier.run(&["--config", config, "--json", "search", "-"], query.as_bytes());
    assert_eq!(found.code, 0, "{}", found.stderr);
    assert_clean("search", found.stdout.as_bytes());
    assert_clean("search's log", found.stderr.as_bytes());
    let first = found.stdout.lines().next().expect("a row");
    let row: serde_json::Value = serde_json::from_str(first).expect("JSON");
    let id = row["event"]["id"].as_str().expect("an id");
    let shown = greffier.ok(&["--config", config, "show", id], b"");
    assert_clean("show", shown.as_bytes());
    let asked = ["--config", config, "reveal", id, "--reason", "ticket 4711"];
    let revealed = greffier.ok(&asked, b"");
    assert!(revealed.contains(WORD), "the search found what it was asked for");
    let wrong = greffier.run(&["--config", config, "search", &format!("{WORD}:{WORD}")], b"");
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
    assert_clean("a usage error", wrong.stderr.as_bytes());
    assert_folder_clean(greffier);
}

#[test]
fn a_wrong_configuration_does_not_repeat_its_values() {
    let greffier = Greffier::new();
    let config = greffier.write(
        "greffier.toml",
        format!(
            "version = \"{WORD}\"\n[service]\nname = \"{WORD} {WORD}\"\ntenant = {{ field = 3 }}\n\
             [[source]]\ntype = \"{WORD}\"\npath = \"{WORD}\"\n[spool]\nmax = \"{WORD}\"\n"
        ),
    );
    let ran = greffier.run(&["--config", config.to_str().expect("UTF-8"), "check"], b"");
    assert_eq!(ran.code, 78);
    let named = ran.stderr.replace(greffier.folder().to_str().expect("UTF-8"), "");
    assert_clean("the problems", named.as_bytes());
}
