//! What must not open: blobs moved or altered, rows that lie, notes and sealed keys that were changed.

use super::*;

/// A case in which the event differs from the one sealed.
fn event(what: &str, error: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut case = json!({
        "what": what, "error": error, "kid": hex(our_kid()), "id": hex(RECORD), "tenant": TENANT,
        "stream": "requests", "v": 1,
        "blob": hex(sealed(Class::Identity, Role::Subject, "requests", 0, ADA)),
    });
    change(&mut case);
    case
}

/// The same blob with one byte changed.
fn flipped(at: usize, bits: u8) -> Value {
    let mut blob = sealed(Class::Identity, Role::Subject, "requests", 0, ADA);
    blob[at] ^= bits;
    hex(blob).into()
}

/// A blob whose padded plaintext is `body`, whatever it is.
fn padded_as(body: &[u8]) -> Value {
    let header = Header { class: Class::Identity, role: Role::Subject, i: 0 };
    let kid = our_kid();
    let place = Place { kid: &kid, record: &RECORD, tenant: TENANT, stream: "requests", v: 1 };
    let mut aad = Vec::new();
    place.aad(header, &mut aad);
    let mut sealed = body.to_vec();
    gcm_seal(&Ratchet::key(&SECRETS[0], 0), place.nonce(), &aad, &mut sealed, 0);
    hex([&header.bytes()[..], &sealed].concat()).into()
}

fn events() -> Vec<Value> {
    let whole = || sealed(Class::Identity, Role::Subject, "requests", 0, ADA);
    vec![
        event("nothing is wrong", "none", |_| ()),
        event("another record id", "tampered", |case| case["id"] = hex([9; 16]).into()),
        event("class 2 in the header", "tampered", |case| case["blob"] = flipped(1, 0x30)),
        event("role 1 in the header", "tampered", |case| case["blob"] = flipped(1, 0x01)),
        event("another tenant", "wrong-key", |case| case["tenant"] = "other".into()),
        event("another stream", "tampered", |case| case["stream"] = "audit".into()),
        event("another version", "tampered", |case| case["v"] = 2.into()),
        event("another counter", "tampered", |case| case["blob"] = flipped(5, 0x01)),
        event("another key id", "no-row", |case| case["kid"] = hex([9; 16]).into()),
        event("a changed ciphertext", "tampered", |case| case["blob"] = flipped(6, 0x80)),
        event("a changed tag", "tampered", |case| case["blob"] = flipped(85, 0x01)),
        event("a byte too few", "tampered", |case| case["blob"] = hex(&whole()[..85]).into()),
        event("a header alone", "tampered", |case| case["blob"] = hex(&whole()[..6]).into()),
        event("less than a header", "format", |case| case["blob"] = hex(&whole()[..5]).into()),
        event("suite 0x12", "format", |case| case["blob"] = flipped(0, 0x03)),
        event("j = 1", "format", |case| case["blob"] = flipped(3, 0x01)),
        event("the index class", "format", |case| case["blob"] = flipped(1, 0xe0)),
        event("role 4", "format", |case| case["blob"] = flipped(1, 0x04)),
        event("no 0x80 before the zeros", "padding", |case| case["blob"] = padded_as(b"{}\0\0")),
        event("only zeros", "padding", |case| case["blob"] = padded_as(&[0; 32])),
        event("no padding", "padding", |case| case["blob"] = padded_as(ADA.as_bytes())),
        event("nothing at all", "padding", |case| case["blob"] = padded_as(b"")),
    ]
}

/// A case in which the key row differs from the one made.
fn row(what: &str, error: &str, change: impl FnOnce(&mut KeyRow)) -> Value {
    let mut row = rows().keys.remove(0);
    change(&mut row);
    let row: Value = serde_json::from_str(&row.to_json()).unwrap();
    json!({ "what": what, "error": error, "key_row": row })
}

fn key_rows() -> Vec<Value> {
    vec![
        row("nothing is wrong", "none", |_| ()),
        row("another commitment of the class", "wrong-key", |row| row.com[0][0] ^= 1),
        row("another commitment of another class", "wrong-key", |row| row.com[2][0] ^= 1),
        row("a longer retention", "wrong-key", |row| row.ret += 1),
        row("a later day", "wrong-key", |row| row.day += 1),
        row("another writer", "wrong-key", |row| row.writer[0] ^= 1),
        row("another tenant", "wrong-key", |row| row.tenant = "other".into()),
        row("another step", "wrong-key", |row| row.wrapped[0].q = 1),
        row("the wrap of another class", "wrong-key", |row| row.wrapped.swap(0, 1)),
        row("a changed wrap", "wrong-key", |row| row.wrapped[0].bytes[0] ^= 1),
        row("a session that is not there", "no-row", |row| row.wrapped[0].ws = [0; 12]),
    ]
}

pub(super) fn all() -> Value {
    let notes = notes();
    let good = notes["manifest"]["note"].as_str().unwrap();
    let (text, _) = good.rsplit_once("\n\n").unwrap();
    let other = SigningKey::from_bytes(&[0x52; 32]);
    let other = RootKey::new("greffier-root", other.verifying_key())
        .unwrap()
        .sign(&format!("{text}\n"), &other);
    json!({
        "events": events(),
        "key_rows": key_rows(),
        "notes": [
            { "what": "another serial", "note": good.replace("serial 3", "serial 4") },
            { "what": "a signature of another key of that name", "note": other },
            { "what": "no signature", "note": format!("{text}\n\n") },
            { "what": "a carriage return", "note": good.replace("serial 3\n", "serial 3\r\n") },
        ],
    })
}

/// The code's own name of a refusal.
fn name(outcome: &Result<Vec<u8>, OpenError>) -> &'static str {
    match outcome {
        Ok(_) => "none",
        Err(OpenError::NoRow) => "no-row",
        Err(OpenError::WrongKey) => "wrong-key",
        Err(OpenError::Tampered) => "tampered",
        Err(OpenError::Padding) => "padding",
        Err(OpenError::Format) => "format",
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_must_not_open_does_not() {
    let all = committed();
    let recipients = &all["wrapping"]["recipients"];
    let rows = read_rows(&all["wrapping"]);
    for case in all["negatives"]["events"].as_array().unwrap() {
        let sealed = unhex(&case["blob"]);
        let outcome = open_with(recipients, &rows, &blob(case, &sealed));
        assert_eq!(name(&outcome), case["error"], "{}", case["what"]);
    }
    let good = event("", "", |_| ());
    let sealed = unhex(&good["blob"]);
    for case in all["negatives"]["key_rows"].as_array().unwrap() {
        let keys = vec![KeyRow::from_json(&case["key_row"].to_string()).unwrap()];
        let rows = Rows { sessions: rows.sessions.clone(), keys };
        let outcome = open_with(recipients, &rows, &blob(&good, &sealed));
        assert_eq!(name(&outcome), case["error"], "{}", case["what"]);
    }
    let root = RootKey::parse(all["notes"]["manifest"]["verifier"].as_str().unwrap()).unwrap();
    assert!(root.verify(all["notes"]["manifest"]["note"].as_str().unwrap()).is_ok());
    for case in all["negatives"]["notes"].as_array().unwrap() {
        assert!(root.verify(case["note"].as_str().unwrap()).is_err(), "{}", case["what"]);
    }
}
