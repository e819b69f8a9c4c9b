//! The cost of the gate, line by line: decoded once, redacted and sealed over and over.
//!
//! `cargo bench -p greffier-redactor` shows the time and the bytes a second for each kind of line; `scanner`
//! and `seal` show what the detector and the vault alone take of it.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start may panic")]

use divan::Bencher;
use divan::counter::BytesCount;
use greffier_collector::{Decoder, FieldMap, Frame, SourceKind, SourcePlan};
use greffier_record::{Body, Format, HotBuf, Raw};
use greffier_redactor::{Attribution, Policy, Redactor, Scanner, Stream};
use greffier_vault::{Class, Cost, Custody, CustodyPlan, Identifiers, Manifest, Owner, Role};
use greffier_vault::{RootKey, Who, Writer};
use std::cell::RefCell;

/// 2026-11-21T20:32:46.803Z
const NOW: i64 = 1_795_293_166_803;
/// Events in one batch, as many as a read of 1 MiB brings.
const BATCH: usize = 2000;

const VIEW: &str = r#"{"timestamp":"2026-11-21T20:32:46.197Z","method":"GET","url":"/api/v2/orders/512734/items?page=12&size=50","route":"api.v2.lamp.show","user_id":"usr_5167fd5ea6c5072f84ef","email":"paul.smith3024@example.org","role":"user","client_ip":"203.0.113.77","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0","status":200,"latency_ms":611.327,"request_id":"ed6760877dc335829cb478f3517f1a71","error":"cache miss for key order:357100"}"#;
const POST: &str = r#"{"message":"http_request","context":{"request_id":"6364188aedf55dd08449dd8912914d03","method":"POST","url":"http://www.exemple.fr/admin/alarm","route":"alarm_raise","status":202,"duration_ms":123.735,"ip":"2001:db8::5","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0","user_id":1003,"email":"jana.beispiel@example.org","roles":["ROLE_ADMIN"],"post":{"code":"GRV-001","severity":1,"text":"Capteur 1 hors seuil\nappeler la maintenance","email":"zoe@example.org"}},"level":200,"level_name":"INFO","channel":"request","datetime":"2026-11-21T20:32:46.679000+00:00","extra":{"hostname":"ip-10-0-3-17"}}"#;
const TEXT: &str = r#"{"message":"could not deliver receipt to ada.lovelace@example.org: mailbox unavailable (550 5.1.1)","context":{"request_id":"6364188aedf55dd08449dd8912914d03","exception":{"class":"App\\Mail\\Undeliverable","message":"550 5.1.1","code":550,"file":"/srv/app/src/Mail/Sender.php:71"}},"level":400,"level_name":"ERROR","channel":"mail","datetime":"2026-11-21T20:32:46.679000+00:00","extra":{"hostname":"ip-10-0-3-17"}}"#;
const NGINX: &str = r#"{"msec":"1795293166.803","request_id":"6364188aedf55dd08449dd8912914d03","remote_addr":"203.0.113.77","request_method":"GET","request_uri":"/page/alice?page=2&q=","status":"200","request_time":"0.039","body_bytes_sent":"5123","http_user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0","host":"www.exemple.fr"}"#;
const COMBINED: &str = r#"203.0.113.77 - - [21/Nov/2026:20:32:46 +0000] "GET /page/alice?page=2&q= HTTP/1.1" 200 5123 "https://www.exemple.fr/" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0""#;

fn main() {
    divan::main();
}

fn writer() -> Writer {
    let folder = tempfile::tempdir().unwrap();
    let plan = CustodyPlan::new("bench", &Policy::default().retention.distinct(), NOW);
    let path = folder.path().join("custody.json");
    let (_, manifest, root) =
        Custody::create_with(path, "a passphrase", plan, Cost::FOR_TESTS).unwrap();
    let root = RootKey::parse(&root).unwrap();
    Writer::new(Manifest::parse(&manifest, &root, None).unwrap())
}

fn gate() -> Redactor {
    let policy = Policy { service: "social".into(), instance: "web-1".into(), ..Policy::default() };
    Redactor::new(policy, writer(), None)
}

/// Calls `work` with the record of `line`.
fn with_record(format: Format, line: &str, work: impl FnOnce(&Raw<'_>)) {
    let (kind, fields) = (SourceKind::Stdin, FieldMap::default());
    let plan = SourcePlan { name: "bench".into(), kind, format, fields, join: None };
    let (origin, bytes) = (plan.origin(0, format), HotBuf::new(line.into()));
    work(&Decoder::new(&plan).record(&origin, &bytes, &Frame::whole(line.len()), NOW));
}

/// Redacts one record over and over, taking the batch away from time to time.
fn repeat(
    bencher: Bencher<'_, '_>,
    (format, line): (Format, &str),
    mut work: impl FnMut(&mut Redactor, &Raw<'_>) -> Option<Attribution>,
) {
    with_record(format, line, |raw| {
        let mut gate = gate();
        let mut events = 0;
        bencher.counter(BytesCount::of_str(line)).bench_local(|| {
            events += 1;
            if events % BATCH == 0 {
                divan::black_box_drop(gate.take());
            }
            work(&mut gate, raw)
        });
    });
}

fn requested(gate: &mut Redactor, raw: &Raw<'_>) -> Option<Attribution> {
    assert!(matches!(raw.body, Body::Request(_)));
    Some(gate.request(raw, NOW).unwrap())
}

#[divan::bench]
fn view_json(bencher: Bencher<'_, '_>) {
    repeat(bencher, (Format::Json, VIEW), requested);
}

#[divan::bench]
fn post_monolog(bencher: Bencher<'_, '_>) {
    repeat(bencher, (Format::Monolog, POST), requested);
}

#[divan::bench]
fn error_text(bencher: Bencher<'_, '_>) {
    let mut of = None;
    with_record(Format::Json, VIEW, |raw| of = requested(&mut gate(), raw));
    repeat(bencher, (Format::Monolog, TEXT), |gate, raw| {
        gate.text(raw, Stream::Errors, of.as_ref(), 0, NOW).unwrap();
        None
    });
}

#[divan::bench]
fn proxy_nginx_of_a_person(bencher: Bencher<'_, '_>) {
    let mut of = None;
    with_record(Format::Json, VIEW, |raw| of = requested(&mut gate(), raw));
    repeat(bencher, (Format::NginxJson, NGINX), |gate, raw| {
        gate.proxy(raw, of.as_ref(), NOW).unwrap();
        None
    });
}

#[divan::bench]
fn proxy_combined(bencher: Bencher<'_, '_>) {
    repeat(bencher, (Format::Combined, COMBINED), |gate, raw| {
        gate.proxy(raw, None, NOW).unwrap();
        None
    });
}

/// What the detector takes of `view_json`: its message and its URL.
#[divan::bench]
fn scanner(bencher: Bencher<'_, '_>) {
    let (scanner, out) = (Scanner::new(), RefCell::new(String::new()));
    bencher.bench_local(|| {
        let out = &mut *out.borrow_mut();
        out.clear();
        scanner.mask("cache miss for key order:357100", out);
        scanner.scrub("/api/v2/orders/512734/items?page=12&size=50", false, out)
    });
}

/// What the vault takes of `view_json`: one chain and its two blobs.
#[divan::bench]
fn seal(bencher: Bencher<'_, '_>) {
    let (mut writer, mut out, mut id) = (writer(), Vec::new(), [0u8; 16]);
    let ids = Identifiers {
        uid: Some("usr_5167fd5ea6c5072f84ef"),
        email: Some("paul.smith3024@example.org"),
        ..Identifiers::default()
    };
    let who = Who::Person { ids: &ids, claimed: false };
    let owner = Owner { tenant: "-", retention: 90, who };
    bencher.bench_local(|| {
        out.clear();
        id[15] = id[15].wrapping_add(1);
        let mut chain = writer.chain(&owner, NOW).unwrap();
        chain.seal(Class::Identity, Role::Subject, &id, "requests", &[b'i'; 165], &mut out);
        chain.seal(Class::Content, Role::Subject, &id, "requests", &[b'c'; 53], &mut out);
        out.len()
    });
}
