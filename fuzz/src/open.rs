//! The opening side on what somebody has tampered with.

use super::scene::{NOW, keys};
use greffier_vault::{
    Blob, Class, Custody, Identifiers, KeyRow, KeyStore, Kid, Manifest, Opener, Owner, Role,
    RootKey, SessionRow, Who, kid_text, parse_kid,
};
use std::cell::OnceCell;
use tempfile::TempDir;

const PLAIN: &[u8] = br#"{"email":"ada@example.org","uid":"1815"}"#;
const RECORD: [u8; 16] = *b"0123456789abcdef";
const PLACE: (&str, &str, u16) = ("acme", "requests", 1);

/// A sealed blob with all that opens it.
struct Scene {
    _folder: TempDir,
    custody: Custody,
    store: KeyStore,
    kid: Kid,
    blob: Vec<u8>,
}

thread_local! {
    static SCENE: OnceCell<Scene> = const { OnceCell::new() };
}

impl Scene {
    fn new() -> Self {
        let (folder, custody, mut writer) = keys();
        let store = KeyStore::open(folder.path().join("keys.db")).expect("an empty folder");
        let ids = Identifiers { uid: Some("1815"), ..Identifiers::default() };
        let who = Who::Person { ids: &ids, claimed: false };
        let owner = Owner { tenant: PLACE.0, retention: 90, who };
        let mut chain = writer.chain(&owner, NOW).expect("there is a key");
        let (kid, mut text) = (chain.kid(), Vec::new());
        chain.seal(Class::Identity, Role::Subject, &RECORD, PLACE.1, PLAIN, &mut text);
        store.insert(&writer.take_rows()).expect("a store that is empty");
        Self { _folder: folder, custody, store, kid, blob: unbase64(&text) }
    }
}

/// Text of the formats that are read from files and stores never panics. A blob with the changes that `data`
/// describes, three bytes each (what, where, by which bits), opens exactly if nothing is changed.
pub fn open(data: &[u8]) {
    read(&String::from_utf8_lossy(data));
    SCENE.with(|scene| tamper(scene.get_or_init(Scene::new), data));
}

fn read(text: &str) {
    if let Some(kid) = parse_kid(text) {
        assert_eq!(kid_text(&kid), text);
    }
    if let Ok(row) = KeyRow::from_json(text) {
        assert_eq!(KeyRow::from_json(&row.to_json()).expect("written by us"), row);
    }
    if let Ok(row) = SessionRow::from_json(text) {
        assert_eq!(SessionRow::from_json(&row.to_json()).expect("written by us"), row);
    }
    let (root, note) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(root) = RootKey::parse(root) {
        assert_eq!(
            RootKey::parse(&root.to_text()).expect("written by us").to_text(),
            root.to_text()
        );
        assert!(Manifest::parse(note, &root, None).is_err(), "nobody has signed it");
    }
}

fn tamper(scene: &Scene, data: &[u8]) {
    let (mut kid, mut record, mut v, mut bytes) = (scene.kid, RECORD, PLACE.2, scene.blob.clone());
    let (mut tenant, mut stream) = (PLACE.0.as_bytes().to_vec(), PLACE.1.as_bytes().to_vec());
    for change in data.chunks_exact(3) {
        let (at, bits) = (usize::from(change[1]), change[2]);
        match change[0] % 8 {
            0 => kid[at % 16] ^= bits,
            1 => record[at % 16] ^= bits,
            2 => v ^= u16::from(bits),
            3 => tenant[at % PLACE.0.len()] ^= bits & 0x1f, // stays ASCII
            4 => stream[at % PLACE.1.len()] ^= bits & 0x1f,
            5 => bytes.truncate(bytes.len().saturating_sub(at)),
            6 => bytes.extend(std::iter::repeat_n(bits, at)),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
        }
    }
    let (tenant, stream) = (text(&tenant), text(&stream));
    let same = (kid, record, v, &bytes) == (scene.kid, RECORD, PLACE.2, &scene.blob)
        && (tenant, stream) == (PLACE.0, PLACE.1);
    let blob = Blob { kid, record_id: record, tenant, stream, v, bytes: &bytes };
    let opened = Opener::new(&scene.custody, &scene.store).open(&blob, NOW);
    match opened {
        Ok(plain) => assert!(same && *plain == PLAIN, "a changed blob opens"),
        Err(_) => assert!(!same, "a blob that is whole does not open"),
    }
    // Whatever else stands where a blob should.
    let blob = Blob { kid, record_id: record, tenant, stream, v, bytes: data };
    assert!(Opener::new(&scene.custody, &scene.store).open(&blob, NOW).is_err());
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("ASCII")
}

/// base64url without padding (RFC 4648 section 5) of what the vault wrote.
fn unbase64(text: &[u8]) -> Vec<u8> {
    let value = |byte: &u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let decode = |four: &[u8]| {
        let bits = four.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(value(byte)));
        let bits = bits << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    text.chunks(4).flat_map(decode).collect()
}
