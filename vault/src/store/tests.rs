//! What `store` promises, by example.

use super::*;
use crate::SUITE;
use std::os::unix::fs::PermissionsExt as _;

fn session(n: u8) -> SessionRow {
    SessionRow {
        ws: [n; 12],
        writer: [1; 8],
        tenant: "*".into(),
        ret: 90,
        class: 1,
        epoch: 2_968,
        suite: SUITE,
        enc: [n; 32],
        created: 1_795_293_161,
        expires: SessionRow::expiry(90, 2_968),
    }
}

fn key(n: u8) -> KeyRow {
    let wrapped = |q| Wrapped { ws: [n; 12], q, bytes: vec![n; 48] };
    KeyRow {
        kid: [n; 16],
        tenant: "acme".into(),
        ret: 90,
        day: 20_779,
        writer: [1; 8],
        suite: SUITE,
        com: [[n; 32], [2; 32], [3; 32]],
        wrapped: [wrapped(0), wrapped(1), wrapped(2)],
        ix: Some(Wrapped { ws: [8; 12], q: 0, bytes: vec![n; 80] }),
        claimed: n.is_multiple_of(2),
        created: 1_795_293_161 + i64::from(n),
        expires: KeyRow::expiry(90, 20_779),
    }
}

fn rows(n: u8) -> Rows {
    Rows { sessions: vec![session(n)], keys: vec![key(n)] }
}

#[test]
fn inserting_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.db");
    let store = KeyStore::open(&path).unwrap();
    store.insert(&rows(1)).unwrap();
    store.insert(&rows(1)).unwrap();
    store.insert(&Rows::default()).unwrap();
    assert_eq!(store.counts().unwrap(), Counts { sessions: 1, keys: 1, pending: 1 });
    assert!(store.has(&[1; 16]).unwrap() && !store.has(&[2; 16]).unwrap());
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn several_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.db");
    std::thread::scope(|scope| {
        for n in 0..4u8 {
            let path = &path;
            scope.spawn(move || {
                let store = KeyStore::open(path).unwrap();
                (0..20).for_each(|m| store.insert(&rows(n * 20 + m)).unwrap());
            });
        }
    });
    let counts = KeyStore::open(&path).unwrap().counts().unwrap();
    assert_eq!(counts, Counts { sessions: 80, keys: 80, pending: 80 });
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.db");
    std::fs::write(&path, "not a database, but long enough to be looked at as one").unwrap();
    assert!(matches!(KeyStore::open(&path), Err(StoreError::Sqlite(_))));
}

#[cfg(feature = "open")]
mod reading {
    use super::*;

    #[test]
    fn rows_read_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
        store.insert(&rows(1)).unwrap();
        store
            .insert(&Rows { sessions: vec![], keys: vec![KeyRow { ix: None, ..key(2) }] })
            .unwrap();
        assert_eq!(store.key(&[1; 16]).unwrap(), Some(key(1)));
        assert_eq!(store.key(&[2; 16]).unwrap(), Some(KeyRow { ix: None, ..key(2) }));
        assert_eq!(store.session(&[1; 12]).unwrap(), Some(session(1)));
        assert_eq!(store.key(&[3; 16]).unwrap(), None);
    }

    #[test]
    fn pending_rows_come_in_pages_until_they_are_cleared_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
        (1..=5).for_each(|n| store.insert(&rows(n)).unwrap());
        let first = store.pending((i64::MIN, i64::MIN), 3).unwrap();
        assert_eq!(first.iter().map(|(_, row)| row.kid[0]).collect::<Vec<_>>(), [1, 2, 3]);
        let second = store.pending(first[2].0, 3).unwrap();
        assert_eq!(second.iter().map(|(_, row)| row.kid[0]).collect::<Vec<_>>(), [4, 5]);
        store.clear_ix(&[[1; 16], [2; 16]]).unwrap();
        store.insert(&rows(1)).unwrap();
        assert_eq!(store.counts().unwrap().pending, 3, "redelivery brings no ix back");
    }

    #[test]
    fn deleted_bytes_are_gone_from_every_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
        (0xb0..0xb9).for_each(|n| store.insert(&rows(n)).unwrap());
        let holds = |needle: &[u8]| {
            std::fs::read_dir(folder.path()).unwrap().any(|entry| {
                let bytes = std::fs::read(entry.unwrap().path()).unwrap();
                bytes.windows(needle.len()).any(|window| window == needle)
            })
        };
        assert!(holds(&[0xb3; 48]));
        assert_eq!(store.delete(&[[0xb3; 16], [0xff; 16]]).unwrap(), 1);
        assert!(!holds(&[0xb3; 48]) && holds(&[0xb4; 48]));
        assert!(!store.has(&[0xb3; 16]).unwrap());
    }

    #[test]
    fn expiry_is_computed_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
        let mut forged = rows(1);
        forged.keys[0].expires = i64::MAX;
        store.insert(&forged).unwrap();
        let end = KeyRow::expiry(90, 20_779) * 1000;
        assert_eq!(store.delete_expired(end - 1).unwrap(), 0);
        assert_eq!(store.expired(end - 1).unwrap().len(), 0);
        assert_eq!(store.expired(end).unwrap().len(), 1);
        assert_eq!(store.delete_expired(end).unwrap(), 1);
        assert_eq!(store.delete_expired(SessionRow::expiry(90, 2_968) * 1000).unwrap(), 1);
        assert_eq!(store.counts().unwrap(), Counts::default());
    }
}
