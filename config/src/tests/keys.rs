//! Every key of the schema is read, and whatever stands there is never repeated.

use super::read;
use crate::schema::{self, Keys};

/// A file that says `line` in the table of `keys`.
fn file(keys: &Keys, key: &str, line: &str) -> String {
    let heading = match keys.place.split_once("] ") {
        Some(("[[source]", inner)) => format!("[[source]]\ntype = \"tcp\"\n[source.{inner}]"),
        Some((table, inner)) => format!("{table}.{inner}]"),
        None => keys.place.to_owned(),
    };
    let kind = match (keys.place, key) {
        ("[[source]]", "listen" | "max_body" | "cleartext" | "tls") => "type = \"http\"",
        ("[[source]]", "path" | "mode" | "kind" | "buffer" | "max_connections" | "idle") => {
            "type = \"unix\""
        }
        ("[[source]]", key) if key != "type" => "type = \"file\"",
        _ => "",
    };
    let version = if key == "version" { "" } else { "version = 1" };
    format!("{version}\n{heading}\n{kind}\n{line}\n")
}

fn keys() -> impl Iterator<Item = (&'static Keys, &'static str)> {
    schema::ALL.into_iter().flat_map(|keys| keys.known.iter().map(move |key| (keys, *key)))
}

/// No key takes `true`: if nobody complains, nobody reads it.
#[test]
fn every_key_is_read() {
    for (keys, key) in keys() {
        let problems = read(file(keys, key, &format!("{key} = true")).as_bytes()).unwrap_err();
        let named = |place: &str| place.ends_with(key);
        assert!(problems.iter().any(|problem| named(&problem.place)), "{} {key}", keys.place);
    }
}

#[test]
fn a_key_to_come_says_so() {
    for keys in schema::ALL {
        for key in keys.later {
            let text = file(keys, key, &format!("{key} = {{}}"));
            let problems = read(text.as_bytes()).unwrap_err();
            assert!(problems.iter().any(|problem| problem.what == "not in this build yet"));
        }
    }
}

#[test]
fn no_problem_repeats_what_was_written() {
    let values = [
        "\"Canary 7\"",
        "\"/canary/x/../y\"",
        "\"canary@canary\"",
        "[\"Canary 7\", \"Canary 7\"]",
        "[[\"Canary 7\"]]",
        "{ \"Canary 7\" = \"Canary 7\" }",
        "{ env = \"canary\" }",
        "{ file = \"canary\" }",
        "7743211",
        "{ env = \"Canary\", file = \"/canary\" }",
        "[{ \"Canary 7\" = 1 }]",
        "7743211.5",
        "Canary",
        "\"Canary",
        "'''Canary",
        "{ Canary = \"\\Canary\" }",
        "\"C\\u0000anary\"",
    ];
    let mut read_once = 0;
    for (keys, key) in keys() {
        for value in values {
            let text = file(keys, key, &format!("{key} = {value}\n\"Canary 7\" = 1\nCanary = 1"));
            let shown = read(text.as_bytes()).unwrap_err().to_string();
            let leaked = shown.to_lowercase().contains("anary") || shown.contains("7743211");
            assert!(!leaked, "{} {key} = {value}", keys.place);
            read_once += 1;
        }
    }
    assert!(read_once > 900);
}
