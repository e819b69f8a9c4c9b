//! The proxy's line and the application's: joined by request id, so that the proxy's has a person too.

use crate::support::{Greffier, account, archived};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

fn proxy(number: u32, status: u16) -> Value {
    json!({"time": "2026-11-21T20:32:46+00:00", "msec": 1_795_293_166.197, "request_id": format!("{number:032x}"),
        "remote_addr": "203.0.113.44", "method": "GET", "host": "www.exemple.fr",
        "uri": "/page/1?mail=ada@exemple.fr", "status": status, "request_time": 0.020,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
}

fn application(number: u32, user: u32) -> Value {
    json!({"message": "http_request", "level": 200, "level_name": "INFO", "channel": "http_audit",
        "datetime": "2026-11-21T21:32:46.4+01:00",
        "extra": {"process_id": 7, "hostname": "vm", "request_id": format!("{number:032x}")},
        "context": {"instance": "web-1", "date": "2026-11-21T20:32:46.197Z", "request_id": format!("{number:032x}"),
            "method": "GET", "url": "http://www.exemple.fr/page/1", "user_id": user,
            "user_email": "ada@exemple.fr", "user_roles": ["ROLE_USER"], "ip": "203.0.113.44", "route": "page_show",
            "user_agent": "x", "status": 200, "duration_ms": 12.5}})
}

fn append(log: &Path, lines: &[Value]) {
    let mut file = OpenOptions::new().create(true).append(true).open(log).expect("a writable log");
    for line in lines {
        writeln!(file, "{line}").expect("a writable log");
    }
}

#[test]
fn the_line_of_the_proxy_is_sealed_for_the_person_of_the_application_s() {
    let greffier = Greffier::new();
    let (nginx, php) = (greffier.folder().join("nginx.json"), greffier.folder().join("php.json"));
    let config = greffier.configure(&format!(
        "version = 1\n[service]\nname = \"social\"\ninstance = \"web-1\"\n\
         [[source]]\nname = \"nginx\"\ntype = \"file\"\npaths = [\"{}\"]\nformat = \"nginx-json\"\n\
         [[source]]\nname = \"php\"\ntype = \"file\"\npaths = [\"{}\"]\nformat = \"monolog\"\n\
         [context]\njoin = [[\"php\", \"nginx\"]]\n[sink.archive]\n",
        nginx.display(),
        php.display()
    ));
    let mut running = greffier.start(&["--config", &config]);
    // The proxy's line first, as when a long answer is still being written: the person comes after it.
    append(&nginx, &[proxy(1, 200), proxy(2, 404)]);
    append(&php, &[application(1, 1003)]);
    let length = std::fs::metadata(&nginx).expect("a log").len();
    running.until(&format!("caught up source=\"nginx\" offset={length}"));
    let said = running.stop();
    assert_eq!(account(&said, "received "), 3);
    assert_eq!(account(&said, "sealed "), 3);

    let events: Vec<Value> =
        archived(&greffier.data()).into_iter().map(|(_, event)| event).collect();
    let find = |src: &str, status: u16| {
        events
            .iter()
            .find(|event| event["src"] == src && event["status"] == status)
            .expect("an event")
    };
    let person = &find("app", 200)["k"];
    assert!(person.is_string());
    assert_eq!(find("app", 200)["req"], find("proxy", 200)["req"]);
    assert_eq!(find("proxy", 200)["k"], *person, "the person of the request");
    assert!(find("proxy", 200)["p"].is_object(), "what is not clear is sealed for them");
    let alone = find("proxy", 404);
    assert!(alone["k"].is_null() && alone["ku"].is_null(), "nobody is known: {alone}");
    assert!(!format!("{events:?}").contains("ada@exemple.fr"));
}
