//! A spool that is full: requests are dropped and counted, audit records wait, and nothing acknowledged is lost.

use crate::support::{Greffier, account, archived, post};
use serde_json::json;
use std::fs;

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

#[test]
fn a_full_spool_drops_requests_and_makes_audit_records_wait() {
    let greffier = Greffier::new();
    let config = greffier.configure(CONFIG);
    let blocked = greffier.data().join("archive/requests");
    fs::create_dir_all(greffier.data().join("archive")).expect("a folder");
    fs::write(&blocked, b"not a folder").expect("a file");
    let mut running = greffier.start(&["--config", &config]);
    let address = running.address();

    for number in 0..14 {
        assert_eq!(status(&post(&address, "json", &large(number, "GET"))), 202);
    }
    running.until("the spool is full");

    // The reserved share, then no more: at first they wait, then there is no room to wait in either.
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let address = &address;
        let post =
            |number| scope.spawn(move || status(&post(address, "json", &large(number, "POST"))));
        let posts: Vec<_> = (0..40).map(post).collect();
        running.until("the spool cannot take more; sources wait");
        std::thread::sleep(std::time::Duration::from_secs(6));
        fs::remove_file(&blocked).expect("a file");
        posts.into_iter().map(|post| post.join().expect("an answer")).collect()
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
