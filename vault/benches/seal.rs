//! What sealing costs: a line of a known person, a new person's row, storing rows.
//!
//! `cargo bench -p greffier-vault`. One iteration is one line, one row; `insert` counts rows a second.
//! Allocations are shown too: a known person's line must have none.

#![allow(clippy::unwrap_used, reason = "a bench may panic")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use ed25519_dalek::{Signer as _, SigningKey};
use greffier_vault::{
    Class, Identifiers, KeyStore, Manifest, Owner, Role, RootKey, Rows, Who, Writer,
};
use sha2::{Digest as _, Sha256};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

const DAY: i64 = 20_779;
const NOW: i64 = DAY * 86_400_000;
const RECORD: [u8; 16] = [9; 16];
/// A request line's identity: some 200 bytes.
const PLAIN: &[u8] = br#"{"email":"ada.lovelace@example.org","ip":"203.0.113.77","name":"Ada Lovelace","ua":"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0","uid":"u-1815","fid":"4f1c9a"}"#;

fn main() {
    divan::main();
}

/// A manifest of one week for `*`, signed as `docs/formats/seal.md` says.
fn manifest() -> Manifest {
    let signer = SigningKey::from_bytes(&[0x51; 32]);
    let public = [&[1][..], signer.verifying_key().as_bytes()].concat();
    let id = Sha256::digest([b"bench\n", &public[..]].concat());
    let id = &id[..4];
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let root = RootKey::parse(&format!("bench+{hex}+{}", STANDARD.encode(&public))).unwrap();
    let mut text = "greffier recipients v1\nserial 1\nexpires 2099-01-01T00:00:00Z\n".to_owned();
    let point = URL_SAFE_NO_PAD.encode([9; 32]);
    for class in Class::ALL {
        text += &format!("* 90 {} {} 0x11 {point}\n", class.number(), DAY / 7);
    }
    let signature = [id, &signer.sign(text.as_bytes()).to_bytes()].concat();
    let note = format!("{text}\n\u{2014} bench {}\n", STANDARD.encode(signature));
    Manifest::parse(&note, &root, None).unwrap()
}

/// A person's identifiers, made once.
struct Person {
    uid: String,
    email: String,
    name: String,
}

impl Person {
    fn new(n: usize) -> Self {
        let uid = format!("u-{n}");
        Self { email: format!("person.{n}@example.org"), name: format!("Person Number {n}"), uid }
    }

    fn many(n: usize) -> Vec<Self> {
        (0..n).map(Self::new).collect()
    }

    /// What a row in the bench's order asks of the writer.
    fn seal(&self, writer: &mut Writer, out: &mut Vec<u8>) {
        let (uid, email) = (Some(&*self.uid), Some(&*self.email));
        let ids = Identifiers { uid, email, name: Some(&self.name), ..Default::default() };
        let who = Who::Person { ids: &ids, claimed: false };
        let owner = Owner { tenant: "acme", retention: 90, who };
        let mut chain = writer.chain(&owner, NOW).unwrap();
        chain.seal(Class::Identity, Role::Subject, &RECORD, "requests", PLAIN, out);
    }
}

/// One line of somebody who has a row: found, stepped, padded, sealed, base64url.
#[divan::bench(args = [1, 1_000, 50_000])]
fn known_person(bencher: Bencher<'_, '_>, persons: usize) {
    let persons = Person::many(persons);
    let mut writer = Writer::new(manifest());
    let mut out = Vec::with_capacity(1024);
    for person in &persons {
        out.clear();
        person.seal(&mut writer, &mut out);
    }
    writer.take_rows();
    let mut next = persons.iter().cycle();
    bencher.bench_local(|| {
        out.clear();
        next.next().unwrap().seal(&mut writer, &mut out);
        black_box(&out);
    });
}

/// The first line of a person's day: the row with its secrets, wraps and index entry, and one blob.
#[divan::bench]
fn new_person(bencher: Bencher<'_, '_>) {
    let mut writer = Writer::new(manifest());
    let mut out = Vec::with_capacity(1024);
    let mut persons = 0;
    bencher
        .with_inputs(|| {
            persons += 1;
            Person::new(persons)
        })
        .bench_local_refs(|person| {
            out.clear();
            person.seal(&mut writer, &mut out);
            black_box(writer.take_rows())
        });
}

/// A day of 50 000 persons: see what is allocated at most, rows in flight aside.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn memory_of_50_000(bencher: Bencher<'_, '_>) {
    let persons = Person::many(50_000);
    let manifest = manifest();
    bencher.bench_local(|| {
        let mut writer = Writer::new(manifest.clone());
        let mut out = Vec::with_capacity(1024);
        for person in &persons {
            out.clear();
            person.seal(&mut writer, &mut out);
            writer.take_rows();
        }
        writer
    });
}

fn rows(n: usize) -> Rows {
    let mut writer = Writer::new(manifest());
    let mut out = Vec::new();
    for person in Person::many(n) {
        out.clear();
        person.seal(&mut writer, &mut out);
    }
    writer.take_rows()
}

/// Storing rows in one transaction, durably: into a store that is new, and into one with 200 000 rows.
#[divan::bench(args = [0, 200_000], sample_count = 20, sample_size = 1)]
fn insert_4096(bencher: Bencher<'_, '_>, before: usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
    for _ in 0..before / 4096 {
        store.insert(&rows(4096)).unwrap();
    }
    bencher
        .counter(ItemsCount::new(4096_usize))
        .with_inputs(|| rows(4096))
        .bench_local_refs(|rows| store.insert(rows).unwrap());
}

/// A row as the spool holds it.
#[divan::bench]
fn key_row_json(bencher: Bencher<'_, '_>) {
    let rows = rows(1);
    bencher.bench(|| rows.keys[0].to_json());
}
