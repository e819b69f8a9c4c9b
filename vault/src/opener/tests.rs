//! What `opener` promises, by example.

use super::*;
use crate::custody::{Cost, CustodyPlan};
use crate::primitives::unb64;
use crate::{Class, Identifiers, Kid, Manifest, Owner, Role, RootKey, Rows, Who, Writer};
use tempfile::TempDir;

const DAY_MS: i64 = 86_400_000;
const NOW: i64 = 20_779 * DAY_MS + 5_000;
const RECORD: [u8; 16] = *b"0123456789abcdef";

/// Writer, store and custody that belong together.
struct Scene {
    folder: TempDir,
    custody: Custody,
    store: KeyStore,
    writer: Writer,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plan = CustodyPlan { epochs: 2, ..CustodyPlan::new("root", &[90], NOW) };
        let path = folder.path().join("custody");
        let (custody, manifest, root) =
            Custody::create_with(path, "passphrase", plan, Cost::FOR_TESTS).unwrap();
        let root = RootKey::parse(&root).unwrap();
        let writer = Writer::new(Manifest::parse(&manifest, &root, None).unwrap());
        let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
        Self { folder, custody, store, writer }
    }

    /// Seals for user 7 and returns what the event would hold; the rows stay with the writer.
    fn seal(&mut self, plain: &[u8]) -> (Kid, Vec<u8>) {
        let ids = Identifiers { uid: Some("7"), ..Default::default() };
        let who = Who::Person { ids: &ids, claimed: false };
        let owner = Owner { tenant: "acme", retention: 90, who };
        let mut chain = self.writer.chain(&owner, NOW).unwrap();
        let mut out = Vec::new();
        chain.seal(Class::Content, Role::Subject, &RECORD, "requests", plain, &mut out);
        (chain.kid(), unb64(std::str::from_utf8(&out).unwrap()).unwrap())
    }

    fn store_rows(&mut self, change: impl FnOnce(&mut Rows)) {
        let mut rows = self.writer.take_rows();
        change(&mut rows);
        self.store.insert(&rows).unwrap();
    }

    fn open(&self, blob: &Blob<'_>) -> Result<Vec<u8>, OpenError> {
        Opener::new(&self.custody, &self.store).open(blob, NOW).map(|plain| plain.to_vec())
    }
}

fn blob((kid, bytes): &(Kid, Vec<u8>)) -> Blob<'_> {
    Blob { kid: *kid, record_id: RECORD, tenant: "acme", stream: "requests", v: 1, bytes }
}

#[test]
fn what_the_writer_sealed_opens() {
    let mut scene = Scene::new();
    let sealed: Vec<_> = (0..5).map(|n| scene.seal(format!("{{\"n\":{n}}}").as_bytes())).collect();
    assert!(matches!(scene.open(&blob(&sealed[0])), Err(OpenError::NoRow)), "not yet in the store");
    scene.store_rows(|_| ());
    for (n, sealed) in sealed.iter().enumerate().rev() {
        assert_eq!(scene.open(&blob(sealed)).unwrap(), format!("{{\"n\":{n}}}").into_bytes());
        assert_eq!(blob(sealed).kind(), Some((Class::Content, Role::Subject)));
    }
}

#[test]
fn a_blob_moved_elsewhere_stays_closed() {
    let mut scene = Scene::new();
    let sealed = scene.seal(b"{}");
    scene.store_rows(|_| ());
    let good = blob(&sealed);
    let altered = |at: usize, bit: u8| {
        let mut bytes = sealed.1.clone();
        bytes[at] ^= bit;
        bytes
    };
    let tampered = [
        Blob { record_id: [0; 16], ..good },
        Blob { stream: "audit", ..good },
        Blob { v: 2, ..good },
        Blob { bytes: &altered(1, 0x01), ..good },
        Blob { bytes: &altered(5, 0x01), ..good },
        Blob { bytes: &altered(6, 0x80), ..good },
        Blob { bytes: &altered(53, 0x01), ..good },
        Blob { bytes: &sealed.1[..53], ..good },
        Blob { bytes: &sealed.1[..6], ..good },
        Blob { bytes: &altered(1, 0x10), ..good },
    ];
    for (n, wrong) in tampered.iter().enumerate() {
        assert!(matches!(scene.open(wrong), Err(OpenError::Tampered)), "{n}");
    }
    assert!(matches!(scene.open(&Blob { tenant: "other", ..good }), Err(OpenError::WrongKey)));
    assert!(matches!(scene.open(&Blob { kid: [0; 16], ..good }), Err(OpenError::NoRow)));
    for wrong in [&altered(0, 1)[..], &altered(3, 1), &altered(1, 0xc0), &sealed.1[..5], &[]] {
        assert!(matches!(scene.open(&Blob { bytes: wrong, ..good }), Err(OpenError::Format)));
    }
}

/// What is wrong with a row, and how to make it so.
type Lie = (&'static str, fn(&mut Rows));

#[test]
fn a_row_that_lies_stays_closed() {
    let lies: [Lie; 9] = [
        ("commitment", |rows| rows.keys[0].com[2][0] ^= 1),
        ("another commitment", |rows| rows.keys[0].com[0][0] ^= 1),
        ("retention", |rows| rows.keys[0].ret += 1),
        ("retention of both", |rows| {
            rows.keys[0].ret += 1;
            rows.sessions.iter_mut().for_each(|session| session.ret += 1);
        }),
        ("day", |rows| rows.keys[0].day += 1),
        ("writer", |rows| rows.keys[0].writer[0] ^= 1),
        ("step", |rows| rows.keys[0].wrapped[2].q += 1),
        ("step beyond the end", |rows| rows.keys[0].wrapped[2].q = u32::MAX),
        ("swapped classes", |rows| rows.keys[0].wrapped.swap(0, 2)),
    ];
    for (what, lie) in lies {
        let mut scene = Scene::new();
        let sealed = scene.seal(b"{}");
        scene.store_rows(lie);
        let error = scene.open(&blob(&sealed)).unwrap_err();
        let refused = matches!(error, OpenError::WrongKey)
            || what == "retention of both" && matches!(error, OpenError::NoPrivateKey);
        assert!(refused, "{what}: {error}");
    }
}

#[test]
fn a_row_under_another_id_is_not_taken() {
    let mut scene = Scene::new();
    let sealed = scene.seal(b"{}");
    scene.store_rows(|rows| rows.keys[0].kid = [5; 16]);
    let moved = Blob { kid: [5; 16], ..blob(&sealed) };
    assert!(matches!(scene.open(&moved), Err(OpenError::WrongKey)));
}

#[test]
fn retention_ends_to_the_second_whatever_the_row_says() {
    let mut scene = Scene::new();
    let sealed = scene.seal(b"{}");
    scene.store_rows(|rows| rows.keys[0].expires = i64::MAX);
    let opener = Opener::new(&scene.custody, &scene.store);
    let end = (20_779 + 1 + 90) * DAY_MS;
    assert!(opener.open(&blob(&sealed), end - 1).is_ok());
    assert!(matches!(opener.open(&blob(&sealed), end), Err(OpenError::Expired)));
}

#[test]
fn erasure_closes_every_copy() {
    let mut scene = Scene::new();
    let sealed = scene.seal(b"{}");
    scene.store_rows(|_| ());
    assert!(scene.open(&blob(&sealed)).is_ok());
    scene.store.delete(&[sealed.0]).unwrap();
    assert!(matches!(scene.open(&blob(&sealed)), Err(OpenError::NoRow)));
}

#[test]
fn another_custody_does_not_open() {
    let mut scene = Scene::new();
    let sealed = scene.seal(b"{}");
    scene.store_rows(|_| ());
    let other = Scene::new();
    let opener = Opener::new(&other.custody, &scene.store);
    assert!(matches!(opener.open(&blob(&sealed), NOW), Err(OpenError::WrongKey)));
    assert!(scene.folder.path().exists());
}

#[test]
fn bad_padding_is_named() {
    let mut scene = Scene::new();
    scene.seal(b"{}");
    let mut row = scene.writer.take_rows().keys.remove(0);
    let secret = [7; 32];
    row.com = [1, 2, 3].map(|class| crate::ratchet::commitment(&secret, class));
    let kid = crate::ratchet::kid("acme", &row.com);
    let header = Header { class: Class::Content, role: Role::Subject, i: 0 };
    for (body, padded) in
        [(&b"{}\x80\0\0"[..], true), (b"{}\0\0", false), (b"\0\0", false), (b"{}", false)]
    {
        let sealed = blob_of(&kid, &secret, header, body);
        let opened = open_with(&row, header, &secret, &blob(&(kid, sealed)));
        assert_eq!(opened.is_ok(), padded);
        assert!(padded || matches!(opened, Err(OpenError::Padding)));
    }
}

/// A blob whose padded plaintext is `body`, whatever it is.
fn blob_of(kid: &Kid, secret: &[u8; 32], header: Header, body: &[u8]) -> Vec<u8> {
    let place =
        crate::blob::Place { kid, record: &RECORD, tenant: "acme", stream: "requests", v: 1 };
    let mut aad = Vec::new();
    place.aad(header, &mut aad);
    let mut sealed = body.to_vec();
    let key = crate::ratchet::Ratchet::key(secret, header.i);
    crate::primitives::gcm_seal(&key, place.nonce(), &aad, &mut sealed, 0);
    [&header.bytes()[..], &sealed].concat()
}
