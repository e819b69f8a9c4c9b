//! How fast the scanner is, beside a plain set of five regular expressions on the same texts.
//!
//! `cargo bench -p greffier-redactor`. The numbers are bytes of text a second on one core.
#![allow(clippy::unwrap_used, reason = "a bench may stop at what cannot happen")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use greffier_redactor::Scanner;
use regex::RegexSet;
use serde_json::Value;
use std::sync::LazyLock;

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);
static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"[\w.+-]+@[\w-]+\.[\w.-]+",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
        r"\b(?:\d[ -]?){13,16}\b",
        r"\+?\d[\d .()-]{8,}\d",
        r"(?i)(?:password|token|secret)\W+\w+",
    ])
    .unwrap()
});

/// What the texts of one bench are.
const TEXTS: [&str; 14] = [
    "clean 2 kB",
    "leakbench",
    "records",
    "messages",
    "percent",
    "digits",
    "base64",
    "nested",
    "one token",
    "separators",
    "nested three deep",
    "quotes",
    "at signs",
    "clean 60 B",
];

fn main() {
    divan::main();
}

#[divan::bench(args = TEXTS)]
fn scanner(bencher: Bencher<'_, '_>, name: &str) {
    let texts = texts(name);
    let mut out = String::new();
    bencher.counter(BytesCount::new(size(&texts))).bench_local(|| {
        for text in &texts {
            out.clear();
            black_box(SCANNER.mask(black_box(text), &mut out));
        }
    });
}

#[divan::bench(args = TEXTS)]
fn regex_set(bencher: Bencher<'_, '_>, name: &str) {
    let texts = texts(name);
    bencher.counter(BytesCount::new(size(&texts))).bench_local(|| {
        for text in &texts {
            black_box(SET.matches(black_box(text)).matched_any());
        }
    });
}

fn size(texts: &[String]) -> usize {
    texts.iter().map(String::len).sum()
}

fn texts(name: &str) -> Vec<String> {
    let big = |part: &str| vec![part.repeat((1 << 20) / part.len())];
    match name {
        "clean 2 kB" => vec![CLEAN.repeat(2048 / CLEAN.len() + 1)],
        "leakbench" => leakbench(),
        "records" => RECORDS.iter().map(|&text| text.to_owned()).collect(),
        "messages" => MESSAGES.iter().map(|&text| text.to_owned()).collect(),
        "percent" => big("%25"),
        "digits" => big("7"),
        "base64" => big("QUJDREVGR0hJSktMTU5P"),
        "nested" => big(r#"\\\"a\\\":"#),
        "nested three deep" => big(r#"{\\\"a\\\": \\\"%257B%2522b%2522%253A1%257D\\\"}, "#),
        "quotes" => big("\""),
        "at signs" => big("a@b."),
        "clean 60 B" => vec![CLEAN[..60].to_owned()],
        "one token" => big("aB3"),
        _ => big("name: "),
    }
}

/// Every string in 200 records of `tests/leakbench/gen.py --seed 20260901`, one in 25: ids, agents, URLs, messages.
fn leakbench() -> Vec<String> {
    fn strings(value: &Value, all: &mut Vec<String>) {
        match value {
            Value::String(text) => all.push(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| strings(value, all)),
            Value::Object(fields) => fields.values().for_each(|value| strings(value, all)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut all = Vec::new();
    for record in include_str!("leakbench.ndjson").lines() {
        strings(&serde_json::from_str(record).unwrap(), &mut all);
    }
    all
}

const CLEAN: &str = "The job that rebuilds the search index has started and will report its progress to the log of the \
    worker that runs it; nothing has to be done unless it stops before the end of the night. ";

/// Fields of requests as applications log them: half of them hold something.
const RECORDS: [&str; 24] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "https://shop.example.fr/api/v2/orders?page=12&sort=date",
    "https://shop.example.fr/compte?email=jean.dupont%40example.fr&page=2",
    "validation failed; user jean.dupont@example.fr not found; order 4562781200348851 shipped",
    "cache miss for key product:567621 - req d68d09b5-1481-4964-ae27-7a0620952e47 - lines 1336-2832",
    "upstream said \"{\\\"phone\\\": \\\"06 12 34 56 78\\\"}\" took 12.345678 s",
    "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl from 203.0.113.9",
    "at com.acme.shop.OrderService.total(OrderService.java:231)",
    "{\"iban\": \"FR14 2004 1010 0505 0001 3M02 606\"}",
    "<mot_de_passe>azerty42!</mot_de_passe>",
    "b6acb060-5c95-418e-bbb6-06c77cdf78d2",
    "fd0fdf430b5d2c75aeb9d158a578fdc3",
    "2026-09-01T00:00:00.702Z",
    "payload aGVybWFubjIwMDFAYW9sLmRl rejected",
    "theme=dark; PHPSESSID=k3j4h5g6f7d8s9a0p1o2i3u4y5; lang=fr",
    "slow query | tile z/12/1129/2702.png | sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "passport number 12AB34567 expired; valid until 2026-11-21",
    "release 4.12.26.72-beta; needs ^1.54.7 || >=18.0.0 <21; resolve lodash@4.17.21",
    "POST",
    "shop-api",
    "203.0.113.77",
    "request completed - at 11/Sep/2026:18:31:47 +0200 - read 9320575971 bytes",
    "Caused by: ValidationException: value=RSSMRA85T10A562S;ok",
    "DSN postgres://app:s3cr3t@db:5432/app failed",
];

/// Short messages without anything to find.
const MESSAGES: [&str; 8] = [
    "User logged in from device 12",
    "GET /page/812 served in 39 ms",
    "Matched route \"page_show\" for the requested location",
    "Le formulaire de contact a bien été envoyé par le site",
    "cache miss for key product:56762, loading from database",
    "/admin/content/4711/edit",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "41277",
];
