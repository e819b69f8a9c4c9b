//! What `custody` promises, by example.

use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

impl Custody {
    /// A custody in memory that holds these private keys.
    pub(crate) fn holding<'a>(keys: impl Iterator<Item = (&'a ClassKey, &'a [u8; 32])>) -> Self {
        let master = Secret::default();
        let keys = keys.map(|(name, secret)| {
            let public = Kem::sk_to_pk(&PrivateKey::from_bytes(secret).unwrap()).to_bytes().into();
            let sealed =
                seal(&level0(&master, name.class.number()), &key_aad(name, &public), secret);
            (name.clone(), Sealed { public, sealed })
        });
        let sealed = seal(&level0(&master, Class::Index.number()), &index_aad(1), &[0; 32]);
        let file = File {
            derivation: Derivation::new(Cost::FOR_TESTS, [0; 16]),
            root: Root { name: "root".into(), public: [0; 32], sealed: vec![] },
            index: vec![IndexKey { version: 1, sealed }],
            serial: 0,
            first_epoch: 0,
            epochs: 0,
            labels: vec![],
            retentions: vec![],
            keys: keys.collect(),
        };
        Self { path: PathBuf::new(), file, master }
    }
}

const NOW: i64 = 2_968 * WEEK_MS + 1;

fn plan() -> CustodyPlan {
    CustodyPlan { epochs: 3, ..CustodyPlan::new("greffier-root", &[90, 365], NOW) }
}

fn create() -> (TempDir, PathBuf, Custody, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("custody");
    let (custody, manifest, root) =
        Custody::create_with(&path, "passphrase", plan(), Cost::FOR_TESTS).unwrap();
    (folder, path, custody, manifest, root)
}

fn parse(manifest: &str, root: &str) -> Manifest {
    Manifest::parse(manifest, &RootKey::parse(root).unwrap(), None).unwrap()
}

#[test]
fn makes_a_private_file_and_a_manifest_that_verifies() {
    let (_folder, path, custody, manifest, root) = create();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let parsed = parse(&manifest, &root);
    assert_eq!((parsed.serial(), parsed.expires()), (1, 2_971 * WEEK_MS));
    assert_eq!(manifest.lines().count(), 3 + 2 * 4 * 3 + 2);
    assert_eq!(parsed.days_left(NOW), 20);
    assert_eq!(custody.root_key(), root);
    assert_eq!(custody.manifest().unwrap(), manifest, "byte for byte");
}

#[test]
fn opens_again_with_the_passphrase_only() {
    let (_folder, path, custody, manifest, _) = create();
    let open = |passphrase| Custody::open_with(&path, passphrase, Cost::FOR_TESTS);
    let again = open("passphrase").unwrap();
    assert_eq!(again.manifest().unwrap(), manifest);
    assert_eq!(again.bi_key("acme").unwrap(), custody.bi_key("acme").unwrap());
    assert_ne!(again.bi_key("acme").unwrap(), again.bi_key("other").unwrap());
    assert!(matches!(open("Passphrase"), Err(CustodyError::Passphrase)));
    let again = Custody::create_with(&path, "passphrase", plan(), Cost::FOR_TESTS);
    assert!(matches!(again, Err(CustodyError::Exists)));
}

#[test]
fn every_published_key_has_its_private_half() {
    let (_folder, _, custody, manifest, root) = create();
    let parsed = parse(&manifest, &root);
    for class in Class::ALL {
        let label = parsed.label("acme").to_owned();
        let name = ClassKey { label, ret: 365, class, epoch: 2_970 };
        let public = parsed.key(&name).unwrap();
        let private = custody.private(&name).unwrap();
        assert_eq!(Kem::sk_to_pk(&private).to_bytes()[..], public[..]);
    }
    let other = ClassKey { label: "*".into(), ret: 90, class: Class::Content, epoch: 2_971 };
    assert!(custody.private(&other).is_none());
}

#[test]
fn republishing_moves_the_window_and_keeps_old_keys() {
    let (_folder, path, mut custody, first, root) = create();
    custody.add_retention(30);
    let second = custody.republish(NOW + 2 * WEEK_MS).unwrap();
    let (first, parsed) = (parse(&first, &root), parse(&second, &root));
    assert_eq!((parsed.serial(), parsed.expires()), (2, 2_973 * WEEK_MS));
    assert!(parsed.may_follow(first.serial(), &first.digest()));
    let key = |manifest: &Manifest, ret, epoch| {
        let label = "*".to_owned();
        manifest.key(&ClassKey { label, ret, class: Class::Content, epoch }).copied()
    };
    assert_eq!(key(&first, 90, 2_970), key(&parsed, 90, 2_970), "the same key as before");
    assert_eq!(key(&parsed, 90, 2_969), None, "a week that is over");
    assert!(key(&parsed, 30, 2_972).is_some());
    let again = Custody::open_with(&path, "passphrase", Cost::FOR_TESTS).unwrap();
    assert_eq!(again.manifest().unwrap(), second);
    let old = ClassKey { label: "*".into(), ret: 90, class: Class::Content, epoch: 2_968 };
    assert!(again.private(&old).is_some());
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let (_folder, path, ..) = create();
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = Custody::open_with(&path, "passphrase", Cost::FOR_TESTS).err().unwrap();
        assert!(matches!(error, CustodyError::Exposed { mode: found } if found == mode));
        assert!(error.to_string().contains("chmod 600"));
    }
}

#[test]
fn a_file_cannot_ask_for_less() {
    let (_folder, path, ..) = create();
    let opened = Custody::open(&path, "passphrase");
    assert!(matches!(opened, Err(CustodyError::Derivation)), "a cheap file");
    let text = fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("\"passes\": 1", "\"passes\": 3"),
        ("argon2id", "argon2i"),
        ("\"lanes\": 1", "\"lanes\": 2"),
    ] {
        fs::write(&path, text.replace(from, to)).unwrap();
        let opened = Custody::open_with(&path, "passphrase", Cost::FOR_TESTS);
        assert!(matches!(opened, Err(CustodyError::Derivation)), "{to}");
    }
}

#[test]
fn the_fixed_cost_opens_what_it_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("custody");
    let plan = CustodyPlan { retentions: vec![90], epochs: 1, ..plan() };
    Custody::create(&path, "passphrase", plan).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("\"memory_kib\": 65536"));
    assert!(Custody::open(&path, "passphrase").is_ok());
}

#[test]
fn a_key_moved_to_another_name_does_not_open() {
    let (_folder, path, custody, ..) = create();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"epoch\": 2968", "\"epoch\": 2960", 1)).unwrap();
    let moved = Custody::open_with(&path, "passphrase", Cost::FOR_TESTS).unwrap();
    let name = |epoch| ClassKey { label: "*".into(), ret: 90, class: Class::Identity, epoch };
    assert!(custody.private(&name(2_968)).is_some());
    assert!(moved.private(&name(2_960)).is_none());
}

#[test]
fn what_is_no_custody_and_no_plan_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("custody");
    let create = |passphrase, plan| {
        Custody::create_with(&path, passphrase, plan, Cost::FOR_TESTS).err().unwrap()
    };
    for (passphrase, plan) in [
        ("", plan()),
        ("p", CustodyPlan { retentions: vec![], ..plan() }),
        ("p", CustodyPlan { labels: vec!["A B".into()], ..plan() }),
        ("p", CustodyPlan { root_name: "a+b".into(), ..plan() }),
    ] {
        assert!(matches!(create(passphrase, plan), CustodyError::Plan(_)));
        assert!(!path.exists());
    }
    file::reserve(&path).unwrap();
    let open = || Custody::open_with(&path, "p", Cost::FOR_TESTS);
    assert!(matches!(open(), Err(CustodyError::Damaged)));
    fs::write(&path, "{\"format\":\"x\"}").unwrap();
    assert!(matches!(open(), Err(CustodyError::Damaged)));
}
