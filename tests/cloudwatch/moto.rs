//! Against moto: groups, read back by boto3 and the aws command line; starts and stops; nothing planted shows.

use super::{KEY, config, greffier, views};
use crate::support::aws::{Moto, SECRET};
use crate::support::leaks::Views;
use crate::support::{account, capture, post};
use serde_json::Value;
use std::collections::BTreeSet;

const STREAMS: [&str; 3] = ["requests", "audit", "errors"];

fn group(stream: &str) -> String {
    format!("/greffier/social/{stream}")
}

#[test]
fn the_captured_traffic_is_in_its_groups_with_retention_and_key_and_every_line_is_counted() {
    let (moto, greffier) = (Moto::start(), greffier());
    let config = greffier.configure(&config(moto.endpoint(), &format!("kms_key = \"{KEY}\"")));
    let running = greffier.start(&["--config", &config]);
    let lines = [
        capture("symfony/monolog_json_all_levels.json.log"),
        capture("symfony/http_audit.json.log"),
    ];
    for lines in &lines {
        let answer = post(&running.address(), "monolog", lines);
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }
    let said = running.stop();
    let sealed = account(&said, "sealed ");
    assert!(sealed > 200, "{said}");
    assert_eq!(account(&said, "shipped to cloudwatch "), sealed, "{said}");

    let groups = moto.boto3("pages('describe_log_groups', 'logGroups')");
    let groups = groups.as_array().expect("groups");
    let names: BTreeSet<_> = groups.iter().filter_map(|one| one["logGroupName"].as_str()).collect();
    assert_eq!(names, STREAMS.map(group).iter().map(String::as_str).collect());
    for one in groups {
        assert_eq!((&one["retentionInDays"], &one["kmsKeyId"]), (&90.into(), &KEY.into()), "{one}");
    }
    let streams = moto.boto3(
        "pages('describe_log_streams', 'logStreams', logGroupName='/greffier/social/audit')",
    );
    assert_eq!(streams[0]["logStreamName"], "-/web-1");

    let mut all = 0;
    for stream in STREAMS {
        let by_cli = moto.messages(&group(stream));
        assert_eq!(by_cli.len() as u64, account(&said, &format!("({stream} ")), "{stream}");
        assert!(by_cli.iter().all(|event| event["s"] == stream));
        let by_boto3 = moto.boto3(&format!(
            "[json.loads(e['message']) for e in pages('filter_log_events', 'events', logGroupName='{}')]",
            group(stream)
        ));
        assert_eq!(by_boto3.as_array().expect("events"), &by_cli, "both read the same");
        all += by_cli.len() as u64;
    }
    assert_eq!(all, sealed);
    let audit = moto.messages(&group("audit"));
    let worked = audit.iter().find(|event| event["route"] == "alarm_raise").expect("a POST");
    assert_eq!(worked["post"]["severity"], "n", "the names of posted fields are readable");
    assert!(
        worked["pu"]["c"].is_string() && worked["pa"]["i"].is_string(),
        "the values are sealed"
    );
    assert!(!worked.to_string().contains("GRV-001"));
}

#[test]
fn ten_stops_and_starts_under_traffic_lose_nothing() {
    let (moto, greffier) = (Moto::start(), greffier());
    let config = greffier.configure(&config(moto.endpoint(), ""));
    let mut sealed = 0;
    for round in 0..10 {
        // Too short a deadline to ship everything: the next start does.
        let running = greffier.start(&["--config", &config, "--deadline", "1"]);
        let answer = post(&running.address(), "json", &views(round * 100..(round + 1) * 100));
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
        if round % 2 == 0 {
            sealed += account(&running.stop(), "sealed ");
        } else {
            running.kill();
            sealed += 100;
        }
    }
    assert_eq!(sealed, 1_000);
    greffier.start(&["--config", &config]).stop();
    let events = moto.messages(&group("requests"));
    let ids: BTreeSet<_> = events.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(ids.len(), 1_000, "each event by its id; {} came twice", events.len() - ids.len());
}

#[test]
fn another_retention_is_set_right_and_read_back() {
    let (moto, greffier) = (Moto::start(), greffier());
    moto.boto3("[logs.create_log_group(logGroupName='/greffier/social/requests'), logs.put_retention_policy(logGroupName='/greffier/social/requests', retentionInDays=30)]");
    let config = greffier.configure(&config(moto.endpoint(), ""));
    let mut running = greffier.start(&["--config", &config]);
    running.until("expected a retention of 90 days, found 30");
    post(&running.address(), "json", &views(0..5));
    running.until("shipped");
    running.stop();
    assert_eq!(moto.messages(&group("requests")).len(), 5);
    let groups = moto.boto3("logs.describe_log_groups()['logGroups']");
    assert_eq!(groups[0]["retentionInDays"], 90);
}

#[test]
fn doctor_looks_at_the_groups_and_changes_nothing() {
    let (moto, greffier) = (Moto::start(), greffier());
    let config = greffier.configure(&config(moto.endpoint(), ""));
    let doctor = || {
        let ran = greffier.run(&["--config", &config, "doctor"], b"");
        let mut lines = ran.stdout.lines();
        let line = lines.find(|line| line.contains("sink cloudwatch")).map(str::to_owned);
        (ran.code, line.expect("a line about the sink"))
    };
    let (code, line) = doctor();
    assert!(code == 0 && line.starts_with("ok") && line.contains("0 of 6"), "{line}");
    moto.boto3("[logs.create_log_group(logGroupName='/greffier/social/requests'), logs.put_retention_policy(logGroupName='/greffier/social/requests', retentionInDays=30)]");
    let (code, line) = doctor();
    assert!(code == 1 && line.starts_with("FAIL"), "{line}");
    assert!(line.contains("expected a retention of 90 days, found 30"), "{line}");
    let groups = moto.boto3("logs.describe_log_groups()['logGroups']");
    assert_eq!(
        (groups.as_array().map(Vec::len), &groups[0]["retentionInDays"]),
        (Some(1), &30.into())
    );
}

#[test]
fn nothing_planted_shows_in_the_groups_or_the_log() {
    let (moto, greffier) = (Moto::start(), greffier());
    let config = greffier.configure(&config(moto.endpoint(), ""));
    let running = greffier.start(&["--config", &config]);
    let planted = "kanari";
    let lines = format!(
        "{{\"method\":\"POST\",\"url\":\"/admin/{planted}?q={planted}\",\"status\":500,\"user_id\":\"{planted}\",\
         \"email\":\"{planted}@example.org\",\"post\":{{\"note\":\"{planted}\"}},\"client_ip\":\"198.51.100.237\",\
         \"error\":\"mail to {planted}@example.org failed\"}}\n{planted}@example.org {{broken\n"
    );
    let answer = post(&running.address(), "json", lines.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let said = running.stop();
    assert_eq!(account(&said, "shipped to cloudwatch "), 2, "{said}");
    let kept: Vec<Value> =
        STREAMS[..2].iter().flat_map(|stream| moto.messages(&group(stream))).collect();
    assert_eq!(kept.len(), 2);
    let views = Views::of(Value::from(kept).to_string().as_bytes());
    assert!(!views.show(planted) && !views.show("198.51.100.237"));
    let views = Views::of(said.as_bytes());
    assert!(!views.show(planted) && !views.show("198.51.100.237"));
    assert!(!said.contains(SECRET) && !said.contains("AKIAEXAMPLE"), "no credentials in the log");
}
