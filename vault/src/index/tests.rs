//! What `index` promises, by example.

use super::*;
use crate::custody::{Cost, CustodyPlan};
use crate::{Identifiers, Manifest, Owner, RootKey, Who, Writer};
use std::path::PathBuf;

const NOW: i64 = 20_779 * 86_400_000 + 5_000;

struct Scene {
    folder: tempfile::TempDir,
    custody: Custody,
    store: KeyStore,
    index: Index,
    writer: Writer,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plan = CustodyPlan { epochs: 1, ..CustodyPlan::new("root", &[90], NOW) };
        let (custody, manifest, root) =
            Custody::create_with(folder.path().join("custody"), "p", plan, Cost::FOR_TESTS)
                .unwrap();
        let root = RootKey::parse(&root).unwrap();
        let writer = Writer::new(Manifest::parse(&manifest, &root, None).unwrap());
        let store = KeyStore::open(folder.path().join("keys.db")).unwrap();
        let index = Index::open(folder.path().join("index.db")).unwrap();
        Self { folder, custody, store, index, writer }
    }

    fn person(&mut self, tenant: &str, ids: &Identifiers<'_>) -> Kid {
        let who = Who::Person { ids, claimed: false };
        let kid = self.writer.chain(&Owner { tenant, retention: 90, who }, NOW).unwrap().kid();
        self.store.insert(&self.writer.take_rows()).unwrap();
        kid
    }

    fn absorb(&mut self) -> usize {
        self.index.absorb(&self.store, &self.custody).unwrap()
    }

    fn find(&self, tenant: Option<&str>, what: Lookup<'_>) -> Vec<Kid> {
        self.index.find(&self.custody, tenant, &what).unwrap()
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path())
    }
}

fn ada<'a>() -> Identifiers<'a> {
    Identifiers {
        uid: Some("u-1815"),
        email: Some("Ada@Example.org"),
        phone: Some("+44 20 7946 0018"),
        name: Some("Ada Lovelace"),
        fid: Some("f-12"),
        login: Some("ada"),
    }
}

#[test]
fn a_person_is_found_by_everything_that_was_logged() {
    let mut scene = Scene::new();
    let kid = scene.person("acme", &ada());
    scene.person("acme", &Identifiers { uid: Some("2"), ..Default::default() });
    assert_eq!(scene.absorb(), 2);
    assert_eq!(scene.absorb(), 0);
    assert_eq!(scene.store.counts().unwrap().pending, 0);
    for what in [
        Lookup::Uid(" u-1815"),
        Lookup::Email("ada@EXAMPLE.org"),
        Lookup::Phone("0044 (0)20 7946-0018"),
        Lookup::Name("LOVELACE, Ada"),
        Lookup::Fid("f-12"),
        Lookup::Login("ada"),
    ] {
        assert_eq!(scene.find(Some("acme"), what), [kid], "{}", what.normalised().0);
        assert_eq!(scene.find(None, what), [kid]);
        assert!(scene.find(Some("other"), what).is_empty());
    }
    assert!(scene.find(None, Lookup::Uid("U-1815")).is_empty());
    assert!(scene.find(None, Lookup::Login("u-1815")).is_empty(), "another type");
    assert!(scene.find(None, Lookup::Name("-")).is_empty());
}

#[test]
fn tenants_are_kept_apart_and_searched_together() {
    let mut scene = Scene::new();
    let kids = [scene.person("acme", &ada()), scene.person("other", &ada())];
    scene.absorb();
    assert_eq!(scene.find(Some("other"), Lookup::Uid("u-1815")), [kids[1]]);
    assert_eq!(scene.find(None, Lookup::Uid("u-1815")), kids);
}

#[test]
fn no_file_holds_an_identifier() {
    let mut scene = Scene::new();
    scene.person("acme", &ada());
    scene.absorb();
    for path in scene.files() {
        let bytes = std::fs::read(&path).unwrap();
        for needle in ["u-1815", "Example", "example.org", "Lovelace", "lovelace", "7946"] {
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "{needle} in {}", path.display());
        }
    }
}

#[test]
fn a_row_that_does_not_open_holds_nobody_up() {
    let mut scene = Scene::new();
    let who = Who::Person { ids: &ada(), claimed: false };
    let owner = Owner { tenant: "acme", retention: 90, who };
    scene.writer.chain(&owner, NOW).unwrap();
    let mut rows = scene.writer.take_rows();
    rows.keys[0].ix.as_mut().unwrap().bytes[0] ^= 1;
    scene.store.insert(&rows).unwrap();
    let kid = scene.person("acme", &Identifiers { uid: Some("2"), ..Default::default() });
    assert_eq!(scene.absorb(), 1);
    assert_eq!(scene.store.counts().unwrap().pending, 1);
    assert_eq!(scene.find(None, Lookup::Uid("2")), [kid]);
}

#[test]
fn forgotten_rows_are_found_no_more() {
    let mut scene = Scene::new();
    let kid = scene.person("acme", &ada());
    scene.absorb();
    assert_eq!(scene.index.forget(&[kid]).unwrap(), 6);
    assert!(scene.find(None, Lookup::Email("ada@example.org")).is_empty());
}
