//! Bad days, each with its own words in the log, and every event still there afterwards.

use super::{KEY, config, greffier, views};
use crate::support::aws::{Moto, REGION};
use crate::support::double::{Answer, Asked, serve};
use crate::support::{Greffier, account, post};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Five lines arrive; the log says `words`; nothing is shipped, and all of it is in the spool.
fn held(greffier: &Greffier, config: &str, words: &[&str]) {
    let mut running = greffier.start(&["--config", config, "--deadline", "2"]);
    let answer = post(&running.address(), "json", &views(0..5));
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let line = running.until("not delivered");
    for word in words {
        assert!(line.contains(word), "{word}: {line}");
    }
    let said = running.stop();
    assert!(said.contains("left in the spool"), "{said}");
    assert_eq!((account(&said, "sealed "), account(&said, "shipped to cloudwatch ")), (5, 0));
}

/// The same sidecar on a good day: what waited is shipped.
fn recovers(greffier: Greffier) {
    let moto = Moto::start();
    let greffier = greffier.with(&crate::support::aws::environment());
    let path = greffier.write("greffier.toml", config(moto.endpoint(), ""));
    let mut running = greffier.start(&["--config", path.to_str().expect("UTF-8")]);
    running.until("shipped");
    running.stop();
    assert_eq!(moto.messages("/greffier/social/requests").len(), 5);
}

/// A group that is as promised, and puts that end as the script says.
fn puts(script: impl Fn(&Asked) -> Answer + Send + 'static) -> String {
    serve(move |asked| match asked.operation.as_str() {
        "DescribeLogGroups" => Answer::group(asked, Some(90), None),
        "PutLogEvents" => script(asked),
        _ => Answer::ok(&json!({})),
    })
    .0
}

#[test]
fn without_credentials_it_starts_and_spools() {
    let greffier = Greffier::new().with(&[("AWS_EC2_METADATA_DISABLED", "true")]);
    let path = greffier.configure(&config("http://127.0.0.1:9", ""));
    held(&greffier, &path, &["no credentials", "AWS_ACCESS_KEY_ID"]);
    recovers(greffier);
}

#[test]
fn a_server_that_is_away_loses_nothing() {
    let greffier = greffier();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let path = greffier.configure(&config(&nobody, ""));
    held(&greffier, &path, &["cannot be reached", "endpoint_url"]);
    recovers(greffier);
}

#[test]
fn refusals_say_what_to_do() {
    let expired = "Signature expired: 20261122T010000Z is now earlier than 20261122T011500Z";
    let region = "Credential should be scoped to a valid region, not 'eu-west-3'.";
    for (code, message, words) in [
        ("InvalidSignatureException", expired, ["clock is wrong", "NTP"]),
        ("InvalidSignatureException", region, ["another region", "endpoint_url"]),
        ("ExpiredTokenException", "…", ["have expired", "renew them"]),
        ("UnrecognizedClientException", "…", ["unknown there", "access key"]),
        ("AccessDeniedException", "…", ["may not do this", "docs/cloudwatch.md"]),
    ] {
        let greffier = greffier();
        let path =
            greffier.configure(&config(&puts(move |_| Answer::error(400, code, message)), ""));
        held(&greffier, &path, &words);
    }
}

#[test]
fn a_retention_that_does_not_take_holds_the_group() {
    let greffier = greffier();
    let (endpoint, asked) = serve(|asked| match asked.operation.as_str() {
        "DescribeLogGroups" => Answer::group(asked, Some(365), None),
        _ => Answer::ok(&json!({})),
    });
    let path = greffier.configure(&config(&endpoint, ""));
    held(
        &greffier,
        &path,
        &["/greffier/social/requests", "retention of 90 days", "found 365", "policy"],
    );
    assert!(asked.try_iter().all(|asked| asked.operation != "PutLogEvents"), "fails closed");
    recovers(greffier);
}

#[test]
fn a_group_without_its_key_gets_nothing() {
    let greffier = greffier();
    let (endpoint, asked) = serve(|asked| match asked.operation.as_str() {
        "DescribeLogGroups" => Answer::group(asked, Some(90), None),
        "AssociateKmsKey" => Answer::error(400, "AccessDeniedException", "…"),
        _ => Answer::ok(&json!({})),
    });
    let path = greffier.configure(&config(&endpoint, &format!("kms_key = \"{KEY}\"")));
    held(&greffier, &path, &["found none", "logs:AssociateKmsKey"]);
    assert!(asked.try_iter().all(|asked| asked.operation != "PutLogEvents"), "fails closed");
}

#[test]
fn a_region_that_residency_does_not_list_is_refused_before_anything_starts() {
    let greffier = greffier();
    let config = config("http://127.0.0.1:9", "")
        .replace(&format!("region = \"{REGION}\""), "region = \"us-east-1\"");
    let path = greffier.write("greffier.toml", config);
    for command in ["check", "run"] {
        let ran = greffier.run(&["--config", path.to_str().expect("UTF-8"), command], b"");
        assert_eq!(ran.code, 78, "{}", ran.stderr);
        assert!(ran.stderr.contains("not in [service] residency"), "{}", ran.stderr);
    }
}

#[test]
fn an_empty_200_is_no_acknowledgement() {
    let greffier = greffier();
    let endpoint =
        puts(|_| Answer { headers: Vec::new(), body: String::new(), ..Answer::ok(&json!({})) });
    let path = greffier.configure(&config(&endpoint, ""));
    held(&greffier, &path, &["not CloudWatch Logs", "proxies"]);
}

#[test]
fn throttling_is_waited_for_and_a_refused_group_holds_no_other() {
    let greffier = greffier();
    let throttled = AtomicBool::new(true);
    let endpoint = puts(move |asked| match asked.body["logGroupName"].as_str() {
        Some("/greffier/social/audit") => Answer::error(400, "AccessDeniedException", "…"),
        _ if throttled.swap(false, Ordering::Relaxed) => {
            Answer::error(400, "ThrottlingException", "Rate exceeded")
        }
        _ => Answer::ok(&json!({})),
    });
    let path = greffier.configure(&config(&endpoint, ""));
    let mut running = greffier.start(&["--config", &path, "--deadline", "2"]);
    let posted = "{\"method\":\"POST\",\"url\":\"/admin/x\",\"status\":200,\"user_id\":\"u-1\"}\n";
    post(&running.address(), "json", posted.as_bytes());
    running.until("may not do this");
    post(&running.address(), "json", &views(0..5));
    running.until("ThrottlingException");
    running.until("delivered again after an outage");
    let said = running.stop();
    assert_eq!((account(&said, "sealed "), account(&said, "shipped to cloudwatch ")), (6, 5));
}

#[test]
fn the_one_event_that_is_refused_is_found_set_aside_and_counted() {
    let greffier = greffier();
    let puts_made = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&puts_made);
    let endpoint = puts(move |asked| {
        counted.fetch_add(1, Ordering::Relaxed);
        let events = asked.body["logEvents"].as_array().expect("events");
        assert!(events.is_sorted_by_key(|event| event["timestamp"].as_i64()));
        let is_bad =
            |status: &str| events.iter().any(|e| e["message"].to_string().contains(status));
        if is_bad("\\\"status\\\":418") {
            Answer::error(400, "InvalidParameterException", "kanari")
        } else {
            Answer::ok(&json!({"nextSequenceToken": "1"}))
        }
    });
    let path = greffier.configure(&config(&endpoint, ""));
    let running = greffier.start(&["--config", &path]);
    let bad = "{\"method\":\"GET\",\"url\":\"/p\",\"status\":418}\n".to_owned();
    let lines = [views(0..9), bad.into_bytes(), views(9..20)].concat();
    post(&running.address(), "json", &lines);
    let said = running.stop();
    assert_eq!(account(&said, "sealed "), 21, "{said}");
    assert_eq!(account(&said, "shipped to cloudwatch "), 20, "{said}");
    assert_eq!(account(&said, "set aside for cloudwatch "), 1, "{said}");
    assert!(said.contains("quarantine") && !said.contains("kanari"), "{said}");
    assert!(puts_made.load(Ordering::Relaxed) < 15, "halved, not one by one");
}

#[test]
fn events_that_are_rejected_in_a_good_answer_are_set_aside_and_listed() {
    let greffier = greffier();
    let endpoint =
        puts(|_| Answer::ok(&json!({"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 2}})));
    let path = greffier.configure(&config(&endpoint, ""));
    let running = greffier.start(&["--config", &path]);
    post(&running.address(), "json", &views(0..5));
    let said = running.stop();
    assert_eq!(account(&said, "shipped to cloudwatch "), 3, "{said}");
    assert_eq!(account(&said, "set aside for cloudwatch "), 2, "{said}");
    let listed = greffier.ok(&["--config", &path, "--json", "spool", "rejected"], b"");
    let listed = crate::support::events(&listed);
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["sink"], "cloudwatch:requests");
    assert_eq!(listed[0]["reason"], "CloudWatch Logs calls it too old");
    assert_eq!(listed[0]["event"]["path"], "/{}/{}");
}
