//! Files as files: missing, empty, huge, not text, random; and secrets, which are files too.

use super::{folder, read};
use crate::{KeyRoot, Layout, LeafError, Secret, load};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn problems(path: &Path) -> String {
    load(path, &Layout::new("/data"), &|_| None).unwrap_err().to_string()
}

fn write(dir: &tempfile::TempDir, name: &str, bytes: &[u8], mode: u32) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn files_that_are_none() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.toml");
    assert!(problems(&missing).ends_with(": cannot be read: no such file; check --config"));
    assert!(problems(dir.path()).ends_with(": cannot be read: is a directory; check --config"));
}

#[test]
fn empty_and_without_version() {
    for text in ["", "\n\n", "# nothing\n", "\u{feff}"] {
        let shown = read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(shown, "greffier.toml:1: version: missing; begin the file with: version = 1");
    }
}

#[test]
fn not_text_and_too_large() {
    let shown = read(b"version = 1\n[service]\nname = \"a\xff\"\n").unwrap_err().to_string();
    assert_eq!(shown, "greffier.toml:3: syntax: not UTF-8; save the file as UTF-8");
    let huge = vec![b'#'; (1 << 20) + 1];
    let shown = read(&huge).unwrap_err().to_string();
    assert_eq!(shown, "greffier.toml: larger than 1 MiB; is this the right file?");
    assert!(read(&huge[1..]).is_err(), "a comment alone has no version");
}

#[test]
fn windows_lines_and_byte_order_mark() {
    let text = "\u{feff}version = 1\r\n[spool]\r\nmax = \"1\"\r\n";
    let shown = read(text.as_bytes()).unwrap_err().to_string();
    assert!(shown.starts_with("greffier.toml:3: [spool] max: not a size;"), "{shown}");
}

#[test]
fn load_reads_the_file_and_the_host() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(&dir, "greffier.toml", b"version = 1\n", 0o644);
    let plan = load(&path, &Layout::new("/data"), &|_| None).unwrap();
    assert_eq!(plan.policy.instance, crate::host_instance());
    assert_eq!(plan.spool.dir, Path::new("/data/spool"));
}

/// A file of the configuration in which a reference names `path`.
fn with(path: &Path, line: &str) -> Vec<u8> {
    format!("version = 1\n{}\n", line.replace("PATH", path.to_str().unwrap())).into_bytes()
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let line = "[reader]\npassphrase = { file = \"PATH\" }";
    for mode in [0o640, 0o604, 0o660, 0o601] {
        let path = write(&dir, "secret", b"correct horse", mode);
        let shown = read(&with(&path, line)).unwrap_err().to_string();
        let end = format!("is open to others (mode {mode:03o}); chmod 600 the file");
        assert!(shown.ends_with(&end), "{shown}");
        assert!(!shown.contains("horse"));
    }
    let path = write(&dir, "secret", b"correct horse\n", 0o600);
    let plan = read(&with(&path, line)).unwrap();
    assert_eq!(plan.reader.passphrase, Secret::File(path));
    assert_eq!(*plan.reader.passphrase.read(&|_| None).unwrap(), "correct horse");
}

#[test]
fn a_secret_is_checked_again_when_read() {
    let dir = tempfile::tempdir().unwrap();
    let of = |path: PathBuf| Secret::File(path).read(&|_| None);
    let open = write(&dir, "open", b"x", 0o640);
    assert!(matches!(of(open), Err(LeafError::Open(_, 0o640))));
    assert!(matches!(of(dir.path().join("no")), Err(LeafError::Unreadable(..))));
    assert!(matches!(of(dir.path().to_owned()), Err(LeafError::NotAFile(_))));
    for bytes in [&b""[..], b"\n", b"a\nb", b"a\0b", b"\xff", &[b'a'; 70_000]] {
        assert!(matches!(of(write(&dir, "bad", bytes, 0o600)), Err(LeafError::NotText(_))));
    }
    let env = Secret::Env("P".into());
    assert!(matches!(env.read(&|_| Some(" ".into())), Err(LeafError::NotSet(_))));
    assert_eq!(*env.read(&|_| Some("pass".into())).unwrap(), "pass");
}

#[test]
fn the_root_key_is_read_late_and_never_from_a_file_anyone_may_write() {
    let dir = tempfile::tempdir().unwrap();
    let key = format!("greffier-root+1a2b3c4d+A{}", "b".repeat(43));
    let line = "[keys]\nroot = { file = \"PATH\" }";
    let path = write(&dir, "root.pub", format!("{key}\n").as_bytes(), 0o644);
    let plan = read(&with(&path, line)).unwrap();
    assert_eq!(plan.keys.root.read().unwrap(), key);
    let path = write(&dir, "root.pub", key.as_bytes(), 0o666);
    assert!(matches!(KeyRoot::File(path).read(), Err(LeafError::Writable(_, 0o666))));
    let path = write(&dir, "root.pub", b"something else", 0o644);
    assert!(matches!(KeyRoot::File(path).read(), Err(LeafError::NotAKey(_))));
}

#[test]
fn other_references_are_resolved_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(&dir, "name", b"web-7\n", 0o644);
    let line =
        "[service]\ninstance = { file = \"PATH\" }\n[spool]\ndir = { env = \"GREFFIER_DIR\" }";
    let plan = read(&with(&path, line)).unwrap();
    assert_eq!(plan.policy.instance, "web-7");
    assert_eq!(plan.spool.dir, Path::new("/srv/greffier"));
    let missing = dir.path().join("missing");
    let shown = read(&with(&missing, line)).unwrap_err().to_string();
    let end = "missing: no such file; check the path and who may read it";
    assert!(shown.ends_with(end), "{shown}");
}

#[test]
fn too_many_sources() {
    let text = format!(
        "version = 1\n{}",
        "[[source]]\ntype = \"http\"\nlisten = \"[::1]:0\"\n".repeat(257)
    );
    let shown = read(text.as_bytes()).unwrap_err().to_string();
    let expected = "greffier.toml:770: [[source]]: more than 256 sources; join files of one format in one source";
    assert_eq!(shown, expected);
}

/// Text up to the limit that a parser could take very long for, or very deep.
#[test]
fn hostile_files_are_answered() {
    let of = |part: &str, end: &str| {
        let room = (1 << 20) - end.len();
        part.repeat(room / part.len()) + end
    };
    for (part, end) in [
        ("[[a]]\n", ""),
        ("[[source]]\n", ""),
        ("a.", "b = 1"),
        ("[", ""),
        ("a=[", ""),
        ("{a=", ""),
        ("\n", ""),
        ("[a.b]\n[[a.b]]\n", ""),
        ("\"", ""),
        ("'", ""),
        ("x=1\n", ""),
        ("[[x]]\n[x.y]\n", ""),
    ] {
        assert!(read(of(part, end).as_bytes()).is_err());
    }
}

proptest! {
    /// Whatever is read: an answer, on a line that exists.
    #[test]
    fn random_text(text in "(version = 1\n)?([\\[\\]a-z=.\"'{}, 0-9\n#]|\\PC){0,200}") {
        if let Err(problems) = read(text.as_bytes()) {
            let lines = u32::try_from(text.lines().count()).unwrap().max(1) + 1;
            prop_assert!(problems.iter().all(|p| p.line.is_none_or(|l| (1..=lines).contains(&l))));
        }
    }

    /// An example with some bytes exchanged or cut out.
    #[test]
    fn damaged_examples(at in 0usize..5000, cut in 0usize..40, with in "\\PC{0,8}") {
        for name in ["default", "social", "webinar"] {
            let path = folder("examples").join(format!("{name}.toml"));
            let mut text: Vec<char> = fs::read_to_string(path).unwrap().chars().collect();
            let at = at.min(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, with.chars());
            if let Err(problems) = read(text.into_iter().collect::<String>().as_bytes()) {
                prop_assert!(problems.iter().len() > 0);
            }
        }
    }
}
