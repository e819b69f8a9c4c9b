//! The published vectors, `docs/formats/vectors/seal1.json`: made here from fixed secrets, compared with the
//! committed file, and checked by a second implementation (`tests/vectors.py`), which made the section
//! `foreign`. `GREFFIER_VECTORS=write cargo test -p greffier-vault --features open vectors` writes the file.

use crate::blob::{Blob, Header, Place, Scratch, padded_len, seal};
use crate::custody::keys::{derive, key_aad, level0, open, seal_at, tenant_index_key};
use crate::custody::{Cost, Custody};
use crate::index::Lookup;
use crate::manifest::{ClassKey, Manifest};
use crate::note::RootKey;
use crate::opener::{OpenError, Opener};
use crate::primitives::{Secret, gcm_seal, unb64};
use crate::ratchet::{Ratchet, commitment, kid};
use crate::session::{Bound, Kem, Session, info};
use crate::store::KeyStore;
use crate::{Class, KeyRow, Kid, Role, Rows, SUITE, SessionRow, tree};
use ed25519_dalek::SigningKey;
use hpke::rand_core::{Infallible, TryCryptoRng, TryRng};
use hpke::{Kem as _, Serializable as _};
use serde_json::{Value, json};
use std::path::PathBuf;

mod negatives;

const TENANT: &str = "acme";
const WRITER: [u8; 8] = *b"\x11\x12\x13\x14\x15\x16\x17\x18";
const DAY: u16 = 20_779;
const RET: u16 = 90;
const NOW: i64 = 20_779 * 86_400_000 + 73_966_679;
const SECRETS: [[u8; 32]; 3] = [[0x41; 32], [0x42; 32], [0x43; 32]];
const RECORD: [u8; 16] = *b"\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";
const ADA: &str = r#"{"email":"ada@example.org","uid":"u-1815"}"#;
const IX: &str = r#"{"uid":["u-1815"],"email":["ada@example.org"],"phone":[],"name":["Ada Lovelace"],"fid":[],"login":[]}"#;

/// "Random" bytes that are always the same.
struct Fixed(u8);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}

fn bytes<const N: usize>(text: &Value) -> [u8; N] {
    unhex(text).try_into().unwrap()
}

/// The recipient of a class: name and private key, from the seed `0x60 + class`.
fn recipient(class: Class) -> (ClassKey, [u8; 32], [u8; 32]) {
    let (private, public) = Kem::derive_keypair(&[0x60 + class.number(); 32]);
    let name = ClassKey { label: "*".into(), ret: RET, class, epoch: DAY / 7 };
    (name, private.to_bytes().into(), public.to_bytes().into())
}

fn coms() -> [[u8; 32]; 3] {
    [1, 2, 3].map(|class| commitment(&SECRETS[usize::from(class) - 1], class))
}

fn our_kid() -> Kid {
    kid(TENANT, &coms())
}

/// The session of each class, with its row; the ephemeral key's seed is `0x70 + class`.
fn session(class: Class) -> (Session, SessionRow) {
    let (name, _, public) = recipient(class);
    Session::start(&name, &public, &WRITER, NOW, &mut Fixed(0x70 + class.number())).unwrap()
}

/// Rows of one person, wrapped at q = 0 for class 1, 1 for class 2, 2 for class 3, 3 for the index.
fn rows() -> Rows {
    let kid = our_kid();
    let mut sessions = Vec::new();
    let mut wrapped = Class::ALL.into_iter().zip(0..).map(|(class, q)| {
        let (mut session, row) = session(class);
        sessions.push(row);
        let bound = Bound { kid: &kid, class, day: DAY, tenant: TENANT };
        (0..q).for_each(|_| drop(session.wrap(&bound, b"")));
        let plain = class.place().map_or(IX.as_bytes(), |place| &SECRETS[place]);
        session.wrap(&bound, plain)
    });
    let [one, two, three, ix] = [(); 4].map(|()| wrapped.next().unwrap());
    drop(wrapped);
    let key = KeyRow {
        kid,
        tenant: TENANT.into(),
        ret: RET,
        day: DAY,
        writer: WRITER,
        suite: SUITE,
        com: coms(),
        wrapped: [one, two, three],
        ix: Some(ix),
        claimed: false,
        created: NOW / 1000,
        expires: KeyRow::expiry(RET, DAY),
    };
    Rows { sessions, keys: vec![key] }
}

/// A blob at counter `i`.
fn sealed(class: Class, role: Role, stream: &str, i: u16, plain: &str) -> Vec<u8> {
    let mut chain = Ratchet::default();
    chain.start(&SECRETS[class.place().unwrap()], class.number());
    for _ in 0..i {
        chain.next(&mut Secret::default());
    }
    let kid = our_kid();
    let place = Place { kid: &kid, record: &RECORD, tenant: TENANT, stream, v: 1 };
    let mut out = Vec::new();
    seal(&mut chain, (class, role), &place, plain.as_bytes(), &mut Scratch::default(), &mut out);
    unb64(std::str::from_utf8(&out).unwrap()).unwrap()
}

fn blobs() -> Value {
    let long = format!("{{\"url\":\"/search?q={}\"}}", "é".repeat(300));
    let raw = r#"{"raw":"not json"}"#;
    let cases = [
        (Class::Identity, Role::Subject, "requests", 0, ADA),
        (Class::Identity, Role::Subject, "requests", 2, ADA),
        (Class::Network, Role::Actor, "sessions", 300, r#"{"ip":"203.0.113.7"}"#),
        (Class::Content, Role::Target, "audit", 1, &long),
        (Class::Content, Role::Unattributed, "requests", 7, raw),
    ];
    let case = |(class, role, stream, i, plain): (Class, Role, &str, u16, &str)| {
        json!({
            "class": class.number(), "role": role.number(), "kid": hex(our_kid()), "id": hex(RECORD),
            "tenant": TENANT, "stream": stream, "v": 1, "i": i, "plaintext": plain,
            "blob": hex(sealed(class, role, stream, i, plain)),
        })
    };
    cases.into_iter().map(case).collect()
}

fn chain() -> Value {
    let key = |(class, i): (u8, u16)| json!({ "class": class, "i": i, "mk": hex(*Ratchet::key(&SECRETS[usize::from(class) - 1], i)) });
    let keys = [(1, 0), (1, 2), (2, 1), (3, 300)].map(key);
    json!({
        "tenant": TENANT, "secrets": SECRETS.map(hex), "com": coms().map(hex), "kid": hex(our_kid()),
        "keys": keys,
    })
}

fn wrapping() -> Value {
    let recipients = Class::ALL.map(|class| {
        let (name, private, public) = recipient(class);
        json!({
            "tenant": name.label, "ret": name.ret, "class": class.number(), "epoch": name.epoch,
            "ikm": hex([0x60 + class.number(); 32]), "private": hex(private), "public": hex(public),
        })
    });
    let rows = rows();
    let sessions = Class::ALL.into_iter().zip(&rows.sessions).map(|(class, row)| {
        let row: Value = serde_json::from_str(&row.to_json()).unwrap();
        let info = hex(info(&recipient(class).0, &WRITER));
        json!({ "ephemeral_ikm": hex([0x70 + class.number(); 32]), "info": info, "row": row })
    });
    let key_row: Value = serde_json::from_str(&rows.keys[0].to_json()).unwrap();
    json!({
        "recipients": recipients, "sessions": sessions.collect::<Value>(), "key_row": key_row,
        "secrets": SECRETS.map(hex), "ix": IX,
    })
}

fn index() -> Value {
    let master = [0x44; 32];
    let key = tenant_index_key(&master, TENANT);
    let cases: [(fn(_) -> _, _); 19] = [
        (Lookup::Uid, " u-1815 "),
        (Lookup::Uid, "U-1815"),
        (Lookup::Uid, "e\u{301}t\u{e9}"),
        (Lookup::Email, " Ada@Example.ORG"),
        (Lookup::Email, "J\u{fc}rgen.M\u{fc}ller+News@B\u{fc}cher.example"),
        (Lookup::Email, "\u{ff41}da@stra\u{df}e.example"),
        (Lookup::Email, "\"a@b\"@X.fr"),
        (Lookup::Email, "No Address"),
        (Lookup::Phone, "+33 (0)6 12.34.56-78"),
        (Lookup::Phone, "0033612345678"),
        (Lookup::Phone, "06 12 34 56 78"),
        (Lookup::Name, "M\u{dc}LLER, J\u{fc}rgen"),
        (Lookup::Name, "Mu\u{308}ller-J\u{fc}rgen"),
        (Lookup::Name, "Jeanne d\u{2019}Arc"),
        (Lookup::Name, "GROSS \u{130}nci"),
        (Lookup::Name, "Gro\u{df}"),
        (Lookup::Name, "\u{3a3}\u{38a}\u{3a3}\u{3a5}\u{3a6}\u{39f}\u{3a3}"),
        (Lookup::Fid, "f-12"),
        (Lookup::Login, "Ada"),
    ];
    let case = |(lookup, value): (fn(&'static str) -> Lookup<'static>, &'static str)| {
        let (kind, normalised) = lookup(value).normalised();
        let bi = lookup(value).hash(&key).unwrap();
        json!({ "type": kind, "value": value, "normalised": *normalised, "bi": hex(bi) })
    };
    let cases: Vec<_> = cases.into_iter().map(case).collect();
    json!({ "master": hex(master), "tenant": TENANT, "key": hex(*key), "cases": cases })
}

fn trees() -> Value {
    let events = [r#"{"v":1,"s":"audit","id":"a"}"#, r#"{"v":1,"s":"audit","id":"b"}"#, "é"];
    let leaves = events.map(|event| tree::leaf_hash(event.as_bytes()));
    let root = tree::node_hash(&tree::node_hash(&leaves[0], &leaves[1]), &leaves[2]);
    let batch = tree::batch_leaf(3, &root, &[1; 16], &[2; 16]);
    json!({
        "events": events, "leaves": leaves.map(hex), "root": hex(root), "first": hex([1; 16]),
        "last": hex([2; 16]), "batch_leaf": hex(batch), "batch_leaf_hash": hex(tree::leaf_hash(&batch)),
    })
}

fn notes() -> Value {
    use base64::Engine as _;
    let key = SigningKey::from_bytes(&[0x51; 32]);
    let root = RootKey::new("greffier-root", key.verifying_key()).unwrap();
    let recipients = Class::ALL.map(recipient);
    let names = recipients.iter().map(|(name, _, public)| (name, public));
    let manifest = Manifest::render(3, 1_811_376_000, names);
    let instance =
        RootKey::new("example.org/greffier/social/audit/web-1", key.verifying_key()).unwrap();
    let tree = base64::engine::general_purpose::STANDARD.encode(tree::leaf_hash(b"one"));
    let checkpoint = format!("{}\n1\n{tree}\n", instance.name());
    json!({
        "seed": hex([0x51; 32]),
        "manifest": { "verifier": root.to_text(), "note": root.sign(&manifest, &key) },
        "checkpoint": { "verifier": instance.to_text(), "note": instance.sign(&checkpoint, &key) },
    })
}

fn custody() -> Value {
    let (passphrase, salt) = ("correct horse battery staple", [0x53; 16]);
    let master = derive(passphrase, &salt, Cost::STANDARD).unwrap();
    let (name, private, public) = recipient(Class::Content);
    let (key, aad) = (level0(&master, name.class.number()), key_aad(&name, &public));
    let sealed = seal_at([0x4e; 12], &key, &aad, &private);
    assert_eq!(*open(&key, &aad, &sealed).unwrap(), private);
    json!({
        "passphrase": passphrase, "salt": hex(salt), "memory_kib": 65_536, "passes": 3, "lanes": 1,
        "argon2id": hex(*master), "level0": hex(*key), "aad": hex(&aad), "private": hex(private),
        "sealed": hex(sealed),
    })
}

fn made() -> Value {
    let lengths = [0, 1, 31, 32, 255, 256, 300, 1000, 5000, 100_000];
    json!({
        "format": "SEAL1",
        "about": "bytes are hexadecimal, except in rows and notes, which are as they travel",
        "chain": chain(),
        "padding": lengths.map(|n| [n, padded_len(n)]).to_vec(),
        "blobs": blobs(),
        "wrapping": wrapping(),
        "index": index(),
        "tree": trees(),
        "notes": notes(),
        "custody": custody(),
        "negatives": negatives::all(),
    })
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/formats/vectors/seal1.json")
}

fn committed() -> Value {
    let text = std::fs::read_to_string(path()).unwrap_or_else(|_| "{}".into());
    serde_json::from_str(&text).unwrap()
}

/// Opens with a key store on disk and the private keys of `recipients`.
fn open_with(recipients: &Value, rows: &Rows, blob: &Blob<'_>) -> Result<Vec<u8>, OpenError> {
    let keys = recipients.as_array().unwrap().iter().map(|key| {
        let number = |name: &str| key[name].as_u64().unwrap();
        let name = ClassKey {
            label: key["tenant"].as_str().unwrap().into(),
            ret: number("ret").try_into().unwrap(),
            class: Class::from_number(number("class").try_into().unwrap()).unwrap(),
            epoch: number("epoch").try_into().unwrap(),
        };
        (name, bytes(&key["private"]))
    });
    let keys: Vec<(ClassKey, [u8; 32])> = keys.collect();
    let custody = Custody::holding(keys.iter().map(|(name, secret)| (name, secret)));
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
    store.insert(rows).unwrap();
    Opener::new(&custody, &store).open(blob, NOW).map(|plain| plain.to_vec())
}

fn read_rows(of: &Value) -> Rows {
    let session = |it: &Value| {
        let row = it.get("row").unwrap_or(it);
        SessionRow::from_json(&row.to_string()).unwrap()
    };
    Rows {
        sessions: of["sessions"].as_array().unwrap().iter().map(session).collect(),
        keys: vec![KeyRow::from_json(&of["key_row"].to_string()).unwrap()],
    }
}

fn blob<'a>(of: &'a Value, sealed: &'a [u8]) -> Blob<'a> {
    Blob {
        kid: bytes(&of["kid"]),
        record_id: bytes(&of["id"]),
        tenant: of["tenant"].as_str().unwrap(),
        stream: of["stream"].as_str().unwrap(),
        v: of["v"].as_u64().unwrap().try_into().unwrap(),
        bytes: sealed,
    }
}

#[test]
fn the_published_vectors_are_what_this_code_makes() {
    let mut made = made();
    let committed = committed();
    if let Some(foreign) = committed.get("foreign") {
        made["foreign"] = foreign.clone();
    }
    if std::env::var("GREFFIER_VECTORS").is_ok_and(|mode| mode == "write") {
        let text = serde_json::to_string_pretty(&made).unwrap() + "\n";
        std::fs::create_dir_all(path().parent().unwrap()).unwrap();
        std::fs::write(path(), text).unwrap();
        return;
    }
    for (section, value) in made.as_object().unwrap() {
        assert_eq!(&committed[section], value, "section {section}");
    }
}

#[test]
fn the_published_blobs_open() {
    let all = committed();
    let rows = read_rows(&all["wrapping"]);
    for case in all["blobs"].as_array().unwrap() {
        let sealed = unhex(&case["blob"]);
        let plain = open_with(&all["wrapping"]["recipients"], &rows, &blob(case, &sealed)).unwrap();
        assert_eq!(plain, case["plaintext"].as_str().unwrap().as_bytes());
    }
}

#[test]
fn what_the_second_implementation_sealed_opens() {
    let foreign = &committed()["foreign"];
    let sealed = unhex(&foreign["event"]["blob"]);
    let blob = blob(&foreign["event"], &sealed);
    let plain = open_with(&foreign["recipients"], &read_rows(foreign), &blob).unwrap();
    assert_eq!(plain, foreign["event"]["plaintext"].as_str().unwrap().as_bytes());
}
