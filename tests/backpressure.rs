//! A spool that is full: requests are dropped and counted, audit records wait, and nothing acknowledged is lost.

use crate::support::{Greffier, account, archived, post};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

const CONFIG: &str = "version = 1\n[service]\nname = \"shop\"\ninstance = \"web-1\"\n[[source]]\ntype = \"http\"\n\
    listen = \"127.0.0.1:0\"\nformat = \"json\"\n[spool]\nmax = \"4MiB\"\nsegment = \"1MiB\"\n[sink.archive]\n";

/// A request line that fills about 400 kB of the spool.
fn large(number: usize, method: &str) -> Vec<u8> {
    let mut line = json!({"method": method, "url": format!("/admin/{number}"), "status": 200, "user_id": "u-1",
        "note": "x".repeat(300_000)});
    if method == "POST" {
        line["post"] = json!({"title": "x".repeat(300_000)});
    }
    format!("{line}\n").into_bytes()
}

fn status(answer: &str) -> u16 {
    let word = answer.split_whitespace().nth(1).expect("an HTTP answer");
    word.parse().expect("a status")
}

/// Keeps the archive from taking a stream.
fn block(greffier: &Greffier, stream: &str) -> PathBuf {
    let archive = greffier.data().join("archive");
    fs::create_dir_all(&archive).expect("a folder");
    fs::write(archive.join(stream), b"not a folder").expect("a file");
    archive.join(stream)
}

#[test]
fn a_full_spool_drops_requests_and_makes_audit_records_wait() {
    let greffier = Greffier::new();
    let config = greffier.configure(CONFIG);
    let blocked = block(&greffier, "requests");
    let mut running = greffier.start(&["--config", &config]);
    let address = running.address();

    for number in 0..14 {
        assert_eq!(status(&post(&address, "json", &large(number, "GET"))), 202);
    }
    running.until("the spool is full");

    // The reserved share, then no more: at first they wait, then there is no room to wait in either.
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let (answer, answered) = sync_channel(40);
        for number in 0..40 {
            let (answer, address) = (answer.clone(), &address);
            scope.spawn(move || {
                let status = status(&post(address, "json", &large(number, "POST")));
                answer.send(status).expect("the receiver lives");
            });
        }
        drop(answer);
        running.until("the spool cannot take more; sources wait");
        let mut answers: Vec<u16> = Vec::new();
        while answers.last() != Some(&503) {
            answers.push(answered.recv().expect("one is refused"));
        }
        fs::remove_file(&blocked).expect("a file");
        answers.extend(answered);
        answers
    });
    let stored = answers.iter().filter(|answer| **answer == 202).count();
    let refused = answers.iter().filter(|answer| **answer == 503).count();
    assert_eq!(stored + refused, 40, "{answers:?}");
    assert!(stored >= 9 && refused >= 1, "{answers:?}");

    let said = running.stop();
    let dropped = account(&said, "dropped(spool_full) ");
    assert!(dropped >= 2, "{said}");
    assert_eq!(account(&said, "received "), 14 + stored as u64);
    let events = archived(&greffier.data());
    let audit = events.iter().filter(|(stream, _)| stream == "audit").count();
    assert_eq!((audit, events.len() - audit), (stored, 14 - dropped as usize));
}

#[test]
fn a_pipeline_that_cannot_go_on_is_given_up_and_its_senders_told() {
    let greffier = Greffier::new();
    let config = greffier.configure(CONFIG);
    let blocked = block(&greffier, "audit");
    let mut running = greffier.start(&["--config", &config, "--deadline", "4"]);
    let address = running.address();
    let stopping = &AtomicBool::new(false);
    let (answers, ended, took) = std::thread::scope(|scope| {
        let address = &address;
        // On a slow machine some are told to come again before the spool is full: they do.
        let post = |number| {
            scope.spawn(move || {
                loop {
                    let status = status(&post(address, "json", &large(number, "POST")));
                    if status == 202 || stopping.load(Ordering::Relaxed) {
                        return status;
                    }
                }
            })
        };
        let posts: Vec<_> = (0..24).map(post).collect();
        running.until("the spool cannot take more; sources wait");
        stopping.store(true, Ordering::Relaxed);
        let start = Instant::now();
        let ended = running.end();
        let took = start.elapsed();
        let answers: Vec<u16> =
            posts.into_iter().map(|post| post.join().expect("an answer")).collect();
        (answers, ended, took)
    });
    let (code, said) = ended;
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("could not be stored in time"), "{said}");
    let stored = answers.iter().filter(|answer| **answer == 202).count();
    assert!(answers.iter().all(|answer| matches!(answer, 202 | 503)), "{answers:?}");
    assert_eq!(account(&said, "sealed "), stored as u64, "202 means durable, and nothing else is");

    fs::remove_file(&blocked).expect("a file");
    let mut running = greffier.start(&["--config", &config]);
    running.until("shipped");
    running.stop();
    assert_eq!(archived(&greffier.data()).len(), stored);
}
