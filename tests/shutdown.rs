//! The end of a sidecar: in order, in time, and without a loss, whatever hangs or fails.

use crate::support::{Greffier, Running, account, archived, events, post};
use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

const HTTP: &str = "version = 1\n[service]\nname = \"shop\"\ninstance = \"web-1\"\n[[source]]\ntype = \"http\"\n\
    listen = \"127.0.0.1:0\"\nformat = \"json\"\n";

const STDIN: &str = "version = 1\n[service]\nname = \"shop\"\ninstance = \"web-1\"\n[[source]]\ntype = \"stdin\"\n\
    format = \"json\"\n";

fn lines(count: usize) -> String {
    let line = |n| {
        format!("{{\"method\":\"GET\",\"url\":\"/p/{n}\",\"status\":200,\"user_id\":\"u-{n}\"}}\n")
    };
    (0..count).map(line).collect()
}

fn send(running: &Running, count: usize) {
    let answer = post(&running.address(), "json", lines(count).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

/// How long a stop took.
fn stop(running: Running) -> (String, Duration) {
    let start = Instant::now();
    (running.stop(), start.elapsed())
}

#[test]
fn a_sink_that_fails_for_ever_holds_nobody_and_loses_nothing() {
    let greffier = Greffier::new();
    let config = greffier.configure(&format!("{HTTP}[sink.archive]\n"));
    let blocked = greffier.data().join("archive/requests");
    fs::create_dir_all(greffier.data().join("archive")).expect("a folder");
    fs::write(&blocked, b"not a folder").expect("a file");
    let mut running = greffier.start(&["--config", &config, "--deadline", "2"]);
    send(&running, 20);
    running.until("not delivered");
    let (said, took) = stop(running);
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(said.contains("left in the spool"), "{said}");
    assert_eq!((account(&said, "sealed "), account(&said, "shipped to archive ")), (20, 0));

    fs::remove_file(&blocked).expect("a file");
    let mut running = greffier.start(&["--config", &config]);
    running.until("shipped");
    running.stop();
    assert_eq!(archived(&greffier.data()).len(), 20);
}

#[test]
fn an_output_nobody_reads_does_not_hold_the_stop() {
    let greffier = Greffier::new();
    let config = greffier.configure(&format!("{HTTP}[sink.stdout]\n"));
    let mut running = greffier.start(&["--config", &config, "--deadline", "2"]);
    send(&running, 2_000);
    running.until("appended");
    let (said, took) = stop(running);
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(said.contains("left in the spool"), "{said}");
}

#[test]
fn standard_input_that_stays_open_does_not_hold_the_stop() {
    let greffier = Greffier::new();
    let config = greffier.configure(&format!("{STDIN}[sink.archive]\n"));
    let mut running = greffier.start(&["--config", &config]);
    let input = running.stdin.as_mut().expect("piped");
    input.write_all(lines(3).as_bytes()).expect("it reads");
    running.until("shipped");
    let (said, took) = stop(running);
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(account(&said, "shipped to archive "), 3);
    assert!(!said.contains("left in the spool"), "{said}");
}

#[test]
fn a_sink_that_ends_ends_the_process_once_the_others_have_shipped() {
    let greffier = Greffier::new();
    let config = greffier.configure(&format!("{STDIN}[sink.archive]\n[sink.stdout]\n"));
    let mut child = greffier.command(&["--config", &config, "run"]).spawn().expect("it starts");
    drop(child.stdout.take());
    child.stdin.as_mut().expect("piped").write_all(lines(3).as_bytes()).expect("it reads");
    let stdin = child.stdin.take();
    let ended = child.wait_with_output().expect("it ends by itself, though its input stays open");
    drop(stdin);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("sink stdout has ended"), "{said}");
    assert_eq!(archived(&greffier.data()).len(), 3, "{said}");
}

#[test]
fn one_data_folder_is_for_one_sidecar() {
    let greffier = Greffier::new();
    let config = greffier.configure(&format!("{HTTP}[sink.archive]\n"));
    let running = greffier.start(&["--config", &config]);
    let ran = greffier.run(&["--config", &config, "run"], b"");
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("another greffier"), "{}", ran.stderr);
    running.stop();
}

#[test]
fn a_sink_that_was_removed_is_given_up_by_name_only() {
    let greffier = Greffier::new();
    let both = greffier.configure(&format!("{STDIN}[sink.archive]\n[sink.stdout]\n"));
    let ran = greffier.run(&["--config", &both, "run"], lines(2).as_bytes());
    assert_eq!((ran.code, events(&ran.stdout).len()), (0, 2), "{}", ran.stderr);
    let forget = ["--config", both.as_str(), "spool", "forget-sink", "stdout"];
    assert_eq!(greffier.run(&forget, b"").code, 1, "it is configured");

    fs::write(&both, format!("{STDIN}[sink.archive]\n")).expect("a file");
    let ran = greffier.run(&["--config", &both, "run"], b"");
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("greffier spool forget-sink stdout"), "{}", ran.stderr);
    assert_eq!(greffier.run(&forget, b"").code, 0);
    assert_eq!(greffier.run(&forget, b"").code, 3, "there is none any more");
    greffier.ok(&["--config", &both, "run"], lines(1).as_bytes());

    let segments = events(&greffier.ok(&["--config", &both, "--json", "spool", "check"], b""));
    let kept: u64 = segments.iter().filter_map(|segment| segment["events"].as_u64()).sum();
    assert_eq!(kept, 3, "the newest segment stays: {segments:?}");
    assert!(segments.iter().all(|segment| segment["damage"] == serde_json::json!([])));
}

#[test]
fn days_whose_retention_is_over_leave_the_archive() {
    let greffier = Greffier::new();
    let config = greffier.configure(&format!("{STDIN}[sink.archive]\n"));
    let requests = greffier.data().join("archive/requests");
    fs::create_dir_all(&requests).expect("a folder");
    let (over, kept) = (requests.join("2001-01-01.db"), requests.join("2100-01-01.db"));
    fs::write(&over, b"").expect("a file");
    fs::write(&kept, b"").expect("a file");
    let mut running = greffier.start(&["--config", &config]);
    if !running.said.contains("have left the archive") {
        running.until("have left the archive");
    }
    running.stop();
    assert!(!over.exists() && kept.exists());
}
