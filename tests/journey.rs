//! From a line to the person who is asked about it: sealed, found, shown, opened with a reason.

use crate::support::{Greffier, account, archived, events, files};
use serde_json::{Value, json};
use std::path::Path;

const CONFIG: &str = r#"
version = 1
[service]
name = "social"
instance = "web-1"
[[source]]
type = "stdin"
format = "monolog"
[[audit.object]]
route = "admin_user_edit"
kind = "person"
id = "route_params.id"
[[audit.object]]
route = "admin_user_create"
kind = "person"
email = "post.email"
[[audit.object]]
route = "admin_content_*"
kind = "content"
id = "route_params.id"
[sink.archive]
"#;

struct Journey {
    greffier: Greffier,
    config: String,
}

impl Journey {
    fn new(config: &str) -> Self {
        let greffier = Greffier::new();
        let config = greffier.write("greffier.toml", config);
        let config = config.to_str().expect("UTF-8").to_owned();
        greffier.ok(&["--config", &config, "keys", "init"], b"");
        Self { greffier, config }
    }

    fn with<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--config", &self.config], arguments].concat()
    }

    /// Runs the sidecar over lines on standard input until they are archived.
    fn take_in(&self, lines: &[Value]) {
        let input: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let ran = self.greffier.run(&self.with(&["run"]), (input.join("\n") + "\n").as_bytes());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let received = account(&ran.stderr, "received ");
        assert_eq!(received, lines.len() as u64);
        assert_eq!(account(&ran.stderr, "shipped to archive "), account(&ran.stderr, "sealed "));
    }

    fn search(&self, query: &str) -> Vec<Value> {
        let ran = self.greffier.run(&self.with(&["--json", "search", "-"]), query.as_bytes());
        assert!(matches!(ran.code, 0 | 3), "{}", ran.stderr);
        events(&ran.stdout).into_iter().map(|mut row| row["event"].take()).collect()
    }

    fn reveal(&self, id: &str) -> Value {
        let ran = self
            .greffier
            .run(&self.with(&["--json", "reveal", id, "--reason", "ticket 4711"]), b"");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let mut all = serde_json::Map::new();
        for part in events(&ran.stdout) {
            let role = part["role"].as_str().expect("a role").to_owned();
            let opened = part["opened"].as_object().expect("opened").clone();
            let whole = all.entry(role).or_insert_with(|| json!({}));
            whole.as_object_mut().expect("an object").extend(opened);
        }
        all.into()
    }
}

fn request(number: u32, change: Value) -> Value {
    let mut context = json!({
        "instance": "ip-10-0-3-17", "date": "2026-11-21T20:32:46.197Z",
        "request_id": format!("{number:032x}"), "method": "GET", "url": "http://www.exemple.fr/page/1",
        "user_id": 1003, "user_email": "ada@exemple.fr", "user_roles": ["ROLE_USER"],
        "ip": "203.0.113.44", "ip_chain": ["203.0.113.44"], "route": "page_show",
        "route_params": null, "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "status": 200, "duration_ms": 12.5,
    });
    let changes = change.as_object().expect("an object").clone();
    context.as_object_mut().expect("an object").extend(changes);
    json!({"message": "http_request", "context": context, "level": 200, "level_name": "INFO",
        "channel": "http_audit", "datetime": "2026-11-21T21:32:46.4+01:00",
        "extra": {"process_id": 7, "hostname": "vm", "request_id": format!("{number:032x}")}})
}

fn post(number: u32, route: &str, params: Value, fields: Value) -> Value {
    request(
        number,
        json!({"method": "POST", "route": route, "route_params": params, "url": "http://www.exemple.fr/admin/x",
            "post": {"content_type": "application/json", "length": "9", "truncated": false, "json": fields}}),
    )
}

fn back_office() -> Vec<Value> {
    vec![
        post(1, "admin_user_edit", json!({"id": 42}), json!({"phone": "+33 6 12 34 56 78"})),
        post(
            2,
            "admin_user_create",
            json!(null),
            json!({"email": "new@exemple.fr", "lastName": "Dupré"}),
        ),
        post(3, "admin_content_edit", json!({"id": 812}), json!({"title": "Bulletin"})),
        post(
            4,
            "admin_settings",
            json!(null),
            json!({"plainPassword": "Tr0ub4dor&3", "theme": "dark"}),
        ),
    ]
}

#[test]
fn posted_values_are_sealed_for_their_target_and_never_for_the_actor() {
    let journey = Journey::new(CONFIG);
    journey.take_in(&back_office());
    let events: Vec<Value> =
        archived(&journey.greffier.data()).into_iter().map(|(_, e)| e).collect();
    assert!(events.iter().all(|event| event["s"] == "audit"));
    let posted = |event: &Value| (event["pt"]["c"].is_string(), event["pu"]["c"].is_string());
    let where_posted: Vec<_> = events.iter().map(posted).collect();
    assert_eq!(where_posted, [(true, false), (true, false), (false, true), (false, true)]);
    for event in &events {
        let opened = journey.reveal(event["id"].as_str().expect("an id"));
        let actor = opened["actor"].to_string();
        assert!(actor.contains("ada@exemple.fr") && !actor.contains("post"), "{actor}");
    }
    assert_eq!(events[2]["obj"], "content:812");
    assert!(events[3]["post"].get("plainPassword").is_none(), "not even the name of a password");

    let found =
        |query: &str| journey.search(query).iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!(found("user:42"), [events[0]["id"].clone()]);
    assert_eq!(found("email:new@exemple.fr"), [events[1]["id"].clone()]);
    assert_eq!(found("user:1003").len(), 4, "the actor is found by what they did");
    let opened = journey.reveal(events[1]["id"].as_str().expect("an id"));
    assert!(opened["target"].to_string().contains("Dupré"), "{opened}");
    let opened = journey.reveal(events[3]["id"].as_str().expect("an id"));
    assert!(!opened.to_string().contains("Tr0ub4dor"), "a password is nowhere");
}

#[test]
fn a_person_is_found_by_email_user_id_and_name_and_not_without_the_reading_keys() {
    let journey = Journey::new(&CONFIG.replace("\"monolog\"", "\"json\""));
    let line = |number: u32, user: &str, email: &str, name: &str| {
        json!({"timestamp": "2026-11-21T20:32:46.197Z", "method": "GET", "url": "/page/1", "status": 200,
            "user_id": user, "email": email, "full_name": name, "request_id": format!("{number:032x}")})
    };
    journey.take_in(&[
        line(1, "u-1", "ada@exemple.fr", "Ada Lovelace"),
        line(2, "u-2", "Zoë@exemple.fr", "Zoë Ångström"),
        line(3, "u-1", "ada@exemple.fr", "Ada Lovelace"),
    ]);
    for (query, hits) in [
        ("user:u-1", 2),
        ("email:ADA@Exemple.fr", 2),
        ("email:zoë@exemple.fr", 1),
        ("name:\"lovelace ada\"", 2),
        ("name:\"angstrom zoe\"", 1),
        ("user:u-3", 0),
        ("user:u-1 status:500", 0),
    ] {
        assert_eq!(journey.search(query).len(), hits, "{query}");
    }
    let reader = journey.greffier.data().join("reader");
    std::fs::rename(&reader, journey.greffier.folder().join("elsewhere")).expect("a rename");
    let ran = journey.greffier.run(&journey.with(&["search", "-"]), b"user:u-1");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("reading keys"), "it says why: {}", ran.stderr);
    assert_eq!(ran.stdout.trim(), "");
}

#[test]
fn a_reveal_needs_a_reason_and_leaves_its_trace_before_it_opens() {
    let journey = Journey::new(CONFIG);
    journey.take_in(&[request(1, json!({}))]);
    let id = journey.search("")[0]["id"].as_str().expect("an id").to_owned();

    let ran = journey.greffier.run(&journey.with(&["reveal", &id]), b"");
    assert_eq!(ran.code, 2, "{}", ran.stderr);

    let opened = journey.reveal(&id);
    assert!(opened["subject"].to_string().contains("ada@exemple.fr"), "{opened}");
    let access: Vec<_> = archived(&journey.greffier.data())
        .into_iter()
        .filter(|(stream, event)| stream == "access" && event["ev"] == "reveal")
        .collect();
    assert_eq!(access.len(), 1);
    let trace = journey.reveal(access[0].1["id"].as_str().expect("an id")).to_string();
    assert!(trace.contains("ticket 4711") && trace.contains("tester"), "{trace}");
    assert_no_rows_left(&journey.greffier.data());

    // A disk that fails under the access log: here its folder is a file.
    let access = journey.greffier.data().join("reader/access");
    std::fs::remove_dir_all(&access).expect("a folder");
    std::fs::write(&access, b"").expect("a file");
    let asked = journey.with(&["reveal", &id, "--reason", "ticket 4711"]);
    let ran = journey.greffier.run(&asked, b"");
    assert_ne!(ran.code, 0);
    assert_eq!(ran.stdout, "", "nothing is shown");
    assert!(!ran.stderr.contains("ada@exemple.fr"));
}

fn assert_no_rows_left(data: &Path) {
    for folder in ["spool/rows", "reader/access/rows"] {
        assert!(files(&data.join(folder)).is_empty(), "rows are left in {folder}");
    }
}

#[test]
fn many_readers_and_a_writer_at_once_are_safe() {
    let journey = Journey::new(CONFIG);
    journey.take_in(&[request(1, json!({}))]);
    let id = journey.search("")[0]["id"].as_str().expect("an id").to_owned();
    std::thread::scope(|scope| {
        let writers = (0..2).map(|_| scope.spawn(|| journey.reveal(&id)));
        let readers = (0..2).map(|_| scope.spawn(|| journey.search("user:1003")));
        for opened in writers.collect::<Vec<_>>() {
            let opened = opened.join().expect("a reveal");
            assert!(opened["subject"].to_string().contains("ada@exemple.fr"));
        }
        for found in readers.collect::<Vec<_>>() {
            assert_eq!(found.join().expect("a search").len(), 1);
        }
    });
}

#[test]
fn show_puts_a_failed_request_together_and_masks_it() {
    let journey = Journey::new(CONFIG);
    let record = |level: u16, name: &str, text: &str| {
        json!({"message": text, "context": {}, "level": level, "level_name": name, "channel": "app",
            "datetime": "2026-11-21T21:32:46.3+01:00",
            "extra": {"process_id": 7, "hostname": "vm", "request_id": format!("{:032x}", 1)}})
    };
    journey.take_in(&[
        record(100, "DEBUG", "looking for ada@exemple.fr"),
        record(400, "ERROR", "mail to ada@exemple.fr failed"),
        request(1, json!({"status": 500})),
    ]);
    let id = journey.search("status:5xx")[0]["id"].as_str().expect("an id").to_owned();
    let shown = journey.greffier.ok(&journey.with(&["show", &id]), b"");
    assert!(!shown.contains("ada@exemple.fr"), "{shown}");
    let (debug, error) = (shown.find("looking for <email>"), shown.find("mail to <email> failed"));
    assert!(debug.is_some() && debug < error, "in arrival order: {shown}");
}

#[test]
fn the_demo_shows_a_record_from_its_line_to_its_opening() {
    let greffier = Greffier::new();
    let shown = greffier.ok(&["demo", "--once"], b"");
    for word in ["in", "sealed", "found", "revealed", "greffier"] {
        assert!(shown.to_lowercase().contains(word), "{word}: {shown}");
    }
}

#[test]
fn what_stops_the_start_is_said_once_with_its_remedy() {
    let greffier = Greffier::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let config = greffier.write(
        "greffier.toml",
        format!(
            "version = 1\n[service]\nname = \"a\"\ninstance = \"b\"\n[[source]]\ntype = \"http\"\n\
             listen = \"127.0.0.1:{port}\"\nformat = \"json\"\n[sink.archive]\n"
        ),
    );
    let config = config.to_str().expect("UTF-8").to_owned();
    greffier.ok(&["--config", &config, "keys", "init"], b"");
    let ran = greffier.run(&["--config", &config, "run"], b"");
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("port"), "{}", ran.stderr);

    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(greffier.data().join("position.key"), open).expect("a mode");
    let ran = greffier.run(&["--config", &config, "run"], b"");
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);

    let elsewhere = greffier.write("file", b"");
    let inside = elsewhere.join("data");
    let ran = greffier.at(inside).run(&["run"], b"");
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("--data"), "{}", ran.stderr);
}
