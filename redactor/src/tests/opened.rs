//! Whatever is replaced in clear and not of a dropped kind is in the sealed content, and only there: the blobs
//! are opened as the console opens them.

use super::*;
use crate::Stream;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greffier_collector::{Decoder, FieldMap, Frame, SourceKind, SourcePlan};
use greffier_record::HotBuf;
use greffier_vault::{Blob, KeyStore, Opener, parse_kid};
use proptest::prelude::*;
use serde_json::{Map, json};

/// A gate and the keys to what it seals.
struct Scene {
    gate: Redactor,
    custody: Custody,
    store: KeyStore,
    _folder: tempfile::TempDir,
}

thread_local! {
    static SCENE: RefCell<Scene> = RefCell::new(Scene::new());
}

/// What a line of the application becomes: the event, and everything sealed in it.
fn pass(line: &serde_json::Value) -> (String, String) {
    SCENE.with_borrow_mut(|scene| scene.pass(line))
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plan = CustodyPlan::new("test", &Policy::default().retention.distinct(), NOW);
        let path = folder.path().join("custody.json");
        let made = Custody::create_with(path, "a passphrase", plan, Cost::FOR_TESTS);
        let (custody, manifest, root) = made.expect("a custody");
        let root = RootKey::parse(&root).expect("a root key");
        let manifest = Manifest::parse(&manifest, &root, None).expect("a manifest");
        let store = KeyStore::open(folder.path().join("keys.db")).expect("a store");
        let gate = Redactor::new(policy(), Writer::new(manifest), None);
        Self { gate, custody, store, _folder: folder }
    }

    fn pass(&mut self, line: &serde_json::Value) -> (String, String) {
        let line = line.to_string();
        let (kind, fields) = (SourceKind::Stdin, FieldMap::default());
        let format = Format::Monolog;
        let plan = SourcePlan { name: "test".into(), kind, format, fields, join: None };
        let (origin, bytes) = (plan.origin(0, format), HotBuf::new(line.clone().into()));
        let raw = Decoder::new(&plan).record(&origin, &bytes, &Frame::whole(line.len()), NOW);
        match raw.body {
            Body::Request(_) => self.gate.request(&raw, NOW).map(drop),
            _ => self.gate.text(&raw, Stream::Errors, None, 0, NOW),
        }
        .expect("there is a key");
        let batch = self.gate.take();
        self.store.insert(batch.rows()).expect("a store that works");
        let event = batch.events().next().expect("one line, one event");
        let event = String::from_utf8(event.bytes.to_vec()).expect("an event is JSON");
        let opened = self.open(&event);
        (event, opened)
    }

    /// The plaintext of every blob, strings unescaped.
    fn open(&self, event: &str) -> String {
        let event: Map<String, serde_json::Value> = serde_json::from_str(event).expect("JSON");
        let text = |key: &str| event.get(key).and_then(serde_json::Value::as_str);
        let id = URL_SAFE_NO_PAD.decode(text("id").expect("an id")).expect("base64url");
        let mut opened = String::new();
        for (key, part) in [("k", "p"), ("ka", "pa"), ("kt", "pt"), ("ku", "pu")] {
            for blob in event.get(part).and_then(|part| part.as_object()).into_iter().flatten() {
                let blob = Blob {
                    kid: parse_kid(text(key).expect("a part has its key")).expect("a key id"),
                    record_id: id.as_slice().try_into().expect("16 bytes"),
                    tenant: text("tenant").unwrap_or("-"),
                    stream: text("s").expect("a stream"),
                    v: 1,
                    bytes: &URL_SAFE_NO_PAD.decode(blob.1.as_str().expect("text")).expect("base64"),
                };
                let plain = Opener::new(&self.custody, &self.store).open(&blob, NOW);
                let plain = plain.expect("sealed a moment ago");
                strings(&serde_json::from_slice(&plain).expect("JSON is sealed"), &mut opened);
            }
        }
        opened
    }
}

/// All texts and names in a value, a line each.
fn strings(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::String(text) => out.extend([text.as_str(), "\n"]),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| {
            out.extend([name.as_str(), "\n"]);
            strings(value, out);
        }),
        other => out.extend([other.to_string().as_str(), "\n"]),
    }
}

/// A request line and an error record with `text` in many places, plain and percent-encoded.
fn lines(text: &str) -> [serde_json::Value; 2] {
    let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    let url = format!("http://www.exemple.fr/page/x?q={encoded}");
    let date = "2026-11-21T20:32:46.197Z";
    let request = json!({ "message": "http_request", "datetime": date, "context": {
        "method": "POST", "url": url, "status": 200, "user_id": 7, "exception": text,
        "post": { "note": text, "tags": [text] }, "extra_field": text,
    }});
    let error = json!({ "message": format!("failed: {text}"), "datetime": date, "level": 400,
        "level_name": "ERROR", "channel": "app", "context": { "cause": { "text": text } }});
    [request, error]
}

/// A personal value as it may stand in text; the second is what must be found again.
fn personal() -> impl Strategy<Value = (String, String)> {
    let alone = prop_oneof![
        "[a-z]{3,8}[._-][a-z]{3,8}@[a-z]{3,10}\\.(fr|de|com)",
        "\\+336[0-9]{8}",
        "06 [0-9]{2} 12 [0-9]{2} 78",
        Just("DE89 3704 0044 0532 0130 00".to_owned()),
        Just("RSSMRA85T10A562S".to_owned()),
        Just("255081416802538".to_owned()),
    ];
    let keyed = prop_oneof![Just("name"), Just("birthdate"), Just("passport_number")];
    let keyed = (keyed, "[A-Z][a-z]{4,9}7[0-9]{3}").prop_map(|(k, v)| (format!("{k}='{v}'"), v));
    prop_oneof![2 => alone.prop_map(|value| (format!("of {value} !"), value)), 1 => keyed]
}

/// A secret as it may stand in text.
fn secret() -> impl Strategy<Value = (String, String)> {
    let keyed = prop_oneof![Just("password"), Just("api_key"), Just("csrf_token"), Just("pin")];
    let keyed = (keyed, "zq[a-zA-Z0-9]{8,20}").prop_map(|(k, v)| (format!("{k}='{v}'"), v));
    let card = Just(("card 4111111111111111 !".to_owned(), "4111111111111111".to_owned()));
    let bearer = "zq[a-zA-Z0-9]{20,30}".prop_map(|v| (format!("Authorization: Bearer {v}"), v));
    prop_oneof![keyed, card, bearer]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_replaced_and_not_dropped_is_sealed((text, value) in personal()) {
        for line in lines(&text) {
            let (event, opened) = pass(&line);
            prop_assert!(!event.contains(&value), "in clear: {}", event);
            prop_assert!(opened.contains(&value), "not sealed: {}", opened);
        }
    }

    #[test]
    fn what_is_dropped_is_nowhere((text, value) in secret()) {
        for line in lines(&text) {
            let (event, opened) = pass(&line);
            prop_assert!(!event.contains(&value), "in clear: {}", event);
            prop_assert!(!opened.contains(&value), "sealed: {}", opened);
            prop_assert!(opened.contains("extra_field") || opened.contains("cause"), "{}", opened);
        }
    }
}
