//! What whoever runs the sidecar sees: metrics that balance, probes, the live view, doctor, schema.

use crate::support::scrape::{Scrape, get, get_with};
use crate::support::{Greffier, METRICS, Running, account, files, post};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

const HTTP: &str = "version = 1\n[service]\nname = \"shop\"\ninstance = \"web-1\"\n[[source]]\ntype = \"http\"\n\
    listen = \"127.0.0.1:0\"\nformat = \"json\"\n[sink.archive]\n";

fn line(number: usize, method: &str, status: u16) -> Value {
    let folder = if method == "POST" { "admin" } else { "p" };
    json!({"method": method, "url": format!("/{folder}/{number}"), "status": status,
        "user_id": format!("u-{}", number % 5), "email": "ada@exemple.fr", "request_id": format!("{number:032x}")})
}

fn record(number: usize) -> Value {
    json!({"level": "debug", "logger": "app", "message": "looking for ada@exemple.fr",
        "request_id": format!("{number:032x}")})
}

/// Forty requests: some fail, some post, each with two records of its own.
fn traffic(from: usize) -> (usize, Vec<u8>) {
    let lines = (from..from + 40).flat_map(|number| {
        let (method, status) = (["GET", "POST"][number % 2], [200, 200, 500][number % 3]);
        [record(number), record(number), line(number, method, status)]
    });
    let lines: Vec<_> = lines.map(|line| line.to_string()).collect();
    (lines.len(), (lines.join("\n") + "\n").into_bytes())
}

fn send(running: &Running, count: usize) {
    let lines: Vec<_> = (0..count).map(|number| line(number, "GET", 200).to_string()).collect();
    let answer = post(&running.address(), "json", (lines.join("\n") + "\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

/// Waits until the archive has everything.
fn caught_up(running: &mut Running) -> Scrape {
    loop {
        let scrape = running.scrape();
        if scrape.sum("greffier_events_backlog", &[]) == 0 {
            return scrape;
        }
        running.until("shipped");
    }
}

#[test]
fn the_account_balances_in_every_scrape_during_traffic_and_after() {
    let greffier = Greffier::new();
    let config = greffier.configure(HTTP);
    let mut running = greffier.start(&["--config", &config]);
    let done = AtomicBool::new(false);
    let (address, admin) = (running.address(), running.admin().expect("metrics"));
    let first = Scrape::of(&admin);
    assert_eq!(first.sum("greffier_records_received_total", &[]), 0);
    let scrapes = std::thread::scope(|scope| {
        let scraper = scope.spawn(|| {
            let mut scrapes = vec![first];
            while !done.load(Ordering::Relaxed) {
                scrapes.push(Scrape::of(&admin));
            }
            scrapes
        });
        let address = &address;
        let sender = |thread: usize| {
            scope.spawn(move || {
                for round in 0..6 {
                    let answer = post(address, "json", &traffic(thread * 1_000 + round * 40).1);
                    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
                }
            })
        };
        let senders: Vec<_> = (0..4).map(sender).collect();
        senders.into_iter().for_each(|sender| sender.join().expect("it sends"));
        done.store(true, Ordering::Relaxed);
        scraper.join().expect("it scrapes")
    });
    let counts: Vec<_> =
        scrapes.iter().map(|scrape| scrape.sum("greffier_records_received_total", &[])).collect();
    assert!(counts.is_sorted() && counts.len() > 1, "{counts:?}");

    let last = caught_up(&mut running);
    let received = 4 * 6 * traffic(0).0 as u64;
    assert_eq!(last.sum("greffier_records_received_total", &["source=\"http\""]), received);
    let sealed = last.sum("greffier_events_sealed_total", &[]);
    assert_eq!(last.sum("greffier_events_shipped_total", &["sink=\"archive\""]), sealed);
    assert!(last.sum("greffier_events_sealed_total", &["stream=\"audit\""]) > 0);
    assert!(last.sum("greffier_spool_append_seconds_count", &[]) > 0);
    assert_eq!(last.sum("greffier_sink_up", &["sink=\"archive\""]), 1);

    let said = running.stop();
    assert_eq!(account(&said, "received "), received);
    assert!(account(&said, "shipped to archive ") >= sealed, "held lines were decided at the end");
}

#[test]
fn the_account_balances_over_a_restart_with_a_backlog() {
    let greffier = Greffier::new();
    let config = greffier.configure(HTTP);
    let blocked = greffier.data().join("archive/requests");
    fs::create_dir_all(greffier.data().join("archive")).expect("a folder");
    fs::write(&blocked, b"not a folder").expect("a file");
    let arguments = ["--config", &*config, "--deadline", "2"];
    let mut running = greffier.start(&arguments);
    send(&running, 20);
    running.until("not delivered");
    let said = running.stop();
    assert_eq!(account(&said, "; "), 20, "wait for archive: {said}");

    let mut running = greffier.start(&arguments);
    send(&running, 7);
    running.until("not delivered");
    let scrape = running.scrape();
    let of = |name: &str| scrape.sum(name, &["sink=\"archive\""]);
    assert_eq!(of("greffier_events_recovered_total"), 20);
    assert_eq!(of("greffier_events_backlog"), 27);
    assert_eq!(of("greffier_sink_up"), 0);
    assert!(of("greffier_sink_errors_total") >= 1);
    let (status, says) = get(&running.admin().expect("metrics"), "/readyz?verbose");
    assert_eq!(status, 200, "a sink that is away does not make it unready: {says}");
    assert!(says.contains("warn  archive") && says.contains("27 events wait"), "{says}");

    fs::remove_file(&blocked).expect("a file");
    let scrape = caught_up(&mut running);
    let of = |name: &str| scrape.sum(name, &["sink=\"archive\""]);
    assert_eq!((of("greffier_events_shipped_total"), of("greffier_sink_up")), (27, 1));
    assert_eq!(scrape.sum("greffier_sink_oldest_seconds", &[]), 0);
    running.stop();
}

#[test]
fn probes_answer_those_who_may_ask() {
    let greffier = Greffier::new();
    let config = greffier.configure(HTTP);
    let running = greffier.start(&["--config", &config]);
    let admin = running.admin().expect("metrics");
    assert_eq!(get(&admin, "/livez"), (200, "alive\n".to_owned()));
    assert_eq!(get(&admin, "/readyz"), (200, "ready\n".to_owned()));
    let (_, says) = get(&admin, "/readyz?verbose");
    for check in ["sources", "pipeline", "spool", "recipients", "key_store", "archive"] {
        assert!(says.contains(&format!("ok    {check} ")), "{check}: {says}");
    }
    for (headers, status) in [
        ("Host: localhost\r\n", 200),
        ("Host: evil.example\r\n", 403),
        ("Host: localhost\r\nOrigin: https://evil.example\r\n", 403),
        ("Host: localhost\r\nOrigin: null\r\n", 403),
    ] {
        assert_eq!(get_with(&admin, "/metrics", headers).0, status, "{headers}");
    }
    assert_eq!(get(&admin, "/elsewhere").0, 404);
    let answer = post(&admin, "json", b"{}\n");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert_eq!(get(&admin, "/tap?stream=nothing").0, 400);

    let health = ["--config", &*config, "health", "--address", &*admin];
    assert_eq!(greffier.ok(&health, b""), "ready\n");
    running.stop();
    let ran = greffier.run(&health, b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("is the sidecar running?"), "{}", ran.stderr);
}

#[test]
fn without_the_table_nothing_answers_and_health_says_so() {
    let greffier = Greffier::new();
    let path = greffier.write("greffier.toml", HTTP);
    let path = path.to_str().expect("UTF-8");
    greffier.ok(&["--config", path, "keys", "init"], b"");
    let running = greffier.start(&["--config", path]);
    assert_eq!(running.admin(), None);
    running.stop();
    let ran = greffier.run(&["--config", path, "health"], b"");
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("[metrics]"), "{}", ran.stderr);
}

#[test]
fn while_it_drains_it_is_not_ready_and_a_second_signal_ends_at_once() {
    let greffier = Greffier::new();
    let config = greffier.configure(&HTTP.replace("archive", "stdout"));
    // Nobody reads its standard output: it cannot drain.
    let mut running = greffier.start(&["--config", &config, "--deadline", "3600"]);
    send(&running, 2_000);
    running.until("appended");
    let admin = running.admin().expect("metrics");
    running.term();
    running.until("draining");
    let (status, says) = get(&admin, "/readyz");
    assert_eq!((status, says.contains("draining")), (503, true), "{says}");
    assert_eq!(get(&admin, "/livez").0, 200);
    running.scrape();
    running.term();
    let (code, said) = running.ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a second signal"), "{said}");
    assert_eq!(account(&said, "sealed "), 2_000);
}

#[test]
fn the_live_view_shows_what_was_asked_for_with_dots_for_what_is_sealed() {
    let greffier = Greffier::new();
    let config = greffier.configure(HTTP);
    let running = greffier.start(&["--config", &config]);
    let admin = running.admin().expect("metrics");
    let tap = ["--config", &*config, "--json", "tap", "--status", "5xx", "--address", &*admin];
    let mut viewer = greffier.command(&tap).spawn().expect("it starts");
    let mut said = BufReader::new(viewer.stderr.take().expect("piped")).lines();
    let first = said.next().expect("a line").expect("UTF-8");
    assert!(first.contains("watching"), "{first}");
    let lines = [line(1, "GET", 200), line(2, "POST", 503), line(3, "GET", 500)];
    let body: Vec<_> = lines.iter().map(ToString::to_string).collect();
    post(&running.address(), "json", body.join("\n").as_bytes());
    running.stop();
    let seen = viewer.wait_with_output().expect("it ends with the sidecar");
    assert_eq!(seen.status.code(), Some(0));
    let seen: Vec<Value> = String::from_utf8(seen.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!((&seen[0]["status"], &seen[0]["s"]), (&json!(503), &json!("audit")));
    assert_eq!((&seen[0]["pa"]["i"], &seen[1]["p"]["i"]), (&json!("•••"), &json!("•••")));
}

#[test]
fn doctor_says_what_to_do_and_changes_nothing() {
    let greffier = Greffier::new();
    let config = greffier.configure(HTTP);
    let doctor = ["--config", &*config, "doctor"];
    let before = files(greffier.folder());
    let ran = greffier.run(&doctor, b"");
    assert_eq!(files(greffier.folder()), before, "it changes nothing");
    for check in ["configuration", "recipients", "key store", "free space", "clock"] {
        let line = ran.stdout.lines().find(|line| line.contains(check));
        assert!(line.is_some_and(|line| !line.starts_with("FAIL")), "{check}: {}", ran.stdout);
    }

    let running = greffier.start(&["--config", &config]);
    send(&running, 3);
    let ran = greffier.run(&doctor, b"");
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    running.stop();

    let key = greffier.data().join("position.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("a mode");
    fs::write(greffier.data().join("recipients"), b"nobody").expect("a file");
    let ran = greffier.run(&["--config", &config, "--json", "doctor"], b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let failed: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|finding| finding["state"] == "fail")
        .collect();
    let checks: Vec<_> = failed.iter().filter_map(|finding| finding["check"].as_str()).collect();
    assert_eq!(checks, ["recipients", "position key"], "{failed:?}");
    assert!(failed[1]["found"].as_str().expect("text").contains("chmod 600"));

    fs::write(&config, format!("version = 1\nwrong = true\n{METRICS}")).expect("a file");
    let ran = greffier.run(&doctor, b"");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("unknown key `wrong`"), "{}", ran.stdout);
}

#[test]
fn the_schema_is_one_json_document() {
    let schema = Greffier::new().ok(&["config", "schema"], b"");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["version"]));
    assert!(schema["$defs"]["metrics"]["properties"]["listen"].is_object());
}
